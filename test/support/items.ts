import * as fc from 'fast-check'
import { kinds } from '../../src/kinds/index.ts'
import type { ItemProblem, Kind } from '../../src/kinds/kind.ts'
import { isObject, type Json, type JsonObject } from '../../src/state/value.ts'
import type { ApiVersion } from '../../src/wire/common.ts'
import { fromSchema } from './from-schema.ts'
import { tag } from './tag.ts'

const name = fc.constantFrom('a', 'b', 'c')
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 2 })

const condition = {
  field: fc.constantFrom<Json>('email', 'a', { model: 'b', field: 'a' }),
  function: fc.constantFrom('IsNotNull', 'Equality', 'Between'),
  value: fc.constantFrom<Json>('a', '', 5, '5', true, ['a', 'b'], [], { to: 2, from: 1 }, '[a IsNotNull]')
}

const fixedSchedules = fc.constantFrom<Json>(
  'manual',
  'Continuous',
  { frequency: 'MANUAL' },
  { frequency: 'hourly', minute: '05' },
  { frequency: 'Daily', hour: 10, minute: '0' },
  { frequency: 'weekly', day_of_week: 'Monday', hour: '08', minute: 0 },
  { frequency: 'custom', minute: '*/15', hour: '1,2', day_of_month: 1 },
  { frequency: 'dbtcloud', connection: 'a', job_id: 7 }
)

const runAfter = fc.record<JsonObject>(
  {
    frequency: fc.constant('runafter'),
    run_after: fc.record<JsonObject>({ syncs: names, bulk_syncs: names }, { requiredKeys: ['syncs'] }),
    run_after_success_only: fc.boolean()
  },
  { requiredKeys: ['frequency', 'run_after'], noNullPrototype: true }
)

const settings = fc.dictionary(name, fc.constantFrom<Json>(true, 'x', '', {}), {
  maxKeys: 2,
  noNullPrototype: true
})

const moment = fc.constantFrom(
  '2024-01-01T00:00:00Z',
  '2024-01-01T02:00:00+02:00',
  '2023-05-05T05:05:05.500Z'
)

const bulkField = fc.oneof<fc.Arbitrary<Json>[]>(
  name,
  fc.record<JsonObject>(
    {
      id: name,
      enabled: fc.constantFrom(true, true, false),
      obfuscate: fc.boolean(),
      user_output_name: fc.constantFrom('', 'x')
    },
    { requiredKeys: ['id'], noNullPrototype: true }
  )
)

const bulkSchema = fc.record<JsonObject>(
  {
    id: name,
    enabled: fc.constantFrom(true, true, false),
    fields: fc.array(bulkField, { minLength: 1, maxLength: 3 }),
    filters: fc.array(
      fc.record<JsonObject>(
        {
          field_id: name,
          function: fc.constantFrom('IsNotNull', 'Equality', 'StringOneOf'),
          value: fc.constantFrom<Json>('a', 5, '5', true, ['a', 'b'])
        },
        { requiredKeys: ['field_id', 'function'], noNullPrototype: true }
      ),
      { maxLength: 2 }
    ),
    partition_key: fc.constantFrom('a', 'b'),
    tracking_field: fc.constantFrom('a', 'b'),
    user_output_name: fc.constantFrom('', 'x', 'y'),
    data_cutoff_timestamp: moment,
    disable_data_cutoff: fc.boolean(),
    history_enabled: fc.boolean()
  },
  { requiredKeys: ['id'], noNullPrototype: true }
)

const describedField = fc
  .record<JsonObject>(
    {
      id: fc.constantFrom('a', 'b/c', 'd.e %'),
      label: fc.constantFrom('A', 'B'),
      path: fc.constantFrom('', '$.a', '$.b'),
      definition: fc.constantFrom<Json>(
        'bigint',
        ['decimal', { precision: 9, scale: 2 }],
        ['array', 'string'],
        ['versioned', [['json'], 'string']]
      )
    },
    { requiredKeys: ['id'], noNullPrototype: true }
  )
  .chain((field) =>
    'definition' in field
      ? fc.constant(field)
      : fc.constantFrom<Json>('string', 'number', 'object').map((type): JsonObject => ({ ...field, type }))
  )
const fieldId = (field: JsonObject): Json => field['id'] ?? null

