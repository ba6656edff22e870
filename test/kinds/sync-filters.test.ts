import { describe, expect, test } from 'vitest'
import { conditionKey } from '../../src/kinds/sync-filters.ts'
import { letter, logicFromLabels, logicRule, logicToLetters } from '../../src/kinds/sync-logic.ts'
import type { Json } from '../../src/state/value.ts'
import { exchangeOf } from '../support/exchange.ts'
import { fieldsOf } from '../support/reading.ts'

const filter = (field: string, model = 'M') => ({
  field: { model: { $ref: 'model', name: model }, field },
  function: 'IsNull'
})
const three: Json[] = ['a', 'b', 'c'].map((field) => filter(field))
const treeOf = (logic: string, filters = three, labels = ['A', 'B', 'C']) =>
  logicFromLabels(logic, filters, labels, 'model')
/** As plan shows it. */
const shown = (tree: Json | undefined) =>
  tree === undefined || logicRule.is !== 'text' ? undefined : logicRule.shown(tree)
const ofModel = (logic: string, filters = three, labels = ['A', 'B', 'C']) =>
  shown(treeOf(logic, filters, labels))
const toLetters = (tree: Json | undefined, filters: readonly Json[]) =>
  logicToLetters(tree, filters, 'model', ({ name = '' }) => name)

test('labels by position are letters, as long as there are any, and then pairs of them', () => {
  expect([0, 1, 25, 26, 27, 51, 52, 701, 702].map(letter)).toEqual([
    'A',
    'B',
    'Z',
    'AA',
    'AB',
    'AZ',
    'BA',
    'ZZ',
    'AAA'
  ])
})

describe('the normal form of filter logic', () => {
  test.each([
    ['nothing', '', undefined],
    ['all of them, which is the default', 'A AND B AND C', undefined],
    ['all of them in another order, operators in any case', 'C and B And A', undefined],
    ['labels in another case, which are other labels', 'a and b', 'a and b'],
    ['some of them', 'A AND C', '[a IsNull] AND [c IsNull]'],
    ['alternatives, which have no order', 'C or A', '[a IsNull] OR [c IsNull]'],
    [
      'mixed operators, whose order says something',
      'C OR A AND B',
      '[c IsNull] OR [a IsNull] AND [b IsNull]'
    ],
    ['parentheses, however spaced', '( A or B )AND not C', '([a IsNull] OR [b IsNull]) AND NOT [c IsNull]'],
    ['one thing twice', 'A AND A', '[a IsNull]'],
    ['a label that no filter has', 'A AND Z', 'A AND Z'],
    ['what cannot be read', 'A OR', 'A OR']
  ])('R5: %s', (_what, logic, normal) => {
    expect(ofModel(logic)).toBe(normal)
  })

  test('R10: labels are what they stand for: letters that the service moved make no difference', () => {
    const moved = logicFromLabels('A OR C', [three[1]!, three[2]!, three[0]!], ['B', 'C', 'A'], 'model')
    expect(shown(moved)).toBe(ofModel('A OR C'))
  })

  test('the model is named only where two filters say the same of two models', () => {
    expect(ofModel('A OR B', [filter('a', 'M'), filter('a', 'N')], ['A', 'B'])).toBe(
      '[M.a IsNull] OR [N.a IsNull]'
    )
    expect(ofModel('A OR B', [filter('a', 'M'), filter('b', 'N')], ['A', 'B'])).toBe(
      '[a IsNull] OR [b IsNull]'
    )
  })

  test('R10: filters of the target share the list, but not the logic', () => {
    const filters = [filter('a'), { field_id: 'Email', field_type: 'Target', function: 'IsNull' }]
    expect(ofModel('A', filters, ['A', 'B'])).toBeUndefined()
    expect(logicFromLabels('B', filters, ['A', 'B'], 'target')).toBeUndefined()
    // Of the other sort it is no logic.
    expect(shown(logicFromLabels('A', filters, ['A', 'B'], 'target'))).toBe('A')
  })

  test.each(['A AND C', 'C OR A AND B', '(A OR B) AND NOT C'])('%s goes back as letters', (logic) => {
    expect(toLetters(treeOf(logic), three)).toBe(logic)
  })

  test('values with brackets, parentheses and quotes in them do no harm', () => {
    const hostile = [
      { ...filter('a'), value: '[b IsNull]' },
      filter('b'),
      { ...filter('c'), value: '( x " $& )' }
    ]
    expect(toLetters(treeOf('NOT (A OR B OR C)', hostile), hostile)).toBe('NOT (A OR B OR C)')
  })
})

test('what a condition says is the same whatever the order of keys in its value', () => {
  const [one, other] = [
    { ...filter('a'), value: { from: 1, to: 2 } },
    { ...filter('a'), value: { to: 2, from: 1 } }
  ]
  expect(conditionKey(one)).toBe(conditionKey(other))
  expect(conditionKey({ ...filter('a'), value: 1 })).not.toBe(conditionKey({ ...filter('a'), value: '1' }))
})

