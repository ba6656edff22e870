import type { Kind } from '../kinds/kind.ts'
import { read } from '../remote/write.ts'
import type { Writer } from '../remote/transport.ts'

const firstPauseMs = 500
const longestPauseMs = 5_000
/** A person has a quarter of an hour. */
const patienceMs = 15 * 60_000

/** How waiting for a person ended. `because` is a sentence about the resource. */
export type Waited = { ok: true } | { ok: false; because: string; interrupted: boolean }

/**
 * Waits until a resource no longer waits for a person. Ends as well when the person stopped waiting, when the
 * service has another reason than at first (the person said no), or when nobody came.
 */
export async function authorized(
  writer: Writer,
  kind: Kind,
  id: string,
  interrupted: Promise<void>
): Promise<Waited> {
  let stopped = false
  void interrupted.then(() => {
    stopped = true
  })
  let first: string | undefined
  let waited = 0
  for (let pause = firstPauseMs; waited < patienceMs; pause = Math.min(pause * 1.5, longestPauseMs)) {
    const live = await read(writer, kind, id)
    const reason = live.ok ? kind.pendingReason?.(live.wire) : first
    if (live.ok && reason === undefined) return { ok: true }
    if (!live.ok && live.failure.status === 404) return left('it is not there any more')
    // Everything that may pass is tried again below already: what is refused now will be refused again.
    if (!live.ok && live.failure.refused) return left(`the service refuses to tell: ${live.failure.words}`)
    first ??= reason
    if (reason !== first) return left(reason ?? '')
    if (stopped) return { ok: false, because: 'it is not authorized yet', interrupted: true }
    await Promise.race([writer.sleep(pause), interrupted])
    waited += pause
  }
  return left('nobody authorized it in time')
}

function left(because: string): Waited {
  return { ok: false, because, interrupted: false }
}
