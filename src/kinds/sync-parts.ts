import { isDeepStrictEqual } from 'node:util'
import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { nullModelId } from '../wire/sync.ts'
import {
  fromId,
  optionalReference,
  toId,
  valueAt,
  withoutAbsent,
  withoutCleared,
  withoutEmpty
} from './fields.ts'
import type { FromWire, ItemProblem, ToWire } from './kind.ts'
import {
  conditionProblems,
  duplicateLabels,
  letter,
  logicFromLabels,
  logicProblems,
  logicToLetters
} from './sync-filters.ts'

/** The parts of a sync, each to and from the wire. */

/** The older way to ask for a new target: this object, and `new_name`. */
const newTarget = '__pt_new_target'

export function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** A field is known by its target; the fields of a webhook, which all go into `record`, by their source too. */
export function targetOf(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const target = textOf(item['target'])
  const source = item['source']
  return target === webhookTarget && isObject(source) ? `${target} ← ${textOf(source['field'])}` : target
}

const webhookTarget = 'record'

/** `source: email` means the field of the sync's model. */
export function sourceFromYaml(value: Json | undefined, model: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return undefined
  const written = isObject(value) ? value : { field: value }
  return withoutAbsent({
    model: optionalReference('model', written['model'] ?? model),
    field: written['field']
  })
}

export function sourceFromWire(value: Json | undefined, context: FromWire): Json | undefined {
  if (!isObject(value) || isNoSource(value)) return undefined
  return withoutAbsent({ model: fromId('model', value['model_id'], context), field: value['field'] })
}

export function sourceToWire(value: Json | undefined, context: ToWire): Json | undefined {
  return isObject(value)
    ? withoutAbsent({ model_id: toId(value['model'], context), field: value['field'] })
    : undefined
}

/** Override fields come back among the fields, with the source of nothing. */
export function isNoSource(value: Json | undefined): boolean {
  return !isObject(value) || isEmpty(value['model_id']) || value['model_id'] === nullModelId
}

/** The service drops a mapping that only repeats the identity: a hole says nothing, and keeps the others in their places. */
export function withoutIdentity(
  fields: readonly (JsonObject | null)[],
  target: Json | undefined,
  source: Json | undefined
): Json[] {
  return fields.map((field) => {
    const repeats = field !== null && field['target'] === target && sameSource(field['source'], source)
    return repeats ? null : field
  })
}

function sameSource(a: Json | undefined, b: Json | undefined): boolean {
  const parts = (value: Json | undefined) => [valueAt(value, ['model', 'name']), valueAt(value, ['field'])]
  return isDeepStrictEqual(parts(a), parts(b))
}

export function unique(fields: readonly JsonObject[]): JsonObject[] {
  return [...new Map(fields.map((field) => [targetOf(field), field])).values()]
}

export function withoutLabel(filter: JsonObject): JsonObject {
  const { label: _label, ...rest } = filter
  return rest
}

export function conditionFromWire(
  item: JsonObject,
  of: 'filter' | 'override',
  context: FromWire
): JsonObject {
  const target = textOf(item['field_type'] ?? 'Model').toLowerCase() === 'target'
  const field =
    sourceFromWire(item['field'], context) ?? (target ? undefined : fieldById(item['field_id'], context))
  const byId = field === undefined ? item['field_id'] : undefined
  return withoutAbsent({
    field,
    field_id: isEmpty(byId) ? undefined : byId,
    field_type: target ? 'Target' : undefined,
    function: item['function'],
    value: isEmpty(item['value']) && item['value'] !== '' ? undefined : item['value'],
    label: of === 'filter' ? item['label'] : undefined,
    override: of === 'override' ? item['override'] : undefined
  })
}

/** An older version answers only the id of a model's field; the models tell what it stands for. */
function fieldById(id: Json | undefined, context: FromWire): Json | undefined {
  if (typeof id !== 'string') return undefined
  for (const model of context.wire('model')) {
    const field = list(model['fields']).find((candidate) => candidate['id'] === id)
    if (field) return withoutAbsent({ model: fromId('model', model['id'], context), field: field['name'] })
  }
  return undefined
}

export function filterToWire(item: JsonObject, index: number, context: ToWire): JsonObject {
  const field = sourceToWire(item['field'], context)
  // 2023-04-25 has no `field`: there, a model's field is named by `field_id`.
  const byName = context.version === '2023-04-25' && isObject(field) ? { field_id: field['field'] } : {}
  return withoutAbsent({ field_type: 'Model', ...item, field, ...byName, label: letter(index) })
}

