import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/state/value.ts'
import { exchangeOf } from '../support/exchange.ts'
import { problemsOf } from '../support/reading.ts'

const least: JsonObject = {
  mode: 'replicate',
  source: { connection: 'S' },
  destination: { connection: 'D' },
  default_schedule: 'manual'
}

const { kind, id, create, update, read, differences } = exchangeOf('bulk_sync')

/** What the service answers: everything that it fills in by itself, too. */
const answer = (more: JsonObject = {}): JsonObject => ({
  id: 'b',
  name: 'x',
  mode: 'replicate',
  active: true,
  source_connection_id: id('connection', 'S'),
  destination_connection_id: id('connection', 'D'),
  source_configuration: null,
  destination_configuration: { schema: '', mirror_schemas: false, advanced: { table_prefix: '' } },
  default_schedule: { id: 's1', frequency: 'manual', hour: null, minute: '' },
  additional_schedules: null,
  automatically_add_new_objects: 'none',
  automatically_add_new_fields: 'all',
  normalize_names: 'enabled',
  concurrency_limit: null,
  policies: [],
  ...more
})

/** A schema as the list has it, and as its own address has it. */
const schemas = (...all: JsonObject[]): JsonObject => ({
  schemas: all.map(({ fields: _fields, filters: _filters, ...item }) => item),
  schema_details: all
})

const users: JsonObject = {
  id: 'users',
  enabled: true,
  output_name: 'USERS',
  user_output_name: '',
  tracking_field: 'updated_at',
  partition_key: '',
  fields: [
    { id: 'id', enabled: true, obfuscated: false, output_name: 'ID' },
    { id: 'email', enabled: true, obfuscated: true }
  ],
  filters: []
}
const orders: JsonObject = { id: 'orders', enabled: false, fields: [{ id: 'id', enabled: true }] }

describe('what is sent', () => {
  test('the least', () => {
    expect(create(least)).toEqual({
      mode: 'replicate',
      source_connection_id: id('connection', 'S'),
      destination_connection_id: id('connection', 'D'),
      destination_configuration: {},
      default_schedule: { frequency: 'manual' },
      additional_schedules: []
    })
  })

  test.each(['2023-04-25', '2024-02-08'] as const)(
    '%s has one schedule, under its older name',
    (version) => {
      const old = exchangeOf('bulk_sync', version).create({
        ...least,
        default_schedule: { frequency: 'daily', hour: 5, minute: '05' }
      })
      expect(old['schedule']).toEqual({ frequency: 'daily', hour: '5', minute: '5' })
      expect(Object.keys(old)).not.toContain('default_schedule')
      expect(Object.keys(old)).not.toContain('additional_schedules')
    }
  )

  test('fields say obfuscate in the request, and schemas are in one order', () => {
    const item = { ...least, schemas: ['b', { id: 'a', fields: ['x', { id: 'y', obfuscate: true }] }] }
    expect(create(item)['schemas']).toEqual([
      {
        id: 'a',
        enabled: true,
        fields: [
          { id: 'x', enabled: true, obfuscate: false },
          { id: 'y', enabled: true, obfuscate: true }
        ]
      },
      { id: 'b', enabled: true }
    ])
  })

  test('the oldest version takes the ids of what is to be copied', () => {
    const item = { ...least, schemas: ['b', { id: 'a', fields: ['x'] }, { id: 'c', enabled: false }] }
    expect(exchangeOf('bulk_sync', '2023-04-25').create(item)['schemas']).toEqual(['a', 'b'])
  })

  test('an update keeps what nobody states, and the ids of schedules', () => {
    const live = answer({
      concurrency_limit: 7,
      automatically_add_new_objects: 'all',
      later_version: 1,
      discover: true,
      additional_schedules: [
        { id: 's2', frequency: 'hourly', minute: '5', selective_mode: 'incrementalFields' }
      ]
    })
    const body = update(
      {
        ...least,
        destination: { connection: 'D', configuration: { schema: 'raw' } },
        additional_schedules: [{ frequency: 'continuous', selective_mode: 'incrementalFields' }]
      },
      live
    )
    expect(body).toMatchObject({
      active: true,
      concurrency_limit: 7,
      automatically_add_new_objects: 'all',
      later_version: 1,
      destination_configuration: { schema: 'raw', mirror_schemas: false, advanced: { table_prefix: '' } },
      default_schedule: { id: 's1', frequency: 'manual' },
      additional_schedules: [{ id: 's2', frequency: 'continuous', selective_mode: 'incrementalFields' }]
    })
    expect(Object.keys(body)).not.toContain('discover')
  })

  test('the settings of another connection mean nothing', () => {
    const body = update({ ...least, destination: { connection: 'Other' } }, answer())
    expect(body['destination_configuration']).toEqual({})
  })

  test('when nobody states schemas, a selection that somebody made is sent again, and all is not', () => {
    const everything = { ...users, tracking_field: '', fields: [{ id: 'id', enabled: true }] }
    expect(update(least, answer(schemas(everything)))['schemas']).toBeUndefined()
    expect(update(least, answer(schemas(users, orders)))['schemas']).toEqual([
      {
        id: 'users',
        enabled: true,
        tracking_field: 'updated_at',
        partition_key: '',
        filters: [],
        fields: [
          { id: 'id', enabled: true, obfuscate: false },
          { id: 'email', enabled: true, obfuscate: true }
        ]
      }
    ])
  })
})

