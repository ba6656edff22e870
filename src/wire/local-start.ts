/**
 * What polyctl's own server answers beside the API: a start that says more than the API can. Its addresses
 * begin with `/polyctl` in place of `/api`, and no other service has them.
 */
import type { Json, JsonObject } from './common.ts'
import type { SyncStartRequest } from './sync.ts'

// Types, and no interfaces, where a body is made of them: only types fit an index signature.

/** At most so many records, or so large a share of them (0 to 1): of both the larger. */
export type RecordLimit = {
  most?: number
  share?: number
}

/** What a run must not exceed. What is absent has no limit. */
export type RecordGuards = {
  creates?: RecordLimit
  updates?: RecordLimit
  removes?: RecordLimit
  /** A source without records stops the run. */
  empty_source?: boolean
}

/** What a sync that removes records, or replaces all of them, may remove where nothing else is said. */
export const usualRemoves: Readonly<RecordLimit> = { most: 3, share: 0.1 }

/** What must hold of the rows that are read, before anything is written. */
export type RowAssertion = {
  asserts: 'unique' | 'not_null' | 'accepted' | 'count' | 'fresh'
  /** Fields of the model. */
  fields?: string[]
  /** Of `accepted`. */
  values?: Json[]
  /** Of `count`. */
  min?: number
  max?: number
  /** Of `fresh`. */
  within_seconds?: number
}

/** What holds for each execution of a sync, whoever or whatever starts it. */
export type StandingBounds = {
  guards?: RecordGuards
  /** Of these it has none, not even the usual ones. */
  without?: (keyof RecordGuards)[]
  assertions?: RowAssertion[]
}

/** An item of `GET /polyctl/guards`. `PUT /polyctl/syncs/ID/guards` takes what it has beside the id. */
export interface KeptBounds extends StandingBounds {
  sync_id: string
}

/**
 * A header of `GET /api/me`: it is polyctl's own server that answers, and for how many syncs of the
 * organization it keeps guards.
 */
export const keptHeader = 'polyctl-kept-guards'

/** How a run is bounded. Without `guards`, those that stand. */
export type RunBounds = {
  /** Records to write at most; the others are left for a later run. */
  limit?: number
  guards?: RecordGuards
  assertions?: RowAssertion[]
  /** What a person asked for on the command line, which the execution records: `--max-removes 40`. */
  requested?: string[]
  /** The id of an approval that was handed in: exactly what it lists is written. */
  approval?: string
}

/** The body of `POST /polyctl/syncs/ID/executions`. */
export interface LocalStart extends RunBounds {
  /** What the API takes. */
  start: SyncStartRequest
}

/** How the error of an execution begins that guards stopped. */
export const stoppedWords = 'stopped before anything was written'

/** Why a guard stopped a run before anything was written. */
export interface GuardStop extends JsonObject {
  guard: keyof RecordGuards | 'assert'
  /** The records that it is about. */
  count: number
  /** So many may be. */
  allowed: number
  /** Of an assertion: what does not hold. It has no value of a record. */
  words?: string
  /** The first records that it is about. They are for a person's terminal alone. */
  identities?: string[]
}

/** `GET /polyctl/syncs/ID/executions/ID`: what the API's answer does not tell of an execution. */
export interface LocalExecution extends JsonObject {
  stops: GuardStop[]
  requested: string[]
}
