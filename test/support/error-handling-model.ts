import { isObject, type Json, type JsonObject } from '../../src/state/value.ts'
import { objects } from './service-behaviour.ts'

/** What the service keeps beside a sync: a write changes what it says, and 0 clears a threshold. It is asked for where it was stated. */

export const syncErrorHandling: JsonObject = {
  subscribers: [],
  auto_retry_record_errors: false,
  notify_on_record_errors: false,
  warning_notifications: false
}
export const bulkErrorHandling: JsonObject = { subscribers: [], ingestion_failure_threshold: null }

export function errorHandling(
  { error_handling: sent }: JsonObject,
  before: JsonObject | undefined,
  initial: JsonObject
): Json | undefined {
  const [there] = objects(before?.['error_handling'])
  if (!isObject(sent)) return there && [there]
  const { ingestion_failure_threshold: threshold } = sent
  return [{ ...initial, ...there, ...sent, ...(threshold === 0 && { ingestion_failure_threshold: null }) }]
}
