import type {
  BulkDiscovery,
  BulkErrorHandling,
  BulkField,
  BulkFilter,
  BulkMode,
  NameNormalization,
  UserField
} from '../wire/bulk-sync.ts'
import type { Actor, JsonObject } from '../wire/common.ts'
import type { EventType } from '../wire/event.ts'
import type { Model } from '../wire/model.ts'
import type { PolicyAction } from '../wire/permission.ts'
import type { ExecutionCounts, ExecutionStatus } from '../wire/execution.ts'
import type { GuardStop, RunBounds, StandingBounds } from '../wire/local-start.ts'
import type { SyncErrorHandling, SyncRequest, SyncStartRequest } from '../wire/sync.ts'

/** The members of every stored thing. */
export interface StoredBase {
  id: string
  organization_id: string
  name: string
  created_at: string
  created_by: Actor
  updated_at: string
  updated_by: Actor
}

/**
 * A connection as stored: with its secrets in clear, which is why the database is readable by its owner
 * alone.
 */
export interface StoredConnection extends StoredBase {
  type: string
  configuration: JsonObject
  /** What a person allowed by signing in to the system itself. It is in no answer. */
  grant?: Grant
  /** `healthy`, `new` (waits for a person) or `unhealthy` (the person denied it). */
  status: string
  status_error?: string
  policies: string[]
  healthcheck_interval?: string
  redirect_url?: string
  /** Objects that syncs created in the target with `target.create`. */
  created_objects?: string[]
  /** The connection of another organization that this one shares, with its configuration and status. */
  parent_connection_id?: string
  /** The name of that connection, under which its content is described. */
  parent_name?: string
  /** Whether requests may be sent through it to the system itself. */
  proxy_enabled?: boolean
  /** Changes of users to detected schemas, by schema. */
  schema_changes?: Record<string, SchemaChanges>
}

/** By what a connection acts for a person. It is good at one address, and for one app, alone. */
export interface Grant {
  refresh_token: string
  address: string
  client_id: string
}

/** Both lists replace what was detected: keys as a whole, fields one by one. */
export interface SchemaChanges {
  primary_keys?: string[]
  fields?: UserField[]
}

/** A model as the newest version of the API has it; answers in older ones leave something out. */
export interface StoredModel extends StoredBase, Omit<Model, keyof StoredBase> {
  /**
   * False when neither the catalogue nor the request told the fields: then no field name can be checked.
   */
  fields_known: boolean
}

/** A sync with its defaults filled in. The passphrase for encryption is here in clear, and in no answer. */
export interface StoredSync extends StoredBase, Omit<SyncRequest, 'organization_id' | 'name'> {
  active: boolean
  policies: string[]
  model_ids: string[]
  /** It has an address of its own: an update of the sync leaves it. */
  error_handling?: Partial<SyncErrorHandling>
}

/** One schedule of a bulk sync, with an id of its own; only the parts that say something. */
export interface StoredBulkSchedule {
  id: string
  frequency: string
  minute?: string
  hour?: string
  day_of_week?: string
  day_of_month?: string
  month?: string
  schemas?: string[]
  selective_mode?: string
  resync_mode?: string
  created_at: string
  created_by: Actor
  updated_at: string
  updated_by: Actor
}

/**
 * The settings of one schema of the source, with all fields that existed when they were made: any other
 * is new.
 */
export interface StoredBulkSchema {
  id: string
  enabled: boolean
  fields: (Pick<BulkField, 'id'> & { enabled: boolean; obfuscated: boolean; user_output_name?: string })[]
  filters: BulkFilter[]
  partition_key?: string
  tracking_field?: string
  user_output_name?: string
  data_cutoff_timestamp?: string
  disable_data_cutoff: boolean
  history_enabled?: boolean
}

/** A bulk sync with its defaults filled in. */
export interface StoredBulkSync extends StoredBase {
  source_connection_id: string
  destination_connection_id: string
  mode: BulkMode
  active: boolean
  source_configuration: JsonObject | null
  destination_configuration: JsonObject
  default_schedule: StoredBulkSchedule
  additional_schedules: StoredBulkSchedule[]
  schemas: StoredBulkSchema[]
  automatically_add_new_objects: BulkDiscovery
  automatically_add_new_fields: BulkDiscovery
  normalize_names: NameNormalization
  concurrency_limit: number | null
  resync_concurrency_limit: number | null
  data_cutoff_timestamp?: string
  disable_record_timestamps: boolean
  policies: string[]
  /** It has an address of its own: an update of the sync leaves it. */
  error_handling?: BulkErrorHandling
}

/** `system`: it came with the organization, and was made by nobody. */
export interface StoredRole extends StoredBase {
  system: boolean
}

/** A person who may sign in. The name of the thing is the e-mail address, in lower case. */
export interface StoredUser extends StoredBase {
  /** The older word for the roles. */
  role: string
  role_ids: string[]
}

