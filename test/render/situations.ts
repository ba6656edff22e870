import type { Change, Plan } from '../../src/plan/plan.ts'
import { added, at, change, changed, plan, removed, source } from './builders.ts'
import { mongo, tutorial } from './tutorial.ts'

const sync = 'Mongo to Salesforce Sync'

const oldQuery = [
  'select',
  '  id,',
  '  email,',
  '  first_name,',
  '  last_name,',
  ...Array.from({ length: 30 }, (_, index) => `  column_${index + 1},`),
  '  created_at',
  'from users',
  'where deleted_at is null',
  "  and country in ('DE', 'FR')",
  'order by id'
]
const newQuery = oldQuery
  .map((line) => line.replace('first_name', 'given_name').replace("'DE', 'FR'", "'DE', 'FR', 'IT'"))
  .toSpliced(5, 0, '  phone,')

/** The same sync, with everything that can happen to it. */
export const nestedUpdate: Change = change({
  action: 'update',
  kind: 'sync',
  name: sync,
  id: '248df4b7-aa70-47b8-a036-33ac447e668d',
  unchanged: 4,
  reason: 'the service has other values',
  changed: { at: '2026-11-23T18:04:00Z', by: 'Ada Lovelace' },
  fields: [
    changed(['mode'], 'create', 'updateOrCreate', { line: 31 }),
    changed(['fields', '[FirstName]', 'source', 'field'], 'first_name', 'given_name', { line: 33 }),
    added(
      ['fields', '[LastName]'],
      { source: source('MongoDB Model', 'last_name'), target: 'LastName' },
      { line: 34 }
    ),
    removed(
      ['fields', '[Phone]'],
      { source: source('MongoDB Model', 'phone'), target: 'Phone' },
      { line: 32 }
    ),
    changed(
      ['target', 'connection'],
      { $ref: 'connection', id: '248df4b7-aa70-47b8-a036-33ac447e668d' },
      { $ref: 'connection', name: 'Salesforce Connection' },
      { line: 36 }
    ),
    changed(['schedule', 'hour'], 8, 9, { line: 41 }),
    changed(['schedule', 'frequency'], 'manual', 'daily', { line: 40 })
  ]
})

export const sqlUpdate: Change = change({
  action: 'update',
  kind: 'model',
  name: 'Warehouse Users',
  reason: 'the service has other values',
  unchanged: 2,
  fields: [
    changed(['configuration', 'query'], `${oldQuery.join('\n')}\n`, `${newQuery.join('\n')}\n`, {
      line: 33,
      long: true
    }),
    changed(
      ['configuration', 'filter'],
      `country = 'DE' and ${'very_long_condition and '.repeat(6)}true`,
      `country = 'FR' and ${'very_long_condition and '.repeat(6)}true`,
      { line: 60 }
    )
  ]
})

/** As the differ tells a new resource: leaf by leaf. */
export const createByLeaves: Change = change({
  action: 'create',
  kind: 'sync',
  name: sync,
  reason: 'the service has no such sync',
  fields: [
    added(['mode'], 'create', { line: 31 }),
    added(['identity', 'source', 'model'], { $ref: 'model', name: 'MongoDB Model' }, { line: 32 }),
    added(['identity', 'source', 'field'], 'email', { line: 32 }),
    added(['identity', 'target'], 'Email', { line: 32 }),
    added(['identity', 'function'], 'Equality', { line: 32 }),
    added(
      ['fields', '[Email]'],
      { source: source('MongoDB Model', 'email'), target: 'Email' },
      { line: 34 }
    ),
    added(['fields', '[Source__c]'], { target: 'Source__c', override_value: 'polytomic' }, { line: 35 }),
    added(
      ['filters', '[MongoDB Model.country Equality "DE"]'],
      { field: source('MongoDB Model', 'country'), function: 'Equality', value: 'DE' },
      { line: 37 }
    ),
    added(
      ['policies'],
      [
        { $ref: 'policy', name: 'Finance' },
        { $ref: 'policy', id: '248df4b7-aa70-47b8-a036-33ac447e668d' }
      ],
      { line: 38 }
    ),
    added(['target', 'connection'], { $ref: 'connection', name: 'Salesforce Connection' }, { line: 40 }),
    added(['target', 'object'], 'Contact', { line: 41 })
  ]
})

