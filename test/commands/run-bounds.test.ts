import { expect, test } from 'vitest'
import type { WorldIo } from '../../src/commands/io.ts'
import type { FaultPlan } from '../../src/server/index.ts'
import { memoryConnectors, memorySystem, objectOf, type MemorySystem } from '../server/runner/memory.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { peopleFile } from './people-file.ts'

/** `polyctl run` within guards and limits: what polyctl's own server keeps to, and no other one. */

interface Setting {
  mode?: string
  guards?: string
  rows?: number
  there?: number
  /** Nothing says that it is the server of polyctl. */
  isOther?: boolean
  fault?: FaultPlan['faults'][number]
  io?: Partial<WorldIo>
}

const people = (count: number): { email: string; name: string }[] =>
  Array.from({ length: count }, (_one, index) => ({ email: `p${index}@example.com`, name: 'P' }))

async function world({
  mode = 'updateOrCreate',
  guards = '',
  rows = 5,
  there = 0,
  fault,
  isOther = false,
  io
}: Setting = {}): Promise<Sandbox & { system: MemorySystem }> {
  const records = people(there).map((one, index) => [`t${index}`, { ...one, name: 'old' }] as const)
  const system = memorySystem({
    rows: new Map([['people', people(rows)]]),
    objects: new Map([['people', new Map(records)]])
  })
  const file = peopleFile({ mode, more: guards })
  const made: Sandbox = createSandbox({
    files: { 'configs/a.yaml': file },
    env: { PASSWORD: 'p' },
    io: { ...(isOther && { fetch: async (request) => await otherService(request, made) }), ...io },
    server: {
      sleep: () => Promise.resolve(),
      run: { fetch: (request) => fetch(request), connectors: memoryConnectors(system) }
    }
  })
  expect(await made.run('apply', '--yes', '--no-check', '--quiet')).toMatchObject({ code: 0 })
  if (fault !== undefined) made.server.faults.add(fault)
  made.requests()
  return Object.assign(made, { system })
}

/** The same service without what polyctl's own has beside the API. */
async function otherService(request: Request, { server }: Sandbox): Promise<Response> {
  const answer = await server.fetch(request)
  if (new URL(request.url).pathname.startsWith('/polyctl')) return new Response('<html>', { status: 404 })
  const headers = [...answer.headers].filter(([name]) => !name.startsWith('polyctl'))
  return new Response(answer.body, { status: answer.status, headers })
}

/** A service without what polyctl's own server has beside the API. */
const other: Setting = { isOther: true }

test('a guard of the files stops a run before it writes; the flag that is named lets it go on', async () => {
  const made = await world({ guards: 'guards: { creates: 4 }' })
  const stopped = await made.run('run', 'People')
  expect(stopped.code).toBe(7)
  expect(stopped.out).toContain('stopped     sync "People"  5 records')
  expect(stopped.out).toContain('it would create 5 records, and at most 4 may be')
  expect(stopped.out).toContain('Run: 1 stopped by a guard.')
  expect(made.system.writes).toEqual([])
  const [, flag = ''] = /polyctl run (--max-creates 5)`/.exec(stopped.out) ?? []
  const done = await made.run('run', 'People', ...flag.split(' '))
  expect(done.code).toBe(0)
  expect(objectOf(made.system, 'people').size).toBe(5)
  // The execution records what was asked for.
  expect(await consoleLines(made)).toContain('asked for: --max-creates 5')
})

test.each([
  ['remove', 4, 4, 7],
  ['remove', 3, 4, 0],
  ['remove', 4, 40, 0],
  ['replace', 5, 10, 7],
  ['replace', 9, 10, 0],
  ['updateOrCreate', 10, 10, 0]
])(
  'without any guard, mode %s with %d rows and %d records there ends with %d',
  async (mode, rows, there, code) => {
    const made = await world({ mode, rows, there })
    const ran = await made.run('run', 'People')
    expect(ran.code).toBe(code)
    if (code === 0) return
    const [, flag = ''] = /polyctl run (--max-removes \d+)`/.exec(ran.out) ?? []
    expect((await made.run('run', 'People', ...flag.split(' '))).code).toBe(0)
  }
)

test('an empty source stops a replacement, whatever limit there is', async () => {
  const made = await world({ mode: 'replace', rows: 0, there: 2, guards: 'guards: { removes: none }' })
  const stopped = await made.run('run', 'People')
  expect(stopped.code).toBe(7)
  expect(stopped.out).toContain(
    'its source has no records; if that is right, `polyctl run --allow-empty-source` lets it go on'
  )
  expect((await made.run('run', 'People', '--allow-empty-source')).code).toBe(0)
  expect(objectOf(made.system, 'people').size).toBe(0)
})

test('--limit writes so many, and the next run the others', async () => {
  const made = await world()
  const first = await made.run('run', 'People', '--limit', '2')
  expect(first).toMatchObject({ code: 0 })
  expect(first.out).toContain('2 records, 2 created')
  expect(objectOf(made.system, 'people').size).toBe(2)
  expect((await made.run('run', 'People')).out).toContain('3 records, 3 created')
})

test('--limit counts what is written, and not what needs nothing', async () => {
  const made = await world({ mode: 'create', rows: 5, there: 4 })
  const ran = await made.run('run', 'People', '--limit', '1')
  expect(ran.out).toContain('5 records, 1 created')
})

