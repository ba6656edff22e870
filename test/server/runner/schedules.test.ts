import { describe, expect, onTestFinished, test } from 'vitest'
import { createServer } from '../../../src/server/index.ts'
import type { Records } from '../../../src/server/records.ts'
import { nextTime } from '../../../src/server/runner/due.ts'
import { openSchedules } from '../../../src/server/runner/schedules.ts'
import { openRunnerState } from '../../../src/server/runner/state.ts'
import type { Schedule } from '../../../src/wire/sync.ts'
import { client, type Client, type Thing } from '../client.ts'
import { memoryConnectors, memorySystem, type MemorySystem } from './memory.ts'
import { ended, memory, memorySync, people } from './service.ts'

const start = Date.parse('2026-03-02T08:59:00Z')

/** A server whose clock goes on when the test says so. */
function scheduled(
  system: MemorySystem = memorySystem({ rows: new Map([['people', people]]) }),
  types?: string[]
) {
  let time = start
  const sleepers = new Set<{ until: number; wake: () => void }>()
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (ms === 0) resolve()
      const sleeper = { until: time + ms, wake: resolve }
      sleepers.add(sleeper)
      signal?.addEventListener('abort', () => {
        sleepers.delete(sleeper)
        reject(new Error('woken'))
      })
    })
  const options = memory(system)
  const server = createServer({
    apiKey: 'test-key',
    ...options,
    now: () => new Date(time),
    sleep,
    run: { ...options.run!, connectors: memoryConnectors(system, types), schedules: true }
  })
  onTestFinished(() => server.close())
  const api = client(server)
  /** Whether nothing runs, or what runs is held. */
  const isIdle = async (): Promise<boolean> => {
    if (holds > 0) return true
    const { data } = await api.get('/api/syncs')
    const all = await Promise.all((data as unknown as Thing[]).map((sync) => runs(api, sync)))
    return all.flat().every(({ status }) => status === 'completed' || status === 'failed')
  }
  let holds = 0
  const gate = system.gate
  system.gate = async (request) => {
    holds += 1
    await gate(request)
    holds -= 1
  }
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  /** Lets so much time pass, in steps of ten seconds, and what it starts come to its end. */
  const pass = async (seconds: number, step = 10): Promise<void> => {
    for (let gone = 0; gone < seconds; gone += step) {
      time += step * 1000
      for (const sleeper of sleepers) {
        if (sleeper.until > time) continue
        sleepers.delete(sleeper)
        sleeper.wake()
      }
      do await turn()
      while (!(await isIdle()))
    }
  }
  return { api, pass }
}

async function runs(api: Client, sync: Thing): Promise<{ type: string; status: string; at: string }[]> {
  const { data } = await api.get(`/api/syncs/${sync.id}/executions`)
  return (data as unknown as Record<string, string>[]).map(({ type, status, created_at }) => ({
    type: type!,
    status: status!,
    at: created_at!
  }))
}

async function nextOf(api: Client, sync: Thing): Promise<unknown> {
  return (await api.get(`/api/syncs/${sync.id}/status`)).data['next_execution_time']
}

test('a sync starts when its schedule says so, and no other one does', async () => {
  const { api, pass } = scheduled()
  const hourly = await memorySync(api, { schedule: { frequency: 'hourly', minute: '0' } })
  const manual = await memorySync(api, { name: 'By hand' })
  const paused = await memorySync(api, {
    name: 'Paused',
    active: false,
    schedule: { frequency: 'hourly', minute: '0' }
  })
  expect(await Promise.all([hourly, manual, paused].map((sync) => nextOf(api, sync)))).toEqual([
    '2026-03-02T09:00:00.000Z',
    null,
    null
  ])
  await pass(50)
  expect(await runs(api, hourly)).toEqual([])
  await pass(10)
  expect(await runs(api, hourly)).toEqual([
    { type: 'scheduled', status: 'completed', at: '2026-03-02T09:00:00.000Z' }
  ])
  await pass(3600)
  expect((await runs(api, hourly)).map(({ at }) => at.slice(11, 16))).toEqual(['10:00', '09:00'])
  expect([await runs(api, manual), await runs(api, paused)]).toEqual([[], []])
})

