import type { JsonObject } from '../state/value.ts'

const texts = { type: 'array', items: { type: 'string' } }

/** What YAML may say of a model, beside its name. */
export const modelSchema: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['connection', 'configuration'],
  properties: {
    connection: { type: 'string', description: 'The connection to read from, by name.' },
    configuration: {
      type: 'object',
      description:
        'What to read: the keys depend on the connection, e.g. database and collection, or query or table.'
    },
    identifier: { type: 'string', description: 'The field that is unique.' },
    fields: { ...texts, minItems: 1, description: 'The fields to expose, by name. Absent: all of them.' },
    additional_fields: {
      type: 'array',
      description: 'Fields of your own; the name may be a path into a nested object.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'label', 'type'],
        properties: {
          name: { type: 'string' },
          label: { type: 'string' },
          type: { type: 'string' },
          example: { type: 'string' }
        }
      }
    },
    relations: {
      type: 'array',
      description: 'Joins: this model’s field equals a field of another model.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['from', 'to'],
        properties: {
          from: { type: 'string' },
          to: {
            type: 'object',
            additionalProperties: false,
            required: ['model', 'field'],
            properties: { model: { type: 'string' }, field: { type: 'string' } }
          }
        }
      }
    },
    tracking_columns: { ...texts, description: 'Fields that tell whether a record has changed.' },
    labels: { ...texts, description: 'Ids of labels.' },
    policies: { ...texts, description: 'Permission policies, by name or id.' },
    enricher: {
      type: 'object',
      description: 'Adds fields from an enrichment connection.',
      additionalProperties: false,
      required: ['connection'],
      properties: {
        connection: { type: 'string' },
        configuration: { type: 'object' },
        mappings: {
          type: 'object',
          additionalProperties: { type: 'string' },
          description: 'Model field → input of the enrichment.'
        },
        fields: { ...texts, minItems: 1, description: 'The fields to add, by name. Absent: all of them.' }
      }
    }
  }
}
