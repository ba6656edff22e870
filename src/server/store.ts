import { freeObject } from './body.ts'
import type { Actor, Json, JsonObject } from '../wire/common.ts'
import type { EventType } from '../wire/event.ts'
import type { Organization } from '../wire/organization.ts'
import type { Directory } from './directory.ts'
import type { Events } from './events.ts'
import type { Records } from './records.ts'
import type { Stored, StoredKind } from './stored.ts'

/**
 * What tests and administrators do to the server behind the API's back. Everything is durable when it
 * returns.
 */
export interface Store {
  organizations(): Organization[]
  /** A further organization with what every organization has, and a user key for it. */
  addOrganization(name: string): { id: string; key: string }
  addPartnerKey(): string
  addDeploymentKey(): string
  /** All things of a kind, of all organizations, as stored: **with their secrets**. */
  all<K extends StoredKind>(kind: K): Stored[K][]
  /**
   * Somebody else's edit in the web page: a JSON merge patch, which bumps `updated_at` and `updated_by`.
   */
  edit(kind: StoredKind, id: string, patch: JsonObject, actor?: Actor): void
  /** Somebody else deletes it. */
  remove(kind: StoredKind, id: string): void
  /** Something has happened in the organization: the event can be read, and its webhook is told. */
  raise(organizationId: string, type: EventType, event: JsonObject): void
}

/**
 * `transaction` keeps what a call does together; `seed` gives a new organization its roles and policies, and
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
 * Nothing is checked, so that tests can bring about what the API would refuse. Each write is a transaction
 * of its own.
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

/** Throws when there is no such thing: a test that edits nothing is wrong. */
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
 * A JSON merge patch keeps the type of what it changes: nothing is checked here, and whoever takes out what
 * the type demands wants to see what happens then.
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
