import { describe, expect, test } from 'vitest'
import { exchangeOf } from '../support/exchange.ts'
import { problemsOf } from '../support/reading.ts'

const { differences, update, create, read, id } = exchangeOf('model')
const item = (more: object = {}) => ({ connection: 'C', configuration: { table: 't' }, ...more }) as never
const live = (more: object = {}) =>
  ({
    id: 'm1',
    name: 'M',
    type: 'postgresql',
    version: 3,
    connection_id: id('connection', 'C'),
    configuration: { table: 't' },
    fields: [{ name: 'email' }, { name: 'id', user_added: false }],
    ...more
  }) as never

test('a model says with ids what YAML says with names', () => {
  const more = {
    identifier: 'id',
    fields: ['id', 'email'],
    additional_fields: [{ name: 'a.b', label: 'B', type: 'string' }],
    relations: [{ from: 'org', to: { model: 'Orgs', field: 'id' } }],
    tracking_columns: ['updated'],
    labels: ['l1'],
    policies: ['P'],
    enricher: {
      connection: 'E',
      configuration: { object: 'people' },
      mappings: { work: 'email' },
      fields: ['company']
    }
  }
  expect(create(item(more))).toEqual({
    ...more,
    connection_id: id('connection', 'C'),
    configuration: { table: 't' },
    relations: [{ from: 'org', to: { model_id: id('model', 'Orgs'), field: 'id' } }],
    policies: [id('policy', 'P')],
    enricher: {
      connection_id: id('connection', 'E'),
      configuration: { object: 'people' },
      mappings: { work: 'email' },
      fields: [{ name: 'company' }]
    }
  })
})

test('fields come back as objects, with the added ones among them', () => {
  const fields = read(
    live({
      fields: [
        { name: 'email', label: 'E', type: 'string', example: 5, id: 'f1' },
        { name: 'a.b', label: 'B', type: 'string', user_added: true, unique: false }
      ]
    })
  )
  expect(fields).toMatchObject({
    fields: ['email'],
    additional_fields: [{ name: 'a.b', label: 'B', type: 'string' }]
  })
})

test('R6: relations, additional fields and tracking columns are owned: added by hand, they are drift', () => {
  const there = live({
    fields: [{ name: 'email' }, { name: 'x', label: 'X', type: 'string', user_added: true }],
    relations: [{ from: 'org', to: { model_id: id('model', 'Orgs'), field: 'id' } }],
    tracking_columns: ['updated']
  })
  expect(differences(item(), there)).toEqual([
    'removed additional_fields.[x]',
    'removed relations.[org = Orgs.id]',
    'removed tracking_columns.[updated]'
  ])
  expect(update(item(), there)).toEqual(
    expect.not.objectContaining({ relations: expect.anything(), tracking_columns: expect.anything() })
  )
})

test('R6: the rest is carried: what no file states is not compared, and goes back as it is', () => {
  const there = live({
    identifier: 'id',
    labels: [{ id: 'l1', name: 'Label' }],
    policies: ['p'],
    enricher: { connection_id: 'e', enricher_id: 'x' }
  })
  expect(differences(item(), there)).toEqual([])
  expect(update(item(), there)).toEqual({
    name: 'x',
    connection_id: id('connection', 'C'),
    configuration: { table: 't' },
    identifier: 'id',
    fields: ['email', 'id'],
    labels: ['l1'],
    policies: ['p'],
    enricher: { connection_id: 'e', enricher_id: 'x' }
  })
})

test.each([undefined, null, []])(
  'R5: no relations, additional fields or columns may come back as %j',
  (nothing) => {
    const empty = {
      relations: nothing,
      tracking_columns: nothing,
      policies: nothing,
      labels: nothing,
      identifier: nothing === undefined ? undefined : ''
    }
    expect(
      differences(
        item({ relations: [], tracking_columns: [], labels: [], policies: [], identifier: '' }),
        live(empty)
      )
    ).toEqual([])
    expect(differences(item(), live(empty))).toEqual([])
  }
)

test('R5: fields, columns and labels are sets', () => {
  const there = live({
    fields: [{ name: 'b' }, { name: 'a' }],
    tracking_columns: ['y', 'x'],
    labels: [{ id: '2' }, { id: '1' }]
  })
  expect(
    differences(item({ fields: ['a', 'b'], tracking_columns: ['x', 'y'], labels: ['1', '2'] }), there)
  ).toEqual([])
})

