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

/** The parts of a sync, each to and from the wire. */

/** The older way to ask for a new target: this object, and `new_name`. */
export const newTarget = '__pt_new_target'

/**
 * A field is known by its target; the fields of a webhook, which all go into `record`, by their source too.
 */
export function targetOf(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const target = textOf(item.target)
  const source = item.source
  return target === webhookTarget && isObject(source) ? `${target} ← ${textOf(source.field)}` : target
}

/** The one target field of a webhook. */
export const webhookTarget = 'record'

/** `source: email` means the field of the sync's model. */
export function sourceFromYaml(value: Json | undefined, model: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return undefined
  const written = isObject(value) ? value : { field: value }
  return withoutAbsent({
    model: optionalReference('model', written.model ?? model),
    field: written.field
  })
}

/** The source of an answer; none where the service marks that there is none. */
export function sourceFromWire(value: Json | undefined, context: FromWire): Json | undefined {
  if (!isObject(value) || isNoSource(value)) return undefined
  return withoutAbsent({ model: fromId('model', value.model_id, context), field: value.field })
}

/** A source with the id of its model. */
export function sourceToWire(value: Json | undefined, context: ToWire): Json | undefined {
  return isObject(value)
    ? withoutAbsent({ model_id: toId(value.model, context), field: value.field })
    : undefined
}

/** Override fields come back among the fields, with the source of nothing. */
export function isNoSource(value: Json | undefined): boolean {
  return !isObject(value) || isEmpty(value.model_id) || value.model_id === nullModelId
}

/**
 * The service drops a mapping that only repeats the identity: a hole says nothing, and keeps the others in
 * their places.
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

/** One mapping per target field: the last one said. */
export function unique(fields: readonly JsonObject[]): JsonObject[] {
  return [...new Map(fields.map((field) => [targetOf(field), field])).values()]
}

/** Labels are only good for the logic, and are gone from it. */
export function withoutLabel(filter: JsonObject): JsonObject {
  const { label: _label, ...rest } = filter
  return rest
}

/**
 * A filter or an override of an answer, as the files would write it. `models` are the ids of those that the
 * sync reads.
 */
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

/** What a condition says is part of its key, so it must be spelled as in the files. */
function functionNamed(name: Json | undefined): Json | undefined {
  const folded = textOf(name).toLowerCase()
  return filterFunctions.find((known) => known.toLowerCase() === folded) ?? name
}

/**
 * An older version answers only the id of a model's field, or its name; the sync's models tell what it
 * stands for.
 */
function fieldById(id: Json | undefined, models: readonly string[], context: FromWire): Json | undefined {
  if (typeof id !== 'string' || id === '') return undefined
  for (const model of context.wire('model')) {
    const isOwn = models.includes(textOf(model.id))
    const field = list(model.fields).find((one) => one.id === id || (isOwn && one.name === id))
    if (field) return withoutAbsent({ model: fromId('model', model.id, context), field: field.name })
  }
  return undefined
}

/** A filter or an override with its field by id. */
export function conditionToWire(item: JsonObject, context: ToWire): JsonObject {
  const field = sourceToWire(item.field, context)
  // 2023-04-25 has no `field`: there, a model's field is named by `field_id`.
  const byName = context.version === '2023-04-25' && isObject(field) ? { field_id: field.field } : {}
  const compared = sourceToWire(item.value_field, context)
  return withoutAbsent({ ...item, field, value_field: compared, ...byName })
}

/** Labels are letters by position, which is what the service makes of them anyway. */
export function filterToWire(item: JsonObject, index: number, context: ToWire): JsonObject {
  return { field_type: 'Model', ...conditionToWire(item, context), label: letter(index) }
}

/** The target, its logic in the normal form. */
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

/** The target, without what the service derives from its object. */
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

/** What makes a new object is sent once: sent again, it could make another. */
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

/** Ids of the models that a sync reads. */
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

/** Whether an identity's field was made by the service stays as it is, while it is that field. */
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
