import type { Address, Desired } from './resource.ts'
import { isId, type Reference } from './value.ts'

/** The part of a live resource that pairing uses. */
export interface Findable extends Address {
  id: string
}

/** The result of pairing: the live resource of each declared one, and the cases that cannot be decided. */
export interface Pairs<L extends Findable> {
  liveOf: ReadonlyMap<Desired, L>
  declaredBy: ReadonlyMap<L, Desired>
  /** Names that several live resources have, with the declared resource of that name. */
  ambiguous: readonly { resource: Desired; name: string; candidates: readonly L[] }[]
  /** Two declared resources that would be the same live one. */
  shared: readonly { resource: Desired; otherClaimant: Desired; live: L }[]
  /**
   * Circles of renames: the former name of each is the name of the next, and that of the last the name of
   * the first.
   */
  cycles: readonly (readonly { resource: Desired; former: L }[])[]
  /** Declared resources whose `id` no live resource of the kind has. */
  unknownPins: readonly Desired[]
}

/** The input of pairing beside the resources themselves. */
export interface PairingInput<L extends Findable> {
  declared: readonly Desired[]
  index: LiveIndex<L>
  /** Whether the resource had its name at the base already: its former name then belongs to another one. */
  isSettled: (resource: Desired) => boolean
}

/**
 * Pairs declared resources with live ones, in an order in which none takes what belongs to another, and
 * which does not depend on the order of the files: first pins, then renames, then names.
 */
export function pair<L extends Findable>(input: PairingInput<L>): Pairs<L> {
  const pairing = new Pairing(input)
  pairing.byPin()
  pairing.byFormerName()
  pairing.byName()
  return pairing.result
}

class Pairing<L extends Findable> {
  readonly #input: PairingInput<L>
  readonly #liveOf = new Map<Desired, L>()
  readonly #declaredBy = new Map<L, Desired>()
  readonly #open: Set<Desired>
  readonly result: Pairs<L> & {
    ambiguous: { resource: Desired; name: string; candidates: readonly L[] }[]
    shared: { resource: Desired; otherClaimant: Desired; live: L }[]
    cycles: { resource: Desired; former: L }[][]
    unknownPins: Desired[]
  }

  constructor(input: PairingInput<L>) {
    this.#input = input
    this.#open = new Set(input.declared)
    this.result = {
      liveOf: this.#liveOf,
      declaredBy: this.#declaredBy,
      ambiguous: [],
      shared: [],
      cycles: [],
      unknownPins: []
    }
  }

  /** Pairs by pinned id, whatever the names are. */
  byPin(): void {
    for (const resource of this.#input.declared) {
      if (resource.id === undefined) continue
      const pinned = this.#input.index.withId(resource.id)
      if (pinned?.kind === resource.kind) this.#take(resource, pinned)
      else {
        this.result.unknownPins.push(resource)
        this.#open.delete(resource)
      }
    }
  }

