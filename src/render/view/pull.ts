import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { FieldChange } from '../../plan/plan.ts'
import { asShown } from '../../plan/wording.ts'
import type { Address } from '../../state/resource.ts'
import type { PlanHeader } from '../header.ts'
import { count } from '../plain-text.ts'
import { unified, type Unified } from '../unified.ts'
import type { Closing } from './changes.ts'
import { problemsView, type ProblemsView } from './problems.ts'
import type { Sources } from './source.ts'

/** What was taken over from the service into the files, or would be. */
export interface PullView {
  header: PlanHeader
  /** The revision that told who moved; undefined where nothing did. */
  since: string | undefined
  /** The patches are only shown: nothing was written. */
  isCheck: boolean
  patches: PatchView[]
  taken: TakenView[]
  /** What was left as it is, and what could not be written. */
  problems: ProblemsView
  failures: ProblemsView
  closing: Closing
}

/** The change of one file. Secrets are dots, as everywhere. */
export interface PatchView extends Unified {
  path: string
  isWritten: boolean
}

/** What is taken over for one resource. */
export interface TakenView extends Address {
  action: 'update' | 'rename' | 'remove' | 'add'
  fields: Pick<FieldChange, 'path' | 'how' | 'shown'>[]
}

/** One file, as it is and as it is to be, without secrets. */
export interface ChangedFile {
  path: string
  before: string
  after: string
  isWritten: boolean
}

/** What a view is made of. */
export interface PullFacts extends Pick<PullView, 'header' | 'since' | 'isCheck' | 'taken'> {
  files: readonly ChangedFile[]
  /** Differences of the files that are not applied yet. */
  ahead: number
  left: readonly Diagnostic[]
  problems: readonly Diagnostic[]
  failures: readonly Diagnostic[]
  sources: Sources | undefined
}

/** Makes the view. */
export function pullView(facts: PullFacts): PullView {
  const { header, since, isCheck, taken, sources = { texts: new Map() } } = facts
  return {
    header,
    since,
    isCheck,
    patches: facts.files.map(patchOf),
    taken: taken.map((one) => ({ ...one, fields: one.fields.map(asShown) })),
    problems: problemsView([...facts.problems, ...facts.left], sources),
    failures: problemsView(facts.failures, sources),
    closing: closingOf(facts)
  }
}

function patchOf({ path, before, after, isWritten }: ChangedFile): PatchView {
  return { path, ...unified(path, before, after), isWritten }
}

function closingOf({ taken, files, left, failures, isCheck, since, ahead }: PullFacts): Closing {
  const texts = [
    doneText(taken.length, isCheck ? files : files.filter((file) => file.isWritten), { isCheck, left }),
    ...(left.length === 0
      ? []
      : [`${count(left.length, 'difference')} left as ${left.length === 1 ? 'it is' : 'they are'}.`]),
    ...(ahead === 0 ? [] : [`${count(ahead, 'change')} of the files since ${since ?? ''} not applied yet.`])
  ]
  const text = texts.join(' ')
  if (taken.length === 0 || failures.length > 0) return { text }
  const next = isCheck
    ? '`polyctl pull` writes it.'
    : 'Review it with `git diff`; `polyctl plan` shows what is left.'
  return { text, next }
}

function doneText(
  taken: number,
  files: readonly ChangedFile[],
  { isCheck, left }: Pick<PullFacts, 'isCheck' | 'left'>
): string {
  if (taken > 0) {
    const what = `${count(taken, 'resource')} in ${count(files.length, 'file')}`
    return isCheck ? `To take over: ${what}.` : `Taken over: ${what}.`
  }
  return left.length > 0
    ? 'Nothing was taken over.'
    : 'Nothing to take over: the service changed nothing that the files say.'
}
