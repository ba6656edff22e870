import * as fc from 'fast-check'
import { kinds } from '../../src/kinds/index.ts'
import { nameOfItem, type Kind } from '../../src/kinds/kind.ts'
import { referredKinds } from '../../src/state/rule.ts'
import { isObject, isSecret, referencesIn, type Json, type JsonObject } from '../../src/state/value.ts'
import type { ApiVersion } from '../../src/wire/common.ts'
import { itemOf, withinOlderShape, withinVersion } from '../support/items.ts'
import type { Random } from './random.ts'

/** The kinds that the worlds are made of: each after those that it refers to, as far as they do not refer to each other. */
export const simulated: readonly Kind[] = inOrderOfUse(kinds.managed)

/** What only services know that answer in the newest shape. Other worlds are drawn as if it did not exist. */
export const ofNewestShape: ReadonlySet<string> = new Set(['schema_fields'])

/** Fields that worlds add to what the database holds. No other kind knows them, and all may find them. */
export const addedFields: ReadonlySet<string> = new Set(['a', 'b/c', 'd.e %'])

function inOrderOfUse(all: readonly Kind[]): Kind[] {
  const placed: Kind[] = []
  for (let rest = [...all]; rest.length > 0;) {
    const open = new Set(rest.map(({ name }) => name))
    const uses = (kind: Kind): number =>
      [...referredKinds(kind.fields)].filter((name) => name !== kind.name && open.has(name)).length
    const next = rest.find((kind) => uses(kind) === 0) ?? rest[0]!
    placed.push(next)
    rest = rest.filter((kind) => kind !== next)
  }
  return placed
}

/** Whether the version knows the kind at all. */
export function isKnownTo(version: ApiVersion, { api }: Kind): boolean {
  return api.since === undefined || version >= api.since
}

/** Keys of YAML under which names of other resources stand, and their kind. A kind that brings new ones adds them here. */
const referenceKeys: Readonly<Record<string, string>> = {
  connection: 'connection',
  model: 'model',
  policies: 'policy',
  roles: 'role',
  syncs: 'sync',
  bulk_syncs: 'bulk_sync'
}

/** How a plain name is spelled where names are of a form. A kind that is named by another key adds it here. */
const spellings: Readonly<Record<string, (word: string) => string>> = {
  email: (word) => `${word}@example.com`,
  endpoint: (word) => `https://${word}.example/hook`
}

/** The item under another name, where it holds its name itself and that is free. */
export function called({ naming }: Kind, item: JsonObject, name: string): JsonObject {
  const [key = ''] = naming?.keys ?? []
  const spell = spellings[key]
  return spell ? { ...item, [key]: spell(name.replaceAll(/[^a-z]/g, '')) } : item
}

/** What a resource of this item is called: as the item says, or else as it was drawn. */
export function nameIn(kind: Kind, item: JsonObject, name: string): string {
  return kind.naming ? nameOfItem(kind, item) : name
}

/** Nobody knows all that these hold, so that the service takes any field for possible. What it demands is filled in; it includes secrets. */
const openTypes: Readonly<Record<string, JsonObject>> = {
  csv: {},
  postgresql: { hostname: 'h', username: 'u', database: 'd', password: { $secret: 'env PASSWORD' } },
  api: { url: 'https://a.example' }
}

/** A database that every service takes. */
export const plainDatabase: JsonObject = { type: 'postgresql', configuration: openTypes['postgresql']! }

/** Kinds that are about what a database holds: of the others, nobody knows what they hold. */
const ofDatabases: ReadonlySet<string> = new Set(['bulk_sync', 'schema_primary_keys', 'schema_fields'])

/** Whether a thing is one that a resource of the kind can be about. */
export function fits(kind: Kind, thing: { kind: string; item: JsonObject }): boolean {
  return thing.kind !== 'connection' || !ofDatabases.has(kind.name) || thing.item['type'] === 'postgresql'
}

/** Whether all that it is about fits, as it came to be: what the service refused was replaced by something plain. */
export function fitsAll(
  kind: Kind,
  item: JsonObject,
  there: readonly { kind: string; name: string; item: JsonObject }[]
): boolean {
  return referencesIn(kind.fromYaml(item)).every(({ $ref, name }) => {
    const named = there.filter((one) => one.kind === $ref && one.name === name)
    return named.every((one) => fits(kind, one))
  })
}

/** What is tried where the service refuses whatever chance has made; other kinds then do without. */
const plain: Readonly<Record<string, JsonObject>> = {
  connection: { type: 'csv' },
  model: { connection: 'a', configuration: {} },
  sync: {
    mode: 'create',
    model: 'a',
    fields: [{ source: 'a', target: 'b' }],
    target: { connection: 'a', object: 'things' },
    schedule: 'manual'
  },
  bulk_sync: {
    mode: 'replicate',
    source: { connection: 'a' },
    destination: { connection: 'a', configuration: {} },
    default_schedule: 'manual'
  },
  schema_primary_keys: { connection: 'a', schema: 'public.users', fields: ['email'] },
  schema_fields: { connection: 'a', schema: 'public.users', fields: [{ id: 'a', type: 'string' }] },
  role: {},
  policy: { policy_actions: [] },
  user: { roles: ['Member'] },
  webhook: { secret: { $secret: 'env SECRET' } },
  global_error_subscribers: { emails: [] },
  record_logging: { enabled: true }
}

