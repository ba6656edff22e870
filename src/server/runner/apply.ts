import { hash } from 'node:crypto'
import { unpacked } from './codec.ts'
import {
  LostAnswer,
  RetryLater,
  RunProblem,
  type Operation,
  type Outcome,
  type TargetWriter,
  type WriteRecord
} from './connector.ts'
import { givenUp, isGivenUp, looksUp, mustGoOn, namesOf, refuse, warn, type Job } from './job.ts'
import type { Task } from './stage.ts'
import type { StateStore } from './state.ts'
import { isEmpty, type Row, type Value } from './value.ts'

/** What writing needs beside a job. */
export interface Writing {
  job: Job
  writer: TargetWriter
  store: StateStore
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1, by chance. */
  random: () => number
}

const tries = 6
const firstWaitMs = 500
const longestWaitMs = 60_000
const order: readonly Operation[] = ['delete', 'update', 'insert']

/**
 * Phase 3: writes what was planned, in batches of the target's size by several workers. Each record is
 * settled on its own result: only the target's yes moves what is remembered of it.
 */
export async function apply(writing: Writing): Promise<void> {
  const { job } = writing
  for (const operation of order) {
    const next = batches(job, operation)
    let stopped: { by: unknown } | undefined
    const worker = async (): Promise<void> => {
      for (let tasks = next(); tasks.length > 0 && stopped === undefined; tasks = next()) {
        try {
          mustGoOn(job)
          await deliver(writing, operation, tasks)
        } catch (error) {
          stopped ??= { by: error }
        }
      }
    }
    await Promise.all(Array.from({ length: Math.max(1, job.facts.workers) }, worker))
    if (stopped !== undefined) throw stopped.by
  }
}

function batches({ stage, facts }: Job, operation: Operation): () => Task[] {
  let last = 0
  return () => {
    const tasks = stage.tasks(operation, last, Math.max(1, facts.batch))
    last = tasks.at(-1)?.seq ?? last
    return tasks
  }
}

interface Sent {
  task: Task
  mapped: Row
  record: WriteRecord
}

/** Writes one batch, as often as it takes. */
async function deliver(writing: Writing, operation: Operation, tasks: readonly Task[]): Promise<void> {
  const { job } = writing
  let open = tasks.map((task) => prepared(job, task))
  let last: { code: string; message: string; afterMs?: number | undefined } | undefined
  for (let attempt = 0; attempt < tries && open.length > 0; attempt += 1) {
    if (attempt > 0) await pause(writing, attempt, last?.afterMs)
    const result = await send(writing, operation, open)
    if (result.problem !== undefined) {
      last = result.problem
      if (attempt === tries - 1) throw new RunProblem(last.code, last.message)
      if (result.lost && operation === 'insert') open = await withoutArrived(writing, open)
      continue
    }
    const again = open.filter((_one, index) => result.outcomes[index]?.state === 'retry')
    settle(writing, operation, open, result.outcomes, attempt === tries - 1)
    open = again
    last = undefined
  }
}

type Result =
  | { outcomes: Outcome[]; problem?: undefined }
  | { problem: { code: string; message: string; afterMs?: number | undefined }; lost: boolean }

async function send(
  { job, writer }: Writing,
  operation: Operation,
  open: readonly Sent[]
): Promise<Result> {
  const { sync, mapping } = job
  try {
    const outcomes = await writer.write({
      sync: { id: sync.id, name: sync.name },
      object: sync.target.object ?? '',
      operation,
      fields: mapping.columns.map(({ name }) => name),
      records: open.map(({ record }) => record)
    })
    return { outcomes }
  } catch (error) {
    if (error instanceof RetryLater) return { problem: error, lost: false }
    if (!(error instanceof LostAnswer)) throw error
    const { message } = error
    return { problem: { code: 'LOST_ANSWER', message }, lost: true }
  }
}

