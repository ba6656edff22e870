/**
 * What the runner knows of other systems: how records are read, found and written there. A connector is
 * loaded when a connection of its type is first used.
 */
import type { JsonObject } from '../../wire/common.ts'
import type { IdentityFunction, SyncMode } from '../../wire/sync.ts'
import type { Grant } from '../stored.ts'
import type { FieldFacts, ObjectFacts } from './objects.ts'
import type { Cell, Row, Value } from './value.ts'

export type { FieldFacts, ObjectFacts } from './objects.ts'

/** The parts of a connection that a connector gets, with its secrets in clear. */
export interface ConnectionFacts {
  id: string
  name: string
  type: string
  configuration: JsonObject
  /** What a person allowed by signing in. */
  grant?: Grant | undefined
}

/** The app of this server in a system: people let it in there when they sign in. */
export interface SignInApp {
  clientId: string
  clientSecret: string
}

/** These apps, by types of connections. */
export type SignInApps = ReadonlyMap<string, SignInApp>

/** How a person signs in to a system in a browser, by OAuth with a code. */
export interface SignInSteps {
  /** Where the browser is sent. Throws `RunProblem` where the connection does not say where. */
  address(
    connection: ConnectionFacts,
    app: SignInApp,
    requested: { state: string; challenge: string; callback: string }
  ): string
  /** Throws `RunProblem` where the system gives nothing for the code. */
  grant(
    connection: ConnectionFacts,
    app: SignInApp,
    answered: { code: string; verifier: string; callback: string },
    parts: ConnectorParts
  ): Promise<Grant>
}

/** What connectors may use of the machine. */
export interface ConnectorParts {
  /** Absent: nobody signs in. */
  apps?: SignInApps
  /** Like `fetch`. Of the answer no more is there than that. */
  fetch: (request: Request) => Promise<HttpReply>
  /** Reads a file of this machine in pieces; it rejects with the error of Node. */
  readFile?: (path: string) => AsyncIterable<Uint8Array>
  now: () => Date
  /** Rejects when the signal fires first. */
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** A signal that fires after so many milliseconds, and keeps no program alive. */
  timeout: (milliseconds: number) => AbortSignal
  /** How long a system may take to let somebody in. Default: fifteen seconds. */
  connectMs?: number
  /** Fires when the run is canceled or the server stops. */
  signal: AbortSignal
}

/** An answer to a request of a connector. */
export interface HttpReply {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
}

/** One type of connection. Which of these it has says what it can be. */
export interface Connector {
  source?(connection: ConnectionFacts, parts: ConnectorParts): Promise<Source>
  /** Looks, and has no way to write. */
  reader?(connection: ConnectionFacts, parts: ConnectorParts): Promise<TargetReader>
  writer?(connection: ConnectionFacts, parts: ConnectorParts): Promise<TargetWriter>
  signIn?: SignInSteps
  /** Takes copies of whole tables. */
  tables?(connection: ConnectionFacts, parts: ConnectorParts): Promise<TableWriter>
}

/** Takes copies of whole tables. */
export interface TableWriter {
  /**
   * Begins a copy, which nobody sees before it is committed. Makes the table, and columns, where missing.
   * Throws `RunProblem` where a table is in the way that is somebody else's.
   */
  begin(request: CopyRequest): Promise<TableCopy>
  close(): Promise<void>
}

/** What is copied, and how. */
export interface CopyRequest {
  /** The bulk sync, and the connection that it reads: a table says whose copy it is. */
  owner: { id: string; name: string; source: string }
  schema: string
  table: string
  columns: readonly CopyColumn[]
  /** The columns by which records are told apart; empty: all of the table is written anew. */
  key: readonly string[]
  /** `whole`: all records are written again. `rebuilt`: the table as well. */
  way: 'changes' | 'whole' | 'rebuilt'
  /** Records that the source has no longer stay. */
  keepsMissing: boolean
}

/** A column of a copy. */
export interface CopyColumn {
  name: string
  type: string
}

/** A copy of one table under way. */
export interface TableCopy {
  /** Resolves with one outcome for each record, in order. */
  write(records: readonly WriteRecord[]): Promise<Outcome[]>
  /** Makes the table equal to what was written. */
  commit(): Promise<{ inserted: number; updated: number; deleted: number }>
  rollback(): Promise<void>
}

/** Where records are read. */
export interface Source {
  /** What models can be made of; with fields where these are known without more questions. */
  objects(): Promise<ObjectFacts[]>
  /** The fields that this configuration of a model reads. */
  fields(configuration: JsonObject): Promise<FieldFacts[]>
  /**
   * Reads all records as of one moment, in batches of about `batch`. A name of a field may be a path
   * (`address.city`). Throws `RunProblem` for what a person must mend.
   */
  rows(request: RowRequest): AsyncIterable<Row[]>
  close(): Promise<void>
}

/** Which records to read, and which fields of them. */
export interface RowRequest {
  configuration: JsonObject
  fields: readonly string[]
  /** Columns that stand before them, as the texts that the system has for their values. */
  texts?: readonly string[]
  batch: number
}

/** One way to find the record of a target: its field, and how the value of the source is compared to it. */
export interface Match {
  target: string
  function: IdentityFunction
}

