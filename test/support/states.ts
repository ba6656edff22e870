import * as fc from 'fast-check'
import { kinds } from '../../src/kinds/index.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import type { Desired, DesiredState, Live, LiveState, Removed, Use } from '../../src/state/resource.ts'
import {
  isObject,
  isReference,
  isSecret,
  type Json,
  type JsonObject,
  textOf
} from '../../src/state/value.ts'
import { at } from '../render/builders.ts'
import { itemOf } from './items.ts'
import { echoOf, opened, type ServiceBehaviour } from './service-model.ts'

/** What files and the service could hold, of all kinds, with few names: twins, renames and dangling references are common. */

const names = ['a', 'b', 'c'] as const
const name = fc.constantFrom(...names)
const behaviour: ServiceBehaviour = {
  version: '2025-09-18',
  unset: 'null',
  reversed: true,
  masksNested: true
}

/** A resource as YAML has it. */
export interface Item {
  kind: string
  name: string
  item: JsonObject
  /** What it means, where that is known already. */
  fields?: JsonObject
}

/** What is found by a place or by being alone has no name that could be met twice. */
const named = kinds.managed.filter((kind) => kind.api.access === 'listed' && kind.singleton !== true)

const anyItem: fc.Arbitrary<Item> = fc.oneof(
  ...named.map((kind) =>
    fc.record({
      kind: fc.constant(kind.name),
      name,
      item: itemOf(kind, kind.name === 'connection' ? 'csv' : undefined)
    })
  )
)

/** Most of what generated texts name does not exist; a reference takes one of the few names instead. */
function meaning({ kind, item, fields }: Item): JsonObject {
  if (fields) return fields
  const inPool = (value: Json, key: string): Json => {
    if (typeof value === 'string' && references.has(key)) return pooled(value)
    if (Array.isArray(value)) return value.map((inner) => inPool(inner, key))
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inPool(inner, name)]))
  }
  return kindNamed(kind).fromYaml(inPool(item, '') as JsonObject)
}

const references = new Set(['connection', 'model', 'policies', 'roles', 'syncs', 'bulk_syncs'])

function pooled(named: string): string {
  return names.find((one) => one === named) ?? names[named.length % 3]!
}

function kindNamed(kindName: string): Kind {
  return kinds.managed.find((kind) => kind.name === kindName)!
}

/** References of a resource, as the configuration would hand them over. */
function usesOf(fields: JsonObject): Use[] {
  const found: Use[] = []
  const walk = (value: Json, path: (string | number)[]): void => {
    if (isReference(value)) {
      if (value.name !== undefined)
        found.push({ kind: value.$ref, name: value.name, path, span: at('configs/a.yaml', 2) })
    } else if (Array.isArray(value)) value.forEach((inner, index) => walk(inner, [...path, index]))
    else if (isObject(value) && !isSecret(value))
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key])
  }
  walk(fields, [])
  return found
}

export function desiredOf(
  one: Item,
  extra: { id?: string; renamedFrom?: string[]; ignoreChanges?: string[] } = {}
): Desired {
  const fields = meaning(one)
  return {
    kind: one.kind,
    name: one.name,
    fields,
    ...(extra.id !== undefined && { id: extra.id }),
    lifecycle: {
      renamedFrom: extra.renamedFrom ?? [],
      preventDestroy: false,
      ignoreChanges: extra.ignoreChanges ?? []
    },
    span: at('configs/a.yaml', 1),
    spanAt: () => at('configs/a.yaml', 1),
    uses: usesOf(fields)
  }
}

/** Live resources as the service would answer them; a reference takes the first of its name, or an id that nothing has. */
export function liveOf(items: readonly Item[]): LiveState {
  const idAt = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
  const all: Item[] = [
    ...items,
    ...['policy', 'role', 'bulk_sync'].flatMap((kind) =>
      names
        .filter((own) => items.every((one) => one.kind !== kind || one.name !== own))
        .map((own) => ({ kind, name: own, item: plain[kind] ?? {} }))
    )
  ]
  const idOf = (kind: string, named: string | undefined) =>
    idAt(all.findIndex((one) => one.kind === kind && one.name === named) + 1)
  const wires = all.map((one, index): { kind: string; wire: JsonObject } => {
    const { kind, name: own } = one
    const managed = kinds.managed.find((candidate) => candidate.name === kind)
    if (!managed) return { kind, wire: { id: idAt(index + 1), name: own } }
    const context = {
      version: behaviour.version,
      creating: true,
      id: (reference: { $ref: string; name?: string }) => idOf(reference.$ref, reference.name)
    }
    const body = { name: own, ...managed.toWire(meaning(one), context) }
    const answer = echoOf(kindNamed(kind))(opened(body) as JsonObject, behaviour)
    return { kind, wire: { ...answer, name: own, id: idAt(index + 1) } }
  })
  const nameOf = new Map(wires.map(({ wire }) => [wire['id'], textOf(wire['name'])]))
  const context = {
    version: behaviour.version,
    reference: (kind: string, id: string) => ({
      $ref: kind,
      id,
      ...(nameOf.has(id) && { name: nameOf.get(id)! })
    }),
    wire: () => []
  }
  const resources = wires.map(({ kind, wire }): Live => {
    const managed = kinds.managed.find((one) => one.name === kind)
    return {
      kind,
      name: textOf(wire['name']),
      id: textOf(wire['id']),
      fields: managed?.fromWire(wire, context) ?? {},
      wire,
      uses: managed?.uses(wire) ?? [],
      changed: {},
      partial: false
    }
  })
  return {
    organization: { id: idAt(999), name: 'Acme' },
    resources,
    kinds: kinds.managed.map((kind) => kind.name)
  }
}

