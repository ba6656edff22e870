import { valueAt } from '../config/pointer.ts'
import type { Kind } from '../kinds/kind.ts'
import { Walk, type Point } from '../plan/compare.ts'
import { resolved, type Resolving } from '../plan/keyed.ts'
import { pairs } from '../plan/pairs.ts'
import type { FieldChange, Rename, Update } from '../plan/plan.ts'
import { addressText, type Live, type Path } from '../state/resource.ts'
import type { Rule } from '../state/rule.ts'
import {
  isEmpty,
  isItem,
  isObject,
  isSecret,
  membersOfItems,
  withReferences,
  type Json,
  type JsonObject,
  type Reference
} from '../state/value.ts'

/** A difference between the files and the service, and what the fields are to have instead. */
export interface Move {
  /** The difference as the plan has it; several where the service has nothing of a whole field. */
  changes: readonly FieldChange[]
  /** The path in the fields. The last position is -1 for an item that the files do not have. */
  at: Path
  /** What the service has, with references by name. Undefined: the value or item goes. */
  value: Json | undefined
  /** The files have secrets in a list that differs: what of it is whose, the service does not tell. */
  hasSecrets: boolean
}

/** What a move needs to know of the surroundings. */
export interface MoveContext {
  /** The name that files use for what is live. */
  nameOf(reference: Reference): string
  /** Takes defaults and empty parts out of a value that the files do not have yet. */
  shorten(rule: Rule, value: Json): Json | undefined
}

/**
 * Returns the differences of a change with what is live. They are found by the same walk as those of the
 * plan, and come in an order in which they can be made one after the other: items that go come
 * last, from the end of their list.
 */
export function movesOf(kind: Kind, change: Update | Rename, live: Live, context: MoveContext): Move[] {
  const points = pointsOf(kind, change, live)
  const moves = points.flatMap((point, index): Move[] => {
    const reported = change.fields[index]
    if (!reported) return []
    const at = point.node.at
    const isCarried = at.length === 1 && kind.fields[String(at[0])]?.class === 'carried'
    const hasSecrets = Array.isArray(point.wanted) && holdsSecret(point.wanted)
    const value = accepted(point, isCarried, context)
    const places = value === undefined ? placesOf(point, change) : [at]
    return places.map((place) => ({ changes: [reported], at: place, value, hasSecrets }))
  })
  return asWholes(kind, change, live, moves).toSorted(byRemoval)
}

/** Returns where an item stands: what says no more than its key counts once, however often it is written. */
function placesOf({ node, rule, wanted }: Point, change: Update | Rename): Path[] {
  const saysNoMore = rule.is === 'set' && (rule.item.is === 'scalar' || rule.item.is === 'reference')
  if (!node.isItem || !saysNoMore || wanted === undefined) return [node.at]
  const parent = node.at.slice(0, -1)
  const items = valueAt(change.wanted, parent)
  const keyOf = (item: Json): string => rule.key(resolved(item, resolvingOf(change)))
  const own = keyOf(wanted)
  const places = (Array.isArray(items) ? items : []).flatMap((item, index): Path[] =>
    item !== null && keyOf(item) === own ? [[...parent, index]] : []
  )
  return places.length > 1 ? places : [node.at]
}

/** Where the service has nothing of a field, all of it goes at once: its parts may not stand alone. */
function asWholes(kind: Kind, { wanted }: Update | Rename, live: Live, moves: readonly Move[]): Move[] {
  const required = Array.isArray(kind.schema.required) ? kind.schema.required : []
  const wholes = Object.entries(kind.fields).flatMap(([name, { class: owner, rule }]): Move[] => {
    const own = moves.filter(({ at }) => at[0] === name)
    const isWhole = (rule.is === 'object' || rule.is === 'set') && isEmpty(live.fields[name])
    const isSettled = own.every(({ changes }) =>
      changes.every(({ cause }) => (cause ?? 'drift') === 'drift')
    )
    if (!isWhole || !isSettled || own.length === 0) return []
    const mayBeEmpty = isObject(kind.schema.properties) && !needsItems(kind.schema.properties[name])
    const isStated = owner === 'carried' || required.includes(name)
    const value = isStated && rule.is === 'set' && mayBeEmpty ? emptyOf(wanted[name]) : undefined
    return [{ changes: changesOf(own), at: [name], value, hasSecrets: false }]
  })
  const names = new Set(wholes.map(({ at }) => at[0]))
  return [...moves.filter(({ at }) => !names.has(at[0])), ...wholes]
}