describe('what a schedule starts keeps to guards', () => {
  const crowd = Array.from({ length: 5 }, (_one, index) => ({ email: `p${index}@example.com`, name: 'P' }))
  const schedule = { frequency: 'hourly', minute: '0' }
  const full = (): MemorySystem =>
    memorySystem({
      rows: new Map([['people', crowd]]),
      objects: new Map([
        ['people', new Map(crowd.map((one, index) => [`t${index}`, { ...one, name: 'old' }]))]
      ])
    })

  test.each([
    [
      'the usual ones of mode remove',
      { mode: 'remove' },
      undefined,
      'remove 5 records, and at most 3 may be'
    ],
    [
      'those that were handed in',
      {},
      { guards: { updates: { most: 2 } } },
      'update 5 records, and at most 2'
    ],
    ['what is asserted', {}, { assertions: [{ asserts: 'unique', fields: ['name'] }] }, 'is not unique'],
    ['none, where it has none', { mode: 'remove' }, { without: ['removes'] }, undefined]
  ])('%s', async (_what, more, bounds, stop) => {
    const system = full()
    const { api, pass } = scheduled(system)
    const sync = await memorySync(api, { schedule, ...more })
    if (bounds !== undefined)
      expect(await api.put(`/polyctl/syncs/${sync.id}/guards`, bounds)).toMatchObject({ status: 200 })
    await pass(60)
    const [run] = (await api.get(`/api/syncs/${sync.id}/executions`)).list
    if (stop === undefined) {
      expect(run).toMatchObject({ type: 'scheduled', status: 'completed', errors: [] })
      return
    }
    const errors = [expect.stringMatching(`^stopped before anything was written: .*${stop}`)]
    expect(run).toMatchObject({ type: 'scheduled', status: 'failed', errors })
    expect(system.writes).toEqual([])
    const { data } = await api.get(`/api/syncs/${sync.id}/status`)
    expect(data['last_execution']).toMatchObject({ status: 'failed', errors })
    const log = await api.get(`/api/syncs/${sync.id}/executions/${run!.id}/consolelog`)
    expect(log.text).toContain('stopped before anything was written')
    const events = await api.get('/api/events?type=sync.failed')
    expect(events.text).toContain('stopped before anything was written')
  })

  test('an update of the sync by others leaves them, and its end takes them along', async () => {
    const { api } = scheduled(full())
    const sync = await memorySync(api, { mode: 'remove' })
    await api.put(`/polyctl/syncs/${sync.id}/guards`, { without: ['removes'] })
    expect((await api.get('/api/me')).headers.get('polyctl-kept-guards')).toBe('1')
    await api.post(`/api/syncs/${sync.id}/activate`, { active: false })
    expect((await api.get('/polyctl/guards')).list).toEqual([{ sync_id: sync.id, without: ['removes'] }])
    await api.put(`/polyctl/syncs/${sync.id}/guards`, {})
    expect((await api.get('/polyctl/guards')).list).toEqual([])
    await api.put(`/polyctl/syncs/${sync.id}/guards`, { without: ['removes'] })
    await api.delete(`/api/syncs/${sync.id}`)
    expect((await api.get('/api/me')).headers.get('polyctl-kept-guards')).toBe('0')
  })
})

test('one that still runs is not started again, and what came up meanwhile is not made up for', async () => {
  const go = Promise.withResolvers<void>()
  const system = memorySystem({ rows: new Map([['people', people]]), gate: () => go.promise })
  const { api, pass } = scheduled(system)
  const sync = await memorySync(api, { schedule: { frequency: 'custom', minute: '*/1' } })
  await pass(300)
  const [first, another] = await runs(api, sync)
  expect([first?.status, another]).toEqual(['running', undefined])
  go.resolve()
  await pass(60)
  expect((await runs(api, sync)).map(({ status }) => status)).toEqual(['completed', 'completed'])
})

test('a machine that slept makes up for it once', async () => {
  const { api, pass } = scheduled()
  const sync = await memorySync(api, { schedule: { frequency: 'hourly', minute: '0' } })
  await pass(5 * 3600, 5 * 3600)
  expect(await runs(api, sync)).toHaveLength(1)
})

test('continuous looks again five minutes after it ended', async () => {
  const { api, pass } = scheduled()
  const sync = await memorySync(api, { schedule: { frequency: 'continuous' } })
  await pass(10)
  expect(await runs(api, sync)).toHaveLength(1)
  await pass(290)
  expect(await runs(api, sync)).toHaveLength(1)
  expect(await nextOf(api, sync)).toBe('2026-03-02T09:04:10.000Z')
  await pass(10)
  expect(await runs(api, sync)).toHaveLength(2)
})

