/**
 * The members that answers have, and their types, by version: what the official clients of each version read.
 * `newest`: 2025-09-18 with all that was added to it up to SDK 25.9.10.
 */
import type { ApiVersion } from '../../src/wire/common.ts'

/** In which version, and with which members, a service answers. */
export interface At {
  version: ApiVersion
  newest: boolean
}

/**
 * A type of JSON or several (`text|null`); members, where `?` marks what may be left out; a list of one
 * shape; or one of several.
 */
export type Shape = string | { [member: string]: Shape } | readonly [Shape] | OneOf

/** Alternatives: the one that has the fewest faults is meant. */
export interface OneOf {
  oneOf: readonly Shape[]
}

export const oneOf = (...shapes: Shape[]): OneOf => ({ oneOf: shapes })
export const data = (shape: Shape): Shape => ({ data: shape })
export const page = (shape: Shape): Shape => ({ data: [shape], 'pagination?': { next_page_token: 'text' } })

type Members = { [member: string]: Shape }

const actor = { id: 'text', name: 'text', type: 'text' }
const made = { created_at: 'text', created_by: actor, updated_at: 'text', updated_by: actor }
const since = (at: At, version: ApiVersion, members: Members): Members =>
  at.version >= version ? members : {}
const added = (at: At, members: Members): Members => (at.newest ? members : {})

export const error = { status: 'number', key: 'text', message: 'text', 'metadata?': 'object' }
export const message = data({ message: 'text' })
const source = { model_id: 'text', field: 'text' }

// Connections

const connectionCommon = (at: At): Members => ({
  id: 'text',
  organization_id: 'text',
  name: 'text',
  type: { id: 'text', name: 'text', logo_url: 'text', ...added(at, { logo_dark_url: 'text' }) },
  configuration: 'object',
  status: 'text',
  'status_error?': 'text',
  saved: 'boolean',
  policies: ['text'],
  'parent_connection_id?': 'text'
})
export const connection = (at: At): Shape => ({
  ...connectionCommon(at),
  ...made,
  ...added(at, {
    rate_limit: { currently_limited: 'boolean', limited_since: 'text|null', expires_at: 'text|null' }
  })
})
export const connectionReply = (at: At): Shape => ({
  ...connectionCommon(at),
  'healthcheck_interval?': 'text',
  'auth_url?': 'text',
  'auth_code?': 'text'
})
export const connectionType = (at: At): Shape => ({
  id: 'text',
  name: 'text',
  logo_url: 'text',
  ...added(at, { logo_dark_url: 'text' }),
  use_oauth: 'boolean',
  capabilities: {
    source: 'boolean',
    destination: 'boolean',
    enrichment: 'boolean',
    orchestration: 'boolean',
    logging: 'boolean'
  }
})
const choice = { label: 'text|null', value: 'any', 'path?': 'any' }
export const parameterValues: Shape = {
  '*': { allows_creation: 'boolean', values: oneOf('null', [choice]) }
}
export const connectCard = { redirect_url: 'text', token: 'text' }
export const connectSession = {
  id: 'text',
  name: 'text',
  connection_id: 'text',
  type: 'text',
  whitelist: ['text'],
  redirect_url: 'text',
  organization_name: 'text',
  logo: 'text',
  dark: 'boolean',
  expires_at: 'text|null'
} as const
export const proxySettings = {
  connectionId: 'text',
  'parentConnectionId?': 'text',
  backendType: 'text',
  enabled: 'boolean',
  supported: 'boolean'
}
export const usage = {
  connectionId: 'text',
  callsLast24h: 'number|null',
  reportsSyncStats: 'boolean',
  bySync: [
    { syncId: 'text', syncName: 'text', syncType: 'text', totalCalls: 'number', 'lastRunAt?': 'text' }
  ]
} as const
export const consoleLog = {
  entries: [{ id: 'text', level: 'text', message: 'text', 'payload?': 'object', timestamp: 'text' }],
  next_cursor: 'text'
} as const

// What connections hold

