import { isObject, type JsonObject } from '../state/value.ts'
import { withoutAbsent } from './fields.ts'
import { fitsFilters, logicOver } from './sync-logic.ts'

/**
 * Adjusts logics to `ignore_changes`. If filters are ignored, a logic of the files that does not fit the
 * live filters is ignored, too. If only the logic is ignored, the live logic is reduced to the filters of
 * the files.
 */
export function settledLogic(
  fields: JsonObject,
  live: JsonObject,
  ignored: ReadonlySet<string>
): JsonObject {
  const filters = Array.isArray(fields.filters) ? fields.filters : []
  if (!ignored.has('filters')) {
    if (!ignored.has('filter_logic')) return fields
    return withoutAbsent({ ...fields, filter_logic: logicOver(fields.filter_logic, filters, 'model') })
  }
  const target = isObject(fields.target) ? fields.target : undefined
  const there = isObject(live.target) ? live.target.filter_logic : undefined
  return withoutAbsent({
    ...fields,
    filter_logic: fitsFilters(fields.filter_logic, filters, 'model')
      ? fields.filter_logic
      : live.filter_logic,
    target:
      target === undefined || fitsFilters(target.filter_logic, filters, 'target')
        ? fields.target
        : withoutAbsent({ ...target, filter_logic: there })
  })
}
