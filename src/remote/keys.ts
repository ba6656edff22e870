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

/**
 * Whoever creates the same at the same time derives the same key in this time, in milliseconds; whoever tries
 * again later does not get a recorded answer.
 */
const windowMs = 120_000

/** Returns the key for another try after an answered failure, at a time of the service in milliseconds. */
export function keyInWindow(first: string, at: number): string {
  return hashed([first, 'again', Math.floor(at / windowMs)])
}

/** The sequence of keys of one create. */
export interface CreateKeys extends Keys {
  /** True while the first key is in use, which other runs derive as well. */
  isShared(): boolean
  /** True while others may have an answer recorded under the key: the first, and the one that follows it. */
  mayBeUsed(): boolean
  /** Takes another key, because an outcome is recorded under the previous one. */
  renew(): void
  /** Derives the next key from this one and the id of its deleted resource. */
  follow(id: string): void
}

/**
 * Opens the keys of a create. `fresh` returns a random key, and `now` the time of the service. The first key
 * after a recorded failure is the same for all who come to it at the same time: they would create twins under
 * keys of their own. What is recorded under that one as well leaves only a random one.
 */
export function openKeys(first: string, fresh: () => string, now: () => number): CreateKeys {
  let key = first
  let renewals = 0
  let refusals = 0
  const renew = (): void => {
    key = renewals === 0 ? keyInWindow(key, now()) : fresh()
    renewals += 1
  }
  return {
    isShared: () => renewals === 0,
    mayBeUsed: () => renewals < 2,
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
