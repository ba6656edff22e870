import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { objectOf } from '../server/runner/memory.ts'
import {
  apiRequest,
  createSandbox,
  type Ran,
  type Sandbox,
  type SandboxOptions
} from '../support/sandbox.ts'
import { memoryConnectors, type MemorySystem } from '../server/runner/memory.ts'
import { peopleFile } from './people-file.ts'
import { misfits } from './preview-world.ts'
import { memory, refusing } from './run-world.ts'

/** `apply --run` starts what an apply changed, and `run --changed` what was changed since it ran. */

const file = `${peopleFile()}
  - <<: *people
    name: Copies
    target: { connection: Store, object: copies }
    schedule: { frequency: runafter, run_after: { syncs: [People] } }
  - <<: *people
    name: Asleep
    active: false
    target: { connection: Store, object: others }
`

interface World extends Sandbox {
  system: MemorySystem
  change(from: string | RegExp, to: string): void
  /** The names of the syncs that were started since this was asked last. */
  started(): Promise<string[]>
}

function world(options: SandboxOptions & { system?: MemorySystem } = {}): World {
  const { system = memory(), server, ...more } = options
  const made = createSandbox({
    files: { 'configs/a.yaml': file },
    env: { PASSWORD: 'p' },
    server: {
      sleep: () => Promise.resolve(),
      run: { fetch: (request) => fetch(request), connectors: memoryConnectors(system) },
      ...server
    },
    ...more
  })
  const path = join(made.folder, 'configs/a.yaml')
  return Object.assign(made, {
    system,
    change: (from: string | RegExp, to: string) =>
      writeFileSync(path, readFileSync(path, 'utf8').replace(from, to)),
    async started() {
      const ids = made
        .requests()
        .flatMap((line) => /^POST .*\/syncs\/(.*)\/executions$/.exec(line)?.[1] ?? [])
      const answer = await asked(made, 'GET', '/api/syncs')
      return ids.map((id) => answer.find((one) => one['id'] === id)?.['name'] ?? '')
    }
  })
}

async function asked(made: Sandbox, method: string, path: string, body?: object) {
  const answer = await made.server.fetch(apiRequest(made, method, path, body))
  const { data } = (await answer.json()) as { data: Record<string, string>[] }
  return data
}

const apply = async (made: World, ...words: string[]): Promise<Ran> =>
  await made.run('apply', '--yes', '--no-check', ...words)

