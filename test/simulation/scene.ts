import type { Kind } from '../../src/kinds/kind.ts'
import type { Rule } from '../../src/state/rule.ts'
import { isEmpty, isObject, isSecret, type Json, type JsonObject } from '../../src/state/value.ts'
import type { Clock } from './clock.ts'
import { fits, fitsAll, kindNamed, nameIn, placed, plainItem } from './items.ts'
import { inOrder, openService, plainly, type Look, type Service } from './service.ts'
import type { Declared, Thing, World } from './world.ts'

/** A world with the service that it lives in, and what must come of it. */
export interface Scene {
  /** What is left of the drawn one: things that the service refuses are in no world. */
  world: World
  service: Service
  /** The ids of what is live at first, by place. */
  ids: readonly string[]
  /** How each declared resource must look in the end: as in another service, where it was made afresh. */
  expected: ReadonlyMap<Declared, Json>
}

/** What must come of a world is the same each time. */
const ideals = new WeakMap<World, Map<Declared, Json>>()

export async function makeScene(drawn: World, clock: Clock): Promise<Scene> {
  const things = [...drawn.live, ...drawn.declared]
  const service = openService(clock, drawn.seed, drawn, things)
  const { live, ids, places } = await settle(drawn, service)
  const taken = new Set(drawn.declared.map(({ was = -1 }) => places.get(was)))
  // Live ones that nothing stands for yet.
  const others = [...live.entries()].filter(([place]) => !taken.has(place))
  const declared = drawn.declared.map((one) => movedTo(one, places, others))
  const ideal = openService(clock, drawn.seed + 1, drawn, things)
  const expected = ideals.get(drawn) ?? (await idealOf({ ...drawn, live, declared }, ideal))
  ideals.set(drawn, expected)
  ideal.server.close()
  return { world: { ...drawn, live, declared: [...expected.keys()] }, service, ids, expected }
}

/** Makes what is live at first, as far as the service takes it. */
async function settle(
  drawn: World,
  service: Service
): Promise<{ live: Thing[]; ids: string[]; places: Map<number, number> }> {
  const live: Thing[] = []
  const ids: string[] = []
  const places = new Map<number, number>()
  for (const thing of inOrder(drawn.live)) {
    const taken = live.findIndex((other) => isOnePlace(thing, other))
    if (taken !== -1) {
      places.set(drawn.live.indexOf(thing), taken)
      continue
    }
    for (const item of [thing.item, plainFor(thing, live)]) {
      if (item === undefined || !fitsAll(kindNamed(thing.kind), item, live)) continue
      const made = await service.make({ ...thing, item })
      if (!made.ok) continue
      places.set(drawn.live.indexOf(thing), live.length)
      live.push({ ...thing, item })
      ids.push(made.id)
      break
    }
  }
  return { live, ids, places }
}

/** What is in no list is there once: drawn a second time, it is the first one. */
function isOnePlace(a: Thing, b: Thing): boolean {
  return a.kind === b.kind && a.name === b.name && kindNamed(a.kind).api.access === 'derived'
}

/** The simplest item, with names that are there. */
function plainFor(thing: Thing, live: readonly Thing[]): JsonObject | undefined {
  const item = plainItem(kindNamed(thing.kind))
  if (!item) return undefined
  const some = placed(
    item,
    (kind, name) =>
      live.find((other) => other.kind === kind && fits(kindNamed(thing.kind), other))?.name ??
      (kind === 'role' ? name : undefined)
  )
  const keys = kindNamed(thing.kind).naming?.keys ?? []
  return { ...some, ...Object.fromEntries(keys.map((key) => [key, thing.item[key]!])) }
}

