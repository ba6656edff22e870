/**
 * What polyctl's own server answers of previews, beside the API: which records a run would write. No other
 * service has these addresses.
 */
import type { JsonObject } from './common.ts'
import type { GuardStop, RunBounds } from './local-start.ts'
import type { SyncStartRequest } from './sync.ts'

/** The body of `POST /polyctl/syncs/ID/previews`. */
export interface PreviewStart extends Omit<RunBounds, 'approval'> {
  /** What the run would be started with. */
  start: SyncStartRequest
  /** How many records that would be written are listed, and how many of the others. */
  most: { written: number; others: number }
  /** What is told of records beside their operations and the names of their fields. */
  tells: { identities: boolean; values: boolean }
  /** Whether the list that is signed is without the identities of records. */
  redacted: boolean
  /** The sync as it would be, as a request of the API says it: it is previewed and not stored. */
  as?: JsonObject
}

/** What would become of a record. `send`: the target does with it what it likes. */
export type PreviewOperation = 'insert' | 'update' | 'delete' | 'send' | 'skip' | 'refuse'

/** One record of a preview. */
export interface PreviewRecord {
  /** Its place among the records that are new or changed. */
  number: number
  operation: PreviewOperation
  /** Of what is skipped or refused. */
  reason: string
  /** Distinguishes the record, and says nothing of it to whoever lacks the secret of the server. */
  key: string
  /** Differs as soon as anything would be written otherwise; empty where nothing is written. */
  mark: string
  /** The fields that would change; of a new record all that are written. */
  fields: string[]
  /** It would be written, and has these values already. */
  same: boolean
  identity?: string[]
  /** For each of the fields what is there and what would be. */
  values?: [before: string | null, after: string | null][]
}

/** How many records are read, and what would become of those that are new or changed. */
export interface PreviewCounts {
  total: number
  insert: number
  update: number
  delete: number
  send: number
  skip: number
  refuse: number
  /** Of the updates, those that would change nothing. */
  same: number
}

/** What is signed of a preview that came to its end: a run writes what it lists, and nothing else. */
export interface PreviewSeal {
  preview: string
  organization: string
  /** The id of the sync. */
  of: string
  made_at: string
  /** Differs where the sync was changed since. */
  definition: string
  identities: string[]
  resync: boolean
  redacted: boolean
  /** How many records are listed, and the digest of them all in their order. */
  listed: number
  digest: string
  signature: string
}

/** `GET /polyctl/previews/ID?after=NUMBER`. */
export interface PreviewAnswer {
  status: 'running' | 'completed' | 'failed' | 'canceled'
  /** Why it failed; empty otherwise. */
  error: string
  /** Records that were read so far. */
  read: number
  counts: PreviewCounts
  /** How many are skipped or refused, by reason. */
  reasons: { [reason: string]: number }
  /** All fields that are written. */
  columns: string[]
  /** In how many records a field would be written anew, and in how many it would change. */
  fields: { name: string; insert: number; update: number }[]
  /** Its first run notes all records as they are, and sends none. */
  baseline: boolean
  /** What a run would make in the target before it writes: an object with its fields, or fields in one. */
  makes?: string[]
  stops: GuardStop[]
  records: PreviewRecord[]
  /** The number to go on after; null where all that is listed was told. */
  next: number | null
  seal: PreviewSeal | null
}

/** A record of an approved preview, as it is handed back. */
export type ApprovedRecord = Pick<PreviewRecord, 'key' | 'operation' | 'mark'> & {
  fields: string[]
  identity?: string[]
}

/** `GET /polyctl/approvals/ID`: what came of a run of an approved preview. */
export interface ApprovalAnswer {
  listed: number
  /** Records that are new or changed and not listed. */
  waiting: number
  /** Listed records that would be written otherwise now, or not at all; the first ten are named. */
  moved: number
  first: { key: string; how: 'changed' | 'gone' }[]
}
