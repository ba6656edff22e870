import pLimit from 'p-limit'
import type { Events } from '../../events.ts'
import type { Records } from '../../records.ts'
import type {
  StoredBulkExecution,
  StoredBulkSync,
  StoredConnection,
  StoredSchemaExecution
} from '../../stored.ts'
import {
  RunProblem,
  type ConnectionFacts,
  type Connector,
  type ConnectorParts,
  type CopyRequest
} from '../connector.ts'
import type { Connectors } from '../connectors.ts'
import { Canceled, mustGoOn } from '../job.ts'
import type { LogStore } from '../log-store.ts'
import { isOpen } from '../open.ts'
import { raiseBulkEnd, raiseBulkStart } from './bulk-events.ts'
import { possibleCopy, type BulkFacts, type CopiedTable, type CopiesOf } from './copies.ts'
import { copyTable, type CopyOrder } from './copy-table.ts'

/** Runs bulk syncs outside of requests. */
export interface BulkRunner {
  /** Throws `RunProblem` with why a bulk sync cannot run here. */
  mustRun(sync: StoredBulkSync): void
  /** Begins an execution once the transaction that stores it is over. */
  begin(execution: string): void
  /** Asks one that runs to stop, or one of its schemas; false for one that does not run. */
  cancel(execution: string): boolean
  /** The schemas of one that runs, as far as they are. */
  schemas(execution: string): StoredSchemaExecution[] | undefined
  recover(): void
  close(): void
}

/** The dependencies of the runner of bulk syncs. */
export interface BulkRunnerParts {
  records: Records
  events: Events
  logs: LogStore
  connectors: Connectors
  parts: Omit<ConnectorParts, 'signal'>
  transaction: <T>(work: () => T) => T
  now: () => Date
  /** Told after each batch of records. */
  moving: () => void
  copiesOf: CopiesOf
  reasonOf: (error: unknown) => string
  /** Something has ended: others may run after it. */
  ended: () => void
}

interface Running {
  stop: AbortController
  schemas: StoredSchemaExecution[]
}

const bulkSyncsAtOnce = 2

/** Opens the runner of the bulk syncs of a server. */
export function openBulkRunner(parts: BulkRunnerParts): BulkRunner {
  const { records, transaction, now, connectors } = parts
  const limit = pLimit(bulkSyncsAtOnce)
  const running = new Map<string, Running>()
  const closing = { isClosed: false }
  const begin = (id: string): void => {
    const own: Running = { stop: new AbortController(), schemas: [] }
    running.set(id, own)
    // Transactions are synchronous, so this runs when the one that stored the execution is over.
    void limit(() => execute(parts, id, own, closing))
      .catch(() => undefined)
      .finally(() => {
        running.delete(id)
        parts.ended()
      })
  }
  return {
    mustRun: (sync) => void possibleCopy(sync, records, connectors),
    begin,
    cancel: (id) => {
      running.get(id)?.stop.abort()
      return running.has(id)
    },
    schemas: (id) => running.get(id)?.schemas,
    recover: () => {
      for (const execution of records.all('bulk_execution')) {
        if (execution.status === 'created') begin(execution.id)
        else if (isOpen(execution.status)) transaction(() => interrupt(records, execution, now()))
      }
    },
    close: () => {
      for (const [id, { stop, schemas }] of running) {
        const execution = records.get('bulk_execution', id)
        if (execution !== undefined && execution.status !== 'created')
          transaction(() => interrupt(records, { ...execution, schemas }, now()))
        stop.abort()
      }
      closing.isClosed = true
    }
  }
}

/** A table that was not copied to its end is as it was before. */
function interrupt(records: Records, execution: StoredBulkExecution, at: Date): void {
  records.put('bulk_execution', {
    ...execution,
    status: 'interrupted',
    status_message: 'the server ended while it ran; the next execution copies what is left',
    completed_at: at.toISOString(),
    schemas: execution.schemas.map((one) =>
      isOpen(one.status) ? { ...one, status: 'interrupted' as const } : one
    )
  })
}

