import pLimit from 'p-limit'
import { pathOfOne } from '../remote/address.ts'
import type { Reader, Writer } from '../remote/transport.ts'
import type { Execution, StartRequest } from '../state/execution.ts'
import { stoppedWords, type GuardStop } from '../wire/local-start.ts'
import { addressText } from '../state/resource.ts'
import type { ExecutionEvent, Run, SyncRun } from './events.ts'
import { cancel, followed } from './follow.ts'
import { stopsOf } from './own-service.ts'
import { started, type Executable } from './start.ts'

/** How executions are run. */
export interface RunOptions {
  request: StartRequest
  /** At most so many syncs run at once. */
  most: number
  /** They are started and not waited for. */
  detach: boolean
  /** One that runs already is followed. */
  join: boolean
}

/** What running needs beside the options. */
export interface RunParts {
  writer: Writer
  /** A connection that an interrupt does not end at once; absent where an interrupt cancels nothing. */
  canceling?: Writer
  tell(event: ExecutionEvent): void
}

/**
 * Starts syncs and follows each to its end. One whose schedule runs it after others of them is started when
 * those are done, and skipped where one of those was not: it would move what is not there. An interrupt
 * leaves what runs running, or cancels it.
 */
export async function runAll(
  executables: readonly Executable[],
  options: RunOptions,
  parts: RunParts
): Promise<SyncRun[]> {
  const limit = pLimit(options.most)
  const runs = new Map<string, Promise<Run>>()
  const runOf = async (one: Executable, before: readonly Executable[]): Promise<Run> => {
    const earlier = await Promise.all(
      before.map(async (each) => ({ each, run: await (runs.get(each.live.id) ?? absent) }))
    )
    const hindered = earlier.find(
      ({ run }) => run.outcome !== 'ended' || run.execution.ended !== 'completed'
    )
    if (hindered !== undefined && !options.detach)
      return {
        outcome: 'skipped',
        because: `${addressText(hindered.each.live)}, after which it runs, is not done`
      }
    const begunAfter = before.length === 0 ? undefined : latestEnd(earlier.map(({ run }) => run))
    return await limit(async () => await runOne(one, begunAfter, options, parts))
  }
  for (const { one, before } of inOrder(executables)) {
    runs.set(
      one.live.id,
      runOf(one, before).then((run) => {
        parts.tell({ type: 'settled', address: one.live, run })
        return run
      })
    )
  }
  return await Promise.all(
    executables.map(async ({ live }) => ({
      address: { kind: live.kind, name: live.name },
      id: live.id,
      run: await (runs.get(live.id) ?? absent)
    }))
  )
}

const absent: Promise<Run> = Promise.resolve({ outcome: 'skipped', because: 'it was not chosen' })

interface Ordered {
  one: Executable
  /** Those of the others after which its schedule runs it. */
  before: Executable[]
}

/** Each after those that its schedule names. Where they go in a circle, one of them begins. */
export function inOrder(executables: readonly Executable[]): Ordered[] {
  const byId = new Map(executables.map((one) => [one.live.id.toLowerCase(), one]))
  const order: Ordered[] = []
  const done = new Set<Executable>()
  const open = new Set<Executable>()
  const visit = (one: Executable): void => {
    if (done.has(one) || open.has(one)) return
    open.add(one)
    const named = one.kind.executions.runsAfter(one.live.wire)
    const before = named.flatMap((id) => byId.get(id.toLowerCase()) ?? []).filter((each) => !open.has(each))
    before.forEach(visit)
    open.delete(one)
    done.add(one)
    order.push({ one, before })
  }
  executables.forEach(visit)
  return order
}

function latestEnd(runs: readonly Run[]): number {
  const ends = runs.map((run) =>
    run.outcome === 'ended' ? Date.parse(run.execution.completedAt ?? '') : NaN
  )
  return Math.max(0, ...ends.filter((end) => !Number.isNaN(end)))
}

async function runOne(
  one: Executable,
  begunAfter: number | undefined,
  { request, detach, join }: RunOptions,
  { writer, canceling, tell }: RunParts
): Promise<Run> {
  const { live, changedAt } = one
  const after = begunAfter ?? (changedAt === undefined ? undefined : changedAt + 1)
  const joining = { any: join, ...(after === undefined ? {} : { begunAfter: after }) }
  const begun = await started(one, request, joining, writer)
  if (!begun.ok) {
    return begun.interrupted === true
      ? { outcome: 'skipped', because: 'it was interrupted before it was started' }
      : { outcome: 'failed', problem: begun.problem }
  }
  const { execution, isJoined } = begun
  tell({ type: isJoined ? 'joined' : 'started', address: live, execution: execution.id })
  if (detach) return { outcome: 'running', execution, isJoined }
  const progress = (now: typeof execution): void =>
    tell({ type: 'progress', address: live, execution: now })
  let come = await followed(one, execution, writer, progress)
  if (come.is === 'left' && canceling !== undefined && !isJoined) {
    tell({ type: 'canceling', address: live, execution: execution.id })
    if (await cancel(one, execution.id, canceling))
      come = await followed(one, come.execution, patient(canceling), progress)
  }
  if (come.is === 'lost') return { outcome: 'failed', problem: come.problem, execution: execution.id }
  if (come.is === 'left') return { outcome: 'running', execution: come.execution, isJoined }
  const { execution: end } = come
  const stops = await stopsOfOne(one, end, writer)
  return { outcome: 'ended', execution: end, ...durationOf(end), isJoined, stops }
}

/** Only polyctl's own server says why it stopped one before it wrote anything. */
async function stopsOfOne(
  { live, kind, bounds }: Executable,
  { id, ended, errors }: Execution,
  writer: Writer
): Promise<GuardStop[]> {
  // Guards that were handed in with a sync stop it also where this start said nothing of them.
  const mayBeStopped = bounds !== undefined || errors.some((error) => error.startsWith(stoppedWords))
  if (!mayBeStopped || ended !== 'failed') return []
  const at = await pathOfOne(writer, kind, live.id)
  return at.ok ? await stopsOf(at.path, id, writer) : []
}

/** After an interrupt nobody waits long for the end of what was canceled. */
function patient(reader: Reader): Reader {
  let looks = 0
  return {
    ...reader,
    sleep: async (ms) => (looks += 1) <= mostLooks && (await reader.sleep(Math.min(ms, 1000)))
  }
}

const mostLooks = 4

/** Returns how long an execution took, where the service tells both times. */
export function durationOf({ startedAt = '', completedAt = '' }: Execution): { durationMs?: number } {
  const durationMs = Date.parse(completedAt) - Date.parse(startedAt)
  return Number.isNaN(durationMs) ? {} : { durationMs: Math.max(0, durationMs) }
}
