import type { ListedApi } from '../../src/kinds/api.ts'
import type { Kind, Kinds } from '../../src/kinds/kind.ts'
import { reference, type JsonObject } from '../../src/state/value.ts'

/**
 * A kind with one field for each thing that a schema can ask for. It is compared by nobody and sent
 * nowhere.
 */
export const gadget: Kind & { api: ListedApi } = {
  name: 'gadget',
  section: 'gadgets',
  description: 'Things of one sort.',
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      size: { type: 'integer', minimum: 1, maximum: 9 },
      ratio: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      step: { type: 'integer', multipleOf: 5 },
      active: { type: 'boolean' },
      color: { enum: ['red', 'darkGreen', 'blue'], 'x-caseless': true },
      level: { enum: ['low', 'high'] },
      one: { const: 'this' },
      code: { type: 'string', pattern: '^[a-z]+$', description: 'Lower-case letters.' },
      short: { type: 'string', minLength: 1, maxLength: 3 },
      site: { type: 'string', format: 'uri' },
      tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2, uniqueItems: true },
      labels: {
        type: 'object',
        additionalProperties: { type: 'string' },
        minProperties: 1,
        maxProperties: 2
      },
      needs: { type: 'string' },
      parts: { type: 'array', items: { $ref: '#/$defs/part' } },
      source: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/part' }] },
      when: {
        oneOf: [
          {
            type: 'object',
            properties: { at: { const: 'hour' }, minute: { type: 'integer' } },
            required: ['at', 'minute']
          },
          {
            type: 'object',
            properties: { at: { const: 'day' }, hour: { type: 'integer' } },
            required: ['at', 'hour']
          }
        ]
      },
      who: {
        type: 'object',
        properties: { user: { type: 'string' }, group: { type: 'string' } },
        oneOf: [{ required: ['user'] }, { required: ['group'] }]
      },
      empty: { type: ['string', 'null'] },
      password: { type: 'string' }
    },
    dependentRequired: { step: ['size'] },
    $defs: {
      part: {
        type: 'object',
        additionalProperties: false,
        required: ['field'],
        properties: { gadget: { type: 'string' }, field: { type: 'string' } }
      }
    }
  },
  fields: {
    size: { class: 'owned', rule: { is: 'scalar' } },
    color: { class: 'owned', rule: { is: 'scalar' } }
  },
  impacts: {
    create: { effect: 'none', because: 'it is compared by nobody' },
    delete: { effect: 'none', because: 'it is compared by nobody' },
    rename: { effect: 'none', because: 'it is compared by nobody' },
    fields: {}
  },
  synonyms: { colour: 'color', bits: 'parts' },
  api: { access: 'listed', path: '/api/gadgets', update: () => 'PUT' },
  authorization: {
    link: ({ auth_url: url, auth_code: code }) =>
      typeof url === 'string' && url !== ''
        ? { url, ...(typeof code === 'string' && { code }) }
        : undefined,
    renewal: { reconnect: true }
  },
  isSecret: (_item, path) => path[0] === 'password',
  fromYaml(item): JsonObject {
    const needs = item['needs']
    return typeof needs === 'string' ? { ...item, needs: reference('gadget', needs) } : item
  },
  toYaml: (fields) => fields,
  essential: (live) => live,
  toWire: (fields) => fields,
  fromWire: (wire) => wire,
  replacement: (_live, body) => body,
  uses: () => []
}

export const smallKinds: Kinds = { managed: [gadget] }