async function execute(
  parts: BulkRunnerParts,
  id: string,
  own: Running,
  closing: { isClosed: boolean }
): Promise<void> {
  const { records, transaction, now, events } = parts
  const stored = records.get('bulk_execution', id)
  const sync = stored === undefined ? undefined : records.get('bulk_sync', stored.sync_id)
  // What stored it may have been rolled back, and the bulk sync may be gone since.
  if (stored === undefined || sync === undefined || closing.isClosed) return
  const started: StoredBulkExecution = { ...stored, status: 'running', started_at: now().toISOString() }
  transaction(() => {
    records.put('bulk_execution', started)
    raiseBulkStart(events, started, sync)
  })
  const end = await outcomeOf(parts, started, sync, own)
  if (closing.isClosed) return
  transaction(() => {
    const completed_at = now().toISOString()
    const schemas = own.schemas.map((one) =>
      isOpen(one.status) ? { ...one, status: end.status, completed_at } : one
    )
    const ended: StoredBulkExecution = { ...started, ...end, schemas, completed_at }
    // A bulk sync that was deleted takes its executions along.
    if (records.get('bulk_execution', id) === undefined) return
    records.put('bulk_execution', ended)
    raiseBulkEnd(events, ended, sync)
  })
}

async function outcomeOf(
  parts: BulkRunnerParts,
  execution: StoredBulkExecution,
  sync: StoredBulkSync,
  own: Running
): Promise<Pick<StoredBulkExecution, 'status' | 'status_message'>> {
  const { signal } = own.stop
  const say = saying(parts, execution.id)
  try {
    mustGoOn({ signal })
    await copyAll(parts, execution, possibleCopy(sync, parts.records, parts.connectors), own)
    const failed = own.schemas.filter(({ status }) => status === 'failed')
    const [first] = failed
    say('INFO', 'completed')
    if (first === undefined) return { status: 'completed', status_message: refusedWords(own.schemas) }
    const message = `${failed.length} of ${own.schemas.length} schemas failed: ${first.status_message}`
    return { status: 'failed', status_message: message }
  } catch (error) {
    if (signal.aborted || error instanceof Canceled) return { status: 'canceled', status_message: '' }
    const why = parts.reasonOf(error)
    say('ERROR', why)
    return { status: 'failed', status_message: why }
  }
}

/** The first schema of which records were refused, and why the last of them was. */
function refusedWords(schemas: readonly StoredSchemaExecution[]): string {
  const some = schemas.filter(({ error_count }) => error_count > 0)
  const [first, another] = some
  if (first === undefined) return ''
  const { schema, error_count: count, status_message: why } = first
  const others = another === undefined ? '' : `; and of ${some.length - 1} more`
  return `${count} ${count === 1 ? 'record' : 'records'} of ${schema} refused: ${why}${others}`
}

/** Copies one table after the other. What fails one leaves the others alone. */
async function copyAll(
  parts: BulkRunnerParts,
  { id, request }: StoredBulkExecution,
  { sync, from, to }: BulkFacts,
  own: Running
): Promise<void> {
  const { signal } = own.stop
  const source = await opened(parts, from, signal, (connector) => connector.source)
  try {
    const objects = await source.objects()
    const tables = parts.copiesOf(sync, from, objects, request)
    if (tables.length === 0) throw new RunProblem('schemas', 'it has no schema that is enabled')
    own.schemas = tables.map((table) => pending(table, parts.now()))
    const writer = await opened(parts, to, signal, (connector) => connector.tables)
    try {
      const owner = { id: sync.id, name: sync.name, source: from.name }
      const order = { owner, isTest: request.test === true, way: wayOf(request), signal }
      const taken = new Set<string>()
      for (const [at, table] of tables.entries()) {
        mustGoOn({ signal })
        const change = (more: Partial<StoredSchemaExecution>): void => {
          const one = own.schemas[at]
          if (one !== undefined) own.schemas[at] = { ...one, ...more }
        }
        change({ status: 'running', started_at: parts.now().toISOString() })
        const copying = (): Promise<number> => {
          mustBeOnlyOne(taken, table)
          return copyTable(
            table,
            { source, objects, writer },
            { ...order, ...telling(parts, id, change, own, at) }
          )
        }
        await settled(parts, id, table, signal, copying, change)
      }
    } finally {
      await writer.close().catch(() => undefined)
    }
  } finally {
    await source.close().catch(() => undefined)
  }
}

