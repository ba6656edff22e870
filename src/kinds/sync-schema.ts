import { neededParts } from './schedule-words.ts'
import {
  filterFunctions,
  identityFunctions,
  identityStrategies,
  scheduleFrequencies
} from '../wire/sync.ts'

/** A field of a model: by its name alone, where the sync says which model, or in full. */
const source = {
  anyOf: [
    { type: 'string' },
    {
      type: 'object',
      additionalProperties: false,
      required: ['field'],
      properties: { model: { type: 'string' }, field: { type: 'string' } }
    }
  ]
}

/** Fixed words that are taken in any case. */
export const caseless = (values: readonly string[]) => ({ enum: [...values], 'x-caseless': true })
const part = (description: string) => ({ type: ['string', 'integer'], description })
/** A list of names. */
export const names = (description: string) => ({ type: 'array', items: { type: 'string' }, description })
const perFieldMode = {
  ...caseless(['create', 'updateOrCreate']),
  description: 'create: never overwrite a value that is there.'
}

/** A mapping. */
export const mappingSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['target'],
  properties: {
    source,
    target: { type: 'string', description: 'The id of the target field.' },
    override_value: { type: 'string', description: 'A fixed value in place of the source’s.' },
    sync_mode: perFieldMode,
    new: { type: 'boolean', description: 'Let Polytomic make the target field.' },
    encryption_enabled: { type: 'boolean', description: 'Needs encryption_passphrase.' }
  }
}

/** A fixed value. */
export const overrideFieldSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['target', 'override_value'],
  properties: {
    target: { type: 'string' },
    override_value: { type: 'string' },
    sync_mode: perFieldMode,
    new: { type: 'boolean' }
  }
}

/** How records find each other. */
export const identitySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['source', 'target', 'function'],
  description: 'How a record of the model finds its record in the target.',
  properties: {
    source,
    target: { type: 'string' },
    function: caseless(identityFunctions),
    new_field: { type: 'boolean' }
  }
}

/** Several ways to find a record. */
export const identitiesSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['mappings'],
  description: 'How a record of the model finds its record in the target, in one way or several.',
  properties: {
    mappings: {
      type: 'array',
      items: identitySchema,
      description: 'In the order in which they are tried.'
    },
    strategy: {
      ...caseless(identityStrategies),
      description:
        'Needed with more than one. priority: the first that finds a record decides. and: all have to fit.'
    }
  }
}

const separateLabel = {
  type: 'string',
  description: 'A name for the logic beside these conditions. Absent: A, B, C … by position.'
}
const compareWith = { description: 'What to compare with; its type matters.' }
const separateLogic = {
  type: 'string',
  description: 'Over the labels of these conditions, all of them: A AND (B OR C). Absent: all must hold.'
}

/** Filters of one sort, with their own logic. */
export const modelFiltersSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['conditions'],
  description: 'Which records of the model are read.',
  properties: {
    conditions: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['source', 'function'],
        properties: {
          source,
          function: caseless(filterFunctions),
          value: compareWith,
          label: separateLabel
        }
      }
    },
    logic: separateLogic
  }
}

/** The same, of the other end. */
export const targetFiltersSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['conditions'],
  description: 'Which of the records found in the target may be written. Needs mode: update.',
  properties: {
    conditions: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['field', 'function'],
        properties: {
          field: { type: 'string', description: 'The id of a field of the target, as in a mapping.' },
          function: caseless(filterFunctions),
          value: compareWith,
          value_source: {
            ...source,
            description: 'In place of value: a field of a model, taken anew for each record.'
          },
          label: separateLabel
        }
      }
    },
    logic: separateLogic
  }
}

/** A filter. */
export const filterSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['function'],
  properties: {
    field: source,
    field_id: { type: 'string', description: 'A target field, with field_type: Target.' },
    field_type: caseless(['Model', 'Target']),
    function: caseless(filterFunctions),
    value: { description: 'What to compare with; its type matters.' },
    value_field: {
      ...source,
      description:
        'In place of value, with field_type: Target: a field of a model, taken anew for each record.'
    },
    label: { type: 'string', description: 'A name for filter_logic. Absent: A, B, C … by position.' }
  }
}

/** Another value, where a condition holds. */
export const overrideSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['field', 'function', 'override'],
  properties: {
    field: source,
    function: caseless(filterFunctions),
    value: {},
    override: { description: 'The value to write where the condition holds.' }
  }
}

/** Where a sync writes to. */
export const targetSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['connection'],
  properties: {
    connection: { type: 'string', description: 'The connection to write to, by name.' },
    object: { type: 'string', description: 'The object to write to, by id: Contact, public.users.' },
    create: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Make a new object with these properties, when the sync is made.'
    },
    configuration: { type: 'object' },
    filter_logic: { type: 'string' },
    new_name: {
      type: 'string',
      description: 'The older way to make a new object, with object: __pt_new_target.'
    }
  }
}

/** When a schedule runs. */
export const times = {
  frequency: caseless(scheduleFrequencies.filter((name) => name !== 'multi')),
  minute: part('0–59, or a cron part with frequency: custom.'),
  hour: part('0–23, UTC.'),
  day_of_week: part('0–6 from Sunday, or its name.'),
  day_of_month: part('1–31.'),
  month: part('1–12.')
}

/** A schedule, in full or by its frequency alone. */
export const scheduleSchema = {
  anyOf: [
    { ...caseless(['manual', 'continuous']), type: 'string' },
    {
      type: 'object',
      additionalProperties: false,
      required: ['frequency'],
      'x-needs': { frequency: { ...neededParts } },
      properties: {
        ...times,
        connection: { type: 'string', description: 'A dbt Cloud connection.' },
        job_id: { type: 'integer', description: 'A dbt Cloud job.' },
        run_after: {
          type: 'object',
          additionalProperties: false,
          properties: { syncs: names('Syncs, by name.'), bulk_syncs: names('Bulk syncs, by name.') }
        },
        run_after_success_only: { type: 'boolean' }
      }
    }
  ]
}
