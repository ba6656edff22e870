import { keyOf } from '../kinds/kind.ts'
import { idKey, type Address, type Desired, type Live } from '../state/resource.ts'
import type { Reference } from '../state/value.ts'
import type { PullInput } from './input.ts'

/** The names that files use for what is live: those that they declare, else those of the service. */
export class DeclaredNames {
  readonly #declared: Map<string, string>
  readonly #live: ReadonlyMap<string, Live>
  readonly #taken: Map<string, number>
  readonly #key: (address: Address) => string

  constructor({ plan, desired, observed, kinds }: PullInput) {
    this.#key = keyOf(kinds)
    this.#declared = new Map(
      plan.changes.flatMap((change) =>
        change.action === 'create' || change.action === 'delete'
          ? []
          : [[idKey(change), change.pin ?? change.name]]
      )
    )
    this.#live = new Map(observed.resources.map((one) => [idKey(one), one]))
    this.#taken = new Map()
    for (const one of [...observed.resources, ...desired.resources.filter(isPinned)])
      this.#taken.set(this.#key(one), (this.#taken.get(this.#key(one)) ?? 0) + 1)
  }

  /** One of several of a name is referred to by its id, which it keeps. */
  rename(change: Address & { id: string }, name: string): void {
    if (change.pin === undefined) this.#declared.set(idKey(change), name)
  }

  /** A name that several have says nothing: then the id is written. */
  readonly nameOf = ({ $ref: kind, name, id }: Reference): string => {
    if (id === undefined) return name ?? ''
    const declared = this.#declared.get(idKey({ kind, id }))
    if (declared !== undefined) return declared
    const live = this.#live.get(idKey({ kind, id }))?.name ?? name
    return live === undefined || (this.#taken.get(this.#key({ kind, name: live })) ?? 0) > 1 ? id : live
  }
}

function isPinned({ id }: Desired): boolean {
  return id !== undefined
}
