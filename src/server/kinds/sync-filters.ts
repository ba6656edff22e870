import {
  filterFunctions,
  type Filter,
  type Override,
  type Source,
  type SyncRequest
} from '../../wire/sync.ts'
import type { TargetMode, TargetObjectFacts } from '../enumeration/target-object.ts'
import { fieldId } from '../enumeration/source-fields.ts'
import { invalid } from '../refusal.ts'
import type { StoredModel } from '../stored.ts'
import { letter, logicProblem } from './filter-logic.ts'
import { canRead } from './model-fields.ts'

/** What conditions are checked against. */
export interface ConditionContext {
  model(id: string): StoredModel | undefined
  /** Of the sync: where a field is only named by an id, it is one of these. */
  models: StoredModel[]
  mode: TargetMode | undefined
  modeName: string
  facts: TargetObjectFacts
}

/** The filters to store: labelled in order, each with the field and the field's id. */
export function readFilters(request: SyncRequest, context: ConditionContext): Filter[] {
  return (request.filters ?? []).map((filter, index) => readFilter(filter, index, context))
}

function readFilter(filter: Filter, index: number, context: ConditionContext): Filter {
  const where = `filters[${index}]`
  const named = {
    function: readFunction(filter.function, `${where}.function`),
    ...(filter.value === undefined ? {} : { value: filter.value }),
    label: letter(index)
  }
  const fieldType = (filter.field_type ?? '').toLowerCase()
  if (fieldType === 'target') return { ...readTargetField(filter, where, context), ...named }
  if (fieldType !== '' && fieldType !== 'model') {
    throw invalid(`${where}.field_type`, 'must be one of Model, Target')
  }
  const field = readField(filter, where, context)
  return { field, field_id: fieldId(field.model_id, field.field), field_type: 'Model', ...named }
}

function readTargetField(
  filter: Filter,
  where: string,
  context: ConditionContext
): Pick<Filter, 'field_id' | 'field_type'> {
  const id = filter.field_id ?? ''
  if (id === '') throw invalid(`${where}.field_id`, 'is required for a filter on the target')
  if (context.modeName !== 'update') {
    throw invalid(where, 'is on the target, which only the mode update allows')
  }
  if (context.mode?.supports_target_filters === false) {
    throw invalid(where, 'is on the target, which this target does not support')
  }
  const { fields } = context.facts
  const field = fields?.find((one) => one.id === id)
  if (fields !== undefined && field === undefined)
    throw invalid(`${where}.field_id`, `is not a field of the target: ${id}`)
  if (field?.filterable === false)
    throw invalid(`${where}.field_id`, `is a field that cannot be filtered: ${id}`)
  return { field_id: id, field_type: 'Target' }
}

/** Of a condition, `field_id` wins over `field`. */
function readField(condition: Filter | Override, where: string, context: ConditionContext): Source {
  const id = condition.field_id ?? ''
  return readSource(id === '' ? (condition.field ?? undefined) : undefined, id, where, context)
}

/** The overrides to store. */
export function readOverrides(request: SyncRequest, context: ConditionContext): Override[] {
  return (request.overrides ?? []).map((override, index) => readOverride(override, index, context))
}

function readOverride(override: Override, index: number, context: ConditionContext): Override {
  const where = `overrides[${index}]`
  const field = readField(override, where, context)
  const read: Override = { field, field_id: fieldId(field.model_id, field.field) }
  if (override.function) read.function = readFunction(override.function, `${where}.function`)
  if (override.value !== undefined) read.value = override.value
  if (override.override !== undefined) read.override = override.override
  return read
}

function readFunction(name: string, where: string): string {
  if (filterFunctions.some((known) => known === name)) return name
  throw invalid(where, `must be one of ${filterFunctions.join(', ')}`)
}

/**
 * The field that a reference or an id means; an id may also be the name of a field of one of the sync's
 * models.
 */
function readSource(
  field: Source | undefined,
  id: string | undefined,
  where: string,
  context: ConditionContext
): Source {
  if (field !== undefined) {
    const model = context.model(field.model_id)
    if (model === undefined) throw invalid(`${where}.field.model_id`, `names no model: ${field.model_id}`)
    if (!canRead(model, field.field)) {
      throw invalid(`${where}.field.field`, `is not a field of the model "${model.name}": ${field.field}`)
    }
    return { model_id: field.model_id, field: field.field }
  }
  if (id === undefined || id === '') throw invalid(`${where}.field`, 'is required')
  for (const model of context.models) {
    const named = model.fields.find((one) => one.id === id || one.name === id)
    if (named !== undefined) return { model_id: model.id, field: named.name }
  }
  throw invalid(`${where}.field_id`, `is not a field of the sync's models: ${id}`)
}

/** The logic to store; without filters there is none. */
export function readLogic(
  sent: string | null | undefined,
  filters: Filter[],
  where: string
): string | undefined {
  const logic = sent ?? ''
  if (logic.trim() === '' || filters.length === 0) return undefined
  const problem = logicProblem(
    logic,
    filters.map(({ label }) => label ?? '')
  )
  if (problem !== undefined) throw invalid(where, problem)
  return logic
}
