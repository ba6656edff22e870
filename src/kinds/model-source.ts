import { isEmpty, isObject, type Json, type JsonObject } from '../state/value.ts'
import { overlay, withoutMasks } from './fields.ts'

/** Settings that exclude each other: a live one must not stay beside another that the files state. */
const alternatives = ['query', 'table', 'view']

/** Returns the configuration that results from merging the wanted one over the live one. */
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
