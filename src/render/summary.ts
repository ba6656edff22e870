import {
  coverageLines,
  headLine,
  impactText,
  nameText,
  noLongerDeclaredLines,
  uncheckedLines,
  partialLines,
  quoted,
  unmanagedLines
} from './change-text.ts'
import { pathText } from '../plan/path-node.ts'
import { fieldRows } from './field-rows.ts'
import { executionsParts, withRuns } from './summary-executions.ts'
import { previewParts } from './summary-preview.ts'
import { testsParts } from './summary-tests.ts'
import type { Format, Printed } from './format.ts'
import { count, visible } from './plain-text.ts'
import type { Look } from './style.ts'
import type { OrganizationsView, OrganizationView } from './view/answer.ts'
import { graphOfChanges } from './view/changes-graph.ts'
import type { ChangesView, Closing, ResourceView } from './view/changes.ts'
import type { FindingsView, ProblemsView, ProblemView } from './view/problems.ts'
import { withoutRecords } from './view/preview.ts'
import type { PullView } from './view/pull.ts'
import type { Entry, Summary } from './view/summary.ts'
import type { ReportView, ResultView } from './view/report.ts'
import { valueText } from './value-text.ts'

/** A format that is made of summaries, each at once. */
export function summaryFormat(fold: (summary: Summary, look: Look) => Printed | Promise<Printed>): Format {
  return {
    plan: (view, look) => fold(changesSummary('plan', view, look), look),
    drift: (view, look) => fold(changesSummary('drift', view, look), look),
    report: (view, look) => fold(reportSummary(view, look), look),
    pull: (view, look) => fold(pullSummary(view, look), look),
    executions: (view, look) => fold({ ...empty, ...executionsParts(view, look) }, look),
    preview: (view, look) => fold({ ...empty, ...previewParts(view, look) }, look),
    tests: (view, look) => fold({ ...empty, ...testsParts(view) }, look),
    findings: (view, look) => fold(findingsSummary(view), look),
    organizations: (view, look) => fold(organizationsSummary(view, look), look)
  }
}

const words = {
  plan: { create: 'create', update: 'update', rename: 'rename', delete: 'delete', none: 'unchanged' },
  drift: {
    create: 'missing',
    update: 'changed',
    rename: 'renamed',
    delete: 'not removed',
    none: 'unchanged'
  }
} as const

const tones = { '+': 'add', '-': 'remove', '~': 'change', '→': 'change', '=': 'same', '⧗': 'wait' } as const

/** A plan or a drift. */
function changesSummary(of: 'plan' | 'drift', view: ChangesView, look: Look): Summary {
  const plain = { ...look, colour: false }
  const shown = view.resources.filter(({ group }) => group !== 'same')
  const differs = shown.some(({ group }) => group === 'difference')
  const problems = problemsOf(view.problems, view.failures)
  const rest = shown.length > 0 ? 'waits' : 'fine'
  return {
    ...empty,
    of,
    title: of === 'plan' ? 'Plan' : 'Drift',
    about: headLine(view, plain),
    outcome: view.failures.errors > 0 ? 'failed' : differs ? 'differs' : rest,
    ...closingOf(view.closing),
    entries: shown.map((resource) => changeEntry(of, resource, plain)),
    remarks: [
      ...partialLines(view, plain),
      ...noLongerDeclaredLines(view, plain),
      ...unmanagedLines(view, false, plain),
      ...uncheckedLines(view, false, { ...plain, width: Infinity }),
      ...(view.badRuns ?? []).map(({ address, is, notes }) =>
        [`${nameText(address)}: its last run: ${is}`, ...notes].join('; ')
      ),
      ...(of === 'plan' ? [] : [coverageLines(view.coverage, false, { ...plain, width: Infinity })].flat())
    ].map(oneLine),
    problems,
    graph: () => graphOfChanges(of, view)
  }
}

