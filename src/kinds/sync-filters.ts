import { isEmpty, isObject, sortedText, textOf, type Json, type JsonObject } from '../state/value.ts'
import { referenceKey, withoutAbsent } from './fields.ts'
import type { ItemProblem } from './kind.ts'

/** Filters and overrides: a condition on one field, known by all that it says. */

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
    value: { is: 'json' },
    // Newer services can compare with a field of a model; files cannot say it.
    value_field: {
      is: 'object',
      fields: { model: { is: 'reference', kind: 'model' }, field: { is: 'scalar' } }
    }
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
  const field = isObject(item.field) ? item.field : {}
  const model = field.model === undefined ? '' : `${referenceKey(field.model)}.`
  return `${model}${saidBy(item)}`
}

/** The same, without the model. */
export function saidBy(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const field = isObject(item.field) ? item.field : {}
  const where = item.field_id ?? field.field ?? '?'
  const other = isObject(item.value_field) ? ` = ${textOf(item.value_field.field)}` : ''
  const value = isEmpty(item.value) ? other : ` ${sortedText(item.value!)}`
  return `${textOf(where)} ${textOf(item.function)}${value}`
}

/** Whether a filter is about the target's records. */
export function isOfTarget(filter: Json): boolean {
  return isObject(filter) && textOf(filter.field_type ?? 'Model').toLowerCase() === 'target'
}

/** A filter of a model names the model's field; one of the target names the target's. */
export function conditionProblems(item: JsonObject): ItemProblem[] {
  const filters = Array.isArray(item.filters) ? item.filters : []
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
    if (target && textOf(item.mode).toLowerCase() !== 'update') {
      const message = 'a filter of the target works with `mode: update` only'
      return [
        {
          path: [...path, 'field_type'],
          code: 'P109',
          message,
          label: `the mode is ${textOf(item.mode)}`
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
    value: isEmpty(item.value) && item.value !== '' ? undefined : item.value
  })
}