/** Values of every sort, before and after. */
export const valueUpdate: Change = change({
  action: 'update',
  kind: 'connection',
  name: 'Warehouse',
  reason: 'the files and the service differ',
  unchanged: 1,
  fields: [
    changed(['configuration', 'port'], 5432, '5432', { line: 31 }),
    changed(['configuration', 'ssl'], false, true, { line: 32, path: 'configs/shared.yaml' }),
    added(['configuration', 'password'], { $secret: 'env WAREHOUSE_PASSWORD' }, { line: 33 }),
    changed(['configuration', 'note'], null, 'a note', { line: 34 }),
    added(
      ['configuration', 'headers'],
      [
        { name: 'X-One', value: '1' },
        { name: 'X-Two', value: 'two' }
      ],
      { line: 35 }
    ),
    removed(['configuration', 'tags'], ['a', 'b', 'c'], { line: 30 }),
    changed(
      ['configuration', 'tree'],
      { a: [1, 2, { deep: 'text '.repeat(12), x: 1 }] },
      { a: [1, 3, { deep: 'text '.repeat(12), x: 1 }] },
      { line: 40 }
    ),
    changed(
      ['fields', '[Email]', 'source', 'model'],
      { $ref: 'model', name: 'M' },
      { $ref: 'model', name: 'N' },
      { line: 50 }
    ),
    changed(['fields', '[Email]', 'source', 'field'], 'email', 'mail', { line: 50 }),
    removed(['filters', '[M.country Equality "DE"]'], {
      field: source('M', 'country'),
      function: 'Equality',
      value: 'DE'
    }),
    added(['query'], 'select 1\nfrom users\n', { line: 60, long: true }),
    changed(['説明'], '日本語のテキスト', '中文文本', { line: 61 })
  ]
})

/** Names and values that try to act on the terminal. */
export const hostile: Change = change({
  action: 'update',
  kind: 'sync',
  name: 'Evil \u001b[2J\u202egnp.exe\nsync "Good"',
  id: 'not\u0007an id',
  reason: 'it has \u001b[31mcolours',
  changed: { at: 'yester\u001bday', by: 'Eve\r' },
  span: at('configs/\u001bevil.yaml', 1),
  fields: [
    changed(['a\u001bb', '[\u0000]'], 'old\u001b[0m', 'new\nline'),
    added(['c'], { 'k\u001b': { $secret: 'env \u001bX' }, l: { $ref: 'model', name: '\u009b31m' } })
  ],
  waiting: 'open \u001b]8;;http://evil\u0007this'
})

export const rename: Change = change({
  action: 'rename',
  kind: 'model',
  name: 'Customers',
  previousName: 'Clients',
  id: '7d1c6f0e-0c57-4a0b-9b1d-0f6f0a9c2a11',
  reason: '`renamed_from` names the live one',
  fields: [changed(['name'], 'Clients', 'Customers')],
  unchanged: 5
})

export const deletion: Change = change({
  action: 'delete',
  kind: 'sync',
  name: 'Old sync',
  id: '11111111-2222-4333-8444-555555555555',
  span: at('configs/removed.yaml', 3, 12),
  reason: '`removed` asks for it',
  changed: { at: '2025-01-02T03:04:05Z', by: 'Grace Hopper' }
})

export const waiting: Change = change({
  action: 'none',
  kind: 'connection',
  name: 'Salesforce Connection',
  span: at(mongo.path, 15, 11),
  unchanged: 3,
  waiting: 'nobody has authorized it yet'
})

export function unchanged(number: number): Change[] {
  return Array.from({ length: number }, (_, index) =>
    change({ action: 'none', kind: 'model', name: `Model ${index + 1}`, unchanged: 5 })
  )
}

export const everything: Plan = plan(
  [...tutorial.slice(1, 2), deletion, nestedUpdate, rename, sqlUpdate, waiting, ...unchanged(5)],
  [
    {
      kind: 'sync',
      live: 52,
      declared: 41,
      names: Array.from({ length: 11 }, (_, index) => `Marketing ${index + 1}`)
    },
    { kind: 'connection', live: 3, declared: 3, names: [] },
    { kind: 'bulk_sync', live: 1, declared: 0, names: ['Evil \u001b[31m name\n'] }
  ]
)

export function many(number: number): Plan {
  const creates = Array.from({ length: number }, (_, index) =>
    change({
      action: 'create',
      kind: 'sync',
      name: `Sync ${String(index + 1).padStart(3, '0')}`,
      span: at('configs/many.yaml', 3 + index * 6, 11),
      reason: 'the service has no sync of this name',
      fields: [
        added(['mode'], 'create'),
        added(['schedule', 'frequency'], 'manual'),
        added(['target', 'object'], 'Contact')
      ]
    })
  )
  return plan([...creates, deletion, nestedUpdate])
}
