import { isEmpty, isObject, sortedText, textOf, type Json, type JsonObject } from '../state/value.ts'
import { isDeepStrictEqual } from 'node:util'
import { referenceKey, withoutAbsent } from './fields.ts'
import type { ItemProblem } from './kind.ts'

/**
 * Filters, overrides and the logic over filters. The service labels filters with letters in the order of
 * its list and may move them, so labels are never compared: in the normal form the logic names each filter
 * by what it says (`[email IsNotNull] AND [age LessThan 18]`). Names of models are left out there, for a
 * text cannot follow them when they are renamed.
 */

/** How filters are compared. */
export const filterRule = {
  is: 'object',
  fields: {
    field: {
      is: 'object',
      fields: { model: { is: 'reference', kind: 'model' }, field: { is: 'scalar' } }
    },
    field_id: { is: 'scalar' },
    field_type: { is: 'scalar', default: 'Model', caseless: true },
    function: { is: 'scalar', caseless: true },
    value: { is: 'json' }
  }
} as const

/** An override is a condition and what to write where it holds. */
export const overrideRule = {
  is: 'object',
  fields: { ...filterRule.fields, override: { is: 'json' } }
} as const

/** What a filter says, in few words: it is the filter's name wherever one is needed. */
export function conditionKey(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const field = isObject(item['field']) ? item['field'] : {}
  const model = field['model'] === undefined ? '' : `${referenceKey(field['model'])}.`
  return `${model}${saidBy(item)}`
}

function saidBy(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const field = isObject(item['field']) ? item['field'] : {}
  const where = item['field_id'] ?? field['field'] ?? '?'
  const value = isEmpty(item['value']) ? '' : ` ${sortedText(item['value']!)}`
  return `${textOf(where)} ${textOf(item['function'])}${value}`
}

/**
 * How the logic names each filter: with its model only where the same is said of a field of another model.
 */
function namesIn(filters: readonly Json[]): string[] {
  return filters.map((filter) => {
    const short = saidBy(filter)
    const full = conditionKey(filter)
    const hasTwin = filters.some((other) => saidBy(other) === short && conditionKey(other) !== full)
    return `[${hasTwin ? full : short}]`
  })
}

function isOfTarget(filter: Json): boolean {
  return isObject(filter) && textOf(filter['field_type'] ?? 'Model').toLowerCase() === 'target'
}

/**
 * The logic with every label replaced by what its filter says. Absent when all filters must hold: that is
 * the default. Filters of the model and of the target share one list, but each has its own logic.
 */
export function logicFromLabels(
  logic: Json | undefined,
  filters: readonly Json[],
  labels: readonly string[],
  of: 'model' | 'target'
): string | undefined {
  if (typeof logic !== 'string' || logic.trim() === '') return undefined
  const names = namesIn(filters)
  const byLabel = new Map(labels.map((label, index) => [label.toLowerCase(), names[index] ?? label]))
  const words = tokens(logic).map((word) =>
    isOperator(word) ? word.toUpperCase() : (byLabel.get(word.toLowerCase()) ?? word)
  )
  const own = names.filter((_, index) => isOfTarget(filters[index] ?? null) === (of === 'target'))
  return canonical(words, own)
}

/** The letters that the service wants, from the logic of the normal form. */
export function logicToLetters(logic: Json | undefined, filters: readonly Json[]): string | undefined {
  if (typeof logic !== 'string') return undefined
  const byLength = namesIn(filters)
    .map((name, index) => ({ name, letter: letter(index) }))
    .toSorted((a, b) => b.name.length - a.name.length)
  return byLength.reduce((text, { name, letter }) => text.replaceAll(name, letter), logic)
}

/** A, B, … Z, AA, AB … */
export function letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last
}

/** Labels as written, or letters by position. */
export function labelsOf(filters: readonly Json[]): string[] {
  return filters.map((filter, index) => {
    const label = isObject(filter) ? filter['label'] : undefined
    return typeof label === 'string' && label !== '' ? label : letter(index)
  })
}

