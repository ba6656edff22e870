import { unpacked } from './codec.ts'
import { sameAs } from './comparison.ts'
import type { Hit, Match, Operation, Refusal } from './connector.ts'
import { identityTexts, looksUp, mustGoOn, refuse, warn, type Job } from './job.ts'
import { identityValues } from './mapping.ts'
import type { Staged } from './stage.ts'
import { isEmpty, isNull, type Cell, type Row, type Value } from './value.ts'

/** What is to be done with a record, and why. */
export interface Decision {
  operation: Operation | 'skip' | 'refuse'
  /** Of what is skipped: it exists, it does not, the filters keep it, or another record came before. */
  reason?: 'exists' | 'missing' | 'filtered' | 'ambiguous' | 'claimed' | 'unfit'
  /** Of what is refused. */
  refusal?: Refusal
  record: Staged
  mapped: Row
  hit?: Hit
  /** The positions of columns that are left alone. */
  without: readonly number[]
}

const chunk = 500

/**
 * Phase 2: looks the records of the stage up in the target, and decides what is done with each. A preview
 * ends here. `show` makes it read all fields that would be written, for a before and after. Returns how many
 * records were decided on: with a limit, no more than it takes to have that many to write.
 */
export async function plan(job: Job, decided: (decision: Decision) => void, show = false): Promise<number> {
  const { stage } = job
  const { limit: most = Infinity } = job.bounds
  let [count, toWrite] = [0, 0]
  const take = ({ record, mapped, hits }: Candidate): void => {
    if (toWrite >= most) return
    const decision = noted(job, fitting(job, decide(job, record, mapped, hits)))
    count += 1
    if (decision.operation !== 'skip' && decision.operation !== 'refuse') toWrite += 1
    decided(decision)
  }
  for await (const answer of answers(job, selection(job, show))) {
    stage.transaction(() => answer.forEach(take))
    if (toWrite >= most) break
  }
  return count
}

/** The records of the stage in their order, with what the target has of them; several questions at once. */
async function* answers(job: Job, select: string[]): AsyncGenerator<Candidate[]> {
  const { stage, facts } = job
  const size = looksUp(job) ? Math.min(chunk, Math.max(1, facts.batch)) : chunk
  const underWay: Promise<Candidate[]>[] = []
  const ask = (records: readonly Staged[]): void => {
    const answer = candidates(job, records, select)
    // It may fail while an earlier one is awaited.
    answer.catch(() => undefined)
    underWay.push(answer)
  }
  for (let last = 0, isOver = false; ;) {
    mustGoOn(job)
    while (!isOver && underWay.length < Math.max(1, facts.workers)) {
      const records = stage.after(last, size)
      isOver = records.length < size
      last = records.at(-1)?.seq ?? last
      if (records.length > 0) ask(records)
    }
    const next = underWay.shift()
    if (next === undefined) return
    yield await next
  }
}

interface Candidate {
  record: Staged
  mapped: Row
  hits: Hit[]
}

/** The fields of the target that the plan needs: first those of its filters. */
function selection({ mapping }: Job, show: boolean): string[] {
  const columns = mapping.columns.filter(
    ({ createOnly, isIdentity }) => show || (createOnly && !isIdentity)
  )
  return [...mapping.targetFilter.select, ...columns.map(({ name }) => name)]
}

/** Asks the target for each record: one question with all identities, or one after the other. */
async function candidates(job: Job, records: readonly Staged[], select: string[]): Promise<Candidate[]> {
  const found = records.map((record): Candidate => ({ record, mapped: unpacked(record.row), hits: [] }))
  if (!looksUp(job)) return found
  const { matches, strategy, at } = job.mapping.identity
  const rounds: { matches: readonly Match[]; positions: number[] }[] =
    strategy === 'and'
      ? [{ matches, positions: matches.map((_one, index) => at + index) }]
      : matches.map((match, index) => ({ matches: [match], positions: [at + index] }))
  for (const round of rounds) {
    const open = found.filter(({ mapped, hits }) => {
      return hits.length === 0 && round.positions.every((position) => !isEmpty(mapped[position]))
    })
    if (open.length === 0) continue
    const keys = open.map(({ mapped }) =>
      round.positions.map((position): Value => mapped[position] ?? null)
    )
    const answers = await job.target.lookUp(job.sync.target.object ?? '', {
      matches: round.matches,
      keys,
      select
    })
    for (const [index, candidate] of open.entries()) candidate.hits = answers[index] ?? []
  }
  return found
}

