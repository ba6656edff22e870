import { dictionary, isObject, textOf, type Json } from '../state/value.ts'
import { filtersIn, isOperator, negatedIn, readLogic } from './filter-logic.ts'
import type { Mistake } from '../state/question.ts'
import type { ItemProblem } from './kind.ts'
import { conditionText } from './sync-filters.ts'
import { labelsOf, ownOf, treeOf, type Side } from './sync-logic.ts'

/** What may be wrong with the logic of filters, as a file has it. */

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

/**
 * Warns of NOT in a logic of fields, which the documentation of the service does not mention. Only for what
 * a plan makes or changes: what is live with it is the service's own word.
 */
export function notProblems(path: Mistake['path'], logic: Json | undefined): Mistake[] {
  const tree = treeOf(logic)
  const negated = typeof tree === 'object' ? negatedIn(tree) : []
  if (negated.length === 0) return []
  const help = negated.map((one) => {
    if (!('filter' in one)) return 'NOT (A OR B) is the same as NOT A AND NOT B'
    const { filter } = one.filter
    const name = isObject(filter) ? textOf(filter.function ?? '') : ''
    const opposite = oppositeOf[name]
    return opposite === undefined
      ? `say the opposite of \`${conditionText(filter)}\` by its function`
      : `in place of NOT write \`function: ${opposite}\` for \`${name}\` in \`${conditionText(filter)}\``
  })
  return [
    {
      path,
      code: 'P432',
      severity: 'warning',
      message: 'the logic has `NOT`, which the service may refuse',
      label: 'nothing says that the service knows this',
      notes: ['its documentation names AND, OR and parentheses'],
      help: [...new Set(help)].slice(0, 5)
    }
  ]
}

/** Functions with their opposites. */
const opposites = [
  ['Equality', 'Inequality'],
  ['IsNull', 'IsNotNull'],
  ['True', 'False'],
  ['GreaterThan', 'LessThanEqual'],
  ['GreaterThanEqual', 'LessThan'],
  ['StringContains', 'StringDoesNotContain'],
  ['StringStartsWith', 'StringDoesNotStartWith'],
  ['StringEndsWith', 'StringDoesNotEndWith'],
  ['StringOneOf', 'StringNotOneOf'],
  ['ArrayContains', 'ArrayDoesNotContain'],
  ['StringLike', 'StringNotLike']
]
const oppositeOf = dictionary(
  Object.fromEntries(
    opposites.flatMap(([one = '', other = '']) => [
      [one, other],
      [other, one]
    ])
  )
)

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
