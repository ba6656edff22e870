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
  const value = isEmpty(item.value) ? other : ` ${sortedText(item.value)}`
  return `${textOf(where)} ${textOf(item.function)}${value}`
}

/** Whether a filter is about the target's records. */
export function isOfTarget(filter: Json): boolean {
  return isObject(filter) && textOf(filter.field_type ?? 'Model').toLowerCase() === 'target'
}

/** A filter of a model names the model's field; one of the target names the target's. */
export function conditionProblems(item: JsonObject): ItemProblem[] {
  return [...mixedProblems(item), ...separateProblems(item)]
}

/** Of filters of both sorts in one list. */
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
    return [
      ...withOtherMode(item, [...path, 'field_type'], target),
      ...comparedTwice(filter, path, 'value_field')
    ]
  })
}

/** Of each sort by itself: their fields are those of their schemas. */
function separateProblems(item: JsonObject): ItemProblem[] {
  const { target_filters: ofTarget } = item
  const conditions = isObject(ofTarget) && Array.isArray(ofTarget.conditions) ? ofTarget.conditions : []
  return [
    ...(conditions.length > 0 ? withOtherMode(item, ['target_filters'], true) : []),
    ...conditions.flatMap((condition, index) =>
      isObject(condition)
        ? comparedTwice(condition, ['target_filters', 'conditions', index], 'value_source')
        : []
    )
  ]
}

function withOtherMode(
  { mode }: JsonObject,
  path: ItemProblem['path'],
  isOfTargets: boolean
): ItemProblem[] {
  if (!isOfTargets || textOf(mode).toLowerCase() === 'update') return []
  const message = 'a filter of the target works with `mode: update` only'
  return [
    {
      path,
      ...(path.length === 1 && { atKey: true }),
      code: 'P109',
      message,
      label: `the mode is ${textOf(mode)}`
    }
  ]
}

/** With a fixed value, or with a field of a model. */
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

/** A condition of YAML with its field written out, and no empty value where the function wants none. */
export function withCondition(item: JsonObject, field: Json | undefined): JsonObject {
  return withoutAbsent({
    ...item,
    field,
    value: isEmpty(item.value) && item.value !== '' ? undefined : item.value
  })
}
