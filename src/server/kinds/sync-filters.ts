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
import { letter, logicProblem, unnamed } from './filter-logic.ts'
import { canRead } from './model-fields.ts'

/** What conditions are checked against. */
export interface ConditionContext {
  model(id: string): StoredModel | undefined
  /** Of the sync: where a field is only named by an id, it is one of these. */
  models: StoredModel[]
  mode: TargetMode | undefined
  modeName: string
  facts: TargetObjectFacts
  /** Answers have both shapes of filters. */
  isNewest: boolean
}

/** What is stored of all conditions of a sync: both sorts in one list, each sort with a logic of its own. */
export interface ReadFilters {
  filters: Filter[]
  logic?: string
  targetLogic?: string
}

/** The filters of the older shape, labelled in order, each with the field and the field's id. */
export function readFilters(request: SyncRequest, context: ConditionContext): ReadFilters {
  const filters = (request.filters ?? []).map((filter, index) => readFilter(filter, index, context))
  const logic = readLogic(request.filter_logic, filters, 'Model', 'filter_logic', context)
  const targetLogic = readLogic(
    request.target.filter_logic,
    filters,
    'Target',
    'target.filter_logic',
    context
  )
  return {
    filters,
    ...(logic === undefined ? {} : { logic }),
    ...(targetLogic === undefined ? {} : { targetLogic })
  }
}

function readFilter(filter: Filter, index: number, context: ConditionContext): Filter {
  const where = `filters[${index}]`
  const value = filter.value === undefined ? {} : { value: filter.value }
  const named = { function: filter.function, ...value, label: letter(index) }
  const fieldType = (filter.field_type ?? '').toLowerCase()
  if (fieldType === 'target') {
    const id = filter.field_id ?? ''
    if (id === '') throw invalid(`${where}.field_id`, 'is required for a filter on the target')
    const places = { field: `${where}.field_id`, value_field: `${where}.value_field` }
    return { ...targetFilter({ ...filter, field_id: id }, where, places, context), label: letter(index) }
  }
  if (fieldType !== '' && fieldType !== 'model') {
    throw invalid(`${where}.field_type`, 'must be one of Model, Target')
  }
  if ((filter.value_field ?? undefined) !== undefined)
    throw invalid(`${where}.value_field`, 'is for filters on the target alone')
  readFunction(filter.function, `${where}.function`)
  const field = readField(filter, where, context)
  return { field, field_id: fieldId(field.model_id, field.field), field_type: 'Model', ...named }
}

/** A condition on a field of the target, as it is stored but for its label. */
export function targetFilter(
  sent: Pick<Filter, 'function' | 'value' | 'value_field'> & { field_id: string },
  where: string,
  places: { field: string; value_field: string },
  context: ConditionContext
): Filter {
  const { field_id: id, value, value_field: compared } = sent
  const name = readFunction(sent.function, `${where}.function`)
  if (!context.isNewest && context.modeName !== 'update') {
    throw invalid(where, 'is on the target, which only the mode update allows')
  }
  if (context.mode?.supports_target_filters === false) {
    throw invalid(where, 'is on the target, which this target does not support')
  }
  const { fields } = context.facts
  const field = fields?.find((one) => one.id === id)
  if (fields !== undefined && field === undefined)
    throw invalid(places.field, `is not a field of the target: ${id}`)
  if (field?.filterable === false) throw invalid(places.field, `is a field that cannot be filtered: ${id}`)
  // What a service does not tell of a field, it is not known to hold against anybody.
  const published = context.isNewest ? field?.filter_functions : undefined
  const functions = (published ?? []).map((one) => one.id)
  if (functions.length > 0 && !functions.includes(name))
    throw invalid(`${where}.function`, `must be one of ${functions.join(', ')} for ${id}`)
  const from = compared ?? undefined
  if (from !== undefined && value !== undefined && value !== null)
    throw invalid(places.value_field, 'cannot be given together with value')
  if (from !== undefined && !context.facts.filterValueFields)
    throw invalid(places.value_field, 'is not possible: this target compares with fixed values alone')
  return {
    field_id: id,
    field_type: 'Target',
    function: name,
    ...(value === undefined || from !== undefined ? {} : { value }),
    ...(from === undefined
      ? {}
      : { value_field: readSource(from, undefined, { at: places.value_field, below: '' }, context) })
  }
}

/** Of a condition, `field_id` wins over `field`. */
function readField(condition: Filter | Override, where: string, context: ConditionContext): Source {
  const id = condition.field_id ?? ''
  const field = id === '' ? (condition.field ?? undefined) : undefined
  return readSource(field, id, { at: where, below: '.field' }, context)
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

/** A function of filters and overrides: there is a fixed list. */
export function readFunction(name: string, where: string): string {
  if (filterFunctions.some((known) => known === name)) return name
  throw invalid(where, `must be one of ${filterFunctions.join(', ')}`)
}

/**
 * The field that a reference or an id means; an id may also be the name of a field of one of the sync's
 * models. `below`: where the reference stands in the condition.
 */
export function readSource(
  field: Source | undefined,
  id: string | undefined,
  { at: where, below }: { at: string; below: string },
  context: ConditionContext
): Source {
  if (field !== undefined) {
    const model = context.model(field.model_id)
    if (model === undefined) throw invalid(`${where}${below}.model_id`, `names no model: ${field.model_id}`)
    if (!canRead(model, field.field)) {
      throw invalid(`${where}${below}.field`, `is not a field of the model "${model.name}": ${field.field}`)
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

/** The logic of one sort of filters, to store; without filters there is none. */
function readLogic(
  sent: string | null | undefined,
  filters: Filter[],
  sort: 'Model' | 'Target',
  where: string,
  context: ConditionContext
): string | undefined {
  const logic = sent ?? ''
  const own = filters.filter((filter) => filter.field_type === sort)
  if (logic.trim() === '' || own.length === 0) return undefined
  const labels = own.map(({ label }) => label ?? '')
  const problem = logicProblem(logic, labels)
  if (problem !== undefined) throw invalid(where, problem)
  // What is answered in the newer shape as well can be sent back in it.
  const left = context.isNewest ? unnamed(logic.toUpperCase(), labels) : undefined
  if (left !== undefined) throw invalid(where, `leaves out the filter ${left}`)
  return logic
}
