import {
  stoppedWords,
  type GuardStop,
  type RecordGuards,
  type RecordLimit
} from '../../wire/local-start.ts'
import { RunProblem } from './connector.ts'
import type { Job } from './job.ts'

/**
 * The guards of a run: what it would do is counted when all is planned and nothing is written. A preview
 * counts the same by the same code.
 */

/** Ends a run before its first write. */
export class Stopped extends RunProblem {
  readonly stops: readonly GuardStop[]
  constructor(stops: readonly GuardStop[]) {
    super('guard', `${stoppedWords}: ${stops.map(words).join('; ')}`)
    this.stops = stops
  }
}

/** Returns the guards that a planned job does not keep to. */
export async function stopsOf(job: Job): Promise<GuardStop[]> {
  const { guards = {} } = job.bounds
  const stops: GuardStop[] = job.assertions.broken()
  if (guards.empty_source === true && job.passed === 0)
    stops.push({ guard: 'empty_source', count: 0, allowed: 0 })
  for (const { guard, count, of } of await countsOf(job, guards)) {
    const allowed = allowedBy(guards[guard], of)
    if (count > allowed) stops.push({ guard, count, allowed })
  }
  return stops
}

interface Counted {
  guard: 'creates' | 'updates' | 'removes'
  count: number
  /** What a share is of. */
  of: number
}

/** New and changed records are a share of what was read, removed ones of what the target holds. */
async function countsOf(job: Job, guards: RecordGuards): Promise<Counted[]> {
  const { sync, stage, facts, passed } = job
  const inserts = sync.mode === 'replace' ? stage.count() : stage.planned('insert')
  const updates = facts.isBlind === true ? inserts : stage.planned('update')
  const held = await heldBy(job, guards.removes)
  const removes = sync.mode === 'replace' ? Math.max(0, held - inserts) : stage.planned('delete')
  return [
    { guard: 'creates', count: inserts, of: passed },
    { guard: 'updates', count: updates, of: passed },
    { guard: 'removes', count: removes, of: held }
  ]
}

/** How many records the target holds, where the answer decides something. */
async function heldBy(job: Job, limit: RecordLimit | undefined): Promise<number> {
  const { sync, stage, target, passed } = job
  const isAsked = sync.mode === 'replace' || stage.planned('delete') > (limit?.most ?? 0)
  if (limit === undefined || !isAsked) return 0
  return (await target.count?.(sync.target.object ?? '')) ?? passed
}

function allowedBy(limit: RecordLimit | undefined, of: number): number {
  if (limit === undefined) return Infinity
  return Math.max(limit.most ?? 0, Math.floor((limit.share ?? 0) * of + 1e-9))
}

const verbs = { creates: 'create', updates: 'update', removes: 'remove' } as const

function words({ guard, count, allowed, words: own }: GuardStop): string {
  if (guard === 'assert') return own ?? ''
  if (guard === 'empty_source') return 'the source has no records'
  return `it would ${verbs[guard]} ${count} record${count === 1 ? '' : 's'}, and at most ${allowed} may be`
}
