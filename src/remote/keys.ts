import { createHash } from 'node:crypto'
import { isObject, type Json, type JsonObject } from '../state/value.ts'
import { isThrottledLong, type Course } from './policy.ts'
import type { Failure } from './failure.ts'
import type { Keys } from './tries.ts'

/**
 * R27: Derives the idempotency key of a create from the body, so that two runs over the same files create
 * it once. The body holds names of secrets, not values.
 */
export function keyOfCreate(organization: string, kind: string, name: string, body: JsonObject): string {
  return hashed([organization, kind, name, sorted(body)])
}

/** Returns the key that follows one whose resource was deleted. */
export function keyAfter(key: string, id: string): string {
  return hashed([key, id])
}

function hashed(parts: Json): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]))
}

/** The sequence of keys of one create. */
export interface CreateKeys extends Keys {
  /** True while the first key is in use, which other runs derive as well. */
  isShared(): boolean
  /** Takes a fresh key, because an outcome is recorded under the previous one. */
  renew(): void
  /** Derives the next key from this one and the id of its deleted resource. */
  follow(id: string): void
}

/** Opens the keys of a create. `fresh` returns a random key. */
export function openKeys(first: string, fresh: () => string): CreateKeys {
  let key = first
  let isShared = true
  let refusals = 0
  const renew = (): void => {
    key = fresh()
    isShared = false
  }
  return {
    isShared: () => isShared,
    renew,
    follow: (id) => {
      key = keyAfter(key, id)
    },
    current(course: Course<Failure>) {
      // After a lost try the key is kept: only the same key keeps the service from creating it twice.
      const recorded = course.unsure ? 0 : course.reading + (isThrottledLong(course) ? 1 : 0)
      if (recorded > refusals) renew()
      refusals = Math.max(refusals, recorded)
      return key
    }
  }
}
