import { stringify } from 'yaml'
import { isObject, isSecret, type Json, type JsonObject } from '../../src/state/value.ts'
import { apiVersions, type ApiVersion } from '../../src/wire/common.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { referredKinds } from '../../src/state/rule.ts'
import {
  anItem,
  called,
  edited,
  fits,
  isKnownTo,
  kindNamed,
  nameIn,
  ofNewestShape,
  placed,
  plainDatabase,
  reordered,
  simulated,
  type WorldApi
} from './items.ts'
import { makeRandom, type Random } from './random.ts'

/** A resource as YAML has it, with secrets as the names of where they come from. */
export interface Thing {
  kind: string
  name: string
  item: JsonObject
}

/** A declared resource; `was` is the place, in the list of what is live, of the one that it stands for. */
export interface Declared extends Thing {
  was?: number
  renamedFrom?: string
  pinned?: true
}

/** What is live at first, and what the files want: plain data, made of nothing but a seed. */
export interface World {
  seed: number
  version: ApiVersion
  shape: WorldApi['shape']
  parallelism: number
  /** How long lists are: few on a page, and pages have seams. */
  pageSize: number
  live: Thing[]
  declared: Declared[]
  removed: { kind: string; name: string }[]
  operation: Operation
}

/** What is done in a run. */
export type Operation = 'apply' | 'destroy'

/** Few hot names, and some cold ones: only where names repeat do twins and collisions appear. */
const hot = ['a', 'b', 'c'] as const
const cold = ['d', 'e', 'two words', '[f]'] as const
/** What every organization has. */
const builtIn: Readonly<Record<string, readonly string[]>> = {
  policy: ['Connections', 'Models', 'Syncs'],
  role: ['Admin', 'Member']
}

export function drawWorld(seed: number): World {
  const random = makeRandom(seed)
  const version = random.chance(0.7) ? apiVersions.at(-1)! : random.pick(apiVersions)
  // By the seed and not by chance: worlds that were drawn before there was another shape stay what they are.
  const shape = version === apiVersions.at(-1) && seed % 4 === 3 ? 'newest' : 'older'
  const api = { version, shape } as const
  const drawn = simulated.filter(({ name }) => !ofNewestShape.has(name))
  const drawing = { api, drawn, around: [], isLikely: false }
  const live = liveThings(random.fork(), drawing)
  const wish = wishes(live, random.fork(), drawing)
  const newer = shape === 'newest' ? newerThings(makeRandom(seed ^ 0x5eed), api, live, wish) : undefined
  return {
    seed,
    ...api,
    parallelism: random.pick([1, 2, 3, 10]),
    pageSize: random.pick([1, 2, 3, 50]),
    live: [...live, ...(newer?.live ?? [])],
    declared: [...wish.declared, ...(newer?.declared ?? [])],
    removed: wish.removed,
    operation: random.chance(0.12) ? 'destroy' : 'apply'
  }
}

/** What is drawn: of which kinds, and what is there beside it. */
interface Drawing {
  api: WorldApi
  drawn: readonly Kind[]
  around: readonly Thing[]
  /** There are some in every world. */
  isLikely: boolean
}

/** What is of the newest shape alone is about a database; where chance drew none, it is about this one. */
const database: Thing = { kind: 'connection', name: 'store', item: plainDatabase }

/**
 * What only the newest shape has is drawn by itself, from numbers of its own, and put into the world of the
 * other kinds: so that each seed has gone on meaning what it meant before.
 */
function newerThings(
  random: Random,
  api: WorldApi,
  live: readonly Thing[],
  { declared }: Pick<World, 'declared'>
): Pick<World, 'live' | 'declared'> {
  const drawn = simulated.filter(({ name }) => ofNewestShape.has(name))
  const isGround = live.some((thing) =>
    drawn.every((kind) => thing.kind === 'connection' && fits(kind, thing))
  )
  const ground = isGround ? [] : [database]
  const around = [...live, ...ground]
  const things = [...ground, ...liveThings(random.fork(), { api, drawn, around, isLikely: true })]
  const wish = wishes(things, random.fork(), { api, drawn, around: declared, isLikely: true })
  const later = wish.declared.map((one) =>
    one.was === undefined ? one : { ...one, was: one.was + live.length }
  )
  return { live: things, declared: later }
}

