import { idOf, isOff, schemaFromYaml, schemaInPatch } from '../../src/kinds/bulk-sync-parts.ts'
import { derivedApi, nameOfItem, type Kind } from '../../src/kinds/kind.ts'
import { list } from '../../src/kinds/fields.ts'
import { pathOfAll } from '../../src/remote/address.ts'
import { fromWireContext } from '../../src/remote/live.ts'
import type { RemoteOptions } from '../../src/remote/options.ts'
import { pages } from '../../src/remote/pages.ts'
import { readInFull } from '../../src/remote/read.ts'
import { openWriter, type Reader, type Writer } from '../../src/remote/transport.ts'
import { create } from '../../src/remote/create.ts'
import { replacement, update } from '../../src/remote/write.ts'
import { createServer, type LocalServer } from '../../src/server/index.ts'
import type { StoredBase, StoredKind } from '../../src/server/stored.ts'
import {
  isObject,
  isReference,
  isSecret,
  referencesIn,
  textOf,
  type Json,
  type JsonObject
} from '../../src/state/value.ts'
import type { ApiVersion } from '../../src/wire/common.ts'
import type { Clock } from './clock.ts'
import { kindNamed, simulated, type WorldApi } from './items.ts'
import { makeRandom, type Random } from './random.ts'
import { planted, type Thing } from './world.ts'

/**
 * The local server, as somebody else than the program under test sees it: things are made in it and
 * looked at.
 */
export interface Service {
  server: LocalServer
  /** Makes a thing; its id, or the service's words where it refuses. */
  make(thing: Thing): Promise<{ ok: true; id: string } | { ok: false; words: string }>
  /** Makes one of the things that are there as `thing` is, with what else it has. */
  change(thing: Thing, there: Look, looks: readonly Look[]): Promise<{ ok: boolean; words?: string }>
  /** Everything that is there, in the form in which two services can be compared. */
  looks(): Promise<Look[]>
  /** Everything that is there, to the byte. */
  bytes(): Map<string, string>
  /** Ids of everything that can be referred to. */
  ids(): Set<string>
  /**
   * From here on, every list has what was written until now: a list can only miss what is written
   * later.
   */
  settle(): void
}

/** A resource as it looks: ids are names, sets have one order, what is nothing is left out. */
export interface Look {
  kind: string
  name: string
  id: string
  fields: Json
  wire: JsonObject
  /** It cannot be deleted, and is as if nobody had ever said anything of it. */
  reset?: true
}

/** Somebody who edits in the web page while the program runs. */
const somebodysKey = 'somebody-elses-key'
export const ourKey = `${planted}api-key`

const newest: ApiVersion = '2025-09-18'

/**
 * Things are made in `version`, for each has its own idea of what is valid; they are looked at in the
 * newest one. What is in no list is looked for where one of `things` has it.
 */
