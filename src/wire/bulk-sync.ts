import type { Actor, Json, JsonObject } from './common.ts'

export const bulkModes = ['replicate', 'snapshot'] as const
/** `append` came to 2025-09-18 without a version of its own; no documentation says what it does. */
export const newestBulkModes = [...bulkModes, 'append'] as const
export type BulkMode = (typeof newestBulkModes)[number]

/** What happens to objects and fields that appear in the source later. */
export const bulkDiscoveries = ['all', 'onlyIncremental', 'onlyNonIncremental', 'none'] as const
export type BulkDiscovery = (typeof bulkDiscoveries)[number]

export const nameNormalizations = ['enabled', 'disabled', 'legacy'] as const
export type NameNormalization = (typeof nameNormalizations)[number]

/** Which schemas a schedule is for: those that have a tracking field, or those that have none. */
export const selectiveModes = ['none', 'incrementalFields', 'nonincrementalFields'] as const
export type SelectiveMode = (typeof selectiveModes)[number]

/** `normal` is of schedules alone: a start by hand leaves it out. */
export const bulkResyncModes = ['normal', 'refetch', 'resync', 'rebuild'] as const
export type BulkResyncMode = (typeof bulkResyncModes)[number]

export const bulkFetchModes = ['none', 'incremental', 'full'] as const
export type BulkFetchMode = (typeof bulkFetchModes)[number]

/** Times are UTC; all parts are strings on the wire. */
export interface BulkScheduleRequest {
  /** Of a schedule that exists. */
  id?: string
  frequency: string
  minute?: string | null
  hour?: string | null
  day_of_week?: string | null
  day_of_month?: string | null
  month?: string | null
}

/** Overrides the default schedule for some schemas; none listed are all. */
export interface AdditionalBulkScheduleRequest extends BulkScheduleRequest {
  schemas?: string[] | null
  selective_mode?: string | null
  resync_mode?: string | null
}

/** `default_schedule` and the items of `additional_schedules`, as 2025-09-18 answers them. */
export interface BulkSchedule extends AdditionalBulkScheduleRequest {
  created_at?: string
  created_by?: Actor
  updated_at?: string
  updated_by?: Actor
}

/** The one `schedule` of versions before 2025-09-18; several are one of frequency `multi`. */
export interface OlderBulkSchedule {
  frequency: string
  minute?: string | null
  hour?: string | null
  day_of_week?: string | null
  day_of_month?: string | null
  month?: string | null
  multi?: {
    type?: string | null
    schedules?: { item: string; schedule: OlderBulkSchedule }[] | null
  } | null
}

/** `/api/bulk/syncs/{id}/schedules`: the same things in camel case, in every version. */
export interface BulkScheduleItem {
  /** The service's own types leave it out; the addresses need it. */
  id?: string
  frequency: string
  minute?: string | null
  hour?: string | null
  dayOfWeek?: string | null
  dayOfMonth?: string | null
  month?: string | null
  isDefault?: boolean
  selectiveMode?: string | null
  syncMode?: string | null
  schemas?: string[] | null
  syncId?: string
  createdAt?: string
  createdBy?: string
  updatedAt?: string
  updatedBy?: string
}

export interface BulkFilter {
  field_id?: string
  function: string
  value?: Json
}

/** A field in a bulk sync's own request: it says `obfuscate` where all others say `obfuscated`. */
export interface FieldConfiguration {
  id: string
  /** Default true. */
  enabled?: boolean | null
  /** Default false. */
  obfuscate?: boolean | null
  /** Left out of an update: as it is. Empty: none. */
  user_output_name?: string | null
}

/** An item of `schemas` in a bulk sync's own request; a text is an id. */
export interface SchemaConfiguration {
  id: string
  /** Default true. */
  enabled?: boolean | null
  /** Left out: all. */
  fields?: (string | FieldConfiguration)[] | null
  filters?: BulkFilter[] | null
  partition_key?: string | null
  tracking_field?: string | null
  data_cutoff_timestamp?: string | null
  disable_data_cutoff?: boolean | null
  /** Left out of an update: as it is. */
  history_enabled?: boolean | null
  /** Left out of an update: as it is. Empty: none. */
  user_output_name?: string | null
}

export interface BulkField {
  id: string
  enabled?: boolean | null
  obfuscated?: boolean | null
  /** Given by the service. */
  output_name?: string
  user_output_name?: string | null
}

/** An item of `GET /api/bulk/syncs/{id}/schemas`. */
export interface BulkSchemaListItem {
  id: string
  enabled?: boolean | null
  /** The name of the table in the destination, given by the service. */
  output_name?: string
  /** What the service is told to name it. */
  user_output_name?: string | null
  partition_key?: string | null
  tracking_field?: string | null
  data_cutoff_timestamp?: string | null
  disable_data_cutoff?: boolean | null
  /** A companion table keeps every version that was seen. */
  history_enabled?: boolean | null
  /** The name of that table, given by the service where there is one. */
  destination_history_output_name?: string
}

