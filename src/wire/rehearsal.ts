/** A sync that is tried without any other system: rows and records are given, and nothing is written. */
import type { JsonObject } from './common.ts'

/** What is tried. */
export interface RehearsalRequest {
  /** The body that would create the sync. Its only model and its connection have the ids below. */
  body: JsonObject
  from: { id: string; name: string; identifier?: string; tracking: string[] }
  to: { id: string; name: string; type: string }
  cases: RehearsalCase[]
}

/**
 * What there is before a run. Values that JSON has no words for are objects with one name and a text:
 * `$date` (RFC 3339 in UTC), `$numberDecimal`, `$numberLong` or `$binary` (base64). So are those of what
 * would be done.
 */
export interface RehearsalCase {
  /** Rows of the model. */
  rows: JsonObject[]
  /** Records of the target. */
  records: JsonObject[]
}

/** What came of it, or why it cannot be tried. */
export type Rehearsal =
  | { ok: true; reads: string[]; writes: string[]; cases: RehearsedRecord[][] }
  | { ok: false; message: string }

/** What a run would do with one record. */
export interface RehearsedRecord {
  operation: 'create' | 'update' | 'remove' | 'skip' | 'refuse'
  /** Of what is skipped or refused. */
  because?: string
  /** Fields of the target: those by which it is found, and what would be written. */
  fields: JsonObject
}
