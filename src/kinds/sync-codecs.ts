import type { Shape } from '../state/shape.ts'
import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Codec } from './field.ts'
import { list, toName, withoutAbsent, withoutHoles } from './fields.ts'
import type { FromWire } from './kind.ts'
import { conditionKey, filtersRule, overrideRule, withCondition } from './sync-filters.ts'
import { conditionsKnown, fixedKnown, identityKnown, mappingsKnown, targetKnown } from './sync-known.ts'
import { labelsOf, logicFromLabels, logicRule, logicToLetters } from './sync-logic.ts'
import {
  allIdentities,
  areInList,
  filtersToYaml,
  identityToYaml,
  logicToYaml,
  writtenFilters,
  writtenIdentity
} from './sync-spellings.ts'
import {
  conditionFromWire,
  conditionToWire,
  filterToWire,
  isNoSource,
  modelsOf,
  newTarget,
  sourceFromWire,
  sourceFromYaml,
  sourceToWire,
  targetFromWire,
  targetFromYaml,
  targetOf,
  targetToWire,
  unique,
  withoutIdentity,
  withoutLabel
} from './sync-parts.ts'
import {
  filtersSchema,
  identitySchema,
  mappingSchema,
  overrideFieldSchema,
  overridesSchema,
  targetSchema
} from './sync-schema.ts'
import { conditionToYaml, isEncrypted, mappingToYaml, onlyModel, stated } from './sync-yaml.ts'

/** R10: The codecs of fields of a sync that depend on each other: labels of filters, models of sources. */

const source: Shape = { members: { model_id: 'text', field: 'text' } }
const mappingShape: Shape = {
  list: { members: { target: 'text', source, sync_mode: 'text', override_value: 'scalar' } }
}
const conditionShape: Shape = {
  list: {
    members: { field: { either: [source, 'text'] }, field_id: 'text', function: 'text', label: 'text' }
  }
}

const sourceRule = {
  is: 'object',
  fields: { model: { is: 'reference', kind: 'model' }, field: { is: 'scalar' } }
} as const

const mappingRule = {
  is: 'object',
  fields: {
    source: sourceRule,
    override_value: { is: 'scalar' },
    sync_mode: { is: 'scalar', default: 'updateOrCreate', caseless: true },
    new: { is: 'scalar', default: false },
    encryption_enabled: { is: 'scalar', default: false }
  }
} as const

const identityParts = {
  source: sourceRule,
  target: { is: 'scalar' },
  function: { is: 'scalar', caseless: true },
  new_field: { is: 'scalar', default: false, carried: true }
} as const

/**
 * The identity: how a record of the model finds its record in the target, with one mapping or several in
 * order.
 */
export const identity: Codec = {
  schema: identitySchema,
  rule: {
    is: 'object',
    fields: {
      ...identityParts,
      strategy: { is: 'scalar', default: 'priority', caseless: true },
      others: { is: 'set', key: rankOf, item: { is: 'object', fields: identityParts } }
    }
  },
  shape: {
    members: {
      source,
      target: 'text',
      function: 'text',
      strategy: 'text',
      others: { list: { members: { source, target: 'text', function: 'text' } } }
    }
  },
  known: identityKnown,
  fromYaml(_value, item) {
    const first = writtenIdentity(item)
    if (!first) return undefined
    const others = list(first.others).map((one, index) => ({
      rank: index + 1,
      ...one,
      source: sourceFromYaml(one.source, item.model) ?? null
    }))
    return withoutAbsent({
      ...first,
      source: sourceFromYaml(first.source, item.model) ?? null,
      others: stated(others)
    })
  },
  toYaml: (value, context, fields) =>
    isObject(value) && !areInList(value, context)
      ? identityToYaml(value, onlyModel(fields, context), context)
      : undefined,
  fromWire(value, context) {
    if (!isObject(value) || isEmpty(value.target)) return undefined
    const others = list(value.others).map((one, index) => ({
      rank: index + 1,
      ...identityFromWire(one, context)
    }))
    const strategy = others.length > 0 ? value.strategy : undefined
    return withoutAbsent({ ...identityFromWire(value, context), strategy, others: stated(others) })
  },
  toWire: (value, context) =>
    isObject(value)
      ? withoutAbsent({
          ...value,
          source: sourceToWire(value.source, context),
          others: stated(
            list(value.others)
              .toSorted((a, b) => Number(a.rank) - Number(b.rank))
              .map(({ rank: _place, source: from, ...one }) =>
                withoutAbsent({ ...one, source: sourceToWire(from, context) })
              )
          )
        })
      : undefined
}

function identityFromWire(value: JsonObject, context: FromWire): JsonObject {
  const { source: from, target: to, function: how, new_field } = value
  return withoutAbsent({ source: sourceFromWire(from, context), target: to, function: how, new_field })
}

/** Returns the key of a further identity: its position, because they are tried in order. */
function rankOf(item: Json): string {
  return isObject(item) ? textOf(item.rank) : ''
}