describe('apply --run', () => {
  test('tells what was applied, and then starts what is new, each after those that it runs after', async () => {
    const made = world()
    const ran = await apply(made, '--run')
    expect(ran.code).toBe(0)
    const [applied, run] = ['Applied: 5 done.', 'Run: 2 done.'].map((text) => ran.out.indexOf(text))
    expect(applied).toBeGreaterThan(0)
    expect(run).toBeGreaterThan(applied ?? Infinity)
    expect(await made.started()).toEqual(['People', 'Copies'])
    expect(objectOf(made.system, 'copies').size).toBe(2)
  })

  test('starts nothing where nothing is new, and looks at no sync for that', async () => {
    const made = world()
    await apply(made, '--run')
    made.requests()
    const again = await apply(made, '--run')
    expect(again).toMatchObject({ code: 0 })
    expect(again.out).toContain('Run: nothing to run.')
    expect(await made.started()).toEqual([])
  })

  test.each([
    ['a mapping', 'target: name }', 'target: phone }', ['People', 'Copies']],
    ['what it reads', 'table: people', 'table: persons', ['People', 'Copies']],
    ['a host', 'db.example.com', 'db2.example.com', ['People', 'Copies']],
    ['a label', 'fields: [email, name]', 'fields: [email, name]\n    labels: [a]', []],
    ['a schedule', 'schedule: manual', 'schedule: { frequency: daily, hour: 3, minute: 0 }', []],
    ['what is not active', 'object: others', 'object: more', []],
    ['what becomes active', 'active: false', 'active: true', ['Asleep']],
    ['what stops', /active: true/, 'active: false', []]
  ])('after a change of %s', async (_what, from, to, names) => {
    const made = world()
    await apply(made, '--run')
    made.system.rows.set('persons', [{ email: 'eve@example.com', name: 'Eve' }])
    made.requests()
    made.change(from, to)
    expect(await apply(made, '--run')).toMatchObject({ code: 0 })
    expect(await made.started()).toEqual(names)
  })

  test('names what is changed and not active', async () => {
    const made = world()
    await apply(made)
    made.change('table: people', 'table: persons')
    made.system.rows.set('persons', [])
    const ran = await apply(made, '--run')
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.err).toContain('warning[P818]: sync "Asleep" was changed and not started: it is not active')
  })

  test.each([
    ['one fails', 'POST /api/syncs', 422],
    ['nothing can be read', 'GET /api/connections', 500]
  ])('starts nothing where %s', async (_what, on, status) => {
    const made = world()
    made.server.faults.add({ fault: 'error-before', on, status, times: 0 })
    const ran = await apply(made, '--run')
    expect(ran.code).not.toBe(0)
    if (ran.out.includes('Applied')) expect(ran.err).toContain('Nothing was started: not all was applied.')
    expect(made.requests().filter((line) => line.includes('executions'))).toEqual([])
    expect(JSON.parse((await apply(made, '--run', '--format', 'json')).out).runs ?? null).toBeNull()
  })

  test('ends as a run does: errors, conditions, guards', async () => {
    const made = world({ system: memory({ before: refusing }) })
    const ran = await apply(made, '--run')
    expect(ran.code).toBe(5)
    expect(ran.out).toContain('degraded    sync "People"')
    made.change('target: name }', 'target: phone }')
    expect(await apply(made, '--run', '--fail-on', 'errors>90%')).toMatchObject({ code: 0 })
    made.change('schedule: manual', 'schedule: manual\n    guards: { updates: 0 }')
    made.change('target: phone }', 'target: name }')
    const stopped = await apply(made, '--run')
    expect(stopped.code).toBe(7)
    expect(stopped.out).toContain('stopped     sync "People"')
  })

  test('what cannot be looked at afterwards is told beside what was applied', async () => {
    const made = world()
    await apply(made)
    made.change('target: name }', 'target: phone }')
    made.server.faults.add({
      fault: 'error-before',
      on: 'POST /api/syncs/*/executions',
      status: 403,
      times: 0
    })
    const ran = await apply(made, '--run')
    expect(ran.code).toBe(4)
    expect(ran.out).toContain('Applied: 3 done.')
    expect(ran.out).toContain('not started sync "People"')
  })

  test('a saved plan may be followed by it, and --detach waits for nothing', async () => {
    const made = world()
    await made.run('plan', '--no-check', '--out', 'p.json')
    const ran = await made.run('apply', 'p.json', '--run', '--detach')
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.out).toContain('Run: 2 running.')
    expect(ran.out).toMatch(
      /Next: `polyctl run --join 'sync "(People|Copies)"' 'sync "\w+"'` follows what is running/
    )
  })

  test.each(['json', 'markdown', 'junit', 'github', 'slack', 'sarif', 'html'])(
    '--format %s is one document of both',
    async (format) => {
      const made = world({ system: memory({ before: refusing }) })
      const ran = await apply(made, '--run', '--format', format, '--format', 'text=all.txt')
      expect(ran).toMatchObject({ code: 5, err: '' })
      if (format !== 'github' && format !== 'sarif') expect(ran.out).toContain('degraded')
      const text = readFileSync(join(made.folder, 'all.txt'), 'utf8')
      expect(text).toContain('Applied: 5 done.')
      expect(text).toContain('Run: 2 done, but not clean.')
      if (format !== 'json') return
      const document = JSON.parse(ran.out)
      expect(misfits('apply', document)).toBeNull()
      expect(misfits('run', document.runs)).toBeNull()
    }
  )

  test.each([
    ['--detach'],
    ['--join'],
    ['--cancel'],
    ['--at-once', '2'],
    ['--logs', 'l'],
    ['--fail-on', 'errors>1']
  ])('%s without it is a stop before anything is asked', async (...words) => {
    const made = world()
    const ran = await apply(made, ...words)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain(`error[P820]: \`${words[0]}\` is about syncs that are started`)
    expect(made.requests()).toEqual([])
  })

  test('in an organization of a partner both are told of it', async () => {
    const made = world({
      files: { 'configs/a.yaml': peopleFile() },
      env: { PASSWORD: 'p', POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' },
      server: { partnerKey: 'partner-key-1', organizations: [{ name: 'Acme' }] }
    })
    const ran = await apply(made, '--run', '--organization', 'Acme')
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.out.match(/── Acme|Applied: 3 done\.|Run: 1 done\./g)).toEqual([
      '── Acme',
      'Applied: 3 done.',
      'Run: 1 done.',
      // What all of them come to.
      'Applied: 3 done.',
      'Run: 1 done.'
    ])
    made.change('target: name }', 'target: phone }')
    const { out } = await apply(made, '--run', '--organization', 'Acme', '--format', 'json')
    const { organizations } = JSON.parse(out)
    expect(organizations).toMatchObject([{ exit_code: 0, result: { runs: { summary: { done: 1 } } } }])
  })

  test('what its schedule started after the change is followed, and not refused', async () => {
    const { promise: held, resolve: go } = Promise.withResolvers<void>()
    let isFirst = true
    const before: MemorySystem['before'] = ({ records }) => {
      if (!isFirst) return undefined
      isFirst = false
      return records.map(() => ({ state: 'retry', code: 'BUSY', message: 'it is busy' }))
    }
    const made = world({
      files: { 'configs/a.yaml': peopleFile() },
      system: memory({ before }),
      server: { sleep: async () => await held },
      io: {
        fetch: async (request) => {
          const { pathname } = new URL(request.url)
          const isStart = request.method === 'POST' && pathname.endsWith('/executions')
          // Another one is quicker.
          if (isStart) await asked(made, 'POST', pathname, {})
          const answer = await made.server.fetch(request)
          if (pathname.endsWith('/status')) go()
          return answer
        }
      }
    })
    const ran = await apply(made, '--run')
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.out).toContain('it ran already, and was followed')
  })
})

