/**
 * `model_filters` and `target_filters`: filters in the newer shape, where each sort has labels and a logic
 * of its own. They are stored as the one list of the older shape, and written anew from it.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Conditions, Filter, ModelCondition, SyncRequest, TargetCondition } from '../../wire/sync.ts'
import { fieldId } from '../enumeration/source-fields.ts'
import { invalid } from '../refusal.ts'
import type { StoredSync } from '../stored.ts'
import { isOperator, letter, logicProblem, relabelled, unnamed } from './filter-logic.ts'
import {
  readFilters,
  readFunction,
  readSource,
  targetFilter,
  type ConditionContext,
  type ReadFilters
} from './sync-filters.ts'

/**
 * The filters of a request in either shape. The newer one is used where both are there; two that say
 * different things are refused, since one of them would be forgotten.
 */
export function readConditions(request: SyncRequest, context: ConditionContext): ReadFilters {
  const { model_filters: ofModel, target_filters: ofTarget } = request
  if ((ofModel ?? undefined) === undefined && (ofTarget ?? undefined) === undefined)
    return readFilters(request, context)
  const model = readModelFilters(ofModel ?? {}, context)
  const target = readTargetFilters(ofTarget ?? {}, model.filters.length, context)
  const filters = [...model.filters, ...target.filters]
  const isSaidTwice = request.filters !== undefined && request.filters !== null
  if (isSaidTwice && !isDeepStrictEqual(bySort(readFilters(request, context).filters), bySort(filters)))
    throw invalid(
      'filters',
      'describes other filters than model_filters and target_filters: send one shape'
    )
  return {
    filters,
    ...(model.logic === undefined ? {} : { logic: model.logic }),
    ...(target.logic === undefined ? {} : { targetLogic: target.logic })
  }
}

/** What filters say, whatever they are called. */
function bySort(filters: readonly Filter[]): Filter[][] {
  const given = filters.map(({ label: _label, ...filter }) => filter)
  return [false, true].map((wanted) => given.filter((filter) => isOfTarget(filter) === wanted))
}

/** Whether a stored filter is about the target. */
function isOfTarget({ field_type }: Filter): boolean {
  return field_type === 'Target'
}

interface ReadSort {
  filters: Filter[]
  logic: string | undefined
}

function readModelFilters(sent: Conditions<ModelCondition>, context: ConditionContext): ReadSort {
  const conditions = sent.conditions ?? []
  const filters = conditions.map((condition, index): Filter => {
    const where = `model_filters.conditions[${index}]`
    const name = readFunction(condition.function, `${where}.function`)
    const field = readSource(condition.source, undefined, { at: where, below: '.source' }, context)
    return {
      field,
      field_id: fieldId(field.model_id, field.field),
      field_type: 'Model',
      function: name,
      ...(condition.value === undefined ? {} : { value: condition.value }),
      label: letter(index)
    }
  })
  return { filters, logic: readLogic(sent, 'model_filters', 0) }
}

/** Their letters go on where those of the model end: in the stored list they stand behind them. */
function readTargetFilters(
  sent: Conditions<TargetCondition>,
  before: number,
  context: ConditionContext
): ReadSort {
  const filters = (sent.conditions ?? []).map((condition, index): Filter => {
    const where = `target_filters.conditions[${index}]`
    const { field, value_source } = condition
    const places = { field: `${where}.field`, value_field: `${where}.value_source` }
    const given = { ...condition, field_id: field, value_field: value_source ?? null }
    return { ...targetFilter(given, where, places, context), label: letter(before + index) }
  })
  return { filters, logic: readLogic(sent, 'target_filters', before) }
}

/** The logic in the letters of the stored list. It must name every condition. */
function readLogic(
  { conditions, logic: sent }: Conditions<{ label?: string | null }>,
  where: string,
  before: number
): string | undefined {
  const labels = readLabels(conditions ?? [], where)
  const logic = sent ?? ''
  if (logic.trim() === '') return undefined
  if (labels.length === 0) throw invalid(`${where}.logic`, 'combines conditions, and there are none')
  const problem = logicProblem(logic, labels, { exact: true })
  if (problem !== undefined) throw invalid(`${where}.logic`, problem)
  const left = unnamed(logic, labels)
  if (left !== undefined) throw invalid(`${where}.logic`, `leaves out the condition ${left}`)
  return relabelled(logic, (label) => letter(before + labels.indexOf(label)))
}

/** All have labels or none has: then they are A, B, C, … by position. Case counts. */
function readLabels(conditions: readonly { label?: string | null }[], where: string): string[] {
  const labels = conditions.map(({ label }) => label ?? undefined)
  if (labels.every((label) => label === undefined)) return labels.map((_none, index) => letter(index))
  return labels.map((label, index) => {
    const place = `${where}.conditions[${index}].label`
    if (label === undefined) throw invalid(place, 'is required: label all conditions or none')
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(label))
      throw invalid(place, 'must begin with a letter or _, and have letters, digits and _ alone')
    if (isOperator(label)) throw invalid(place, `is a word of the logic: ${label}`)
    if (labels.indexOf(label) < index) throw invalid(place, `is given twice: ${label}`)
    return label
  })
}

/** Both objects, as answers have them: labelled by position, whatever labels were sent. */
export function shownConditions({ filters, filter_logic, target }: StoredSync): {
  model_filters: Conditions<ModelCondition>
  target_filters: Conditions<TargetCondition>
} {
  const all = filters ?? []
  const [ofModel, ofTarget] = [all.filter((one) => !isOfTarget(one)), all.filter(isOfTarget)]
  return {
    model_filters: {
      conditions: ofModel.map(({ field, function: name, value }, index) => ({
        source: { model_id: field?.model_id ?? '', field: field?.field ?? '' },
        function: name,
        ...(value === undefined ? {} : { value }),
        label: letter(index)
      })),
      ...shownLogic(filter_logic, ofModel)
    },
    target_filters: {
      conditions: ofTarget.map(({ field_id, function: name, value, value_field }, index) => ({
        field: field_id ?? '',
        function: name,
        ...(value === undefined ? {} : { value }),
        ...(value_field ? { value_source: value_field } : {}),
        label: letter(index)
      })),
      ...shownLogic(target.filter_logic, ofTarget)
    }
  }
}

function shownLogic(logic: string | null | undefined, filters: readonly Filter[]): { logic?: string } {
  if (!logic) return {}
  const letters = filters.map(({ label }) => label ?? '')
  const own = (word: string): string => {
    const at = letters.indexOf(word.toUpperCase())
    return at < 0 ? word : letter(at)
  }
  return { logic: relabelled(logic, own) }
}
