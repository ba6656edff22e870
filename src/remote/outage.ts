import type { Failure } from './failure.ts'
import type { Pause } from './pause.ts'
import { slept } from './pause.ts'
import type { Tried } from './policy.ts'

/**
 * Whether anything behind the address has answered yet in this run. As long as a proxy, a gateway or a port
 * refuses all that is sent, one request is tried again for all of them; the others wait for its result.
 */
export interface Outage {
  /** Waits for the request that is tried for all. Returns its failure if it gave up: then none is sent. */
  wait(stop: AbortSignal | undefined): Promise<Failure | undefined>
  /** Records the result of a try. Returns true if its request is the one that is tried for all. */
  record(result: Tried<Failure> | undefined, isProbe: boolean): boolean
  /** Records that the request that was tried for all has given up. */
  giveUp(failure: Failure): void
}

/** Opens the record of a run in which nothing has answered yet. */
export function openOutage(): Outage {
  let isAnswered = false
  let over: Failure | undefined
  let probe: PromiseWithResolvers<void> | undefined
  return {
    async wait(stop) {
      const { promise } = probe ?? {}
      const pause: Pause = { sleep: async () => await promise, ...(stop && { stop }) }
      if (promise) await slept(0, pause)
      return over
    },
    record(result, isProbe) {
      if (isAnswered) return false
      if (result === undefined || isAnswer(result)) {
        isAnswered = true
        probe?.resolve()
        probe = undefined
        return false
      }
      if (isProbe || probe || !isRefusalOfAll(result)) return isProbe
      probe = Promise.withResolvers()
      return true
    },
    giveUp(failure) {
      over = failure
      probe?.resolve()
      probe = undefined
    }
  }
}

/** The statuses of a gateway that has nothing behind it. */
const ofGateways: ReadonlySet<number | undefined> = new Set([502, 503, 504])

function isAnswer({ failure: { status } }: Tried<Failure>): boolean {
  return status !== undefined && !ofGateways.has(status)
}

function isRefusalOfAll({ is, failure: { status } }: Tried<Failure>): boolean {
  return is === 'unreached' || (is === 'failed' && ofGateways.has(status))
}