function movedTo(
  { was, ...one }: Declared,
  places: ReadonlyMap<number, number>,
  others: readonly [place: number, thing: Thing][]
): Declared {
  if (was === undefined) return one
  const place = places.get(was)
  if (place !== undefined) return { ...one, was: place }
  const { renamedFrom: _former, pinned: _pin, ...fresh } = one
  // Of two with one name the service may have taken the other one only.
  const [namesake] = others.find(([, { kind, name }]) => kind === one.kind && name === one.name) ?? []
  return namesake === undefined ? fresh : { ...fresh, was: namesake }
}

/**
 * The desired state, carried out on a plain map by somebody who compares nothing: everything is made afresh in a service of its own,
 * and what is found there is what must be there in the end.
 */
async function idealOf(world: World, ideal: Service): Promise<Map<Declared, Json>> {
  const renames = (kind: string, name: string): string =>
    world.declared.find((one) => one.kind === kind && one.renamedFrom === name)?.name ?? name
  const taken = new Set(world.declared.flatMap((one) => one.was ?? []))
  const others = world.live.filter((_thing, place) => !taken.has(place))
  const all: (Thing & { declared?: Declared })[] = [
    ...others.map((thing) => ({ ...thing, item: placed(thing.item, renames) })),
    ...world.declared.map((one) => ({ ...one, declared: one }))
  ]
  const made = new Map<string, Declared>()
  const there: Thing[] = [...others]
  for (const thing of inOrder(all)) {
    if (!thing.declared) {
      await ideal.make(thing)
      continue
    }
    const found = await idealOne(thing.declared, world, ideal, renames, there)
    if (!found) continue
    made.set(keyOf(found.declared.kind, found.id), found.declared)
    there.push(found.declared)
  }
  const looks = new Map((await ideal.looks()).map((look) => [keyOf(look.kind, look.id), look]))
  return new Map(Array.from(made, ([key, declared]) => [declared, (looks.get(key) as Look).fields]))
}

/** Things of several kinds stand at one place. */
function keyOf(kind: string, id: string): string {
  return `${kind} ${id}`
}

/** Where the service does not take what chance has changed, nothing is changed. */
async function idealOne(
  declared: Declared,
  world: World,
  ideal: Service,
  renames: (kind: string, name: string) => string,
  there: readonly Thing[]
): Promise<{ id: string; declared: Declared } | undefined> {
  const live = declared.was === undefined ? undefined : placed(world.live[declared.was]!.item, renames)
  const kind = kindNamed(declared.kind)
  const fallback = live ?? plainFor(declared, world.live)
  for (const item of [declared.item, ...(fallback ? [fallback] : [])]) {
    const whole = live ? laidOver(kind, live, item) : item
    // What the files are warned of is nothing that a good world has.
    if ((kind.check?.(whole) ?? []).length > 0) continue
    // What holds its name must go on being called so, and be about what it can be about.
    if (nameIn(kind, whole, declared.name) !== declared.name || !fitsAll(kind, whole, there)) continue
    const made = await ideal.make({ kind: declared.kind, name: declared.name, item: whole })
    if (made.ok) return { id: made.id, declared: { ...declared, item } }
  }
  return undefined
}

function withNewFieldOf({ new_field: stated }: JsonObject, identity: Json | undefined): JsonObject {
  const { new_field: _other, ...rest } = isObject(identity) ? identity : {}
  return stated === undefined ? rest : { ...rest, new_field: stated }
}

