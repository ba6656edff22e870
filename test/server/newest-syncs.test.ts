import { expect, test } from 'vitest'
import { isOperator } from '../../src/server/kinds/filter-logic.ts'
import { apiVersions } from '../../src/wire/common.ts'
import { client, testServer } from './client.ts'
import { warehouse, type Warehouse } from './warehouse.ts'

type Tree = Record<string, unknown>

const onName = { function: 'IsNull' }

const newest = (more: object = {}): Promise<Warehouse> =>
  warehouse(testServer({ shape: 'newest', ...more }))

/** An update of what `email` finds, which may have filters on its target. */
function updating({ sync, from }: Warehouse, more: Tree = {}): Tree {
  const identity = { source: from('email'), target: 'email', function: 'Equality' }
  return sync({ mode: 'update', identity, fields: [{ source: from('name'), target: 'name' }], ...more })
}

function two({ from }: Warehouse): Tree[] {
  return [
    { source: from('email'), target: 'email', function: 'Equality' },
    { source: from('name'), target: 'name', function: 'ISubstring', new_field: true }
  ]
}

test('several mappings are answered in order, with their strategy, and identity is the first', async () => {
  const world = await newest()
  const identities = { mappings: two(world), strategy: 'and' }
  const made = await world.api.post('/api/syncs', world.sync({ mode: 'updateOrCreate', identities }))
  expect([made.status, made.data['identities'], made.data['identity']]).toEqual([
    200,
    identities,
    identities.mappings[0]
  ])
  const path = `/api/syncs/${made.data.id}`
  const fields = [{ source: world.from('active'), target: 'active' }]
  const body = world.sync({ mode: 'updateOrCreate', fields })
  const alone = await world.api.put(path, { ...body, identity: two(world)[0] })
  expect([alone.status, alone.body['message']]).toEqual([
    422,
    'identity says one of the 2 mappings of this sync: send identities'
  ])
  const wins = await world.api.put(path, {
    ...body,
    identity: two(world)[0],
    identities: { mappings: two(world).slice(1) }
  })
  expect(wins.data['identities']).toEqual({ mappings: two(world).slice(1), strategy: 'priority' })
  const none = await world.api.put(path, world.sync({ fields, identities: { mappings: [] } }))
  expect([none.data['identities'], none.data['identity']]).toEqual([{ mappings: [] }, null])
})

test('filters of both sorts are labelled by position, each with a logic of its own', async () => {
  const world = await newest()
  const { api, from } = world
  const model_filters = {
    conditions: [
      { source: from('email'), function: 'StringOneOf', value: ['a'], label: 'b' },
      { source: from('active'), function: 'Equality', value: true, label: 'B' },
      { source: from('name'), function: 'IsNotNull', label: '_1' }
    ],
    logic: '(b AND _1) or (B and b)'
  }
  const target_filters = {
    conditions: [
      { field: 'email', function: 'IsNotNull' },
      { field: 'name', function: 'Inequality', value_source: from('name') }
    ],
    logic: 'B OR A'
  }
  const made = await api.post('/api/syncs', updating(world, { model_filters, target_filters }))
  expect(made.data['model_filters']).toEqual({
    conditions: model_filters.conditions.map((one, index) => ({ ...one, label: 'ABC'[index] })),
    logic: '(A AND C) or (B and A)'
  })
  expect(made.data['target_filters']).toEqual({
    conditions: target_filters.conditions.map((one, index) => ({ ...one, label: 'AB'[index] })),
    logic: 'B OR A'
  })
  // The older shape beside it: one list, one sequence of letters, and the logic of each sort in them.
  const old = made.data['filters'] as Tree[]
  expect(old.map(({ field_type, label }) => [field_type, label])).toEqual([
    ['Model', 'A'],
    ['Model', 'B'],
    ['Model', 'C'],
    ['Target', 'D'],
    ['Target', 'E']
  ])
  expect([made.data['filter_logic'], made.data['target']]).toMatchObject([
    '(A AND C) or (B and A)',
    { filter_logic: 'E OR D' }
  ])
  expect(old[4]).toMatchObject({ field_id: 'name', value_field: from('name') })
})

