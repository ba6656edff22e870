import type { Shape } from '../state/shape.ts'
import type { Json, JsonObject, Reference } from '../state/value.ts'
import type { ApiVersion, KeyClass } from '../wire/common.ts'

/** How the API serves a kind: in a list, or at a path that is derived from a parent resource. */
export type KindApi = ListedApi | DerivedApi

/**
 * What both sorts of API have: paths and methods by version, the shape of answers, and further requests.
 */
interface CommonApi {
  /**
   * The path of the list, `/api/syncs`. `{organization}` in it is replaced by the id of the key's
   * organization.
   */
  path: string
  /** What an answer must look like. */
  answer?: Shape
  /** The path in older versions, where it differs. */
  olderPaths?: Readonly<Partial<Record<ApiVersion, string>>>
  /** The first version that has this kind. Absent: all versions have it. */
  since?: ApiVersion
  /** The classes of API keys that may manage it. Absent: every key of an organization may. */
  keys?(version: ApiVersion): readonly KeyClass[]
  /** Further reads, in this order, that a full answer needs. */
  parts?: readonly Part[]
  /** Further writes, for what the main request does not write. */
  followUps?: FollowUps
  /**
   * For writes that the service carries out after its answer: returns true when a read shows what the body
   * asked for. Until then the resource is read again, a few times.
   */
  isConverged?(body: JsonObject, wire: JsonObject): boolean
  /** The time limit of these reads. Absent: half a minute. */
  convergesWithinMs?: number
  /**
   * Texts of a refusal (400, 422) that is temporary, because the service is still reading the source. Every
   * other refusal is final.
   */
  retryableMessages?: readonly string[]
}

/** The API of a resource that is in a list, is created with POST and deleted with DELETE. */
export interface ListedApi extends CommonApi {
  access: 'listed'
  /** The method of a replacement. */
  update(version: ApiVersion): 'PATCH' | 'PUT'
  /** The service refuses a second resource with the same name. */
  uniqueNames?: true
  /**
   * Returns true if list items lack fields that are compared, so that each matched resource must be read by
   * itself.
   */
  lightList?(version: ApiVersion): boolean
  /** For a light list: the kinds whose references are complete in a list item. */
  lightUses?: readonly string[]
  /** Query parameters of a delete. */
  deleteQuery?: string
  /** With `--force-delete`, the service also deletes the undeclared resources that use it. */
  cascades?: true
}

/**
 * The API of a sub-resource, which is in no list and exists as long as its parent. It is found by fields of
 * the files, it is written in place, and deleting it resets it to its original value.
 */
export interface DerivedApi extends CommonApi {
  access: 'derived'
  /**
   * Returns the rest of its path, encoded, which serves as its id. Undefined as long as its parent does not
   * exist.
   */
  id(fields: JsonObject, idOf: (reference: Reference) => string | undefined): string | undefined
  /** Parses a name into the fields that locate the resource: several results, if the name is ambiguous. */
  fieldsOf(name: string): JsonObject[]
  /** Returns the requests, in their order, that make the live resource what a body says. */
  updates(body: JsonObject, live: JsonObject): RequestBelow[]
  /** Returns the requests that reset it to its original value. */
  resets(live: JsonObject): RequestBelow[]
  /** These requests depend on what is live, so it is read before each write. */
  dependsOnLive?: true
  /** The service resets it after its answer: it is read again until it has its original value. */
  resetsLate?: true
  /** Returns true if the resource has its original value, so that there is nothing to reset. */
  isReset(wire: JsonObject): boolean
  /**
   * For a resource whose original value cannot be told from a declared one: returns true if the live fields
   * are those that the files declared. If they are not, it was reset already or somebody changed it, and it
   * must stay.
   */
  isAsDeclared?(live: JsonObject, declared: JsonObject): boolean
  /**
   * Returns what an answer does not tell, in a few words; undefined if it tells everything. Nothing must be
   * planned from such an answer: unknown is not empty.
   */
  untold?(wire: JsonObject): string | undefined
  /**
   * Returns the names of fields that it adds to schemas of its parent. Other resources that use the parent
   * may name them, so they are created and updated after it.
   */
  adds?(fields: JsonObject): string[]
  /** Its answers are not wrapped in `{ data: … }`. */
  bare?: true
  /** How it is found in what is live, where files do not say where it is. */
  search?: Search
}

/** One read for each parent, whose answer has all of its sub-resources. */
export interface Search {
  /** Returns the ids of the parents that may have some, from the answers of a kind. */
  parents(answers: (kind: string) => readonly JsonObject[]): string[]
  /**
   * Others may have some as well, which is unlikely and takes a request for each: why it is unlikely, before
   * their names. Without it, others have none.
   */
  unlikely?: string
  /** The path of the read. */
  path(parent: string, version: ApiVersion): string
  /**
   * Returns the wire forms of what people have declared; undefined if the answer does not tell that from
   * what is detected.
   */
  found(parent: string, data: JsonObject): JsonObject[] | undefined
}

/** A further read of a resource. Its answers are kept in the wire form of the resource, as a list. */
export interface Part {
  /** The key of the wire form under which the list is kept. */
  key: string
  answer?: Shape
  /** Older services may answer 404: then the value is null, and the resource counts as read. */
  optional?: true
  /** The field that is read from it; it is not compared if the service refuses the read. */
  field: string
  /**
   * Returns the paths to read, below the resource. `wire` is what is known of it so far; `wanted` are the
   * fields of the files, or the body made of them, and only these need a read. If the resource will be
   * replaced (`replaces`), or `wanted` is undefined, everything must be read that a replacement could lose.
   */
  paths(wire: JsonObject, wanted: JsonObject | undefined, replaces: boolean): string[]
}

/** Writes after the main request. */
export interface FollowUps {
  /** The keys of the body that these writes are for: without any of them nothing is sent. */
  keys: readonly string[]
  /** The main request must not have these keys. */
  exclusive?: true
  /**
   * Returns the requests in their order; none, if the answer to the main request already shows what the
   * body says.
   */
  requests(body: JsonObject, wire: JsonObject, version: ApiVersion): RequestBelow[]
  /**
   * Returns the requests for a resource that was made just now, of which nothing was read, where their
   * answers tell what they have written. `isNew` is false where the resource may be of an earlier try, so
   * that others may have changed it. Undefined: it must be read first.
   */
  unread?(body: JsonObject, version: ApiVersion, isNew: boolean): AnsweredWrite[] | undefined
}

/** A write whose answer tells what it has written. */
export interface AnsweredWrite {
  request: RequestBelow
  /** Returns parts of the resource, by their keys, as `data` of the answer tells them. */
  tells(data: Json): Record<string, Json>
}

/** A write that can be repeated; `path` is below that of the resource. */
export interface RequestBelow {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  body?: JsonObject
}

/** A GET, or a POST without effects (with `body`) in old versions. */
export interface PreUpdateRead {
  path: string
  query?: Record<string, string>
  body?: JsonObject
}
