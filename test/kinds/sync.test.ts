import { apiVersions } from '../../src/wire/common.ts'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/state/value.ts'
import { nullModelId } from '../../src/wire/sync.ts'
import { exchangeOf, kindNamed } from '../support/exchange.ts'
import { fieldsOf, problemsOf } from '../support/reading.ts'

const { differences, update, create, read, id } = exchangeOf('sync')
const users = id('model', 'Users')
const connection = id('connection', 'CRM')
const source = (field: string, model = users) => ({ model_id: model, field })

const item = (more: object = {}) =>
  ({
    mode: 'update',
    model: 'Users',
    target: { connection: 'CRM', object: 'Contact' },
    schedule: 'manual',
    ...more
  }) as never
const live = (more: object = {}) =>
  ({
    id: 's1',
    organization_id: 'o',
    name: 'S',
    mode: 'update',
    active: true,
    model_ids: [users],
    fields: [],
    schedule: { frequency: 'manual' },
    target: { connection_id: connection, object: 'Contact', search_values: { targetObject: 'Contact' } },
    ...more
  }) as never

test('a sync says with ids what YAML says with names, and leaves empty options out', () => {
  expect(
    create(item({ fields: [{ source: 'email', target: 'Email' }], filters: [], overrides: [] }))
  ).toEqual({
    mode: 'update',
    fields: [{ source: source('email'), target: 'Email' }],
    target: { connection_id: connection, object: 'Contact' },
    schedule: { frequency: 'manual' },
    sync_all_records: false
  })
})

test('R5: everything that the service fills in for nothing is no difference', () => {
  const filled = {
    identity: null,
    fields: null,
    override_fields: null,
    filters: [],
    filter_logic: '',
    overrides: null,
    sync_all_records: false,
    only_enrich_updates: false,
    skip_initial_backfill: null,
    schedule: {
      frequency: 'manual',
      minute: null,
      hour: '',
      job_id: null,
      run_after: { sync_ids: [] },
      run_after_success_only: false
    },
    target: {
      connection_id: connection,
      object: 'Contact',
      configuration: {},
      filter_logic: null,
      search_values: { a: 1 }
    }
  }
  expect(differences(item(), live(filled))).toEqual([])
})

test('R6: what is owned and not stated is drift where somebody set it by hand', () => {
  const by = live({
    fields: [
      { source: source('a'), target: 'A' },
      { source: source('', nullModelId), target: 'O', override_value: 'x' }
    ],
    filters: [{ field: source('a'), function: 'IsNull', label: 'A' }],
    overrides: [{ field: source('a'), function: 'IsNull', override: 'x' }],
    identity: { source: source('a'), target: 'Id', function: 'Equality' },
    sync_all_records: true,
    skip_initial_backfill: true
  })
  expect(differences(item(), by)).toEqual([
    'removed identity',
    'removed fields.[A]',
    'removed override_fields.[O]',
    'removed filters.[Users.a IsNull]',
    'removed overrides.[Users.a IsNull]',
    'removed sync_all_records',
    'removed skip_initial_backfill'
  ])
})

test('R6: active and policies are carried: not compared where no file states them, and sent back', () => {
  const there = live({ active: true, policies: ['p'] })
  expect(differences(item(), there)).toEqual([])
  expect(update(item(), there)).toMatchObject({ active: true, policies: ['p'] })
  expect(differences(item({ active: false }), there)).toEqual(['changed active'])
  expect(update(item({ active: false }), there)).toMatchObject({ active: false })
})

test('R6: the passphrase is sent with every write and never compared', () => {
  const secret = { encryption_passphrase: { $secret: 'env P' } }
  expect(create(item(secret))).toMatchObject(secret)
  expect(update(item(secret), live())).toMatchObject(secret)
  expect(differences(item(secret), live())).toEqual([])
})

test('R8: an update loses nothing that nobody manages, and sends nothing that is the service’s', () => {
  const there = live({
    later: { deep: 1 },
    identity: {
      source: source('id'),
      target: 'Id',
      function: 'Equality',
      new_field: true,
      remote_field_type_id: 'string'
    },
    target: {
      connection_id: connection,
      object: 'Contact',
      search_values: { a: 1 },
      configuration: { by_hand: 1 },
      later: 2
    },
    created_at: 'then',
    updated_by: { id: 'u' }
  })
  const identity = { source: 'id', target: 'Id', function: 'Equality' }
  expect(
    update(item({ identity, target: { connection: 'CRM', configuration: { mine: 1 } } }), there)
  ).toEqual({
    name: 'x',
    later: { deep: 1 },
    mode: 'update',
    active: true,
    fields: [],
    identity: { source: source('id'), target: 'Id', function: 'Equality', new_field: true },
    target: {
      connection_id: connection,
      object: 'Contact',
      configuration: { by_hand: 1, mine: 1 },
      later: 2
    },
    schedule: { frequency: 'manual' },
    sync_all_records: false
  })
})

