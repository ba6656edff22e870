import { syncModes, type Sync, type SyncListItem, type SyncRequest } from '../../wire/sync.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, found, organizationOf, param, referred, type Call, type Route } from '../call.ts'
import { paged, pagination } from '../paging.ts'
import { made } from '../records.ts'
import { forbidden, invalid } from '../refusal.ts'
import type { StoredModel, StoredSync } from '../stored.ts'
import { activation, mustFit } from './request-shape.ts'
import { readFilters, readLogic, readOverrides } from './sync-filters.ts'
import { modelFinder, modelIdsOf, mustBeRelated, readFields, readIdentity } from './sync-mapping.ts'
import { readSchedule, scheduleOptions, shownSchedule } from './sync-schedule.ts'
import { syncShape } from './sync-shape.ts'
import { createObject, readTarget } from './sync-target.ts'

/** `schedules` stands before `:id`, which would take it for an id. */
export const syncRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/syncs', access: 'organization', answer: list },
  { method: 'POST', path: '/api/syncs', access: 'organization', answer: create },
  {
    method: 'GET',
    path: '/api/syncs/schedules',
    access: 'organization',
    answer: () => data({ schedule_options: scheduleOptions })
  },
  { method: 'GET', path: '/api/syncs/:id', access: 'organization', answer: get },
  { method: 'PUT', path: '/api/syncs/:id', access: 'organization', answer: update },
  { method: 'PATCH', path: '/api/syncs/:id', access: 'organization', answer: update },
  { method: 'DELETE', path: '/api/syncs/:id', access: 'organization', answer: remove },
  { method: 'POST', path: '/api/syncs/:id/activate', access: 'organization', answer: activate }
]

/** A sync in full. The passphrase is never answered; the oldest version has fewer keys. */
function shown(call: Call, stored: StoredSync): Sync {
  const { encryption_passphrase: _secret, ...sync } = stored
  const full: Sync = {
    ...sync,
    identity: sync.identity ?? null,
    override_fields: [],
    schedule: shownSchedule(sync.schedule, call.version)
  }
  if (call.version !== '2023-04-25') return full
  const {
    model_ids: _models,
    only_enrich_updates: _enrich,
    skip_initial_backfill: _skip,
    created_at: _at,
    created_by: _by,
    updated_at: _changed,
    updated_by: _changer,
    ...older
  } = full
  return older
}

function light(call: Call, stored: StoredSync): SyncListItem {
  const { id, name, organization_id, mode, active, model_ids, target } = stored
  const { created_at, created_by, updated_at, updated_by } = stored
  return {
    id,
    name,
    organization_id,
    mode,
    active,
    model_ids,
    schedule: shownSchedule(stored.schedule, call.version),
    sync_all_records: stored.sync_all_records ?? false,
    only_enrich_updates: stored.only_enrich_updates ?? false,
    skip_initial_backfill: stored.skip_initial_backfill ?? false,
    target_connection_id: target.connection_id,
    target_object: target.object ?? '',
    created_at,
    created_by,
    updated_at,
    updated_by
  }
}

function list(call: Call): RouteResult {
  const syncs = call.context.records
    .list('sync', organizationOf(call), call.stale)
    .filter((sync) => call.version === '2023-04-25' || passes(sync, call.query))
  if (call.version !== '2025-09-18') return data(syncs.map((sync) => shown(call, sync)))
  const page = paged(syncs, call.query)
  return data(
    page.items.map((sync) => light(call, sync)),
    pagination(page)
  )
}

function passes(sync: StoredSync, query: URLSearchParams): boolean {
  const wants = (name: string, value: string): boolean => ['', value].includes(query.get(name) ?? '')
  return (
    wants('active', String(sync.active)) &&
    wants('mode', sync.mode) &&
    wants('target_connection_id', sync.target.connection_id)
  )
}

function get(call: Call): RouteResult {
  return data(shown(call, found(call, 'sync', param(call, 'id'))))
}

