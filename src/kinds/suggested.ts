import type { Suggested } from '../state/suggested.ts'
import type { JsonObject } from '../state/value.ts'

/**
 * Returns the schema of the name of a resource. `x-names` says of which kind, so that editors can offer those
 * that there are.
 */
export function nameSchema(kind: string, description?: string): JsonObject {
  return { type: 'string', ...(description === undefined ? {} : { description }), 'x-names': kind }
}

/**
 * Returns the schema of a text that has to be one of what something else offers. `x-offers` says what that
 * is, so that editors can offer it, too.
 */
export function suggestedSchema(offers: Suggested, description?: string): JsonObject {
  const { what, of, beside } = offers
  return {
    type: 'string',
    ...(description === undefined ? {} : { description }),
    'x-offers': { what, of: [...of], ...(beside === true ? { beside } : {}) }
  }
}

/** A field of the model that a sync names. */
export const modelField: Suggested = { what: 'fields', of: ['model'] }

/** A field of the model that is named beside it. */
export const fieldBeside: Suggested = { what: 'fields', of: ['model'], beside: true }

/** A field of a model, in the model itself. */
export const ownField: Suggested = { what: 'fields', of: ['name'] }

/** A field of the object that a sync writes to. */
export const targetField: Suggested = {
  what: 'object fields',
  of: ['target.connection', 'target.object']
}
