import { neededParts } from './schedule-words.ts'
import { fieldBeside, modelField, nameSchema, suggestedSchema, targetField } from './suggested.ts'
import {
  fieldModeWords,
  filterFunctionWords,
  filterSideWords,
  frequencyWords,
  identityFunctionWords,
  strategyWords,
  worded
} from './words.ts'

/** The schema of a field of a model: its name alone, if the sync states the model, or its full form. */
const source = {
  description: 'A field of a model: by its name alone, or with the name of its model.',
  anyOf: [
    suggestedSchema(modelField),
    {
      type: 'object',
      additionalProperties: false,
      required: ['field'],
      properties: {
        model: nameSchema('model', 'The model that has the field, by name.'),
        field: suggestedSchema(fieldBeside, 'The field, by name.')
      }
    }
  ]
}

const part = (description: string) => ({ type: ['string', 'integer'], description })
/** The schema of a list of names. */
export const names = (description: string) => ({ type: 'array', items: { type: 'string' }, description })
const perFieldMode = {
  ...worded(fieldModeWords),
  description: 'Whether a value that is there may be overwritten. Absent: as the mode of the sync says.'
}

/** The schema of a mapping. */
export const mappingSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['target'],
  properties: {
    source,
    target: suggestedSchema(targetField, 'The id of the target field.'),
    override_value: { type: 'string', description: 'A fixed value in place of the source’s.' },
    sync_mode: perFieldMode,
    new: { type: 'boolean', description: 'Let Polytomic make the target field.' },
    encryption_enabled: {
      type: 'boolean',
      description: 'Write it encrypted; the sync needs encryption_passphrase.'
    }
  }
}

/** The schema of a fixed value. */
export const overrideFieldSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['target', 'override_value'],
  properties: {
    target: suggestedSchema(targetField, 'The id of the target field.'),
    override_value: { type: 'string', description: 'What is written to it for every record.' },
    sync_mode: perFieldMode,
    new: { type: 'boolean', description: 'Let Polytomic make the target field.' }
  }
}

/** The schema of an identity. */
export const identitySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['source', 'target', 'function'],
  description: 'How a record of the model finds its record in the target.',
  properties: {
    source,
    target: suggestedSchema(targetField, 'The field of the target to compare with, by id.'),
    function: {
      ...worded(identityFunctionWords),
      description: 'How both values are compared: Equality, where nothing else is needed.'
    },
    new_field: { type: 'boolean', description: 'Let Polytomic make the target field.' }
  }
}

/** The schema of `identities`. */
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
      ...worded(strategyWords),
      description:
        'Needed with more than one. priority: the first that finds a record decides. and: all have to fit.'
    }
  }
}

const separateLabel = {
  type: 'string',
  description: 'A name for the logic beside these conditions. Absent: A, B, C … by position.'
}
/** How a condition compares. */
const compared = {
  ...worded(filterFunctionWords),
  description: 'How the field is compared with the value.'
}
const compareWith = { description: 'What to compare with; its type matters.' }
const separateLogic = {
  type: 'string',
  description: 'Over the labels of these conditions, all of them: A AND (B OR C). Absent: all must hold.'
}

/** The schema of `model_filters`. */
export const modelFiltersSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['conditions'],
  description: 'Which records of the model are read.',
  properties: {
    conditions: {
      type: 'array',
      description: 'Each compares one field; the logic joins them.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['source', 'function'],
        properties: {
          source,
          function: compared,
          value: compareWith,
          label: separateLabel
        }
      }
    },
    logic: separateLogic
  }
}

/** The schema of `target_filters`. */
export const targetFiltersSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['conditions'],
  description: 'Which of the records found in the target may be written. The target says in which modes.',
  properties: {
    conditions: {
      type: 'array',
      description: 'Each compares one field; the logic joins them.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['field', 'function'],
        properties: {
          field: suggestedSchema(targetField, 'The id of a field of the target, as in a mapping.'),
          function: compared,
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

const filterSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['function'],
  properties: {
    field: source,
    field_id: suggestedSchema(targetField, 'A target field, with field_type: Target.'),
    field_type: { ...worded(filterSideWords), description: 'Which side the field is on. Absent: Model.' },
    function: compared,
    value: compareWith,
    value_field: {
      ...source,
      description:
        'In place of value, with field_type: Target: a field of a model, taken anew for each record.'
    },
    label: { type: 'string', description: 'A name for filter_logic. Absent: A, B, C … by position.' }
  }
}

/** The schema of `filters`, the list with both sides. */
export const filtersSchema = {
  type: 'array',
  items: filterSchema,
  description: 'Which records are read; with field_type: Target, which of the target may be written.'
}

const overrideSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['field', 'function', 'override'],
  properties: {
    field: source,
    function: compared,
    value: compareWith,
    override: { description: 'The value to write where the condition holds.' }
  }
}

/** The schema of `overrides`. */
export const overridesSchema = {
  type: 'array',
  items: overrideSchema,
  description: 'Values that are written in place of others, where a condition holds.'
}

/** The schema of a target. */
export const targetSchema = {
  type: 'object',
  description: 'Where to write: a connection, and an object that it has or a new one.',
  additionalProperties: false,
  required: ['connection'],
  properties: {
    connection: nameSchema('connection', 'The connection to write to, by name.'),
    object: suggestedSchema(
      { what: 'objects', of: ['target.connection'] },
      [
        'The object to write to, by id: Contact, public.users.',
        '`polyctl targets CONNECTION` lists them; with one of them, its fields.'
      ].join(' ')
    ),
    create: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Make a new object with these properties, when the sync is made.'
    },
    configuration: {
      type: 'object',
      description:
        'Settings of the target: which there are depends on its system. Stated ones are compared.'
    },
    filter_logic: {
      type: 'string',
      description: 'Over the labels of the filters on target fields. Absent: all of them.'
    },
    new_name: {
      type: 'string',
      description: 'The older way to make a new object, with object: __pt_new_target.'
    }
  }
}

/** The schemas of the parts of a schedule that are times. */
export const times = {
  frequency: {
    ...worded(frequencyWords),
    description: 'How often it runs; which other parts it needs follows.'
  },
  minute: part('0–59, or a part of cron with frequency: custom.'),
  hour: part('0–23, UTC.'),
  day_of_week: part('0–6 from Sunday, or its name.'),
  day_of_month: part('1–31.'),
  month: part('1–12.')
}

/** The schema of a schedule: its frequency alone, or its full form. */
export const scheduleSchema = {
  description: 'When it runs: manual, continuous, or a frequency with its parts. All times are UTC.',
  anyOf: [
    { ...worded({ manual: frequencyWords.manual, continuous: frequencyWords.continuous }), type: 'string' },
    {
      type: 'object',
      additionalProperties: false,
      required: ['frequency'],
      'x-needs': { frequency: { ...neededParts } },
      properties: {
        ...times,
        connection: nameSchema('connection', 'A connection to dbt Cloud, by name.'),
        job_id: { type: 'integer', description: 'The job of dbt Cloud to run after.' },
        run_after: {
          type: 'object',
          additionalProperties: false,
          description: 'What to run after; all of them must have ended.',
          properties: {
            syncs: { ...names('Syncs, by name.'), items: nameSchema('sync') },
            bulk_syncs: { ...names('Bulk syncs, by name.'), items: nameSchema('bulk_sync') }
          }
        },
        run_after_success_only: {
          type: 'boolean',
          description: 'Run only where those before it ended without errors. Default: false.'
        }
      }
    }
  ]
}
