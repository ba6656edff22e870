import { isDeepStrictEqual } from 'node:util'
import {
  isEmpty,
  isObject,
  isReference,
  sortedText,
  textOf,
  type Json,
  type JsonObject
} from '../state/value.ts'
import type { Rule } from '../state/rule.ts'
import {
  filtersIn,
  mapLogic,
  overLogic,
  plainLogic,
  printLogic,
  readLogic,
  withoutRepeats,
  type Logic
} from './filter-logic.ts'
import type { ToWire } from './kind.ts'
import { conditionKey, isOfTarget, conditionText } from './sync-filters.ts'

/**
 * The logic of the filters of a sync. Labels are unstable: the service assigns letters in the order of its
 * list, which may change. So in the normal form a logic is a tree over the contents of filters, and stays
 * the same when filters move, or when a person edits what they compare with.
 */

/** A filter in a logic, with the criteria that tell it from the other filters. */
type Leaf = {
  filter: JsonObject
  by: Criterion[]
}

/** What identifies a filter, beside its field. */
type Criterion = 'function' | 'model' | 'value'

const whole: Criterion[] = ['model', 'function', 'value']

/** Combinations of criteria, from the fewest to all of them. */
const criteria: readonly Criterion[][] = [
  [],
  ['function'],
  ['model'],
  ['model', 'function'],
  ['function', 'value'],
  whole
]

/** Filters of the model and of the target share one list, but each side has its own logic. */
export type Side = 'model' | 'target'

/** How a logic is compared: by the criteria of its filters. Their other members are compared as filters. */
export const logicRule: Rule = {
  is: 'text',
  shown: (value) =>
    textOfLogic(value, ({ filter, by }) => {
      return `[${by.includes('model') ? conditionKey(filter) : conditionText(filter)}]`
    }),
  known: (value) => textOfLogic(value, ({ filter, by }) => keyOf(filter, by))
}

/** Converts a logic to a tree; undefined if all filters must hold. Text that cannot be parsed is kept. */
export function logicFromLabels(
  logic: Json | undefined,
  filters: readonly Json[],
  labels: readonly string[],
  of: Side
): Json | undefined {
  if (typeof logic !== 'string' || logic.trim() === '') return undefined
  const own = ownOf(filters, of)
  const read = readLogic(logic)
  if (!read.ok) return { unread: logic }
  // Equal filters count as one.
  const first = new Map(own.toReversed().map(([index, filter]) => [wholeKey(filter), index]))
  const byLabel = new Map(
    own.map(([index, filter]) => [labels[index] ?? '', first.get(wholeKey(filter)) ?? index])
  )
  const named = overLogic(read.logic, ({ label }) => byLabel.get(label))
  if (!named || filtersIn(read.logic).some(({ label }) => !byLabel.has(label))) return { unread: logic }
  const tree = withoutRepeats(named)
  const plain = plainLogic(tree)
  if (plain && 'all' in plain && isDeepStrictEqual(new Set(plain.all), new Set(first.values())))
    return undefined
  const all = own.map(([, filter]) => filter)
  const leaves = new Map(own.map(([index, filter]) => [index, leafOf(filter, all)]))
  return overLogic(tree, (index) => leaves.get(index))
}

/**
 * Converts a tree to a logic over letters, or over the labels that filters have. Filters that no longer exist
 * are left out.
 */
export function logicToLetters(
  logic: Json | undefined,
  filters: readonly Json[],
  of: Side,
  idOf: ToWire['id']
): string | undefined {
  const tree = treeOf(logic)
  if (typeof tree !== 'object') return tree
  const byId = (value: Json): Json => withIds(value, idOf)
  const own = ownOf(filters, of)
  const labels = labelsOf(filters)
  const lettered = mapLogic(tree, ({ filter, by }): Logic<string> | undefined => {
    const key = keyOf(byId(filter), by)
    const same = own.filter(([, one]) => keyOf(byId(one), by) === key)
    const letters = same.map(([index]) => ({ filter: labels[index] ?? '' }))
    return letters.length > 1 ? { all: letters } : letters[0]
  })
  return lettered && textOfTree(lettered, (label) => label)
}

/** Returns true if a logic names exactly the given filters; else it belongs to other filters. */
export function fitsFilters(logic: Json | undefined, filters: readonly Json[], of: Side): boolean {
  const tree = treeOf(logic)
  if (typeof tree !== 'object') return tree === undefined
  const own = ownOf(filters, of).map(([, filter]) => filter)
  const leaves = filtersIn(tree)
  const isNamed = (filter: Json, { filter: named, by }: Leaf): boolean =>
    keyOf(withNames(filter), by) === keyOf(withNames(named), by)
  const isOne = (leaf: Leaf): boolean =>
    new Set(own.filter((filter) => isNamed(filter, leaf)).map(wholeKey)).size === 1
  return leaves.every(isOne) && own.every((filter) => leaves.some((leaf) => isNamed(filter, leaf)))
}