/** What must come of an item that is live and one that is wanted: what each class of fields means, in as few words as can be. */
export function laidOver(kind: Kind, live: JsonObject, wanted: JsonObject): JsonObject {
  const result: JsonObject = { ...wanted }
  for (const [name, { class: owner, rule }] of Object.entries(kind.fields)) {
    if (live[name] === undefined) continue
    if (name in wanted) result[name] = partOver(live[name], wanted[name]!, rule, wanted)
    else if (owner === 'carried' || owner === 'unreadable') result[name] = live[name]
  }
  for (const end of ['source', 'destination']) {
    // The settings of an end are about its connection.
    const [before, after] = [live[end], wanted[end]]
    if (isObject(before) && isObject(after) && before['connection'] !== after['connection'])
      result[end] = after
  }
  const [identity, wantedIdentity] = [live['identity'], wanted['identity']]
  // Whether the service made the target's field is about that field, and no other.
  if (isObject(identity) && isObject(wantedIdentity) && identity['target'] !== wantedIdentity['target'])
    result['identity'] = withNewFieldOf(wantedIdentity, result['identity'])
  if (kind.name !== 'model') return result
  const configuration = { ...(result['configuration'] as JsonObject) }
  const stated = isObject(wanted['configuration']) ? wanted['configuration'] : {}
  const sources = ['query', 'table', 'view']
  // Of what a model reads there is one; and fields of another source mean nothing.
  if (sources.some((name) => !isEmpty(stated[name])))
    for (const name of sources) if (!(name in stated)) delete configuration[name]
  const text = (value: Json | undefined): string => JSON.stringify(plainly(value) ?? null)
  // What stands beside the source that is stated goes with it: that is no other source.
  const before = Object.fromEntries(
    Object.entries(isObject(live['configuration']) ? live['configuration'] : {}).filter(
      ([name]) => name in configuration || !sources.includes(name)
    )
  )
  const same = live['connection'] === wanted['connection'] && text(configuration) === text(before)
  if (!same && !('fields' in wanted)) delete result['fields']
  // Neither do the settings of another enrichment.
  const enrichers = [live['enricher'], wanted['enricher']].filter(isObject)
  if (enrichers.length === 2 && enrichers[0]!['connection'] !== enrichers[1]!['connection'])
    result['enricher'] = wanted['enricher']!
  return { ...result, configuration }
}

function partOver(live: Json, wanted: Json, rule: Rule, whole: JsonObject): Json {
  if (rule.is === 'stated') return statedOver(live, wanted)
  if (rule.is === 'set') return setOver(live, wanted, rule, whole)
  if (rule.is !== 'object' || !isObject(live) || !isObject(wanted)) return wanted
  const result: JsonObject = { ...wanted }
  for (const [name, part] of Object.entries(rule.fields)) {
    const isCarried = part.is === 'stated' || ('carried' in part && part.carried)
    if (live[name] === undefined) continue
    if (name in wanted) result[name] = partOver(live[name], wanted[name]!, part, whole)
    // A part that was switched off was made without its settings: nothing but its fields is known there.
    else if (isCarried && (live['enabled'] !== false || name === 'fields')) result[name] = live[name]
  }
  return result
}

/** The items that are wanted, each over the live one of its key, and of the others those that are no difference. */
function setOver(live: Json, wanted: Json, rule: Rule & { is: 'set' }, whole: JsonObject): Json {
  if (!Array.isArray(live) || !Array.isArray(wanted)) return wanted
  const ofKey = (all: readonly Json[], item: Json): Json[] =>
    all.filter((one) => rule.key(one) === rule.key(item))
  const mine = wanted.map((item) => {
    // Of several with one key, the first is over the first.
    const there = ofKey(live, item)[ofKey(wanted, item).indexOf(item)]
    if (there === undefined) return item
    // An item may be written as its key alone.
    const [a, b] = [there, item].map((one) => (isObject(one) || !isObject(there) ? one : { id: one }))
    return partOver(a!, b!, rule.item, whole)
  })
  const others = live.filter(
    (item) => ofKey(wanted, item).length === 0 && rule.open?.(item, whole) === true
  )
  return [...mine, ...others]
}

/** Keys that are not stated stay, and an empty one clears; lists are stated as wholes. */
function statedOver(live: Json, wanted: Json): Json {
  if (!isObject(live) || !isObject(wanted) || isSecret(wanted)) return wanted
  const result: JsonObject = { ...live }
  for (const [name, value] of Object.entries(wanted)) {
    if (isEmpty(value)) delete result[name]
    else result[name] = name in live ? statedOver(live[name]!, value) : value
  }
  return result
}