const sourceItem = {
  has_items: 'boolean',
  items: oneOf(['any'], 'null'),
  requires_one_of: oneOf(['text'], 'null')
}
export const sourceMeta: Shape = {
  configuration: 'object',
  items: oneOf('null', { '*': sourceItem }),
  requires_one_of: oneOf(['text'], 'null')
}
const schemaField = (at: At): Shape => ({
  id: 'text',
  name: 'text',
  type: 'text',
  'remote_type?': 'text',
  is_primary_key: 'boolean',
  'association?': 'object',
  'values?': ['any'],
  'type_spec?': 'any',
  ...added(at, {
    'path?': 'text',
    user_managed: 'boolean',
    source_primary_key: 'boolean',
    'primary_key_override?': 'boolean'
  })
})
export const oneField = schemaField
export const schema = (at: At): Shape => ({ id: 'text', name: 'text', fields: [schemaField(at)] })
export const schemaStatus = {
  cache_status: 'text',
  last_refresh_started: 'text|null',
  last_refresh_finished: 'text|null'
}
const pick = { value: 'text', label: 'text', 'depends_on?': 'object' }
const targetField = (at: At): Shape => ({
  id: 'text',
  name: 'text',
  description: 'text',
  type: 'text',
  source_type: 'text',
  required: 'boolean',
  createable: 'boolean',
  updateable: 'boolean',
  filterable: 'boolean',
  encryptable: 'boolean',
  association: 'boolean',
  supports_identity: 'boolean',
  identity_functions: [{ id: 'text', label: 'text' }],
  ...added(at, {
    filter_functions: [
      { id: 'text', label: 'text', requires_value: 'boolean', multi_value: 'boolean', values: [pick] }
    ],
    values: [pick],
    multiple_associations: 'boolean'
  })
})
const flags = (...names: string[]): Members => Object.fromEntries(names.map((name) => [name, 'boolean']))
export const targetFields = (at: At): Shape => ({
  id: 'text',
  name: 'text',
  refreshed_at: 'text',
  fields: [targetField(at)],
  modes: [
    {
      mode: 'text',
      label: 'text',
      description: 'text',
      ...flags('requires_identity', 'supports_field_sync_mode', 'supports_target_filters')
    }
  ],
  properties: {
    ...flags(
      'does_not_report_operation_counts',
      'mappings_not_required',
      'optional_target_mappings',
      'requires_configuration',
      'supports_field_creation',
      'supports_field_encryption',
      'supports_field_type_selection',
      'supports_identity_field_creation',
      'supports_target_filters',
      'target_creator',
      'use_field_names_as_labels'
    ),
    ...added(at, flags('supports_filter_value_fields', 'supports_multiple_identities'))
  }
})
export const targetObjects: Shape = {
  data: [
    {
      id: 'text',
      name: 'text',
      modes: [
        {
          id: 'text',
          ...flags('requires_identity', 'supports_per_field_mode', 'supports_target_filters')
        }
      ]
    }
  ],
  target_creation: {
    supported: 'boolean',
    properties: [{ id: 'text', title: 'text', enum: 'boolean', 'values?': [pick] }]
  }
}
export const targetProperty = { id: 'text', title: 'text', enum: 'boolean', values: [pick] } as const
export const bulkSource = (at: At): Shape => ({
  capabilities: flags('supports_tracking_fields', ...(at.newest ? ['supports_namespaces'] : [])),
  configuration: 'any',
  schemas: [schema(at)]
})
export const bulkDestination = (at: At): Shape => ({
  configuration: 'object',
  modes: [
    {
      id: 'text',
      label: 'text',
      description: 'text',
      ...flags('requires_identity', 'supports_field_sync_mode', 'supports_target_filters')
    }
  ],
  supported_resync_modes: ['text'],
  ...added(at, { supports_history_mode: 'boolean' })
})

// Models

const modelField = (at: At): Shape => ({
  ...since(at, '2024-02-08', { id: 'text' }),
  name: 'text',
  label: 'text',
  type: 'text',
  remote_type: 'text',
  description: 'text',
  'example?': 'any',
  unique: 'boolean',
  user_added: 'boolean',
  ...since(at, '2024-02-08', { created_at: 'text', created_by: actor, updated_at: 'text' })
})
export const sourceField = {
  id: 'text',
  name: 'text',
  label: 'text',
  type: 'text',
  remote_type: 'text',
  description: 'text',
  'example?': 'any',
  unique: 'boolean',
  user_added: 'boolean'
}
export const model = (at: At): Shape => ({
  id: 'text',
  organization_id: 'text',
  name: 'text',
  type: 'text',
  version: 'number',
  connection_id: 'text',
  configuration: 'object',
  identifier: 'text',
  fields: [modelField(at)],
  relations: [{ from: 'text', to: source }],
  tracking_columns: ['text'],
  labels: ['object'],
  policies: ['text'],
  ...since(at, '2024-02-08', { 'enricher?': 'object', ...made })
})
export const job = { job_id: 'text', type: 'text', status: 'text', 'result?': 'any', 'error?': 'text|null' }

// Syncs

