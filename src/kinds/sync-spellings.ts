import { isObject, type Json, type JsonObject } from '../state/value.ts'
import { list, valueAt, withoutAbsent } from './fields.ts'
import type { ToYaml } from './kind.ts'
import { conditionText, isOfTarget, withCondition } from './sync-filters.ts'
import { fitsFilters, labelsOf, logicToLetters, type Side } from './sync-logic.ts'
import { sourceFromYaml } from './sync-parts.ts'
import { conditionToYaml, onlyModel, sourceToYaml, stated } from './sync-yaml.ts'

/**
 * Files have two spellings of identity and filters, as the service has two shapes: `identity`, or
 * `identities` with a strategy; `filters` in one list, or `model_filters` and `target_filters` with a logic
 * each. Both give the same fields.
 */

/**
 * Returns the first identity of an item in either spelling, with the others and the strategy as its
 * members.
 */
export function writtenIdentity(item: JsonObject): JsonObject | undefined {
  const { identities, identity } = item
  if (!isObject(identities)) return isObject(identity) ? identity : undefined
  const [first, ...others] = list(identities.mappings)
  if (!first || others.length === 0) return first
  return withoutAbsent({ ...first, strategy: identities.strategy, others })
}

/** Returns all identities, in their order. */
export function allIdentities(identity: Json | undefined): JsonObject[] {
  return isObject(identity) ? [identity, ...list(identity.others)] : []
}

/** All filters of an item in the normal form, with their labels and both logics. */
export interface WrittenFilters {
  filters: JsonObject[]
  labels: string[]
  logic: Json | undefined
  targetLogic: Json | undefined
}

/** Returns the filters of an item in either spelling. */
export function writtenFilters(item: JsonObject): WrittenFilters {
  const { model, model_filters: ofModel, target_filters: ofTarget } = item
  if (ofModel === undefined && ofTarget === undefined) {
    const filters = list(item.filters).map(({ value_field, ...filter }) =>
      withCondition(
        withoutAbsent({ ...filter, value_field: sourceFromYaml(value_field, model) }),
        sourceFromYaml(filter.field, model)
      )
    )
    const targetLogic = valueAt(item, ['target', 'filter_logic'])
    return { filters, labels: labelsOf(filters), logic: item.filter_logic, targetLogic }
  }
  const forModel = list(valueAt(ofModel, ['conditions'])).map(({ source, ...filter }) =>
    withCondition(filter, sourceFromYaml(source, model))
  )
  const forTarget = list(valueAt(ofTarget, ['conditions'])).map(({ field, value_source, ...filter }) =>
    withCondition(
      withoutAbsent({
        ...filter,
        field_id: field,
        field_type: 'Target',
        value_field: sourceFromYaml(value_source, model)
      }),
      undefined
    )
  )
  return {
    filters: [...forModel, ...forTarget],
    labels: [...labelsOf(forModel), ...labelsOf(forTarget)],
    logic: valueAt(ofModel, ['logic']),
    targetLogic: valueAt(ofTarget, ['logic'])
  }
}

/** Maps a path of the fields to the path in the YAML item. */
export function placeInYaml(path: readonly (string | number)[], item: JsonObject): (string | number)[] {
  const [top, ...rest] = path
  if (top === 'identity' && item.identities !== undefined) {
    const [part, index, ...inner] = rest
    if (part === 'others')
      return ['identities', 'mappings', ...(typeof index === 'number' ? [index + 1, ...inner] : [])]
    if (part === 'strategy') return ['identities', 'strategy']
    return part === undefined ? ['identities'] : ['identities', 'mappings', 0, ...rest]
  }
  if (top === 'override_fields') return placeOfFixed(rest, item)
  if (item.model_filters === undefined && item.target_filters === undefined) return [...path]
  if (top === 'filter_logic') return ['model_filters', 'logic']
  if (top === 'target' && rest[0] === 'filter_logic') return ['target_filters', 'logic']
  if (top !== 'filters') return [...path]
  const [index, ...inner] = rest
  const before = list(valueAt(item.model_filters, ['conditions'])).length
  if (typeof index !== 'number')
    return [item.model_filters === undefined ? 'target_filters' : 'model_filters', 'conditions']
  return index < before
    ? ['model_filters', 'conditions', index, ...renamed(inner, { field: 'source' })]
    : [
        'target_filters',
        'conditions',
        index - before,
        ...renamed(inner, { field_id: 'field', value_field: 'value_source' })
      ]
}

/** Maps the path of a fixed value. Those of `override_fields` come first, then those among the mappings. */
function placeOfFixed(
  [index, ...inner]: readonly (string | number)[],
  item: JsonObject
): (string | number)[] {
  const own = list(item.override_fields).length
  if (typeof index !== 'number') return ['override_fields']
  if (index < own) return ['override_fields', index, ...inner]
  const mixed = (Array.isArray(item.fields) ? item.fields : []).flatMap((field, at) =>
    isObject(field) && field.source === undefined ? [at] : []
  )
  return ['fields', mixed[index - own] ?? 0, ...inner]
}

