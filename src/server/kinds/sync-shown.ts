/** A sync as answers have it, by version and shape. */
import {
  nullModelId,
  type Source,
  type Sync,
  type SyncField,
  type SyncListItem,
  type SyncProblem
} from '../../wire/sync.ts'
import { isNewest, referred, type Call } from '../call.ts'
import type { StoredSync } from '../stored.ts'
import { canRead } from './model-fields.ts'
import { shownConditions } from './sync-conditions.ts'
import { identitiesOf } from './sync-identity.ts'
import { isOverride } from './sync-mapping.ts'
import { shownSchedule } from './sync-schedule.ts'

/** A sync in full. The passphrase is never answered; the oldest version has fewer keys. */
export function shownSync(call: Call, stored: StoredSync): Sync {
  const { encryption_passphrase: _secret, identities: _several, error_handling: _own, ...sync } = stored
  const full: Sync = {
    ...sync,
    identity: sync.identity ?? null,
    override_fields: [],
    schedule: shownSchedule(sync.schedule, call.version)
  }
  if (isNewest(call)) return { ...full, ...newestMembers(call, stored) }
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

/** The older members stay beside them, and say the same as far as they can. */
function newestMembers(call: Call, stored: StoredSync): Partial<Sync> {
  return {
    identities: identitiesOf(stored),
    ...shownConditions(stored),
    fields: stored.fields.filter((field) => !isOverride(field)),
    override_fields: stored.fields.filter(isOverride).map(overrideField),
    problems: syncProblems(call, stored)
  }
}

function overrideField({ target, override_value, new: isNew, sync_mode }: SyncField): SyncField {
  return {
    target,
    override_value: override_value ?? '',
    ...(isNew === undefined ? {} : { new: isNew }),
    ...(sync_mode === undefined ? {} : { sync_mode })
  }
}

/** What the sync reads and writes that is not there any more: as long as one is missing, it cannot run. */
export function syncProblems(call: Call, stored: StoredSync): SyncProblem[] {
  const { mappings } = identitiesOf(stored)
  const { model_filters, target_filters } = shownConditions(stored)
  const sources: [path: string, source: Source | null | undefined][] = [
    ...mappings.map(({ source }, index): [string, Source] => [
      `identities.mappings[${index}].source`,
      source
    ]),
    ...stored.fields
      .filter((field) => !isOverride(field))
      .map(({ source }, index): [string, SyncField['source']] => [`fields[${index}].source`, source]),
    ...(model_filters.conditions ?? []).map(({ source }, index): [string, Source] => [
      `model_filters.conditions[${index}].source`,
      source
    ]),
    ...(target_filters.conditions ?? []).map(({ value_source }, index): [string, SyncField['source']] => [
      `target_filters.conditions[${index}].value_source`,
      value_source
    ]),
    ...(stored.overrides ?? []).map(({ field }, index): [string, SyncField['source']] => [
      `overrides[${index}].field`,
      field
    ])
  ]
  const { connection_id } = stored.target
  const target: SyncProblem[] =
    referred(call, 'connection', connection_id) === undefined
      ? [problem('connection_not_found', 'target.connection_id', `there is no connection ${connection_id}`)]
      : []
  return [...target, ...sources.flatMap(([path, source]) => problemOf(call, path, source))]
}

function problemOf(call: Call, path: string, source: Source | null | undefined): SyncProblem[] {
  const id = source?.model_id ?? ''
  if (source === undefined || source === null || id === '' || id === nullModelId) return []
  const model = referred(call, 'model', id)
  if (model === undefined)
    return [problem('model_not_found', `${path}.model_id`, `there is no model ${id}`)]
  if (canRead(model, source.field)) return []
  const message = `the model "${model.name}" has no field ${source.field}`
  return [problem('field_not_found', `${path}.field`, message)]
}

function problem(code: string, path: string, message: string): SyncProblem {
  return { code, message, path, severity: 'error' }
}

/** As the list of 2025-09-18 answers it: without what it maps. */
export function lightSync(call: Call, stored: StoredSync): SyncListItem {
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