test('the logic of the older shape must name every filter, since the newer one beside it must', async () => {
  for (const [shape, status] of [
    ['older', 200],
    ['newest', 422]
  ] as const) {
    const world = await newest({ shape })
    const filters = ['email', 'name'].map((field) => ({ field: world.from(field), ...onName }))
    const reply = await world.api.post('/api/syncs', world.sync({ filters, filter_logic: 'b' }))
    expect([reply.status, reply.body['message']]).toEqual([
      status,
      status === 200 ? undefined : 'filter_logic leaves out the filter A'
    ])
  }
})

/** Whatever a newest answer has can be sent back, in both shapes at once or in one, and changes nothing. */
const shapes: [name: string, drop: string[]][] = [
  ['whole', []],
  ['the newer shape alone', ['identity', 'filters', 'filter_logic']],
  ['the older shape alone', ['identities', 'model_filters', 'target_filters']]
]
const requests: [name: string, more: (world: Warehouse) => Tree][] = [
  ['nothing', () => ({})],
  ['one filter', ({ from }) => ({ filters: [{ field: from('email'), function: 'IsNull' }] })],
  [
    'both sorts, mixed',
    ({ from, sync }) => ({
      filters: [
        { field_id: 'email', field_type: 'Target', function: 'Equality', value_field: from('name') },
        { field: from('email'), function: 'IsNull' },
        { field_id: 'name', field_type: 'Target', function: 'IsNull' },
        { field: from('name'), function: 'Equality', value: { a: [1, null] } }
      ],
      filter_logic: 'b OR NOT D',
      target: { ...(sync()['target'] as Tree), filter_logic: 'C AND a' }
    })
  ],
  [
    'override fields',
    () => ({ override_fields: [{ target: 'x', override_value: 'v', new: true, encryption_enabled: true }] })
  ],
  ['an override', ({ from }) => ({ overrides: [{ field: from('name'), function: 'IsNull', override: 1 }] })]
]
test.each(
  requests.flatMap(([name, more]) => shapes.map(([shape, drop]) => [name, shape, more, drop] as const))
)('a sync with %s comes back as it was, sent as %s', async (_name, _shape, more, drop) => {
  const world = await newest()
  const made = await world.api.post('/api/syncs', updating(world, more(world)))
  expect([made.status, made.text]).toEqual([200, expect.any(String)])
  const { updated_at: _at, ...before } = made.data as Tree
  const body = Object.fromEntries(Object.entries(before).filter(([key]) => !drop.includes(key)))
  const again = await world.api.put(`/api/syncs/${made.data.id}`, body)
  const { updated_at: _later, ...after } = again.data as Tree
  expect(after).toEqual(isMixed(before) && !drop.includes('model_filters') ? sorted(before) : before)
})

/** In the newer shape nobody can say that filters of the target stood before those of the model. */
function isMixed({ filters }: Tree): boolean {
  return (filters as Tree[])[0]?.['field_type'] === 'Target'
}

function sorted(answer: Tree): Tree {
  const filters = answer['filters'] as Tree[]
  const order = [...filters.filter(isModel), ...filters.filter((one) => !isModel(one))]
  const letters = new Map(order.map((filter, index) => [String(filter['label']), 'ABCD'[index]]))
  const logic = (text: unknown) =>
    String(text).replace(/\w+/g, (word) => (isOperator(word) ? word : letters.get(word.toUpperCase())!))
  const target = answer['target'] as Tree
  return {
    ...answer,
    filters: order.map((filter, index) => ({ ...filter, label: 'ABCD'[index] })),
    filter_logic: logic(answer['filter_logic']),
    target: { ...target, filter_logic: logic(target['filter_logic']) }
  }
}

function isModel(filter: Tree): boolean {
  return filter['field_type'] === 'Model'
}