/** Waits longer each time, and not as long as all the others. */
async function pause({ job, sleep, random }: Writing, attempt: number, afterMs = 0): Promise<void> {
  const wait = firstWaitMs * 2 ** (attempt - 1) * (0.5 + random())
  await sleep(Math.min(Math.max(wait, afterMs), longestWaitMs), job.signal).catch(() => mustGoOn(job))
  mustGoOn(job)
}

/** Settles the new records that are there although no answer said so, and returns the others. */
async function withoutArrived(writing: Writing, open: readonly Sent[]): Promise<Sent[]> {
  const { job } = writing
  if (!looksUp(job)) return [...open]
  const { matches, strategy, at } = job.mapping.identity
  const arrived = new Map<Sent, string>()
  const rounds =
    strategy === 'and' ? [matches.map((_one, index) => index)] : matches.map((_one, index) => [index])
  for (const round of rounds) {
    const named = open.filter(
      (one) => !arrived.has(one) && round.every((index) => !isEmpty(one.mapped[at + index]))
    )
    if (named.length === 0) continue
    const answers = await job.target.lookUp(job.sync.target.object ?? '', {
      matches: round.flatMap((index) => matches[index] ?? []),
      keys: named.map(({ mapped }) => round.map((index): Value => mapped[at + index] ?? null)),
      select: []
    })
    for (const [index, one] of named.entries()) {
      const [hit] = answers[index] ?? []
      if (hit !== undefined) arrived.set(one, hit.id)
    }
  }
  const there = open.filter((one) => arrived.has(one))
  const outcomes = there.map((one): Outcome => ({ state: 'done', id: arrived.get(one) ?? '' }))
  settle(writing, 'insert', there, outcomes, false)
  return open.filter((one) => !arrived.has(one))
}

function prepared({ sync, mapping }: Job, task: Task): Sent {
  const mapped = unpacked(task.row)
  const values = mapped
    .slice(0, mapping.columns.length)
    .map((cell, index) => (task.without.includes(index) ? undefined : cell))
  return { task, mapped, record: { values, token: tokenOf(sync.id, task), ...idOf(task) } }
}

function idOf({ id }: Task): { id?: string } {
  return id === undefined ? {} : { id }
}

/** The same for the same values of the same record: whoever gets it twice may drop the second. */
export function tokenOf(sync: string, { key, row }: Pick<Task, 'key' | 'row'>): string {
  return hash('sha256', `${sync} ${key} ${row}`, 'hex')
}

/** Keeps the results of a batch in one transaction. */
function settle(
  { job, store }: Writing,
  operation: Operation,
  open: readonly Sent[],
  outcomes: readonly Outcome[],
  isLast: boolean
): void {
  store.transaction(() => {
    for (const [index, { task, mapped }] of open.entries()) {
      const outcome = outcomes[index] ?? noOutcome
      if (outcome.state === 'done') {
        const id = outcome.id ?? task.id
        store.record(job.sync.id, task.key, {
          hash: task.hash,
          id: operation === 'delete' ? undefined : id
        })
        count(job, operation, mapped, id)
        if (outcome.warning !== undefined) warn(job, mapped, 'WARNING', outcome.warning)
        continue
      }
      if (outcome.state !== 'rejected' && !isLast) continue
      refuse(job, mapped, outcome.code, outcome.message)
      if (outcome.state === 'rejected' && isGivenUp(job))
        store.record(job.sync.id, task.key, { hash: givenUp(task.hash), id: task.id })
    }
  })
  job.log.progress(job.counts)
}

const noOutcome: Outcome = {
  state: 'rejected',
  code: 'NO_OUTCOME',
  message: 'the target did not say what became of the record'
}

const logOf = { insert: 'inserts', update: 'updates', delete: 'deletes' } as const

function count(job: Job, operation: Operation, mapped: Row, id: string | undefined): void {
  if (job.facts.isBlind === true) job.counts.upserts += 1
  else job.counts[operation] += 1
  const entry = {
    identity: namesOf(mapped, job.mapping.identity),
    ...(id === undefined ? {} : { target_id: id })
  }
  job.log.entry('records', entry)
  job.log.entry(logOf[operation], entry)
}
