import { createHash } from 'node:crypto'
import { isObject, type Json, type JsonObject } from '../state/value.ts'
import { isThrottledLong, type Course } from './policy.ts'
import type { Failure } from './failure.ts'
import type { Keys } from './tries.ts'

/**
 * R27: what is made is known by what is to be made, so that two who apply the same files make it once. The
 * body names its secrets and does not hold them.
 */
export function keyOfCreate(organization: string, kind: string, name: string, body: JsonObject): string {
  return hashed([organization, kind, name, sorted(body)])
}

/** The key of the next one, where the outcome of a key is a resource that is gone. */
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

/** The keys of one create, one after the other. */
export interface CreateKeys extends Keys {
  /** True while the first one is in use, which others may use as well. */
  isShared(): boolean
  /** A key that nobody has used: an outcome is recorded under the one before. */
  renew(): void
  /** The outcome of this key is gone: the next one is derived from both. */
  follow(id: string): void
}

/** `fresh` gives a key that nobody has. */
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
      // A key that a lost try went out with is the only thing that keeps the service from doing it twice.
      const recorded = course.unsure ? 0 : course.reading + (isThrottledLong(course) ? 1 : 0)
      if (recorded > refusals) renew()
      refusals = Math.max(refusals, recorded)
      return key
    }
  }
}
