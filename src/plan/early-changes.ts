import { keyOf, type Kinds } from '../kinds/kind.ts'
import type { Desired, DesiredState, Live } from '../state/resource.ts'
import { isId, referencesIn, type Reference } from '../state/value.ts'
import { existing } from './change.ts'
import type { Match } from './match.ts'

/** A change, and all that it was worked out from. */
interface EarlyChange {
  live: Live
  change: ReturnType<typeof existing>
  /** The ids that references were taken for. */
  ids: [Reference, string | undefined][]
}

/**
 * Compares resources while others are still read, when there is nothing else to do. Which live resource is
 * the declared one, and what references stand for, is only guessed then: a change counts where the match
 * says the same, and is worked out anew where it does not.
 */
export class EarlyChanges {
  readonly #kinds: Kinds
  readonly #key: ReturnType<typeof keyOf>
  readonly #declared: ReadonlyMap<string, Desired>
  readonly #found = new WeakMap<Desired, EarlyChange>()

  constructor({ resources }: DesiredState, kinds: Kinds) {
    this.#kinds = kinds
    this.#key = keyOf(kinds)
    this.#declared = new Map(resources.map((one) => [this.#key(one), one]))
  }

  /** Compares what was just read, as long as `idOf` knows what references stand for. */
  compare(live: Live, idOf: Match['idOf']): void {
    const resource = this.#declared.get(this.#key(live))
    const kind = this.#kinds.managed.find(({ name }) => name === live.kind)
    if (!resource || !kind) return
    // What an id is called is known when all is read.
    if (referencesIn(resource.fields).some(({ name = '' }) => isId(name))) return
    const ids = new Map<string, [Reference, string | undefined]>()
    const recording = (reference: Reference): string | undefined => {
      const id = idOf(reference)
      ids.set(JSON.stringify([reference.$ref, reference.name, reference.id]), [reference, id])
      return id
    }
    const change = existing(resource, live, {
      kind,
      match: { idOf: recording, nameOf: () => undefined },
      since: {}
    })
    this.#found.set(resource, { live, change, ids: [...ids.values()] })
  }

  /** Undefined where nothing was compared, or something else than now. */
  of(resource: Desired, live: Live, idOf: Match['idOf']): EarlyChange['change'] | undefined {
    const found = this.#found.get(resource)
    if (found?.live !== live) return undefined
    return found.ids.every(([reference, id]) => idOf(reference) === id) ? found.change : undefined
  }
}