function liveThings(random: Random, { api, drawn, around, isLikely }: Drawing): Thing[] {
  const things: Thing[] = []
  for (const kind of someKinds(random, api.version, drawn, isLikely ? 1 : 0.45)) {
    for (
      let count = kind.name === 'connection' ? 1 + random.below(3) : random.below(4);
      count > 0;
      count--
    ) {
      const thing = oneThing(kind, random, api, [...around, ...things])
      // Of one name there are two now and then, where the service allows it.
      const taken = thing && has(things, kind.name, thing.name)
      if (!thing || (taken && random.chance(0.9))) continue
      things.push(thing)
    }
  }
  return things
}

/** A world with few kinds has more of each; without connections, hardly any other can be there. */
function someKinds(
  random: Random,
  version: ApiVersion,
  drawn: readonly Kind[],
  probability: number
): Kind[] {
  const known = drawn.filter((kind) => isKnownTo(version, kind))
  return known.filter(({ name }) => random.chance(name === 'connection' ? 0.9 : probability))
}

/** Undefined where what makes its name is not there. */
function oneThing(
  kind: Kind,
  random: Random,
  api: WorldApi,
  others: readonly Thing[],
  likely: number = 0.8
): Thing | undefined {
  const drawn = random.pick(random.chance(likely) ? hot : cold)
  const item = called(kind, anItem(kind, random, api), drawn)
  const whole = placed(item, chooser(random, kind, drawn, others))
  const name = nameIn(kind, whole, drawn)
  return name === '' ? undefined : { kind: kind.name, name, item: whole }
}

/** Something of another kind that is there; of kinds that refer to each other only what comes before it in the alphabet, so that there are no circles. */
export function chooser(
  random: Random,
  own: Kind,
  ownName: string,
  things: readonly Thing[]
): (kind: string, name: string) => string | undefined {
  return (kind, name) => {
    const refersBack = referredKinds(kindNamed(kind).fields).has(own.name)
    const names = [
      ...things
        .filter((thing) => thing.kind === kind && fits(own, thing) && (!refersBack || thing.name < ownName))
        .map((thing) => thing.name),
      ...(builtIn[kind] ?? [])
    ]
    if (names.length === 0) return undefined
    return names.includes(name) ? name : random.pick(names)
  }
}

function wishes(
  live: readonly Thing[],
  random: Random,
  { api, drawn, around, isLikely }: Drawing
): Pick<World, 'declared' | 'removed'> {
  const declared: Declared[] = []
  const removed: World['removed'] = []
  const isFree = (kind: string, name: string): boolean => !has(declared, kind, name)
  for (const [was, thing] of live.entries()) {
    const kind = kindNamed(thing.kind)
    const choose = chooser(random, kind, thing.name, [...around, ...live, ...declared])
    if (!isFree(thing.kind, thing.name)) continue
    const wish = random.pick([
      'keep',
      'keep',
      'edit',
      'edit',
      'edit',
      'rename',
      'drop',
      'remove',
      'reorder'
    ])
    if (wish === 'drop') continue
    // What is in no list is put back by taking its block away, which only git can tell.
    if (wish === 'remove' && kind.api.access === 'derived') continue
    if (wish === 'remove') {
      removed.push({ kind: thing.kind, name: thing.name })
      continue
    }
    const item =
      wish === 'edit' || (wish === 'rename' && random.chance(0.3))
        ? placed(edited(kind, thing.item, random, api), choose)
        : wish === 'reorder'
          ? reordered(kind, thing.item, random)
          : thing.item
    const newName = random.pick(cold)
    const isPinned = random.chance(0.1) && kind.api.access === 'listed'
    const isTaken = [declared, live, around].some((things) => has(things, thing.kind, newName))
    const renamed = wish === 'rename' && !isTaken
    // The only one of its kind is meant under any name; of others that hold their names, another name is another thing.
    const own = wish === 'rename' && kind.singleton ? called(kind, item, newName) : item
    declared.push({
      ...thing,
      name: nameIn(kind, own, thing.name),
      item: own,
      was,
      ...(renamed && !kind.naming && { name: newName, renamedFrom: thing.name }),
      ...(isPinned && { pinned: true as const })
    })
  }
  for (const kind of someKinds(random, api.version, drawn, isLikely ? 1 : 0.4)) {
    for (let count = random.below(3); count > 0; count--) {
      const there = [...around, ...declared, ...live.filter((thing) => isStill(thing, removed))]
      const thing = oneThing(kind, random, api, there, 0.5)
      if (thing && isFree(kind.name, thing.name) && !has(live, kind.name, thing.name)) declared.push(thing)
    }
  }
  const all = [...around, ...declared]
  const named = declared.map((one) => renamedWithin(one, all))
  // What is in a renamed place may be called like what was drawn for that: files declare an address once.
  const once = named.filter(({ kind, name }, at) => !has(named.slice(0, at), kind, name))
  return { declared: random.shuffled(once.map((one) => sameAs(one, live, all))), removed }
}

