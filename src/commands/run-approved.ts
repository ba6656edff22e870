import { resolve } from 'node:path'
import { openDisk } from '../config/source/index.ts'
import { problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { handedIn, outcomeOf } from '../executions/approval.ts'
import type { SyncRun } from '../executions/events.ts'
import { parsePreviewFile, type ListedSync, type PreviewFile } from '../executions/preview-file.ts'
import type { Executable } from '../executions/start.ts'
import { servesRuns } from '../executions/own-service.ts'
import type { Reader, Writer } from '../remote/transport.ts'
import { durationText } from '../render/executions.ts'
import type { CommandIo } from './io.ts'

/** What a file of previews says of itself, beside which no option may say it. */
const ownOptions = [
  ['all', '--all'],
  ['failed', '--failed'],
  ['changed', '--changed'],
  ['rejected', '--rejected'],
  ['resync', '--resync'],
  ['test', '--test'],
  ['limit', '--limit'],
  ['join', '--join'],
  ['detach', '--detach']
] as const

/** As typed: what matters for the run of a file. */
export interface ApprovedOptions {
  all?: boolean
  failed?: boolean
  changed?: boolean
  rejected?: boolean
  resync?: boolean
  test?: boolean
  limit?: number
  join?: boolean
  detach?: boolean
  kind: string[]
  identity: string[]
  /** Milliseconds. */
  maxAge: number
  /** Records are told by their names, whatever the format. */
  values?: boolean
}

/** A file of previews as it was read. */
export interface ReadPreviews {
  path: string
  text: string
  file: PreviewFile
}

/** Whether what is named is a file of previews. */
export function isPreviewFile(pattern: string): boolean {
  return /\.json$/i.test(pattern)
}

/** Reads the one file that is named, and refuses what is no preview, or not one that may be run now. */
export function readPreviews(
  patterns: readonly string[],
  options: ApprovedOptions,
  io: CommandIo
): Checked<ReadPreviews> {
  const [path = '', another] = patterns
  if (another !== undefined)
    return failed(unusable('a preview is run alone', path, 'run other syncs by a command of their own'))
  const clash =
    ownOptions.find(([name]) => options[name] !== undefined)?.[1] ??
    (options.kind.length > 0 ? '--kind' : options.identity.length > 0 ? '--identity' : undefined)
  if (clash !== undefined)
    return failed(
      unusable(
        `\`${clash}\` cannot be given with a preview`,
        path,
        'leave it out: the file says what is written'
      )
    )
  const reading = openDisk(io.cwd, io.stdin).read(resolve(io.cwd, path))
  const help = 'make one with `polyctl preview --out`'
  if (!reading.ok)
    return failed(unusable(`the preview \`${path}\` cannot be read: ${reading.reason}`, path, help))
  const parsed = parsePreviewFile(reading.text)
  if (!parsed.ok && parsed.is === 'other')
    return failed(unusable(`\`${path}\` is no preview: ${parsed.reason}`, path, help))
  if (!parsed.ok) return failed(refused(`\`${path}\` cannot be run: ${parsed.reason}`, path))
  const { file } = parsed
  const age = io.now().getTime() - Date.parse(file.made_at)
  if (!(age <= options.maxAge))
    return failed(
      refused(`\`${path}\` is older than ${durationText(options.maxAge)}`, path, [
        `it was made at ${file.made_at}`
      ])
    )
  return { ok: true, value: { path, text: reading.text, file }, problems: [] }
}

/** Hands the lists in, and returns the syncs that run by them. */
export async function approvedOf(
  { path, file }: ReadPreviews,
  all: readonly Executable[],
  organization: { id: string; name: string },
  reader: Reader,
  writer: Writer
): Promise<Checked<{ executables: Executable[]; approvals: ReadonlyMap<string, Approved> }>> {
  if (file.organization.id !== organization.id)
    return failed(
      refused(`\`${path}\` is of another organization`, path, [
        `it is of \`${file.organization.name}\` (${file.organization.id}), and the key opens ` +
          `\`${organization.name}\` (${organization.id})`
      ])
    )
  if ((await servesRuns(reader)) !== 'yes')
    return failed(
      unusable(
        'only the server of polyctl runs a preview',
        path,
        'use `--local`, or `polyctl server --run` and `--url`'
      )
    )
  const executables: Executable[] = []
  const approvals = new Map<string, Approved>()
  const problems: Diagnostic[] = []
  for (const listed of file.lists) {
    const one = all.find(({ live }) => live.id === listed.id)
    if (one === undefined) {
      problems.push(refused(`\`${path}\` cannot be run: ${listed.address} does not exist any more`, path))
      continue
    }
    const handed = await handedIn(listed, writer)
    if (handed.ok) {
      executables.push({ ...one, bounds: { ...one.bounds, approval: handed.id } })
      approvals.set(listed.id, { listed, id: handed.id })
    } else problems.push(refused(`\`${path}\` cannot be run: ${handed.because}`, path))
  }
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { executables, approvals }, problems: [] }
}