function readRequest(call: Call): SyncRequest {
  mustFit(syncShape(), call.body, 422)
  const request = call.body as unknown as SyncRequest
  const stated = request.organization_id ?? ''
  if (stated !== '' && stated !== organizationOf(call)) {
    throw forbidden(`this key does not act in organization ${stated}`)
  }
  if (!syncModes.some((mode) => mode === request.mode))
    throw invalid('mode', `must be one of ${syncModes.join(', ')}`)
  if (!Array.isArray(call.body['fields']) && call.version !== '2023-04-25')
    throw invalid('fields', 'is required')
  for (const [index, policy] of (request.policies ?? []).entries()) {
    if (referred(call, 'policy', policy) === undefined)
      throw invalid(`policies[${index}]`, `is not a policy: ${policy}`)
  }
  return request
}

type Meaning = Omit<StoredSync, 'id' | 'created_at' | 'created_by' | 'updated_at' | 'updated_by'>

/**
 * What the request makes of a sync. Everything that it leaves out is cleared or falls back to its
 * default.
 */
function understood(call: Call, self?: StoredSync): Meaning {
  const request = readRequest(call)
  const { target, connection, facts, creates } = readTarget(call, request.target, self)
  const modeName = request.mode
  const mode = facts.modes.find(({ id }) => id === modeName)
  if (mode === undefined) {
    throw invalid('mode', `must be one of ${facts.modes.map(({ id }) => id).join(', ')} for this target`)
  }
  const model = modelFinder(call)
  const mapping = { call, mode, modeName, facts, model }
  const identity = readIdentity(request, mapping)
  const fields = readFields(request, identity, mapping)
  const ids = modelIdsOf(fields, identity)
  const models = ids.map((id) => model(id, 'fields'))
  mustBeRelated(models)
  const conditions = {
    model: (id: string): StoredModel | undefined => referred(call, 'model', id),
    models,
    mode,
    modeName,
    facts
  }
  const filters = readFilters(request, conditions)
  const overrides = readOverrides(request, conditions)
  const logic = readLogic(request.filter_logic, filters, 'filter_logic')
  const targetLogic = readLogic(request.target.filter_logic, filters, 'target.filter_logic')
  const passphrase = request.encryption_passphrase ?? ''
  if (passphrase === '' && fields.some((field) => field.encryption_enabled === true)) {
    throw invalid('encryption_passphrase', 'is required when a field is encrypted')
  }
  const schedule = readSchedule(call, request.schedule)
  if (creates !== undefined) createObject(call, connection, creates)
  return {
    organization_id: organizationOf(call),
    name: request.name,
    mode: modeName,
    active: request.active ?? false,
    ...(identity === undefined ? {} : { identity }),
    fields,
    filters,
    ...(logic === undefined ? {} : { filter_logic: logic }),
    overrides,
    schedule,
    target: targetLogic === undefined ? target : { ...target, filter_logic: targetLogic },
    sync_all_records: request.sync_all_records ?? false,
    only_enrich_updates: request.only_enrich_updates ?? false,
    skip_initial_backfill: request.skip_initial_backfill ?? false,
    policies: request.policies ?? [],
    model_ids: ids,
    ...(passphrase === '' ? {} : { encryption_passphrase: passphrase })
  }
}

function create(call: Call): RouteResult {
  const sync: StoredSync = {
    id: call.context.randomUUID(),
    ...understood(call),
    ...made(call.context.now(), actorOf(call))
  }
  call.context.records.put('sync', sync)
  return data(shown(call, sync))
}

function update(call: Call): RouteResult {
  const stored = found(call, 'sync', param(call, 'id'))
  const sync: StoredSync = {
    id: stored.id,
    ...understood(call, stored),
    created_at: stored.created_at,
    created_by: stored.created_by,
    updated_at: call.context.now().toISOString(),
    updated_by: actorOf(call)
  }
  call.context.records.put('sync', sync)
  return data(shown(call, sync))
}

function remove(call: Call): RouteResult {
  call.context.records.remove('sync', found(call, 'sync', param(call, 'id')).id)
  return {}
}

function activate(call: Call): RouteResult {
  const stored = found(call, 'sync', param(call, 'id'))
  mustFit(activation(), call.body, 400)
  const { active } = call.body
  if (typeof active !== 'boolean') throw invalid('active', 'must be true or false', 400)
  call.context.records.put('sync', {
    ...stored,
    active,
    updated_at: call.context.now().toISOString(),
    updated_by: actorOf(call)
  })
  return data({ id: stored.id, active })
}
