import { openRunnerState, type RunnerState } from '../../../src/server/runner/state.ts'
import { previewSync, runSync, type SyncFacts } from '../../../src/server/runner/open-job.ts'
import { writtenValues } from '../../../src/server/runner/plan.ts'
import { ErrorSummary, noCounts, type LogEntry } from '../../../src/server/runner/run-log.ts'
import type { ExecutionCounts } from '../../../src/wire/execution.ts'
import { textOf } from '../../../src/server/runner/value.ts'
import type { StoredConnection, StoredModel, StoredSync } from '../../../src/server/stored.ts'
import type { GuardStop, RunBounds } from '../../../src/wire/local-start.ts'
import type { SyncStartRequest } from '../../../src/wire/sync.ts'
import type { Connectors } from '../../../src/server/runner/connectors.ts'

/** Runs of one sync without a server around them. */

const by = { id: 'u', name: 'U', type: 'user' as const }
const base = {
  organization_id: 'o',
  created_at: '2026-01-01T00:00:00Z',
  created_by: by,
  updated_at: '2026-01-01T00:00:00Z',
  updated_by: by
}

function connection(
  id: string,
  type: string,
  configuration: StoredConnection['configuration']
): StoredConnection {
  return { ...base, id, name: id, type, configuration, status: 'healthy', policies: [] }
}

export function field(target: string, source = target, more: object = {}): StoredSync['fields'][number] {
  return { target, source: { model_id: 'm', field: source }, ...more }
}

export function identity(
  target: string,
  source = target,
  name = 'Equality'
): NonNullable<StoredSync['identity']> {
  return { source: { model_id: 'm', field: source }, target, function: name }
}

export interface Setting {
  sync?: Partial<StoredSync>
  model?: Partial<StoredModel>
  from?: Partial<StoredConnection>
  to?: Partial<StoredConnection>
}

/** A sync of `people` by e-mail address, as far as it is not said otherwise. */
export function syncFacts({ sync = {}, model = {}, from = {}, to = {} }: Setting = {}): SyncFacts {
  return {
    sync: {
      ...base,
      id: 's',
      name: 'People',
      mode: 'updateOrCreate',
      active: true,
      policies: [],
      model_ids: ['m'],
      fields: [field('name')],
      identity: identity('email'),
      schedule: { frequency: 'manual' },
      target: { connection_id: 'to', object: 'people' },
      ...sync
    },
    model: {
      ...base,
      id: 'm',
      name: 'People',
      type: 'postgresql',
      version: 1,
      connection_id: 'from',
      configuration: { table: 'people' },
      identifier: '',
      fields: [],
      fields_known: false,
      relations: [],
      tracking_columns: [],
      labels: [],
      policies: [],
      ...model
    },
    from: { ...connection('from', 'postgresql', {}), ...from },
    to: { ...connection('to', 'salesforce', {}), ...to }
  }
}

export interface Shown {
  operation: string
  reason: string | undefined
  identity: string[]
  /** Whether it has the values already that would be written. */
  same: boolean
}

export interface Done {
  counts: ExecutionCounts
  errors: string[]
  log: Record<string, LogEntry[]>
  shown: Shown[]
  /** Of a preview: the guards that would stop the run. */
  stops: GuardStop[]
  problem?: unknown
}

/** The runner over a state that outlives its runs. */
export interface RunnerWorld {
  state: RunnerState
  run(
    facts?: SyncFacts,
    request?: SyncStartRequest,
    signal?: AbortSignal,
    bounds?: RunBounds
  ): Promise<Done>
  preview(facts?: SyncFacts, request?: SyncStartRequest, bounds?: RunBounds): Promise<Done>
}

export function runnerWorld(
  connectors: Connectors,
  file?: string,
  progress: () => void = () => undefined
): RunnerWorld {
  const state = openRunnerState(file, () => 'secret')
  const parts = {
    connectors,
    state,
    parts: {
      fetch: (request: Request) => fetch(request),
      readFile: () => {
        throw new Error('no files here')
      },
      now: () => new Date(0),
      sleep: () => Promise.resolve(),
      timeout: () => new AbortController().signal
    },
    sleep: () => Promise.resolve(),
    random: () => 0.5
  }
  const doing = async (
    work: (request: Parameters<typeof runSync>[2], shown: Shown[]) => Promise<GuardStop[]>,
    request: SyncStartRequest = {},
    signal: AbortSignal = new AbortController().signal,
    bounds: RunBounds = {}
  ): Promise<Done> => {
    const log: Record<string, LogEntry[]> = {}
    const errors = new ErrorSummary()
    const counts = noCounts()
    const shown: Shown[] = []
    const job = {
      request,
      bounds,
      signal,
      counts,
      errors,
      log: {
        entry: (type: string, entry: LogEntry) => void (log[type] ??= []).push(entry),
        say: () => undefined,
        progress
      }
    }
    try {
      const stops = await work(job, shown)
      return { counts, errors: errors.lines(), log, shown, stops }
    } catch (problem) {
      return { counts, errors: errors.lines(), log, shown, stops: [], problem }
    }
  }
  return {
    state,
    run: (facts = syncFacts(), request, signal, bounds) =>
      doing(async (job) => (await runSync(facts, parts, job), []), request, signal, bounds),
    preview: (facts = syncFacts(), request, bounds) =>
      doing(
        async (job, shown) => {
          const { stops } = await previewSync(facts, parts, job, (decision, job) => {
            const { operation, reason, mapped } = decision
            const { at, matches } = job.mapping.identity
            const identity = mapped.slice(at, at + matches.length).map(textOf)
            const same = writtenValues(job, decision).every((one) => one.same)
            shown.push({ operation, reason, identity, same })
          })
          return stops
        },
        request,
        undefined,
        bounds
      )
  }
}