/** Where the organization wants its events told. An organization has one at most. */
export interface StoredWebhook extends StoredBase {
  endpoint: string
  secret: string
  disabled: boolean
  disabled_at?: string | null
}

/** The subscribers to failures of syncs; one per organization, under the id of the organization. */
export interface StoredErrorSubscribers extends StoredBase {
  emails: string[]
}

/** Where an organization wants its records logged; there is one at most. */
export interface StoredRecordLogging extends StoredBase {
  enabled: boolean
  connection_id?: string
  prefix?: string
}

/** An event; its name is its type. */
export interface StoredEvent extends StoredBase {
  name: EventType
  event: JsonObject
}

/**
 * A policy: which roles may do what. It can be referred to, and is not enforced: every key may do
 * everything in its organization.
 */
export interface StoredPolicy extends StoredBase {
  system: boolean
  policy_actions: PolicyAction[]
}

/** The result of finished work, kept for a client that asked to fetch it later. */
export interface StoredJob extends StoredBase {
  type: string
  result: object
}

/** One authorization; its id is the secret in the address of its page. */
export interface StoredAuthorization extends StoredBase {
  connection_id: string
  decision?: 'allow' | 'deny' | 'superseded'
  /** The person was sent to the system itself, and is to come back with this `state`, once. */
  sign_in?: { state: string; verifier: string; callback: string }
}

/** The results of a query. */
export interface StoredQuery extends StoredBase {
  /** Absent: it found what `fields` and `results` say. */
  error?: string
  fields: string[]
  results: JsonObject[]
  expires: string
}

/** A page on which a person creates a connection; its id is the secret in its address. */
export interface StoredConnectCard extends StoredBase {
  redirect_url: string
  /** The types to choose from. */
  types: string[]
  connection_id?: string
  dark: boolean
  /** Whether a connection was created with it: it is valid once. */
  used: boolean
  /** The time at which it expires. Absent: never. */
  expires_at?: string
  /** The organization that the person is told the connection is for; empty: none. */
  organization_name?: string
}

/** One run of a sync. It keeps the place in lists that it had when it was created. */
export interface StoredExecution extends StoredBase {
  sync_id: string
  type: 'manual' | 'scheduled'
  status: ExecutionStatus
  request: SyncStartRequest
  counts: ExecutionCounts
  errors: string[]
  /** What the start said beside the API. */
  bounds?: RunBounds
  /** The guards that stopped it before it wrote anything. */
  stops?: GuardStop[]
  started_at?: string
  completed_at?: string
  /** Signs the addresses of its logs. */
  log_secret: string
  /** The base of addresses in events. */
  base_url: string
}

/** What polyctl's files say of each execution of a sync; its id and name are those of the sync. */
export interface StoredGuards extends StoredBase, StandingBounds {}

/** What became of one schema in an execution of a bulk sync. */
export interface StoredSchemaExecution {
  schema: string
  output_name: string
  status: ExecutionStatus
  status_message: string
  record_count: number
  error_count: number
  warning_count: number
  created_at: string
  started_at?: string
  completed_at?: string
}

/** What an execution of a bulk sync was asked to do. */
export interface BulkRunRequest {
  test?: boolean
  resync_mode?: string
  /** Absent: all that are enabled. */
  schemas?: string[]
  /** Those that a schedule leaves to others. */
  except?: string[]
  /** Of a schedule: those with a tracking field, or those without. */
  selective_mode?: string
}

/** One run of a bulk sync. It keeps the place in lists that it had when it was created. */
export interface StoredBulkExecution extends StoredBase {
  sync_id: string
  type: 'manual' | 'scheduled'
  status: ExecutionStatus
  status_message: string
  request: BulkRunRequest
  schemas: StoredSchemaExecution[]
  started_at?: string
  completed_at?: string
  /** The schedule that started it. */
  schedule?: { id: string; frequency: string }
  /** Signs the addresses of its logs. */
  log_secret: string
  /** The base of addresses in events. */
  base_url: string
}

/** The kinds of stored things. */
export interface Stored {
  connection: StoredConnection
  model: StoredModel
  sync: StoredSync
  bulk_sync: StoredBulkSync
  role: StoredRole
  policy: StoredPolicy
  user: StoredUser
  webhook: StoredWebhook
  error_subscribers: StoredErrorSubscribers
  record_logging: StoredRecordLogging
  event: StoredEvent
  job: StoredJob
  authorization: StoredAuthorization
  query: StoredQuery
  connect_card: StoredConnectCard
  execution: StoredExecution
  sync_guards: StoredGuards
  bulk_execution: StoredBulkExecution
}

/** The names of kinds are in the database: renaming one loses what is stored under it. */
export type StoredKind = keyof Stored