function changeEntry(of: 'plan' | 'drift', resource: ResourceView, look: Look): Entry {
  const { change, group, sign, place, notes, rows, waiting } = resource
  const { action, previousName } = change
  const waits = group === 'pending' || group === 'waiting'
  const was = action === 'rename' && previousName !== undefined ? ` (was ${quoted(previousName)})` : ''
  const isTurned = of === 'drift' && action !== 'create'
  const fields = of === 'drift' && action === 'create' ? [] : rows
  return {
    address: { kind: change.kind, name: change.name },
    text: `${nameText(change)}${was}`,
    word: waits ? 'waits' : words[of][action],
    sign,
    tone: tones[sign],
    place,
    notes: [
      ...notes,
      ...(waiting === undefined ? [] : [waiting.because]),
      ...(waiting?.connect === undefined ? [] : [`next: ${waiting.connect}`])
    ].map(visible),
    impacts:
      of === 'drift'
        ? []
        : change.impacts
            .filter(({ effect }) => effect !== 'none')
            .map((impact) => impactText(impact, look.verbose === true)),
    rows: fields.length,
    fields: { rows: fields, turned: isTurned },
    lines: () =>
      fieldRows(fields, look, { turned: isTurned, verbose: look.verbose === true }).map((line) =>
        line.slice(2)
      )
  }
}

const outcomes = {
  done: { sign: '=', tone: 'add' },
  failed: { sign: '!', tone: 'failed' },
  skipped: { sign: '»', tone: 'wait' },
  pending: { sign: '⧗', tone: 'wait' }
} as const

/** What became of a plan. */
function reportSummary(view: ReportView, look: Look): Summary {
  return withRuns(ownReport(view, look), view.runs, look)
}

function ownReport(view: ReportView, look: Look): Summary {
  const { counts, results, closing, appliedRevision, unremembered } = view
  const grave = counts.failed > 0 || counts.skipped > 0 || view.interrupted || view.beside.errors > 0
  const remarks = [
    ...(appliedRevision === undefined ? [] : [`Git remembers ${appliedRevision.slice(0, 7)} as applied.`]),
    ...(unremembered === undefined ? [] : [`Git does not remember this as applied: ${unremembered}.`])
  ]
  return {
    ...empty,
    of: 'report',
    title: 'Apply',
    about: view.header.organization === '' ? '' : headLine(view, { ...look, colour: false }),
    outcome: grave ? 'failed' : counts.pending > 0 ? 'waits' : 'fine',
    ...closingOf(closing),
    entries: results.map((result) => resultEntry(result, view)),
    remarks: remarks.map(oneLine),
    problems: problemsOf(view.problems, view.failures, view.beside)
  }
}

function resultEntry({ address, word, outcome, notes }: ResultView, { authorize }: ReportView): Entry {
  const kept =
    outcome.outcome === 'failed'
      ? (outcome.kept ?? []).map(
          ({ path, before, after }) =>
            `the service kept ${pathText(path)} at ${valueText(before)} instead of ${valueText(after)}`
        )
      : []
  const failure =
    outcome.outcome === 'failed' ? [`${outcome.problem.message} [${outcome.problem.code}]`] : []
  const todo = authorize
    .filter((one) => one.address.kind === address.kind && one.address.name === address.name)
    .flatMap(({ connect }) => (connect === undefined ? [] : [`next: ${connect}`]))
  return {
    address,
    text: nameText(address),
    word,
    ...outcomes[outcome.outcome],
    notes: [...notes, ...failure, ...kept, ...todo].map(visible),
    impacts: [],
    rows: 0,
    lines: () => []
  }
}

const signs = { update: '~', rename: '→', remove: '-', add: '+' } as const