export function targetFromYaml(
  value: Json | undefined,
  filters: readonly Json[],
  labels: readonly string[]
): Json | undefined {
  if (!isObject(value)) return value
  return withoutAbsent({
    ...value,
    connection: optionalReference('connection', value['connection']),
    object: value['object'] === newTarget ? undefined : value['object'],
    filter_logic: logicFromLabels(value['filter_logic'], filters, labels)
  })
}

export function targetFromWire(
  value: Json | undefined,
  filters: readonly Json[],
  labels: readonly string[],
  context: FromWire
): Json | undefined {
  if (!isObject(value)) return undefined
  return withoutAbsent({
    connection: fromId('connection', value['connection_id'], context),
    object: value['object'],
    configuration: isEmpty(value['configuration']) ? undefined : value['configuration'],
    filter_logic: logicFromLabels(value['filter_logic'], filters, labels)
  })
}

/** What makes a new object is sent once: sent again, it could make another. */
export function targetToWire(
  value: Json | undefined,
  filters: readonly Json[],
  context: ToWire
): Json | undefined {
  if (!isObject(value)) return undefined
  const { connection, create, new_name: newName, filter_logic: logic, ...same } = value
  const made = context.creating
    ? { create, new_name: newName, object: isEmpty(newName) ? same['object'] : newTarget }
    : {}
  return {
    connection_id: toId(connection, context)!,
    ...withoutEmpty({ ...same, ...made, filter_logic: logicToLetters(logic, filters) }),
    ...withoutEmpty({ configuration: withoutCleared(same['configuration'] ?? {}, context.creating) })
  }
}

/** What only the whole sync shows: sources without a model, targets mapped twice, a target that is both there and to be made. */
export function syncProblems(item: JsonObject): ItemProblem[] {
  return [
    ...targetProblems(item),
    ...sourceProblems(item),
    ...mappedTwice(item),
    ...conditionProblems(item),
    ...duplicateLabels(item),
    ...logicProblems(item, ['filter_logic'], item['filter_logic']),
    ...logicProblems(item, ['target', 'filter_logic'], valueAt(item, ['target', 'filter_logic']))
  ]
}

function targetProblems(item: JsonObject): ItemProblem[] {
  const target = isObject(item['target']) ? item['target'] : {}
  const make = 'create' in target
  if (!('object' in target) && !make && !('new_name' in target)) {
    return [
      {
        path: ['target'],
        atKey: true,
        code: 'P103',
        message: 'the target of a sync needs `object`',
        label: '`object` is missing here',
        help: ['name the object to write to, or let one be made with `create`']
      }
    ]
  }
  if (!('object' in target) || !make) return []
  return [
    {
      path: ['target', 'create'],
      atKey: true,
      code: 'P109',
      message: 'a target has either `object` or `create`',
      label: 'this would make another object'
    }
  ]
}

function sourceProblems(item: JsonObject): ItemProblem[] {
  if (item['model'] !== undefined) return []
  const places: (string | number)[][] = [
    ['identity', 'source'],
    ...list(item['fields']).map((_, index) => ['fields', index, 'source']),
    ...list(item['filters']).map((_, index) => ['filters', index, 'field']),
    ...list(item['overrides']).map((_, index) => ['overrides', index, 'field'])
  ]
  return places.flatMap((path) => {
    const source = valueAt(item, path)
    if (source === undefined || valueAt(source, ['model']) !== undefined) return []
    return [
      {
        path,
        code: 'P103' as const,
        message: 'a source needs its model',
        label: 'of which model is this field?',
        help: ['write `model: …` once on the sync, or `{ model: …, field: … }` here']
      }
    ]
  })
}

function mappedTwice(item: JsonObject): ItemProblem[] {
  const seen = new Map<string, string>()
  const found: ItemProblem[] = []
  for (const section of ['fields', 'override_fields']) {
    for (const [index, field] of list(item[section]).entries()) {
      const target = textOf(field['target'])
      if (seen.has(target) && target !== webhookTarget) {
        found.push({
          path: [section, index, 'target'],
          code: 'P204',
          message: `\`${target}\` is mapped twice`,
          label: `it is mapped in \`${seen.get(target)}\` already`,
          notes: ['a target field gets one value: the service would keep one of the two']
        })
      }
      seen.set(target, section)
    }
  }
  return [...found, ...identityMappedAgain(item)]
}

function identityMappedAgain(item: JsonObject): ItemProblem[] {
  const target = valueAt(item, ['identity', 'target'])
  const fields = list(item['fields'])
  return fields.flatMap((field, index) =>
    target === undefined || field['target'] !== target
      ? []
      : [
          {
            path: ['fields', index, 'target'],
            code: 'P204' as const,
            severity: 'warning' as const,
            message: `\`${textOf(target)}\` is mapped by the identity already`,
            label: 'the service drops this mapping',
            help: ['remove it: the identity’s field is written by itself']
          }
        ]
  )
}
