import { isEmpty, isObject, sortedText, textOf, type Json, type JsonObject } from '../state/value.ts'
import { referenceKey, withoutAbsent } from './fields.ts'
import type { ItemProblem } from './kind.ts'

/** Filters and overrides: conditions on one field. The key of a condition is all that it says. */

const filterRule = {
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
    // Newer services can compare with a field of a model.
    value_field: {
      is: 'object',
      fields: { model: { is: 'reference', kind: 'model' }, field: { is: 'scalar' } }
    }
  }
} as const

/** How filters are compared. Files may have those of the model and of the target apart. */
export const filtersRule = {
  is: 'set',
  key: conditionKey,
  group: (filter: Json): string => (isOfTarget(filter) ? 'target' : 'model'),
  item: filterRule
} as const

/** An override is a condition and what to write where it holds. */
export const overrideRule = {
  is: 'object',
  fields: { ...filterRule.fields, override: { is: 'json' } }
} as const

/** Returns the text of a condition with its model, which is its key and its name in plans. */
export function conditionKey(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const field = isObject(item.field) ? item.field : {}
  const model = field.model === undefined ? '' : `${referenceKey(field.model)}.`
  return `${model}${conditionText(item)}`
}

/** Returns the text of a condition without its model. */
export function conditionText(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const field = isObject(item.field) ? item.field : {}
  const where = item.field_id ?? field.field ?? '?'
  const other = isObject(item.value_field) ? ` = ${textOf(item.value_field.field)}` : ''
  const value = isEmpty(item.value) ? other : ` ${sortedText(item.value)}`
  return `${textOf(where)} ${textOf(item.function)}${value}`
}

/** Returns true for a filter on records of the target. */
export function isOfTarget(filter: Json): boolean {
  return isObject(filter) && textOf(filter.field_type ?? 'Model').toLowerCase() === 'target'
}

/**
 * Reports filters with members of the other side: a model's filter has `field`, one of the target
 * `field_id`.
 */
export function conditionProblems(item: JsonObject): ItemProblem[] {
  return [...mixedProblems(item), ...separateProblems(item)]
}

/** Reports problems of `filters`, the list with both sides. */
function mixedProblems(item: JsonObject): ItemProblem[] {
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
    if (!target && 'value_field' in filter)
      return [
        {
          path: [...path, 'value_field'],
          atKey: true,
          code: 'P109',
          message: 'only a filter of the target compares with a field',
          label: 'a filter of the model compares with a fixed value'
        }
      ]
    return comparedTwice(filter, path, 'value_field')
  })
}

/** Reports problems of `target_filters`. Its schema has the members of one side only. */
function separateProblems(item: JsonObject): ItemProblem[] {
  const { target_filters: ofTarget } = item
  const conditions = isObject(ofTarget) && Array.isArray(ofTarget.conditions) ? ofTarget.conditions : []
  return conditions.flatMap((condition, index) =>
    isObject(condition)
      ? comparedTwice(condition, ['target_filters', 'conditions', index], 'value_source')
      : []
  )
}

/** Reports a filter that compares both with a fixed value and with a field of a model. */
function comparedTwice(filter: JsonObject, path: ItemProblem['path'], other: string): ItemProblem[] {
  if (!(other in filter) || !('value' in filter)) return []
  return [
    {
      path: [...path, 'value'],
      atKey: true,
      code: 'P109',
      message: `a filter compares with \`value\` or with \`${other}\`, not with both`,
      label: 'the service refuses one beside the other'
    }
  ]
}

/** Returns a condition of YAML with its field expanded, and without an absent (null) value. */
export function withCondition(item: JsonObject, field: Json | undefined): JsonObject {
  return withoutAbsent({
    ...item,
    field,
    value: isEmpty(item.value) && item.value !== '' ? undefined : item.value
  })
}
