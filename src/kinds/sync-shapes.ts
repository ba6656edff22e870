import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { mapLogic, printLogic, readLogic } from './filter-logic.ts'
import { withoutAbsent, list } from './fields.ts'
import { isOfTarget } from './sync-filters.ts'
import { letter } from './sync-logic.ts'

/**
 * Newer services say identity and filters of a sync in two shapes at once: `identities` beside `identity`,
 * `model_filters` and `target_filters` beside `filters`. Sent in both, they could contradict each other, so
 * exactly one is sent: the newer where the answer has it. Everything in between is written over the older.
 */

/** An answer in the older shape, read from the newer one where it has that. */
export function inOlderShape(wire: JsonObject): JsonObject {
  const { identities, model_filters: ofModel, target_filters: ofTarget } = wire
  const older = list(wire.filters)
  const [forModel, forTarget] = [older.filter((one) => !isOfTarget(one)), older.filter(isOfTarget)]
  const target = isObject(wire.target) ? wire.target : {}
  return withoutAbsent({
    ...wire,
    ...(isObject(identities) && { identity: firstIdentity(identities) }),
    ...((isObject(ofModel) || isObject(ofTarget)) && {
      filters: [
        ...(isObject(ofModel) ? olderModelFilters(ofModel) : forModel),
        ...(isObject(ofTarget) ? olderTargetFilters(ofTarget) : forTarget)
      ]
    }),
    ...(isObject(ofModel) && { filter_logic: ofModel.logic ?? '' }),
    ...(isObject(ofTarget) && { target: { ...target, filter_logic: ofTarget.logic ?? '' } })
  })
}

/** The first of several is the one that the older shape has; the others stay beside it. */
function firstIdentity({ mappings, strategy }: JsonObject): Json {
  const [first, ...others] = list(mappings)
  if (!first) return null
  if (others.length === 0) return first
  return { ...first, others: withoutAbsent({ strategy, mappings: others.map(withoutType) }) }
}

function olderModelFilters({ conditions }: JsonObject): JsonObject[] {
  return list(conditions).map(({ source, label, ...rest }, index) =>
    withoutAbsent({ ...rest, field: source, field_type: 'Model', label: label ?? letter(index) })
  )
}

function olderTargetFilters({ conditions }: JsonObject): JsonObject[] {
  return list(conditions).map(({ field, value_source: compared, label, ...rest }, index) =>
    withoutAbsent({
      ...rest,
      field_id: field,
      field_type: 'Target',
      value_field: compared,
      label: label ?? letter(index)
    })
  )
}

/** A body in the shapes that the answer has. */
export function inShapeOf(live: JsonObject, body: JsonObject): JsonObject {
  const speaksIdentities = 'identities' in live
  const speaksFilters = 'model_filters' in live || 'target_filters' in live
  const { identity, filters, filter_logic: logic, ...rest } = body
  const target = isObject(body.target) ? body.target : {}
  const { filter_logic: targetLogic, ...plainTarget } = target
  return withoutAbsent({
    ...rest,
    ...(speaksIdentities
      ? { identities: newerIdentities(identity, live.identities) }
      : { identity: alone(identity) }),
    ...(speaksFilters
      ? newerFilters(live, list(filters), logic, targetLogic)
      : { filters, filter_logic: logic }),
    target: speaksFilters ? plainTarget : body.target
  })
}

/** Without what only the newer shape can say. */
function alone(identity: Json | undefined): Json | undefined {
  if (!isObject(identity)) return identity
  const { others: _others, ...first } = identity
  return first
}

function newerIdentities(identity: Json | undefined, live: Json | undefined): JsonObject {
  if (!isObject(identity)) return { mappings: [] }
  const { others, ...first } = identity
  const { strategy, mappings } = isObject(others) ? others : {}
  // Of one mapping there is one strategy only.
  const only = isObject(live) && live.strategy !== undefined ? 'priority' : undefined
  return withoutAbsent({
    strategy: others === undefined ? only : strategy,
    mappings: [first, ...list(mappings)]
  })
}

/** What the service tells of a mapping and is not told. */
function withoutType({ remote_field_type_id: _type, ...mapping }: JsonObject): JsonObject {
  return mapping
}

function newerFilters(
  live: JsonObject,
  filters: readonly JsonObject[],
  modelLogic: Json | undefined,
  targetLogic: Json | undefined
): { [name: string]: Json | undefined } {
  const [ofModel, ofTarget] = [filters.filter((one) => !isOfTarget(one)), filters.filter(isOfTarget)]
  const forModel = ofModel.map(({ field, function: name, value }, index) =>
    withoutAbsent({ source: field, function: name, value, label: letter(index) })
  )
  const forTarget = ofTarget.map(({ field_id: field, function: name, value, value_field }, index) =>
    withoutAbsent({ field, function: name, value, value_source: value_field, label: letter(index) })
  )
  return {
    model_filters:
      'model_filters' in live || forModel.length > 0
        ? withoutAbsent({ conditions: forModel, logic: relabelled(modelLogic, ofModel) })
        : undefined,
    target_filters:
      'target_filters' in live || forTarget.length > 0
        ? withoutAbsent({ conditions: forTarget, logic: relabelled(targetLogic, ofTarget) })
        : undefined
  }
}

/** Each sort of filters has its own letters there, from A on. */
function relabelled(logic: Json | undefined, filters: readonly JsonObject[]): string | undefined {
  if (typeof logic !== 'string' || logic === '') return undefined
  const read = readLogic(logic)
  if (!read.ok) return logic
  const letters = new Map(filters.map(({ label }, index) => [textOf(label), letter(index)]))
  const tree = mapLogic(read.logic, ({ label }) => ({ filter: letters.get(label) ?? label }))
  return tree && printLogic(tree, (label) => label)
}

/** What a live sync has that files cannot say: the field that holds it, and a sentence. */
export function unsayable(fields: JsonObject): { field: string; what: string }[] {
  const { identity } = fields
  const others = isObject(identity) && isObject(identity.others) ? identity.others : undefined
  const compares = list(fields.filters).some((one) => one.value_field !== undefined)
  return [
    ...(others
      ? [
          {
            field: 'identity',
            what: `it finds records by ${list(others.mappings).length + 1} identities; files can say one`
          }
        ]
      : []),
    ...(compares
      ? [
          {
            field: 'filters',
            what: 'a filter of its target compares with a field of a model; files can say fixed values only'
          }
        ]
      : [])
  ]
}
