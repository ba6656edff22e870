import type { Shape } from '../state/shape.ts'
import type { JsonObject, Reference } from '../state/value.ts'
import type { ApiVersion, KeyClass } from '../wire/common.ts'

/** Where a kind lives in the API: in a list, or at addresses that follow from what it belongs to. */
export type KindApi = ListedApi | DerivedApi

/** How the versions differ there, and what answers must look like. */
interface CommonApi {
  /** `/api/syncs`; one is at `/api/syncs/{id}`. `{organization}`: the id of the key's organization. */
  path: string
  answer?: Shape
  /** Where older versions have it. */
  olderPaths?: Readonly<Partial<Record<ApiVersion, string>>>
  /** The first version that has this kind. Absent: all of them. */
  since?: ApiVersion
  /** Which keys may manage it. Absent: all of an organization. */
  keys?(version: ApiVersion): readonly KeyClass[]
  update(version: ApiVersion): 'PATCH' | 'PUT'
  /** What else must be asked to know a resource in full, in this order. */
  parts?: readonly Part[]
  /** What the main write does not cover. */
  followUps?: FollowUps
  /**
   * Some writes are carried out after they are answered: true when an answer shows what the body asked
   * for. Until then it is read again, a few times.
   */
  isConverged?(body: JsonObject, wire: JsonObject): boolean
  /**
   * Words of a refusal (400, 422) that means: ask again in a while, the source is still being read. Any
   * other refusal is final.
   */
  retryableMessages?: readonly string[]
}

/** A resource that is in a list, is made by a POST and removed by a DELETE. */
export interface ListedApi extends CommonApi {
  access: 'listed'
  /** The service refuses a second one of a name: nobody can make two. */
  uniqueNames?: true
  /** True where list items lack fields that are compared, so that each match must be read by itself. */
  lightList?(version: ApiVersion): boolean
  /** Where the list is light: kinds of which an item names all that it uses. Of others it is silent. */
  lightUses?: readonly string[]
  /** Query parameters of a delete that says its wish explicitly. */
  deleteQuery?: string
  /** With `--force-delete`, what uses it and is not declared is deleted along with it. */
  cascades?: true
}

/**
 * A resource that is in no list, because it is there as long as what it belongs to. It is found by what the
 * files say, is written in place, and deleting it means to put it back to how it was.
 */
export interface DerivedApi extends CommonApi {
  access: 'derived'
  /**
   * Stands for it wherever an id is expected, and is the rest of its path, encoded. Undefined while what it
   * belongs to is not made.
   */
  id(fields: JsonObject, idOf: (reference: Reference) => string | undefined): string | undefined
  /** The fields that say where it is, as a name may say them: several, where the name can be read so. */
  fieldsOf(name: string): JsonObject[]
  /** What is written is below what is read: `/primary_keys`. */
  below?: string
  reset: { method: 'DELETE' | 'PUT'; body?: JsonObject }
  /** True when there is nothing to put back. */
  isReset(wire: JsonObject): boolean
  /**
   * Where what was put back looks like what was declared: whether the live fields are those that were
   * declared once. If they are not, it was put back already, or somebody chose otherwise.
   */
  isAsDeclared?(live: JsonObject, declared: JsonObject): boolean
  /** Its answers are not in an envelope. */
  bare?: true
}

/** Answers that belong to a resource beside its own. They are kept in its wire form, as a list. */
export interface Part {
  /** The key of the wire form that the list is put under. */
  key: string
  answer?: Shape
  /** Older services have no such address: then it is null, and the resource is there all the same. */
  optional?: true
  /** The field that it tells: not compared where the service refuses to tell. */
  field: string
  /**
   * Paths below the resource, given what is known of it so far. `wanted` are the fields that the files
   * state, or the body that was made of them: nothing else is compared. Where it is to be replaced, or
   * nothing is wanted in particular, everything is asked for that a replacement could lose.
   */
  paths(wire: JsonObject, wanted: JsonObject | undefined, replaces: boolean): string[]
}

/** Writes that follow the main one. */
export interface FollowUps {
  /** The keys of the body that they are about: where it has none of them, there is nothing to send. */
  keys: readonly string[]
  /** The main request does not carry these keys. */
  exclusive?: true
  /** In the order of sending; none where the answer to the main write is as the body says. */
  requests(body: JsonObject, wire: JsonObject, version: ApiVersion): FollowUpRequest[]
}

/** One of them; `path` is below the resource. */
export interface FollowUpRequest {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  body?: JsonObject
}