/** Reduces a logic to the given filters, as the service answers it after the others were removed. */
export function logicOver(logic: Json | undefined, filters: readonly Json[], of: Side): Json | undefined {
  if (typeof treeOf(logic) !== 'object' || fitsFilters(logic, filters, of)) return logic
  const letters = logicToLetters(logic, filters, of, ({ name, id }) => name ?? id ?? '')
  return logicFromLabels(letters, filters, [...filters.keys()].map(letter), of)
}

/** Returns the label by position: A, B, … Z, AA, AB … */
export function letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last
}

/** Returns the labels of filters: those in the file, or letters by position. */
export function labelsOf(filters: readonly Json[]): string[] {
  return filters.map((filter, index) => {
    const label = isObject(filter) ? filter.label : undefined
    return typeof label === 'string' && label !== '' ? label : letter(index)
  })
}

/** Returns the filters of one side, with their positions. */
export function ownOf(filters: readonly Json[], of: Side): [index: number, filter: Json][] {
  return [...filters.entries()].filter(([, filter]) => isOfTarget(filter) === (of === 'target'))
}

/** Returns a logic of fields as a tree; text that cannot be parsed stays. */
export function treeOf(logic: Json | undefined): Logic<Leaf> | string | undefined {
  if (isObject(logic) && typeof logic.unread === 'string') return logic.unread
  return isTree(logic) ? logic : undefined
}

/** Returns true for a tree of `logicFromLabels`. The shape is checked: a plan may come from a file. */
function isTree(logic: Json | undefined): logic is Logic<Leaf> {
  if (!isObject(logic)) return false
  if (logic.not !== undefined) return isTree(logic.not)
  const parts = logic.all ?? logic.any
  if (parts !== undefined) return Array.isArray(parts) && parts.every(isTree)
  return isObject(logic.filter) && isObject(logic.filter.filter) && Array.isArray(logic.filter.by)
}

/** Makes a leaf with the fewest criteria that no other filter of its side fulfils. */
function leafOf(filter: Json, own: readonly Json[]): Leaf {
  const isUnique = (by: readonly Criterion[]): boolean =>
    own.filter((other) => keyOf(other, by) === keyOf(filter, by)).length === 1
  const by = criteria.find(isUnique) ?? whole
  const { label: _label, ...rest } = isObject(filter) ? filter : {}
  if (by.includes('model') || !isObject(rest.field)) return { filter: rest, by }
  // The model is no criterion, so it must not be in the leaf: renaming the model would change the logic.
  const { model: _model, ...field } = rest.field
  return { filter: { ...rest, field }, by }
}

function keyOf(filter: Json, by: readonly Criterion[]): string {
  if (!isObject(filter)) return textOf(filter)
  const field = isObject(filter.field) ? filter.field : undefined
  const sort = isOfTarget(filter) ? 'Target' : 'Model'
  return sortedText([
    sort,
    field ? (field.field ?? null) : { id: filter.field_id ?? null },
    by.includes('model') ? (field?.model ?? null) : null,
    by.includes('function') ? textOf(filter.function ?? '').toLowerCase() : null,
    by.includes('value') ? [isEmpty(filter.value) ? null : filter.value, filter.value_field ?? null] : null
  ])
}

function wholeKey(filter: Json): string {
  return keyOf(withNames(filter), whole)
}

function textOfLogic(value: Json, nameOf: (leaf: Leaf) => string): string {
  const tree = treeOf(value)
  return typeof tree === 'object' ? textOfTree(tree, nameOf) : (tree ?? '')
}

/** Prints a tree. With one operator only, order has no meaning, so the filters are sorted. */
function textOfTree<T>(tree: Logic<T>, nameOf: (filter: T) => string): string {
  const plain = plainLogic(tree)
  if (!plain) return printLogic(tree, nameOf)
  const [leaves, operator] = 'all' in plain ? [plain.all, ' AND '] : [plain.any, ' OR ']
  return [...new Set(leaves.map(nameOf))].toSorted().join(operator)
}

function withIds(value: Json, idOf: ToWire['id']): Json {
  return replaced(value, (reference) => idOf(reference))
}

function withNames(value: Json): Json {
  return replaced(value, ({ name, id }) => name ?? id ?? '')
}

function replaced(value: Json, change: Parameters<typeof withIds>[1]): Json {
  if (isReference(value)) return change(value)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaced(inner, change)]))
}
