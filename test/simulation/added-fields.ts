import type { Change } from '../../src/plan/plan.ts'
import { isObject, sortedText, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import type { UserField } from '../../src/wire/bulk-sync.ts'
import type { Exchange } from './network.ts'
import type { Run } from './program.ts'
import type { Scene } from './scene.ts'
import { bytesId } from './service.ts'

/** What laws know of fields that people add to schemas: which requests these take, and what else changes with them. */

const kind = 'schema_fields'

/** What must be sent for a change: one request for all that is new, one for each that differs, one for each that goes. */
export interface FieldRequests {
  added: ReadonlySet<string>
  changed: ReadonlySet<string>
  removed: ReadonlySet<string>
}

/** By what was there when the process began, and what the files say; the program's own table is not asked. */
export function requestsFor(
  change: Pick<Change, 'name' | 'action' | 'kind'> & { id?: string },
  { scene, run }: { scene: Scene; run: Run }
): FieldRequests {
  const place = change.action === 'create' ? undefined : change.id
  const there = new Map(storedAt(run.before, place).map((field) => [field.field_id, field]))
  const declared = scene.world.declared.find((one) => one.kind === kind && one.name === change.name)
  const wanted = change.action === 'delete' ? [] : fieldsIn(declared?.item['fields'])
  const ids = new Set(wanted.map(({ id }) => textOf(id)))
  const differing = wanted.filter((field) => {
    const now = there.get(textOf(field['id']))
    return now !== undefined && isOtherwise(field, now)
  })
  return {
    added: new Set([...ids].filter((id) => !there.has(id))),
    changed: new Set(differing.map(({ id }) => textOf(id))),
    removed: new Set([...there.keys()].filter((id) => !ids.has(id)))
  }
}

/** Whether the request is one of them; `path` is what stands behind the schema. */
export function isAmong(
  { added, changed, removed }: FieldRequests,
  { method, path, body }: Pick<Exchange, 'method' | 'path' | 'body'>
): boolean {
  const [, one] = /^\/fields(?:\/([^/]+))?$/.exec(path) ?? []
  if (one === undefined) return method === 'POST' && path === '/fields' && isAll(added, body)
  const id = decodeURIComponent(one)
  return (method === 'PATCH' && changed.has(id)) || (method === 'DELETE' && removed.has(id))
}

export function countOf({ added, changed, removed }: FieldRequests): number {
  return Math.min(1, added.size) + changed.size + removed.size
}

function isAll(ids: ReadonlySet<string>, body: Json | undefined): boolean {
  const sent = fieldsIn(isObject(body) ? body['fields'] : undefined).map(({ field_id: id }) => textOf(id))
  return ids.size > 0 && sent.toSorted().join() === [...ids].toSorted().join()
}

/** What a file does not say of a field stays; no path is the empty one. */
function isOtherwise(field: JsonObject, now: UserField): boolean {
  const members = ['label', 'type', 'path', 'definition'] as const
  return members.some((key) => key in field && sortedText(field[key] ?? '') !== sortedText(now[key] ?? ''))
}

/**
 * Whether a bulk sync is what it was, but for fields that went from the schemas it copies since the process began:
 * nobody can copy what is not there, whoever owns the sync.
 */
export function isOnlyWithoutGone(was: string, is: string | undefined, run: Run): boolean {
  const sync = JSON.parse(was) as Json
  const source = isObject(sync) ? sync['source_connection_id'] : undefined
  if (is === undefined || !isObject(sync) || source === undefined) return false
  const schemas = fieldsIn(sync['schemas']).map((schema) => {
    const place = `${textOf(source)}/schemas/${encodeURIComponent(textOf(schema['id']))}`
    const left = new Set(storedAt(run.after, place).map(({ field_id: id }) => id))
    const gone = new Set(
      storedAt(run.before, place).flatMap(({ field_id: id }) => (left.has(id) ? [] : [id]))
    )
    return { ...schema, fields: fieldsIn(schema['fields']).filter(({ id }) => !gone.has(textOf(id))) }
  })
  return JSON.stringify({ ...sync, schemas }) === is
}

function storedAt(bytes: ReadonlyMap<string, string>, place: string | undefined): UserField[] {
  const stored = place === undefined ? undefined : bytes.get(bytesId(kind, place))
  return stored === undefined ? [] : (JSON.parse(stored) as UserField[])
}

function fieldsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
