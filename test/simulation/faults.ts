/**
 * What may go wrong in a simulation.
 *
 * The network. A request is lost (the service never saw it). A response is lost (the service did it, the client gets an error). An
 * answer is slow, or never comes, and the client gives up. A request that the client gave up is carried out much later all the same.
 *
 * The service. It fails before the effect, or after it (500, 502, 503). It is too busy (429, with and without Retry-After). Something
 * else is under way (409). It refuses a write and repeats in its words what was sent, secrets and all. A list misses the last write
 * for k reads; what was written before the run began is in every list, for who does not see what is there cannot know. The key is not valid any more, for good or for a while. A proxy answers in its place with a page, nothing, or a redirect.
 *
 * Other people. Between two requests, and so between the plan and what is done of it, somebody edits a thing, touches it (so that it
 * moves to the front of its list, while the list is read page by page), or deletes it.
 *
 * The program. It is killed between two requests: before the service has seen the next one, or before the answer is there. Whoever
 * listens to it stops listening. A person interrupts it.
 *
 * Not in the model: a corrupt body with status 200, and a service that keeps something else than it says.
 *
 * The faults of the network and of the service that the local server can bring about itself are its own (`src/server/faults.ts`); all
 * others are brought about on the way to it.
 */
import type { Fault, FaultName } from '../../src/server/faults.ts'
import type { Random } from './random.ts'

/** What happens on the way, at one request: counted from 0 since the run began. */
export interface Incident {
  at: number
  what:
    | 'edit'
    | 'touch'
    | 'delete'
    | 'late'
    | 'repeat'
    | 'killed-before'
    | 'killed-after'
    | 'interrupt'
    | 'stop-listening'
  /** Chooses among what is there: whose thing is edited, for example. */
  draw: number
}

/** All that goes wrong in one run. */
export interface InjectedFaults {
  server: Fault[]
  way: Incident[]
}

export const noFaults: InjectedFaults = { server: [], way: [] }

/** How each fault of the server is made to happen at one request, or for a while. */
const ofServer: Readonly<Record<string, (random: Random) => Omit<Fault, 'fault'> & { fault: FaultName }>> =
  {
    'lost-request': () => ({ fault: 'lost-request' }),
    'lost-response': () => ({ fault: 'lost-response' }),
    'error-before': (random) => ({ fault: 'error-before', status: random.pick([500, 502, 503, 504]) }),
    'error-after': (random) => ({ fault: 'error-after', status: random.pick([500, 502, 503, 504]) }),
    'too-many-requests': (random) => {
      const retryAfter = random.pick([undefined, 0, 1, 7])
      return { fault: 'too-many-requests', ...(retryAfter === undefined ? {} : { retryAfter }) }
    },
    conflict: () => ({ fault: 'conflict' }),
    hang: () => ({ fault: 'hang' }),
    slow: (random) => ({ fault: 'delay', milliseconds: random.pick([100, 900, 5000]) }),
    'stale-list': () => ({ fault: 'stale-list' }),
    'expired-key': () => ({ fault: 'unauthorized' }),
    html: () => ({ fault: 'html' }),
    empty: () => ({ fault: 'empty' }),
    redirect: () => ({ fault: 'redirect' })
  }

const ofWay: readonly Incident['what'][] = [
  'edit',
  'touch',
  'delete',
  'late',
  'repeat',
  'killed-before',
  'killed-after',
  'interrupt',
  'stop-listening'
]

/** Every fault by its name, for those who try them one by one. */
export const faultNames: readonly string[] = [...Object.keys(ofServer), ...ofWay]

/** One fault, at the request with this number; a key that has expired stays so, and a list stays stale for `reads`. */
export function oneFault(name: string, at: number, random: Random, reads = 1): InjectedFaults {
  const make = ofServer[name]
  if (!make) return { server: [], way: [{ at, what: name as Incident['what'], draw: random.below(1000) }] }
  const lasts =
    name === 'expired-key'
      ? { skip: at, times: 0 }
      : name === 'stale-list'
        ? { skip: at, times: reads }
        : { request: at }
  return { server: [{ ...make(random), ...lasts }], way: [] }
}

/** A random part of all faults, each as often as chance has it: a run with few kinds of faults goes deeper than one with all of them. */
export function swarm(random: Random): InjectedFaults {
  const enabled = random.some(faultNames, random.pick([0, 0.1, 0.3, 0.6]))
  const faults: InjectedFaults = { server: [], way: [] }
  for (const name of enabled) {
    const make = ofServer[name]
    if (!make) {
      // Now and then nobody sees it: the run is over before.
      const times = ['edit', 'touch', 'late', 'repeat'].includes(name) ? 1 + random.below(3) : 1
      for (let time = 0; time < times; time++)
        faults.way.push({ at: random.below(30), what: name as Incident['what'], draw: random.below(1000) })
    } else if (name === 'expired-key') {
      faults.server.push({ ...make(random), skip: random.below(30), times: random.pick([0, 1]) })
    } else {
      // An empty answer to a deletion is what a good one looks like: together with another fault it would be a lie.
      const where = name === 'empty' ? { on: 'GET /api/*' } : {}
      const chance = random.pick([0.02, 0.1, 0.3, 0.7])
      const skip = random.pick([0, 0, 5, 10])
      faults.server.push({ ...make(random), ...where, chance, skip, times: random.pick([1, 2, 5, 20]) })
    }
  }
  return faults
}