export function openService(
  clock: Clock,
  seed: number,
  { version, shape }: WorldApi,
  things: readonly Thing[]
): Service {
  const random = makeRandom(seed)
  const server = createServer({
    shape,
    apiKey: ourKey,
    users: [{ name: 'Somebody Else', key: somebodysKey }],
    now: () => new Date(clock.now()),
    randomUUID: () => random.uuid(),
    sleep: clock.lastingSleep,
    faults: { seed, faults: [] }
  })
  const ids = new Map<string, string>()
  const idOf = (kind: string, name: string): string => {
    const id = ids.get(`${kind} ${name}`)
    if (id === undefined) throw new Error(`there is no ${kind} ${name}`)
    return id
  }
  const remember = (kind: string, name: string, id: string): void => {
    if (!ids.has(`${kind} ${name}`)) ids.set(`${kind} ${name}`, id)
  }
  const person = (spoken: ApiVersion): Writer => openWriter(asSomebody(server, clock, random, spoken))
  const [maker, reader] = [person(version), person(newest)]
  const thereIs = ({ kind }: Thing): string[] =>
    kindNamed(kind).api.access === 'derived' ? [] : server.store.all(kind as StoredKind).map(({ id }) => id)
  let isKnown = false
  const learn = async (): Promise<void> => {
    for (const kind of simulated.filter(({ builtIns }) => builtIns))
      for (const { wire } of await allOf(reader, kind))
        remember(kind.name, textOf(wire['name']), textOf(wire['id']))
    isKnown = true
  }
  return {
    server,
    async make(thing) {
      if (!isKnown) await learn()
      const kind = kindNamed(thing.kind)
      const id = (reference: { $ref: string; name?: string }): string =>
        idOf(reference.$ref, reference.name ?? '')
      // The next one is made a little later: lists are in the order of time.
      await clock.sleep(1000)
      const before = new Set(thereIs(thing))
      /** It may have been made all the same, and only what follows the making was refused. */
      const unmade = (words: string): { ok: false; words: string } => {
        for (const one of thereIs(thing))
          if (!before.has(one)) server.store.remove(thing.kind as StoredKind, one)
        return { ok: false, words }
      }
      try {
        const fields = kind.fromYaml(thing.item)
        const body = { name: thing.name, ...kind.toWire(fields, { version, creating: true, id }) }
        const place = derivedApi(kind)?.id(fields, id)
        const made = await (place === undefined
          ? create(maker, kind, {
              name: thing.name,
              body: opened(body) as JsonObject,
              secrets: [],
              key: random.uuid()
            })
          : update(maker, kind, place, opened(body) as JsonObject, { secrets: [] }))
        if (!made.ok) return unmade(made.failure.words)
        remember(thing.kind, thing.name, textOf(made.wire['id']))
        if (thing.kind === 'bulk_sync') await chooseOfWhatIsOff(maker, textOf(made.wire['id']), thing.item)
        return { ok: true, id: textOf(made.wire['id']) }
      } catch (error) {
        return unmade(String(error))
      }
    },
    async change({ kind: name, item, name: own }, { id, wire: live }, looks) {
      const kind = kindNamed(name)
      const idOfLook = ({ $ref, name: other }: { $ref: string; name?: string }): string => {
        const look = looks.find((one) => one.kind === $ref && one.name === other)
        if (!look) throw new Error(`there is no ${$ref} ${other}`)
        return look.id
      }
      try {
        await clock.sleep(1000)
        const wanted = kind.toWire(kind.fromYaml(item), { version, creating: false, id: idOfLook })
        const body = opened({ name: own, ...wanted }) as JsonObject
        const whole = await replacement(maker, kind, live, body)
        const changed = await update(maker, kind, id, whole, { secrets: [], live })
        return changed.ok ? { ok: true } : { ok: false, words: changed.failure.words }
      } catch (error) {
        return { ok: false, words: String(error) }
      }
    },
    async looks() {
      const listed = await Promise.all(
        simulated
          .filter(({ api }) => api.access === 'listed')
          .map(async (kind) => await allOf(reader, kind))
      )
      return looksOf([...listed.flat(), ...(await placesOf(reader, things, listed.flat()))])
    },
    bytes: () => bytesOf(server),
    settle() {
      const policy = server.store.all('policy').find(({ system }) => system)
      // A list misses the last write at most; this one changes nothing.
      if (policy) server.store.edit('policy', policy.id, {})
    },
    ids() {
      const listed = simulated
        .filter(({ api }) => api.access === 'listed')
        .map(({ name }) => name as StoredKind)
      return new Set(listed.flatMap((name) => server.store.all(name).map(({ id }) => id)))
    }
  }
}

/**
 * Files send no settings of a schema that is off. Somebody who switched it off in the web page had
 * chosen some before.
 */
async function chooseOfWhatIsOff(maker: Writer, id: string, item: JsonObject): Promise<void> {
  const schemas = list(item['schemas'])
    .filter(isOff)
    .map((schema) => {
      const { fields = [] } = schemaInPatch(schemaFromYaml({ ...schema, enabled: true }) as JsonObject)
      return { id: idOf(schema), enabled: false, fields }
    })
  if (schemas.length === 0) return
  const chosen = await maker.send('PATCH', `/api/bulk/syncs/${id}/schemas`, { body: { schemas } })
  if (!chosen.ok) throw new Error(chosen.failure.words)
}

/** A resource as it was answered, in full. */
interface Found {
  kind: Kind
  wire: JsonObject
}

async function allOf(reader: Reader, kind: Kind): Promise<Found[]> {
  const at = await pathOfAll(reader, kind)
  if (!at.ok) throw new Error(at.failure.words)
  const found: Found[] = []
  for await (const page of pages(reader, { path: at.path, nameKey: kind.naming?.wire ?? 'name' }, true)) {
    if (!page.ok) throw new Error(page.failure.words)
    for (const wire of page.items) found.push({ kind, wire: await wholeOf(reader, kind, wire) })
  }
  return found
}

async function wholeOf(reader: Reader, kind: Kind, wire: JsonObject): Promise<JsonObject> {
  if (!(kind.api.access === 'listed' && kind.api.lightList?.(newest)) && !kind.api.parts) return wire
  const whole = await readInFull(reader, kind, textOf(wire['id']))
  return whole.ok ? whole.wire : wire
}

/** What is in no list, wherever one of the things has it. */
async function placesOf(
  reader: Reader,
  things: readonly Thing[],
  listed: readonly Found[]
): Promise<Found[]> {
  const idOf = ({ $ref, name }: { $ref: string; name?: string }): string | undefined => {
    const one = listed.find(({ kind, wire }) => kind.name === $ref && wire['name'] === name)
    return one && textOf(one.wire['id'])
  }
  const found = new Map<string, Found>()
  for (const { kind: name, item } of things) {
    const kind = kindNamed(name)
    const id = derivedApi(kind)?.id(kind.fromYaml(item), idOf)
    const key = `${name} ${id}`
    if (id === undefined || found.has(key)) continue
    const whole = await readInFull(reader, kind, id)
    if (whole.ok) found.set(key, { kind, wire: whole.wire })
  }
  return [...found.values()]
}

