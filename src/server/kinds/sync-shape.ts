import type { SyncRequest, SyncStartRequest } from '../../wire/sync.ts'
import { bookkeeping, lazily } from './request-shape.ts'

const text = { type: 'string' }
const maybeText = { type: ['string', 'null'] }
const maybeTexts = { type: ['array', 'null'], items: text }
const maybeBoolean = { type: ['boolean', 'null'] }

const source = {
  type: 'object',
  required: ['model_id', 'field'],
  properties: { model_id: text, field: text }
}
const field = {
  type: 'object',
  required: ['target'],
  properties: {
    target: { type: 'string', minLength: 1 },
    source: { anyOf: [source, { type: 'null' }, { type: 'object', maxProperties: 0 }] },
    override_value: maybeText,
    sync_mode: maybeText,
    new: maybeBoolean,
    encryption_enabled: maybeBoolean
  }
}
const identity = {
  type: 'object',
  required: ['source', 'target', 'function'],
  properties: {
    source,
    target: { type: 'string', minLength: 1 },
    function: text,
    new_field: maybeBoolean,
    remote_field_type_id: maybeText
  }
}
/** One sort of filters in the newer shape. */
function conditions(required: string, properties: object): object {
  return {
    type: ['object', 'null'],
    properties: {
      conditions: {
        type: ['array', 'null'],
        items: {
          type: 'object',
          required: [required, 'function'],
          properties: { ...properties, function: text, value: {}, label: maybeText }
        }
      },
      logic: maybeText
    }
  }
}
const maybeFields = { type: ['array', 'null'], items: field }
const maybeSource = { anyOf: [source, { type: 'null' }] }
const condition = {
  field: maybeSource,
  field_id: maybeText,
  value: {}
}
const target = {
  type: 'object',
  required: ['connection_id'],
  properties: {
    connection_id: { type: 'string', minLength: 1 },
    object: maybeText,
    create: { type: ['object', 'null'], additionalProperties: text },
    configuration: { type: ['object', 'null'] },
    filter_logic: maybeText,
    new_name: maybeText,
    search_values: { type: ['object', 'null'] }
  }
}
const schedule = {
  type: 'object',
  properties: {
    frequency: maybeText,
    minute: maybeText,
    hour: maybeText,
    day_of_week: maybeText,
    day_of_month: maybeText,
    month: maybeText,
    connection_id: maybeText,
    job_id: { type: ['integer', 'null'] },
    run_after_success_only: maybeBoolean,
    run_after: {
      type: ['object', 'null'],
      properties: { sync_ids: maybeTexts, bulk_sync_ids: maybeTexts }
    }
  }
}

/** Types of everything in a request for a sync; meanings are checked after. */
export const syncShape = lazily<SyncRequest>(() => ({
  type: 'object',
  required: ['name', 'mode', 'schedule', 'target'],
  properties: {
    name: { type: 'string', minLength: 1 },
    mode: text,
    fields: maybeFields,
    override_fields: maybeFields,
    active: maybeBoolean,
    filter_logic: maybeText,
    encryption_passphrase: maybeText,
    organization_id: maybeText,
    policies: maybeTexts,
    sync_all_records: maybeBoolean,
    only_enrich_updates: maybeBoolean,
    skip_initial_backfill: maybeBoolean,
    target,
    identity: { ...identity, type: ['object', 'null'] },
    identities: {
      type: ['object', 'null'],
      required: ['mappings'],
      properties: { mappings: { type: 'array', items: identity }, strategy: maybeText }
    },
    model_filters: conditions('source', { source }),
    target_filters: conditions('field', { field: text, value_source: maybeSource }),
    filters: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        required: ['function'],
        properties: {
          ...condition,
          value_field: maybeSource,
          label: maybeText,
          field_type: maybeText,
          function: text
        }
      }
    },
    overrides: {
      type: ['array', 'null'],
      items: { type: 'object', properties: { ...condition, function: maybeText, override: {} } }
    },
    schedule
  },
  // `problems` of a sync are the service's own words.
  answered: [...bookkeeping, 'model_ids', 'problems'],
  absent: ['enricher']
}))

/** POST of an execution. */
export const syncStartShape = lazily<SyncStartRequest>(() => ({
  type: 'object',
  properties: {
    identities: maybeTexts,
    source_identities: {
      type: ['array', 'null'],
      items: {
        type: 'array',
        items: { type: 'object', required: ['source', 'value'], properties: { source, value: text } }
      }
    },
    resync: maybeBoolean,
    test: maybeBoolean
  }
}))
