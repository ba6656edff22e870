import { isDeepStrictEqual } from 'node:util'
import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { filterFunctions, nullModelId } from '../wire/sync.ts'
import {
  fromId,
  idsOf,
  list,
  optionalReference,
  referenceKey,
  toId,
  valueAt,
  withoutAbsent,
  withoutCleared,
  withoutEmpty
} from './fields.ts'
import type { FromWire, ToWire } from './kind.ts'
import { letter, logicFromLabels, logicToLetters } from './sync-logic.ts'

/** Conversions of the parts of a sync: sources, conditions, target. */

/** The object that, with `new_name`, asks for a new target in the older way. */
export const newTarget = '__pt_new_target'

/**
 * Returns the key of a mapping: its target. Mappings of a webhook all have the target `record`, so their
 * source counts, too.
 */
export function targetOf(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const target = textOf(item.target)
  const source = item.source
  return target === webhookTarget && isObject(source) ? `${target} ← ${textOf(source.field)}` : target
}

/** The one target field of a webhook. */
export const webhookTarget = 'record'

/** Expands a source of YAML: `source: email` is a field of the sync's model. */
export function sourceFromYaml(value: Json | undefined, model: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return undefined
  const written = isObject(value) ? value : { field: value }
  return withoutAbsent({
    model: optionalReference('model', written.model ?? model),
    field: written.field
  })
}

/** Converts a source of an answer; undefined for the null source of a fixed value. */
export function sourceFromWire(value: Json | undefined, context: FromWire): Json | undefined {
  if (!isObject(value) || isNoSource(value)) return undefined
  return withoutAbsent({ model: fromId('model', value.model_id, context), field: value.field })
}

/** Converts a source for the wire, with the id of its model. */
export function sourceToWire(value: Json | undefined, context: ToWire): Json | undefined {
  return isObject(value)
    ? withoutAbsent({ model_id: toId(value.model, context), field: value.field })
    : undefined
}

/**
 * Returns true for no source, or the null source with which an answer has fixed values among its `fields`.
 */
export function isNoSource(value: Json | undefined): boolean {
  return !isObject(value) || isEmpty(value.model_id) || value.model_id === nullModelId
}

/**
 * Replaces mappings that only repeat the identity by null, because the service drops them. The null items
 * keep the indexes of the others, so that paths still match the file.
 */
export function withoutIdentity(
  fields: readonly (JsonObject | null)[],
  target: Json | undefined,
  source: Json | undefined
): (JsonObject | null)[] {
  return fields.map((field) => {
    const repeats = field !== null && field.target === target && sameSource(field.source, source)
    return repeats ? null : field
  })
}

function sameSource(a: Json | undefined, b: Json | undefined): boolean {
  const parts = (value: Json | undefined) => [
    referenceKey(valueAt(value, ['model']) ?? null),
    valueAt(value, ['field'])
  ]
  return isDeepStrictEqual(parts(a), parts(b))
}

/** Keeps one mapping for each target field: the last one. */
export function unique(fields: readonly JsonObject[]): JsonObject[] {
  return [...new Map(fields.map((field) => [targetOf(field), field])).values()]
}

/** Drops the label of a filter: in the normal form, a logic names filters by their content. */
export function withoutLabel(filter: JsonObject): JsonObject {
  const { label: _label, ...rest } = filter
  return rest
}

/** Converts a filter or an override of an answer. `models` are the ids of the models of the sync. */
export function conditionFromWire(
  item: JsonObject,
  of: 'filter' | 'override',
  models: readonly string[],
  context: FromWire
): JsonObject {
  const target = textOf(item.field_type ?? 'Model').toLowerCase() === 'target'
  const field = target
    ? undefined
    : (sourceFromWire(item.field, context) ?? fieldById(item.field_id, models, context))
  const byId = field === undefined ? item.field_id : undefined
  return withoutAbsent({
    field,
    field_id: isEmpty(byId) ? undefined : byId,
    field_type: target ? 'Target' : undefined,
    function: functionNamed(item.function),
    value: isEmpty(item.value) && item.value !== '' ? undefined : item.value,
    value_field: sourceFromWire(item.value_field, context),
    label: of === 'filter' ? item.label : undefined,
    override: of === 'override' ? item.override : undefined
  })
}

/** Normalises the case of a function, because it is a part of the key of a condition. */
function functionNamed(name: Json | undefined): Json | undefined {
  const folded = textOf(name).toLowerCase()
  return filterFunctions.find((known) => known.toLowerCase() === folded) ?? name
}