/** What is stored, by the id that the program knows it by. */
function bytesOf({ store }: LocalServer): Map<string, string> {
  const bytes = new Map<string, string>()
  for (const { name, api } of simulated) {
    if (api.access === 'derived') continue
    for (const thing of store.all(name as StoredKind)) {
      // An object that a sync makes in its target is noted in the connection, whoever owns it; keys
      // are a kind of their own.
      const { created_objects: _made, schema_changes: _keys, ...rest } = thing as Noted
      // What came with the service is touched when a run begins: see `settle`.
      const { updated_at: _at, updated_by: _by, ...content } = rest
      bytes.set(thing.id, JSON.stringify('system' in rest && rest.system ? content : rest))
    }
  }
  for (const { id, schema_changes: changes = {} } of store.all('connection'))
    for (const [schema, { primary_keys: keys, fields = [] }] of Object.entries(changes)) {
      const place = `${id}/schemas/${encodeURIComponent(schema)}`
      if (keys) bytes.set(bytesId('schema_primary_keys', place), JSON.stringify(keys))
      if (fields.length > 0) bytes.set(bytesId('schema_fields', place), JSON.stringify(fields))
    }
  for (const { emails } of store.all('error_subscribers'))
    if (emails.length > 0) bytes.set('global-error-subscribers', JSON.stringify(emails))
  for (const { enabled, connection_id: to, prefix } of store.all('record_logging'))
    if (enabled || to !== undefined || prefix !== undefined)
      bytes.set('record-logging', JSON.stringify([enabled, to, prefix]))
  return bytes
}

/** Of one schema there are things of several kinds. */
export function bytesId(kind: string, id: string): string {
  return id.includes('/schemas/') ? `${id}/${kind}` : id
}

type Noted = StoredBase & { created_objects?: unknown; schema_changes?: unknown }

function asSomebody(server: LocalServer, clock: Clock, random: Random, version: ApiVersion): RemoteOptions {
  return {
    url: 'http://polytomic.test',
    authorization: `Bearer ${somebodysKey}`,
    version,
    fetch: (request) => server.fetch(request),
    parallelism: 4,
    timeoutMs: 30_000,
    timer: clock.timer,
    newKey: () => random.uuid(),
    backoffMs: 300,
    sleep: clock.lastingSleep,
    now: clock.now,
    random: () => random.next()
  }
}

function looksOf(found: readonly Found[]): Look[] {
  const wires = new Map<string, JsonObject[]>()
  for (const { kind, wire } of found) wires.set(kind.name, [...(wires.get(kind.name) ?? []), wire])
  const context = fromWireContext(wires, newest)
  return found.map(({ kind, wire }) => {
    const fields = kind.fromWire(wire, {
      ...context,
      reference: (of, id) => ({ $ref: of, name: context.reference(of, id).name ?? 'nobody' })
    })
    return {
      kind: kind.name,
      name: kind.api.access === 'derived' ? nameOfPlace(kind, fields) : textOf(wire['name']),
      id: textOf(wire['id']),
      fields: plainly(fields) ?? {},
      wire,
      ...(derivedApi(kind)?.isReset(wire) && { reset: true as const })
    }
  })
}

function nameOfPlace(kind: Kind, fields: JsonObject): string {
  const names = Object.entries(fields).map(([key, value]) => [
    key,
    isReference(value) ? (value.name ?? '') : value
  ])
  return nameOfItem(kind, Object.fromEntries(names) as JsonObject)
}

/** Without what is nothing, and with one order of everything. */
export function plainly(value: Json | undefined): Json | undefined {
  if (value === undefined || value === null || value === '' || value === false) return undefined
  if (Array.isArray(value)) {
    const items = value.flatMap((inner) => plainly(inner) ?? [])
    return items.length === 0
      ? undefined
      : items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (isReference(value)) return `${value.$ref} ${value.name ?? ''}`
  if (!isObject(value)) return value
  // What is switched off may have any settings.
  if (value['enabled'] === false) return undefined
  const parts = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    // One action has two names.
    if (key === 'action' && inner === 'edit') return [[key, 'update']]
    const found = plainly(inner)
    return found === undefined ? [] : [[key, found]]
  })
  return parts.length === 0 ? undefined : Object.fromEntries(parts.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Secrets as somebody typed them before there were files. */
function opened(value: Json): Json {
  if (isSecret(value)) return `${planted}live-${value.$secret}`
  if (Array.isArray(value)) return value.map(opened)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]))
}

/** Things in an order in which each comes after what it names. */
export function inOrder<T extends Thing>(things: readonly T[]): T[] {
  const needs = (thing: T): string[] =>
    referencesIn(kindNamed(thing.kind).fromYaml(thing.item)).map(
      ({ $ref, name }) => `${$ref} ${name ?? ''}`
    )
  const placed: T[] = []
  for (let rest = [...things]; rest.length > 0;) {
    const open = new Set(rest.map((thing) => `${thing.kind} ${thing.name}`))
    const next = rest.filter(
      (thing) => !needs(thing).some((need) => open.has(need) && need !== `${thing.kind} ${thing.name}`)
    )
    // In a circle somebody must be the first.
    const now = next.length > 0 ? next : rest.slice(0, 1)
    placed.push(...now)
    rest = rest.filter((thing) => !now.includes(thing))
  }
  return placed
}