describe('mapping', () => {
  test('R10: override fields come back merged into the fields, with the model of nothing, no source or an empty one', () => {
    const wanted = item({
      override_fields: ['A', 'B', 'C', 'D'].map((target) => ({ target, override_value: 'x' }))
    })
    const merged = [
      { source: source('', nullModelId), target: 'A', override_value: 'x', new: false },
      { target: 'B', override_value: 'x' },
      { source: { model_id: '', field: '' }, target: 'C', override_value: 'x' }
    ]
    expect(
      differences(wanted, live({ fields: merged, override_fields: [{ target: 'D', override_value: 'x' }] }))
    ).toEqual([])
  })

  test('R10: a field with a source and a fixed value is a field', () => {
    const there = live({ fields: [{ source: source('a'), target: 'A', override_value: 'x' }] })
    expect(
      differences(item({ fields: [{ source: 'a', target: 'A', override_value: 'x' }] }), there)
    ).toEqual([])
    expect(differences(item({ fields: [{ source: 'a', target: 'A' }] }), there)).toEqual([
      'removed fields.[A].override_value'
    ])
  })

  test('a field without a source is an override field', () => {
    expect(create(item({ fields: [{ target: 'A', override_value: 'x' }] }))).toMatchObject({
      fields: [],
      override_fields: [{ target: 'A', override_value: 'x' }]
    })
  })

  test('R10: the identity’s target mapped again is dropped by the service, so it is neither sent nor missed', () => {
    const identity = { source: 'email', target: 'Email', function: 'Equality' }
    const wanted = item({
      identity,
      fields: [
        { source: 'email', target: 'Email' },
        { source: 'a', target: 'A' }
      ]
    })
    const there = {
      identity: { ...identity, source: source('email') },
      fields: [{ source: source('a'), target: 'A' }]
    }
    expect(create(wanted)['fields']).toEqual([{ source: source('a'), target: 'A' }])
    expect(differences(wanted, live(there))).toEqual([])
    expect(
      differences(
        wanted,
        live({ ...there, fields: [...there.fields, { source: source('email'), target: 'Email' }] })
      )
    ).toEqual([])
  })

  test('R5: fields are known by their target, in any order', () => {
    const there = live({
      fields: [
        { source: source('b'), target: 'B' },
        { source: source('x'), target: 'A' }
      ]
    })
    expect(
      differences(
        item({
          fields: [
            { source: 'a', target: 'A' },
            { source: 'b', target: 'B' }
          ]
        }),
        there
      )
    ).toEqual(['changed fields.[A].source.field'])
  })

  test('the fields of a webhook all go into one target, and are known by their source', () => {
    const there = live({
      fields: [
        { source: source('b'), target: 'record' },
        { source: source('a'), target: 'record' }
      ]
    })
    const fields = ['a', 'b'].map((field) => ({ source: field, target: 'record' }))
    expect(differences(item({ fields }), there)).toEqual([])
    expect(differences(item({ fields: fields.slice(1) }), there)).toEqual(['removed fields.[record ← a]'])
  })

  test('R5: defaults of a field are as good as nothing; the mode per field and encryption are compared', () => {
    const filled = {
      source: source('a'),
      target: 'A',
      new: false,
      encryption_enabled: false,
      sync_mode: 'updateOrCreate'
    }
    expect(
      differences(item({ fields: [{ source: 'a', target: 'A' }] }), live({ fields: [filled] }))
    ).toEqual([])
    expect(
      differences(
        item({
          fields: [{ source: 'a', target: 'A', sync_mode: 'create', encryption_enabled: true, new: true }]
        }),
        live({ fields: [filled] })
      )
    ).toEqual([
      'changed fields.[A].sync_mode',
      'changed fields.[A].new',
      'changed fields.[A].encryption_enabled'
    ])
  })

  test('the model of the sync is that of every source that names none', async () => {
    const model = (name: string) => ({ $ref: 'model', name })
    const fields = await fieldsOf(
      'syncs: [{ name: S, mode: create, model: M, target: { connection: C, object: O }, schedule: manual, identity: { source: id, target: Id, function: equality }, fields: [{ source: a, target: A }, { source: { field: b }, target: B }, { source: { model: N, field: c }, target: C }], filters: [{ field: d, function: isnull }], overrides: [{ field: e, function: IsNull, override: 1 }] }]'
    )
    expect(fields).toMatchObject({
      identity: { source: { model: model('M'), field: 'id' } },
      fields: [
        { source: { model: model('M'), field: 'a' } },
        { source: { model: model('M'), field: 'b' } },
        { source: { model: model('N'), field: 'c' } }
      ],
      filters: [{ field: { model: model('M'), field: 'd' } }],
      overrides: [{ field: { model: model('M'), field: 'e' } }]
    })
    expect(fields).not.toHaveProperty('model')
  })

  test('R5: enums have one case, whatever is written or answered', async () => {
    const fields = await fieldsOf(
      'syncs: [{ name: S, mode: UPDATEORCREATE, model: M, target: { connection: C, object: O }, schedule: MANUAL, identity: { source: id, target: Id, function: domainmatch }, fields: [{ source: a, target: A, sync_mode: CREATE }], filters: [{ field: a, field_type: MODEL, function: isnotnull }] }]'
    )
    expect(fields).toMatchObject({
      mode: 'updateOrCreate',
      schedule: { frequency: 'manual' },
      identity: { function: 'DomainMatch' },
      fields: [{ sync_mode: 'create' }],
      filters: [{ field_type: 'Model', function: 'IsNotNull' }]
    })
    const wanted = item({
      identity: { source: 'id', target: 'Id', function: 'Equality' },
      filters: [{ field: 'a', function: 'IsNotNull' }]
    })
    const there = live({
      mode: 'UPDATE',
      identity: { source: source('id'), target: 'Id', function: 'equality' },
      filters: [{ field: source('a'), field_type: 'model', function: 'isnotnull', label: 'A' }],
      schedule: { frequency: 'Manual' }
    })
    expect(differences(wanted, there)).toEqual([])
  })

  test('R10: what the service says of the identity by itself is no difference', () => {
    const there = live({
      identity: {
        source: source('id'),
        target: 'Id',
        function: 'Equality',
        new_field: true,
        remote_field_type_id: 'string'
      }
    })
    expect(
      differences(item({ identity: { source: 'id', target: 'Id', function: 'Equality' } }), there)
    ).toEqual([])
    expect(
      differences(
        item({ identity: { source: 'id', target: 'Id', function: 'Equality', new_field: false } }),
        there
      )
    ).toEqual(['changed identity.new_field'])
  })
})

