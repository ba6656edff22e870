import type { Kind, Kinds } from '../kinds/kind.ts'
import type { Live } from '../state/resource.ts'
import type { Reference } from '../state/value.ts'
import { itemOf, type ImportedItem } from './item.ts'
import type { Names } from './names.ts'

/** An item, and what the references of its resource were taken to be called. */
interface EarlyItem {
  item: ImportedItem
  called: [Reference, string][]
}

/**
 * Converts live resources to items while others are still read, when there is nothing else to do. What is
 * live beside them is not known then: each is taken to be the only one of its name, and to refer to such
 * ones. An item counts where that turns out to be so. Variables are chosen in order: what needs one waits.
 */
export class EarlyItems {
  readonly #kinds: ReadonlyMap<string, Kind>
  readonly #found = new WeakMap<Live, EarlyItem>()

  constructor({ managed }: Kinds) {
    this.#kinds = new Map(managed.map((kind) => [kind.name, kind]))
  }

  /** Converts what was just read. Never throws: what fails here fails again when everything has been read. */
  convert(live: Live): void {
    const kind = this.#kinds.get(live.kind)
    if (!kind || live.partial || (kind.secretsIn?.(live.wire) ?? []).length > 0) return
    const called: EarlyItem['called'] = []
    const nameOf = (reference: Reference): string => {
      const { name } = reference
      if (name === undefined) throw new Error('it is called by its id')
      called.push([reference, name])
      return name
    }
    const names: Names = {
      nameOf,
      isThere(reference) {
        nameOf(reference)
        return true
      },
      pinned: () => undefined,
      lookalikes: () => []
    }
    const choose = (): never => {
      throw new Error('variables are chosen in the end')
    }
    try {
      const item = itemOf(kind, live, { names, variables: { choose }, moved: () => undefined })
      this.#found.set(live, { item, called })
    } catch {
      // It is converted again, and fails there if it must.
    }
  }

  /** Undefined where nothing was converted, or where it is called in another way than was thought. */
  of(live: Live, names: Names): ImportedItem | undefined {
    const found = this.#found.get(live)
    if (!found || names.pinned(live) || names.lookalikes(live).length > 0) return undefined
    const isCalledSo = ([reference, name]: [Reference, string]): boolean =>
      names.isThere(reference) && names.nameOf(reference) === name
    return found.called.every(isCalledSo) ? found.item : undefined
  }
}