function needsItems(schema: Json | undefined): boolean {
  return isObject(schema) && typeof schema.minItems === 'number' && schema.minItems > 0
}

/** Returns the differences of moves, each once: several moves may be about one. */
export function changesOf(moves: readonly Move[]): FieldChange[] {
  return [...new Set(moves.flatMap(({ changes }) => changes))]
}

function resolvingOf({ ids }: Update | Rename): Resolving {
  return {
    idOf: ({ $ref, name, id }) =>
      id ?? (name === undefined ? undefined : ids[addressText({ kind: $ref, name })])
  }
}

function pointsOf(kind: Kind, change: Update | Rename, live: Live): Point[] {
  const points: Point[] = []
  const walk = new Walk(kind.fields, { wanted: change.wanted, live: live.fields }, resolvingOf(change), {
    point: (point) => void points.push(point)
  })
  for (const name of Object.keys(kind.fields)) walk.field(name, pairs.difference)
  return points
}

/** Returns what the files are to say at a point. */
function accepted(
  { node, rule, wanted, live }: Point,
  isCarried: boolean,
  context: MoveContext
): Json | undefined {
  if (isEmpty(live)) return isCarried && typeof wanted === 'object' ? emptyOf(wanted) : undefined
  const named = withReferences(live, (one) => ({ $ref: one.$ref, name: context.nameOf(one) }))
  if (rule.is === 'stated' && Array.isArray(wanted) && Array.isArray(named))
    return statedItems(wanted, named)
  const isNew = wanted === undefined || rule.is === 'object'
  if (!isNew) return named
  return shortened(node.isItem && rule.is === 'set' ? rule.item : rule, named, context)
}

function shortened(rule: Rule, value: Json, { shorten }: MoveContext): Json {
  return shorten(rule, value) ?? value
}

function holdsSecret(value: Json): boolean {
  if (isSecret(value)) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret)
}

/** A list or mapping that stays managed is written as an empty one. */
function emptyOf(wanted: Json | undefined): Json | undefined {
  return Array.isArray(wanted) ? [] : isObject(wanted) ? {} : undefined
}

/** Items that the files state stay as they are stated: the service may answer more of them. */
function statedItems(wanted: readonly Json[], live: readonly Json[]): Json[] {
  const members = membersOfItems(wanted)
  const left = [...live]
  const kept = wanted.filter((item) => {
    const at = left.findIndex((one) =>
      isObject(item) && isObject(one)
        ? isItem(item, one, members)
        : JSON.stringify(item) === JSON.stringify(one)
    )
    if (at !== -1) left.splice(at, 1)
    return at !== -1
  })
  return [...kept, ...left]
}

function isItemRemoval({ at, value }: Move): boolean {
  return value === undefined && typeof at.at(-1) === 'number'
}

function byRemoval(a: Move, b: Move): number {
  const [first, second] = [isItemRemoval(a), isItemRemoval(b)]
  if (!first || !second) return Number(first) - Number(second)
  for (const [index, part] of a.at.entries()) {
    const other = b.at[index]
    if (typeof part === 'number' && typeof other === 'number' && part !== other) return other - part
  }
  return 0
}

/** Returns fields with one difference taken over. */
export function withMove(fields: JsonObject, { at, value }: Pick<Move, 'at' | 'value'>): JsonObject {
  const whole: JsonObject = structuredClone(fields)
  let inner: Json = whole
  for (const [index, part] of at.entries()) {
    if (index === at.length - 1) put(inner, part, value)
    else inner = entered(inner, part, typeof at[index + 1] === 'number')
  }
  return whole
}

function put(into: Json, part: string | number, value: Json | undefined): void {
  if (Array.isArray(into) && typeof part === 'number') {
    if (value === undefined) into.splice(part, 1)
    else if (part === -1) into.push(value)
    else into[part] = value
  } else if (isObject(into)) {
    if (value === undefined) delete into[String(part)]
    else into[String(part)] = value
  }
}

function entered(into: Json, part: string | number, isList: boolean): Json {
  const held = Array.isArray(into) ? into[Number(part)] : isObject(into) ? into[String(part)] : undefined
  if (typeof held === 'object' && held !== null) return held
  const created: Json = isList ? [] : {}
  put(into, part, created)
  return created
}
