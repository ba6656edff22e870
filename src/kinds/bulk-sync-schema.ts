import type { JsonObject } from '../state/value.ts'
import {
  bulkDiscoveries,
  bulkModes,
  bulkResyncModes,
  nameNormalizations,
  selectiveModes
} from '../wire/bulk-sync.ts'
import { filterFunctions } from '../wire/sync.ts'
import { caseless, names, schedule, times } from './sync-schema.ts'

const text = { type: 'string' }
const moment = (description: string) => ({ type: 'string', format: 'date-time', description })

const end = (of: string) => ({
  type: 'object',
  additionalProperties: false,
  required: ['connection'],
  properties: {
    connection: { type: 'string', description: `The connection to ${of}, by name.` },
    configuration: {
      type: 'object',
      description: 'The keys depend on the connection. What is not stated stays as it is.'
    }
  }
})

const field = {
  anyOf: [
    text,
    {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: {
        id: text,
        enabled: { type: 'boolean', description: 'Absent: true.' },
        obfuscate: { type: 'boolean', description: 'Write it so that nobody can read it.' },
        user_output_name: { type: 'string', description: 'Its name in the destination.' }
      }
    }
  ]
}

const filter = {
  type: 'object',
  additionalProperties: false,
  required: ['field_id', 'function'],
  properties: {
    field_id: text,
    function: caseless(filterFunctions),
    value: { description: 'What to compare with; its type matters.' }
  }
}

const chosen = {
  anyOf: [
    text,
    {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: {
        id: { type: 'string', description: 'As the source calls it: Contact, public.users.' },
        enabled: { type: 'boolean', description: 'Absent: true.' },
        fields: {
          type: 'array',
          minItems: 1,
          items: field,
          description: 'These fields and no others. Absent: all of a new one, else as it is in the service.'
        },
        filters: { type: 'array', items: filter, description: 'Only records that fit all of them.' },
        partition_key: text,
        tracking_field: {
          type: 'string',
          description: 'Tells what is new. Empty: everything, every time.'
        },
        user_output_name: { type: 'string', description: 'The name of the table in the destination.' },
        data_cutoff_timestamp: moment('Older records are left out.'),
        disable_data_cutoff: { type: 'boolean', description: 'The cutoff of the bulk sync is not for it.' }
      }
    }
  ]
}

/** What a frequency needs that is no time (what to run after, which job), only a default schedule can say. */
const partless = times.frequency.enum.filter((name) => name !== 'runafter' && name !== 'dbtcloud')

const additional = {
  type: 'object',
  additionalProperties: false,
  required: ['frequency'],
  properties: {
    ...times,
    frequency: caseless(partless),
    schemas: names('Only these schemas, by id. Absent: all.'),
    selective_mode: {
      ...caseless(selectiveModes),
      description: 'Only schemas with a tracking field, or only those without.'
    },
    resync_mode: { ...caseless(bulkResyncModes), description: 'What each of its runs does.' }
  }
}

/** What words in place of the list of schemas stand for. */
const meantBySchemas = {
  '*': 'write `schemas: all`',
  any: 'write `schemas: all`',
  every: 'write `schemas: all`',
  everything: 'write `schemas: all`',
  none: 'to copy nothing for a while, write `active: false`; to leave them as they are, leave `schemas` out',
  '': 'list the schemas to copy, each on a line of its own with `- ` before it'
}

/** What YAML may say of a bulk sync, beside its name. */
export const bulkSyncSchema: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['mode', 'source', 'destination', 'default_schedule'],
  properties: {
    mode: { ...caseless(bulkModes), description: 'replicate: keep in step. snapshot: write all anew.' },
    active: { type: 'boolean', description: 'Absent: as it is in the service.' },
    source: end('read from'),
    destination: end('write to'),
    schemas: {
      description:
        'The objects to copy, by id alone or in full; or all. Absent: all at first, then as in the service.',
      anyOf: [
        { ...caseless(['all']), type: 'string', 'x-meant': meantBySchemas },
        { type: 'array', minItems: 1, items: chosen }
      ]
    },
    automatically_add_new_objects: {
      ...caseless(bulkDiscoveries),
      description: 'Objects that appear in the source later. When stated, and not none, those are no drift.'
    },
    automatically_add_new_fields: {
      ...caseless(bulkDiscoveries),
      description: 'Fields that appear later. When stated, and not none, those are no drift.'
    },
    normalize_names: { ...caseless(nameNormalizations), description: 'Names in the destination.' },
    concurrency_limit: { type: 'integer', minimum: 0 },
    resync_concurrency_limit: { type: 'integer', minimum: 0 },
    data_cutoff_timestamp: moment('Older records are left out.'),
    disable_record_timestamps: { type: 'boolean' },
    default_schedule: schedule,
    additional_schedules: {
      type: 'array',
      items: additional,
      description: 'For some of the schemas, in place of the default.'
    },
    policies: names('Permission policies, by name or id.')
  }
}
