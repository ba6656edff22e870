import * as fc from 'fast-check'
import { kinds } from '../../src/kinds/index.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { isObject, isSecret, type Json, type JsonObject } from '../../src/state/value.ts'
import type { ApiVersion } from '../../src/wire/common.ts'
import { itemOf, withinVersion } from '../support/items.ts'
import type { Random } from './random.ts'

/**
 * The kinds that the worlds are made of: those that are called by their `name`, are made by one request, and
 * of which the ideal service tells the whole. The others live their lives in the tests of kinds.
 */
export const simulated: readonly Kind[] = kinds.managed.filter(({ name }) =>
  ['connection', 'model', 'sync', 'role'].includes(name)
)

/** Keys of YAML under which names of other resources stand, and their kind. A kind that brings new ones adds them here. */
const referenceKeys: Readonly<Record<string, string>> = {
  connection: 'connection',
  model: 'model',
  policies: 'policy',
  syncs: 'sync',
  bulk_syncs: 'bulk_sync'
}

/** Nobody knows all that these hold, so that the service takes any field for possible. What it demands is filled in; it includes secrets. */
const openTypes: Readonly<Record<string, JsonObject>> = {
  csv: {},
  postgresql: { hostname: 'h', username: 'u', database: 'd', password: { $secret: 'env PASSWORD' } },
  api: { url: 'https://a.example' }
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
  role: {}
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
      .map((item) => (type === undefined ? item : filledIn(item, openTypes[type]!)))
  )
  stocks.set(kind.name, made)
  return made
}

function filledIn(item: JsonObject, demanded: JsonObject): JsonObject {
  const configuration = isObject(item['configuration']) ? item['configuration'] : {}
  return { ...item, configuration: { ...demanded, ...configuration } }
}

/** An item of the kind, as chance has it. */
export function anItem(kind: Kind, random: Random, version: ApiVersion): JsonObject {
  return withinVersion(kind, oneModel(random.pick(stockOf(kind)), random), version)
}

/** The simplest item of the kind; undefined where there is none that fits everywhere. */
export function plainItem(kind: Kind): JsonObject | undefined {
  return plain[kind.name]
}

/**
 * An item of the same type with one or two of its parts as another one has them. What happens once only (an object that is made with
 * the resource) is left as it is: for a resource that exists, the service would not do it.
 */
export function edited(kind: Kind, item: JsonObject, random: Random, version: ApiVersion): JsonObject {
  const others = stockOf(kind).filter((other) => other['type'] === item['type'])
  if (others.length === 0) return item
  const other = withinVersion(kind, oneModel(random.pick(others), random), version)
  const keys = Object.keys({ ...item, ...other }).filter((key) => !isOnce(kind, key, other[key]))
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
  const after = isObject(whole['schedule']) ? whole['schedule']['run_after'] : undefined
  const waitsForNothing = isObject(after) && Object.values(after).flat().length === 0
  return waitsForNothing ? { ...whole, schedule: 'manual' } : whole
}

export function kindNamed(name: string): Kind {
  const kind = kinds.managed.find((one) => one.name === name)
  if (!kind) throw new Error(`no kind ${name}`)
  return kind
}