/** A list that was handed in. */
export interface Approved {
  listed: ListedSync
  id: string
}

const mostNamed = 10

/**
 * What came of the runs, where it is the approval that stopped one; and how many records wait. `named`:
 * records are told by their names, and not by their lines alone.
 */
export async function afterApproval(
  read: ReadPreviews,
  named: boolean,
  runs: readonly SyncRun[],
  approvals: ReadonlyMap<string, Approved>,
  reader: Reader
): Promise<SyncRun[]> {
  return await Promise.all(
    runs.map(async (one): Promise<SyncRun> => {
      const { path } = read
      const approved = approvals.get(one.id)
      const { run } = one
      if (approved === undefined) return one
      if (run.outcome === 'failed') {
        const [, note] = /^POST \S+ answered 422: (.*)$/s.exec(run.problem.notes[0] ?? '') ?? []
        if (note === undefined) return one
        return { ...one, run: { ...run, problem: refused(`\`${path}\` cannot be run`, path, [note]) } }
      }
      if (run.outcome !== 'ended') return one
      const outcome = await outcomeOf(approved.id, reader)
      if (outcome === undefined) return one
      if (outcome.moved === 0) {
        const { waiting } = outcome
        return waiting === 0 ? one : { ...one, waiting }
      }
      const first = outcome.first
        .slice(0, mostNamed)
        .toSorted((a, b) => placeOf(a.key, read) - placeOf(b.key, read))
        .map((moved) => movedWords(moved, approved, read, named))
      const more = outcome.moved - first.length
      const stale = refused(
        `\`${path}\` is stale: ${outcome.moved} of its ${outcome.listed} records of ` +
          `${approved.listed.address} moved`,
        path,
        [...first, ...(more > 0 ? [`and ${more} more`] : [])]
      )
      return { ...one, run: { outcome: 'failed', problem: stale } }
    })
  )
}

function movedWords(
  { key, how }: { key: string; how: string },
  { listed }: Approved,
  read: ReadPreviews,
  named: boolean
): string {
  const line = read.text.slice(0, placeOf(key, read)).split('\n').length
  const identity = listed.records.find((one) => one.key === key)?.identity?.join(' · ')
  const name = named && identity !== undefined ? ` (${identity})` : ''
  const what = how === 'gone' ? 'would not be written any more' : 'would be written otherwise now'
  return `${read.path}:${line}${name} ${what}`
}

/** Where a record stands in the file. */
function placeOf(key: string, { text }: ReadPreviews): number {
  return Math.max(0, text.indexOf(`"key":${JSON.stringify(key)}`))
}

function refused(message: string, path: string, notes: string[] = []): Diagnostic {
  return problem('P806', message, {
    labels: [{ span: fileSpan(path), text: 'nothing was written' }],
    notes,
    help: ['make a new preview with `polyctl preview --out`, and look at it again']
  })
}

function unusable(message: string, path: string, help: string): Diagnostic {
  return problem('P807', message, { labels: [{ span: fileSpan(path), text: 'this file' }], help: [help] })
}

function fileSpan(path: string): Diagnostic['labels'][number]['span'] {
  const start = { line: 1, column: 1, offset: 0 }
  return { path, start, end: start }
}

function failed(found: Diagnostic): { ok: false; problems: Diagnostic[] } {
  return { ok: false, problems: [found] }
}