/** The rules of the modes. */
function decide(job: Job, record: Staged, mapped: Row, hits: readonly Hit[]): Decision {
  const { sync, mapping } = job
  const isUpdateOnly = ({ updateOnly }: { updateOnly: boolean }): boolean => updateOnly
  const inserted = (): Decision => ({
    operation: 'insert',
    record,
    mapped,
    // A target that cannot be asked decides by itself what is new: it gets all fields.
    without: job.facts.isBlind === true ? [] : positions(job, (column) => isUpdateOnly(column))
  })
  if (!looksUp(job)) return inserted()
  const skip = (reason: NonNullable<Decision['reason']>, hit?: Hit): Decision => ({
    operation: 'skip',
    reason,
    record,
    mapped,
    without: [],
    ...(hit === undefined ? {} : { hit })
  })
  const [hit, another] = hits
  if (another !== undefined) return { ...skip('ambiguous'), operation: 'refuse', refusal: ambiguous }
  const { mode } = sync
  if (hit === undefined) return mode === 'update' || mode === 'remove' ? skip('missing') : inserted()
  if (mode === 'create') return skip('exists', hit)
  if (!mapping.targetFilter.passes(hit.values, mapped)) return skip('filtered', hit)
  if (mode === 'remove') return { operation: 'delete', record, mapped, hit, without: [] }
  return { operation: 'update', record, mapped, hit, without: kept(job, hit) }
}

const ambiguous: Refusal = {
  code: 'AMBIGUOUS_MATCH',
  message: 'several records of the target match it'
}

/** Refuses what a field of the target does not take: a preview shows it, and a run need not send it. */
function fitting({ facts, mapping }: Job, decision: Decision): Decision {
  const { operation, mapped, without } = decision
  if (operation !== 'insert' && operation !== 'update') return decision
  const values = mapped
    .slice(0, mapping.columns.length)
    .map((cell, index) => (without.includes(index) ? undefined : cell))
  const fields = mapping.columns.map(({ name }) => name)
  const refusal = facts.refusalOf?.({ operation, fields, values })
  return refusal === undefined ? decision : { ...decision, operation: 'refuse', reason: 'unfit', refusal }
}

/** A field that is written: what is there, and what would be. */
export interface WrittenValue {
  name: string
  before: Cell
  after: Cell
  same: boolean
}

/** The fields that a decision writes; it was made with what is there (`show`). */
export function writtenValues(job: Job, { operation, mapped, hit, without }: Decision): WrittenValue[] {
  if (operation !== 'insert' && operation !== 'update') return []
  const { facts, mapping } = job
  const { columns, targetFilter } = mapping
  return columns.flatMap(({ name }, index) => {
    const value = mapped[index]
    if (value === undefined || without.includes(index)) return []
    const after = facts.standsAs === undefined ? value : facts.standsAs(name, value)
    const before = hit?.values[targetFilter.select.length + index]
    const same = hit !== undefined && isNull(before) === isNull(after) && sameAs(before, after)
    return [{ name, before, after, same }]
  })
}

/** What an operation is called where people are told of it: some targets decide by themselves. */
export function toldOperation({ facts }: Pick<Job, 'facts'>, operation: Operation): Operation | 'send' {
  return facts.isBlind === true ? 'send' : operation
}

function positions(job: Job, test: (column: Job['mapping']['columns'][number]) => boolean): number[] {
  return job.mapping.columns.flatMap((column, index) => (test(column) ? [index] : []))
}

/** The columns of an existing record that are not written: identities, and what must not be overwritten. */
function kept(job: Job, hit: Hit): number[] {
  const { columns, targetFilter } = job.mapping
  const first = targetFilter.select.length
  const createOnly = columns.filter(({ createOnly, isIdentity }) => createOnly && !isIdentity)
  const shown = hit.values.length - first === columns.length ? columns : createOnly
  const current = (name: string): Cell => hit.values[first + shown.findIndex((one) => one.name === name)]
  return positions(
    job,
    ({ isIdentity, createOnly, name }) => isIdentity || (createOnly && !isEmpty(current(name)))
  )
}

/** Notes the decision on the stage, where no other record of this run has the same place in the target. */
function noted(job: Job, decision: Decision): Decision {
  const { operation, record, mapped, hit, without, refusal = ambiguous } = decision
  if (operation === 'refuse') {
    refuse(job, mapped, refusal.code, refusal.message)
    return decision
  }
  if (operation === 'skip') return decision
  const task = { seq: record.seq, id: hit?.id, without }
  if (job.stage.plan(task, operation, claims(job, decision))) return decision
  warn(job, mapped, 'DUPLICATE_IDENTITY', 'another record of this run is written to the same place')
  return { ...decision, operation: 'skip', reason: 'claimed' }
}

/** What two records of a run may not share. A new record has no id yet: of several identities each counts. */
function claims(job: Job, { operation, mapped, hit }: Decision): string[] {
  if (operation !== 'insert') return [`id ${hit?.id ?? ''}`]
  const { identity } = job.mapping
  if (!looksUp(job) || identity.strategy === 'and' || identity.matches.length < 2) return []
  const values = identityValues(mapped, identity) ?? []
  return identityTexts(values, identity, job.facts).flatMap((text, index) =>
    text === '' ? [] : [`value ${index} ${text}`]
  )
}
