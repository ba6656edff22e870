import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/state/value.ts'
import { exchangeOf } from '../support/exchange.ts'
import { problemsOf } from '../support/reading.ts'

const { differences, create, id } = exchangeOf('sync')
const item = (schedule: Json) => ({ mode: 'replace', target: { connection: 'C', object: 'O' }, schedule })
const live = (schedule: JsonObject) => ({
  mode: 'replace',
  target: { connection_id: id('connection', 'C'), object: 'O' },
  schedule
})
const nothing = {
  minute: null,
  hour: '',
  day_of_week: null,
  day_of_month: '',
  month: null,
  job_id: null,
  connection_id: '',
  run_after: null,
  run_after_success_only: false
}

test.each([
  ['manual', { frequency: 'manual' }],
  ['Continuous', { frequency: 'continuous' }],
  [
    { frequency: 'hourly', minute: 15 },
    { frequency: 'hourly', minute: '15' }
  ],
  [
    { frequency: 'Daily', hour: '05', minute: 0 },
    { frequency: 'daily', hour: '5', minute: '0' }
  ],
  [
    { frequency: 'weekly', day_of_week: 'Monday', hour: 8, minute: '00' },
    { frequency: 'weekly', day_of_week: '1', hour: '8', minute: '0' }
  ],
  [
    { frequency: 'custom', minute: '*/15', hour: '1,2', day_of_month: '01' },
    { frequency: 'custom', minute: '*/15', hour: '1,2', day_of_month: '1' }
  ],
  [
    { frequency: 'builder', month: 12 },
    { frequency: 'builder', month: '12' }
  ]
])('%j is sent as %j, and comes back without a difference', (written, sent) => {
  expect(create(item(written))['schedule']).toEqual(sent)
  expect(differences(item(written), live({ ...nothing, ...sent }))).toEqual([])
})

test.each([
  ['"05" is 5', { frequency: 'hourly', minute: 5 }, { frequency: 'hourly', minute: '05' }],
  [
    'days have names',
    { frequency: 'weekly', day_of_week: 0, hour: 1, minute: 1 },
    { frequency: 'WEEKLY', day_of_week: 'sunday', hour: '01', minute: '1' }
  ],
  [
    'parts that the frequency gives no meaning are nothing',
    'manual',
    { frequency: 'manual', minute: '5', hour: '3', run_after: { sync_ids: ['x'] } }
  ],
  [
    'parts may be numbers there too',
    { frequency: 'daily', hour: 3, minute: 4 },
    { frequency: 'daily', hour: 3, minute: 4 }
  ]
] as [string, Json, JsonObject][])('R5: %s', (_rule, written, answered) => {
  expect(differences(item(written), live({ ...nothing, ...answered }))).toEqual([])
})

test('a part that differs is one difference', () => {
  const there = live({ frequency: 'daily', hour: '9', minute: '30' })
  expect(differences(item({ frequency: 'daily', hour: 8, minute: 30 }), there)).toEqual([
    'changed schedule.hour'
  ])
  expect(differences(item('manual'), there)).toEqual([
    'changed schedule.frequency',
    'removed schedule.minute',
    'removed schedule.hour'
  ])
})

describe('run after', () => {
  const written = { frequency: 'runafter', run_after: { syncs: ['A', 'B'], bulk_syncs: ['X'] } }
  const ids = { sync_ids: [id('sync', 'B'), id('sync', 'A')], bulk_sync_ids: [id('bulk_sync', 'X')] }

  test('syncs and bulk syncs are named, in any order', () => {
    expect(create(item(written))['schedule']).toEqual({
      frequency: 'runafter',
      run_after: { sync_ids: ids.sync_ids.toReversed(), bulk_sync_ids: ids.bulk_sync_ids }
    })
    expect(differences(item(written), live({ ...nothing, frequency: 'runafter', run_after: ids }))).toEqual(
      []
    )
  })

  test('one more or one less is told by its name, or by its id where nobody knows that', () => {
    const there = live({
      frequency: 'runafter',
      run_after: { sync_ids: [id('sync', 'A'), 'unknown'], bulk_sync_ids: null }
    })
    expect(differences(item(written), there).toSorted()).toEqual([
      'added schedule.run_after.bulk_syncs.[X]',
      'added schedule.run_after.syncs.[B]',
      'removed schedule.run_after.syncs.[unknown]'
    ])
  })

  test('R5: success only is false where nobody says so', () => {
    const there = (only: Json) =>
      live({ frequency: 'runafter', run_after: ids, run_after_success_only: only })
    expect([null, false].map((only) => differences(item(written), there(only)))).toEqual([[], []])
    expect(differences(item(written), there(true))).toEqual(['removed schedule.run_after_success_only'])
    expect(differences(item({ ...written, run_after_success_only: false }), there(null))).toEqual([])
  })
})

test('a dbt Cloud job is named by its connection and its number', () => {
  const written = { frequency: 'dbtcloud', connection: 'dbt', job_id: 7 }
  const sent = { frequency: 'dbtcloud', connection_id: id('connection', 'dbt'), job_id: 7 }
  expect(create(item(written))['schedule']).toEqual(sent)
  expect(differences(item(written), live({ ...nothing, ...sent }))).toEqual([])
  expect(differences(item(written), live({ ...nothing, ...sent, job_id: 8 }))).toEqual([
    'changed schedule.job_id'
  ])
})

describe('checks', () => {
  const problems = async (schedule: string) => {
    const all = await problemsOf(
      `syncs: [{ name: S, mode: replace, target: { connection: C, object: O }, schedule: ${schedule} }]`
    )
    return all.filter((one) => !one.startsWith('wP201')).map((one) => one.replace(/ \d+:\d+/, ''))
  }

  test.each([
    ['{ frequency: hourly, minute: 60 }', ['P105 60']],
    ['{ frequency: daily, hour: "24", minute: 0 }', ['P105 "24"']],
    ['{ frequency: weekly, day_of_week: someday, hour: 1, minute: 1 }', ['P105 someday']],
    ['{ frequency: custom, day_of_month: 0 }', ['P105 0']],
    ['{ frequency: daily, hour: "*/2", minute: 0 }', ['P105 "*/2"']],
    ['{ frequency: manual, minute: 5 }', ['P109 minute']],
    ['{ frequency: hourly, minute: 5, hour: 3 }', ['P109 hour']],
    ['{ frequency: runafter }', ['P103 schedule']],
    ['{ frequency: dbtcloud, connection: C }', ['P103 schedule']],
    ['{ frequency: custom, minute: "*/5", hour: "8-18", day_of_week: MON-FRI }', []],
    ['{ frequency: weekly, day_of_week: Friday, hour: "08", minute: "00" }', []]
  ])('%s', async (schedule, expected) => {
    expect(await problems(schedule)).toEqual(expected)
  })

  test('a schedule of several is not for syncs of models', async () => {
    expect(await problems('{ frequency: multi }')).not.toEqual([])
  })
})
