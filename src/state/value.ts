import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../wire/common.ts'

export type { Json, JsonObject }

/**
 * A field that names another resource. Desired values have a name; live values have an id, and a name when
 * it is known. Plain data, so that a plan with references in it can be written down.
 */
export type Reference = { $ref: string; name?: string; id?: string }

/**
 * A value that must not be seen. Only the name of where it comes from is here (`env MONGODB_PASSWORD`); the
 * value itself stays in the vault, so nothing that prints, compares or stores state can leak it.
 */
export type Secret = { $secret: string; as?: 'integer' }

/**
 * Returns a table for lookup by names of people or services. It has no prototype: a plain object would
 * also have `constructor` and the like.
 */
export function dictionary<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.assign({ __proto__: null }, entries)
}

/**
 * A number that a double would not hold exactly, as its digits. It comes from answers only, and is sent
 * back as it was.
 */
export type LongNumber = { $number: string }

/** Tells numbers that are kept by their digits from the plain objects beside them. */
export function isLongNumber(value: unknown): value is LongNumber {
  return isObject(value) && typeof value['$number'] === 'string'
}

/** A reference by name, as files write it. */
export function reference(kind: string, name: string): Reference {
  return { $ref: kind, name }
}

/** Tells references from the plain objects beside them. */
export function isReference(value: unknown): value is Reference {
  return isObject(value) && typeof value['$ref'] === 'string'
}

/** Tells secrets from the plain objects beside them. */
export function isSecret(value: unknown): value is Secret {
  return isObject(value) && typeof value['$secret'] === 'string'
}

/** A mapping: no list, not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The values that count as absent. */
type Empty = undefined | null | '' | never[] | Record<string, never>

/** R5: Absent, null, "", [] and {} are one and the same to the service. */
export function isEmpty(value: Json | undefined): value is Empty {
  if (value === undefined || value === null || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** A value as text, for keys and comparisons: text as it is, anything else as JSON. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** JSON with sorted keys: equal values have equal texts. */
export function sortedText(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner
  )
}

/** The members that name items of a free list. */
export const naming = ['id', 'name', 'key', 'field_id', 'field', 'label'] as const

/**
 * Returns the members by which items of a free list are compared: stated ones, and those that name them.
 * Where a live item lacks one of these, that is a difference; its other members are not compared.
 */
export function membersOfItems(stated: readonly Json[]): ReadonlySet<string> {
  return new Set([...naming, ...stated.flatMap((item) => (isObject(item) ? Object.keys(item) : []))])
}

/** Whether a live item of a free list is the stated one; it may have further members. */
export function isItem(stated: JsonObject, live: JsonObject, members: ReadonlySet<string>): boolean {
  return (
    isWithin(stated, live) &&
    Object.keys(live).every((name) => Object.hasOwn(stated, name) || !members.has(name))
  )
}

/** Whether a live value has everything that is stated; secrets cannot be compared. */
function isWithin(stated: Json, live: Json | undefined): boolean {
  if (isSecret(stated)) return true
  if (!isObject(stated) || !isObject(live)) {
    if (Array.isArray(stated) && Array.isArray(live))
      return stated.length === live.length && stated.every((item, index) => isWithin(item, live[index]))
    return isDeepStrictEqual(stated, live)
  }
  return Object.entries(stated).every(([name, value]) => isWithin(value, live[name]))
}

/**
 * Returns a value with each reference replaced, at any depth. A value without references is returned as
 * it is.
 */
export function withReferences(value: Json, replaced: (reference: Reference) => Reference): Json {
  if (typeof value !== 'object' || value === null) return value
  if (isReference(value)) return replaced(value)
  if (!Array.isArray(value)) return fieldsWithReferences(value, replaced)
  const items = value.map((inner) => withReferences(inner, replaced))
  return items.some((item, index) => item !== value[index]) ? items : value
}

/** Does the same for the fields of a mapping, which is no reference itself. */
export function fieldsWithReferences(
  fields: JsonObject,
  replaced: (reference: Reference) => Reference
): JsonObject {
  let copy: JsonObject | undefined
  for (const [name, inner] of Object.entries(fields)) {
    const own = withReferences(inner, replaced)
    if (own === inner) continue
    copy ??= { ...fields }
    copy[name] = own
  }
  return copy ?? fields
}

/** All references in a value, at any depth. */
export function referencesIn(value: Json | undefined): Reference[] {
  const found: Reference[] = []
  collectReferences(value, found)
  return found
}

/** Most values hold none: a list for each of them would be most of the work. */
function collectReferences(value: Json | undefined, found: Reference[]): void {
  if (typeof value !== 'object' || value === null) return
  if (isReference(value)) found.push(value)
  else if (Array.isArray(value)) for (const item of value) collectReferences(item, found)
  else for (const name of Object.keys(value)) collectReferences(value[name], found)
}

/**
 * Identifiers of the service are UUIDs; a reference written as one is an id where no resource has that
 * name.
 */
export function isId(text: string): boolean {
  return text.length === 36 && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
