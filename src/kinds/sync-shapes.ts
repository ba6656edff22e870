import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { mapLogic, printLogic, readLogic } from './filter-logic.ts'
import { withoutAbsent, list } from './fields.ts'
import { isOfTarget } from './sync-filters.ts'
import { letter } from './sync-logic.ts'

/**
 * Newer services answer identity and filters of a sync in two shapes: `identities` beside `identity`, and
 * `model_filters` and `target_filters` beside `filters`. A request must have exactly one of them, because
 * two could contradict each other: the newer one, if the answer has it. All other code uses the older
 * shape.
 */

/** Converts an answer to the older shape, from the newer one if it has that. */
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

/** Returns the first of several identities, as the older shape has it, with the others as its member. */
function firstIdentity({ mappings, strategy }: JsonObject): Json {
  const [first, ...others] = list(mappings)
  if (!first) return null
  return others.length === 0 ? first : withoutAbsent({ ...first, strategy, others })
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

/** Features that only the newer shape can express. */
export type OnlyNewer = 'identities' | 'filters'

/**
 * Returns which members of an answer are in the newer shape. `problems` came with `identities`, which an
 * answer may leave out if there are none.
 */
function newerIn(answer: JsonObject): Record<OnlyNewer, boolean> {
  const identities = 'identities' in answer || 'problems' in answer
  return { identities, filters: identities || 'model_filters' in answer || 'target_filters' in answer }
}

/** Returns true if a service has a feature of the newer shape; undefined if no answer tells. */
export function knows(answers: readonly JsonObject[], what: OnlyNewer): boolean | undefined {
  return answers.length === 0 ? undefined : answers.some((answer) => newerIn(answer)[what])
}

/** Returns the features of the newer shape that fields, or a body made of them, use. */
export function onlyNewer({ identity, filters }: JsonObject): OnlyNewer[] {
  return [
    ...(isObject(identity) && list(identity.others).length > 0 ? ['identities' as const] : []),
    ...(list(filters).some(({ value_field: compared }) => isObject(compared)) ? ['filters' as const] : [])
  ]
}

/**
 * Converts the body of a create. No answer tells the shape, so it is the older one if that can express the
 * body.
 */
export function inKnownShape(body: JsonObject): JsonObject {
  return inShapes({ identities: false, filters: false }, undefined, body)
}

/** Converts a body to the shapes of the answer. */
export function inShapeOf(live: JsonObject, body: JsonObject): JsonObject {
  return inShapes(newerIn(live), live, body)
}

/**
 * Converts a body. The newer shape is also used if only that can express it: a service that drops it is
 * noticed on read-back.
 */
function inShapes(
  known: Record<OnlyNewer, boolean>,
  live: JsonObject | undefined,
  body: JsonObject
): JsonObject {
  const needed = onlyNewer(body)
  const identities = known.identities || needed.includes('identities')
  const isNewer = known.filters || needed.includes('filters')
  const { identity, filters, filter_logic: logic, ...rest } = body
  const target = isObject(body.target) ? body.target : {}
  const { filter_logic: targetLogic, ...plainTarget } = target
  return withoutAbsent({
    ...rest,
    ...(identities ? { identities: newerIdentities(identity, live?.identities) } : { identity }),
    ...(isNewer ? newerFilters(list(filters), logic, targetLogic) : { filters, filter_logic: logic }),
    target: isNewer ? plainTarget : body.target
  })
}

function newerIdentities(identity: Json | undefined, live: Json | undefined): JsonObject {
  if (!isObject(identity)) return { mappings: [] }
  const { others, strategy, ...first } = identity
  // With a single mapping, the only strategy is `priority`; it is sent if the live ones have a strategy.
  const only = isObject(live) && live.strategy !== undefined ? 'priority' : undefined
  return withoutAbsent({
    strategy: others === undefined ? only : (strategy ?? 'priority'),
    mappings: [first, ...list(others)]
  })
}

function newerFilters(
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
    model_filters: withoutAbsent({ conditions: forModel, logic: relabelled(modelLogic, ofModel) }),
    target_filters: withoutAbsent({ conditions: forTarget, logic: relabelled(targetLogic, ofTarget) })
  }
}

/** Renames labels: in the newer shape, the filters of each side have letters from A on. */
function relabelled(logic: Json | undefined, filters: readonly JsonObject[]): string | undefined {
  if (typeof logic !== 'string' || logic === '') return undefined
  const read = readLogic(logic)
  if (!read.ok) return logic
  const letters = new Map(filters.map(({ label }, index) => [textOf(label), letter(index)]))
  const tree = mapLogic(read.logic, ({ label }) => ({ filter: letters.get(label) ?? label }))
  return tree && printLogic(tree, (label) => label)
}
