import { freeObject } from './body.ts'
import type { Actor, Json, JsonObject } from '../wire/common.ts'
import type { EventType } from '../wire/event.ts'
import type { Organization } from '../wire/organization.ts'
import type { Directory } from './directory.ts'
import type { Events } from './events.ts'
import type { Records } from './records.ts'
import type { Stored, StoredKind } from './stored.ts'

/**
 * Access to the data besides the API, for tests and administrators. Everything is durable when it
 * returns.
 */
export interface Store {
  organizations(): Organization[]
  /** Adds an organization with what every organization has, and a user key for it. */
  addOrganization(name: string): { id: string; key: string }
  addPartnerKey(): string
  addDeploymentKey(): string
  /** Returns all things of a kind as stored, of all organizations: **with their secrets**. */
  all<K extends StoredKind>(kind: K): Stored[K][]
  /**
   * Changes a thing like another user in the web page: a JSON merge patch, which sets `updated_at` and
   * `updated_by`.
   */
  edit(kind: StoredKind, id: string, patch: JsonObject, actor?: Actor): void
  /** Deletes a thing like another user. */
  remove(kind: StoredKind, id: string): void
  /** Raises an event, which can be read and is delivered to the webhook. */
  raise(organizationId: string, type: EventType, event: JsonObject): void
}

/**
 * The dependencies. `transaction` makes a call atomic; `seed` creates what a new organization has, and
 * its first user.
 */
export interface StoreParts {
  directory: Directory
  records: Records
  events: Events
  transaction: <T>(work: () => T) => T
  now: () => Date
  randomUUID: () => string
  seed: (organizationId: string, user: Pick<Actor, 'id' | 'name'>) => void
}

const somebody: Actor = { id: '5b0d0c5e-0000-4000-8000-000000000001', name: 'Somebody Else', type: 'user' }

/**
 * Makes the store. Nothing is checked, so that tests can create states that the API would refuse. Each
 * write is a transaction.
 */
export function makeStore(parts: StoreParts): Store {
  const { directory, records, transaction, randomUUID } = parts
  const addKey = (kind: 'partner' | 'deployment', name: string, type: Actor['type']): string => {
    const key = randomUUID()
    const actor: Actor = { id: randomUUID(), name, type }
    transaction(() => directory.addCredential(key, { class: kind, organizationId: '', actor }))
    return key
  }
  return {
    organizations: () => directory.organizations(),
    addOrganization: (name) =>
      transaction(() => {
        const id = randomUUID()
        const key = randomUUID()
        const user = { id: randomUUID(), name: 'Local User' }
        directory.addOrganization({ id, name })
        directory.addCredential(key, {
          class: 'user',
          organizationId: id,
          actor: { ...user, type: 'user' }
        })
        parts.seed(id, user)
        return { id, key }
      }),
    addPartnerKey: () => addKey('partner', 'Local Partner', 'partner'),
    addDeploymentKey: () => addKey('deployment', 'Local Deployment', 'system'),
    all: (kind) => records.all(kind),
    edit: (kind, id, patch, actor = somebody) => transaction(() => edit(parts, kind, id, patch, actor)),
    remove: (kind, id) => transaction(() => records.remove(kind, id)),
    raise: (organizationId, type, event) => {
      transaction(() => parts.events.raise(organizationId, type, event))
    }
  }
}

/** Applies a merge patch. Throws when there is no such thing: a test that edits nothing is wrong. */
function edit(
  { records, now }: Pick<StoreParts, 'records' | 'now'>,
  kind: StoredKind,
  id: string,
  patch: JsonObject,
  actor: Actor
): void {
  const thing = records.get(kind, id)
  if (thing === undefined) throw new Error(`there is no ${kind} ${id} to edit`)
  records.put(kind, { ...patched(thing, patch), id, updated_at: now().toISOString(), updated_by: actor })
}

/**
 * Returns a thing with a JSON merge patch applied. The type is that of the thing, without a check: tests
 * also remove members that the type requires.
 */
function patched<T extends object>(thing: T, patch: JsonObject): T {
  const before = new Map<string, unknown>(Object.entries(thing))
  const changed = freeObject()
  for (const [key, value] of Object.entries(patch)) changed[key] = merge(before.get(key), value)
  const merged = { ...thing, ...changed }
  for (const [key, value] of Object.entries(patch)) if (value === null) Reflect.deleteProperty(merged, key)
  return merged
}

function merge(target: unknown, patch: Json): Json {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const base = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {}
  return { ...patched(base, patch) }
}