/** Without parentheses and with one operator only, the order says nothing. */
function canonical(words: string[], all: readonly string[]): string | undefined {
  const operators = new Set(words.filter(isOperator))
  const plain = operators.size <= 1 && !operators.has('NOT') && !words.includes('(')
  if (!plain) return joined(words)
  const terms = [...new Set(words.filter((word) => !isOperator(word)))].toSorted()
  const operator = terms.length === 1 ? 'AND' : ([...operators][0] ?? 'AND')
  const everything = operator === 'AND' && isDeepStrictEqual(terms, [...new Set(all)].toSorted())
  return everything ? undefined : terms.join(` ${operator} `)
}

function joined(words: readonly string[]): string {
  return words.reduce((text, word) => {
    const isTight = text === '' || text.endsWith('(') || word === ')'
    return `${text}${isTight ? '' : ' '}${word}`
  }, '')
}

function tokens(logic: string): string[] {
  return logic.match(/[()]|[^\s()]+/g) ?? []
}

function isOperator(word: string): boolean {
  return /^(and|or|not)$/i.test(word)
}

/** Labels that no filter has, and labels that two filters have. */
export function logicProblems(
  item: JsonObject,
  path: readonly string[],
  logic: Json | undefined
): ItemProblem[] {
  if (typeof logic !== 'string') return []
  const filters = Array.isArray(item['filters']) ? item['filters'] : []
  const labels = labelsOf(filters)
  const known = new Set(labels.map((label) => label.toLowerCase()))
  const unknown = tokens(logic).filter(
    (word) => !isOperator(word) && !/[()]/.test(word) && !known.has(word.toLowerCase())
  )
  return [...new Set(unknown)].map((word) => ({
    path,
    code: 'P205',
    message: `the logic names \`${word}\`, but no filter has this label`,
    label: `\`${word}\` is not a label`,
    notes: [labels.length === 0 ? 'there are no filters' : `the labels are: ${labels.join(', ')}`]
  }))
}

/** A label that two filters have says nothing. */
export function duplicateLabels(item: JsonObject): ItemProblem[] {
  const filters = Array.isArray(item['filters']) ? item['filters'] : []
  const labels = labelsOf(filters).map((label) => label.toLowerCase())
  return labels.flatMap((label, index) =>
    labels.indexOf(label) === index
      ? []
      : [
          {
            path: ['filters', index, 'label'],
            code: 'P202' as const,
            message: `two filters have the label \`${label}\``,
            label: 'this label is taken'
          }
        ]
  )
}

/** A filter of a model names the model's field; one of the target names the target's. */
export function conditionProblems(item: JsonObject): ItemProblem[] {
  const filters = Array.isArray(item['filters']) ? item['filters'] : []
  return filters.flatMap((filter, index): ItemProblem[] => {
    if (!isObject(filter)) return []
    const target = isOfTarget(filter)
    const key = target ? 'field_id' : 'field'
    const other = target ? 'field' : 'field_id'
    const path = ['filters', index]
    if (!(key in filter)) {
      const message = target ? 'a filter of the target needs `field_id`' : 'a filter needs `field`'
      return [{ path, code: 'P103', message, label: `\`${key}\` is missing here` }]
    }
    if (other in filter) {
      const message = target
        ? 'a filter of the target names its field with `field_id` alone'
        : 'a filter names its field with `field` alone'
      const label = 'the service would ignore this'
      return [{ path: [...path, other], atKey: true, code: 'P109', message, label }]
    }
    if (target && textOf(item['mode']).toLowerCase() !== 'update') {
      const message = 'a filter of the target works with `mode: update` only'
      return [
        {
          path: [...path, 'field_type'],
          code: 'P109',
          message,
          label: `the mode is ${textOf(item['mode'])}`
        }
      ]
    }
    return []
  })
}

/** A condition of YAML with its field written out, and no empty value where the function wants none. */
export function withCondition(item: JsonObject, field: Json | undefined): JsonObject {
  return withoutAbsent({
    ...item,
    field,
    value: isEmpty(item['value']) && item['value'] !== '' ? undefined : item['value']
  })
}
