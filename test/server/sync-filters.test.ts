import { expect, test } from 'vitest'
import { logicProblem } from '../../src/server/kinds/filter-logic.ts'
import { type Thing } from './client.ts'
import { warehouse } from './warehouse.ts'

test('filters get letters in order, ids beside their fields, and keep their values', async () => {
  const { api, sync, model, from } = await warehouse()
  const ids = Object.fromEntries((model['fields'] as Thing[]).map((field) => [field['name'], field.id]))
  const filters = [
    { field: from('email'), field_type: 'Model', function: 'StringOneOf', value: ['a', 'b'], label: 'Z' },
    { field: from('active'), field_type: 'model', function: 'Equality', value: true, label: '' },
    { field_id: ids['name'], field_type: 'Model', function: 'IsNull' },
    { field_id: 'email', field_type: 'Model', function: 'Equality', value: 42 }
  ]
  const made = await api.post('/api/syncs', sync({ filters, filter_logic: '(A and B) OR NOT C or D' }))
  expect(made.data['filters']).toEqual([
    {
      field: from('email'),
      field_id: ids['email'],
      field_type: 'Model',
      function: 'StringOneOf',
      value: ['a', 'b'],
      label: 'A'
    },
    {
      field: from('active'),
      field_id: ids['active'],
      field_type: 'Model',
      function: 'Equality',
      value: true,
      label: 'B'
    },
    { field: from('name'), field_id: ids['name'], field_type: 'Model', function: 'IsNull', label: 'C' },
    {
      field: from('email'),
      field_id: ids['email'],
      field_type: 'Model',
      function: 'Equality',
      value: 42,
      label: 'D'
    }
  ])
  expect(made.data['filter_logic']).toBe('(A and B) OR NOT C or D')
  const fewer = await api.put(`/api/syncs/${made.data.id}`, sync({ filters: filters.slice(1, 2) }))
  expect(fewer.data['filters']).toMatchObject([{ label: 'A', value: true }])
  expect(fewer.data).not.toHaveProperty('filter_logic')
  const none = await api.put(`/api/syncs/${made.data.id}`, sync({ filter_logic: 'A' }))
  expect([none.data['filters'], none.data['filter_logic']]).toEqual([[], undefined])
})

test('the id of a field wins over its name, of a filter and of an override', async () => {
  const { api, sync, model, from } = await warehouse()
  const name = (model['fields'] as Thing[]).find((field) => field['name'] === 'name')?.id
  const both = { field: from('email'), field_id: name }
  const made = await api.post(
    '/api/syncs',
    sync({
      filters: [{ ...both, function: 'IsNull' }],
      overrides: [
        { ...both, function: 'Equality', value: 100, override: { default: 200, type: 'fallback' } }
      ]
    })
  )
  expect(made.data['filters']).toMatchObject([{ field: from('name'), field_id: name }])
  expect(made.data['overrides']).toEqual([
    {
      field: from('name'),
      field_id: name,
      function: 'Equality',
      value: 100,
      override: { default: 200, type: 'fallback' }
    }
  ])
})

test('a filter on the target is for mode update alone', async () => {
  const { api, sync, from } = await warehouse()
  const filters = [{ field_id: 'email', field_type: 'Target', function: 'IsNotNull', label: '' }]
  const identity = { source: from('email'), target: 'email', function: 'Equality' }
  const refused = await api.post('/api/syncs', sync({ filters }))
  expect(refused.body['message']).toBe('filters[0] is on the target, which only the mode update allows')
  const target = { ...(sync()['target'] as object), filter_logic: 'A' }
  const made = await api.post(
    '/api/syncs',
    sync({ mode: 'update', identity, filters, target, fields: [{ source: from('name'), target: 'name' }] })
  )
  expect(made.data['filters']).toEqual([
    { field_id: 'email', field_type: 'Target', function: 'IsNotNull', label: 'A' }
  ])
  expect(made.data['target']).toMatchObject({ filter_logic: 'A' })
})

test.each([
  ['A', undefined],
  ['a AND (B or not C)', undefined],
  ['', 'ends where a filter must be'],
  ['A B', 'has "B" where AND or OR must be'],
  ['A AND', 'ends where a filter must be'],
  ['AND A', 'has AND where a filter must be'],
  ['(A', 'has a "(" that is not closed'],
  ['A)', 'has a ")" too many'],
  ['A (B)', 'has "(" where AND or OR must be'],
  ['1 AND 2', 'names the filter 1; the filters are A, B, C']
])('the filter logic %j', (logic, problem) => {
  expect(logicProblem(logic, ['A', 'B', 'C'])).toBe(problem)
})
