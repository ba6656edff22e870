import type { Actor, ApiVersion, JsonObject } from '../wire/common.ts'
import type { RouteResult } from './answer.ts'
import type { Caller } from './authentication.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import type { Directory } from './directory.ts'
import type { Events } from './events.ts'
import type { Records } from './records.ts'
import { forbidden, invalid, notFound } from './refusal.ts'
import type { Stored, StoredKind } from './stored.ts'

/**
 * In which shape things are answered in 2025-09-18. The header did not change when members were added: a
 * service before 25.9.3 and the newest one differ by the members of their answers only.
 */
export type Shape = 'older' | 'newest'

/** What handlers work with: the stored resources, the clock and the source of ids. */
export interface ServerContext {
  shape: Shape
  records: Records
  directory: Directory
  catalogue: Catalogue
  events: Events
  now: () => Date
  randomUUID: () => string
}

/** One request, understood: who asks, in which version, for what. */
export interface Call {
  readonly version: ApiVersion
  readonly caller: Caller
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: JsonObject
  /** A fault: lists answer as they were before the last write. */
  readonly stale: boolean
  /** A fault: the schemas of connections are still being read. With which status that is refused. */
  readonly readingSchemas?: number
  /** Base of addresses that this server hands out, without a slash at the end. */
  readonly publicUrl: string
  readonly context: ServerContext
}

/**
 * Who may call: nobody in particular, any key, a key that acts in an organization, or a partner (or
 * deployment) key.
 */
export type Access = 'open' | 'key' | 'organization' | 'partner'

/** A line of the API. Static segments must be listed before the parameters that they collide with. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  access: Access
  /** The body is a form of a person's browser instead of JSON. */
  form?: true
  /**
   * The verb is the same in all versions. Else PUT and PATCH are two names of the update, one per
   * version.
   */
  anyVerb?: true
  /** It reads nothing of a body: one that has members is refused. A DELETE never reads one. */
  bodyless?: true
  answer(call: Call): RouteResult
}

/** Whether the answer has the members that were added to 2025-09-18. */
export function isNewest(call: Call): boolean {
  return call.version === '2025-09-18' && call.context.shape === 'newest'
}

/** Throws for a member that came to 2025-09-18 and is said in a version that never had it. */
export function mustBePart(call: Call, field: string, value: unknown, status = 422): void {
  if (value === undefined || value === null || call.version === '2025-09-18') return
  throw invalid(field, `is not part of version ${call.version}`, status)
}

/** The organization that the call acts in. Routes with access `organization` have one. */
export function organizationOf(call: Call): string {
  if (call.caller.organizationId === undefined) throw forbidden('this key does not act in an organization')
  return call.caller.organizationId
}

/**
 * The thing of the caller's organization with this id; 404 for those of others too, so that ids tell
 * nothing.
 */
export function found<K extends StoredKind>(call: Call, kind: K, id: string): Stored[K] {
  const thing = call.context.records.get(kind, id)
  if (thing === undefined || thing.organization_id !== organizationOf(call)) throw notFound(kind, id)
  return thing
}

/** All things of the kind of the caller's organization, newest first. */
export function listed<K extends StoredKind>(call: Call, kind: K): Stored[K][] {
  return call.context.records.list(kind, organizationOf(call), call.stale)
}

/** Like `found`, for the things that a request names: undefined instead of 404. */
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
