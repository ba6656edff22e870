import { filterFunctionWords, frequencyWords, resyncWords, selectiveWords, worded } from './words.ts'
import { nameSchema } from './suggested.ts'
import { names, times } from './sync-schema.ts'

const text = { type: 'string' }
/** The schema of an instant. */
export const momentSchema = (description: string) => ({ type: 'string', format: 'date-time', description })

/** The schema of an end. */
export const endSchema = (of: string, lookup: 'sources' | 'targets') => ({
  type: 'object',
  description: `What to ${of}: a connection and its settings.`,
  additionalProperties: false,
  required: ['connection'],
  properties: {
    connection: nameSchema('connection', `The connection to ${of}, by name.`),
    configuration: {
      type: 'object',
      description: [
        'The keys depend on the connection. What is not stated stays as it is.',
        `\`polyctl ${lookup} CONNECTION --bulk\` lists what may stand here.`
      ].join(' ')
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
        id: { type: 'string', description: 'As the source calls the field.' },
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
    field_id: { type: 'string', description: 'The field of the source, by id.' },
    function: { ...worded(filterFunctionWords), description: 'How the field is compared with the value.' },
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
        partition_key: {
          type: 'string',
          description: 'The field by which the table is divided, where the destination can do that.'
        },
        tracking_field: {
          type: 'string',
          description: 'Tells what is new. Empty: everything, every time.'
        },
        user_output_name: { type: 'string', description: 'The name of the table in the destination.' },
        data_cutoff_timestamp: momentSchema('Older records are left out.'),
        history_enabled: {
          type: 'boolean',
          description: 'Keep every version that was seen in a table beside it. Needs mode: replicate.'
        },
        disable_data_cutoff: { type: 'boolean', description: 'The cutoff of the bulk sync is not for it.' }
      }
    }
  ]
}

/**
 * Frequencies without parts other than times. The others (a job, what to run after) need a default
 * schedule.
 */
const { runafter: _after, dbtcloud: _job, ...timeFrequencies } = frequencyWords

/** A schedule for some of the schemas. */
export const additionalSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['frequency'],
  properties: {
    ...times,
    frequency: { ...worded(timeFrequencies), description: times.frequency.description },
    schemas: names('Only these schemas, by id. Absent: all.'),
    selective_mode: {
      ...worded(selectiveWords),
      description: 'Only schemas with a tracking field, or only those without.'
    },
    resync_mode: { ...worded(resyncWords), description: 'What each of its runs does.' }
  }
}

/** Advice on words that people write in place of the list of schemas (`x-meant`). */
const meantBySchemas = {
  '*': 'write `schemas: all`',
  any: 'write `schemas: all`',
  every: 'write `schemas: all`',
  everything: 'write `schemas: all`',
  none: 'to copy nothing for a while, write `active: false`; to leave them as they are, leave `schemas` out',
  '': 'list the schemas to copy, each on a line of its own with `- ` before it'
}

/** The schema of `schemas`. */
export const schemasSchema = {
  description: [
    'The objects to copy, by id alone or in full; or all. Absent: all at first, then as in the service.',
    '`polyctl sources CONNECTION --bulk` lists them.'
  ].join(' '),
  anyOf: [
    { ...worded({ all: 'Every object that the source has.' }), type: 'string', 'x-meant': meantBySchemas },
    { type: 'array', minItems: 1, items: chosen }
  ]
}
