import type { Outcome, Report } from '../apply/events.ts'
import { isError, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { detailsOf, type ChangeDetails } from '../plan/details.ts'
import type { Action, FieldChange, Impact, Plan } from '../plan/plan.ts'
import { addressText } from '../state/resource.ts'
import { isLongNumber, isReference, isSecret, type Json } from '../state/value.ts'
import type { PlanHeader } from './header.ts'

/**
 * The output formats for programs. Each has a schema in `schemas/`; a change that could break a reader
 * raises the version. What is not known is null, so that every key is always there.
 */
const formatVersion = 1

/** What apply would do. */
export function planJson(plan: Plan, header: PlanHeader, problems: Diagnostic[]): unknown {
  return {
    ...headJson(header),
    organization: { id: plan.organization.id, name: plan.organization.name },
    summary: {
      create: countOf(plan, 'create'),
      update: countOf(plan, 'update'),
      rename: countOf(plan, 'rename'),
      delete: countOf(plan, 'delete'),
      none: countOf(plan, 'none'),
      ...besideCounts(plan, true)
    },
    changes: plan.changes.map((change) => changeJson(detailsOf(change))),
    ...besideJson(plan),
    problems: problems.map(problemJson)
  }
}

function headJson(header: PlanHeader) {
  return {
    format_version: formatVersion,
    organization: { id: header.organizationId ?? null, name: header.organization },
    service: header.service,
    api_version: header.apiVersion,
    files: header.files,
    resources: header.resources
  }
}

function countOf(plan: Plan, action: Action): number {
  return plan.changes.filter((change) => change.action === action).length
}

/**
 * Of all that is told in the other numbers: how many wait for a person (what is still to be made among them),
 * and how many secrets nobody can compare. A plan sends those of what it changes.
 */
function besideCounts({ changes }: Plan, sends: boolean) {
  const secrets = changes
    .map(detailsOf)
    .filter(({ action }) => (sends ? action === 'none' : action !== 'create' && action !== 'delete'))
  return {
    waiting: changes.filter(({ waiting }) => waiting !== undefined).length,
    secrets_not_compared: secrets.reduce((total, { notCompared }) => total + notCompared.length, 0)
  }
}

function changeJson(change: ChangeDetails) {
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
    waiting: change.waiting ?? null
  }
}

function impactJson({ effect, because, paths, reaches }: Impact) {
  return { effect, because, paths, reaches }
}

function resourceJson(change: ChangeDetails) {
  const { kind, name, id, span } = change
  return { kind, name, address: addressText(change), id: id ?? null, ...placeJson(span) }
}

function placeJson(span: Span | undefined) {
  return { file: span?.path ?? null, line: span?.start.line ?? null, column: span?.start.column ?? null }
}

function fieldJson({ path, how, before, after, cause, base, span }: FieldChange) {
  const who = { cause: cause ?? null, base: cause === 'conflict' ? valueJson(base) : null }
  return { path, how, before: valueJson(before), after: valueJson(after), ...who, ...placeJson(span) }
}

/** Readers need not know our tags: a reference says what it names, a secret where it comes from. */
function valueJson(value: Json | undefined): Json {
  if (value === undefined || value === null || typeof value !== 'object') return value ?? null
  if (Array.isArray(value)) return value.map(valueJson)
  if (isLongNumber(value)) return { number: value.$number }
  if (isSecret(value)) return { secret: value.$secret }
  if (isReference(value)) {
    return { reference: { kind: value.$ref, name: value.name ?? null, id: value.id ?? null } }
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, valueJson(part)]))
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
export function driftJson(plan: Plan, header: PlanHeader, problems: Diagnostic[]): unknown {
  const declared = plan.changes.filter((change) => change.action !== 'delete')
  return {
    ...headJson(header),
    organization: { id: plan.organization.id, name: plan.organization.name },
    summary: {
      declared: declared.length,
      missing: countOf(plan, 'create'),
      changed: countOf(plan, 'update'),
      renamed: countOf(plan, 'rename'),
      not_removed: countOf(plan, 'delete'),
      none: countOf(plan, 'none'),
      ...besideCounts(plan, false)
    },
    resources: plan.changes.map(detailsOf).map((change) => ({
      drift: drifts[change.action],
      cause: change.cause ?? null,
      ...resourceJson(change),
      name_in_service: change.action === 'create' ? null : (change.previousName ?? change.name),
      changed: { at: change.changed?.at ?? null, by: change.changed?.by ?? null },
      fields: change.action === 'create' ? [] : change.fields.map(driftedFieldJson),
      not_stated: change.notStated,
      ignored: change.hidden,
      not_compared: change.notCompared,
      not_read: change.notRead,
      waiting: change.waiting ?? null
    })),
    ...besideJson(plan),
    problems: problems.map(problemJson)
  }
}

/** What a plan tells beside its changes. */
function besideJson(plan: Plan) {
  return {
    since: plan.since ?? null,
    partial: plan.partial ?? null,
    no_longer_declared: plan.noLongerDeclared.map(({ kind, name, id, span }) => ({
      kind,
      name,
      address: addressText({ kind, name }),
      id,
      ...placeJson(span)
    })),
    unmanaged: plan.unmanaged
  }
}

function driftedFieldJson({ path, how, before, after, cause, base, span }: FieldChange) {
  const who = { cause: cause ?? null, base: cause === 'conflict' ? valueJson(base) : null }
  const sides = { files: valueJson(after), service: valueJson(before) }
  return { path, how: turned[how], ...sides, ...who, ...placeJson(span) }
}

/** What became of each change. */
export function reportJson(report: Report, header: PlanHeader, problems: Diagnostic[]): unknown {
  const { done, pending, skipped, failed } = report.counts
  return {
    ...headJson(header),
    interrupted: report.interrupted,
    summary: { done, pending, skipped, failed },
    results: report.settled.map(({ address, action, outcome }) => ({
      kind: address.kind,
      name: address.name,
      address: addressText(address),
      action,
      ...outcomeJson(outcome)
    })),
    problems: [...problems, ...(report.problems ?? [])].map(problemJson)
  }
}

function outcomeJson(outcome: Outcome) {
  const nothing = { id: null, because: null, notes: [], kept: [], authorize: null, problem: null }
  if (outcome.outcome === 'done') {
    return { outcome: 'done', ...nothing, id: outcome.id, notes: outcome.notes }
  }
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

/**
 * Whether the files are right, and what is not. Interrupted, there is no answer, and nothing need be
 * wrong.
 */
export function problemsJson(
  problems: Diagnostic[],
  extra: { files: number; resources: number; interrupted?: boolean }
): unknown {
  const errors = problems.filter(isError).length
  return {
    format_version: formatVersion,
    valid: errors === 0 && extra.interrupted !== true,
    interrupted: extra.interrupted === true,
    files: extra.files,
    resources: extra.resources,
    summary: { errors, warnings: problems.length - errors },
    problems: problems.map(problemJson)
  }
}

function problemJson({ code, severity, message, labels, notes, help }: Diagnostic) {
  return {
    code,
    severity,
    message,
    ...placeJson(labels[0]?.span),
    labels: labels.map(({ span, text }) => ({
      ...placeJson(span),
      end_line: span.end.line,
      end_column: span.end.column,
      text
    })),
    notes,
    help
  }
}
