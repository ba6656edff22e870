import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import type { FaultPlan } from '../../src/server/index.ts'
import { objectOf, type MemorySystem } from '../server/runner/memory.ts'
import type { Ran, Sandbox } from '../support/sandbox.ts'
import { memory, refusing, world, type Setting } from './run-world.ts'

/** What differs each time. */
function steady(ran: Ran): Ran {
  const same = (text: string): string =>
    text.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'ID').replaceAll(/\d+ s\b/g, 'N s')
  return { ...ran, out: same(ran.out), err: same(ran.err) }
}

test('a sync is started and followed to its end, and what it did is told', async () => {
  const made = await world()
  const ran = steady(await made.run('run', 'People'))
  expect(ran).toEqual({
    code: 0,
    out: `Local · polytomic.test · API 2025-09-18 · 4 resources in 1 file

done        sync "People"  2 records, 2 created, N s

Run: 1 done.
`,
    err: `started  sync "People" (execution ID)
         sync "People": 2 records, 2 created
`
  })
  expect(objectOf(made.system, 'people').size).toBe(2)
})

test('each of them costs one start, and as many looks as it takes', async () => {
  const made = await world()
  await made.run('run', 'People')
  const requests = made.requests().map((line) => line.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'ID'))
  expect([...new Set(requests)].toSorted()).toEqual([
    'GET /api/bulk/syncs',
    'GET /api/me',
    'GET /api/syncs',
    'GET /api/syncs/ID/executions/ID',
    'POST /api/syncs/ID/executions'
  ])
  expect(requests.filter((line) => line.startsWith('POST'))).toHaveLength(1)
})

test('one that runs after another is started when that is done', async () => {
  const made = await world()
  const ran = await made.run('run', '--all', '--format', 'json')
  expect(ran.code).toBe(0)
  const starts = made.requests().filter((line) => line.startsWith('POST'))
  expect(starts).toHaveLength(2)
  const { runs } = JSON.parse(ran.out)
  const [copies, first] = ['Copies', 'People'].map((name) =>
    runs.find((run: { name: string }) => run.name === name)
  )
  expect(Date.parse(copies.execution.started_at)).toBeGreaterThanOrEqual(
    Date.parse(first.execution.completed_at)
  )
})

test('one that runs after another is skipped where that failed', async () => {
  const made = await world({
    system: memory({
      before: () => {
        throw new Error('the disk is full')
      }
    })
  })
  const ran = await made.run('run', '--all')
  expect(ran.code).toBe(1)
  expect(ran.out).toContain('failed      sync "People"')
  expect(ran.out).toContain('skipped     sync "Copies"')
  expect(ran.out).toContain('sync "People", after which it runs, is not done')
  expect(made.requests().filter((line) => line.startsWith('POST'))).toHaveLength(1)
})

test('errors of records are neither failed nor done', async () => {
  const made = await world({ system: memory({ before: refusing }) })
  const ran = await made.run('run', 'People')
  expect(ran.code).toBe(5)
  expect(ran.out).toContain('degraded    sync "People"')
  expect(ran.out).toContain('INVALID: is not valid (1 record)')
  expect(ran.out).toContain('Next: `polyctl run --failed`')
})

test.each([
  ['errors>50%', 0],
  ['errors>=50%', 5],
  ['total==0', 0],
  ['inserts<2', 5],
  ['duration>1h', 0]
])('--fail-on %s ends with %d', async (condition, code) => {
  const made = await world({ system: memory({ before: refusing }) })
  const ran = await made.run('run', 'People', '--fail-on', condition)
  expect(ran.code).toBe(code)
  expect(ran.out.includes(`${condition} is met`)).toBe(code === 5)
})

