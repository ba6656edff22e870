import type { SyncStartRequest } from '../../wire/sync.ts'
import { digest, packed } from './codec.ts'
import {
  givenUp,
  identityTexts,
  isGivenUp,
  looksUp,
  mustGoOn,
  namesOf,
  refuse,
  warn,
  type Job
} from './job.ts'
import { identityValues, type IdentityPlan } from './mapping.ts'
import { textOf, Unreadable, type Cell, type Row } from './value.ts'

const batch = 2000

/** The code of records with a value that is there and cannot be read. */
export const unreadable = 'UNREADABLE'

/** Told of each record that is new or changed, in place of the stage. */
export type Baseline = (key: string, hash: string) => void

/**
 * Phase 1: reads the source, and puts the records that are new or changed on the stage. The source is read to
 * its end before anything is asked of the target, so that it holds no snapshot while that takes its time.
 * Returns how many records were written before.
 */
export async function extract(job: Job, baseline?: Baseline): Promise<{ known: number }> {
  const { source, mapping, model, stage } = job
  const known = { count: 0 }
  const isWanted = wanted(job)
  const take = taker(job, isWanted, known, baseline)
  const isRefused = unreadableRows(job, isWanted)
  const checks = job.bounds.assertions === undefined ? undefined : job.assertions
  const request = { configuration: model.configuration, fields: mapping.reads, batch }
  for await (const rows of source.rows(request)) {
    mustGoOn(job)
    stage.transaction(() => {
      for (const row of rows) {
        if (isRefused(row) || !mapping.passes(row)) continue
        job.passed += 1
        checks?.see(row, () => nameOf(job, row))
        take(row)
      }
    })
    job.log.progress(job.counts)
  }
  return { known: known.count }
}

/** What a person would look for to find a row. */
function nameOf({ mapping, passed }: Job, row: Row): string {
  const names = namesOf(mapping.map(row), mapping.identity).filter((name) => name !== '')
  if (names.length > 0) return names.join(', ')
  return textOf(mapping.identifier?.(row)) || `row ${passed}`
}

/**
 * Returns a function that refuses a row of which a value cannot be read, whatever the filters say of it: they
 * cannot know.
 */
function unreadableRows(job: Job, isWanted: (mapped: Row) => boolean): (row: Row) => boolean {
  let number = 0
  return (row) => {
    number += 1
    const cell = row.find((one) => one instanceof Unreadable)
    if (cell === undefined) return false
    job.passed += 1
    const mapped = job.mapping.map(row)
    if (isWanted(mapped)) refuse(job, mapped, unreadable, cell.why, number)
    return true
  }
}

/** Returns a function that takes a row: it is left out, or it is new or changed. */
function taker(
  job: Job,
  isWanted: (mapped: Row) => boolean,
  known: { count: number },
  baseline: Baseline | undefined
): (row: Row) => void {
  const { sync, mapping, state, stage, request } = job
  const isForced = request.resync === true || sync.sync_all_records === true || sync.mode === 'replace'
  const keyOf = keys(job)
  const prefix = digest(mapping.signature)
  const isLeft = !isForced && isGivenUp(job)
  return (row) => {
    const mapped = mapping.map(row)
    if (!isWanted(mapped)) return
    const key = keyOf(row, mapped)
    if (key === undefined) return
    const text = packed(mapped)
    const tracked = mapping.tracked?.(row)
    const hash = digest(prefix + (tracked === undefined ? text : packed(tracked)))
    const before = state.recorded(sync.id, key, hash)
    if (before !== 'none') known.count += 1
    if (before === 'same' && !isForced) return
    if (isLeft && state.recorded(sync.id, key, givenUp(hash)) === 'same') return
    if (baseline === undefined) stage.add({ key, hash, row: text })
    else baseline(key, hash)
  }
}

/** Returns the function that says under which key a record is remembered; undefined leaves the record out. */
function keys(job: Job): (row: Row, mapped: Row) => string | undefined {
  const { mapping, facts, stage } = job
  const once = (text: string, mapped: Row): string | undefined => {
    const key = digest(text)
    if (stage.seen.add(key)) return key
    warn(job, mapped, 'DUPLICATE_IDENTITY', 'another record of the source has the same identity')
    return undefined
  }
  if (looksUp(job)) {
    return (_row, mapped) => {
      const values = identityValues(mapped, mapping.identity)
      if (values !== undefined)
        return once(JSON.stringify(identityTexts(values, mapping.identity, facts)), mapped)
      warn(job, mapped, 'EMPTY_IDENTITY', 'the record has no value by which it can be identified')
      return undefined
    }
  }
  const { identifier } = mapping
  if (identifier !== undefined && job.sync.mode !== 'replace')
    return (row, mapped) => once(JSON.stringify([textOf(identifier(row))]), mapped)
  return everyRow(job)
}

/** Rows without any name: equal ones are told apart by how many of them came before. */
function everyRow({ stage, mapping }: Job): (row: Row, mapped: Row) => string {
  const copies = new Map<string, number>()
  return (_row, mapped) => {
    const text = packed(mapped.slice(0, mapping.columns.length))
    const first = digest(text)
    if (stage.seen.add(first)) return first
    const before = copies.get(first) ?? 1
    copies.set(first, before + 1)
    const key = digest(`${before} ${text}`)
    stage.seen.add(key)
    return key
  }
}

/** Whether a start asked for the record: a start that names none asks for all. */
function wanted({ request, mapping }: Job): (mapped: Row) => boolean {
  const { identities, source_identities: entries } = request
  const { identity } = mapping
  if (identities?.length) {
    const names = new Set(identities)
    return (mapped) => names.has(textOf(mapped[identity.at]))
  }
  if (!entries?.length) return () => true
  const sets = entries.map((entry) => entryOf(entry, identity))
  return (mapped) => sets.some((set) => set.every(({ at, value }) => textOf(mapped[at]) === value))
}

function entryOf(
  entry: NonNullable<SyncStartRequest['source_identities']>[number],
  { sources, at }: IdentityPlan
): { at: number; value: Cell }[] {
  return entry.map(({ source, value }) => ({
    at: at + sources.findIndex((one) => one.field === source.field && one.model_id === source.model_id),
    value
  }))
}
