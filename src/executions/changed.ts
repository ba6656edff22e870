import type { Kinds } from '../kinds/kind.ts'
import type { Failure } from '../remote/failure.ts'
import type { Reader } from '../remote/transport.ts'
import { idKey, type Live } from '../state/resource.ts'
import { lastExecution, type Executable } from './start.ts'

/** Which syncs were changed since they ran last, as far as the times of the service tell. */

/**
 * Returns the kinds between syncs and connections, such as models: what is changed of them changes what a
 * sync sends. Connections are left out: what their checks find out moves their times, too.
 */
export function betweenKinds({ managed }: Kinds): Kinds['managed'] {
  return managed.filter(({ flows, executions }) => executions === undefined && (flows ?? []).length > 0)
}

/**
 * Returns when a sync, or something between it and its connections, was changed last: in milliseconds, by
 * the clock of the service. Undefined where the service does not tell it of the sync.
 */
export function changedAt({ live }: Executable, between: ReadonlyMap<string, Live>): number | undefined {
  const reached = new Set([live])
  // The loop also visits what is added to the set meanwhile.
  for (const { uses } of reached)
    for (const used of uses) {
      const found = between.get(idKey(used))
      if (found !== undefined) reached.add(found)
    }
  if (Number.isNaN(timeOf(live))) return undefined
  return Math.max(...[...reached].map(timeOf).filter((time) => !Number.isNaN(time)))
}

function timeOf({ changed, createdAt = '' }: Live): number {
  return Date.parse(changed.at ?? createdAt)
}

/** Returns those of them that have not run since they were changed. */
export async function notRunSince(
  changes: readonly { one: Executable; at: number }[],
  reader: Reader
): Promise<{ due: Executable[]; failures: { one: Executable; failure: Failure }[] }> {
  const looks = await Promise.all(
    changes.map(async ({ one, at }) => ({ one, at, seen: await lastExecution(one, reader) }))
  )
  return {
    due: looks.flatMap(({ one, at, seen }) => {
      // To run one twice harms less than not to run it at all.
      const isDue = seen.ok && !(Date.parse(seen.last?.startedAt ?? '') > at)
      return isDue ? [{ ...one, changedAt: at }] : []
    }),
    failures: looks.flatMap(({ one, seen }) => (seen.ok ? [] : [{ one, failure: seen.failure }]))
  }
}