describe('target', () => {
  test('R10: the object appears after create, and nothing is created twice', () => {
    const wanted = item({ target: { connection: 'CRM', create: { name: 'public.new' } } })
    expect(create(wanted)['target']).toEqual({ connection_id: connection, create: { name: 'public.new' } })
    const there = live({ target: { connection_id: connection, object: 'public.new', search_values: {} } })
    expect(differences(wanted, there)).toEqual([])
    expect(update(wanted, there)['target']).toEqual({ connection_id: connection, object: 'public.new' })
  })

  test('the older way to make an object is sent once too', () => {
    const wanted = item({ target: { connection: 'CRM', object: '__pt_new_target', new_name: 'new' } })
    expect(create(wanted)['target']).toEqual({
      connection_id: connection,
      object: '__pt_new_target',
      new_name: 'new'
    })
    const there = live({ target: { connection_id: connection, object: 'new' } })
    expect(differences(wanted, there)).toEqual([])
    expect(update(wanted, there)['target']).toEqual({ connection_id: connection, object: 'new' })
  })

  test('R10: its configuration gains keys; stated ones are compared and cleared one by one', () => {
    const there = live({
      target: { connection_id: connection, object: 'Contact', configuration: { a: 1 } }
    })
    const wanted = (configuration: object) =>
      item({ target: { connection: 'CRM', object: 'Contact', configuration } })
    expect(differences(wanted({}), there)).toEqual([])
    expect(differences(wanted({ a: '' }), there)).toEqual(['removed target.configuration.a'])
    expect(update(wanted({ a: '' }), there)['target']).toEqual({
      connection_id: connection,
      object: 'Contact'
    })
  })
})

