import type { Outcome } from '../apply/events.ts'
import type { Action, FieldChange, Impact } from '../plan/plan.ts'
import { addressText } from '../state/resource.ts'
import type { Format } from './format.ts'
import { jsonText } from './json-text.ts'
import { executionsDocument } from './json-executions.ts'
import { testsDocument } from './json-tests.ts'
import { formatVersion, headJson, placeJson, problemJson, problemsJson } from './json-parts.ts'
import { previewDocument } from './json-preview.ts'
import { valueJson } from './json-value.ts'
import type { Answer, OrganizationsView } from './view/answer.ts'
import type { ChangesView, ResourceView, ToldChange } from './view/changes.ts'
import type { FindingsView } from './view/problems.ts'
import { withoutRecords } from './view/preview.ts'
import type { PullView } from './view/pull.ts'
import type { ReportView } from './view/report.ts'

/** Each answer as a document of its own. */
export const json: Format = {
  plan: (view) => jsonText(planDocument(view)),
  drift: (view) => jsonText(driftDocument(view)),
  report: (view) => jsonText(reportDocument(view)),
  pull: (view) => jsonText(pullDocument(view)),
  executions: (view) => jsonText(executionsDocument(view)),
  preview: (view) => jsonText(previewDocument(view)),
  tests: (view) => jsonText(testsDocument(view)),
  findings: (view) => jsonText(findingsDocument(view)),
  organizations: (view) => jsonText(organizationsDocument(view)),
  lookup: ({ facts }) => jsonText(facts)
}

function documentOf(answer: Answer): unknown {
  switch (answer.type) {
    case 'plan':
      return planDocument(answer.view)
    case 'drift':
      return driftDocument(answer.view)
    case 'report':
      return reportDocument(answer.view)
    case 'pull':
      return pullDocument(answer.view)
    case 'executions':
      return executionsDocument(answer.view)
    case 'preview':
      return previewDocument(withoutRecords(answer.view))
    case 'tests':
      return testsDocument(answer.view)
    case 'findings':
      return findingsDocument(answer.view)
    case 'organizations':
      return organizationsDocument(answer.view)
    case 'lookup':
      return answer.view.facts
  }
}

/** What apply would do, in the order of the plan. */
export function planDocument(view: ChangesView): unknown {
  return {
    ...headJson(view.header),
    organization: { id: view.organization.id, name: view.organization.name },
    summary: {
      create: countOf(view, 'create'),
      update: countOf(view, 'update'),
      rename: countOf(view, 'rename'),
      delete: countOf(view, 'delete'),
      none: countOf(view, 'none'),
      ...besideCounts(view)
    },
    changes: resourcesIn(view).map(changeJson),
    not_checked: view.unchecked ?? null,
    ...besideJson(view),
    problems: problemsJson(view.problems, view.failures)
  }
}

/** In the order of the plan, whatever the order is in which they are told. */
function resourcesIn({ resources }: ChangesView): ResourceView[] {
  return resources.toSorted((a, b) => a.index - b.index)
}

function countOf({ resources }: ChangesView, action: Action): number {
  return resources.filter(({ change }) => change.action === action).length
}

/**
 * Of all that is told in the other numbers: how many wait for a person (what is still to be made among them),
 * and how many secrets nobody can compare. A plan sends those of what it changes.
 */
function besideCounts({ counts, coverage }: ChangesView) {
  return { waiting: counts.waiting, secrets_not_compared: coverage.secrets }
}

function changeJson({ change, preview }: Pick<ResourceView, 'change' | 'preview'>) {
  return {
    action: change.action,
    ...resourceJson(change),
    previous_name: change.previousName ?? null,
    reason: change.reason,
    cause: change.cause ?? null,
    impacts: change.impacts.map(impactJson),
    fields: change.fields.map(fieldJson),
    unchanged: change.unchanged,
    after: change.after,
    changed: { at: change.changed?.at ?? null, by: change.changed?.by ?? null },
    not_stated: change.notStated,
    ignored: change.hidden,
    not_compared: change.notCompared,
    not_read: change.notRead,
    waiting: change.waiting ?? null,
    preview: preview ?? null
  }
}

function impactJson({ effect, because, paths, reaches }: Impact) {
  return { effect, because, paths, reaches }
}

function resourceJson(change: ToldChange) {
  const { kind, name, id, span } = change
  return { kind, name, address: addressText(change), id: id ?? null, ...placeJson(span) }
}

function fieldJson({ path, how, before, after, cause, base, span }: FieldChange) {
  const who = { cause: cause ?? null, base: cause === 'conflict' ? valueJson(base) : null }
  return { path, how, before: valueJson(before), after: valueJson(after), ...who, ...placeJson(span) }
}

const drifts: Readonly<Record<Action, string>> = {
  create: 'missing',
  update: 'changed',
  rename: 'renamed',
  delete: 'not_removed',
  none: 'none'
}

const turned = { added: 'removed', removed: 'added', changed: 'changed' } as const

