import { isEmpty, isObject, sortedText, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { KnownList, KnownObject } from './carry.ts'
import { list, valueAt } from './fields.ts'
import { isNoSource, targetOf } from './sync-parts.ts'

/** Known members of the answer for a sync. All other members, at any depth, are sent back unchanged. */

/** A source. Its unknown members belong to that field of that model, and must not be carried to another. */
const sourceKnown: KnownObject = { members: ['model_id', 'field'], identifies: ['model_id', 'field'] }

const field: KnownObject = {
  members: ['target', 'override_value', 'sync_mode', 'new', 'encryption_enabled'],
  parts: { source: sourceKnown }
}

const condition: KnownObject = {
  members: ['field_id', 'field_type', 'function', 'value', 'value_field', 'label', 'override'],
  parts: { field: sourceKnown }
}

/** Filters and overrides. */
export const conditionsKnown: KnownList = {
  item: condition,
  keys: [
    (item) => sortedText([whereOf(item), saidOf(item)]),
    // The oldest version answers no `field`, but a `field_id` that is an id or a name.
    (item) => (isOfNewer(item) ? undefined : sortedText([nameOf(item), saidOf(item)]))
  ],
  laxKeys: [
    (item) => sortedText([whereOf(item), item.function ?? null]),
    (item) => sortedText(whereOf(item)),
    (item) => (isOfNewer(item) ? undefined : sortedText(saidOf(item)))
  ]
}

/** One identity mapping. */
export const identityKnown: KnownObject = {
  members: ['target', 'function', 'new_field', 'remote_field_type_id'],
  parts: { source: sourceKnown }
}

/** Filters in the newer shape: one list for each side, with fields of models as `source`. */
const ofModel: KnownObject = { members: ['function', 'value', 'label'], parts: { source: sourceKnown } }
const ofTarget: KnownObject = {
  members: ['field', 'function', 'value', 'label'],
  parts: { value_source: sourceKnown }
}

/** Members that have fields in the newer shape. */
export const newerShapesKnown = {
  identities: {
    members: ['strategy'],
    parts: {
      mappings: {
        item: identityKnown,
        keys: [identityIs],
        laxKeys: [({ target }: JsonObject) => textOf(target)]
      }
    }
  },
  model_filters: { members: ['logic'], parts: { conditions: { ...conditionsKnown, item: ofModel } } },
  target_filters: { members: ['logic'], parts: { conditions: { ...conditionsKnown, item: ofTarget } } }
} satisfies Readonly<Record<string, KnownObject>>

/** Mappings. */
export const mappingsKnown: KnownList = { item: field, keys: [targetOf] }

/** Fixed values, which answers have among the mappings, too. */
export const fixedKnown: KnownList = { ...mappingsKnown, from: fixedFields }

/** A target. The service derives `search_values` from its object. */
export const targetKnown: KnownObject = {
  members: [
    'connection_id',
    'object',
    'create',
    'configuration',
    'filter_logic',
    'new_name',
    'search_values'
  ]
}

function identityIs(item: JsonObject): string {
  const source = [valueAt(item, ['source', 'model_id']), valueAt(item, ['source', 'field'])]
  return sortedText([item.target ?? null, item.function ?? null, ...source.map((one) => one ?? null)])
}

function fixedFields(answer: JsonObject): Json {
  const fixed = list(answer.fields).filter((item) => isNoSource(item.source))
  return [...list(answer.override_fields), ...fixed]
}

function isOfNewer(item: JsonObject): boolean {
  return (isObject(item.field) || 'source' in item) && item.field_id === undefined
}

function nameOf(item: JsonObject): Json {
  return valueAt(item, ['field', 'field']) ?? item.field_id ?? null
}

function saidOf(item: JsonObject): Json {
  return [item.function ?? null, valueOf(item)]
}

function whereOf(item: JsonObject): Json {
  // In the newer shape, a field of a model is a `source`, and a field of the target a text.
  if ('source' in item)
    return [valueAt(item, ['source', 'model_id']) ?? null, valueAt(item, ['source', 'field']) ?? null]
  if (typeof item.field === 'string') return ['target', item.field]
  if (textOf(item.field_type ?? 'Model').toLowerCase() === 'target')
    return ['target', item.field_id ?? null]
  const field = valueAt(item, ['field', 'field'])
  return field === undefined
    ? ['id', item.field_id ?? null]
    : [valueAt(item, ['field', 'model_id']) ?? null, field]
}

function valueOf(item: JsonObject): Json {
  return isEmpty(item.value) ? null : item.value
}
