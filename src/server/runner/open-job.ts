import type { ExecutionCounts } from '../../wire/execution.ts'
import type { RunBounds } from '../../wire/local-start.ts'
import type { SyncStartRequest } from '../../wire/sync.ts'
import type { StoredConnection, StoredModel, StoredSync } from '../stored.ts'
import type { Writing } from './apply.ts'
import {
  RunProblem,
  type Making,
  signedOut,
  type ConnectionFacts,
  type Connector,
  type ConnectorParts,
  type TargetReader,
  type TargetWriter
} from './connector.ts'
import { assertionsOf } from './assertions.ts'
import type { Connectors } from './connectors.ts'
import type { Hold } from './hold.ts'
import { makeableOf } from './makes.ts'
import type { Job } from './job.ts'
import { mappingOf } from './mapping.ts'
import { preview, run, type Previewed } from './run.ts'
import type { Decision } from './plan.ts'
import { ErrorSummary, noCounts, type RunLog } from './run-log.ts'
import type { RunnerState } from './state.ts'

/** A sync with what it names. */
export interface SyncFacts {
  sync: StoredSync
  model: StoredModel
  from: StoredConnection
  to: StoredConnection
}

/** What runs and previews need of the server. */
export interface JobParts {
  connectors: Connectors
  state: RunnerState
  /** Told of a connection that waits for a person from now on, and why. */
  signedOut?: (connection: string, why: string) => void
  parts: Omit<ConnectorParts, 'signal'>
  sleep: Writing['sleep']
  random: () => number
}

/** One run or preview. */
export interface JobRequest {
  request: SyncStartRequest
  bounds?: RunBounds
  /** Keeps a run to what was approved. */
  hold?: Hold
  log: RunLog
  signal: AbortSignal
  counts?: ExecutionCounts
  errors?: ErrorSummary
}

/** Runs a sync to its end. Rejects with `RunProblem`, `Canceled`, or what went wrong. */
export async function runSync(
  facts: SyncFacts,
  parts: JobParts,
  request: JobRequest
): Promise<ExecutionCounts> {
  const { connectors, state, sleep, random } = parts
  return withJob(
    facts,
    parts,
    request,
    async (connector, open) => {
      const writer = await opened(connector.writer, facts.to, parts, request.signal)
      return using(writer, async () => {
        const job = await open(writer)
        await run({ job, writer, store: state.store, sleep, random }, request.hold)
        return job.counts
      })
    },
    connectors
  )
}

/**
 * Shows what a run would do, and returns the guards that would stop it. Nothing that it is given can write.
 */
export async function previewSync(
  facts: SyncFacts,
  parts: JobParts,
  request: JobRequest,
  show: (decision: Decision, job: Job) => void
): Promise<PreviewedSync> {
  return withJob(
    facts,
    parts,
    request,
    async (connector, open) => {
      const reader = await opened(connector.reader, facts.to, parts, request.signal)
      return using(reader, async () => {
        const job = await open(reader)
        const { stops, isBaseline } = await preview(job, (decision) => show(decision, job))
        const columns = job.mapping.columns.map(({ name }) => name)
        const { makes } = job.facts
        return { counts: job.counts, read: job.passed, columns, stops, isBaseline, makes }
      })
    },
    parts.connectors
  )
}

/** What came of a preview. */
export interface PreviewedSync extends Previewed {
  counts: ExecutionCounts
  /** How many records of the source the filters let pass. */
  read: number
  /** The fields that are written. */
  columns: string[]
  /** What a run would make before it writes. */
  makes: Making | undefined
}

type Open = (target: TargetReader) => Promise<Job>

async function withJob<T>(
  facts: SyncFacts,
  parts: JobParts,
  { request, bounds, log, signal, counts, errors }: JobRequest,
  work: (target: Connector, open: Open) => Promise<T>,
  connectors: Connectors
): Promise<T> {
  const { sync, model, from, to } = facts
  const connector = await loaded(connectors, from.type)
  const source = await opened(connector.source, from, parts, signal)
  return using(source, async () => {
    const stage = parts.state.openStage(sync.id)
    try {
      return await work(await loaded(connectors, to.type), async (target) => {
        const described = await target.describe(
          sync.target.object ?? '',
          sync.target.configuration ?? {},
          makeableOf(sync, model, to, source)
        )
        const assertions = bounds?.assertions ?? []
        const mapping = mappingOf(
          sync,
          model,
          described,
          assertions.map(({ fields = [] }) => fields)
        )
        return {
          sync,
          model,
          request,
          bounds: bounds ?? {},
          source,
          target,
          facts: described,
          mapping,
          assertions: assertionsOf(assertions, mapping.others, parts.parts.now()),
          state: parts.state.reader,
          stage,
          log,
          counts: counts ?? noCounts(),
          errors: errors ?? new ErrorSummary(),
          passed: 0,
          signal
        }
      })
    } finally {
      stage.drop()
    }
  })
}

async function loaded(connectors: Connectors, type: string): Promise<Connector> {
  const entry = connectors.get(type)
  if (entry === undefined) throw new RunProblem('connector', `this server does not talk to ${type}`)
  return entry.load()
}

type Opener<T> = (connection: ConnectionFacts, parts: ConnectorParts) => Promise<T>

async function opened<T extends TargetReader | TargetWriter | Job['source']>(
  open: Opener<T> | undefined,
  { id, name, type, configuration, grant }: StoredConnection,
  { parts, signedOut: reportSignOut }: JobParts,
  signal: AbortSignal
): Promise<T> {
  if (open === undefined) throw new RunProblem('connector', `this server does not use ${type} in this way`)
  const facts = { id, name, type, configuration, grant }
  try {
    return await open(facts, { ...parts, signal })
  } catch (error) {
    if (error instanceof RunProblem && error.code === signedOut) reportSignOut?.(id, error.message)
    throw error
  }
}

/** Closes what was opened, however the work ends. */
async function using<T>(resource: { close(): Promise<void> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await resource.close().catch(() => undefined)
  }
}
