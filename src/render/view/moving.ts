import { arrowsOf, type Arrow, type Flows, type Health } from '../../plan/flows.ts'
import type { Plan } from '../../plan/plan.ts'
import type { ChangeDetails } from '../../plan/details.ts'
import { addressText, idKey, type Live, type LiveState } from '../../state/resource.ts'
import type { Reference } from '../../state/value.ts'

/** How data moves through one resource, and whether it works. */
export interface Moving {
  /** Absent where no data moves through it. */
  arrows?: Arrow[]
  /** What the service says does not work. */
  unhealthy?: string
}

/** How data moves through the resources of a plan. What is to be deleted states it in the service alone. */
export class Movements {
  readonly #flows: Flows
  readonly #live: ReadonlyMap<string, Live>
  readonly #names: ReadonlyMap<string, string>
  readonly #plan: Plan

  constructor(plan: Plan, flows: Flows, observed: LiveState | undefined) {
    this.#plan = plan
    this.#flows = flows
    this.#live = new Map(observed?.resources.map((one) => [idKey(one), one]))
    this.#names = new Map(
      plan.changes.flatMap((change) => ('id' in change ? [[idKey(change), change.name] as const] : []))
    )
  }

  /** Through one of them. */
  of(change: ChangeDetails): Moving {
    const { kind, id, action, wanted } = change
    const live = id === undefined ? undefined : this.#live.get(idKey({ kind, id }))
    const fields = action === 'delete' ? live?.fields : wanted
    const nameOf = ({ $ref, name, id: other }: Reference): string | undefined =>
      (other === undefined ? undefined : this.#names.get(idKey({ kind: $ref, id: other }))) ?? name ?? other
    const arrows = arrowsOf(kind, fields ?? {}, this.#flows, nameOf)
    const unhealthy = live?.unhealthyReason
    return { ...(arrows && { arrows }), ...(unhealthy === undefined ? {} : { unhealthy }) }
  }

  /** What does not work of what no file declares, by address. */
  elsewhere(): Record<string, Health> {
    const planned = new Set(this.#plan.changes.flatMap((one) => ('id' in one ? [idKey(one)] : [])))
    const found = [...this.#live.values()].flatMap((one): [string, Health][] => {
      const because = one.unhealthyReason ?? one.pendingReason
      if (because === undefined || planned.has(idKey(one)) || !this.#flows.has(one.kind)) return []
      const is = one.unhealthyReason === undefined ? 'waits' : 'broken'
      return [[addressText({ kind: one.kind, name: one.name }), { is, because }]]
    })
    return Object.fromEntries(found)
  }
}