/** What holds its name stands for the live one of that name, wherever it was drawn from: it is at one place. */
function sameAs(one: Declared, live: readonly Thing[], all: readonly Thing[]): Declared {
  const { naming, singleton } = kindNamed(one.kind)
  if (!naming || singleton) return one
  const isIt = (thing: Thing | undefined): boolean =>
    thing?.kind === one.kind && renamedWithin(thing, all).name === one.name
  if (one.was !== undefined && isIt(live[one.was])) return one
  const { was: _other, ...rest } = one
  const was = live.findIndex(isIt)
  return was === -1 ? rest : { ...rest, was }
}

/** Who names a resource that is renamed names it by its new name. */
function renamedWithin(one: Declared, all: readonly Thing[]): Declared {
  const item = placed(
    one.item,
    (kind, name) =>
      all.find((other: Declared) => other.kind === kind && other.renamedFrom === name)?.name ?? name
  )
  return { ...one, item, name: nameIn(kindNamed(one.kind), item, one.name) }
}

/** Of a kind of which there is one, every name is that one's. */
function has(things: readonly Thing[], kind: string, name: string): boolean {
  const { singleton } = kindNamed(kind)
  return things.some((thing) => thing.kind === kind && (singleton || thing.name === name))
}

function isStill(thing: Thing, removed: World['removed']): boolean {
  return !removed.some((gone) => gone.kind === thing.kind && gone.name === thing.name)
}

/** The files of the world: one, or one per kind. `idOf` tells the id of what is pinned. */
export function filesOf(world: World, idOf: (was: number) => string | undefined): Record<string, string> {
  const sections = simulated.map(({ name, section }): [string, Json[]] => [
    section,
    world.declared.filter((one) => one.kind === name).map((one) => written(one, idOf))
  ])
  const gone = simulated.map(({ name, section }): [string, Json] => [
    section,
    world.removed.filter((one) => one.kind === name).map((one) => one.name)
  ])
  const content = Object.fromEntries(
    sections.flatMap(([section, items]): [string, Json][] => {
      const only = simulated.find((kind) => kind.section === section)?.naming?.only !== undefined
      return items.length === 0 ? [] : [[section, only ? items[0]! : items]]
    })
  )
  const removed = Object.fromEntries(gone.filter(([, names]) => (names as Json[]).length > 0))
  const head = {
    workspace: { api_version: world.version },
    ...(Object.keys(removed).length > 0 && { removed })
  }
  if (world.seed % 2 === 0) return { 'configs/all.yaml': stringify({ ...head, ...content }) }
  return {
    'configs/head.yaml': stringify(head),
    ...Object.fromEntries(
      Object.entries(content).map(([section, items]) => [
        `configs/${section}.yaml`,
        stringify({ [section]: items })
      ])
    )
  }
}

function written(one: Declared, idOf: (was: number) => string | undefined): JsonObject {
  const id = one.pinned && one.was !== undefined ? idOf(one.was) : undefined
  return {
    ...(kindNamed(one.kind).naming ? {} : { name: one.name }),
    ...(id === undefined ? {} : { id }),
    ...(withPlaceholders(one.item) as JsonObject),
    ...(one.renamedFrom === undefined ? {} : { lifecycle: { renamed_from: one.renamedFrom } })
  }
}

function withPlaceholders(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${')
  if (isSecret(value)) return `\${${value.$secret.replace(' ', ':')}}`
  if (Array.isArray(value)) return value.map(withPlaceholders)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPlaceholders(inner)]))
}

/** Begins every secret of every world: whatever is told anywhere must not hold it. */
export const planted = 'planted-'

/** What the environment holds: a value for each secret that the files name. */
export function environmentOf(world: World): Record<string, string> {
  const names = JSON.stringify(world.declared).matchAll(/"\$secret":"env ([^"]+)"/g)
  return Object.fromEntries(Array.from(names, ([, name = '']) => [name, `${planted}env-${name}`]))
}
