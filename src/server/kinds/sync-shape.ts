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
const maybeFields = { type: ['array', 'null'], items: field }
const condition = {
  field: { anyOf: [source, { type: 'null' }] },
  field_id: maybeText,
  value: {}
}

/** Types of everything in a request for a sync; meanings are checked after. */
export const syncShape = lazily(() => ({
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
    target: {
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
    },
    identity: {
      type: ['object', 'null'],
      required: ['source', 'target', 'function'],
      properties: {
        source,
        target: { type: 'string', minLength: 1 },
        function: text,
        new_field: maybeBoolean,
        remote_field_type_id: maybeText
      }
    },
    filters: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        required: ['function'],
        properties: { ...condition, label: maybeText, field_type: maybeText, function: text },
        absent: ['value_field']
      }
    },
    overrides: {
      type: ['array', 'null'],
      items: { type: 'object', properties: { ...condition, function: maybeText, override: {} } }
    },
    schedule: {
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
  },
  // `problems` of a sync are the service's own words.
  answered: [...bookkeeping, 'model_ids', 'problems'],
  absent: ['identities', 'model_filters', 'target_filters', 'enricher']
}))

/** POST of an execution. */
export const syncStartShape = lazily(() => ({
  type: 'object',
  properties: { identities: {}, source_identities: {}, resync: maybeBoolean, test: maybeBoolean }
}))