const refused: [field: string, problem: string | RegExp, more: (world: Warehouse) => Tree][] = [
  [
    'identities.strategy',
    'is required with more than one mapping',
    (world) => ({ identities: { mappings: two(world) } })
  ],
  [
    'identities.strategy',
    'must be one of priority, and',
    (world) => ({ identities: { mappings: two(world), strategy: 'or' } })
  ],
  ['identities.mappings', 'is required for mode update', () => ({ identities: { mappings: [] } })],
  ['identities.mappings', 'is required', () => ({ identities: {} })],
  [
    'identities.mappings[1].function',
    'must be one of Equality, ISubstring, OneOf, DomainMatch, HostnameMatch',
    (world) => ({
      identities: { mappings: [two(world)[0], { ...two(world)[1], function: 'Same' }], strategy: 'and' }
    })
  ],
  [
    'identities.mappings[0].source.field',
    'is not a field of the model "M": gone',
    (world) => ({ identities: { mappings: [{ ...two(world)[0], source: world.from('gone') }] } })
  ],
  [
    'model_filters.conditions[0].source',
    'is required',
    () => ({ model_filters: { conditions: [{ function: 'IsNull' }] } })
  ],
  [
    'model_filters.conditions[0].function',
    /^must be one of /,
    ({ from }) => ({ model_filters: { conditions: [{ source: from('name'), function: 'Near' }] } })
  ],
  [
    'model_filters.conditions[0].source.field',
    'is not a field of the model "M": gone',
    ({ from }) => ({ model_filters: { conditions: [{ source: from('gone'), ...onName }] } })
  ],
  [
    'model_filters.logic',
    'leaves out the condition B',
    ({ from }) => ({
      model_filters: {
        conditions: [
          { source: from('name'), ...onName },
          { source: from('email'), ...onName }
        ],
        logic: 'A'
      }
    })
  ],
  [
    'model_filters.logic',
    'names the filter a; the filters are A',
    ({ from }) => ({ model_filters: { conditions: [{ source: from('name'), ...onName }], logic: 'a' } })
  ],
  [
    'target_filters.logic',
    'combines conditions, and there are none',
    () => ({ target_filters: { conditions: [], logic: 'A' } })
  ],
  [
    'target_filters.conditions[1].label',
    'is required: label all conditions or none',
    () => ({
      target_filters: {
        conditions: [
          { field: 'name', ...onName, label: 'A' },
          { field: 'name', ...onName }
        ]
      }
    })
  ],
  ...['1', 'a-b', '', 'é', 'a b'].map((label): (typeof refused)[number] => [
    'target_filters.conditions[0].label',
    'must begin with a letter or _, and have letters, digits and _ alone',
    () => ({ target_filters: { conditions: [{ field: 'name', ...onName, label }] } })
  ]),
  ...['and', 'Or', 'NOT'].map((label): (typeof refused)[number] => [
    'target_filters.conditions[0].label',
    `is a word of the logic: ${label}`,
    () => ({ target_filters: { conditions: [{ field: 'name', ...onName, label }] } })
  ]),
  [
    'target_filters.conditions[1].label',
    'is given twice: a',
    () => ({
      target_filters: {
        conditions: [
          { field: 'name', ...onName, label: 'a' },
          { field: 'email', ...onName, label: 'a' }
        ]
      }
    })
  ],
  [
    'target_filters.conditions[0].value_source',
    'cannot be given together with value',
    ({ from }) => ({
      target_filters: {
        conditions: [{ field: 'name', function: 'Equality', value: 1, value_source: from('name') }]
      }
    })
  ],
  [
    'filters',
    'describes other filters than model_filters and target_filters: send one shape',
    ({ from }) => ({ filters: [], model_filters: { conditions: [{ source: from('name'), ...onName }] } })
  ],
  [
    'filters',
    'describes other filters than model_filters and target_filters: send one shape',
    ({ from }) => ({
      filters: [{ field: from('name'), ...onName }],
      target_filters: { conditions: [] }
    })
  ],
  [
    'filters[0].value_field',
    'is for filters on the target alone',
    ({ from }) => ({ filters: [{ field: from('name'), ...onName, value_field: from('name') }] })
  ]
]
test.each(refused)('%s %s', async (field, problem, more) => {
  for (const shape of ['older', 'newest'] as const) {
    const world = await newest({ shape })
    const reply = await world.api.post('/api/syncs', updating(world, more(world)))
    expect([reply.status, reply.body['metadata']]).toEqual([422, { field }])
    const reported = String(reply.body['message'])
    if (typeof problem === 'string') expect(reported).toBe(`${field} ${problem}`)
    else expect(reported.slice(field.length + 1)).toMatch(problem)
  }
})

