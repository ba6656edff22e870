import { detailsOf } from '../plan/details.ts'
import type { Change } from '../plan/plan.ts'
import { addressText } from '../state/resource.ts'

/** In which order changes are carried out. */

/**
 * Returns the addresses of deletions, and of what waits for one, directly or through others. A deletion
 * must not wait for the latter: each would wait for the other.
 */
export function deletionsAndAfter(changes: ReadonlyMap<string, Change>): Set<string> {
  const isDeletion = (address: string): boolean => changes.get(address)?.action === 'delete'
  const late = new Set([...changes.keys()].filter(isDeletion))
  if (late.size === 0) return late
  const waiting = new Map<string, string[]>()
  for (const [address, { after }] of changes)
    for (const need of after) {
      const known = waiting.get(need)
      if (known) known.push(address)
      else waiting.set(need, [address])
    }
  // The loop also visits what is added to the set meanwhile.
  for (const address of late) for (const other of waiting.get(address) ?? []) late.add(other)
  return late
}

/** Returns the addresses that a change needs, whether they change or not. */
export function needsOf(change: Change): string[] {
  return [...change.after, ...Object.keys(detailsOf(change).ids)].filter(
    (address) => address !== addressText(change)
  )
}