/** Parts in which a random choice hardly ever fits together: they are made to fit. */
const special: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<Json>>>>> = {
  model: {
    configuration: fc.record<JsonObject>(
      {
        query: fc.constantFrom('SELECT 1', 'SELECT 2'),
        table: name,
        view: name,
        limit: fc.constantFrom(1, '1', 0),
        deep: fc.dictionary(name, fc.constantFrom<Json>('', 'x', [], null, true), { noNullPrototype: true })
      },
      { requiredKeys: [], noNullPrototype: true }
    )
  },
  sync: {
    schedule: fc.oneof(fixedSchedules, runAfter),
    target: fc.oneof(
      fc.record<JsonObject>(
        {
          connection: name,
          object: fc.constantFrom('Contact', 'public.users'),
          configuration: fc.dictionary(name, fc.constantFrom<Json>(true, 'x', '', {}), {
            maxKeys: 2,
            noNullPrototype: true
          }),
          filter_logic: fc.constantFrom('A', 'B', 'A OR B')
        },
        { requiredKeys: ['connection', 'object'], noNullPrototype: true }
      ),
      fc.constantFrom<Json>(
        { connection: 'a', create: { name: 'public.new' } },
        { connection: 'a', object: '__pt_new_target', new_name: 'new' }
      )
    ),
    'filters.*': fc.oneof(
      fc.record<JsonObject>(
        {
          field_id: fc.constantFrom('Email', 'Name'),
          field_type: fc.constantFrom('Target', 'target'),
          function: fc.constantFrom('IsNull', 'Equality'),
          value: fc.constantFrom<Json>('a', 5),
          value_field: fc.constantFrom<Json>('email', { model: 'b', field: 'a' })
        },
        { requiredKeys: ['field_id', 'field_type', 'function'], noNullPrototype: true }
      ),
      fc.record<JsonObject>(
        { ...condition, label: fc.constantFrom('A', 'x', 'y') },
        { requiredKeys: ['field', 'function'], noNullPrototype: true }
      )
    ),
    identities: fc.record<JsonObject>(
      {
        mappings: fc.array(
          fc.record<JsonObject>(
            {
              source: fc.constantFrom<Json>('email', { model: 'b', field: 'a' }),
              target: fc.constantFrom('Email', 'Name', 'a'),
              function: fc.constantFrom('Equality', 'oneof'),
              new_field: fc.boolean()
            },
            { requiredKeys: ['source', 'target', 'function'], noNullPrototype: true }
          ),
          { minLength: 0, maxLength: 3 }
        ),
        strategy: fc.constantFrom('priority', 'and', 'And')
      },
      { requiredKeys: ['mappings', 'strategy'], noNullPrototype: true }
    ),
    'model_filters.conditions.*': fc
      .record<JsonObject>(
        { ...condition, label: fc.constantFrom('A', 'x', 'y') },
        { requiredKeys: ['field', 'function'], noNullPrototype: true }
      )
      .map(({ field, ...rest }) => ({ source: field!, ...rest })),
    'target_filters.conditions.*': fc.record<JsonObject>(
      {
        field: fc.constantFrom('Email', 'Name'),
        function: fc.constantFrom('IsNull', 'Equality'),
        value: fc.constantFrom<Json>('a', 5),
        value_source: fc.constantFrom<Json>('email', { model: 'b', field: 'a' }),
        label: fc.constantFrom('A', 'x', 'y')
      },
      { requiredKeys: ['field', 'function'], noNullPrototype: true }
    ),
    'model_filters.logic': fc.constantFrom('A', 'A and B', 'A OR B', 'NOT (A OR B)', 'x AND (A OR B)'),
    'target_filters.logic': fc.constantFrom('A', 'A OR B', 'x OR A'),
    'overrides.*': fc.record<JsonObject>(
      { ...condition, override: fc.constantFrom<Json>('a', '', 5, { x: 1 }, ['b']) },
      { requiredKeys: ['field', 'function', 'override'], noNullPrototype: true }
    ),
    filter_logic: fc.constantFrom('A', 'A and B', 'B AND A', 'A OR B', 'NOT (A OR B)', 'x AND (A OR B)')
  },
  bulk_sync: {
    source: fc.record<JsonObject>(
      { connection: name, configuration: settings },
      { requiredKeys: ['connection'], noNullPrototype: true }
    ),
    destination: fc.record<JsonObject>(
      { connection: name, configuration: settings },
      { requiredKeys: ['connection'], noNullPrototype: true }
    ),
    'schemas.*': fc.oneof<fc.Arbitrary<Json>[]>(name, bulkSchema),
    default_schedule: fc.oneof(fixedSchedules, runAfter),
    'additional_schedules.*': fc.record<JsonObject>(
      {
        frequency: fc.constantFrom('continuous', 'manual', 'Hourly'),
        schemas: names,
        selective_mode: fc.constantFrom('none', 'incrementalFields'),
        resync_mode: fc.constantFrom('normal', 'rebuild')
      },
      { requiredKeys: ['frequency'], noNullPrototype: true }
    ),
    data_cutoff_timestamp: moment
  },
  policy: {
    'policy_actions.*.action': fc.constantFrom('read', 'Create', 'edit', 'trigger', 'of_tomorrow')
  },
  schema_primary_keys: { connection: name, schema: fc.constantFrom('public.users', 'a/b', 'Contact') },
  schema_fields: {
    connection: name,
    schema: fc.constantFrom('public.users', 'a/b', 'Contact'),
    fields: fc.uniqueArray(describedField, { minLength: 1, maxLength: 3, selector: fieldId })
  }
}