test.each([
  [false, 2],
  [true, 1]
])('runs after all that it names have ended (success only: %s)', async (successOnly, times) => {
  let isBroken = false
  const system = memorySystem({
    rows: new Map([['people', people]]),
    before: () => {
      if (isBroken) throw new Error('broken')
    }
  })
  const { api, pass } = scheduled(system)
  const [one, two] = [await memorySync(api, { name: 'One' }), await memorySync(api, { name: 'Two' })]
  const after = await memorySync(api, {
    name: 'After',
    schedule: {
      frequency: 'runafter',
      run_after: { sync_ids: [one.id, two.id] },
      run_after_success_only: successOnly
    }
  })
  await pass(10)
  const run = async (sync: Thing, request: object = {}): Promise<void> => {
    const { id } = (await api.post(`/api/syncs/${sync.id}/executions`, request)).data
    await ended(api, sync.id, id)
    await pass(10)
  }
  await run(one)
  expect(await runs(api, after)).toEqual([])
  await run(two)
  expect(await runs(api, after)).toHaveLength(1)
  await pass(60)
  expect(await runs(api, after)).toHaveLength(1)
  isBroken = true
  await run(one, { resync: true })
  await run(two, { resync: true })
  expect(await runs(api, after)).toHaveLength(times)
})

test('what cannot run here fails each time that it is due, and says why', async () => {
  const { api, pass } = scheduled(undefined, ['salesforce'])
  const sync = await memorySync(api, { schedule: { frequency: 'hourly', minute: '0' } })
  await pass(120)
  const { data } = await api.get(`/api/syncs/${sync.id}/executions`)
  expect(data).toMatchObject([
    { type: 'scheduled', status: 'failed', errors: [expect.stringMatching(/postgresql/)] }
  ])
})

test('a look that fails is no end: there is a next one', async () => {
  let [looks, sleeps] = [0, 0]
  const records: Pick<Records, 'all'> = {
    all: () => {
      looks += 1
      throw new Error('database or disk is full')
    }
  }
  const state = openRunnerState(undefined, () => 'secret')
  const over = Promise.withResolvers<void>()
  const schedules = openSchedules({
    records: records as Records,
    logs: state.logs,
    transaction: (work) => work(),
    now: () => new Date(start),
    randomUUID: () => 'id',
    begin: () => undefined,
    bulk: { look: () => undefined },
    baseUrl: () => '',
    sleep: () => {
      sleeps += 1
      if (sleeps === 3) over.resolve()
      return sleeps < 3 ? Promise.resolve() : new Promise(() => undefined)
    }
  })
  await over.promise
  schedules.close()
  state.close()
  expect(looks).toBe(2)
})

describe('times', () => {
  const at = (schedule: Schedule, after = '2026-03-02T08:59:00Z'): string | undefined => {
    const time = nextTime(schedule, { own: [], of: () => [] }, Date.parse(after))
    return time === undefined ? undefined : new Date(time).toISOString().slice(0, 16)
  }
  test.each<[Schedule, string | undefined]>([
    [{ frequency: 'hourly', minute: '15' }, '2026-03-02T09:15'],
    [{ frequency: 'daily', hour: '05', minute: '00' }, '2026-03-03T05:00'],
    [{ frequency: 'weekly', day_of_week: 'Monday', hour: '8', minute: '0' }, '2026-03-09T08:00'],
    [{ frequency: 'weekly', day_of_week: '7', hour: '8', minute: '0' }, '2026-03-08T08:00'],
    [{ frequency: 'custom', hour: '3' }, '2026-03-03T03:00'],
    [{ frequency: 'custom', month: '6' }, '2026-06-01T00:00'],
    [{ frequency: 'custom', day_of_month: 'L' }, '2026-03-31T00:00'],
    [{ frequency: 'builder', day_of_week: 'MON-FRI', hour: '9', minute: '30' }, '2026-03-02T09:30'],
    [{ frequency: 'custom', minute: 'no' }, undefined],
    [{ frequency: 'manual' }, undefined],
    [{ frequency: 'dbtcloud', job_id: 1 }, undefined]
  ])('%j', (schedule, expected) => {
    expect(at(schedule)).toBe(expected)
  })
})