/** Mappings with a source. A mapping that only repeats the identity is left out. */
export const mappings: Codec = {
  schema: { type: 'array', items: mappingSchema, description: 'Model field → target field.' },
  rule: { is: 'set', key: targetOf, item: mappingRule },
  shape: mappingShape,
  known: mappingsKnown,
  fromYaml(value, item) {
    const { model } = item
    const written = list(value).map((field) =>
      field.source === undefined ? null : { ...field, source: sourceFromYaml(field.source, model) ?? null }
    )
    return allIdentities(writtenIdentity(item)).reduce<(JsonObject | null)[]>(
      (left, by) => withoutIdentity(left, by.target, sourceFromYaml(by.source, model)),
      written
    )
  },
  toYaml(value, context, fields) {
    const encrypted = list(fields.override_fields).filter(isEncrypted)
    const model = onlyModel(fields, context)
    return stated([...list(value), ...encrypted].map((item) => mappingToYaml(item, model, context)))
  },
  fromWire(value, context, { identity: by }) {
    const plain = list(value)
      .filter((field) => !isFixed(field))
      .map((field) => ({ ...field, source: sourceFromWire(field.source, context) ?? null }))
    return allIdentities(by)
      .filter((one) => !isEmpty(one.target))
      .reduce<(JsonObject | null)[]>(
        (left, one) => withoutIdentity(left, one.target, sourceFromWire(one.source, context)),
        plain
      )
      .filter((field) => field !== null)
  },
  toWire: (value, context) =>
    list(value).map((item) => withoutAbsent({ ...item, source: sourceToWire(item.source, context) }))
}

function isFixed(field: JsonObject): boolean {
  return !isEmpty(field.override_value) && isNoSource(field.source)
}

/** Fixed values. Files may have them among the mappings, and answers do. */
export const fixedValues: Codec = {
  schema: { type: 'array', items: overrideFieldSchema, description: 'Target fields with a fixed value.' },
  rule: { is: 'set', key: targetOf, item: mappingRule },
  shape: mappingShape,
  known: fixedKnown,
  fromYaml: (value, { fields }) => [
    ...list(value),
    ...list(fields).filter((field) => field.source === undefined)
  ],
  toYaml(value, context, fields) {
    const model = onlyModel(fields, context)
    const fixed = list(value).filter((item) => !isEncrypted(item))
    return stated(fixed.map((item) => ({ override_value: '', ...mappingToYaml(item, model, context) })))
  },
  fromWire(value, _context, { fields }) {
    const fixed = [...list(fields).filter(isFixed), ...list(value)]
    return unique(fixed.map(({ source: _none, ...field }) => field))
  },
  toWire: (value) => stated(list(withoutHoles(value)))
}

/** Filters of the model and of the target, in one list. */
export const filters: Codec = {
  schema: filtersSchema,
  rule: filtersRule,
  shape: conditionShape,
  known: conditionsKnown,
  fromYaml: (_value, item) => writtenFilters(item).filters.map(withoutLabel),
  toYaml: (_value, context, fields) => filtersToYaml(fields, context),
  fromWire: (value, context, wire) =>
    list(value).map((filter) => withoutLabel(conditionFromWire(filter, 'filter', modelsOf(wire), context))),
  toWire: (value, context) => stated(list(value).map((item, index) => filterToWire(item, index, context)))
}

/** The logic of the filters of the model. */
export const filterLogic: Codec = {
  schema: {
    type: 'string',
    description: 'Over the labels of the filters: A AND (B OR C). Absent: all of them.'
  },
  rule: logicRule,
  shape: 'text',
  fromYaml(_value, item) {
    const { filters: all, labels, logic } = writtenFilters(item)
    return logicFromLabels(logic, all, labels, 'model')
  },
  toYaml: (value, context, fields) => logicToYaml(value, fields, 'model', context),
  fromWire(value, context, wire) {
    const all = list(wire.filters)
    const read = all.map((filter) => conditionFromWire(filter, 'filter', modelsOf(wire), context))
    return logicFromLabels(value, read, labelsOf(all), 'model')
  },
  toWire: (value, context, fields) =>
    logicToLetters(value, list(fields.filters), 'model', context.id) || undefined
}

/** Overrides: other values for records on which a condition holds. */
export const overrides: Codec = {
  schema: overridesSchema,
  rule: { is: 'set', key: conditionKey, item: overrideRule },
  shape: conditionShape,
  known: conditionsKnown,
  fromYaml: (value, { model }) =>
    list(value).map((item) => withCondition(item, sourceFromYaml(item.field, model))),
  toYaml(value, context, fields) {
    const model = onlyModel(fields, context)
    return stated(list(value).map((item) => conditionToYaml(item, model, context)))
  },
  fromWire: (value, context, wire) =>
    list(value).map((item) => conditionFromWire(item, 'override', modelsOf(wire), context)),
  toWire: (value, context) => stated(list(value).map((item) => conditionToWire(item, context)))
}

/** The target of a sync. Its `filter_logic` is over the filters of the target. */
export const target: Codec = {
  schema: targetSchema,
  rule: {
    is: 'object',
    fields: {
      connection: { is: 'reference', kind: 'connection' },
      object: { is: 'scalar', carried: true },
      configuration: { is: 'stated' },
      filter_logic: logicRule,
      create: { is: 'unread' },
      new_name: { is: 'unread' }
    }
  },
  shape: {
    members: { connection_id: 'text', object: 'text', configuration: 'mapping', filter_logic: 'text' }
  },
  known: targetKnown,
  fromYaml(value, item) {
    return targetFromYaml(value, writtenFilters(item))
  },
  toYaml(value, context, fields) {
    if (!isObject(value)) return undefined
    const { connection, object, create, new_name, configuration, filter_logic } = value
    return withoutAbsent({
      connection: toName(connection, context),
      object: new_name === undefined ? object : newTarget,
      create,
      new_name,
      configuration,
      filter_logic: logicToYaml(filter_logic, fields, 'target', context)
    })
  },
  fromWire(value, context, wire) {
    const all = list(wire.filters)
    const read = all.map((filter) => conditionFromWire(filter, 'filter', modelsOf(wire), context))
    return targetFromWire(value, read, labelsOf(all), context)
  },
  toWire: (value, context, fields) => targetToWire(value, list(fields.filters), context)
}
