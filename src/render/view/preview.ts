import type { SyncPreview } from '../../executions/preview.ts'
import { inOrder, type Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Address } from '../../state/resource.ts'
import { dictionary } from '../../state/value.ts'
import type { PreviewAnswer, PreviewCounts, PreviewRecord } from '../../wire/preview.ts'
import type { PlanHeader } from '../header.ts'
import type { Closing, ViewContext } from './changes.ts'
import { problemsView, type ProblemsView } from './problems.ts'

/** What runs of syncs would do to records, as data that a person is told. */
export interface PreviewsView {
  header: PlanHeader
  /** In the order in which they were chosen. */
  previews: PreviewView[]
  problems: ProblemsView
  /** Where the list was saved, and what it is for. */
  saved?: string
  closing: Closing
}

/** What a run of one sync would do. */
export interface PreviewView {
  address: Address
  id: string
  state: 'changes' | 'nothing' | 'stopped' | 'baseline' | 'failed'
  /** Records that were read. */
  read: number
  counts: PreviewCounts
  /** Of what is skipped or refused: why, and how many. */
  reasons: { why: string; count: number }[]
  fields: { name: string; insert: number; update: number }[]
  /** What keeps a run from writing anything. */
  notes: string[]
  /** Names and values of records: they are told on a terminal, or where a person asks for them. */
  records: PreviewRecord[]
  problem?: Diagnostic
}

/** What previews came with. */
export interface PreviewExtras {
  problems: readonly Diagnostic[]
  /** The fields that are looked at; none given: all. */
  fields: readonly string[]
  interrupted: boolean
  saved?: string
  /** What does it. */
  next?: string
}

const nothing: PreviewCounts = {
  total: 0,
  insert: 0,
  update: 0,
  delete: 0,
  send: 0,
  skip: 0,
  refuse: 0,
  same: 0
}

/** What each sync would do, and what it comes to. */
export function previewsView(
  previews: readonly SyncPreview[],
  header: PlanHeader,
  context: ViewContext,
  { problems, fields, interrupted, saved, next }: PreviewExtras
): PreviewsView {
  const shown = previews.map((one) => previewView(one, fields))
  const failures = shown.flatMap(({ problem }) => problem ?? [])
  const sources = context.sources ?? { texts: new Map() }
  return {
    header,
    previews: shown,
    problems: problemsView([...inOrder(problems), ...failures], sources),
    ...(saved === undefined ? {} : { saved }),
    closing: closing(shown, interrupted, next)
  }
}

/** The same without what is told of single records. */
export function withoutRecords(view: PreviewsView): PreviewsView {
  return { ...view, previews: view.previews.map((one) => ({ ...one, records: [] })) }
}

function previewView({ address, id, preview }: SyncPreview, only: readonly string[]): PreviewView {
  const none = { read: 0, counts: nothing, reasons: [], fields: [], notes: [], records: [] }
  if (preview.outcome === 'failed')
    return { address, id, ...none, state: 'failed', problem: preview.problem }
  if (preview.outcome === 'interrupted')
    return { address, id, ...none, state: 'failed', notes: ['interrupted'] }
  const { answer } = preview
  const { read, counts, reasons, fields, baseline, stops, makes = [] } = answer
  return {
    address,
    id,
    state: stateOf(answer),
    read,
    counts,
    reasons: Object.entries(reasons).map(([reason, count]) => ({ why: reasonWords(reason), count })),
    fields: fields.filter(({ name }) => isMeant(name, only)),
    notes: [
      ...(baseline
        ? ['its first run notes all records as they are, and sends none (skip_initial_backfill)']
        : []),
      ...makes.map((words) => `its run makes ${words} first`),
      ...stops.map(stopWords)
    ],
    records: answer.records.flatMap((record) => narrowed(record, only))
  }
}

function stateOf({ baseline, stops, counts }: PreviewAnswer): PreviewView['state'] {
  if (baseline) return 'baseline'
  if (stops.length > 0) return 'stopped'
  return writtenOf(counts) === 0 ? 'nothing' : 'changes'
}

