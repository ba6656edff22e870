import type { JsonObject } from '../../wire/common.ts'
import { syncModes, type SyncRequest } from '../../wire/sync.ts'
import { data, type RouteResult } from '../answer.ts'
import {
  actorOf,
  found,
  isNewest,
  mustActIn,
  mustBePart,
  listed,
  listedFrom,
  organizationOf,
  param,
  referred,
  type Call,
  type Route
} from '../call.ts'
import { paged, pagination } from '../paging.ts'
import { createdBy } from '../records.ts'
import { invalid } from '../refusal.ts'
import type { StoredModel, StoredSync } from '../stored.ts'
import { forgetExecutions } from './execution-start.ts'
import { activation, mustFit } from './request-shape.ts'
import { readConditions } from './sync-conditions.ts'
import { readOverrides } from './sync-filters.ts'
import { readIdentities, storedIdentities } from './sync-identity.ts'
import { modelFinder, modelIdsOf, mustBeRelated, readFields } from './sync-mapping.ts'
import { readSchedule, scheduleOptions } from './sync-schedule.ts'
import { syncShape } from './sync-shape.ts'
import { lightSync, shownSync, syncProblems } from './sync-shown.ts'
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

function list(call: Call): RouteResult {
  const isListed = (sync: StoredSync): boolean => call.version === '2023-04-25' || passes(sync, call.query)
  if (call.version !== '2025-09-18')
    return data(
      listed(call, 'sync')
        .filter(isListed)
        .map((sync) => shownSync(call, sync))
    )
  const page = paged(listedFrom(call, 'sync').filter(isListed), call.query)
  return data(
    page.items.map((sync) => lightSync(call, sync)),
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
  return data(shownSync(call, found(call, 'sync', param(call, 'id'))))
}

/** These came to 2025-09-18 without a version of their own; older ones never had them. */
const added = ['identities', 'model_filters', 'target_filters'] as const

function readRequest(call: Call, prefix: string): SyncRequest {
  const request = mustFit(syncShape(), call.body, 422, prefix)
  mustActIn(call, request.organization_id)
  for (const name of added) mustBePart(call, name, request[name])
  for (const [index, { value_field }] of (request.filters ?? []).entries())
    mustBePart(call, `filters[${index}].value_field`, value_field)
  if (!syncModes.some((mode) => mode === request.mode))
    throw invalid('mode', `must be one of ${syncModes.join(', ')}`)
  if (!Array.isArray(request.fields) && call.version !== '2023-04-25')
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
export function understood(call: Call, self?: StoredSync, isLook = false): Meaning {
  const request = readRequest(call, isLook ? 'as' : '')
  const { target, connection, facts, creates } = readTarget(call, request.target, self)
  const modeName = request.mode
  const mode = facts.modes.find(({ id }) => id === modeName)
  if (mode === undefined) {
    throw invalid('mode', `must be one of ${facts.modes.map(({ id }) => id).join(', ')} for this target`)
  }
  const model = modelFinder(call)
  const mapping = { call, mode, modeName, facts, model }
  const identities = readIdentities(request, mapping, self)
  const fields = readFields(request, identities.mappings, mapping)
  const ids = modelIdsOf(fields, identities.mappings)
  const models = ids.map((id) => model(id, 'fields'))
  mustBeRelated(models)
  const conditions = {
    model: (id: string): StoredModel | undefined => referred(call, 'model', id),
    models,
    mode,
    modeName,
    facts,
    isNewest: isNewest(call)
  }
  const { filters, logic, targetLogic } = readConditions(request, conditions)
  const overrides = readOverrides(request, conditions)
  const passphrase = request.encryption_passphrase ?? ''
  if (passphrase === '' && fields.some((field) => field.encryption_enabled === true)) {
    throw invalid('encryption_passphrase', 'is required when a field is encrypted')
  }
  const schedule = readSchedule(call, request.schedule)
  if (creates !== undefined && isLook)
    throw invalid('target.create', 'makes an object, and a preview makes none', 400)
  if (creates !== undefined) createObject(call, connection, creates)
  return {
    organization_id: organizationOf(call),
    name: request.name,
    mode: modeName,
    active: request.active ?? false,
    ...storedIdentities(identities),
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

/** Returns what a request would make of a sync, or of a new one, without storing it. */
export function wouldBe(call: Call, body: JsonObject, self?: StoredSync): StoredSync {
  // To make an object of the target is more than to look.
  const created = createdBy(call.context.now(), actorOf(call))
  return {
    id: call.context.randomUUID(),
    ...created,
    ...self,
    ...understood({ ...call, body }, self, true)
  }
}

function create(call: Call): RouteResult {
  const sync: StoredSync = {
    id: call.context.randomUUID(),
    ...understood(call),
    ...createdBy(call.context.now(), actorOf(call))
  }
  call.context.records.put('sync', sync)
  return data(shownSync(call, sync))
}

function update(call: Call): RouteResult {
  const stored = found(call, 'sync', param(call, 'id'))
  const sync: StoredSync = {
    id: stored.id,
    ...understood(call, stored),
    ...(stored.error_handling === undefined ? {} : { error_handling: stored.error_handling }),
    created_at: stored.created_at,
    created_by: stored.created_by,
    updated_at: call.context.now().toISOString(),
    updated_by: actorOf(call)
  }
  call.context.records.put('sync', sync)
  return data(shownSync(call, sync))
}

function remove(call: Call): RouteResult {
  const sync = found(call, 'sync', param(call, 'id'))
  call.context.records.remove('sync', sync.id)
  call.context.records.remove('sync_guards', sync.id)
  forgetExecutions(call, sync)
  return {}
}

function activate(call: Call): RouteResult {
  const stored = found(call, 'sync', param(call, 'id'))
  mustFit(activation(), call.body, 400)
  const { active } = call.body
  if (typeof active !== 'boolean') throw invalid('active', 'must be true or false', 400)
  const [problem] = active && isNewest(call) ? syncProblems(call, stored) : []
  if (problem !== undefined) throw invalid(problem.path, `cannot be resolved: ${problem.message}`)
  call.context.records.put('sync', {
    ...stored,
    active,
    updated_at: call.context.now().toISOString(),
    updated_by: actorOf(call)
  })
  return data({ id: stored.id, active })
}
