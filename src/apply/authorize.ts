import type { Kind } from '../kinds/kind.ts'
import { read } from '../remote/write.ts'
import type { Writer } from '../remote/transport.ts'

const firstPauseMs = 500
const longestPauseMs = 5_000
/** A person has a quarter of an hour. */
const patienceMs = 15 * 60_000

/** Waits until a resource no longer waits for a person. False when the person stopped waiting, or it never came. */
export async function authorized(
  writer: Writer,
  kind: Kind,
  id: string,
  interrupted: Promise<void>
): Promise<boolean> {
  let stopped = false
  void interrupted.then(() => {
    stopped = true
  })
  let waited = 0
  for (let pause = firstPauseMs; waited < patienceMs; pause = Math.min(pause * 1.5, longestPauseMs)) {
    const live = await read(writer, kind, id)
    if (live.ok && kind.waiting?.(live.wire) === undefined) return true
    if (stopped || (!live.ok && live.failure.status === 404)) return false
    await Promise.race([writer.sleep(pause), interrupted])
    waited += pause
  }
  return false
}
