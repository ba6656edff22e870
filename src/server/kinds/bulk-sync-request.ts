/** From a request for a bulk sync to what is stored: references, defaults, and refusals with 400. */
import {
  bulkDiscoveries,
  bulkModes,
  nameNormalizations,
  newestBulkModes,
  type BulkSyncRequest
} from '../../wire/bulk-sync.ts'
import type { JsonObject } from '../../wire/common.ts'
import { organizationOf, referred, type Call } from '../call.ts'
import { bulkDestination, misfit, withDefaults } from '../catalogue/bulk-destinations.ts'
import type { SourceSchemas } from '../enumeration/schema.ts'
import { readySchemas } from '../enumeration/schema-cache.ts'
import { forbidden, invalid, Refusal } from '../refusal.ts'
import type { StoredBulkSync, StoredConnection } from '../stored.ts'
import { readSchedules } from './bulk-schedule.ts'
import { mustAllowHistory } from './bulk-history.ts'
import { chosenSchemas, cutoff, mustExist, type SentSchema } from './bulk-schema.ts'
import { bulkSyncShape } from './bulk-sync-shape.ts'
import { mustFit } from './request-shape.ts'

/** A bulk sync without its id, and without who and when. */
export type BulkMeaning = Omit<
  StoredBulkSync,
  'id' | 'created_at' | 'created_by' | 'updated_at' | 'updated_by'
>

/**
 * Returns the bulk sync that a request describes. Members that it leaves out get their defaults, except
 * for the schemas of a sync that has some: those stay.
 */
export function readBulkSync(call: Call, self?: StoredBulkSync): BulkMeaning {
  const request = mustFit(bulkSyncShape(), call.body, 400)
  mustBeOwn(call, request)
  const from = connectionOf(call, request.source_connection_id, 'source_connection_id')
  const to = connectionOf(call, request.destination_connection_id, 'destination_connection_id')
  const destination = readDestination(call, to, request)
  const source = readySchemas(call, from)
  const sameSource = self?.source_connection_id === from.id
  const addsObjects = request.discover === true ? 'all' : 'none'
  return {
    organization_id: organizationOf(call),
    name: request.name,
    source_connection_id: from.id,
    destination_connection_id: to.id,
    mode: destination.mode,
    active: request.active ?? false,
    source_configuration: readSource(from, request),
    destination_configuration: destination.configuration,
    ...readSchedules(call, request, self, (id, field) => mustExist(source, id, field)),
    schemas: readSchemas(
      call,
      { from, to, mode: destination.mode },
      source,
      request,
      sameSource ? self : undefined
    ),
    automatically_add_new_objects:
      choice(request, bulkDiscoveries, 'automatically_add_new_objects') ?? addsObjects,
    automatically_add_new_fields: choice(request, bulkDiscoveries, 'automatically_add_new_fields') ?? 'all',
    normalize_names: choice(request, nameNormalizations, 'normalize_names') ?? 'enabled',
    concurrency_limit: request.concurrency_limit ?? null,
    resync_concurrency_limit: request.resync_concurrency_limit ?? null,
    ...cutoff(request.data_cutoff_timestamp, 'data_cutoff_timestamp'),
    disable_record_timestamps: request.disable_record_timestamps ?? false,
    policies: request.policies ?? []
  }
}

function mustBeOwn(call: Call, request: BulkSyncRequest): void {
  const stated = request.organization_id ?? ''
  if (stated !== '' && stated !== organizationOf(call)) {
    throw forbidden(`this key does not act in organization ${stated}`)
  }
  for (const [index, policy] of (request.policies ?? []).entries()) {
    if (referred(call, 'policy', policy) === undefined)
      throw invalid(`policies[${index}]`, `is not a policy: ${policy}`, 400)
  }
}

function connectionOf(call: Call, id: string, field: string): StoredConnection {
  const connection = referred(call, 'connection', id)
  if (connection === undefined) throw invalid(field, `names no connection: ${id}`, 400)
  if (connection.status === 'healthy') return connection
  const name = connection.name
  throw invalid(field, `leads to the connection "${name}", which is not authorized yet`, 400)
}

/** Returns a member with a fixed set of values; empty counts as left out. */
function choice<T extends string>(
  request: BulkSyncRequest,
  known: readonly T[],
  field: 'mode' | 'normalize_names' | 'automatically_add_new_objects' | 'automatically_add_new_fields'
): T | undefined {
  const value = request[field] ?? ''
  if (value === '') return undefined
  const found = known.find((one) => one === value)
  if (found === undefined) throw invalid(field, `must be one of ${known.join(', ')}`, 400)
  return found
}

function readDestination(
  call: Call,
  { type }: StoredConnection,
  request: BulkSyncRequest
): { mode: StoredBulkSync['mode']; configuration: JsonObject } {
  const facts = bulkDestination(type)
  if (facts === undefined) {
    throw invalid('destination_connection_id', `is of type ${type}, which takes no bulk syncs`, 400)
  }
  const isNew = call.version === '2025-09-18'
  const mode = choice(request, isNew ? newestBulkModes : bulkModes, 'mode') ?? 'replicate'
  if (!facts.modes.includes(mode)) {
    throw invalid('mode', `must be one of ${facts.modes.join(', ')} for this destination`, 400)
  }
  const sent = request.destination_configuration
  if (sent === undefined || sent === null) throw invalid('destination_configuration', 'is required', 400)
  const wrong = misfit(facts.keys, sent)
  if (wrong !== undefined) throw invalid(`destination_configuration.${wrong[0]}`, wrong[1], 400)
  const { requiresOneOf = [] } = facts
  if (requiresOneOf.length > 0 && requiresOneOf.every((key) => (sent[key] ?? '') === '')) {
    throw invalid(`destination_configuration.${requiresOneOf[0]}`, 'is required', 400)
  }
  return { mode, configuration: withDefaults(facts.keys, sent) }
}

const slots = new Set(['postgresql', 'googlecloudsql'])

/** Returns the configuration as it was sent; the one documented key must be a text. */
function readSource({ type }: StoredConnection, request: BulkSyncRequest): JsonObject | null {
  const sent = request.source_configuration ?? null
  const slot = sent?.['replication_slot'] ?? ''
  if (slots.has(type) && typeof slot !== 'string') {
    throw invalid('source_configuration.replication_slot', 'must be string', 400)
  }
  return sent
}

interface Ends {
  from: StoredConnection
  to: StoredConnection
  mode: StoredBulkSync['mode']
}

/** Returns the selected schemas; an update without any keeps the selection. */
function readSchemas(
  call: Call,
  { from, to, mode }: Ends,
  source: SourceSchemas,
  request: BulkSyncRequest,
  self: StoredBulkSync | undefined
): StoredBulkSync['schemas'] {
  const sent: (string | SentSchema)[] = request.schemas ?? []
  if (sent.length === 0 && self !== undefined) return self.schemas
  if (sent.length === 0 && source.isEmpty) {
    const message = `the connection "${from.name}" did not provide any schemas`
    throw new Refusal(400, 'schemas_not_ready', message)
  }
  for (const [index, schema] of sent.entries())
    if (typeof schema !== 'string') mustAllowHistory(call, { mode, to }, schema, `schemas[${index}]`)
  return chosenSchemas(sent, source, self?.schemas ?? [])
}