/** Finds a model's field by the id or name that an older version answers, in the models that were read. */
function fieldById(id: Json | undefined, models: readonly string[], context: FromWire): Json | undefined {
  if (typeof id !== 'string' || id === '') return undefined
  for (const model of context.wire('model')) {
    const isOwn = models.includes(textOf(model.id))
    const field = list(model.fields).find((one) => one.id === id || (isOwn && one.name === id))
    if (field) return withoutAbsent({ model: fromId('model', model.id, context), field: field.name })
  }
  return undefined
}

/** Converts a filter or an override for the wire. */
export function conditionToWire(item: JsonObject, context: ToWire): JsonObject {
  const field = sourceToWire(item.field, context)
  // Version 2023-04-25 has no `field`: the name of a model's field is in `field_id`.
  const byName = context.version === '2023-04-25' && isObject(field) ? { field_id: field.field } : {}
  const compared = sourceToWire(item.value_field, context)
  return withoutAbsent({ ...item, field, value_field: compared, ...byName })
}

/**
 * Converts a filter for the wire. Its label is a letter by position, which the service would assign anyway.
 */
export function filterToWire(item: JsonObject, index: number, context: ToWire): JsonObject {
  return { field_type: 'Model', ...conditionToWire(item, context), label: letter(index) }
}

/** Converts a target of YAML. */
export function targetFromYaml(
  value: Json | undefined,
  {
    filters,
    labels,
    targetLogic
  }: { filters: readonly Json[]; labels: readonly string[]; targetLogic: Json | undefined }
): Json | undefined {
  if (!isObject(value)) return value
  return withoutAbsent({
    ...value,
    connection: optionalReference('connection', value.connection),
    object: value.object === newTarget ? undefined : value.object,
    filter_logic: logicFromLabels(targetLogic, filters, labels, 'target')
  })
}

/** Converts a target of an answer, without members that the service derives from its object. */
export function targetFromWire(
  value: Json | undefined,
  filters: readonly Json[],
  labels: readonly string[],
  context: FromWire
): Json | undefined {
  if (!isObject(value)) return undefined
  return withoutAbsent({
    connection: fromId('connection', value.connection_id, context),
    object: value.object,
    configuration: isEmpty(value.configuration) ? undefined : value.configuration,
    filter_logic: logicFromLabels(value.filter_logic, filters, labels, 'target')
  })
}

/**
 * Converts a target for the wire. `create` and `new_name` must be sent on create only: an update could
 * create another object.
 */
export function targetToWire(
  value: Json | undefined,
  filters: readonly Json[],
  context: ToWire
): Json | undefined {
  if (!isObject(value)) return undefined
  const { connection, create, new_name: newName, filter_logic: logic, ...same } = value
  const creation = context.creating
    ? { create, new_name: newName, object: isEmpty(newName) ? same.object : newTarget }
    : {}
  return {
    connection_id: toId(connection, context)!,
    ...withoutEmpty({
      ...same,
      ...creation,
      filter_logic: logicToLetters(logic, filters, 'target', context.id)
    }),
    ...withoutEmpty({ configuration: withoutCleared(same.configuration ?? {}, context.creating) })
  }
}

/** Returns the ids of all models that a sync uses. */
export function modelsOf(wire: JsonObject): string[] {
  const ids = [
    ...idsOf(wire.model_ids),
    ...['fields', 'filters', 'overrides'].flatMap((name) =>
      list(wire[name]).map((item) => valueAt(item, [name === 'fields' ? 'source' : 'field', 'model_id']))
    ),
    valueAt(wire, ['identity', 'source', 'model_id']),
    ...list(valueAt(wire, ['identities', 'mappings'])).map((one) => valueAt(one, ['source', 'model_id'])),
    ...['model_filters', 'target_filters'].flatMap((name) =>
      list(valueAt(wire, [name, 'conditions'])).map((one) =>
        valueAt(one, [name === 'model_filters' ? 'source' : 'value_source', 'model_id'])
      )
    )
  ]
  return [...new Set(ids)].filter(
    (id): id is string => typeof id === 'string' && id !== '' && id !== nullModelId
  )
}

/** Keeps the live `new_field` of an identity, as long as its target field is the same. */
export function withNewField(live: JsonObject, body: JsonObject): JsonObject {
  const { identity } = body
  const there = isObject(live.identity) ? [live.identity, ...list(live.identity.others)] : []
  const created = new Set(there.flatMap((one) => (one.new_field === true ? [one.target] : [])))
  const filled = (one: JsonObject): JsonObject =>
    one.new_field === undefined && created.has(one.target) ? { ...one, new_field: true } : one
  if (!isObject(identity) || created.size === 0) return {}
  const others = identity.others === undefined ? {} : { others: list(identity.others).map(filled) }
  return { identity: { ...filled(identity), ...others } }
}