describe('run --changed', () => {
  test('starts what never ran or was changed since, and nothing twice', async () => {
    const made = world()
    await apply(made)
    made.requests()
    expect(await made.run('run', '--changed')).toMatchObject({ code: 0 })
    expect(await made.started()).toEqual(['People', 'Copies'])
    const idle = await made.run('run', '--changed')
    expect(idle).toMatchObject({ code: 0 })
    expect(idle.out).toContain('Run: nothing to run.')
    made.change('object: copies', 'object: others')
    await apply(made)
    made.requests()
    await made.run('run', '--changed')
    expect(await made.started()).toEqual(['Copies'])
  })

  test('a model that was changed counts for all that read it', async () => {
    const made = world()
    await apply(made, '--run')
    made.change('table: people', 'table: persons')
    made.system.rows.set('persons', [])
    await apply(made)
    made.requests()
    const ran = await made.run('run', '--changed', 'People')
    expect(await made.started()).toEqual(['People'])
    expect(ran.err).not.toContain('P818')
    expect((await made.run('run', '--changed')).err).toContain('sync "Asleep" was changed and not started')
  })

  test('where the service does not tell when, nothing is started', async () => {
    const made = world({
      files: { 'configs/a.yaml': `workspace: { api_version: 2023-04-25 }\n${peopleFile()}` }
    })
    await apply(made)
    const ran = await made.run('run', '--changed')
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('error[P819]: the service does not tell when sync "People" was changed')
  })

  test.each([['--failed'], ['--rejected'], ['p.json']])('not with %s', async (word) => {
    const made = world()
    const ran = await made.run('run', '--changed', word)
    expect(ran.code).toBe(3)
    expect(ran.err).toMatch(/P617|P807/)
  })
})
