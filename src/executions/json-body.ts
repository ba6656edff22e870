import { isObject, type Json, type JsonObject } from '../state/value.ts'

/** The same as JSON that a request holds. */
export function jsonBody(value: object): JsonObject {
  const body: Json = JSON.parse(JSON.stringify(value))
  return isObject(body) ? body : {}
}