test('the older shape does not say which functions a field takes, and takes all of them', async () => {
  const fields = { email: 'string', name: 'string', age: 'number' }
  const catalogue = { Warehouse: { objects: { 'polytomic.sync_test_target': { fields } } } }
  const filter = { field_id: 'age', field_type: 'Target', function: 'StringContains', value: '1' }
  for (const [shape, status] of [
    ['older', 200],
    ['newest', 422]
  ] as const) {
    const world = await newest({ shape, catalogue })
    const reply = await world.api.post('/api/syncs', updating(world, { filters: [filter] }))
    expect([shape, reply.status, reply.body['message']]).toEqual([
      shape,
      status,
      status === 200
        ? undefined
        : (expect.stringMatching(/^filters\[0\]\.function must be one of Equality, .* for age$/) as string)
    ])
  }
})

test('what the target does not support is refused, and said before', async () => {
  const facts = { multipleIdentities: false, filterValueFields: false }
  const fields = { email: 'string', name: 'string', age: 'number' }
  const catalogue = {
    Warehouse: { ...facts, objects: { 'polytomic.sync_test_target': { fields } } }
  }
  const world = await newest({ catalogue })
  const { api, connection, from } = world
  const path = `/api/connections/${connection.id}/modelsync/target/fields`
  const described = (await api.get(`${path}?target=polytomic.sync_test_target`)).data
  expect(described['properties']).toMatchObject({
    supports_filter_value_fields: false,
    supports_multiple_identities: false
  })
  const age = (described['fields'] as Tree[]).find(({ id }) => id === 'age')
  const functions = (age!['filter_functions'] as Tree[]).map(({ id }) => id)
  expect(functions).toContain('GreaterThan')
  expect(functions).not.toContain('StringContains')
  const send = async (more: Tree) => (await api.post('/api/syncs', updating(world, more))).body['message']
  expect(await send({ identities: { mappings: two(world), strategy: 'and' } })).toBe(
    'identities.mappings has more than one mapping, which this target does not support'
  )
  const filter = (one: Tree) => send({ target_filters: { conditions: [one] } })
  expect(await filter({ field: 'name', function: 'Equality', value_source: from('name') })).toBe(
    'target_filters.conditions[0].value_source is not possible: this target compares with fixed values alone'
  )
  expect(await filter({ field: 'age', function: 'StringContains', value: '1' })).toMatch(
    /^target_filters.conditions\[0\].function must be one of Equality, .* for age$/
  )
  const made = await api.post(
    '/api/syncs',
    world.sync({ target_filters: { conditions: [{ field: 'age', ...onName }] } })
  )
  expect(made.body['message']).toBe(
    'target_filters.conditions[0] is on the target, which this target does not support'
  )
})

test('override fields have a list of their own, without source; an entry with one is a mapping', async () => {
  const world = await newest()
  const made = await world.api.post(
    '/api/syncs',
    updating(world, {
      fields: [
        { source: world.from('name'), target: 'name' },
        { target: 'a', override_value: '1', sync_mode: 'update' }
      ],
      override_fields: [
        { target: 'b', override_value: '2', encryption_enabled: true },
        { target: 'c', source: world.from('active') }
      ]
    })
  )
  expect([made.data['fields'], made.data['override_fields']]).toEqual([
    [
      { source: world.from('name'), target: 'name' },
      { source: world.from('active'), target: 'c' }
    ],
    [
      { target: 'a', override_value: '1', sync_mode: 'update' },
      { target: 'b', override_value: '2' }
    ]
  ])
})

test('what a sync reads and is gone is a problem; such a sync is not switched on, and can be mended', async () => {
  const world = await newest()
  const model_filters = { conditions: [{ source: world.from('name'), ...onName }] }
  const made = await world.api.post('/api/syncs', updating(world, { model_filters }))
  expect(made.data['problems']).toEqual([])
  await world.api.delete(`/api/models/${world.model.id}`)
  const path = `/api/syncs/${made.data.id}`
  const { problems, ...rest } = (await world.api.get(path)).data
  expect(problems).toEqual(
    ['identities.mappings[0].source', 'fields[0].source', 'model_filters.conditions[0].source'].map(
      (where) => ({
        code: 'model_not_found',
        message: `there is no model ${world.model.id}`,
        path: `${where}.model_id`,
        severity: 'error'
      })
    )
  )
  expect(rest['identities']).toEqual(made.data['identities'])
  const activated = await world.api.post(`${path}/activate`, { active: true })
  expect([activated.status, activated.body['metadata']]).toEqual([
    422,
    { field: 'identities.mappings[0].source.model_id' }
  ])
  expect((await world.api.post(`${path}/activate`, { active: false })).status).toBe(200)
})

