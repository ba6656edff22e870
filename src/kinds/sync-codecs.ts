import type { Shape } from '../state/shape.ts'
import { isEmpty, isObject, type Json, type JsonObject } from '../state/value.ts'
import type { Codec } from './field.ts'
import { list, toName, valueAt, withoutAbsent, withoutHoles } from './fields.ts'
import { conditionKey, filterRule, overrideRule, withCondition } from './sync-filters.ts'
import { conditionsKnown, fixedKnown, identityKnown, mappingsKnown, targetKnown } from './sync-known.ts'
import { labelsOf, logicFromLabels, logicRule, logicToLetters } from './sync-logic.ts'
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
  filterSchema,
  identitySchema,
  mappingSchema,
  overrideFieldSchema,
  overrideSchema,
  targetSchema
} from './sync-schema.ts'
import {
  conditionToYaml,
  isEncrypted,
  mappingToYaml,
  onlyModel,
  sourceToYaml,
  stated
} from './sync-yaml.ts'

/**
 * The fields of a sync whose parts depend on each other: what a filter is called, which model a
 * source is of.
 */

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

/** How a record finds its record in the target. */
export const identity: Codec = {
  schema: identitySchema,
  rule: {
    is: 'object',
    fields: {
      source: sourceRule,
      target: { is: 'scalar' },
      function: { is: 'scalar', caseless: true },
      new_field: { is: 'scalar', default: false, carried: true },
      others: { is: 'json' }
    }
  },
  shape: { members: { source, target: 'text', function: 'text' } },
  known: identityKnown,
  fromYaml: (value, { model }) =>
    isObject(value) ? { ...value, source: sourceFromYaml(value.source, model) ?? null } : undefined,
  toYaml(value, context, fields) {
    if (!isObject(value)) return undefined
    const { source: from, others: _unsayable, ...same } = value
    return withoutAbsent({ source: sourceToYaml(from, onlyModel(fields, context), context), ...same })
  },
  fromWire(value, context) {
    if (!isObject(value) || isEmpty(value.target)) return undefined
    const { source: from, target: to, function: how, new_field, others } = value
    return withoutAbsent({
      source: sourceFromWire(from, context),
      target: to,
      function: how,
      new_field,
      others
    })
  },
  toWire: (value, context) =>
    isObject(value) ? withoutAbsent({ ...value, source: sourceToWire(value.source, context) }) : undefined
}

/** Mappings with a source. One that only repeats the identity says nothing. */
export const mappings: Codec = {
  schema: { type: 'array', items: mappingSchema, description: 'Model field → target field.' },
  rule: { is: 'set', key: targetOf, item: mappingRule },
  shape: mappingShape,
  known: mappingsKnown,
  fromYaml(value, { model, identity: by }) {
    const written = list(value).map((field) =>
      field.source === undefined ? null : { ...field, source: sourceFromYaml(field.source, model) ?? null }
    )
    const own = sourceFromYaml(valueAt(by, ['source']), model)
    return withoutIdentity(written, valueAt(by, ['target']), own)
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
    const own = isEmpty(valueAt(by, ['target']))
      ? undefined
      : sourceFromWire(valueAt(by, ['source']), context)
    return withoutIdentity(plain, own && valueAt(by, ['target']), own).filter((field) => field !== null)
  },
  toWire: (value, context) =>
    list(value).map((item) => withoutAbsent({ ...item, source: sourceToWire(item.source, context) }))
}

function isFixed(field: JsonObject): boolean {
  return !isEmpty(field.override_value) && isNoSource(field.source)
}

/** Fixed values: files may list them among the mappings, and answers do. */
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

/** Filters of a YAML item, in the normal form but for their labels. */
function filtersOf({ filters: written, model }: JsonObject): JsonObject[] {
  return list(written).map((filter) => withCondition(filter, sourceFromYaml(filter.field, model)))
}

/** Which records are written. */
export const filters: Codec = {
  schema: { type: 'array', items: filterSchema },
  rule: { is: 'set', key: conditionKey, item: filterRule },
  shape: conditionShape,
  known: conditionsKnown,
  fromYaml: (_value, item) => filtersOf(item).map(withoutLabel),
  toYaml: conditionsToYaml,
  fromWire: (value, context, wire) =>
    list(value).map((filter) => withoutLabel(conditionFromWire(filter, 'filter', modelsOf(wire), context))),
  toWire: (value, context) => stated(list(value).map((item, index) => filterToWire(item, index, context)))
}

function conditionsToYaml(
  value: Json | undefined,
  context: Parameters<NonNullable<Codec['toYaml']>>[1],
  fields: JsonObject
): Json | undefined {
  const model = onlyModel(fields, context)
  return stated(list(value).map((item) => conditionToYaml(item, model, context)))
}

/** The logic over the filters of the model. */
export const filterLogic: Codec = {
  schema: {
    type: 'string',
    description: 'Over the labels of the filters: A AND (B OR C). Absent: all of them.'
  },
  rule: logicRule,
  shape: 'text',
  fromYaml(value, item) {
    const all = filtersOf(item)
    return logicFromLabels(value, all, labelsOf(all), 'model')
  },
  toYaml: (value, { nameOf }, fields) => logicToLetters(value, list(fields.filters), 'model', nameOf),
  fromWire(value, context, wire) {
    const all = list(wire.filters)
    const read = all.map((filter) => conditionFromWire(filter, 'filter', modelsOf(wire), context))
    return logicFromLabels(value, read, labelsOf(all), 'model')
  },
  toWire: (value, context, fields) =>
    logicToLetters(value, list(fields.filters), 'model', context.id) || undefined
}

/** Other values, where a condition holds. */
export const overrides: Codec = {
  schema: { type: 'array', items: overrideSchema },
  rule: { is: 'set', key: conditionKey, item: overrideRule },
  shape: conditionShape,
  known: conditionsKnown,
  fromYaml: (value, { model }) =>
    list(value).map((item) => withCondition(item, sourceFromYaml(item.field, model))),
  toYaml: conditionsToYaml,
  fromWire: (value, context, wire) =>
    list(value).map((item) => conditionFromWire(item, 'override', modelsOf(wire), context)),
  toWire: (value, context) => stated(list(value).map((item) => conditionToWire(item, context)))
}

/** Where records are written. Its logic is over those of the filters that are about its own records. */
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
    const all = filtersOf(item)
    return targetFromYaml(value, all, labelsOf(all))
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
      filter_logic: logicToLetters(filter_logic, list(fields.filters), 'target', context.nameOf)
    })
  },
  fromWire(value, context, wire) {
    const all = list(wire.filters)
    const read = all.map((filter) => conditionFromWire(filter, 'filter', modelsOf(wire), context))
    return targetFromWire(value, read, labelsOf(all), context)
  },
  toWire: (value, context, fields) => targetToWire(value, list(fields.filters), context)
}