/** How many records would be written. */
export function writtenOf(counts: PreviewCounts): number {
  return counts.insert + counts.update + counts.delete + counts.send
}

function isMeant(name: string, only: readonly string[]): boolean {
  return only.length === 0 || only.includes(name)
}

/** A record with the fields that are looked at; nothing where it has none of them. */
function narrowed(record: PreviewRecord, only: readonly string[]): PreviewRecord[] {
  if (only.length === 0 || record.fields.length === 0) return [record]
  const { fields, values } = record
  const kept = [...fields.entries()].filter(([, name]) => isMeant(name, only))
  if (kept.length === 0) return []
  const own =
    values === undefined ? {} : { values: kept.flatMap(([at]) => (values[at] ? [values[at]] : [])) }
  return [{ ...record, fields: kept.map(([, name]) => name), ...own }]
}

const reasonTexts = dictionary({
  exists: 'there already',
  missing: 'not there',
  filtered: 'kept by a filter on the target',
  ambiguous: 'several records of the target match',
  duplicate: 'another record has the same identity',
  unidentified: 'without a value that identifies it'
})

/** Why a record is skipped or refused: a word of the list, or a sentence already. */
export function reasonWords(reason: string): string {
  return reasonTexts[reason] ?? reason
}

const guardVerbs = dictionary({
  creates: 'create',
  updates: 'update',
  removes: 'remove'
})

function stopWords({ guard, count, allowed, words }: PreviewAnswer['stops'][number]): string {
  if (guard === 'assert')
    return `a run stops before it writes anything: what is asserted does not hold: ${words ?? ''}`
  const verb = guardVerbs[guard]
  if (verb === undefined)
    return 'a guard stops a run: the source has no records (`polyctl run --allow-empty-source`)'
  const may = `may ${verb} ${allowed} (\`polyctl run --max-${guard} ${count}\`)`
  return `a guard stops a run: it would ${verb} ${count} and ${may}`
}

const operations = [
  ['insert', 'to create'],
  ['update', 'to update'],
  ['delete', 'to remove'],
  ['send', 'to send'],
  ['skip', 'skipped'],
  ['refuse', 'refused']
] as const

/** What a run would do, in a few words: `2 to create, 1 skipped`. */
export function countWords(counts: PreviewCounts): string {
  const texts = operations.flatMap(([name, word]) => {
    const number = counts[name]
    const same = name === 'update' && counts.same > 0 ? ` (${whole(counts.same)} without a change)` : ''
    return number === 0 ? [] : [`${whole(number)} ${word}${same}`]
  })
  return texts.length === 0 ? 'nothing to do' : texts.join(', ')
}

function whole(number: number): string {
  return number.toLocaleString('en-US')
}

function closing(
  previews: readonly PreviewView[],
  interrupted: boolean,
  next: string | undefined
): Closing {
  if (interrupted) return { text: 'Interrupted: nothing was written.' }
  const failed = previews.filter(({ state }) => state === 'failed').length
  const sum = { ...nothing }
  for (const { counts } of previews) for (const name of sumNames) sum[name] += counts[name]
  const counted = previews.length === failed ? [] : [countWords(sum)]
  const words = [...counted, ...(failed > 0 ? [`${whole(failed)} could not be previewed`] : [])]
  const what = words.length === 0 ? 'nothing to preview' : words.join('; ')
  const text = `Preview: ${what}. Nothing was written.`
  const isFree = writtenOf(sum) > 0 && previews.every(({ state }) => state !== 'stopped')
  return next === undefined || !isFree ? { text } : { text, next }
}

const sumNames = ['insert', 'update', 'delete', 'send', 'skip', 'refuse', 'same', 'total'] as const

/** How a record is called: by its identity, else by its place. */
export function recordName({ identity, number }: PreviewRecord): string {
  const named = (identity ?? []).filter((text) => text !== '')
  if (named.length > 0) return named.join(' · ')
  return number === 0 ? 'a record' : `record ${number}`
}