test('--failed runs again what was not clean, and nothing else', async () => {
  const made = await world({ system: memory({ before: refusing }) })
  expect((await made.run('run', '--failed')).out).toContain('Run: nothing to run.')
  expect((await made.run('run', 'People')).code).toBe(5)
  made.requests()
  made.system.before = () => undefined
  const again = await made.run('run', '--failed')
  expect(again.out).toContain('done        sync "People"  1 record, 1 created')
  expect(made.requests().filter((line) => line.startsWith('POST'))).toHaveLength(1)
  expect((await made.run('run', '--failed')).out).toContain('Run: nothing to run.')
})

describe('a start whose answer is lost', () => {
  test.each(['lost-response', 'lost-request'] as const)('starts one execution: %s', async (fault) => {
    const made = await world({
      fault: { fault, on: 'POST /api/syncs/*/executions', times: 1 }
    })
    const ran = await made.run('run', 'People')
    expect(ran.code).toBe(0)
    const path = `/api/syncs/${await idOf(made, 'People')}/executions`
    expect(await listed(made, path)).toHaveLength(1)
  })
})

/** Runs of the server stop in their middle until they are let go on. */
function held(): Required<Pick<Setting, 'system' | 'sleep'>> & { go: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isFirst = true
  const before: MemorySystem['before'] = ({ records }) => {
    if (!isFirst) return undefined
    isFirst = false
    return records.map(() => ({ state: 'retry', code: 'BUSY', message: 'it is busy' }))
  }
  const sleep = async (_ms: number, signal?: AbortSignal): Promise<void> => {
    const { promise: stopped, reject } = Promise.withResolvers<never>()
    signal?.addEventListener('abort', () => reject(new Error('stopped')))
    await Promise.race([promise, stopped])
  }
  return { system: memory({ before }), sleep, go: () => resolve() }
}

/** What happens to looks at an execution, and what the command then ends with. */
const looks: readonly [fault: FaultPlan['faults'][number]['fault'], times: number, code: number][] = [
  ['lost-request', 1, 0],
  ['lost-response', 1, 0],
  ['error-before', 2, 0],
  ['too-many-requests', 2, 0],
  ['html', 0, 1],
  ['empty', 0, 1],
  ['unauthorized', 0, 1]
]

test.each(looks)(
  'looks at an execution that meet %s, %d times, end with %d',
  async (fault, times, code) => {
    const made = await world({ fault: { fault, on: 'GET /api/syncs/*/executions/*', times } })
    const ran = await made.run('run', 'People')
    expect(ran.code).toBe(code)
    if (code === 1) expect(ran.out).toContain('unknown     sync "People"')
    if (code === 1) expect(ran.err).toMatch(/following execution [\da-f-]+ of sync "People"/)
    const path = `/api/syncs/${await idOf(made, 'People')}/executions`
    expect(await listed(made, path)).toHaveLength(1)
  }
)

test('what runs already is told and left, and followed with --join', async () => {
  const { go, ...holding } = held()
  const made = await world(holding)
  const path = `/api/syncs/${await idOf(made, 'People')}/executions`
  await sent(made, 'POST', path)
  const left = await made.run('run', 'People')
  expect(left.code).toBe(6)
  expect(left.err).toContain('error[P801]: sync "People" runs already')
  // It never ended, but it runs.
  expect((await made.run('status', 'People')).out).toContain('running     sync "People"')
  made.requests()
  const joining = made.run('run', 'People', '--join')
  while (!made.server.requests.some(({ path }) => path.endsWith('/status')))
    await new Promise((resolve) => setImmediate(resolve))
  go()
  const joined = await joining
  expect(joined.code).toBe(0)
  expect(joined.out).toContain('it ran already, and was followed')
  expect(await listed(made, path)).toHaveLength(1)
})