describe('filters and overrides', () => {
  const { differences, create, id } = exchangeOf('sync')
  const users = id('model', 'M')
  const base = { mode: 'update', model: 'M', target: { connection: 'C', object: 'O' }, schedule: 'manual' }
  const live = (more: object) =>
    ({
      ...base,
      schedule: { frequency: 'manual' },
      target: { connection_id: id('connection', 'C'), object: 'O' },
      ...more
    }) as never
  const said = (field: string, more: object = {}) => ({
    field: { model_id: users, field },
    field_type: 'Model',
    function: 'IsNull',
    ...more
  })

  test('filters are sent with letters by position, whatever the files call them', () => {
    const item = {
      ...base,
      filters: [
        { field: 'a', function: 'IsNull', label: 'no a' },
        { field: 'b', function: 'Equality', value: 5, label: 'x' }
      ]
    }
    expect(create(item)).toMatchObject({
      filters: [said('a', { label: 'A' }), said('b', { function: 'Equality', value: 5, label: 'B' })]
    })
  })

  test('own labels and letters mix in the logic', async () => {
    const fields = await fieldsOf(
      'syncs: [{ name: S, mode: create, model: M, target: { connection: C, object: O }, schedule: manual, filters: [{ field: a, function: IsNull, label: mine }, { field: b, function: IsNull }, { field: c, function: IsNull }], filter_logic: "mine or B" }]'
    )
    expect(shown(fields['filter_logic'])).toBe('[a IsNull] OR [b IsNull]')
    expect(JSON.stringify(fields['filters'])).not.toContain('label')
  })

  test('R10: the service adds ids, moves labels and orders, and that is no difference', () => {
    const item = {
      ...base,
      filters: [
        { field: 'a', function: 'IsNull' },
        { field: 'b', function: 'IsNull' }
      ],
      filter_logic: 'A OR B'
    }
    const there = live({
      filters: [
        said('b', { label: 'A', field_id: 'f2', value: null }),
        said('a', { label: 'B', field_id: 'f1', value: '' })
      ],
      filter_logic: 'A OR B'
    })
    expect(differences(item, there)).toEqual([])
    expect(differences(item, { ...(there as object), filter_logic: 'A AND B' })).toEqual([
      'added filter_logic'
    ])
  })

  test('R10: filters of the target come back by the target’s field alone, and keep their logic', () => {
    const filters = [
      { field: 'a', function: 'IsNull' },
      { field_id: 'Email', field_type: 'Target', function: 'IsNull' },
      { field_id: 'Name', field_type: 'Target', function: 'IsNull' }
    ]
    const item = { ...base, target: { ...base.target, filter_logic: 'B OR C' }, filters }
    expect(create(item)['target']).toMatchObject({ filter_logic: 'B OR C' })
    const there = live({
      filters: [
        { field_id: 'Name', field_type: 'Target', function: 'IsNull', label: 'A' },
        { field_id: 'Email', field_type: 'Target', function: 'IsNull', label: 'B' },
        said('a', { label: 'C' })
      ],
      target: { connection_id: id('connection', 'C'), object: 'O', filter_logic: 'B OR A' }
    })
    expect(differences(item, there)).toEqual([])
  })

  test.each([true, 'true', 42, '42', 0, ['a', 'b'], { from: 1 }])(
    'R5: the value %j keeps its type',
    (value) => {
      const item = { ...base, filters: [{ field: 'a', function: 'Equality', value }] }
      expect(
        differences(item, live({ filters: [said('a', { function: 'Equality', value, label: 'A' })] }))
      ).toEqual([])
      const other = typeof value === 'string' ? JSON.parse(value) : JSON.stringify(value)
      expect(
        differences(
          item,
          live({ filters: [said('a', { function: 'Equality', value: other, label: 'A' })] })
        )
      ).toHaveLength(2)
    }
  )

  test('an override is known by its condition; what it writes is compared with its type', () => {
    const item = {
      ...base,
      overrides: [
        { field: 'a', function: 'Equality', value: 1, override: 5 },
        { field: 'a', function: 'IsNull', override: { x: 1 } }
      ]
    }
    const there = [
      said('a', { override: { x: 1 }, field_id: 'f' }),
      said('a', { function: 'Equality', value: 1, override: '5' })
    ]
    expect(differences(item, live({ overrides: there }))).toEqual([
      'changed overrides.[M.a Equality 1].override'
    ])
    expect(create(item)['overrides']).toEqual([
      { field: { model_id: users, field: 'a' }, function: 'Equality', value: 1, override: 5 },
      { field: { model_id: users, field: 'a' }, function: 'IsNull', override: { x: 1 } }
    ])
  })

  test('two overrides of one condition are told apart by what they write', () => {
    const both = [1, 2].map((override) => ({ field: 'a', function: 'IsNull', override }))
    const there = [2, 1].map((override) => said('a', { override }))
    expect(differences({ ...base, overrides: both }, live({ overrides: there }))).toEqual([])
    expect(differences({ ...base, overrides: both }, live({ overrides: there.slice(1) }))).toEqual([
      'added overrides.[M.a IsNull (2)]'
    ])
  })
})
