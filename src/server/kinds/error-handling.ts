/** The error handling of syncs: a part with a path of its own, which updates of the sync keep. */
import type { BulkErrorHandling } from '../../wire/bulk-sync.ts'
import { isEmail } from '../../wire/formats.ts'
import type { SyncErrorHandling } from '../../wire/sync.ts'
import { data, type RouteResult } from '../answer.ts'
import { found, param, type Call, type Route } from '../call.ts'
import { invalid } from '../refusal.ts'
import { lazily, mustFit } from './request-shape.ts'

const path = '/api/syncs/:id/error-handling'
const bulkPath = '/api/bulk/syncs/:id/error-handling'

/** PUT changes what is sent and no more, unlike that of a sync: it is the same in all versions. */
export const errorHandlingRoutes: readonly Route[] = [
  { method: 'GET', path, access: 'organization', answer: (call) => data(ofSync(call)) },
  { method: 'PUT', path, access: 'organization', anyVerb: true, answer: changeSync },
  { method: 'GET', path: bulkPath, access: 'organization', answer: (call) => data(ofBulkSync(call)) },
  { method: 'PUT', path: bulkPath, access: 'organization', anyVerb: true, answer: changeBulkSync }
]

const subscribers = { type: 'array', items: { type: 'string' } }
const boolean = { type: 'boolean' }

/** The meaning of null is not documented, so null is refused. */
const shape = lazily<Partial<SyncErrorHandling>>(() => ({
  type: 'object',
  properties: {
    subscribers,
    auto_retry_record_errors: boolean,
    notify_on_record_errors: boolean,
    warning_notifications: boolean
  }
}))
const bulkShape = lazily<{ subscribers?: string[]; ingestion_failure_threshold?: number }>(() => ({
  type: 'object',
  properties: { subscribers, ingestion_failure_threshold: { type: 'integer', minimum: 0 } }
}))

const initial: SyncErrorHandling = {
  subscribers: [],
  auto_retry_record_errors: false,
  notify_on_record_errors: false,
  warning_notifications: false
}

function ofSync(call: Call): SyncErrorHandling {
  return { ...initial, ...found(call, 'sync', param(call, 'id')).error_handling }
}

function ofBulkSync(call: Call): BulkErrorHandling {
  const { error_handling } = found(call, 'bulk_sync', param(call, 'id'))
  return error_handling ?? { subscribers: [], ingestion_failure_threshold: null }
}

/** Returns subscribers as they are spelled, in their order. */
function mustBeAddresses(addresses: readonly string[] = []): void {
  for (const [index, address] of addresses.entries())
    if (!isEmail(address)) throw invalid(`subscribers[${index}]`, 'must be an e-mail address', 400)
}

/** Stores the settings; the sync itself does not count as updated. */
function changeSync(call: Call): RouteResult {
  const sent = mustFit(shape(), call.body, 400)
  mustBeAddresses(sent.subscribers)
  const sync = found(call, 'sync', param(call, 'id'))
  // What nobody said is not taken for said: the runner tells the two apart.
  const error_handling = { ...sync.error_handling, ...sent }
  call.context.records.put('sync', { ...sync, error_handling })
  return data({ ...initial, ...error_handling })
}

/** A threshold of 0 clears it. */
function changeBulkSync(call: Call): RouteResult {
  const { ingestion_failure_threshold: sent, ...rest } = mustFit(bulkShape(), call.body, 400)
  mustBeAddresses(rest.subscribers)
  const sync = found(call, 'bulk_sync', param(call, 'id'))
  const before = ofBulkSync(call)
  const threshold = sent === undefined ? before.ingestion_failure_threshold : sent === 0 ? null : sent
  const error_handling = { ...before, ...rest, ingestion_failure_threshold: threshold }
  call.context.records.put('bulk_sync', { ...sync, error_handling })
  return data(error_handling)
}