  /**
   * Pairs by former names those that have no live resource of their own name. That may leave the present
   * owner of the name without a live resource, which then uses its own former name: A becomes B while B
   * becomes C. Each round starts from what the rounds before left.
   */
  byFormerName(): void {
    const renamed = this.#input.declared.filter(({ lifecycle }) => lifecycle.renamedFrom.length > 0)
    for (;;) {
      const claims = renamed.flatMap((resource) => {
        const candidates = this.#open.has(resource) ? this.#formerly(resource) : undefined
        return candidates ? [{ resource, ...candidates }] : []
      })
      if (claims.length === 0) break
      for (const { resource, name, candidates } of claims) {
        this.#open.delete(resource)
        if (candidates.length > 1) this.result.ambiguous.push({ resource, name, candidates })
        else this.#take(resource, candidates[0]!)
      }
    }
    for (const [live, owner] of this.#declaredBy) this.#contested(live, owner)
    for (const resource of renamed) this.#pinnedElsewhere(resource)
    for (const resource of renamed) this.#inCircle(resource)
  }

  byName(): void {
    const { index } = this.#input
    for (const resource of this.#open) {
      const candidates = this.#free(resource, resource.name)
      if (candidates.length > 1) this.result.ambiguous.push({ resource, name: resource.name, candidates })
      else {
        const found = candidates[0] ?? index.only(resource.kind)
        if (found) this.#take(resource, found)
      }
    }
  }

  #formerly(resource: Desired): { name: string; candidates: L[] } | undefined {
    if (this.#free(resource, resource.name).length > 0) return undefined
    for (const name of resource.lifecycle.renamedFrom) {
      const bearer = this.#input.index.declared({ kind: resource.kind, name })
      if (bearer && bearer !== resource && this.#input.isSettled(resource)) continue
      const candidates = this.#free(resource, name)
      if (candidates.length > 0) return { name, candidates }
    }
    return undefined
  }

  /**
   * Reports a former name that stands for a resource which another block pins: two blocks then mean one
   * live resource.
   */
  #pinnedElsewhere(resource: Desired): void {
    if (!this.#open.has(resource) || this.#free(resource, resource.name).length > 0) return
    for (const name of resource.lifecycle.renamedFrom) {
      const bearer = this.#input.index.declared({ kind: resource.kind, name })
      if (bearer && bearer !== resource && this.#input.isSettled(resource)) continue
      const live = this.#input.index.named(resource.kind, name).find((one) => this.#declaredBy.has(one))
      const otherClaimant = live && this.#declaredBy.get(live)
      if (!live || otherClaimant?.id === undefined) continue
      this.result.shared.push({ resource, otherClaimant, live })
      this.#open.delete(resource)
      return
    }
  }

  /**
   * Reports a circle of renames. The same names exist before and after the exchange, so nothing shows
   * whether it was done, and pairing by names would give each resource the content of another.
   */
  #inCircle(first: Desired): void {
    const seen = new Map<Desired, { resource: Desired; former: L }[]>([[first, []]])
    for (const [resource, way] of seen) {
      if (!this.#open.has(resource) || this.#free(resource, resource.name).length === 0) continue
      for (const name of resource.lifecycle.renamedFrom) {
        const bearer = this.#input.index.declared({ kind: resource.kind, name })
        const former = this.#free(resource, name)[0]
        if (!bearer || !former || bearer === resource) continue
        const longer = [...way, { resource, former }]
        if (bearer === first) {
          this.result.cycles.push(longer)
          for (const one of longer) this.#open.delete(one.resource)
          return
        }
        if (!seen.has(bearer)) seen.set(bearer, longer)
      }
    }
  }

  /** Returns live resources of a name that are not paired yet. */
  #free({ kind }: Desired, name: string): L[] {
    return this.#input.index.candidates(kind, name).filter((live) => !this.#declaredBy.has(live))
  }

  #take(resource: Desired, live: L): void {
    const otherClaimant = this.#declaredBy.get(live)
    if (otherClaimant) this.result.shared.push({ resource, otherClaimant, live })
    this.#liveOf.set(resource, live)
    this.#declaredBy.set(live, resource)
    this.#open.delete(resource)
  }

  /**
   * Reports a resource whose name another one took as its former name, if it has a former name itself:
   * nothing shows which of the two renames was done already. Without one it is new.
   */
  #contested(live: L, owner: Desired): void {
    const bearer = this.#input.index.declared(live)
    if (!bearer || bearer === owner || owner.id !== undefined || !this.#open.has(bearer)) return
    const isNew = bearer.lifecycle.renamedFrom.length === 0
    if (isNew || this.#free(bearer, bearer.name).length > 0) return
    this.result.shared.push({ resource: bearer, otherClaimant: owner, live })
    this.#open.delete(bearer)
  }
}

/** Indexes live and declared resources by name and by id. */
export class LiveIndex<L extends Findable> {
  readonly #byName = new Map<string, L[]>()
  readonly #byId = new Map<string, L>()
  readonly #declared: Map<string, Desired>
  readonly #singletons: ReadonlySet<string>
  readonly #pinned: Set<string>
  readonly #removed: Set<string>
  readonly #key: (address: Address) => string
  readonly all: readonly L[]
  /** Kinds that have live resources. */
  readonly kinds: ReadonlySet<string>

  /**
   * `key` returns a text that is equal for equal addresses; of the kinds in `singletons` an organization
   * has at most one resource each.
   */
  constructor(
    live: readonly L[],
    { key, singletons }: { key: (address: Address) => string; singletons: ReadonlySet<string> },
    { resources, removed }: { resources: readonly Desired[]; removed: readonly Address[] }
  ) {
    this.all = live
    this.kinds = new Set(live.map(({ kind }) => kind))
    this.#key = key
    this.#singletons = singletons
    this.#pinned = new Set(resources.flatMap(({ id }) => (id === undefined ? [] : [id.toLowerCase()])))
    // A removal by id takes its live resource: of two with one name, the declaration then means the
    // other.
    this.#removed = new Set(removed.flatMap(({ name }) => (isId(name) ? [name.toLowerCase()] : [])))
    this.#declared = new Map(resources.map((resource) => [key(resource), resource]))
    for (const resource of live) {
      const own = key(resource)
      const same = this.#byName.get(own)
      if (same) same.push(resource)
      else this.#byName.set(own, [resource])
      this.#byId.set(resource.id.toLowerCase(), resource)
    }
  }

  /**
   * Returns the live resources that the name of a declared one may mean: those that are not pinned to
   * another.
   */
  candidates(kind: string, name: string): L[] {
    const all = this.#byName.get(this.#key({ kind, name })) ?? []
    const free = all.filter(({ id }) => !this.#pinned.has(id.toLowerCase()))
    return free.length > 1 ? free.filter(({ id }) => !this.#removed.has(id.toLowerCase())) : free
  }

  /**
   * Returns the live resources that a reference may mean. A pinned one counts where it is the only one of
   * the name.
   */
  named(kind: string, name: string): L[] {
    const all = this.#byName.get(this.#key({ kind, name })) ?? []
    const free = all.length > 1 ? this.candidates(kind, name) : all
    // Where each of them is pinned, the name chooses none.
    return free.length === 0 ? all : free
  }

  /** Returns the id that a reference means; undefined when it is to be created, unknown, or ambiguous. */
  idOf({ $ref, name = '', id }: Reference, pairs: Pairs<L>): string | undefined {
    if (id !== undefined) return id
    const resource = this.declared({ kind: $ref, name })
    if (resource) return pairs.liveOf.get(resource)?.id
    const [only, ...others] = this.named($ref, name)
    if (only) return others.length === 0 ? only.id : undefined
    return isId(name) ? name.toLowerCase() : undefined
  }

  withId(id: string): L | undefined {
    return this.#byId.get(id.toLowerCase())
  }

  declared(address: Address): Desired | undefined {
    return this.#declared.get(this.#key(address))
  }

  /** Returns the live resource of a kind that has at most one. */
  only(kind: string): L | undefined {
    return this.#singletons.has(kind) ? this.all.find((live) => live.kind === kind) : undefined
  }
}
