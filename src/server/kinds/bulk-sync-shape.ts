import type { BulkScheduleItem, BulkStartRequest, BulkSyncRequest } from '../../wire/bulk-sync.ts'
import type { SentSchema } from './bulk-schema.ts'
import { bookkeeping, lazily } from './request-shape.ts'

const text = { type: 'string' }
const name = { type: 'string', minLength: 1 }
const maybeText = { type: ['string', 'null'] }
const maybeTexts = { type: ['array', 'null'], items: text }
const maybeBoolean = { type: ['boolean', 'null'] }
const maybeObject = { type: ['object', 'null'] }
const maybeInteger = { type: ['integer', 'null'], minimum: 0 }

const times = {
  frequency: name,
  minute: maybeText,
  hour: maybeText,
  day_of_week: maybeText,
  day_of_month: maybeText,
  month: maybeText
}
const more = { id: maybeText, schemas: maybeTexts, selective_mode: maybeText, resync_mode: maybeText }
const schedule = {
  type: 'object',
  required: ['frequency'],
  properties: { ...times, ...more },
  answered: bookkeeping
}
const olderSchedule = {
  type: 'object',
  required: ['frequency'],
  properties: {
    ...times,
    multi: {
      ...maybeObject,
      properties: {
        type: maybeText,
        schedules: {
          type: ['array', 'null'],
          items: {
            type: 'object',
            required: ['item', 'schedule'],
            properties: {
              item: text,
              schedule: { type: 'object', required: ['frequency'], properties: times }
            }
          }
        }
      }
    }
  }
}

const fieldSettings = {
  id: name,
  enabled: maybeBoolean,
  obfuscate: maybeBoolean,
  obfuscated: maybeBoolean,
  user_output_name: maybeText
}
const namedField = { properties: fieldSettings, answered: ['output_name'] }
const schemaSettings = {
  enabled: maybeBoolean,
  partition_key: maybeText,
  tracking_field: maybeText,
  user_output_name: maybeText,
  data_cutoff_timestamp: maybeText,
  disable_data_cutoff: maybeBoolean,
  history_enabled: maybeBoolean,
  fields: {
    type: ['array', 'null'],
    items: { type: ['string', 'object'], required: ['id'], minLength: 1, ...namedField }
  },
  filters: {
    type: ['array', 'null'],
    items: {
      type: 'object',
      required: ['function'],
      properties: { field_id: maybeText, function: text, value: {} }
    }
  }
}
const beside = { answered: ['output_name', 'destination_history_output_name'] }
const namedSchema = { required: ['id'], properties: { id: name, ...schemaSettings }, ...beside }

/** Types of everything in a request for a bulk sync; meanings are checked after. */
export const bulkSyncShape = lazily<BulkSyncRequest>(() => ({
  type: 'object',
  required: ['name', 'source_connection_id', 'destination_connection_id', 'destination_configuration'],
  properties: {
    name,
    source_connection_id: name,
    destination_connection_id: name,
    mode: maybeText,
    active: maybeBoolean,
    discover: maybeBoolean,
    source_configuration: maybeObject,
    destination_configuration: maybeObject,
    automatically_add_new_objects: maybeText,
    automatically_add_new_fields: maybeText,
    normalize_names: maybeText,
    concurrency_limit: maybeInteger,
    resync_concurrency_limit: maybeInteger,
    data_cutoff_timestamp: maybeText,
    disable_record_timestamps: maybeBoolean,
    policies: maybeTexts,
    organization_id: maybeText,
    default_schedule: schedule,
    additional_schedules: { type: ['array', 'null'], items: schedule },
    schedule: olderSchedule,
    schemas: {
      type: ['array', 'null'],
      items: { type: ['string', 'object'], minLength: 1, ...namedSchema }
    }
  },
  answered: bookkeeping
}))

/** PATCH of several schemas. */
export const bulkSchemasShape = lazily<{ schemas?: SentSchema[] | null }>(() => ({
  type: 'object',
  properties: { schemas: { type: ['array', 'null'], items: { type: 'object', ...namedSchema } } }
}))

/** PUT of one schema: the address has its id. */
export const bulkSchemaShape = lazily<Omit<SentSchema, 'id'>>(() => ({
  type: 'object',
  properties: { id: maybeText, ...schemaSettings },
  ...beside
}))

/** POST and PUT of one schedule. */
export const bulkScheduleShape = lazily<{ schedule: BulkScheduleItem }>(() => ({
  type: 'object',
  required: ['schedule'],
  properties: {
    schedule: {
      type: 'object',
      required: ['frequency'],
      properties: {
        frequency: name,
        minute: maybeText,
        hour: maybeText,
        dayOfWeek: maybeText,
        dayOfMonth: maybeText,
        month: maybeText,
        selectiveMode: maybeText,
        syncMode: maybeText,
        schemas: maybeTexts
      },
      answered: ['id', 'isDefault', 'syncId', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy']
    }
  }
}))

/** POST of an execution. */
export const bulkStartShape = lazily<BulkStartRequest>(() => ({
  type: 'object',
  properties: {
    test: maybeBoolean,
    resync: maybeBoolean,
    resync_mode: maybeText,
    fetch_mode: maybeText,
    schemas: maybeTexts
  }
}))