/** Items of YAML, made from the kind's schema: the more kinds there are, the more there is in the worlds. */
const stocks = new Map<string, readonly JsonObject[]>()
const stockSize = 300

function stockOf(kind: Kind): readonly JsonObject[] {
  const known = stocks.get(kind.name)
  if (known) return known
  const types = kind.name === 'connection' ? Object.keys(openTypes) : [undefined]
  const made = types.flatMap((type, index) =>
    fc
      .sample(itemOf(kind, type), { numRuns: Math.ceil(stockSize / types.length), seed: index + 1 })
      .map((item) => (type === undefined ? ofSource(item) : filledIn(item, openTypes[type]!)))
  )
  const stock = made.map((item) => distinct(kind, item))
  stocks.set(kind.name, stock)
  return stock
}

function filledIn(item: JsonObject, demanded: JsonObject): JsonObject {
  const configuration = isObject(item['configuration']) ? item['configuration'] : {}
  return { ...item, configuration: { ...demanded, ...configuration } }
}

/** What the database of every world holds: of bulk syncs and keys, the service takes nothing else. */
const objects: Readonly<Record<string, string>> = {
  a: 'public.users',
  b: 'public.orders',
  c: 'public.customers',
  'a/b': 'public.orders',
  Contact: 'public.customers'
}
const columns: Readonly<Record<string, string>> = { a: 'id', b: 'created_at', c: 'email' }

/** The item, about what the database holds. */
function ofSource(item: JsonObject): JsonObject {
  const named = (names: Readonly<Record<string, string>>, value: Json): Json =>
    typeof value === 'string' ? (names[value] ?? value) : value
  const each = (value: Json | undefined, change: (one: Json) => Json): JsonObject[string] | undefined =>
    Array.isArray(value) ? value.map(change) : undefined
  const field = (value: Json): Json =>
    isObject(value) ? { ...value, id: named(columns, value['id']!) } : named(columns, value)
  const within = (value: JsonObject, keys: readonly string[]): JsonObject =>
    Object.fromEntries(keys.flatMap((key) => (key in value ? [[key, named(columns, value[key]!)]] : [])))
  const schema = (value: Json): Json => {
    if (!isObject(value)) return named(objects, value)
    const fields = each(value['fields'], field)
    const filters = each(value['filters'], (one) =>
      isObject(one) ? { ...one, ...within(one, ['field_id']) } : one
    )
    const keys = within(value, ['partition_key', 'tracking_field'])
    return {
      ...value,
      ...keys,
      id: named(objects, value['id']!),
      ...(fields && { fields }),
      ...(filters && { filters })
    }
  }
  const schemas = each(item['schemas'], schema)
  const additional = each(item['additional_schedules'], (one) => {
    const some = isObject(one) ? each(one['schemas'], schema) : undefined
    return isObject(one) && some ? { ...one, schemas: some } : one
  })
  const destination = item['destination']
  return {
    ...item,
    ...(schemas && { schemas }),
    ...(additional && { additional_schedules: additional }),
    ...(isObject(destination) && { destination: { ...destination, configuration: { schema: 'raw' } } }),
    ...(typeof item['schema'] === 'string' && { schema: objects[item['schema']] ?? item['schema'] }),
    ...('schema' in item && Array.isArray(item['fields']) && { fields: keysOf(item['fields']) })
  }
}

/** The key of a schema: of the columns that there are, at least one. Fields that are added to it stay. */
function keysOf(fields: readonly Json[]): Json[] {
  if (fields.some(isObject)) return [...fields]
  const known = fields.flatMap((one) => (typeof one === 'string' ? (columns[one] ?? []) : []))
  return known.length > 0 ? known : ['id']
}

/** The version of a world's API, and the shape of what it answers. */
export interface WorldApi {
  version: ApiVersion
  shape: 'older' | 'newest'
}

/** What only the newest shape can say is a stop in the older one, and no world is about stops. */
function held(kind: Kind, item: JsonObject, { version, shape }: WorldApi): JsonObject {
  const within = withinVersion(kind, item, version)
  return shape === 'newest' ? within : withinOlderShape(kind, within)
}

/** An item of the kind, as chance has it. */
export function anItem(kind: Kind, random: Random, api: WorldApi): JsonObject {
  return held(kind, oneModel(random.pick(stockOf(kind)), random), api)
}