const schedule = (at: At): Shape => ({
  'frequency?': 'text',
  'minute?': 'text|null',
  'hour?': 'text|null',
  'day_of_week?': 'text|null',
  'day_of_month?': 'text|null',
  'month?': 'text|null',
  'connection_id?': 'text|null',
  'job_id?': 'number|null',
  'run_after?': { 'sync_ids?': ['text'], 'bulk_sync_ids?': ['text'] },
  ...since(at, '2024-02-08', { run_after_success_only: 'boolean' })
})
const identity: Shape = {
  source,
  target: 'text',
  function: 'text',
  'new_field?': 'boolean',
  'remote_field_type_id?': 'text'
}
const field = { 'source?': source, target: 'text', 'new?': 'boolean', 'sync_mode?': 'text' }
const condition = { function: 'text', 'value?': 'any', label: 'text' }
export const sync = (at: At): Shape => ({
  id: 'text',
  organization_id: 'text',
  name: 'text',
  mode: 'text',
  active: 'boolean',
  identity: oneOf('null', identity),
  fields: [{ ...field, 'override_value?': 'text', 'encryption_enabled?': 'boolean' }],
  override_fields: [{ target: 'text', override_value: 'text', 'new?': 'boolean', 'sync_mode?': 'text' }],
  filters: [
    {
      'field?': source,
      field_id: 'text',
      field_type: 'text',
      ...condition,
      ...since(at, '2025-09-18', { 'value_field?': source })
    }
  ],
  'filter_logic?': 'text',
  overrides: [
    { field: source, field_id: 'text', 'function?': 'text', 'value?': 'any', 'override?': 'any' }
  ],
  schedule: schedule(at),
  target: {
    connection_id: 'text',
    object: 'text',
    search_values: 'object',
    'configuration?': 'object',
    'new_name?': 'text',
    'filter_logic?': 'text'
  },
  sync_all_records: 'boolean',
  policies: ['text'],
  ...since(at, '2024-02-08', {
    model_ids: ['text'],
    only_enrich_updates: 'boolean',
    skip_initial_backfill: 'boolean',
    ...made
  }),
  ...added(at, {
    identities: { mappings: [identity], 'strategy?': 'text' },
    model_filters: { conditions: [{ source, ...condition }], 'logic?': 'text' },
    target_filters: {
      conditions: [{ field: 'text', ...condition, 'value_source?': source }],
      'logic?': 'text'
    },
    problems: [{ code: 'text', message: 'text', path: 'text', severity: 'text' }]
  })
})
export const syncItem = (at: At): Shape => ({
  id: 'text',
  name: 'text',
  organization_id: 'text',
  mode: 'text',
  active: 'boolean',
  model_ids: ['text'],
  schedule: schedule(at),
  ...flags('sync_all_records', 'only_enrich_updates', 'skip_initial_backfill'),
  target_connection_id: 'text',
  target_object: 'text',
  ...made
})
export const scheduleOptions = { schedule_options: ['object'] } as const
export const activated = { id: 'text', active: 'boolean' }
export const status = {
  'current_execution?': 'object',
  'last_execution?': 'object',
  next_execution_time: 'text|null'
}
export const errorHandling = {
  subscribers: ['text'],
  ...flags('auto_retry_record_errors', 'notify_on_record_errors', 'warning_notifications')
} as const
export const bulkErrorHandling = {
  subscribers: ['text'],
  ingestion_failure_threshold: 'number|null'
} as const

// Bulk syncs

const times = {
  frequency: 'text',
  'minute?': 'text|null',
  'hour?': 'text|null',
  'day_of_week?': 'text|null',
  'day_of_month?': 'text|null',
  'month?': 'text|null'
}
const bulkSchedule = { id: 'text', ...times, 'resync_mode?': 'text', ...made }
const history = (at: At): Members =>
  added(at, { history_enabled: 'boolean', 'destination_history_output_name?': 'text' })