describe('what differs', () => {
  const wire = (...all: JsonObject[]) => answer(schemas(...all))

  test('nothing, where the service only fills in', () => {
    expect(differences(least, answer())).toEqual([])
    expect(differences({ ...least, concurrency_limit: 0 }, answer())).toEqual([])
    expect(
      differences(
        { ...least, schemas: [{ id: 'users', fields: ['id', { id: 'email', obfuscate: true }] }] },
        wire(users, orders)
      )
    ).toEqual([])
  })

  test('fields that are not listed are not to be copied, unless the service adds them on purpose', () => {
    const item = { ...least, schemas: [{ id: 'users', fields: ['id'] }] }
    expect(differences(item, wire(users))).toEqual(['removed schemas.[users].fields.[email]'])
    expect(differences({ ...item, automatically_add_new_fields: 'all' }, wire(users))).toEqual([])
  })

  test('the same holds for schemas; what is switched off says nothing', () => {
    const item = { ...least, schemas: ['users'] }
    expect(differences(item, wire(users, orders))).toEqual([])
    expect(differences(item, wire(users, { ...orders, enabled: true }))).toEqual([
      'removed schemas.[orders]'
    ])
    const open = { ...item, automatically_add_new_objects: 'all' }
    const live = { ...wire(users, { ...orders, enabled: true }), automatically_add_new_objects: 'all' }
    expect(differences(open, live)).toEqual([])
    expect(differences({ ...open, schemas: ['users', { id: 'orders', enabled: false }] }, live)).toEqual([
      'changed schemas.[orders].enabled'
    ])
  })

  test('of what is switched off nothing else is compared: its settings are not sent either', () => {
    const item = {
      ...least,
      schemas: ['users', { id: 'orders', enabled: false, user_output_name: 'x', fields: ['email'] }]
    }
    expect(differences(item, wire(users, orders))).toEqual([])
    // Whether its details were asked for or not, it is the same.
    const unasked = { ...wire(users, orders), schema_details: [users] }
    expect(read(unasked)).toEqual(read(wire(users, orders)))
  })

  test('moments are compared, not how they are written', () => {
    const item = { ...least, data_cutoff_timestamp: '2024-01-01T01:00:00+01:00' }
    expect(differences(item, answer({ data_cutoff_timestamp: '2024-01-01T00:00:00Z' }))).toEqual([])
    expect(differences(item, answer({ data_cutoff_timestamp: '2024-01-01T00:00:01Z' }))).toEqual([
      'changed data_cutoff_timestamp'
    ])
  })

  test('schedules are paired by what they are for', () => {
    const item = {
      ...least,
      additional_schedules: [
        { frequency: 'weekly', day_of_week: 'monday', schemas: ['a', 'b'] },
        { frequency: 'continuous', selective_mode: 'incrementalFields' }
      ]
    }
    const live = answer({
      additional_schedules: [
        { id: '1', frequency: 'continuous', selective_mode: 'incrementalFields', schemas: null },
        {
          id: '2',
          frequency: 'weekly',
          day_of_week: '1',
          schemas: ['b', 'a'],
          selective_mode: 'none',
          resync_mode: 'normal'
        }
      ]
    })
    expect(differences(item, live)).toEqual([])
  })
})