/** Items that keep something of the live ones must be told apart: of several with one key, the first. */
function distinct(kind: Kind, item: JsonObject): JsonObject {
  const parts = Object.entries(item).map(([name, value]): [string, Json] => {
    const rule = kind.fields[name]?.rule
    if (rule?.is !== 'set' || rule.item.is !== 'object' || !Array.isArray(value)) return [name, value]
    const keeps = Object.values(rule.item.fields).some((part) => 'carried' in part && part.carried)
    const keys = value.map(rule.key)
    return [name, keeps ? value.filter((_one, at) => keys.indexOf(keys[at]!) === at) : value]
  })
  return Object.fromEntries(parts)
}

/** The simplest item of the kind; undefined where there is none that fits everywhere. */
export function plainItem(kind: Kind): JsonObject | undefined {
  return plain[kind.name]
}

/**
 * An item of the same type with one or two of its parts as another one has them. What happens once only (an object that is made with
 * the resource) is left as it is: for a resource that exists, the service would not do it.
 */
export function edited(kind: Kind, item: JsonObject, random: Random, api: WorldApi): JsonObject {
  const others = stockOf(kind).filter((other) => other['type'] === item['type'])
  if (others.length === 0) return item
  const other = held(kind, oneModel(random.pick(others), random), api)
  const names = kind.naming?.keys ?? []
  const keys = Object.keys({ ...item, ...other }).filter(
    (key) => !names.includes(key) && !isOnce(kind, key, other[key])
  )
  const changed = { ...item }
  for (const key of random.shuffled(keys).slice(0, 1 + random.below(2))) {
    if (other[key] === undefined && !required(kind).has(key)) delete changed[key]
    else if (other[key] !== undefined) changed[key] = other[key]
  }
  return changed
}

/** The same item, written in another order: sets have none, and keys have none. */
export function reordered(kind: Kind, item: JsonObject, random: Random): JsonObject {
  const parts = random.shuffled(Object.entries(item)).map(([key, value]): [string, Json] => {
    const isSet = kind.fields[key]?.rule.is === 'set' && !namesPositions(item)
    return [key, isSet && Array.isArray(value) ? random.shuffled(value) : value]
  })
  return Object.fromEntries(parts)
}

/** Letters of a logic stand for positions of filters: then their order means something. */
function namesPositions(item: JsonObject): boolean {
  return Array.isArray(item['filters']) && item['filters'].length > 0
}

function isOnce(kind: Kind, key: string, value: Json | undefined): boolean {
  const makes = isObject(value) && ('create' in value || 'new_name' in value)
  return makes || ['once', 'fixed'].includes(kind.fields[key]?.class ?? '')
}

function required(kind: Kind): Set<Json> {
  return new Set(Array.isArray(kind.schema['required']) ? kind.schema['required'] : [])
}

/** Models of one item must be joined, which chance hardly ever does: mostly, all of them are one. */
function oneModel(item: JsonObject, random: Random): JsonObject {
  if (random.chance(0.1)) return item
  const drop = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(drop)
    if (!isObject(value)) return value
    const { model: _model, ...rest } = value
    return Object.fromEntries(
      Object.entries('field' in value ? rest : value).map(([key, inner]) => [key, drop(inner)])
    )
  }
  return 'mode' in item && 'model' in item ? { ...(drop(item) as JsonObject), model: item['model']! } : item
}

/**
 * The item with its references turned to what is there. `choose` answers a name of the kind for a name, or nothing where there is none
 * that may be used: then what holds the reference is left out.
 */
export function placed(
  item: JsonObject,
  choose: (kind: string, name: string) => string | undefined
): JsonObject {
  const place = (value: Json, key: string): Json | undefined => {
    const kind = referenceKeys[key]
    if (kind !== undefined && typeof value === 'string') return choose(kind, value)
    if (Array.isArray(value)) {
      const items = value.flatMap((inner) => place(inner, key) ?? [])
      return kind === undefined ? items : [...new Set(items)]
    }
    if (!isObject(value) || isSecret(value)) return value
    const parts = Object.entries(value).map(([name, inner]) => [name, place(inner, name)] as const)
    if (parts.some(([, inner]) => inner === undefined)) return undefined
    return Object.fromEntries(parts) as JsonObject
  }
  const parts = Object.entries(item).flatMap(([key, value]): [string, Json][] => {
    const found = place(value, key)
    return found === undefined ? [] : [[key, found]]
  })
  const whole = Object.fromEntries(parts)
  for (const key of ['schedule', 'default_schedule']) {
    const after = isObject(whole[key]) ? whole[key]['run_after'] : undefined
    if (isObject(after) && Object.values(after).flat().length === 0) whole[key] = 'manual'
  }
  return whole
}

export function kindNamed(name: string): Kind {
  const kind = kinds.managed.find((one) => one.name === name)
  if (!kind) throw new Error(`no kind ${name}`)
  return kind
}
