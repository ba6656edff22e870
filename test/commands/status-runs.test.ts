import { describe, expect, test } from 'vitest'
import { memory, refusing, world } from './run-world.ts'

test('without conditions no execution is looked at', async () => {
  const made = await world({ system: memory({ before: refusing }) })
  await made.run('run', 'People')
  made.requests()
  const { code, out } = await made.run('status')
  expect(code).toBe(0)
  expect(out).not.toContain('its last run')
  expect(made.requests().filter((line) => line.includes('/status'))).toEqual([])
})

test.each([
  [['errors>1%'], 5, 'sync "People": its last run is not clean: errors>1% is met'],
  [['errors>60%'], 0, undefined],
  [['errors>1%', 'inserts<2'], 5, 'its last run is not clean: errors>1% is met; inserts<2 is met'],
  [['duration>30m'], 0, undefined],
  [['total==2'], 5, 'total==2 is met']
])('%j of what ran ends with %i', async (conditions, code, words) => {
  const made = await world({ system: memory({ before: refusing }) })
  await made.run('run', 'People')
  const options = conditions.flatMap((one) => ['--fail-on', one])
  const ran = await made.run('status', ...options)
  expect([ran.code, ran.out.includes('its last run')]).toEqual([code, words !== undefined])
  if (words !== undefined) expect(ran.out).toContain(words)
  // Copies never ran, and is not told.
  expect(ran.out).not.toContain('"Copies"')
  const json = JSON.parse((await made.run('status', ...options, '--format', 'json')).out)
  expect(json.attention).toHaveLength(words === undefined ? 0 : 1)
})

test('one that failed ends with 1, whatever the conditions', async () => {
  const system = memory({
    before: () => {
      throw new Error('broken')
    }
  })
  const made = await world({ system })
  await made.run('run', 'People')
  const { code, out } = await made.run('status', '--fail-on', 'errors>1%')
  expect([code, out]).toEqual([1, expect.stringContaining('sync "People": its last run failed: ')])
})

test('one that cannot be looked at is told, and never taken for good', async () => {
  const made = await world({ fault: { fault: 'unauthorized', on: 'GET /api/syncs/*/status', times: 1 } })
  const { code, err } = await made.run('status', '--fail-on', 'errors>1%')
  expect([code, err]).toEqual([4, expect.stringContaining('reading the last execution of sync "')])
})

test('what is no condition says what one looks like', async () => {
  const made = await world()
  const { code, err } = await made.run('status', '--fail-on', 'errors')
  expect([code, err]).toEqual([3, expect.stringContaining('A condition has three parts: total, inserts')])
})

describe('of syncs that are named', () => {
  test('it says how the last execution of each ended, and when', async () => {
    const made = await world({ system: memory({ before: refusing }) })
    const never = await made.run('status', 'People', 'Copies')
    expect([never.code, never.out.split('\n').slice(2)]).toEqual([
      0,
      ['never run   sync "Copies"', 'never run   sync "People"', '', 'Last runs: 2 never run.', '']
    ])
    await made.run('run', 'People')
    made.requests()
    const { code, out } = await made.run('status', '*')
    expect(code).toBe(0)
    expect(out).toMatch(
      /degraded {4}sync "People" {2}2 records, 1 created, 1 failed, .*ended \d{4}-\d\d-\d\d [\d:]{8} UTC\n/
    )
    expect(out).toContain('Last runs: 1 done, but not clean, 1 never run.')
    expect(out).toContain('Next: `polyctl run --failed` with the same names runs these again.')
    // It reads alone.
    expect(made.requests().filter((line) => !line.startsWith('GET '))).toEqual([])
  })

  test.each([
    [['errors>1%'], 5],
    [['errors>60%'], 0]
  ])('%j ends with %i', async (conditions, code) => {
    const made = await world({ system: memory({ before: refusing }) })
    await made.run('run', 'People')
    const ran = await made.run('status', 'People', ...conditions.flatMap((one) => ['--fail-on', one]))
    expect(ran.code).toBe(code)
  })

  test('what is read by programs is as `run` has it', async () => {
    const made = await world()
    await made.run('run', 'People')
    const { out } = await made.run('status', 'People', 'Copies', '--format', 'json')
    const { summary, runs } = JSON.parse(out)
    expect(summary).toMatchObject({ done: 1, never_run: 1 })
    expect(runs.map(({ state }: { state: string }) => state)).toEqual(['never_run', 'done'])
  })

  test('one that cannot be looked at is told, and so is a name that nothing has', async () => {
    const fault = { fault: 'unauthorized', on: 'GET /api/syncs/*/status', times: 1 } as const
    const { code, err } = await (await world({ fault })).run('status', 'People')
    expect([code, err]).toEqual([4, expect.stringContaining('reading the last execution of sync "')])
    const none = await (await world()).run('status', 'Poeple')
    expect([none.code, none.err]).toEqual([3, expect.stringContaining('write `\'sync "People"\'`')])
  })
})
