import { addressText, type Address, type DesiredState, type LiveState } from '../state/resource.ts'
import type { Match } from './match.ts'
import type { Change } from './plan.ts'

/**
 * Whether a change is a difference between the files and the service. A create that waits for a person to
 * authorize something else is attempted, and counts neither as a difference nor as drift.
 */
export function isDifference({ action, waiting }: Change): boolean {
  return action !== 'none' && !(action === 'create' && waiting !== undefined)
}

/**
 * R29: Marks each create and each change of what exists that needs, directly or not, something that waits
 * for a person. What waits itself keeps its own reason.
 */
export function withPending(
  changes: readonly Change[],
  desired: DesiredState,
  live: LiveState,
  match: Match
): Change[] {
  const find = openWaiting(desired, live, match)
  return changes.map((change) => {
    const on = isAttempted(change) && change.waiting === undefined ? find(change) : undefined
    return on === undefined ? change : { ...change, waiting: `${addressText(on)}${waits}` }
  })
}

/** Whether a change may be refused until a person has authorized what it needs. */
function isAttempted({ action }: Change): boolean {
  return action === 'create' || action === 'update' || action === 'rename'
}

const waits = ' waits for a person'

/** Returns the address of what a change needs and what waits for a person, be it declared or not. */
export function pendingNeed(change: Change): string | undefined {
  const { waiting } = change
  return isAttempted(change) && waiting?.endsWith(waits) === true
    ? waiting.slice(0, -waits.length)
    : undefined
}

/** Finds the first resource, among those that one needs, that waits for a person. */
function openWaiting(
  desired: DesiredState,
  live: LiveState,
  match: Match
): (of: Address) => Address | undefined {
  const declared = new Map(desired.resources.map((resource) => [addressText(resource), resource]))
  const byId = new Map(live.resources.map((one) => [`${one.kind}\n${one.id}`, one]))
  const known = new Map<string, Address | undefined>()
  const lookAt = (id: string | undefined, address: Address): Address | undefined => {
    const there = id === undefined ? undefined : byId.get(`${address.kind}\n${id}`)
    const owner = there ? (match.declaredBy(there) ?? there) : address
    return there?.pendingReason === undefined ? find(owner, there?.uses ?? []) : owner
  }
  const find = (of: Address, uses: readonly { kind: string; id: string }[] = []): Address | undefined => {
    const text = addressText(of)
    if (known.has(text)) return known.get(text)
    // Set before the search goes on: resources may refer to each other in a circle.
    known.set(text, undefined)
    const resource = declared.get(text)
    const needed = resource
      ? resource.uses.map((use) => ({ use, id: match.idOf({ $ref: use.kind, name: use.name }) }))
      : uses.map(({ kind, id }) => ({ use: { kind, name: id }, id }))
    for (const { use, id } of needed) {
      const waits = lookAt(id, use)
      if (waits === undefined) continue
      known.set(text, waits)
      return waits
    }
    return undefined
  }
  return (of) => find(of)
}