/** What was taken over into the files, or would be. */
function pullSummary(view: PullView, look: Look): Summary {
  const left = view.problems.problems.length > 0 ? 'waits' : 'fine'
  return {
    ...empty,
    of: 'pull',
    title: 'Pull',
    about: headLine(view, { ...look, colour: false }),
    outcome: view.failures.errors > 0 ? 'failed' : view.taken.length > 0 ? 'differs' : left,
    ...closingOf(view.closing),
    entries: view.taken.map((taken) => ({
      address: { kind: taken.kind, name: taken.name },
      text: nameText(taken),
      word: taken.action,
      sign: signs[taken.action],
      tone: tones[signs[taken.action]],
      notes: [],
      impacts: [],
      rows: taken.fields.length,
      lines: () => taken.fields.map(({ path }) => `  ${visible(pathText(path))}`)
    })),
    problems: problemsOf(view.problems, view.failures),
    patches: view.patches
  }
}

/** What came of reading the files. */
function findingsSummary(view: FindingsView): Summary {
  const { errors, warnings, files } = view.problems
  const found = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : [])
  ].join(', ')
  const inFiles = files > 0 ? ` in ${count(files, 'file')}` : ''
  return {
    ...empty,
    of: 'findings',
    title: 'Problems',
    outcome: errors > 0 || view.interrupted ? 'failed' : 'fine',
    closing: view.closing ?? (found === '' ? 'No problems.' : `${found}${inFiles}.`),
    problems: view.problems.problems
  }
}

const gravity: readonly Summary['outcome'][] = ['failed', 'differs', 'waits', 'fine']

/** Each of many, and what all come to. */
function organizationsSummary({ organizations }: OrganizationsView, look: Look): Summary {
  const parts = organizations.map((one) => ({
    label: visible(one.label),
    summary: organizationSummary(one, look)
  }))
  const outcome = gravity.find((grave) => parts.some(({ summary }) => summary.outcome === grave)) ?? 'fine'
  const counts = gravity
    .map((grave) => [parts.filter(({ summary }) => summary.outcome === grave).length, grave] as const)
    .filter(([number]) => number > 0)
    .map(([number, grave]) => `${number} ${outcomeWords[grave]}`)
  return {
    ...empty,
    of: 'organizations',
    title: 'Organizations',
    outcome,
    closing: `${count(parts.length, 'organization')}: ${counts.join(', ')}.`,
    organizations: parts
  }
}

const outcomeWords = {
  failed: 'failed',
  differs: 'differ',
  waits: 'wait for a person',
  fine: 'fine'
} as const

/** Codes of commands that did not come to an end: whatever they say, nobody may take them for fine. */
const isFine = new Set([0, 2, 8])

function organizationSummary({ answer, code, closing }: OrganizationView, look: Look): Summary {
  const own = answer === undefined ? { ...empty, closing } : answerSummary(answer, look)
  return isFine.has(code) ? own : { ...own, outcome: 'failed' }
}

/** The summary of what one command came to. */
export function answerSummary(answer: NonNullable<OrganizationView['answer']>, look: Look): Summary {
  switch (answer.type) {
    case 'plan':
    case 'drift':
      return changesSummary(answer.type, answer.view, look)
    case 'report':
      return reportSummary(answer.view, look)
    case 'pull':
      return pullSummary(answer.view, look)
    case 'executions':
      return { ...empty, ...executionsParts(answer.view, look) }
    case 'preview':
      return { ...empty, ...previewParts(withoutRecords(answer.view), look) }
    case 'tests':
      return { ...empty, ...testsParts(answer.view) }
    case 'findings':
      return findingsSummary(answer.view)
    case 'organizations':
      return organizationsSummary(answer.view, look)
    case 'lookup':
      return empty
  }
}

const empty: Summary = {
  of: 'findings',
  title: '',
  about: '',
  outcome: 'fine',
  closing: '',
  entries: [],
  remarks: [],
  problems: [],
  patches: [],
  organizations: []
}

function closingOf({ text, next }: Closing): Pick<Summary, 'closing' | 'next'> {
  return { closing: text, ...(next === undefined ? {} : { next }) }
}

function problemsOf(...views: readonly ProblemsView[]): ProblemView[] {
  return views.flatMap(({ problems }) => problems)
}

function oneLine(text: string): string {
  return visible(text.replaceAll(/\n */g, ' '))
}
