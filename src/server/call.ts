import type { Actor, ApiVersion, JsonObject } from '../wire/common.ts'
import type { RouteResult } from './answer.ts'
import type { Caller } from './authentication.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import type { Directory } from './directory.ts'
import type { Events } from './events.ts'
import { positionIn } from './paging.ts'
import type { Records } from './records.ts'
import { forbidden, invalid, notFound } from './refusal.ts'
import type { Runner } from './runner/runner.ts'
import type { SignIns } from './runner/sign-ins.ts'
import type { Stored, StoredKind } from './stored.ts'

/**
 * The shape of answers in 2025-09-18. The header did not change when members were added: a service before
 * 25.9.3 and the newest one differ in the members of their answers only.
 */
export type Shape = 'older' | 'newest'

/** The dependencies of handlers. */
export interface ServerContext {
  shape: Shape
  records: Records
  directory: Directory
  catalogue: Catalogue
  events: Events
  /** Moves the data of syncs. Absent: this server starts none. */
  runner?: Runner
  /** Absent: nobody signs in to systems, and an authorization is a word of this server. */
  signIns?: SignIns
  now: () => Date
  randomUUID: () => string
}

/** One request after its headers and body were checked. */
export interface Call {
  readonly version: ApiVersion
  readonly caller: Caller
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: JsonObject
  /** Set by a fault: lists answer the state before the last write. */
  readonly stale: boolean
  /**
   * Set by a fault: the status that requests for schemas are refused with, since these are still being
   * read.
   */
  readonly readingSchemas?: number
  /** The base of addresses in answers, without a slash at the end. */
  readonly publicUrl: string
  readonly context: ServerContext
}

/**
 * Who may use a route: everybody, any key, a key that acts in an organization, or a partner (or
 * deployment) key.
 */
export type Access = 'open' | 'key' | 'organization' | 'partner'

/** A route of the API. Static segments must be listed before parameters at the same position. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  access: Access
  /** True where the body is a form of a browser instead of JSON. */
  form?: true
  /**
   * True where the verb is the same in all versions. Otherwise PUT and PATCH are the names of one update
   * in different versions.
   */
  anyVerb?: true
  /** True where the route reads no body: one with members is refused. A DELETE never reads one. */
  bodyless?: true
  answer(call: Call): RouteResult
  /**
   * Asks another system first, outside of any transaction. What it resolves with answers in place of
   * `answer`, in a transaction whatever the verb.
   */
  ahead?(call: Call): Promise<Route['answer'] | undefined>
}

/** Whether the answer has the members that were added to 2025-09-18. */
export function isNewest(call: Call): boolean {
  return call.version === '2025-09-18' && call.context.shape === 'newest'
}

/** Throws for a member of 2025-09-18 in a request of a version that never had it. */
export function mustBePart(call: Call, field: string, value: unknown, status = 422): void {
  if (value === undefined || value === null || call.version === '2025-09-18') return
  throw invalid(field, `is not part of version ${call.version}`, status)
}

/**
 * Returns the organization in which the call acts. Throws 403 where it acts in none; routes with access
 * `organization` have one.
 */
export function organizationOf(call: Call): string {
  if (call.caller.organizationId === undefined) throw forbidden('this key does not act in an organization')
  return call.caller.organizationId
}

/**
 * Returns the thing with this id in the organization of the caller. Throws 404, for ids of other
 * organizations too, so that ids reveal nothing.
 */
export function found<K extends StoredKind>(call: Call, kind: K, id: string): Stored[K] {
  const thing = call.context.records.get(kind, id)
  if (thing === undefined || thing.organization_id !== organizationOf(call)) throw notFound(kind, id)
  return thing
}

/** Returns all things of a kind in the organization of the caller, newest first. */
export function listed<K extends StoredKind>(call: Call, kind: K): Stored[K][] {
  return call.context.records.list(kind, organizationOf(call), call.stale)
}

/** The same from where the requested page begins: no more is read than is taken. */
export function listedFrom<K extends StoredKind>(call: Call, kind: K): IteratorObject<Stored[K]> {
  const after = positionIn(call.query)
  return call.context.records.listFrom(kind, organizationOf(call), after, call.stale)
}

/** Like `found`, for references in a request: returns undefined instead of throwing. */
export function referred<K extends StoredKind>(call: Call, kind: K, id: string): Stored[K] | undefined {
  const thing = call.context.records.get(kind, id)
  return thing?.organization_id === organizationOf(call) ? thing : undefined
}

/**
 * Throws 403 for a request whose body names an organization that the key does not act in. Null and empty
 * name none.
 */
export function mustActIn(call: Call, stated: unknown): void {
  if (typeof stated !== 'string' || stated === '' || stated === organizationOf(call)) return
  throw forbidden(`this key does not act in organization ${stated}`)
}

/** A path parameter; empty only if a route was written without it. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? ''
}

/** `?name=true`. */
export function flag(call: Call, name: string): boolean {
  return call.query.get(name) === 'true'
}

/**
 * Who is noted as having made or changed something. For an organization's own key that is the organization.
 */
export function actorOf(call: Call): Actor {
  return call.caller.actor
}