/** What an older version of the service has no word for. */
const unknownTo2023 = new Set([
  'enricher',
  'only_enrich_updates',
  'skip_initial_backfill',
  'encryption_passphrase'
])

/** Items of YAML that fit the kind's schema and its checks, with secrets as what stands for them. */
export function itemOf(kind: Kind, type?: string): fc.Arbitrary<JsonObject> {
  const schema = withName(kind, type === undefined ? kind.schema : withType(kind.schema, type))
  const model = kind.name === 'sync' ? { model: fc.constantFrom('a', 'b') } : {}
  return fromSchema(schema, { ...special[kind.name], ...model })
    .chain((item) => withDetail(kind, item as JsonObject, type))
    .map((item) => sealed(kind, repaired(kind, { ...(kind.name === 'sync' && { model: 'a' }), ...item })))
    .filter((item) => kind.check?.(item).every(isWarning) ?? true)
}

/** What makes the name is always there; what polyctl keeps to itself is nothing that a service has. */
function withName(kind: Kind, schema: JsonObject): JsonObject {
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : []
  return {
    ...schema,
    required: [...required, ...(kind.naming?.keys ?? [])],
    properties: Object.fromEntries(properties.filter(([name]) => kind.own?.includes(name) !== true))
  }
}

/** Two items, of which one could be changed to the other in place. */
export function pairOf(kind: Kind): fc.Arbitrary<[JsonObject, JsonObject]> {
  return itemOf(kind).chain((item) => {
    const other = itemOf(kind, typeof item['type'] === 'string' ? item['type'] : undefined)
    const fixed = Object.keys(kind.fields).filter((name) => kind.fields[name]?.class === 'fixed')
    const keys = [...(kind.naming?.keys ?? []), ...fixed.filter((name) => name in item)]
    const same = Object.fromEntries(keys.map((key) => [key, item[key]!]))
    return fc.tuple(
      fc.constant(item),
      other.map((one) => ({ ...one, ...same }))
    )
  })
}

/** The item as a version of the service can hold it: the oldest one names the fields of conditions without their model. */
export function withinVersion(kind: Kind, whole: JsonObject, version: ApiVersion): JsonObject {
  const item = withoutNewer(kind, whole, version)
  if (version !== '2023-04-25') return item
  const older = Object.fromEntries(Object.entries(item).filter(([key]) => !unknownTo2023.has(key)))
  if (isObject(older['schedule'])) {
    const { run_after_success_only: _none, ...schedule } = older['schedule']
    older['schedule'] = schedule
  }
  if (kind.name !== 'sync') return older
  const ofOneModel = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(ofOneModel)
    if (!isObject(value)) return value
    const { model: _model, ...rest } = value
    return Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, ofOneModel(inner)]))
  }
  const mapped: JsonObject = { ...(ofOneModel(older) as JsonObject), model: 'a' }
  const reads =
    'identity' in mapped ||
    JSON.stringify(mapped['identities'] ?? []).includes('"source"') ||
    JSON.stringify(mapped['fields'] ?? []).includes('"source"')
  if (reads) return mapped
  const {
    filters: _filters,
    overrides: _overrides,
    filter_logic: _logic,
    model_filters: _ofModel,
    target_filters: _ofTarget,
    ...unread
  } = mapped
  return { ...unread, target: { connection: 'a', object: 'Contact' } }
}

