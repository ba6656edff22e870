import { isEmpty, isObject, type Json, type JsonObject } from '../state/value.ts'
import { overlay, withoutMasks } from './fields.ts'

/**
 * Exactly one of these says what is read; the live one must not stay beside another that the files
 * state.
 */
const alternatives = ['query', 'table', 'view']

/** What is read when the wanted configuration has been laid over the live one. */
export function readConfiguration(
  live: { readonly [name: string]: Json | undefined },
  body: { readonly [name: string]: Json | undefined }
): JsonObject {
  const there = live.configuration
  const kept = isObject(there) ? withoutMasks(there) : {}
  const wanted = isObject(body.configuration) ? body.configuration : {}
  const chosen = alternatives.some((name) => !isEmpty(wanted[name]))
  for (const name of Object.keys(kept)) {
    const replaced = chosen && alternatives.includes(name)
    if (replaced || name === 'tracking_columns') delete kept[name]
  }
  return overlay(kept, wanted)
}
