import type { FromWire, ToWire } from '../kinds/kind.ts'
import { isKept, liveId } from '../plan/details.ts'
import type { Change, Plan } from '../plan/plan.ts'
import { fromWireContext } from '../remote/live.ts'
import { addressText, type LiveState } from '../state/resource.ts'
import { textOf, type JsonObject, type Reference } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'

/** What ids stand for while a plan is carried out: what was observed, and what has been made since. */
export interface Knowledge {
  /** The id of a reference of this change; undefined while it is not made. */
  idOf(change: Change, reference: Reference): string | undefined
  toWire(change: Change): ToWire
  fromWire(): FromWire
  learn(change: Change, wire: JsonObject): void
}

/**
 * Starts with what the plan was made upon; each answer that is learned adds an id and its name. `toWire`
 * throws for a reference that has no id yet: changes are started in an order in which that cannot be.
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
