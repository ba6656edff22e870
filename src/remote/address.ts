import { derivedApi, type Kind } from '../kinds/kind.ts'
import { misfit } from '../state/shape.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Failure } from './failure.ts'
import { organizationOf } from './identity.ts'
import type { Reader } from './transport.ts'

/**
 * Paths of resources, and how kinds spell them: bodies and answers are translated here between a kind and
 * polyctl.
 */

/** A path, or the failure of the request that was needed to know it. */
export type ResolvedPath = { ok: true; path: string } | { ok: false; failure: Failure }

/**
 * Returns the path of the list of a kind. Asks for the organization only where its id is part of the
 * path.
 */
export async function pathOfAll(reader: Reader, { api }: Kind): Promise<ResolvedPath> {
  const path = api.olderPaths?.[reader.version] ?? api.path
  if (!path.includes('{organization}')) return { ok: true, path }
  const organization = await organizationOf(reader)
  if (!organization.ok) return organization
  return { ok: true, path: path.replace('{organization}', encodeURIComponent(organization.id)) }
}

/** Returns the path of one resource. */
export async function pathOfOne(reader: Reader, kind: Kind, id: string): Promise<ResolvedPath> {
  const all = await pathOfAll(reader, kind)
  // The id of a derived resource is its path.
  return all.ok
    ? { ok: true, path: `${all.path}/${kind.api.access === 'derived' ? id : encodeURIComponent(id)}` }
    : all
}

/**
 * Returns a body as the service spells it: with its own key for the name, and without members that have
 * requests of their own.
 */
export function outgoing({ naming, api }: Kind, body: JsonObject): JsonObject {
  const later = new Set(api.followUps?.exclusive ? api.followUps.keys : [])
  const kept = Object.entries(body).filter(([key]) => !later.has(key))
  const { name, ...rest } = Object.fromEntries(kept)
  const key = naming ? naming.wire : 'name'
  return key === undefined || name === undefined ? rest : { [key]: name, ...rest }
}

/** Returns why an answer cannot be read as a resource of a kind; undefined where it can. */
export function misfitOf(kind: Kind, body: Json | undefined): string | undefined {
  const derived = derivedApi(kind)
  const isBare = derived?.bare === true
  const data = isObject(body) && !isBare ? body['data'] : body
  if (!isObject(data) || (!derived && typeof data['id'] !== 'string'))
    return isBare ? 'it is no mapping' : `there is no \`data\`${derived ? '' : ' with an id'} in it`
  return misfit(kind.api.answer ?? 'anything', data, isBare ? 'the answer' : 'data')
}

/**
 * Returns the resource in an answer, under the name by which polyctl calls it. Undefined where the answer
 * holds none.
 */
export function incoming(kind: Kind, body: Json | undefined, id?: string): JsonObject | undefined {
  const derived = derivedApi(kind)
  if (misfitOf(kind, body) !== undefined) return undefined
  const data = isObject(body) && derived?.bare !== true ? body['data'] : body
  if (!isObject(data)) return undefined
  if (derived) return { ...data, id: id ?? '', name: kind.naming?.only ?? '' }
  if (typeof data['id'] !== 'string') return undefined
  return kind.naming?.wire === undefined ? data : { ...data, name: textOf(data[kind.naming.wire] ?? '') }
}