/** One schema of a bulk sync: answered by its own address, sent by PATCH of several. */
export interface BulkSchema extends BulkSchemaListItem {
  fields?: BulkField[] | null
  filters?: BulkFilter[] | null
}

interface BulkSyncSettings {
  name: string
  source_connection_id: string
  destination_connection_id: string
  /** Default `replicate`. */
  mode?: string | null
  active?: boolean | null
  source_configuration?: JsonObject | null
  destination_configuration?: JsonObject | null
  /** Default `none`. */
  automatically_add_new_objects?: string | null
  /** Default `all`. */
  automatically_add_new_fields?: string | null
  /** Default `enabled`. */
  normalize_names?: string | null
  /** Null: the service's own. */
  concurrency_limit?: number | null
  resync_concurrency_limit?: number | null
  data_cutoff_timestamp?: string | null
  disable_record_timestamps?: boolean | null
  policies?: string[] | null
  organization_id?: string | null
}

export interface BulkSyncRequest extends BulkSyncSettings {
  /** Left out of a create: all schemas of the source. */
  schemas?: (string | SchemaConfiguration)[] | null
  /** 2025-09-18. */
  default_schedule?: BulkScheduleRequest
  /** 2025-09-18. */
  additional_schedules?: AdditionalBulkScheduleRequest[] | null
  /** Versions before 2025-09-18. */
  schedule?: OlderBulkSchedule
  /** Versions before 2025-09-18: true is `automatically_add_new_objects: all`. */
  discover?: boolean | null
}

export interface BulkSync extends BulkSyncSettings {
  id: string
  organization_id: string
  /** 2025-09-18. */
  default_schedule?: BulkSchedule
  /** 2025-09-18. */
  additional_schedules?: BulkSchedule[] | null
  /** Versions before 2025-09-18. */
  schedule?: OlderBulkSchedule
  /** Versions before 2025-09-18. */
  discover?: boolean
  created_at?: string
  created_by?: Actor
  updated_at?: string
  updated_by?: Actor
}

/** `POST /api/bulk/syncs/{id}/executions`. */
export interface BulkStartRequest {
  test?: boolean | null
  resync_mode?: string | null
  fetch_mode?: string | null
  schemas?: string[] | null
  /** Versions before 2025-09-18: true is `resync_mode: rebuild`. */
  resync?: boolean | null
}

/** A field of a source's schema. */
export interface SchemaField {
  id: string
  name: string
  type: string
  remote_type?: string
  is_primary_key?: boolean
  association?: { id?: string; name?: string; reference_to?: string[]; referenced_field?: string }
  values?: { label: string; value: Json }[]
  /** JSONPath of a field that a person has added. */
  path?: string
  /** A person has added it, or changed what was detected. */
  user_managed?: boolean
  /** The type in detail: a name, or a list such as `["decimal", {"precision": 9, "scale": 2}]`. */
  type_spec?: Json
  /** What the source says. */
  source_primary_key?: boolean
  /** What people say, which wins over the source; absent: nothing. */
  primary_key_override?: boolean
}

/** A table or an object of a source. */
export interface Schema {
  id: string
  name: string
  fields?: SchemaField[]
}

/** `GET /api/connections/{id}/bulksync/source`. */
export interface BulkSource {
  /** A namespace is what stands before the last dot of a schema's id. */
  capabilities: { supports_tracking_fields: boolean; supports_namespaces?: boolean }
  configuration: Json
  schemas: Schema[] | null
}

/** `GET /api/connections/{id}/bulksync/target`. */
export interface BulkDestination {
  configuration: JsonObject | null
  modes:
    | {
        id: string
        label: string
        description: string
        requires_identity: boolean
        supports_field_sync_mode: boolean
        supports_target_filters: boolean
      }[]
    | null
  supported_resync_modes: string[] | null
  supports_history_mode?: boolean
}

/** `GET` and `PUT /api/bulk/syncs/{id}/error-handling`. */
export interface BulkErrorHandling {
  subscribers: string[]
  /** How far ingestion may lag; null: no threshold of its own. */
  ingestion_failure_threshold: number | null
}

/** `GET /api/connections/{id}/schemas/status`: done when finished is later than started. */
export interface SchemaStatus {
  cache_status: string
  last_refresh_started: string | null
  last_refresh_finished: string | null
}

/** A field that a person adds to a schema, or whose detected description is changed. */
export interface UserField {
  field_id: string
  label: string
  type: string
  path?: string | null
  example?: Json
  /** The type in detail. */
  definition?: Json
}

export interface PrimaryKeyOverride {
  field_id: string
  is_primary_key: boolean
}
