import { isObject, type JsonObject } from '../state/value.ts'
import { list } from './fields.ts'
import type { ItemProblem } from './kind.ts'

const field = (description: string) => ({ type: 'string', minLength: 1, description })
const fields = (description: string) => ({
  anyOf: [field(description), { type: 'array', minItems: 1, items: field(description) }],
  description
})

/** The schema of `assert`: what must hold of the rows before anything is sent. */
export const assertSchema = {
  type: 'array',
  description:
    'What must hold of the rows that its filters let pass, before anything is sent: else a run that ' +
    'polyctl starts on its own server sends nothing. The service never gets it.',
  items: {
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    properties: {
      unique: fields(
        'Fields of the model that no two rows have the same of; rows without any do not count.'
      ),
      not_null: fields('Fields of the model that every row has.'),
      accepted: {
        type: 'object',
        additionalProperties: false,
        required: ['field', 'values'],
        description: 'The values that a field may have, where it has one.',
        properties: {
          field: field('A field of the model.'),
          values: { type: 'array', minItems: 1, items: {}, description: 'The values.' }
        }
      },
      count: {
        type: 'object',
        additionalProperties: false,
        minProperties: 1,
        description: 'How many rows there are.',
        properties: {
          min: { type: 'integer', minimum: 0, description: 'So many at least.' },
          max: { type: 'integer', minimum: 0, description: 'So many at most.' }
        }
      },
      fresh: {
        type: 'object',
        additionalProperties: false,
        required: ['field', 'within'],
        description: 'How old the latest time of a field may be.',
        properties: {
          field: field('A field of the model with a time; without a zone it is UTC.'),
          within: {
            type: 'string',
            pattern: String.raw`^\d+(s|m|h|d)$`,
            description: 'A number with s, m, h or d, such as 24h.'
          }
        }
      }
    }
  }
}

/** Reports ranges that nothing fits. */
export function assertProblems(item: JsonObject): ItemProblem[] {
  return list(item.assert).flatMap(({ count }, index): ItemProblem[] => {
    const { min, max } = isObject(count) ? count : {}
    if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return []
    return [
      {
        path: ['assert', index, 'count', 'max'],
        code: 'P105',
        message: `no number of rows is ${min} or more and ${max} or less`,
        label: 'this is less than `min`',
        help: ['exchange the two']
      }
    ]
  })
}
