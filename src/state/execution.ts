import type { ApiVersion } from '../wire/common.ts'
import type { JsonObject, Reference } from './value.ts'

/** One run of a sync, as the service tells it. */
export interface Execution {
  id: string
  /** In the words of the service; there may be new ones. */
  status: string
  /** How it ended. Absent while it goes on, and for words that polyctl does not know. */
  ended?: 'completed' | 'failed' | 'canceled'
  counts: RecordCounts
  /** Reasons, in the words of the service. */
  errors: string[]
  /** The schemas of a bulk sync; a sync has none. */
  parts: ExecutionPart[]
  startedAt?: string
  completedAt?: string
}

/** Numbers of records; absent where the service tells none. */
export interface RecordCounts {
  total?: number
  inserts?: number
  updates?: number
  /** Written, where the target does not tell new records from others. */
  upserts?: number
  deletes?: number
  errors?: number
  warnings?: number
}

/** One schema in the execution of a bulk sync. */
export interface ExecutionPart {
  name: string
  status: string
  hasFailed: boolean
  counts: RecordCounts
  message?: string
}

/** What is asked of an execution. Nothing: what a scheduled one does. */
export interface StartRequest {
  /** All records again, whatever was sent before. */
  resync: boolean
  /** Nothing is written to the target. */
  test: boolean
  /** Only the records with these values of the identity; empty for all. */
  identities: readonly string[]
  /** Only these records, of one that finds them by several fields; absent for all. */
  records?: readonly NamedRecord[]
}

/** The values that name a record, with the fields of models that have them. */
export type NamedRecord = readonly { source: { model_id: string; field: string }; value: string }[]

/** One of the fields by which records are found: its source, and the names that a log may have for it. */
export interface IdentityField {
  source?: { model_id: string; field: string }
  names: string[]
}

/** What of a resource says what it does with records, and what it names; or why it cannot be tried. */
export type Rehearsable =
  | { ok: true; fields: JsonObject; from: Reference; to: Reference }
  | { ok: false; because: string }

/** How resources of a kind are executed: what the requests hold, and what the answers mean. */
export interface Executions {
  /** Returns the body that starts one, or why there is none for this request. */
  start(
    live: JsonObject,
    request: StartRequest,
    version: ApiVersion
  ): { ok: true; body: JsonObject } | { ok: false; because: string }
  /** Returns why the service would not start it. */
  idleReason(live: JsonObject): string | undefined
  /** Converts an answer whose shape was checked. */
  fromWire(wire: JsonObject): Execution
  /** Returns whether it takes records away: some of the target's, or all that it does not write. */
  removal(live: JsonObject): 'some' | 'all' | undefined
  /** Whether polyctl's own server can say which records a run would write. */
  previews: boolean
  /** The sorts of logs that it keeps of records. */
  logTypes: readonly string[]
  /** Returns by which fields it finds records, if by any. `isWhole`: all of them are needed. */
  identityFields(live: JsonObject): { fields: IdentityField[]; isWhole: boolean }
  /** Returns what of its fields has to be known to try it with given records. Absent: it cannot be tried. */
  rehearsable?(fields: JsonObject): Rehearsable
  /** Returns the ids of those after which its schedule starts it. */
  runsAfter(live: JsonObject): string[]
}
