import type { Kind } from '../kinds/kind.ts'
import { read } from '../remote/write.ts'
import type { Writer } from '../remote/transport.ts'

const firstPauseMs = 500
const longestPauseMs = 5_000
/** How long a person may take to authorize: a quarter of an hour. */
const patienceMs = 15 * 60_000

/** The result of waiting for a person. `because` is a sentence about the resource. */
export type Waited = { ok: true } | { ok: false; because: string; interrupted: boolean }

/**
 * Polls a resource until it waits for a person no more. Ends early when polyctl is interrupted, when the
 * reason changes (the person refused), and when the time is over.
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
    if (live.ok) {
      const reason = kind.pendingReason?.(live.wire)
      if (reason === undefined) return { ok: true }
      first ??= reason
      if (reason !== first) return left(reason)
    } else {
      if (live.failure.status === 404) return left('it is not there any more')
      // A refusal is final: everything that can be retried was retried below.
      if (live.failure.refused) return left(`the service refuses to tell: ${live.failure.words}`)
    }
    if (stopped) return { ok: false, because: 'it is not authorized yet', interrupted: true }
    await Promise.race([writer.sleep(pause), interrupted])
    waited += pause
  }
  return left('nobody authorized it in time')
}

function left(because: string): Waited {
  return { ok: false, because, interrupted: false }
}