/** The question which records of the target belong to values of the source. */
export interface LookUp {
  /** All must hold. */
  matches: readonly Match[]
  /** The values of the source, one list for each record, in the order of `matches`; none is empty. */
  keys: readonly (readonly Value[])[]
  /** The fields of the target whose values are wanted. */
  select: readonly string[]
}

/** A record of the target. */
export interface Hit {
  /** Names the record for a later update or deletion: opaque to all but its target. */
  id: string
  values: Row
}

/** What a run may make in its target where it is missing. */
export interface Makeable {
  /** The object itself, with all that is written to it. */
  object: boolean
  /** All fields that are written, and those of them that may be made in an object that is there. */
  fields: readonly string[]
  newFields: readonly string[]
  /** The fields by which the records of a new object are told apart. */
  key: readonly string[]
  /** What the source says of their values, by the names of the fields; asked only where it is needed. */
  types: () => Promise<ReadonlyMap<string, FieldFacts>>
}

/** What of that is missing, and so is made by a run before it writes. */
export interface Making {
  object: boolean
  fields: readonly { name: string; type: string }[]
}

/** The target of one sync, as a preview sees it. */
export interface TargetReader {
  /** Throws `RunProblem` where the object does not exist, and may not be made. Nothing is made by this. */
  describe(object: string, configuration: JsonObject, makeable?: Makeable): Promise<TargetFacts>
  /** For each key the records that match: two are enough to show that they are several. */
  lookUp(object: string, request: LookUp): Promise<Hit[][]>
  /** How many records the object holds. Absent: it cannot tell. */
  count?(object: string): Promise<number>
  /** All objects that there are, without their fields. Absent: it has no list. */
  objects?(): Promise<ObjectFacts[]>
  close(): Promise<void>
}

/** What the plan of a run needs to know of a target. */
export interface TargetFacts extends ObjectFacts {
  modes: readonly SyncMode[]
  functions: readonly IdentityFunction[]
  /** What is not there yet, and stands among the fields all the same. */
  makes?: Making
  /** Records in one request. */
  batch: number
  /** Requests at once. */
  workers: number
  /** Its records cannot be looked up: each is sent, and what it does with it is its own affair. */
  isBlind?: boolean
  /** Absent: nothing can be said before records are sent. */
  refusalOf?: RefusalOf
  /** What a value comes to be in a field, for who compares it with what is there. Absent: what it is. */
  standsAs?: (field: string, value: Value) => Cell
  /** Mapped fields with this target are written under the names of their sources: `record` of a webhook. */
  container?: string
}

/**
 * Returns why a record cannot be written, as far as its values say so. Throws `RunProblem` where there is no
 * such field.
 */
export type RefusalOf = (
  record: Pick<WriteRequest, 'operation' | 'fields'> & { values: Row }
) => Refusal | undefined

/** The same target for a run. */
export interface TargetWriter extends TargetReader {
  /**
   * Writes records of one operation. Resolves with one outcome for each, in order. Throws `LostAnswer` where
   * nobody knows what was done, `RetryLater` where nothing was, and `RunProblem` where going on is pointless.
   */
  write(request: WriteRequest): Promise<Outcome[]>
  /** Makes what was missing when the object was described. Absent: nothing ever is. */
  make?(object: string): Promise<void>
  /** Replaces all that the object holds. Absent: it cannot. */
  replace?(object: string, fields: readonly string[]): Promise<Replacement>
}

/** The operations on a record. */
export type Operation = 'insert' | 'update' | 'delete'

/** Records to write to an object by one operation. */
export interface WriteRequest {
  sync: { id: string; name: string }
  object: string
  operation: Operation
  /** The names of the fields of `values`. */
  fields: readonly string[]
  records: readonly WriteRecord[]
}

/** A record to write. */
export interface WriteRecord {
  /** Of updates and deletions: the `id` of its hit. */
  id?: string
  /** In the order of `fields`; where undefined, the field is left as it is. */
  values: readonly Cell[]
  /** The same for each try and each run that writes these values to this record. */
  token: string
}

/** Why a record is not written, in a sentence without its values. */
export interface Refusal {
  code: string
  message: string
}

/** What became of a record. */
export type Outcome =
  | { state: 'done'; id?: string; warning?: string }
  | ({ state: 'rejected' } & Refusal)
  /** Nothing was done with it, and trying again may help. */
  | { state: 'retry'; code: string; message: string }

/** A replacement of all records: nobody sees it before it is committed. */
export interface Replacement {
  write(records: readonly WriteRecord[]): Promise<Outcome[]>
  /** Resolves with how many records there were before. */
  commit(): Promise<{ removed: number }>
  rollback(): Promise<void>
}

/** Ends the run as failed. The message is one sentence for a person, without values of records. */
export class RunProblem extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The code of a `RunProblem` that a person mends by signing in. */
export const signedOut = 'signed_out'

/** Nothing was done; the whole request may be sent again, after `afterMs` if the target says so. */
export class RetryLater extends Error {
  readonly code: string
  readonly afterMs: number | undefined
  constructor(code: string, message: string, afterMs?: number) {
    super(message)
    this.code = code
    this.afterMs = afterMs
  }
}

/** The request was sent and its answer did not come: it may have been carried out, or a part of it. */
export class LostAnswer extends Error {}