/** The least that can be said of some kinds. */
const plain: Readonly<Record<string, JsonObject>> = {
  bulk_sync: {
    mode: 'replicate',
    source: { connection: 'a' },
    destination: { connection: 'a' },
    default_schedule: 'manual'
  }
}

const base: Item[] = names.flatMap((own) => [
  { kind: 'connection', name: own, item: { type: 'csv' } },
  { kind: 'model', name: own, item: { connection: own, configuration: {} } }
])

/** The configuration refuses circles: here, resources use only those of their kind whose name comes before theirs. */
function withoutCircles({ kind, name: own, item }: Item): Item {
  const isBefore = (value: Json | undefined) => names.some((one) => one === value) && textOf(value) < own
  const fixed: JsonObject = { ...item }
  if (Array.isArray(item['relations'])) {
    fixed['relations'] = item['relations'].filter(
      (one) => isObject(one) && isObject(one['to']) && isBefore(one['to']['model'])
    )
  }
  const schedule = item['schedule']
  if (kind === 'sync' && isObject(schedule) && isObject(schedule['run_after'])) {
    const { syncs } = schedule['run_after']
    if (!Array.isArray(syncs) || !syncs.every(isBefore)) fixed['schedule'] = 'manual'
  }
  // Syncs and bulk syncs could wait for each other.
  const main = item['default_schedule']
  if (isObject(main) && 'run_after' in main) fixed['default_schedule'] = 'manual'
  return { kind, name: own, item: fixed }
}

const address = ({ kind, name: own }: { kind: string; name: string }) => `${kind} ${own}`

export interface World {
  desired: DesiredState
  live: LiveState
}

function sometimes<T>(one: fc.Arbitrary<T>, against = 7): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: against, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: one })
}

/** A configuration and a service that have a lot, but not everything, in common. */
export const world: fc.Arbitrary<World> = fc
  .record({
    items: fc.uniqueArray(anyItem.map(withoutCircles), { maxLength: 7, selector: address }),
    kept: fc.array(fc.nat(6), { maxLength: 5 }),
    others: fc.array(
      fc
        .tuple(anyItem, fc.constantFrom('old', 'd', 'e', 'f', ...names))
        .map(([one, own]) => ({ ...one, name: own })),
      { maxLength: 4 }
    ),
    isFull: fc.constantFrom(true, true, true, false),
    pins: fc.array(sometimes(fc.integer({ min: 1, max: 9 })), { minLength: 7, maxLength: 7 }),
    // Seldom a name that others refer to: the files must not take that away.
    formers: fc.array(sometimes(fc.constantFrom('old', 'd', 'e', 'f', 'old', 'd', 'e', 'f', ...names), 3), {
      minLength: 7,
      maxLength: 7
    }),
    removed: fc.uniqueArray(
      fc.record({
        kind: fc.constantFrom('connection', 'model', 'sync', 'bulk_sync', 'role'),
        name: fc.constantFrom(...names, 'old')
      }),
      {
        maxLength: 5,
        selector: address
      }
    )
  })
  .map(({ items, kept, others, isFull, pins, formers, removed }) => {
    // What is to be renamed is there under its former name, mostly one that nobody else has or names.
    const renamed = new Map(
      items.flatMap((item, index): [string, Item][] => {
        const former = formers[index] ?? null
        const isTaken = former === null || names.some((name) => name === former)
        return isTaken ? [] : [[address(item), { ...item, name: former }]]
      })
    )
    const own = new Set(
      kept.flatMap((index) => items[index] ?? []).filter((one) => !renamed.has(address(one)))
    )
    const known = new Set([...own].map(address))
    const rest = isFull ? base.filter((one) => !known.has(address(one)) && !renamed.has(address(one))) : []
    const live = liveOf([...rest, ...own, ...renamed.values(), ...others])
    const resources = items.map((item, index) => {
      const pin = live.resources[(pins[index] ?? 0) - 1]
      const former = formers[index]
      return desiredOf(item, {
        ...(pins[index] !== null && pin?.kind === item.kind && { id: pin.id }),
        ...(former !== null && former !== undefined && former !== item.name && { renamedFrom: [former] })
      })
    })
    const declared = new Set(items.map(address))
    const gone: Removed[] = removed
      .filter((one) => !declared.has(address(one)))
      .map((one) => ({ ...one, span: at('configs/a.yaml', 3) }))
    return { desired: { workspace: {}, resources, removed: gone }, live }
  })
