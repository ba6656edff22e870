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
  isOperator,
  mapLogic,
  overLogic,
  plainLogic,
  printLogic,
  readLogic,
  withoutRepeats,
  type Logic
} from './filter-logic.ts'
import type { ItemProblem, ToWire } from './kind.ts'
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

/** Converts a tree to a logic over letters. Filters that no longer exist are left out. */
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
  const lettered = mapLogic(tree, ({ filter, by }): Logic<string> | undefined => {
    const key = keyOf(byId(filter), by)
    const same = own.filter(([, one]) => keyOf(byId(one), by) === key)
    const letters = same.map(([index]) => ({ filter: letter(index) }))
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

function ownOf(filters: readonly Json[], of: Side): [index: number, filter: Json][] {
  return [...filters.entries()].filter(([, filter]) => isOfTarget(filter) === (of === 'target'))
}

function treeOf(logic: Json | undefined): Logic<Leaf> | string | undefined {
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

/** The filters of a logic, as a file has them. */
export interface OfLogic {
  filters: readonly Json[]
  labels: readonly string[]
  of: Side
  /** It is the `logic` of `model_filters` or `target_filters`, which must name every filter. */
  isNewer: boolean
}

/** Reports syntax errors and unknown labels of a logic, and filters that it leaves out. */
export function logicProblems(
  path: readonly string[],
  logic: Json | undefined,
  { filters, labels, of, isNewer }: OfLogic
): ItemProblem[] {
  if (typeof logic !== 'string' || logic.trim() === '') return []
  const own = ownOf(filters, of).flatMap(([index]) => labels[index] ?? [])
  const read = readLogic(logic)
  if (!read.ok) {
    const { error } = read
    const unspeakable = own.filter((label) => /[\s()]/.test(label) || isOperator(label))
    const notes = unspeakable.map((label) => `no logic can name the label \`${label}\`: it is not one word`)
    return [
      {
        path,
        code: 'P205',
        message: error.message,
        label: error.label,
        notes,
        within: { text: logic, ...error }
      }
    ]
  }
  const named = new Map(
    filtersIn(read.logic)
      .toReversed()
      .map((one) => [one.label, one])
  )
  const unknown = [...named.values()].toReversed().filter(({ label }) => !own.includes(label))
  if (unknown.length > 0)
    return unknown.map(({ label, start, end }) => ({
      path,
      code: 'P205' as const,
      message: unknownLabel(label, isNewer ? own : labels, of),
      label:
        !isNewer && labels.includes(label)
          ? `\`${label}\` is of the other sort`
          : `\`${label}\` is not a label`,
      notes: [own.length === 0 ? 'there are no filters' : `the labels are: ${own.join(', ')}`],
      help: own
        .filter((one) => one.toLowerCase() === label.toLowerCase())
        .map((one) => `labels are compared exactly: write \`${one}\``),
      within: { text: logic, start, end }
    }))
  const left = own.filter((label) => !named.has(label))
  return left.map((label) => leftOut(path, label, isNewer))
}

function unknownLabel(label: string, labels: readonly string[], of: Side): string {
  if (!labels.includes(label)) return `the logic names \`${label}\`, but no filter has this label`
  const [is, other] = of === 'model' ? ['target', '`target.filter_logic`'] : ['model', '`filter_logic`']
  return `the logic names \`${label}\`, which is a filter of the ${is}: it belongs into ${other}`
}

function leftOut(path: readonly string[], label: string, isNewer: boolean): ItemProblem {
  return {
    path,
    atKey: true,
    code: 'P207',
    ...(isNewer ? {} : { severity: 'warning' as const }),
    message: `the logic does not name the filter \`${label}\``,
    label: 'it says nothing of this filter',
    notes: [
      isNewer
        ? 'a logic has to name each of its filters at least once: the service refuses any other'
        : 'newer services refuse a logic that leaves a filter out; older ones do not say what they do then'
    ],
    help: [`name \`${label}\` in the logic, or take the filter out`]
  }
}

/** Reports filters with one label, which would be ambiguous in a logic. */
export function duplicateLabels(path: readonly string[], filters: readonly Json[]): ItemProblem[] {
  const labels = labelsOf(filters)
  return labels.flatMap((label, index) =>
    labels.indexOf(label) === index
      ? []
      : [
          {
            path: [...path, index, 'label'],
            code: 'P202' as const,
            message: `two filters have the label \`${label}\``,
            label: 'this label is taken'
          }
        ]
  )
}
