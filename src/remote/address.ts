import { derivedApi, type Kind } from '../kinds/kind.ts'
import { misfit } from '../state/shape.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Failure } from './failure.ts'
import { organizationOf } from './identity.ts'
import type { Reader } from './transport.ts'

/** Where resources of a kind are, and how they are spelled there: bodies and answers meet their kind here. */

/** A path, or why it is not known. */
export type ResolvedPath = { ok: true; path: string } | { ok: false; failure: Failure }

/** Where all resources of a kind are. Asks for the organization only where its id is part of the path. */
export async function pathOfAll(reader: Reader, { api }: Kind): Promise<ResolvedPath> {
  const path = api.olderPaths?.[reader.version] ?? api.path
  if (!path.includes('{organization}')) return { ok: true, path }
  const organization = await organizationOf(reader)
  if (!organization.ok) return organization
  return { ok: true, path: path.replace('{organization}', encodeURIComponent(organization.id)) }
}

/** Where one resource is. */
export async function pathOfOne(reader: Reader, kind: Kind, id: string): Promise<ResolvedPath> {
  const all = await pathOfAll(reader, kind)
  // What is in no list has a path in place of an id.
  return all.ok
    ? { ok: true, path: `${all.path}/${kind.api.access === 'derived' ? id : encodeURIComponent(id)}` }
    : all
}

/** A body as the service spells it: its name under the key there, without what has requests of its own. */
export function outgoing({ naming, api }: Kind, body: JsonObject): JsonObject {
  const later = new Set(api.followUps?.exclusive ? api.followUps.keys : [])
  const kept = Object.entries(body).filter(([key]) => !later.has(key))
  const { name, ...rest } = Object.fromEntries(kept)
  const key = naming ? naming.wire : 'name'
  return key === undefined || name === undefined ? rest : { [key]: name, ...rest }
}

/** Why an answer is not to be understood as a resource of a kind; nothing where it is one. */
export function misfitOf(kind: Kind, body: Json | undefined): string | undefined {
  const derived = derivedApi(kind)
  const isBare = derived?.bare === true
  const data = isObject(body) && !isBare ? body['data'] : body
  if (!isObject(data) || (!derived && typeof data['id'] !== 'string'))
    return isBare ? 'it is no mapping' : `there is no \`data\`${derived ? '' : ' with an id'} in it`
  return misfit(kind.api.answer ?? 'anything', data, isBare ? 'the answer' : 'data')
}

/** The resource of an answer, under the name that polyctl gives it. Undefined where it is none. */
export function incoming(kind: Kind, body: Json | undefined, id?: string): JsonObject | undefined {
  const derived = derivedApi(kind)
  if (misfitOf(kind, body) !== undefined) return undefined
  const data = isObject(body) && derived?.bare !== true ? body['data'] : body
  if (!isObject(data)) return undefined
  if (derived) return { ...data, id: id ?? '', name: kind.naming?.only ?? '' }
  if (typeof data['id'] !== 'string') return undefined
  return kind.naming?.wire === undefined ? data : { ...data, name: textOf(data[kind.naming.wire] ?? '') }
}
