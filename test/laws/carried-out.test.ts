import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { decide, decideDestroy } from '../../src/plan/decide.ts'
import { liveId } from '../../src/plan/details.ts'
import type { Change, Create, Plan, Rename, Update } from '../../src/plan/plan.ts'
import { fromWireContext } from '../../src/remote/live.ts'
import { addressText, type Live, type LiveState } from '../../src/state/resource.ts'
import { textOf, type JsonObject } from '../../src/state/value.ts'
import { idFor } from '../support/service-behaviour.ts'
import { samples } from '../support/samples.ts'
import { echoOf, opened, type ServiceBehaviour } from '../support/service-model.ts'
import { world } from '../support/states.ts'

const behaviour: ServiceBehaviour = {
  version: '2025-09-18',
  unset: 'null',
  reversed: true,
  masksNested: true
}
const limitless = { maxDeletes: Infinity }

/** What the service would have after a plan: each change on a plain list, in the order that the plan gives. */
function carriedOut(plan: Plan, live: LiveState): LiveState {
  const wires = new Map<string, { kind: string; wire: JsonObject }>(
    live.resources.map(({ id, kind, wire }) => [id, { kind, wire }])
  )
  const ids = new Map<string, string>()
  for (const change of plan.changes) if (change.action !== 'create') ids.set(addressText(change), change.id)
  for (const change of inOrder(plan)) {
    const kind = kinds.managed.find(({ name }) => name === change.kind)!
    if (change.action === 'none') continue
    if (change.action === 'delete') wires.delete(change.id)
    else wires.set(...written(change, kind, ids, wires.get(liveId(change) ?? '')?.wire))
  }
  return read(live, wires)
}

function written(
  change: Create | Update | Rename,
  kind: Kind,
  ids: Map<string, string>,
  before: JsonObject | undefined
): [string, { kind: string; wire: JsonObject }] {
  const context = {
    version: behaviour.version,
    creating: before === undefined,
    id(reference: { $ref: string; name?: string; id?: string }): string {
      const address = addressText({ kind: reference.$ref, name: reference.name ?? '' })
      const id = reference.id ?? change.ids[address] ?? ids.get(address)
      if (id === undefined) throw new Error(`${address} has no id when ${addressText(change)} needs it`)
      return id
    }
  }
  const body = { name: change.name, ...kind.toWire(change.wanted, context) }
  const sent = opened(before ? kind.replacement(before, body) : body) as JsonObject
  const id = liveId(change) ?? idFor(change.kind, `made ${change.name}`)
  ids.set(addressText(change), id)
  return [id, { kind: change.kind, wire: { ...echoOf(kind)(sent, behaviour, before), id } }]
}

/** Each change after those that it waits for. */
function inOrder(plan: Plan): Change[] {
  const placed = new Set<string>()
  const order: Change[] = []
  for (let rest = plan.changes; rest.length > 0;) {
    const waiting = new Set(rest.map(addressText))
    const next = rest.filter(
      ({ after }) => !after.some((other) => waiting.has(other) && !placed.has(other))
    )
    if (next.length === 0) throw new Error('they wait for each other')
    for (const change of next) placed.add(addressText(change))
    order.push(...next)
    rest = rest.filter((change) => !next.includes(change))
  }
  return order
}

function read(
  before: LiveState,
  wires: ReadonlyMap<string, { kind: string; wire: JsonObject }>
): LiveState {
  const byKind = new Map<string, JsonObject[]>()
  for (const { kind, wire } of wires.values()) byKind.set(kind, [...(byKind.get(kind) ?? []), wire])
  const context = fromWireContext(byKind, behaviour.version)
  const resources = Array.from(wires, ([id, { kind, wire }]): Live => {
    const managed = kinds.managed.find(({ name }) => name === kind)
    return {
      kind,
      id,
      name: textOf(wire['name']),
      fields: managed?.fromWire(wire, context) ?? {},
      wire,
      uses: managed?.uses(wire) ?? [],
      changed: {},
      partial: false
    }
  })
  return { ...before, resources }
}

test('after a plan is carried out, nothing is left to do', () => {
  fc.assert(
    fc.property(world, ({ desired, live }) => {
      const first = decide(desired, live, kinds, limitless)
      fc.pre(first.ok)
      const second = decide(desired, carriedOut(first.value, live), kinds, limitless)
      const left = second.ok
        ? second.value.changes
            .filter(({ action }) => action !== 'none')
            .map((change) => `${change.action} ${addressText(change)}`)
        : second.problems.map(({ code, message }) => `${code} ${message}`)
      expect(left).toEqual([])
    }),
    samples(300)
  )
})

test('after a destruction is carried out, nothing is left of what is declared, and all else is there', () => {
  fc.assert(
    fc.property(world, ({ desired, live }) => {
      const plan = decideDestroy(desired, live, kinds)
      fc.pre(plan.ok)
      const after = carriedOut(plan.value, live)
      const gone = new Set(plan.value.changes.map(liveId))
      expect(after.resources.map(({ id }) => id)).toEqual(
        live.resources.map(({ id }) => id).filter((id) => !gone.has(id))
      )
      const again = decideDestroy(desired, after, kinds)
      expect(again.ok && again.value.changes).toEqual([])
    }),
    samples(150)
  )
})