/** What became of the service: the same differences, seen from there. */
export function driftDocument(view: ChangesView): unknown {
  const resources = resourcesIn(view)
  const declared = resources.filter(({ change }) => change.action !== 'delete')
  return {
    ...headJson(view.header),
    organization: { id: view.organization.id, name: view.organization.name },
    summary: {
      declared: declared.length,
      missing: countOf(view, 'create'),
      changed: countOf(view, 'update'),
      renamed: countOf(view, 'rename'),
      not_removed: countOf(view, 'delete'),
      none: countOf(view, 'none'),
      ...besideCounts(view)
    },
    resources: resources.map(({ change, age }) => ({
      drift: drifts[change.action],
      cause: change.cause ?? null,
      ...resourceJson(change),
      name_in_service: change.action === 'create' ? null : (change.previousName ?? change.name),
      changed: {
        at: change.changed?.at ?? null,
        by: change.changed?.by ?? null,
        age_seconds: age ?? null
      },
      fields: change.action === 'create' ? [] : change.fields.map(driftedFieldJson),
      not_stated: change.notStated,
      ignored: change.hidden,
      not_compared: change.notCompared,
      not_read: change.notRead,
      waiting: change.waiting ?? null
    })),
    ...besideJson(view),
    problems: problemsJson(view.problems, view.failures)
  }
}

/** What a plan tells beside its changes. */
function besideJson(view: ChangesView) {
  return {
    since: view.since ?? null,
    partial: view.partial ?? null,
    no_longer_declared: view.noLongerDeclared.map(({ kind, name, id, span }) => ({
      kind,
      name,
      address: addressText({ kind, name }),
      id,
      ...placeJson(span)
    })),
    unmanaged: view.unmanaged
  }
}

function driftedFieldJson({ path, how, before, after, cause, base, span }: FieldChange) {
  const who = { cause: cause ?? null, base: cause === 'conflict' ? valueJson(base) : null }
  const sides = { files: valueJson(after), service: valueJson(before) }
  return { path, how: turned[how], ...sides, ...who, ...placeJson(span) }
}

/** What became of each change. */
export function reportDocument(view: ReportView): unknown {
  const { done, pending, skipped, failed } = view.counts
  return {
    ...headJson(view.header),
    interrupted: view.interrupted,
    applied_revision: view.appliedRevision ?? null,
    summary: { done, pending, skipped, failed },
    results: view.results.map(({ address, action, outcome }) => ({
      kind: address.kind,
      name: address.name,
      address: addressText(address),
      action,
      ...outcomeJson(outcome)
    })),
    problems: problemsJson(view.problems, view.beside),
    runs: view.runs === undefined ? null : executionsDocument(view.runs)
  }
}

function outcomeJson(outcome: Outcome) {
  const nothing = { id: null, because: null, notes: [], kept: [], authorize: null, problem: null }
  if (outcome.outcome === 'done')
    return { outcome: 'done', ...nothing, id: outcome.id, notes: outcome.notes }
  if (outcome.outcome === 'failed') {
    const kept = (outcome.kept ?? []).map(keptJson)
    return { outcome: 'failed', ...nothing, kept, problem: problemJson(outcome.problem) }
  }
  if (outcome.outcome === 'skipped') return { outcome: 'skipped', ...nothing, because: outcome.because }
  const { id = null, because, authorize } = outcome
  const link = authorize === undefined ? null : { url: authorize.url, code: authorize.code ?? null }
  return { outcome: 'pending', ...nothing, id, because, authorize: link }
}

function keptJson({ path, before, after, span }: FieldChange) {
  return { path, wanted: valueJson(after), kept: valueJson(before), ...placeJson(span) }
}

/** What was taken over into the files, or would be, with the patch of each file. */
function pullDocument(view: PullView): unknown {
  return {
    ...headJson(view.header),
    since: view.since ?? null,
    check: view.isCheck,
    summary: { taken: view.taken.length, files: view.patches.length, left: view.problems.warnings },
    taken: view.taken.map(({ fields, pin, ...taken }) => ({
      ...taken,
      address: addressText(pin === undefined ? taken : { ...taken, pin }),
      fields: fields.map(({ path, how }) => ({ path, how }))
    })),
    patches: view.patches.map(({ path, patch, isWritten }) => ({ path, patch, written: isWritten })),
    problems: problemsJson(view.problems, view.failures)
  }
}

/**
 * Whether the files are right, and what is not. Interrupted, there is no answer, and nothing need be
 * wrong.
 */
export function findingsDocument({ files, resources, problems, interrupted }: FindingsView): unknown {
  return {
    format_version: formatVersion,
    valid: problems.errors === 0 && !interrupted,
    interrupted,
    files,
    resources,
    summary: { errors: problems.errors, warnings: problems.warnings },
    problems: problemsJson(problems)
  }
}

function organizationsDocument({ organizations }: OrganizationsView): unknown {
  const codes = Map.groupBy(organizations, ({ code }) => code)
  return {
    format_version: formatVersion,
    summary: {
      organizations: organizations.length,
      exit_codes: Object.fromEntries([...codes].map(([code, group]) => [String(code), group.length]))
    },
    organizations: organizations.map(({ id, name, code, answer }) => ({
      organization: { id, name },
      exit_code: code,
      result: answer === undefined ? null : documentOf(answer)
    }))
  }
}