describe('what follows the main request', () => {
  const requests = kind.api.followUps!.requests
  const item = { ...least, schemas: [{ id: 'users', fields: ['id'], user_output_name: 'people' }] }

  test('nothing, where all is as it is to be', () => {
    expect(
      requests(create({ ...least, schemas: ['users'] }), schemas(users, orders), '2025-09-18')
    ).toEqual([])
  })

  test('each schema that is otherwise, in full: what is left out could be reset', () => {
    expect(requests(create(item), schemas(users, orders), '2025-09-18')).toEqual([
      {
        method: 'PATCH',
        path: '/schemas',
        body: {
          schemas: [
            {
              id: 'users',
              enabled: true,
              filters: [],
              tracking_field: 'updated_at',
              partition_key: '',
              user_output_name: 'people',
              data_cutoff_timestamp: null,
              disable_data_cutoff: false,
              fields: [
                { id: 'id', enabled: true, obfuscated: false, user_output_name: '' },
                { id: 'email', enabled: false, obfuscated: true, user_output_name: '' }
              ]
            }
          ]
        }
      }
    ])
  })

  test('in the oldest version, one at a time', () => {
    const [one] = requests(
      create({ ...least, schemas: [{ id: 'a/b', fields: ['id'] }] }),
      schemas({ ...users, id: 'a/b' }),
      '2023-04-25'
    )
    expect(one).toMatchObject({ method: 'PATCH', path: '/schemas/a%2Fb' })
  })
})

test('only what the files list is asked for by itself', () => {
  const [list, details] = kind.api.parts!
  const wire = {
    schemas: [
      { id: 'a', enabled: true },
      { id: 'b', enabled: true },
      { id: 'c', enabled: false }
    ]
  }
  expect(list!.paths({}, {}, false)).toEqual([])
  expect(list!.paths({}, { schemas: [{ id: 'a' }] }, false)).toEqual(['/schemas'])
  expect(details!.paths(wire, { schemas: [{ id: 'b' }, { id: 'unknown' }] }, false)).toEqual(['/schemas/b'])
  expect(details!.paths(wire, undefined, false)).toEqual(['/schemas/a', '/schemas/b'])
  expect(details!.paths({ schemas: [{ id: 'a', fields: [] }] }, undefined, false)).toEqual([])
})

test('what is to be replaced is asked for in full, and so is what is to be switched on', () => {
  const [list, details] = kind.api.parts!
  const wire = {
    schemas: [{ id: 'a' }, { id: 'b' }, { id: 'c', enabled: false }, { id: 'd', enabled: false }]
  }
  expect(list!.paths({}, {}, true)).toEqual(['/schemas'])
  expect(details!.paths(wire, {}, true)).toEqual(['/schemas/a', '/schemas/b'])
  const wanted = { schemas: [{ id: 'c' }, { id: 'd', enabled: false }] }
  expect(details!.paths(wire, wanted, true)).toEqual(['/schemas/a', '/schemas/b', '/schemas/c'])
})

test('mistakes are told at their places', async () => {
  const head =
    'bulk_syncs:\n  - name: B\n    mode: replicate\n    source: { connection: S }\n    destination: { connection: D }\n'
  const body = (rest: string) => problemsOf(`${head}${rest}`)
  const errors = async (rest: string) => (await body(rest)).filter((one) => !one.startsWith('w'))
  expect(await errors('    schedule: manual\n')).toEqual(['P101 6:5 schedule'])
  expect(await errors('    default_schedule: manual\n    schemas: [a, { id: a }]\n')).toEqual([
    'P105 7:18 { id: a }'
  ])
  expect(await errors('    default_schedule: manual\n    schemas: [{ id: a, enabled: false }]\n')).toEqual([
    'P105 7:5 schemas'
  ])
  expect(
    await errors(
      '    default_schedule: manual\n    schemas: [{ id: a, fields: [{ id: x, enabled: false }] }, b]\n'
    )
  ).toEqual(['P105 7:24 fields'])
  expect(await errors('    default_schedule: { frequency: daily, hour: 25, minute: 0 }\n')).toEqual([
    'P105 6:49 25'
  ])
  expect(
    await errors(
      '    default_schedule: manual\n    additional_schedules: [{ frequency: hourly, hour: 1, minute: 0 }]\n'
    )
  ).toEqual(['P109 7:49 hour'])
})

test('what a further schedule cannot say, it is not asked for', async () => {
  const yaml = (frequency: string) => `
bulk_syncs:
  - name: B
    mode: replicate
    source: { connection: S }
    destination: { connection: D }
    default_schedule: manual
    additional_schedules: [{ frequency: ${frequency} }]
`
  expect(await problemsOf(yaml('runafter'))).toEqual(['P104 8:41 runafter'])
  expect(await problemsOf(yaml('dbtcloud'))).toEqual(['P104 8:41 dbtcloud'])
})