test.each([['--limit', '1'], ['--max-removes', '10%'], ['--allow-empty-source']])(
  'another service is not asked to keep to %s',
  async (...words) => {
    const made = await world(other)
    const ran = await made.run('run', 'People', ...words)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain(`error[P804]: the service cannot keep to \`${words[0]}\``)
    expect(made.requests().filter((line) => line.startsWith('POST'))).toEqual([])
  }
)

test('guards of the files are never sent to another service, which is told', async () => {
  const made = await world({ ...other, guards: 'guards: { creates: 1 }' })
  const ran = await made.run('run', 'People')
  expect(ran.code).toBe(0)
  expect(ran.err).toContain('warning[P805]: the `guards` of sync "People" are not kept to')
  expect(made.requests().filter((line) => line.includes('polyctl'))).toEqual(['GET /polyctl/runner'])
  expect(made.system.writes.length).toBeGreaterThan(0)
})

test('what is asserted and does not hold stops a run; names are for a terminal alone', async () => {
  const guards = 'assert: [{ unique: name }, { not_null: [email, name] }, { count: { min: 1 } }]'
  const made = await world({ guards })
  for (const format of ['text', 'json', 'markdown', 'junit']) {
    const ran = await made.run('run', 'People', '--format', format)
    expect(ran.code).toBe(7)
    expect(ran.out).toContain('is not unique: 4 rows')
    expect(ran.out + ran.err).not.toContain('@example.com')
  }
  expect(made.system.writes).toEqual([])
  const shown = await made.run('preview', 'People')
  expect(shown.out).toContain('a run stops before it writes anything: what is asserted does not hold')
  made.system.rows.set('people', people(1))
  expect((await made.run('run', 'People')).code).toBe(0)
})

test('a person at a terminal is told which records they are', async () => {
  const io = { terminal: { out: true, err: true, in: false, width: 100 } }
  const made = await world({ guards: 'assert: [{ unique: name }]', io })
  const ran = await made.run('run', 'People')
  expect(ran.out).toContain('what is asserted does not hold: `name` is not unique: 4 rows')
  expect(ran.out).toContain('- p1@example.com')
})

test.each([
  ['assert: [{ uniq: a }]', '`unique`'],
  ['assert: [{}]', 'assert'],
  ['assert: [{ unique: a, not_null: b }]', 'assert'],
  ['assert: [{ count: { min: 3, max: 2 } }]', 'exchange the two'],
  ['assert: [{ fresh: { field: at, within: soon } }]', 'such as 24h'],
  ['assert: [{ accepted: { field: a } }]', '`values`']
])('%s is refused by validate', async (assertion, words) => {
  const ran = await createSandbox({
    files: { 'configs/a.yaml': peopleFile({ mode: 'update', more: assertion }) },
    env: { PASSWORD: 'p' }
  }).run('validate')
  expect(ran.code).toBe(3)
  expect(ran.err).toContain(words)
})

test('the service has no guards: a plan of a changed one is empty, and drift and import know none', async () => {
  const made = await world({ guards: 'guards: { creates: 4, updates: 10%, empty_source: stop }' })
  expect((await made.run('plan', '--detailed-exitcode')).code).toBe(0)
  expect((await made.run('drift')).code).toBe(0)
  const { data } = (await (await got(made, '/api/syncs')).json()) as { data: object[] }
  expect(JSON.stringify(data)).not.toContain('guards')
})

test.each([
  ['guards: { creates: -1 }', 'creates'],
  ['guards: { creates: 1.5 }', 'creates'],
  ['guards: { creates: many }', 'A limit is a number, a share such as 10%, or none.'],
  ['guards: { create: 1 }', '`creates`'],
  ['guards: 5', 'guards'],
  ['guards: { empty_source: refuse }', 'allowed: stop, allow']
])('%s is refused', async (guards, words) => {
  const made = createSandbox({ files: { 'configs/a.yaml': peopleFile({ mode: 'update', more: guards }) } })
  const ran = await made.run('validate')
  expect(ran.code).toBe(3)
  expect(ran.err).toContain(words)
})

test.each(['-1', '10 %', 'x', '1.5', '9999999999999'])(
  '--max-removes %s is told before anything is asked',
  async (text) => {
    const made = await world()
    const ran = await made.run('run', 'People', `--max-removes=${text}`)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('It is a number, a share such as 10%, or none.')
    expect(made.requests()).toEqual([])
  }
)

test.each(['json', 'markdown', 'junit', 'slack'])('--format %s tells of a stop', async (format) => {
  const made = await world({ guards: 'guards: { creates: 4 }' })
  const ran = await made.run('run', 'People', '--format', format)
  expect(ran.code).toBe(7)
  expect(ran.out).toContain('stopped')
})

async function got(made: Sandbox, path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${made.server.apiKey}` }
  return await made.server.fetch(new Request(`https://polytomic.test${path}`, { headers }))
}

async function consoleLines(made: Sandbox): Promise<string> {
  const [sync] = ((await (await got(made, '/api/syncs')).json()) as { data: { id: string }[] }).data
  const path = `/api/syncs/${sync?.id ?? ''}/executions`
  const [last] = ((await (await got(made, path)).json()) as { data: { id: string }[] }).data
  return await (await got(made, `${path}/${last?.id ?? ''}/consolelog`)).text()
}