async function settled(
  parts: BulkRunnerParts,
  execution: string,
  { id }: CopiedTable,
  signal: AbortSignal,
  copying: () => Promise<number>,
  change: (more: Partial<StoredSchemaExecution>) => void
): Promise<void> {
  try {
    const record_count = await copying()
    change({ status: 'completed', record_count, completed_at: parts.now().toISOString() })
  } catch (error) {
    if (signal.aborted || error instanceof Canceled) throw error
    const status_message = parts.reasonOf(error)
    saying(parts, execution)('ERROR', `${id}: ${status_message}`)
    change({ status: 'failed', status_message, completed_at: parts.now().toISOString() })
  }
}

/** What a copy tells while it goes on. */
function telling(
  parts: BulkRunnerParts,
  execution: string,
  change: (more: Partial<StoredSchemaExecution>) => void,
  own: Running,
  at: number
): Pick<CopyOrder, 'refused' | 'say' | 'progress'> {
  const now = (): StoredSchemaExecution | undefined => own.schemas[at]
  const say = saying(parts, execution)
  return {
    refused: (entry) => {
      parts.logs.add(execution, 'errors', entry)
      const status_message = `${entry.code ?? ''}: ${entry.message ?? ''}`
      change({ error_count: (now()?.error_count ?? 0) + 1, status_message })
    },
    say: (level, message) => {
      if (level === 'WARN') change({ warning_count: (now()?.warning_count ?? 0) + 1 })
      say(level, message)
    },
    progress: () => parts.moving()
  }
}

function saying({ logs, now }: BulkRunnerParts, execution: string) {
  return (level: 'INFO' | 'WARN' | 'ERROR', message: string): void =>
    logs.say(execution, { level, message, timestamp: now().toISOString() })
}

function pending({ id, output }: CopiedTable, at: Date): StoredSchemaExecution {
  return {
    schema: id,
    output_name: output.table,
    status: 'created',
    status_message: '',
    record_count: 0,
    error_count: 0,
    warning_count: 0,
    created_at: at.toISOString()
  }
}

function mustBeOnlyOne(taken: Set<string>, { output: { schema, table } }: CopiedTable): void {
  const name = JSON.stringify([schema, table])
  if (taken.has(name))
    throw new RunProblem(
      'table',
      `another schema goes to the table ${table} of ${schema} already: give one of them a user_output_name`
    )
  taken.add(name)
}

function wayOf({ resync_mode: mode = '' }: StoredBulkExecution['request']): CopyRequest['way'] {
  if (mode === 'rebuild') return 'rebuilt'
  return mode === 'resync' ? 'whole' : 'changes'
}

async function opened<T>(
  { connectors, parts }: BulkRunnerParts,
  { id, name, type, configuration }: StoredConnection,
  signal: AbortSignal,
  part: (
    connector: Connector
  ) => ((facts: ConnectionFacts, parts: ConnectorParts) => Promise<T>) | undefined
): Promise<T> {
  const connector = await connectors.get(type)?.load()
  const open = connector === undefined ? undefined : part(connector)
  if (open === undefined) throw new RunProblem('connector', `nothing here copies tables of ${type}`)
  return open({ id, name, type, configuration }, { ...parts, signal })
}
