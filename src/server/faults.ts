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

/** As they are written in a file of faults. */
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

/** Who asks for a fault by name must spell it right to compile. */
export type FaultName = (typeof faultNames)[number]

/**
 * One thing that is to go wrong. Only its name must be given: then it happens once, at the next request.
 */
export interface Fault {
  fault: FaultName
  /**
   * `POST /api/models`, `GET /api/syncs/*`, `* /api/*`: method and path, `*` for anything. Absent: every
   * request.
   */
  on?: string
  /**
   * Only the request with this number, counted from 0 over all requests since the server started or
   * faults were cleared.
   */
  request?: number
  /** How many matching requests pass before it fires. Default 0. */
  skip?: number
  /** How often it fires; 0 is for ever. Default 1. */
  times?: number
  /** Between 0 and 1, drawn from the seed. Default 1. */
  chance?: number
  /** Of `too-many-requests`: seconds for Retry-After; absent, no such header is sent. */
  retryAfter?: number
  /** Of `delay`: milliseconds. Default 1000. */
  milliseconds?: number
  /**
   * Of `html` (default 502), `redirect` (302), `empty` (200), `error-before` and `error-after` (500), and
   * `reading-schemas` (422; with 400, the source "did not provide any schemas").
   */
  status?: number
  /** Of `html`, `empty` and `redirect`: the request is served first. Default: only for `empty`. */
  served?: boolean
  /**
   * Of `edit`: what somebody changes just before the request is served. A patch of null deletes the
   * thing.
   */
  edit?: { kind: StoredKind; name?: string; id?: string; patch: JsonObject | null }
}

/** What a file of faults holds. All of them draw from one seed, in the order of the requests. */
export interface FaultPlan {
  /** Default 1. */
  seed?: number
  faults: Fault[]
}

/** Adds and clears faults while the server runs. */
export interface FaultControl {
  add(...faults: Fault[]): void
  /** Forgets all faults and counts requests from 0 again. */
  clear(): void
  /** How many faults can still fire. */
  armed(): number
}

/** The server's side: which faults fire at this request. Each call counts as one request. */
export interface Faults extends FaultControl {
  fire(method: string, path: string): Fault[]
}

interface Armed {
  fault: Fault
  matched: number
  fired: number
}

/** Without a plan nothing goes wrong until a fault is added. Clearing does not start the drawing anew. */
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
 * Requests that a fault can meet at all, where that is not every request: others do not count for it. The
 * schemas of connections are looked at by these; asking for a refresh is not refused.
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
