import { isObject, type JsonObject } from '../state/value.ts'
import { withoutAbsent } from './fields.ts'
import { fitsFilters, logicOver } from './sync-logic.ts'

/**
 * A logic over filters that are not the files' is not theirs either; one that is left to the service is
 * about the filters that the files leave there.
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