const added = ['identities', 'model_filters', 'target_filters', 'problems']

test.each(apiVersions)(
  'in %s the newest members are answered where they are part of it',
  async (version) => {
    for (const shape of ['older', 'newest'] as const) {
      const server = testServer({ shape })
      const world = await warehouse(server)
      const made = await world.api.post('/api/syncs', updating(world))
      const { data } = await client(server, version).get(`/api/syncs/${made.data.id}`)
      const isThere = shape === 'newest' && version === '2025-09-18'
      expect(added.map((name) => name in data)).toEqual(added.map(() => isThere))
    }
  }
)

test.each(['2023-04-25', '2024-02-08'] as const)('in %s they are refused by name', async (version) => {
  const server = testServer({ shape: 'newest' })
  const world = await warehouse(server)
  const older = client(server, version)
  const filters = [{ field_id: 'name', field_type: 'Target', ...onName, value_field: world.from('name') }]
  for (const [field, more] of [
    ['identities', { identities: { mappings: two(world).slice(1) } }],
    ['model_filters', { model_filters: { conditions: [] } }],
    ['target_filters', { target_filters: { conditions: [] } }],
    ['filters[0].value_field', { filters }]
  ] as const) {
    const reply = await older.post('/api/syncs', updating(world, more))
    expect([reply.status, reply.body['message']]).toEqual([
      422,
      `${field} is not part of version ${version}`
    ])
  }
})

test('a start names records as the identity of the sync allows', async () => {
  const world = await newest()
  const { api, from } = world
  const identities = { mappings: two(world), strategy: 'and' }
  const fields = [{ source: from('active'), target: 'active' }]
  const made = await api.post('/api/syncs', world.sync({ mode: 'update', identities, fields }))
  const start = async (body: object) => {
    const reply = await api.post(`/api/syncs/${made.data.id}/executions`, body)
    return [reply.status, reply.body['message']]
  }
  const entry = ['email', 'name'].map((field) => ({ source: from(field), value: 'x' }))
  expect((await start({ source_identities: [entry] }))[0]).toBe(409)
  expect(await start({ source_identities: Array.from({ length: 1001 }, () => entry) })).toEqual([
    400,
    'source_identities has more than 1000 entries'
  ])
  expect(await start({ identities: ['x'] })).toEqual([
    400,
    'identities names records by one field, and this sync has several mappings'
  ])
  expect(await start({ identities: ['x'], source_identities: [entry] })).toEqual([
    400,
    'identities cannot be given together with source_identities'
  ])
  expect(await start({ source_identities: [entry.slice(1)] })).toEqual([
    400,
    'source_identities[0] must have the source of every mapping'
  ])
  expect(await start({ source_identities: [[{ source: from('active'), value: 'x' }]] })).toEqual([
    400,
    'source_identities[0][0].source is not the source of a mapping'
  ])
})

test('the description of a new target is that of one that is there', async () => {
  const { api, connection } = await newest()
  const path = `/api/connections/${connection.id}/modelsync`
  for (const query of [
    'properties[name]=public.new',
    `properties=${encodeURIComponent('{"name":"public.new"}')}`
  ]) {
    const { data } = await api.get(`${path}/target/fields?${query}`)
    expect([data.id, data['fields']]).toEqual(['public.new', []])
  }
  expect((await api.get(`${path}/target/fields?target=a&properties[name]=b`)).body['message']).toBe(
    'properties cannot be given together with target'
  )
  const objects = await api.get(`${path}/targetobjects?include_target_creation_values=true`)
  expect(objects.body['target_creation']).toEqual({
    supported: true,
    properties: [{ id: 'name', title: 'Table name', enum: false, values: [] }]
  })
})
