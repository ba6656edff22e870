/**
 * Faults: what may go wrong between a client and the service, on purpose, for tests and rehearsals.
 *
 * The model. A request may be lost (nothing happened) or its response may be lost (it happened, and the
 * client does not know). The
 * service may fail before or after the effect, answer slowly or never, be too busy, answer a list that
 * misses the last write, or be
 * changed by somebody else. It may still be reading the schemas of a connection, which bulk syncs have to
 * wait for. A proxy may answer with a page, nothing, or a redirect. Not in the model: a broken body with
 * status 200.
 *
 * Which requests: a fault has a pattern (`on`), and lets the first `skip` matches pass, or fires at one
 * request (`request`). Chance is
 * drawn from the seed, so a plan does the same each time.
 */
import type { JsonObject } from '../wire/common.ts'
import type { StoredKind } from './stored.ts'

/** The names of faults, as files write them. */
export const faultNames = [
  'lost-request',
  'lost-response',
  'too-many-requests',
  'error-before',
  'error-after',
  'conflict',
  'unauthorized',
  'delay',
  'hang',
  'stale-list',
  'reading-schemas',
  'html',
  'empty',
  'redirect',
  'edit'
] as const

/** A misspelled name does not compile. */
export type FaultName = (typeof faultNames)[number]

/** One fault. Only its name is required: then it happens once, at the next request. */
export interface Fault {
  fault: FaultName
  /**
   * Method and path, with `*` for anything: `POST /api/models`, `GET /api/syncs/*`, `* /api/*`. Absent:
   * every request.
   */
  on?: string
  /** The number of the only request, counted from 0 since the server started or faults were cleared. */
  request?: number
  /** How many matching requests pass before it fires. Default 0. */
  skip?: number
  /** How often it fires; 0 for ever. Default 1. */
  times?: number
  /** Its probability, from 0 to 1. Default 1. */
  chance?: number
  /** For `too-many-requests`: seconds in Retry-After. Absent: no such header. */
  retryAfter?: number
  /** For `delay`: milliseconds. Default 1000. */
  milliseconds?: number
  /**
   * The status for `html` (default 502), `redirect` (302), `empty` (200), `error-before` and
   * `error-after` (500), and `reading-schemas` (422; with 400, the source "did not provide any schemas").
   */
  status?: number
  /** For `html`, `empty` and `redirect`: whether the request is served first. Default: only for `empty`. */
  served?: boolean
  /**
   * For `edit`: what somebody changes just before the request is served. A patch of null deletes the
   * thing.
   */
  edit?: { kind: StoredKind; name?: string; id?: string; patch: JsonObject | null }
}

/** The content of a file of faults. All of them draw from one seed, in the order of requests. */
export interface FaultPlan {
  /** The seed of random numbers. Default 1. */
  seed?: number
  faults: Fault[]
}

/** Adds and clears faults while the server runs. */
export interface FaultControl {
  add(...faults: Fault[]): void
  /** Forgets all faults and counts requests from 0 again. */
  clear(): void
  /** Returns the number of faults that can still fire. */
  armed(): number
}

/** The server side: returns the faults that fire at a request. Each call counts as one request. */
export interface Faults extends FaultControl {
  fire(method: string, path: string): Fault[]
}

interface Armed {
  fault: Fault
  matched: number
  fired: number
}

/**
 * Opens faults. Without a plan nothing fails until a fault is added. Clearing does not restart the random
 * numbers.
 */
export function makeFaults(plan: FaultPlan = { faults: [] }): Faults {
  let armed = plan.faults.map(arm)
  let requests = 0
  const draw = drawing(plan.seed ?? 1)

  const fires = (candidate: Armed, index: number, method: string, path: string): boolean => {
    const { fault } = candidate
    if (isSpent(candidate) || !matches(fault.on, method, path)) return false
    if (reach[fault.fault]?.test(`${method} ${path}`) === false) return false
    if (fault.request !== undefined && fault.request !== index) return false
    candidate.matched += 1
    if (candidate.matched <= (fault.skip ?? 0)) return false
    if ((fault.chance ?? 1) < 1 && draw() >= (fault.chance ?? 1)) return false
    candidate.fired += 1
    return true
  }
  return {
    add: (...faults) => {
      armed.push(...faults.map(arm))
    },
    clear: () => {
      armed = []
      requests = 0
    },
    armed: () => armed.filter((candidate) => !isSpent(candidate)).length,
    fire: (method, path) => {
      const index = requests
      requests += 1
      return armed.filter((candidate) => fires(candidate, index, method, path)).map(({ fault }) => fault)
    }
  }
}

function arm(fault: Fault): Armed {
  return { fault, matched: 0, fired: 0 }
}

function isSpent({ fault, fired }: Armed): boolean {
  const times = fault.times ?? 1
  return times !== 0 && fired >= times
}

function matches(pattern: string | undefined, method: string, path: string): boolean {
  if (pattern === undefined) return true
  const [wantedMethod = '*', wantedPath = '*'] = pattern.trim().split(/\s+/, 2)
  const asRegExp = wantedPath
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return (wantedMethod === '*' || wantedMethod === method) && new RegExp(`^${asRegExp}$`).test(path)
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function drawing(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * The requests that a fault can meet, where these are not all: others do not count for it. These ones
 * read the schemas of connections; a request for a refresh is never refused.
 */
const reach: Partial<Record<FaultName, RegExp>> = {
  'reading-schemas': new RegExp(
    [
      '^POST /api/bulk/syncs$',
      '^(GET|PUT|PATCH) /api/bulk/syncs/[^/]+/schemas(/[^/]+)?$',
      '^GET /api/bulk/source/',
      '^GET /api/connections/[^/]+/(bulksync/source|schemas/[^/]+)$'
    ].join('|')
  )
}
