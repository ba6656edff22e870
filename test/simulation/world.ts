import { stringify } from 'yaml'
import { isObject, isSecret, type Json, type JsonObject } from '../../src/state/value.ts'
import { apiVersions, type ApiVersion } from '../../src/wire/common.ts'
import { anItem, edited, kindNamed, placed, reordered, simulated } from './items.ts'
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
/** Those that every organization has. */
const policies = ['Connections', 'Models', 'Syncs']

export function makeWorld(seed: number): World {
  const random = makeRandom(seed)
  const version = random.chance(0.7) ? apiVersions.at(-1)! : random.pick(apiVersions)
  const live = liveThings(random.fork(), version)
  const { declared, removed } = wishes(live, random.fork(), version)
  return {
    seed,
    version,
    parallelism: random.pick([1, 2, 3, 10]),
    pageSize: random.pick([1, 2, 3, 50]),
    live,
    declared,
    removed,
    operation: random.chance(0.12) ? 'destroy' : 'apply'
  }
}

function liveThings(random: Random, version: ApiVersion): Thing[] {
  const things: Thing[] = []
  for (const [place, kind] of simulated.entries()) {
    // Without one of the first kind, hardly any other can be there.
    const least = place === 0 && random.chance(0.9) ? 1 : 0
    for (let count = least + random.below(4 - least); count > 0; count--) {
      const name = random.pick(random.chance(0.8) ? hot : cold)
      // Of one name there are two now and then, where the service allows it.
      const taken = things.some((other) => other.kind === kind.name && other.name === name)
      if (taken && random.chance(0.9)) continue
      const item = placed(anItem(kind, random, version), chooser(random, kind.name, name, things))
      things.push({ kind: kind.name, name, item })
    }
  }
  return things
}

/** Something of another kind that is there; of the own kind only what comes before it in the alphabet, so that there are no circles. */
function chooser(
  random: Random,
  ownKind: string,
  ownName: string,
  things: readonly Thing[]
): (kind: string, name: string) => string | undefined {
  return (kind, name) => {
    if (kind === 'policy') return policies[name.length % policies.length]
    const names = things
      .filter((thing) => thing.kind === kind && (kind !== ownKind || thing.name < ownName))
      .map((thing) => thing.name)
    if (names.length === 0) return undefined
    return names.includes(name) ? name : random.pick(names)
  }
}

function wishes(
  live: readonly Thing[],
  random: Random,
  version: ApiVersion
): Pick<World, 'declared' | 'removed'> {
  const declared: Declared[] = []
  const removed: World['removed'] = []
  const isFree = (kind: string, name: string): boolean =>
    !declared.some((other) => other.kind === kind && other.name === name)
  for (const [was, thing] of live.entries()) {
    const kind = kindNamed(thing.kind)
    const choose = chooser(random, thing.kind, thing.name, [...live, ...declared])
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
    if (wish === 'remove') {
      removed.push({ kind: thing.kind, name: thing.name })
      continue
    }
    const item =
      wish === 'edit' || (wish === 'rename' && random.chance(0.3))
        ? placed(edited(kind, thing.item, random, version), choose)
        : wish === 'reorder'
          ? reordered(kind, thing.item, random)
          : thing.item
    const newName = random.pick(cold)
    const renamed = wish === 'rename' && isFree(thing.kind, newName) && !has(live, thing.kind, newName)
    declared.push({
      ...thing,
      item,
      was,
      ...(renamed && { name: newName, renamedFrom: thing.name }),
      ...(random.chance(0.1) && { pinned: true as const })
    })
  }
  for (const kind of simulated) {
    for (let count = random.below(3); count > 0; count--) {
      const name = random.pick(random.chance(0.5) ? hot : cold)
      if (!isFree(kind.name, name) || has(live, kind.name, name)) continue
      const there = [...declared, ...live.filter((thing) => isStill(thing, removed))]
      const item = placed(anItem(kind, random, version), chooser(random, kind.name, name, there))
      declared.push({ kind: kind.name, name, item })
    }
  }
  return { declared: random.shuffled(declared.map((one) => renamedWithin(one, declared))), removed }
}

/** Who names a resource that is renamed names it by its new name. */
function renamedWithin(one: Declared, all: readonly Declared[]): Declared {
  const item = placed(
    one.item,
    (kind, name) => all.find((other) => other.kind === kind && other.renamedFrom === name)?.name ?? name
  )
  return { ...one, item }
}

function has(things: readonly Thing[], kind: string, name: string): boolean {
  return things.some((thing) => thing.kind === kind && thing.name === name)
}

function isStill(thing: Thing, removed: World['removed']): boolean {
  return !removed.some((gone) => gone.kind === thing.kind && gone.name === thing.name)
}

/** The files of the world: one, or one per kind. `idOf` tells the id of what is pinned. */
export function filesOf(world: World, idOf: (was: number) => string | undefined): Record<string, string> {
  const sections = simulated.map(({ name, section }): [string, Json] => [
    section,
    world.declared.filter((one) => one.kind === name).map((one) => written(one, idOf))
  ])
  const gone = simulated.map(({ name, section }): [string, Json] => [
    section,
    world.removed.filter((one) => one.kind === name).map((one) => one.name)
  ])
  const content = Object.fromEntries(sections.filter(([, items]) => (items as Json[]).length > 0))
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
    name: one.name,
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
