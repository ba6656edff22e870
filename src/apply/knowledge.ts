import type { FromWire, ToWire } from '../kinds/kind.ts'
import { isKept, liveId } from '../plan/details.ts'
import type { Change, Plan } from '../plan/plan.ts'
import { fromWireContext } from '../remote/live.ts'
import { addressText, type LiveState } from '../state/resource.ts'
import { textOf, type JsonObject, type Reference } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'

/**
 * The ids and names that are known while a plan is carried out: those that were observed, and those of
 * resources that were created since.
 */
export interface Knowledge {
  /** Returns the id of a reference of a change; undefined while its resource is not created. */
  idOf(change: Change, reference: Reference): string | undefined
  toWire(change: Change): ToWire
  fromWire(): FromWire
  learn(change: Change, wire: JsonObject): void
}

/**
 * Starts with the observed state; each answer adds an id and its name. `toWire` throws for a reference
 * without an id: the order of changes rules that out.
 */
export function openKnowledge(plan: Plan, observed: LiveState, version: ApiVersion): Knowledge {
  const ids = new Map<string, string>()
  const wires = new Map<string, JsonObject[]>()
  for (const resource of observed.resources)
    wires.set(resource.kind, [...(wires.get(resource.kind) ?? []), resource.wire])
  for (const change of plan.changes) {
    const id = liveId(change)
    if (id !== undefined) ids.set(addressText(change), id)
  }

  const idOf = (change: Change, reference: Reference): string | undefined => {
    if (reference.id !== undefined) return reference.id
    const address = addressText({ kind: reference.$ref, name: reference.name ?? '' })
    return (isKept(change) ? change.ids[address] : undefined) ?? ids.get(address)
  }
  return {
    idOf,
    toWire: (change) => ({
      version,
      creating: change.action === 'create',
      id(reference) {
        const id = idOf(change, reference)
        if (id === undefined) throw new Error(`${reference.$ref} ${reference.name ?? ''} has no id yet`)
        return id
      }
    }),
    fromWire: () => fromWireContext(wires, version),
    learn(change, wire) {
      ids.set(addressText(change), textOf(wire['id']))
      const others = (wires.get(change.kind) ?? []).filter((other) => other['id'] !== wire['id'])
      wires.set(change.kind, [...others, wire])
    }
  }
}