/** The item as a service can hold it whose answers have the older shape: of several identities the first, only fixed values, no history. */
export function withinOlderShape({ name: kind }: Kind, whole: JsonObject): JsonObject {
  const item = structuredClone(whole)
  const { identities, target_filters: ofTarget, filters, schemas, mode } = item
  const each = (list: Json | undefined): JsonObject[] => (Array.isArray(list) ? list.filter(isObject) : [])
  if (kind === 'bulk_sync') {
    if (mode === 'append') item['mode'] = 'replicate'
    for (const one of each(schemas)) delete one['history_enabled']
  }
  if (kind !== 'sync') return item
  if (isObject(identities) && Array.isArray(identities['mappings']))
    identities['mappings'] = identities['mappings'].slice(0, 1)
  for (const one of isObject(ofTarget) ? each(ofTarget['conditions']) : []) delete one['value_source']
  for (const one of each(filters)) delete one['value_field']
  return item
}

/** Without what the kind says that the version lacks. */
function withoutNewer(kind: Kind, whole: JsonObject, version: ApiVersion): JsonObject {
  const item = structuredClone(whole)
  const take = (value: Json | undefined, [head = '', ...rest]: string[]): void => {
    if (head === '*') for (const one of Array.isArray(value) ? value : []) take(one, rest)
    else if (isObject(value) && rest.length > 0) take(value[head], rest)
    else if (isObject(value)) delete value[head]
  }
  for (const [path, first] of Object.entries(kind.since ?? {}))
    if (version < first) take(item, path.split('.'))
  return version === '2025-09-18' ? item : withinOlderShape(kind, item)
}

const common = ['postgresql', 'csv', 'webhook', 'salesforce', 'api', 'mongodb', 'strackr', 'airtable']

function withType(schema: JsonObject, type: string): JsonObject {
  return { ...schema, properties: { ...(schema['properties'] as JsonObject), type: { enum: [type] } } }
}

/** Made once per type: there are many. */
const details = new Map<string, fc.Arbitrary<Json>>()

function withDetail(kind: Kind, item: JsonObject, type?: string): fc.Arbitrary<JsonObject> {
  if (!kind.detail) return fc.constant(item)
  const types = type === undefined ? [...common, item['type']!] : [type]
  return fc.constantFrom<Json>(...types).chain((type) => {
    const retyped = { ...item, type: item['configuration'] === undefined ? item['type']! : type }
    const detail = kind.detail?.(retyped)
    const [key = ''] = detail?.path.map(String) ?? []
    if (!detail || item[key] === undefined) return fc.constant(retyped)
    const settings = details.get(detail.key) ?? fromSchema(detail.schema)
    details.set(detail.key, settings)
    return settings.map((configuration) => ({ ...retyped, [key]: configuration }))
  })
}

const isWarning = (problem: ItemProblem) => problem.severity === 'warning'

/** Takes out what the kind's checks do not like, part by part. */
function repaired(kind: Kind, item: JsonObject): JsonObject {
  const fixed = structuredClone(item)
  for (let round = 0; round < 30; round++) {
    const problem = kind.check?.(fixed).find((one) => !isWarning(one))
    if (!problem) break
    // A mode that something is missing for; there are others.
    if (problem.path.join('.') === 'mode') fixed['mode'] = 'create'
    else takeOut(fixed, problem.path)
  }
  return fixed
}

function takeOut(from: JsonObject, path: ItemProblem['path']): void {
  const inList = path.findLastIndex((part) => typeof part === 'number')
  const end = inList === -1 ? path.length - 1 : inList
  const parent = path
    .slice(0, end)
    .reduce<Json>((at, part) => (at as Record<string | number, Json>)[part]!, from)
  const last = path[end]!
  if (Array.isArray(parent)) {
    parent.splice(Number(last), 1)
    // A list of which nothing is left is no list.
    if (parent.length === 0) takeOut(from, path.slice(0, end))
  } else if (isObject(parent)) {
    delete parent[last]
    // Filters are nothing without their conditions.
    if (last === 'conditions') takeOut(from, path.slice(0, end))
  }
}

/** Secrets as the configuration hands them over: by the name of where they come from. */
function sealed(kind: Kind, item: JsonObject): JsonObject {
  const seal = (value: Json, path: (string | number)[]): Json => {
    if (
      path.length > 0 &&
      kind.isSecret(item, path) &&
      value !== '' &&
      !isObject(value) &&
      !Array.isArray(value)
    )
      return { $secret: `env SECRET_${path.join('_').toUpperCase()}` }
    if (Array.isArray(value)) return value.map((inner, index) => seal(inner, [...path, index]))
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, seal(inner, [...path, key])])
    )
  }
  return seal(item, []) as JsonObject
}

export const everyKind = [...kinds.managed, tag].map((kind) => [kind.name, kind] as const)