describe('Ctrl-C', () => {
  test.each([
    ['leaves it running', [], 'running     sync "People"', 'running'],
    ['cancels it with --cancel', ['--cancel'], 'canceled    sync "People"', 'canceled']
  ])('%s', async (_what, words, shown, status) => {
    const { go, ...holding } = held()
    const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<void>()
    const made = await world({ ...holding, io: { interrupted } })
    const path = `/api/syncs/${await idOf(made, 'People')}/executions`
    const running = made.run('run', 'People', ...words)
    while ((await listed(made, path)).length === 0) await new Promise((resolve) => setImmediate(resolve))
    interrupt()
    const ran = await running
    expect(ran.code).toBe(130)
    expect(ran.out).toContain(shown)
    expect(ran.out).toContain('Interrupted: 1 ')
    const [execution] = await listed(made, path)
    expect(execution).toMatchObject({ status })
    go()
  })
})

test('nothing named is a stop, and so is a name that nothing has, or that several have', async () => {
  const made = await world()
  const none = await made.run('run')
  expect(none.code).toBe(3)
  expect(none.err).toContain('error[P803]')
  const unknown = await made.run('run', 'Peopel')
  expect(unknown.code).toBe(3)
  expect(unknown.err).toContain(`write \`'sync "People"'\``)
  const kind = await made.run('run', '--all', '--kind', 'model')
  expect(kind.err).toContain('write `--kind sync` or `--kind bulk_sync`')
  expect(made.requests().filter((line) => line.startsWith('POST'))).toEqual([])
})

test('an inactive sync is not started, and why is told', async () => {
  const made = await world()
  const path = `/api/syncs/${await idOf(made, 'People')}`
  await sent(made, 'POST', `${path}/activate`, { active: false })
  const ran = await made.run('run', 'People')
  expect(ran.code).toBe(1)
  expect(ran.out).toContain('not started sync "People"')
  expect(ran.err).toContain('it is not active, and the service runs active syncs only')
  expect(ran.err).toContain('= help: write `active: true` in its file, and apply')
  const { out } = await made.run('preview', 'People')
  expect(out).toContain(
    '`polyctl run "People"` does it once sync "People" is active: write `active: true` in its file, and apply.'
  )
})

test('--detach starts and does not wait; --local has nothing that goes on', async () => {
  const made = await world()
  const ran = await made.run('run', 'People', '--detach')
  expect(ran.code).toBe(0)
  expect(ran.out).toContain('running     sync "People"  created')
  const local = await made.run('run', 'People', '--detach', '--local')
  expect(local.code).toBe(3)
  expect(local.err).toContain('`--detach` cannot be used with `--local`')
})

test.each(['json', 'markdown', 'junit', 'github', 'slack', 'sarif'])(
  '--format %s tells of each',
  async (format) => {
    const made = await world({ system: memory({ before: refusing }) })
    const ran = await made.run('run', 'People', '--format', format)
    expect(ran.code).toBe(5)
    expect(ran.err).toBe('')
    // Formats of places in files have nothing to say of what runs.
    if (format !== 'github' && format !== 'sarif') expect(ran.out).toContain('People')
    if (format !== 'json') return
    const schema = JSON.parse(readFileSync('schemas/run.schema.json', 'utf8'))
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
    const isValid = ajv.compile(schema)
    expect(isValid(JSON.parse(ran.out)) ? [] : isValid.errors).toEqual([])
  }
)

test('a condition that is none is told before anything is asked', async () => {
  const made = await world()
  const ran = await made.run('run', '--all', '--fail-on', 'failed>1')
  expect(ran.code).toBe(3)
  expect(ran.err).toContain('A condition has three parts')
  expect(made.requests()).toEqual([])
})

async function sent(made: Sandbox, method: string, path: string, body: object = {}): Promise<Response> {
  return await made.server.fetch(
    new Request(`https://polytomic.test${path}`, {
      method,
      headers: { authorization: `Bearer ${made.server.apiKey}`, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) })
    })
  )
}

interface Named {
  id: string
  name: string
}

async function listed(made: Sandbox, path: string): Promise<Named[]> {
  const { data } = (await (await sent(made, 'GET', path)).json()) as { data: Named[] }
  return data
}

async function idOf(made: Sandbox, name: string): Promise<string> {
  return (await listed(made, '/api/syncs')).find((one) => one.name === name)?.id ?? ''
}
