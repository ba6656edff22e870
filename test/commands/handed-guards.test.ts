import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memoryConnectors, memorySystem, objectOf, type MemorySystem } from '../server/runner/memory.ts'
import { apiRequest, createSandbox, type Ran, type Sandbox } from '../support/sandbox.ts'
import { peopleFile } from './people-file.ts'

/** Guards of the files hold for what nobody starts with `run`: an apply hands them over to polyctl's own server. */

const people = Array.from({ length: 5 }, (_one, index) => ({ email: `p${index}@example.com`, name: 'P' }))

interface World extends Sandbox {
  system: MemorySystem
  write(said: Parameters<typeof peopleFile>[0]): void
  apply(...words: string[]): Promise<Ran>
  /** Starts the sync by the API alone, and gives its execution when it has ended. */
  started(): Promise<{ status: string; errors: string[] }>
  asked(method: string, path: string, body?: object): Promise<unknown>
}

function world(said: Parameters<typeof peopleFile>[0] = {}, isOther = false): World {
  const records = people.map((one, index) => [`t${index}`, { ...one, name: 'old' }] as const)
  const system = memorySystem({
    rows: new Map([['people', people]]),
    objects: new Map([['people', new Map(records)]])
  })
  const made: Sandbox = createSandbox({
    files: { 'configs/a.yaml': peopleFile(said) },
    env: { PASSWORD: 'p' },
    server: {
      sleep: () => Promise.resolve(),
      run: { fetch: (request) => fetch(request), connectors: memoryConnectors(system) }
    },
    io: {
      async fetch(request) {
        const answer = await made.server.fetch(request)
        if (!isOther) return answer
        const headers = [...answer.headers].filter(([name]) => !name.startsWith('polyctl'))
        return new Response(answer.body, { status: answer.status, headers })
      }
    }
  })
  const path = join(made.folder, 'configs/a.yaml')
  const asked: World['asked'] = async (method, at, body) => {
    const answer = await made.server.fetch(apiRequest(made, method, at, body))
    return ((await answer.json()) as { data: unknown }).data
  }
  return Object.assign(made, {
    system,
    asked,
    write: (next: Parameters<typeof peopleFile>[0]) => writeFileSync(path, peopleFile(next)),
    apply: async (...words: string[]) => await made.run('apply', '--yes', '--no-check', ...words),
    async started() {
      const [sync] = (await asked('GET', '/api/syncs')) as { id: string }[]
      const at = `/api/syncs/${sync?.id}/executions`
      const { id } = (await asked('POST', at, {})) as { id: string }
      for (;;) {
        const one = (await asked('GET', `${at}/${id}`)) as Awaited<ReturnType<World['started']>>
        if (['completed', 'failed'].includes(one.status)) return one
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  })
}

test('an apply hands them over, once, and a start by the API keeps to them', async () => {
  const made = world({ more: 'guards: { updates: 2 }' })
  const first = await made.apply()
  expect(first).toMatchObject({ code: 0 })
  expect(first.err).toContain('The server of polyctl keeps the guards of 1 sync')
  expect(await made.started()).toMatchObject({
    status: 'failed',
    errors: ['stopped before anything was written: it would update 5 records, and at most 2 may be']
  })
  expect(made.system.writes).toEqual([])
  made.requests()
  const again = await made.apply()
  expect(again.err).not.toContain('keeps the guards')
  expect(made.requests().filter((line) => line.startsWith('PUT'))).toEqual([])
})

test('a change of them alone is handed over although no plan shows it, and so is that there are none', async () => {
  const made = world({ mode: 'remove', more: 'guards: { removes: none }' })
  await made.apply()
  made.write({ mode: 'remove', more: 'guards: { removes: 2 }' })
  const changed = await made.apply()
  expect(changed.out).toContain('Nothing to do')
  expect(changed.err).toContain('keeps the guards of 1 sync')
  expect((await made.started()).errors[0]).toContain('at most 2 may be')
  // Without any, the usual ones hold.
  made.write({ mode: 'remove' })
  await made.apply()
  expect((await made.started()).errors[0]).toContain('at most 3 may be')
  made.write({ mode: 'remove', more: 'guards: { removes: none }' })
  await made.apply()
  expect(await made.started()).toMatchObject({ status: 'completed' })
  expect(objectOf(made.system, 'people').size).toBe(0)
})

test('what is asserted is handed over, too', async () => {
  const made = world({ more: 'assert: [{ unique: name }]' })
  await made.apply()
  expect((await made.started()).errors[0]).toContain('`name` is not unique: 4 rows')
})

test('a run from elsewhere keeps to them, and its options overrule them for once', async () => {
  const made = world({ more: 'guards: { updates: 2, creates: 1 }\n    assert: [{ unique: email }]' })
  await made.apply()
  writeFileSync(join(made.folder, 'configs/a.yaml'), 'roles: []\n')
  const stopped = await made.run('run', 'People')
  expect(stopped.code).toBe(7)
  expect(stopped.out).toContain('`polyctl run --max-updates 5` lets it go on')
  expect((await made.run('preview', 'People')).code).toBe(7)
  made.system.rows.set('people', [...people, ...people.slice(0, 1)])
  expect((await made.run('run', 'People', '--max-updates', '5')).out).toContain('`email` is not unique')
  made.system.rows.set('people', people)
  expect((await made.run('run', 'People', '--max-updates', '5')).code).toBe(0)
})

test('another service is asked nothing of it', async () => {
  const made = world({ more: 'guards: { updates: 2 }' }, true)
  expect(await made.apply()).toMatchObject({ code: 0 })
  expect(made.requests().filter((line) => line.includes('/polyctl/'))).toEqual([])
})

test('where they cannot be handed over, an apply is not done', async () => {
  const made = world({ more: 'guards: { updates: 2 }' })
  made.server.faults.add({
    fault: 'error-before',
    on: 'PUT /polyctl/syncs/*/guards',
    status: 403,
    times: 0
  })
  const ran = await made.apply('--run')
  expect(ran.code).toBe(5)
  expect(ran.err).toContain('handing over the guards of sync "People"')
  expect(ran.err).toContain('Nothing was started: not all was applied.')
  expect(made.system.writes).toEqual([])
})

test('a sync that could not be changed keeps what it has', async () => {
  const made = world({ more: 'guards: { updates: 2 }' })
  await made.apply()
  made.write({ mode: 'update', more: 'guards: { updates: none }' })
  made.server.faults.add({ fault: 'error-before', on: 'PUT /api/syncs/*', status: 422, times: 0 })
  expect((await made.apply()).code).toBe(5)
  expect(await made.asked('GET', '/polyctl/guards')).toMatchObject([{ guards: { updates: { most: 2 } } }])
})
