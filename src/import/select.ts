import type { Kinds } from '../kinds/kind.ts'
import { isSelected, type Selection } from '../plan/select.ts'
import { idKey, type Address, type Live } from '../state/resource.ts'

/** What is imported. */
export interface ImportSelection extends Selection {
  /** Returns true for what files declare already, and keep declaring. */
  isDeclared: (live: Live) => boolean
}

/**
 * Returns the live resources to write: those that are selected, and all that these need, so that the files
 * stand by themselves. What is excluded, of another kind than asked for, declared already, or only a name
 * (it comes with the service) is not written.
 */
export function chosenOf(live: readonly Live[], selection: ImportSelection, kinds: Kinds): Set<Live> {
  const { only, isDeclared } = selection
  const mayBe = (one: Live): boolean =>
    one.readOnly?.nameOnly !== true &&
    one.reset !== true &&
    !isDeclared(one) &&
    isSelected(one, { ...selection, only: [] }, kinds)
  const isWanted = (one: Address): boolean =>
    isSelected(one, { ...selection, exclude: [], kinds: [] }, kinds)
  const byId = new Map(live.map((one) => [idKey(one), one]))
  const chosen = new Set(live.filter((one) => mayBe(one) && isWanted(one)))
  if (only.length === 0) return chosen
  // The loop also visits what is added to the set meanwhile.
  for (const one of chosen) {
    for (const use of one.uses) {
      const needed = byId.get(idKey(use))
      if (needed && mayBe(needed)) chosen.add(needed)
    }
  }
  return chosen
}