describe('versions', () => {
  const old = exchangeOf('sync', '2023-04-25')
  const model = old.id('model', 'Users')

  test('the oldest version is told a condition’s field by its name, and tells it by its id or name', () => {
    const wanted = item({
      fields: [{ source: 'a', target: 'A' }],
      filters: [{ field: 'email', function: 'IsNull' }],
      overrides: [{ field: 'email', function: 'IsNull', override: 'x' }]
    })
    expect(old.create(wanted)).toMatchObject({
      filters: [{ field_id: 'email', field_type: 'Model' }],
      overrides: [{ field_id: 'email' }]
    })
    const models = [
      { id: 'another', fields: [{ name: 'email' }] },
      { id: model, fields: [{ id: 'f1', name: 'email' }] }
    ]
    const there = {
      ...(live({ fields: [{ source: source('a', model), target: 'A' }] }) as JsonObject),
      target: { connection_id: old.id('connection', 'CRM'), object: 'Contact' },
      filters: [{ field_id: 'f1', field_type: 'Model', function: 'IsNull', label: 'A' }],
      overrides: [{ field_id: 'email', function: 'IsNull', override: 'x' }]
    }
    expect(old.differences(wanted, there, models)).toEqual([])
  })

  test('only the newest version answers lists without the mapping', () => {
    const { api } = kindNamed('sync')
    expect(apiVersions.map((version) => api.access === 'listed' && api.lightList?.(version))).toEqual([
      false,
      false,
      true
    ])
    expect(apiVersions.map((version) => api.access === 'listed' && api.update(version))).toEqual([
      'PATCH',
      'PUT',
      'PUT'
    ])
  })
})

test('what a sync uses is known from an item of the list as well as from the whole', () => {
  const { uses } = kindNamed('sync')
  expect(uses({ model_ids: [users], target_connection_id: connection })).toEqual([
    { kind: 'connection', id: connection },
    { kind: 'model', id: users }
  ])
  expect(
    uses(
      live({
        model_ids: undefined,
        fields: [{ source: source('', nullModelId) }, { source: source('a') }],
        filters: [{ field: source('b', 'm2') }],
        schedule: { connection_id: 'dbt', run_after: { sync_ids: ['s2'], bulk_sync_ids: ['b1'] } },
        policies: ['p']
      })
    )
  ).toEqual([
    { kind: 'connection', id: connection },
    { kind: 'connection', id: 'dbt' },
    { kind: 'model', id: users },
    { kind: 'model', id: 'm2' },
    { kind: 'sync', id: 's2' },
    { kind: 'bulk_sync', id: 'b1' },
    { kind: 'policy', id: 'p' }
  ])
})

test('R9: ids that nothing resolves stay ids', () => {
  expect(
    read(
      live({
        fields: [{ source: source('a', 'gone'), target: 'A' }],
        target: { connection_id: 'gone too' }
      })
    )
  ).toMatchObject({
    fields: [{ source: { model: { $ref: 'model', id: 'gone' }, field: 'a' } }],
    target: { connection: { $ref: 'connection', id: 'gone too' } }
  })
})

describe('checks', () => {
  const problems = (more: string, target = 'object: O') =>
    problemsOf(
      `syncs:\n  - { name: S, mode: create, target: { connection: C, ${target} }, schedule: manual, ${more} }`
    ).then((all) => all.filter((one) => !one.startsWith('wP201')).map((one) => one.replace(/ \d+:\d+/, '')))

  test.each([
    ['a source needs a model from somewhere', 'fields: [{ source: a, target: A }]', ['P103 a']],
    ['a mapping writes something', 'model: M, fields: [{ target: A }]', ['P103 { target: A }']],
    [
      'a target field is mapped once',
      'model: M, fields: [{ source: a, target: A }], override_fields: [{ target: A, override_value: x }]',
      ['P204 A']
    ],
    [
      'the identity is mapped already',
      'model: M, identity: { source: a, target: A, function: Equality }, fields: [{ source: a, target: A }]',
      ['wP204 A']
    ],
    ['a filter needs a field', 'model: M, filters: [{ function: IsNull }]', ['P103 { function: IsNull }']],
    [
      'whether a mode takes filters of the target, the plan asks the target',
      'filters: [{ field_id: A, field_type: Target, function: IsNull }]',
      []
    ],
    [
      'a filter names its field once',
      'model: M, filters: [{ field: a, field_id: b, function: IsNull }]',
      ['P109 field_id']
    ],
    [
      'a field of a model is named, not numbered',
      'model: M, filters: [{ field_id: b, function: IsNull }]',
      ['P103 { field_id: b, function: IsNull }']
    ],
    [
      'logic names labels that are there',
      'model: M, filters: [{ field: a, function: IsNull }], filter_logic: A AND B',
      ['P205 B']
    ],
    [
      'labels are given once',
      'model: M, filters: [{ field: a, function: IsNull, label: B }, { field: b, function: IsNull }]',
      ['P202']
    ]
  ])('%s', async (_rule, more, expected) => {
    expect(await problems(more)).toEqual(expected.map((one) => expect.stringContaining(one)))
  })

  test('a target is there or made, not both and not neither', async () => {
    expect(await problems('model: M', 'object: O, create: { name: x }')).toEqual(['P109 create'])
    expect(await problems('model: M', 'configuration: {}')).toEqual(['P103 target'])
    expect(await problems('model: M', 'create: { name: x }')).toEqual([])
  })
})
