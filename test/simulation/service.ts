import { kinds } from '../../src/kinds/index.ts'
import { createServer, type LocalServer } from '../../src/server/index.ts'
import type { StoredKind } from '../../src/server/stored.ts'
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
import { kindNamed, simulated } from './items.ts'
import { makeRandom } from './random.ts'
import { planted, type Thing } from './world.ts'

/** The local server, as somebody else than the program under test sees it: things are made in it and looked at. */
export interface Service {
  server: LocalServer
  /** Makes a thing; its id, or the service's words where it refuses. */
  make(thing: Thing): Promise<{ ok: true; id: string } | { ok: false; words: string }>
  /** Everything that is there, in the form in which two services can be compared. */
  looks(): Promise<Look[]>
  /** Everything that is there, to the byte. */
  bytes(): Map<string, string>
  /** Ids of everything that can be referred to. */
  ids(): Set<string>
  /** From here on, every list has what was written until now: a list can only miss what is written later. */
  settle(): void
}

/** A resource as it looks: ids are names, sets have one order, what is nothing is left out. */
export interface Look {
  kind: string
  name: string
  id: string
  fields: Json
  wire: JsonObject
}

/** Somebody who edits in the web page while the program runs. */
const somebodysKey = 'somebody-elses-key'
export const ourKey = `${planted}api-key`

const newest: ApiVersion = '2025-09-18'

/** Things are made in `version`, for each has its own idea of what is valid; they are looked at in the newest one. */
export function openService(clock: Clock, seed: number, version: ApiVersion): Service {
  const random = makeRandom(seed)
  const server = createServer({
    apiKey: ourKey,
    users: [{ name: 'Somebody Else', key: somebodysKey }],
    now: () => new Date(clock.now()),
    randomUUID: () => random.uuid(),
    sleep: clock.sleep,
    faults: { seed, faults: [] }
  })
  const ids = new Map<string, string>()
  let hasPolicies = false
  const idOf = (kind: string, name: string): string => {
    const id = ids.get(`${kind} ${name}`)
    if (id === undefined) throw new Error(`there is no ${kind} ${name}`)
    return id
  }
  const ask = async (
    method: string,
    path: string,
    body?: JsonObject
  ): Promise<{ status: number; body: Json }> => {
    const response = await server.fetch(request(method, path, body === undefined ? newest : version, body))
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as Json) }
  }
  const listOf = async (path: string): Promise<JsonObject[]> => {
    const items: JsonObject[] = []
    for (let token = ''; ;) {
      const { body } = await ask('GET', token === '' ? path : `${path}?page_token=${token}`)
      if (!isObject(body) || !Array.isArray(body['data'])) throw new Error(`GET ${path} answered no list`)
      items.push(...body['data'].filter(isObject))
      token = isObject(body['pagination']) ? textOf(body['pagination']['next_page_token']) : ''
      if (token === '') return items
    }
  }
  return {
    server,
    async make(thing) {
      if (!hasPolicies) {
        for (const policy of await listOf('/api/permissions/policies'))
          ids.set(`policy ${textOf(policy['name'])}`, textOf(policy['id']))
        hasPolicies = true
      }
      const kind = kindNamed(thing.kind)
      let body: JsonObject
      try {
        const id = (reference: { $ref: string; name?: string }): string =>
          idOf(reference.$ref, reference.name ?? '')
        const fields = kind.fromYaml(thing.item)
        body = { name: thing.name, ...kind.toWire(fields, { version, creating: true, id }) }
      } catch (error) {
        return { ok: false, words: String(error) }
      }
      // The next one is made a little later: lists are in the order of time.
      await clock.sleep(1000)
      const made = await ask('POST', kind.api.path, opened(body) as JsonObject)
      const data = isObject(made.body) && isObject(made.body['data']) ? made.body['data'] : undefined
      if (made.status >= 300 || !data) return { ok: false, words: JSON.stringify(made.body) }
      const id = textOf(data['id'])
      if (!ids.has(`${thing.kind} ${thing.name}`)) ids.set(`${thing.kind} ${thing.name}`, id)
      return { ok: true, id }
    },
    async looks() {
      const wires: { kind: string; wire: JsonObject }[] = []
      for (const kind of simulated) {
        for (const item of await listOf(kind.api.path)) {
          const whole = kind.api.lightList(newest)
            ? await ask('GET', `${kind.api.path}/${textOf(item['id'])}`)
            : { body: { data: item } }
          if (isObject(whole.body) && isObject(whole.body['data']))
            wires.push({ kind: kind.name, wire: whole.body['data'] })
        }
      }
      for (const wire of await listOf('/api/permissions/policies')) wires.push({ kind: 'policy', wire })
      return looksOf(wires)
    },
    bytes() {
      const all = simulated.flatMap((kind) => server.store.all(kind.name as StoredKind))
      return new Map(
        all.map((thing) => {
          // An object that a sync makes in its target is noted in the connection, whoever owns it.
          const { created_objects: _made, ...rest } = thing as typeof thing & { created_objects?: unknown }
          return [thing.id, JSON.stringify(rest)]
        })
      )
    },
    settle() {
      const [policy] = server.store.all('policy')
      // A list misses the last write at most; this one changes nothing.
      if (policy) server.store.edit('policy', policy.id, {})
    },
    ids() {
      const kindNames = [...simulated.map(({ name }) => name as StoredKind), 'policy', 'bulk_sync'] as const
      return new Set(kindNames.flatMap((name) => server.store.all(name).map(({ id }) => id)))
    }
  }
}

function request(method: string, path: string, version: ApiVersion, body?: JsonObject): Request {
  return new Request(`http://polytomic.test${path}`, {
    method,
    headers: {
      authorization: `Bearer ${somebodysKey}`,
      'x-polytomic-version': version,
      'content-type': 'application/json'
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
}

function looksOf(wires: readonly { kind: string; wire: JsonObject }[]): Look[] {
  const names = new Map(
    wires.map(({ kind, wire }) => [`${kind} ${textOf(wire['id'])}`, textOf(wire['name'])])
  )
  const context = {
    version: newest,
    reference: (kind: string, id: string) => ({ $ref: kind, name: names.get(`${kind} ${id}`) ?? 'nobody' }),
    wire: (kind: string) => wires.filter((one) => one.kind === kind).map((one) => one.wire)
  }
  return wires.flatMap(({ kind, wire }) => {
    const managed = kinds.managed.find((one) => one.name === kind)
    if (!managed) return []
    const fields = plainly(managed.fromWire(wire, context)) ?? {}
    return [{ kind, name: textOf(wire['name']), id: textOf(wire['id']), fields, wire }]
  })
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
  const parts = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
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
