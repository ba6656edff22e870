import type { Actor, Json, JsonObject } from './common.ts'

export const syncModes = [
  'create',
  'update',
  'updateOrCreate',
  'replace',
  'append',
  'remove',
  'snapshot'
] as const
export type SyncMode = (typeof syncModes)[number]

export const identityFunctions = [
  'Equality',
  'ISubstring',
  'OneOf',
  'DomainMatch',
  'HostnameMatch'
] as const
export type IdentityFunction = (typeof identityFunctions)[number]

/** Of several identities: the first that finds a record decides, or all have to fit. */
export const identityStrategies = ['priority', 'and'] as const
export type IdentityStrategy = (typeof identityStrategies)[number]

export const scheduleFrequencies = [
  'manual',
  'continuous',
  'hourly',
  'daily',
  'weekly',
  'custom',
  'builder',
  'runafter',
  'multi',
  'dbtcloud'
] as const
export type ScheduleFrequency = (typeof scheduleFrequencies)[number]

/** Functions of filters and overrides. */
export const filterFunctions = [
  'Equality',
  'Inequality',
  'IsNull',
  'IsNotNull',
  'True',
  'False',
  'GreaterThan',
  'GreaterThanEqual',
  'LessThan',
  'LessThanEqual',
  'Between',
  'OnOrAfter',
  'OnOrBefore',
  'InTheLast',
  'RelativeOnOrAfter',
  'RelativeOnOrBefore',
  'StringContains',
  'StringStartsWith',
  'StringEndsWith',
  'StringDoesNotContain',
  'StringDoesNotStartWith',
  'StringDoesNotEndWith',
  'StringLike',
  'StringNotLike',
  'StringMatchesTrimmed',
  'StringOneOf',
  'StringNotOneOf',
  'ArrayContains',
  'ArrayDoesNotContain'
] as const
export type FilterFunction = (typeof filterFunctions)[number]

/** Marks a source that is none: the service gives it to override fields that it merged into `fields`. */
export const nullModelId = '00000000-0000-0000-0000-000000000000'

export interface Source {
  model_id: string
  field: string
}

export interface SyncField {
  target: string
  source?: Source | null
  /** Always a string on the wire. */
  override_value?: string | null
  sync_mode?: string | null
  new?: boolean
  encryption_enabled?: boolean
}

export interface Identity {
  source: Source
  target: string
  function: string
  new_field?: boolean
  remote_field_type_id?: string | null
}

/** Several mappings, in order. `and`: all must hold; `priority`: the first one that finds a record. */
export interface Identities {
  mappings: Identity[]
  /** Must be given with more than one mapping. */
  strategy?: string | null
}

export interface ModelCondition {
  source: Source
  function: string
  value?: Json
  label?: string | null
}

export interface TargetCondition {
  /** The id of a field of the target. */
  field: string
  function: string
  value?: Json
  /** In place of `value`: a field of a model, taken anew for each record. */
  value_source?: Source | null
  label?: string | null
}

/** The newer shape of filters: each sort has labels and a logic of its own. */
export interface Conditions<T> {
  conditions?: T[] | null
  logic?: string | null
}

/** Why a sync cannot run: a part of it that could not be resolved. */
export interface SyncProblem {
  code: string
  message: string
  path: string
  severity: 'error'
}

export interface Filter {
  field?: Source | null
  field_id?: string | null
  field_type?: string
  function: string
  value?: Json
  /** Of a filter on the target, in place of `value`: a field of a model. */
  value_field?: Source | null
  /** A letter, given by the service in the order of the list. */
  label?: string
}

export interface Override {
  field?: Source | null
  /** Wins over `field` when both are sent: the opposite of a filter. */
  field_id?: string | null
  function?: string
  value?: Json
  override?: Json
}

export interface Target {
  connection_id: string
  object?: string
  /** Write-only: makes a new object with these properties. */
  create?: { [property: string]: string }
  configuration?: JsonObject | null
  filter_logic?: string | null
  new_name?: string
  /** Derived by the service from `object`. */
  search_values?: JsonObject
}

/** Times are UTC; all parts are strings on the wire. */
export interface Schedule {
  frequency?: string
  minute?: string | null
  hour?: string | null
  day_of_week?: string | null
  day_of_month?: string | null
  month?: string | null
  connection_id?: string | null
  job_id?: number | null
  run_after?: { sync_ids?: string[] | null; bulk_sync_ids?: string[] | null } | null
  run_after_success_only?: boolean | null
}

export interface SyncRequest {
  name: string
  mode: string
  fields: SyncField[]
  schedule: Schedule
  target: Target
  identity?: Identity | null
  /** Wins over `identity`. */
  identities?: Identities | null
  active?: boolean
  filters?: Filter[] | null
  model_filters?: Conditions<ModelCondition> | null
  target_filters?: Conditions<TargetCondition> | null
  filter_logic?: string
  overrides?: Override[] | null
  override_fields?: SyncField[] | null
  sync_all_records?: boolean
  only_enrich_updates?: boolean
  skip_initial_backfill?: boolean
  encryption_passphrase?: string
  policies?: string[] | null
  organization_id?: string | null
}

/** Which records of a sync to move at once; absent: all that changed. */
export interface SyncStartRequest {
  /** Values of the identity's field: of a sync with one mapping alone. */
  identities?: string[] | null
  /** Each entry names one record by values of mapped fields. */
  source_identities?: { source: Source; value: string }[][] | null
  resync?: boolean | null
  test?: boolean | null
}

/** Whom to tell when a sync fails, and what to try again. */
export interface SyncErrorHandling {
  subscribers: string[]
  auto_retry_record_errors: boolean
  notify_on_record_errors: boolean
  warning_notifications: boolean
}

export interface Sync extends SyncRequest {
  id: string
  organization_id: string
  model_ids?: string[]
  problems?: SyncProblem[]
  created_at?: string
  created_by?: Actor
  updated_at?: string
  updated_by?: Actor
}

/** An item of `GET /api/syncs` in 2025-09-18: the mapping is only in `GET /api/syncs/{id}`. */
export interface SyncListItem {
  id: string
  name: string
  organization_id: string
  mode: string
  active?: boolean
  model_ids?: string[]
  schedule?: Schedule
  sync_all_records?: boolean
  only_enrich_updates?: boolean
  skip_initial_backfill?: boolean
  target_connection_id?: string
  target_object?: string
  created_at?: string
  created_by?: Actor
  updated_at?: string
  updated_by?: Actor
}