export const bulkSync = (at: At): Shape => ({
  id: 'text',
  organization_id: 'text',
  name: 'text',
  source_connection_id: 'text',
  destination_connection_id: 'text',
  mode: 'text',
  active: 'boolean',
  source_configuration: oneOf('null', 'object'),
  destination_configuration: 'object',
  automatically_add_new_objects: 'text',
  automatically_add_new_fields: 'text',
  policies: ['text'],
  ...(at.version === '2025-09-18'
    ? {
        default_schedule: bulkSchedule,
        additional_schedules: [
          { ...bulkSchedule, 'selective_mode?': 'text', 'schemas?': ['text'] } satisfies Members
        ]
      }
    : { discover: 'boolean', schedule: { ...times, 'multi?': 'object' } }),
  ...since(at, '2024-02-08', {
    normalize_names: 'text',
    concurrency_limit: 'number|null',
    resync_concurrency_limit: 'number|null',
    'data_cutoff_timestamp?': 'text',
    disable_record_timestamps: 'boolean',
    ...made
  })
})
export const bulkSchemaItem = (at: At): Shape => ({
  id: 'text',
  enabled: 'boolean',
  output_name: 'text',
  partition_key: 'text',
  ...since(at, '2024-02-08', {
    user_output_name: 'text',
    tracking_field: 'text',
    'data_cutoff_timestamp?': 'text',
    disable_data_cutoff: 'boolean'
  }),
  ...history(at)
})
export const bulkSchema = (at: At): Shape => ({
  ...(bulkSchemaItem(at) as Members),
  fields: [
    {
      id: 'text',
      enabled: 'boolean',
      obfuscated: 'boolean',
      ...since(at, '2024-02-08', { output_name: 'text', user_output_name: 'text' })
    }
  ],
  ...since(at, '2024-02-08', { filters: [{ 'field_id?': 'text', function: 'text', 'value?': 'any' }] })
})
export const bulkScheduleItem = {
  id: 'text',
  frequency: 'text',
  'minute?': 'text',
  'hour?': 'text',
  'dayOfWeek?': 'text',
  'dayOfMonth?': 'text',
  'month?': 'text',
  isDefault: 'boolean',
  selectiveMode: 'text',
  syncMode: 'text',
  schemas: ['text'],
  syncId: 'text',
  createdAt: 'text',
  createdBy: 'text',
  updatedAt: 'text',
  updatedBy: 'text'
} as const
export const bulkStatus = { sync_id: 'text', schemas: ['object'] } as const

// Organizations and people

export const organization = {
  id: 'text',
  name: 'text',
  'sso_domain?': 'text',
  'sso_org_id?': 'text',
  'issuer?': 'text'
}
export const me = (at: At): Shape => ({
  'id?': 'text',
  'email?': 'text',
  'role?': 'text',
  organization_id: 'text',
  organization_name: 'text',
  ...flags('is_user', 'is_organization', 'is_partner', 'is_system'),
  ...added(at, { credential: { method: 'text', mode: 'text' } })
})
export const user = {
  id: 'text',
  email: 'text',
  organization_id: 'text',
  role: 'text',
  role_ids: ['text']
} as const
export const readUser = (at: At): Shape => ({
  ...user,
  ...added(at, { harbor_ids: ['text'], harbor_only: 'boolean' })
})
export const role = { id: 'text', name: 'text', organization_id: 'text', system: 'boolean' }
export const policy = { ...role, policy_actions: [{ action: 'text', role_ids: ['text'] }] } as const
export const webhook = (at: At): Shape => ({
  id: 'text',
  organization_id: 'text',
  endpoint: 'text',
  secret: 'text',
  disabled: 'boolean',
  created_at: 'text',
  ...added(at, { disabled_at: 'text|null', disabled_reason: 'text|null' })
})
export const recordLogging = {
  enabled: 'boolean',
  'deliveryConnectionId?': 'text',
  'deliveryConnectionName?': 'text',
  'deliveryPrefix?': 'text'
}
export const entity = { id: 'text', type: 'text', canonical_path: 'text', 'organization_id?': 'text' }
export const event = {
  id: 'text',
  type: 'text',
  organization_id: 'text',
  created_at: 'text',
  event: 'object'
}
export const query = {
  id: 'text',
  status: 'text',
  'count?': 'number',
  'fields?': ['text'],
  'results?': ['object'],
  'error?': 'text',
  'expires?': 'text'
} as const

/** Each fault of a value, with its path. */
export function faults(shape: Shape, value: unknown, path = ''): string[] {
  if (typeof shape === 'string')
    return shape.split('|').includes(typeOf(value)) || shape === 'any'
      ? []
      : [`${path} is ${typeOf(value)}, not ${shape}`]
  if (isOneOf(shape)) {
    const all = shape.oneOf.map((one) => faults(one, value, path))
    return all.reduce((best, one) => (one.length < best.length ? one : best))
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) return [`${path} is ${typeOf(value)}, not a list`]
    return value.flatMap((item, index) => faults(shape[0], item, `${path}[${index}]`))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${path} is ${typeOf(value)}, not an object`]
  return memberFaults(shape, value as Record<string, unknown>, path)
}

function memberFaults(shape: Members, value: Record<string, unknown>, path: string): string[] {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  const known = new Map(Object.entries(shape).map(([name, one]) => [name.replace(/\?$/, ''), one]))
  const missing = Object.keys(shape).filter((name) => !/[?*]$/.test(name) && !(name in value))
  return [
    ...missing.map((name) => `${at(name)} is missing`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const one = known.get(name) ?? known.get('*')
      return one === undefined ? [`${at(name)} is not known`] : faults(one, member, at(name))
    })
  ]
}

function isOneOf(shape: Shape): shape is OneOf {
  return typeof shape === 'object' && 'oneOf' in shape
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'string' ? 'text' : typeof value
}