describe('configuration', () => {
  test('R10: it gains keys and mirrors the tracking columns, and that is no difference', () => {
    const there = live({
      configuration: {
        table: 't',
        schema: '',
        limit: null,
        include_deleted: false,
        tracking_columns: ['x']
      },
      tracking_columns: ['x']
    })
    expect(differences(item({ tracking_columns: ['x'] }), there)).toEqual([])
    expect(update(item({ tracking_columns: ['x'] }), there)['configuration']).not.toHaveProperty(
      'tracking_columns'
    )
  })

  test.each([
    [{ query: 'SELECT 1' }, { table: 't', schema: 's' }, { query: 'SELECT 1', schema: 's' }],
    [{ table: 't' }, { query: 'SELECT 1' }, { table: 't' }],
    [{ view: 'v' }, { table: 't', query: 'q' }, { view: 'v' }],
    [{ schema: 's' }, { table: 't' }, { table: 't', schema: 's' }]
  ])('R8: %j over %j is sent as %j: query, table and view exclude each other', (wanted, there, sent) => {
    expect(
      update(item({ configuration: wanted }), live({ configuration: there }))['configuration']
    ).toEqual(sent)
  })

  test('the fields of another query, table or connection are not sent again: they would be refused, and hide the new ones', () => {
    expect(update(item({ configuration: { query: 'SELECT 2' } }), live())).not.toHaveProperty('fields')
    expect(update(item({ connection: 'D' }), live())).not.toHaveProperty('fields')
    expect(update(item({ configuration: { schema: 's' } }), live())).not.toHaveProperty('fields')
    expect(update(item({ configuration: { query: 'SELECT 2' }, fields: ['a'] }), live())).toHaveProperty(
      'fields',
      ['a']
    )
  })

  test('a stated table is another source where the service has a query beside it', () => {
    const there = live({ configuration: { table: 't', query: 'SELECT 1' } })
    expect(update(item(), there)).not.toHaveProperty('fields')
  })

  test('tracking columns belong to the model, not to its configuration', async () => {
    const yaml = 'models: [{ name: M, connection: C, configuration: { table: t, tracking_columns: [a] } }]'
    expect(await problemsOf(yaml)).toContainEqual(expect.stringMatching(/^P101 1:\d+ tracking_columns$/))
  })

  test('an empty list of fields is refused: to the service it means all of them', async () => {
    expect(
      await problemsOf('models: [{ name: M, connection: C, configuration: {}, fields: [] }]')
    ).toContainEqual(expect.stringMatching(/^P105 /))
  })
})

describe('relations', () => {
  test('R9: an id that nothing resolves stays an id', () => {
    const there = live({ relations: [{ from: 'a', to: { model_id: 'gone', field: 'id' } }] })
    expect(read(there)['relations']).toEqual([
      { from: 'a', to: { model: { $ref: 'model', id: 'gone' }, field: 'id' } }
    ])
  })
})

describe('enrichment', () => {
  const enricher = {
    connection_id: id('connection', 'E'),
    enricher_id: 'e1',
    configuration: { object: 'people', by_hand: 1 },
    mappings: { a: 'email' },
    fields: [{ name: 'company', id: 'f' }]
  }
  const wanted = { connection: 'E', configuration: { object: 'people' }, mappings: { a: 'email' } }

  test('what the service fills in is no difference', () => {
    expect(differences(item({ enricher: wanted }), live({ enricher }))).toEqual([])
  })

  test('its id is sent again, and what no file states stays', () => {
    expect(
      update(item({ enricher: { ...wanted, mappings: { b: 'email' } } }), live({ enricher }))['enricher']
    ).toEqual({
      ...enricher,
      mappings: { b: 'email' }
    })
  })

  test('settings of another connection do not stay', () => {
    expect(
      update(item({ enricher: { connection: 'F', mappings: { a: 'email' } } }), live({ enricher }))[
        'enricher'
      ]
    ).toEqual({
      connection_id: id('connection', 'F'),
      enricher_id: 'e1',
      configuration: {},
      mappings: { a: 'email' }
    })
  })

  test('its fields are compared where they are stated', () => {
    expect(
      differences(item({ enricher: { ...wanted, fields: ['company', 'title'] } }), live({ enricher }))
    ).toEqual(['added enricher.fields.[title]'])
  })
})

test('an example that somebody gave a field of the files stays, where the files give it none', () => {
  const fields = [{ name: 'a', label: 'A', type: 'string', user_added: true, example: 'by hand' }]
  const of = (field: object) => update(item({ additional_fields: [field] }), live({ fields }))
  expect(of({ name: 'a', label: 'B', type: 'string' })).toMatchObject({
    additional_fields: [{ name: 'a', label: 'B', type: 'string', example: 'by hand' }]
  })
  expect(of({ name: 'a', label: 'B', type: 'string', example: 'ours' })).toMatchObject({
    additional_fields: [{ example: 'ours' }]
  })
  expect(of({ name: 'b', label: 'B', type: 'string' })).toMatchObject({
    additional_fields: [{ name: 'b', label: 'B', type: 'string' }]
  })
})

describe('additional fields of one name', () => {
  const yaml = (fields: string) =>
    `connections: [{ name: C, type: csv }]
models: [{ name: M, connection: C, configuration: {}, additional_fields: [${fields}] }]
`

  test('are refused in files: nobody could tell which is meant', async () => {
    const twins = '{ name: a, label: A, type: string }, { name: a, label: B, type: number }'
    expect(await problemsOf(yaml(twins))).toEqual(['P208 2:120 a'])
  })

  test('that somebody made in the service give their examples to nobody else', () => {
    const { update } = exchangeOf('model')
    const live = (label: string, example: string) => ({
      name: 'a',
      label,
      type: 'string',
      user_added: true,
      example
    })
    const there = { fields: [live('A', 'of A'), live('B', 'of B')] } as never
    const sent = (label: string) =>
      update(
        { connection: 'C', configuration: {}, additional_fields: [{ name: 'a', label, type: 'string' }] },
        there
      )['additional_fields']
    expect(sent('A')).toEqual([{ name: 'a', label: 'A', type: 'string', example: 'of A' }])
    expect(sent('B')).toEqual([{ name: 'a', label: 'B', type: 'string', example: 'of B' }])
    expect(sent('C')).toEqual([{ name: 'a', label: 'C', type: 'string' }])
  })
})