function renamed(
  [head, ...rest]: readonly (string | number)[],
  names: Readonly<Record<string, string>>
): (string | number)[] {
  return head === undefined ? [] : [names[head] ?? head, ...rest]
}

/**
 * Returns true if the newer spelling can express the filters: each has its field, and the logics name all.
 */
export function areSeparate({ filters, filter_logic: logic, target }: JsonObject): boolean {
  const all = list(filters)
  const isSayable = (filter: JsonObject): boolean =>
    isOfTarget(filter)
      ? filter.field_id !== undefined && filter.field === undefined
      : filter.field !== undefined && filter.field_id === undefined && filter.value_field === undefined
  return (
    all.every(isSayable) &&
    fitsFilters(logic, all, 'model') &&
    fitsFilters(valueAt(target, ['filter_logic']), all, 'target')
  )
}

/**
 * Returns true if YAML says the filters of the model and of the target apart: as the item does, where it has
 * any.
 */
export function areApart(fields: JsonObject, { like = {} }: ToYaml): boolean {
  if (like.model_filters !== undefined || like.target_filters !== undefined) return true
  const inOneList = [like.filters, like.filter_logic, valueAt(like.target, ['filter_logic'])]
  return areSeparate(fields) && inOneList.every((value) => value === undefined)
}

/** Returns the filters of fields with the labels that people gave them. */
export function labelledFilters(fields: JsonObject, { like = {} }: ToYaml): JsonObject[] {
  const filters = list(fields.filters)
  const open = writtenFilters(like).filters.filter(({ label }) => label !== undefined)
  if (open.length === 0) return filters
  // One of which only the value is another has its label, too.
  const withoutValue = ({ value: _value, ...rest }: JsonObject): string => conditionText(rest)
  return [conditionText, withoutValue].reduce<JsonObject[]>(
    (labelled, keyOf) =>
      labelled.map((filter) => {
        const at = open.findIndex(
          (one) => keyOf(one) === keyOf(filter) && isOfTarget(one) === isOfTarget(filter)
        )
        const [found] = filter.label === undefined && at !== -1 ? open.splice(at, 1) : []
        return found ? { ...filter, label: found.label ?? null } : filter
      }),
    filters
  )
}

/** Returns the one list of filters for YAML. */
export function filtersToYaml(fields: JsonObject, context: ToYaml): Json | undefined {
  if (areApart(fields, context)) return undefined
  const model = onlyModel(fields, context)
  return stated(labelledFilters(fields, context).map((filter) => conditionToYaml(filter, model, context)))
}

/** Returns a logic over the one list of filters for YAML. */
export function logicToYaml(
  logic: Json | undefined,
  fields: JsonObject,
  of: Side,
  context: ToYaml
): string | undefined {
  if (areApart(fields, context)) return undefined
  return logicToLetters(logic, labelledFilters(fields, context), of, context.nameOf)
}

/** Returns `identities` for YAML: if there are several, or the item has one so. */
export function identitiesToYaml({ identity, ...fields }: JsonObject, context: ToYaml): Json | undefined {
  const all = allIdentities(identity)
  if (!areInList(identity, context)) return undefined
  const strategy = valueAt(identity, ['strategy']) ?? 'priority'
  const model = onlyModel({ identity: identity ?? null, ...fields }, context)
  return { mappings: all.map((one) => identityToYaml(one, model, context)), strategy }
}

/** Returns true if YAML has a list of identities. */
export function areInList(identity: Json | undefined, { like = {} }: ToYaml): boolean {
  const { length } = allIdentities(identity)
  return length > 1 || (length === 1 && like.identities !== undefined)
}

/** Converts an identity to YAML. */
export function identityToYaml(
  { source, target, function: name, new_field }: JsonObject,
  model: string | undefined,
  context: ToYaml
): JsonObject {
  return withoutAbsent({
    source: sourceToYaml(source, model, context),
    target,
    function: name,
    new_field
  })
}

/** Returns `model_filters` or `target_filters` for YAML. */
export function conditionsToYaml(fields: JsonObject, of: Side, context: ToYaml): Json | undefined {
  if (!areApart(fields, context)) return undefined
  const model = onlyModel(fields, context)
  const own = labelledFilters(fields, context).filter((filter) => isOfTarget(filter) === (of === 'target'))
  const conditions = own.map(({ field, field_id, field_type: _sort, value_field, ...same }) =>
    withoutAbsent({
      ...(of === 'model'
        ? { source: sourceToYaml(field, model, context) }
        : { field: field_id, value_source: sourceToYaml(value_field, model, context) }),
      ...same
    })
  )
  const logic = of === 'model' ? fields.filter_logic : valueAt(fields.target, ['filter_logic'])
  const text = logicToLetters(logic, own, of, context.nameOf)
  return stated(conditions) && withoutAbsent({ conditions, logic: text })
}
