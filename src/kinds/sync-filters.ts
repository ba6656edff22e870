import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { referenceKey, withoutAbsent } from './fields.ts'
import type { ItemProblem } from './kind.ts'

/**
 * Filters, overrides and the logic over filters. The service labels filters with letters in the order of its list and may move them, so
 * labels are never compared: in the normal form the logic names each filter by what it says (`[email IsNotNull] AND [age LessThan 18]`).
 */

export const filterRule = {
  is: 'object',
  fields: {
    field: {
      is: 'object',
      fields: { model: { is: 'reference', kind: 'model' }, field: { is: 'scalar' } }
    },
    field_id: { is: 'scalar' },
    field_type: { is: 'scalar', default: 'Model' },
    function: { is: 'scalar', caseless: true },
    value: { is: 'json' }
  }
} as const

export const overrideRule = {
  is: 'object',
  fields: { ...filterRule.fields, override: { is: 'json' } }
} as const

/** What a filter says, in few words: it is the filter's name wherever one is needed. */
export function conditionKey(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const field = isObject(item['field']) ? item['field'] : {}
  const where = item['field_id'] ?? field['field'] ?? '?'
  const model = field['model'] === undefined ? '' : `${referenceKey(field['model'])}.`
  const value = isEmpty(item['value']) ? '' : ` ${JSON.stringify(item['value'])}`
  return `${model}${textOf(where)} ${textOf(item['function'])}${value}`
}

/** The logic with every label replaced by what its filter says. Absent when all filters must hold: that is the default. */
export function logicFromLabels(
  logic: Json | undefined,
  filters: readonly Json[],
  labels: readonly string[]
): string | undefined {
  if (typeof logic !== 'string' || logic.trim() === '') return undefined
  const keys = new Map(
    labels.map((label, index) => [label.toLowerCase(), `[${conditionKey(filters[index] ?? null)}]`])
  )
  const words = tokens(logic).map((word) =>
    isOperator(word) ? word.toUpperCase() : (keys.get(word.toLowerCase()) ?? word)
  )
  return canonical(words, [...keys.values()])
}

/** The letters that the service wants, from the logic of the normal form. */
export function logicToLetters(logic: Json | undefined, filters: readonly Json[]): string | undefined {
  if (typeof logic !== 'string') return undefined
  const byLength = filters
    .map((filter, index) => ({ key: `[${conditionKey(filter)}]`, letter: letter(index) }))
    .toSorted((a, b) => b.key.length - a.key.length)
  return byLength.reduce((text, { key, letter }) => text.replaceAll(key, letter), logic)
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
  if (!plain) return words.join(' ').replaceAll('( ', '(').replaceAll(' )', ')')
  const operator = [...operators][0] ?? 'AND'
  const terms = [...new Set(words.filter((word) => !isOperator(word)))].toSorted()
  const everything = operator === 'AND' && terms.length === new Set(all).size
  return everything ? undefined : terms.join(` ${operator} `)
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
    const target = textOf(filter['field_type'] ?? 'Model').toLowerCase() === 'target'
    const key = target ? 'field_id' : 'field'
    const other = target ? 'field' : 'field_id'
    const path = ['filters', index]
    if (other in filter && key in filter) return []
    if (!(key in filter) && !(other in filter && !target)) {
      const message = target ? 'a filter of the target needs `field_id`' : 'a filter needs `field`'
      return [{ path, code: 'P103', message, label: `\`${key}\` is missing here` }]
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

export function withCondition(item: JsonObject, field: Json | undefined): JsonObject {
  return withoutAbsent({
    ...item,
    field,
    value: isEmpty(item['value']) && item['value'] !== '' ? undefined : item['value']
  })
}
