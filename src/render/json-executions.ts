import type { RecordCounts } from '../state/execution.ts'
import { addressText } from '../state/resource.ts'
import { formatVersion, headJson, problemJson, problemsJson } from './json-parts.ts'
import type { ExecutionsView, RunState, RunView } from './view/executions.ts'

const states: readonly RunState[] = [
  'done',
  'degraded',
  'failed',
  'stopped',
  'canceled',
  'running',
  'unknown',
  'not started',
  'skipped',
  'never run'
]

/** What became of each sync that was run. */
export function executionsDocument(view: ExecutionsView): unknown {
  const { runs } = view
  return {
    ...headJson(view.header),
    format_version: formatVersion,
    summary: Object.fromEntries(
      states.map((state) => [wordOf(state), runs.filter((run) => run.state === state).length])
    ),
    runs: runs.map(runJson),
    problems: problemsJson(view.problems)
  }
}

function wordOf(state: RunState): string {
  return state.replaceAll(' ', '_')
}

function runJson({ address, id, state, execution, durationMs, isJoined, notes, met, problem }: RunView) {
  return {
    kind: address.kind,
    name: address.name,
    address: addressText(address),
    id,
    state: wordOf(state),
    joined: isJoined,
    execution:
      execution === undefined
        ? null
        : {
            id: execution.id,
            status: execution.status,
            started_at: execution.startedAt ?? null,
            completed_at: execution.completedAt ?? null,
            duration_seconds: durationMs === undefined ? null : durationMs / 1000,
            counts: countsJson(execution.counts),
            errors: execution.errors,
            schemas: execution.parts.map(({ name, status, counts, message }) => ({
              name,
              status,
              counts: countsJson(counts),
              message: message ?? null
            }))
          },
    conditions_met: met,
    notes,
    problem: problem === undefined ? null : problemJson(problem)
  }
}

function countsJson(counts: RecordCounts) {
  return {
    total: counts.total ?? null,
    inserts: counts.inserts ?? null,
    updates: counts.updates ?? null,
    upserts: counts.upserts ?? null,
    deletes: counts.deletes ?? null,
    errors: counts.errors ?? null,
    warnings: counts.warnings ?? null
  }
}
