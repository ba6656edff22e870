import { checked, strictly, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Condition } from '../executions/conditions.ts'
import { kinds } from '../kinds/index.ts'
import { missingSecrets } from '../plan/missing-secrets.ts'
import { isDifference } from '../plan/pending.ts'
import { appliedHeader } from './applied.ts'
import { countFindings, differences, type DriftFinding } from './drift-findings.ts'
import { makeDecision, readsAllLists } from './decide-options.ts'
import { exit, exitOfProblems } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { OrganizationOptions, PlanningOptions, ReadOptions } from './options.ts'
import type { PlanHeader } from '../render/header.ts'
import { isOverOrganizations, overOrganizations } from './organizations.ts'
import type { BadRun } from '../render/view/bad-run.ts'
import type { ChangesView } from '../render/view/changes.ts'
import type { Result } from './output.ts'
import { problemsResult } from './result.ts'
import { withContext, type CommandContext } from './run.ts'
import { savePlan, type PlanWithInputs } from './saved-plan.ts'

/** `out` is where the plan is kept, for `apply` to do exactly that. */
export interface PlanOptions extends ReadOptions, PlanningOptions, OrganizationOptions {
  detailedExitcode?: boolean
  /** Warnings are errors. */
  strict?: boolean
  out?: string
  /** What changed syncs would do to records is told. */
  preview?: boolean
}

/** `polyctl plan` and `polyctl drift`: the same plan, in two ways of speaking. Both can only read. */
export async function planCommand(options: PlanOptions, io: CommandIo): Promise<Result> {
  if (isOverOrganizations(options)) return await overOrganizations(options, io, planCommand)
  const wants = { lists: readsAllLists(options), core: readsAllLists(options) }
  const work = async (context: CommandContext): Promise<Result> => {
    const decided = await decideFrom(context, options, io, 'plan')
    if (!decided.ok) return await problemsResult(io, decided.problems, context)
    const { planned } = decided.value
    const differs = planned.plan.changes.some(isDifference)
    const previews =
      options.preview === true
        ? await (await import('./plan-preview.ts')).planPreviews(decided.value)
        : undefined
    decided.problems.push(...(previews?.problems ?? []))
    const code = options.detailedExitcode === true && differs ? exit.differences : exit.done
    const saved =
      options.out === undefined ? {} : await savedWithView(options.out, decided.value, decided.problems, io)
    return await answered(decided.value, decided.problems, {
      type: 'plan',
      code,
      ...saved,
      ...(previews === undefined ? {} : { previews: previews.notes })
    })
  }
  return await withContext(io, options, work, { ...wants, moves: options.preview === true })
}

/** What a drift ends with 2 for, and whether it looks at what no file declares. */
export interface DriftOptions extends ReadOptions, PlanningOptions, OrganizationOptions {
  failOn?: readonly DriftFinding[]
  ignoreUnmanaged?: boolean
  /** What the last runs of syncs may not be. Given, these are looked at, too. */
  lastRuns?: readonly Condition[]
}

/**
 * Drift is told whatever it is: the limit on deletions is for those who mean to carry them out. What the
 * files changed since the revision, and nobody applied yet, is no drift.
 */
export async function driftCommand(options: DriftOptions, io: CommandIo): Promise<Result> {
  if (isOverOrganizations(options)) {
    return await overOrganizations(options, io, (own, ownIo) => driftCommand({ ...options, ...own }, ownIo))
  }
  const { failOn = differences, ignoreUnmanaged = false, lastRuns = [] } = options
  const core = readsAllLists(options) && !ignoreUnmanaged
  const work = async (context: CommandContext): Promise<Result> => {
    const limitless = { ...options, maxDeletes: Infinity, maxUpdates: Infinity }
    const decided = await decideFrom(context, limitless, io, 'drift', core)
    if (!decided.ok) return await problemsResult(io, decided.problems, context)
    const { planned } = decided.value
    const runs =
      lastRuns.length === 0
        ? undefined
        : await (await import('./drift-runs.ts')).badRuns(decided.value, lastRuns, kinds)
    if (runs?.ok === false)
      return await problemsResult(io, [...decided.problems, ...runs.problems], context)
    if (ignoreUnmanaged) planned.plan.unmanaged = []
    const found = countFindings(planned.plan, decided.problems)
    const failing = failOn.filter((finding) => found[finding] > 0)
    const code = failing.length > 0 ? exit.differences : exit.done
    const beyond = failing.filter((finding) => !differences.includes(finding))
    return await answered(decided.value, decided.problems, {
      type: 'drift',
      code,
      ...(runs === undefined ? {} : { badRuns: runs.value }),
      also: beyond.map((finding) => `${found[finding]} ${finding}`)
    })
  }
  return await withContext(io, options, work, { lists: readsAllLists(options), core })
}

/** A plan with all that it was made from, and every problem on the way to it. */
async function decideFrom(
  context: CommandContext,
  options: PlanOptions,
  io: CommandIo,
  type: Telling['type'],
  core = true
): Promise<Checked<PlanWithInputs>> {
  const decision = await makeDecision(context, options, io, {
    checks: type === 'plan' && options.check !== false,
    core,
    missingPins: type === 'drift',
    meanwhile: () => void prepare(type, io).catch(() => undefined)
  })
  const problems = [...context.problems, ...decision.problems]
  if (!decision.ok) return { ok: false, problems }
  const { planned } = decision.value
  if (type === 'plan') problems.push(...missingSecrets(planned.plan, context.understood, 'warning'))
  const value = { ...decision.value, context, options }
  return options.strict === true ? checked(value, strictly(problems)) : { ok: true, value, problems }
}

/** Loads what tells of a plan while the first answers are waited for: whatever fails here fails there too. */
async function prepare(type: Telling['type'], { output, turn }: CommandIo): Promise<void> {
  await turn?.()
  await Promise.all([views[type](), output.prepare(type)])
}

const views = {
  plan: async () => (await import('../render/view/plan.ts')).planView,
  drift: async () => (await import('../render/view/drift.ts')).driftView
}

/** How a plan is told. `failure` is why it could not be saved, `saved` where it was. */
interface Telling {
  type: 'plan' | 'drift'
  code: number
  failure?: Diagnostic
  saved?: string
  /** What else it ends with 2 for: sentences. */
  also?: readonly string[]
  /** What changed syncs would do to records, by the places of the changes. */
  previews?: ReadonlyMap<number, string>
  badRuns?: readonly BadRun[]
}

/** A plan that could not be saved is shown all the same: it is one answer with one problem more. */
async function answered(
  { planned, context, options }: PlanWithInputs,
  problems: Diagnostic[],
  { type, code, failure, saved, also = [], previews, badRuns }: Telling
): Promise<Result> {
  const failures = failure ? [failure] : []
  const view = await views[type]()
  const { observed, plan, unchecked } = planned
  const beside = {
    problems,
    failures,
    also,
    observed,
    unchecked,
    ...(saved === undefined ? {} : { saved })
  }
  const shown = view(plan, headerOf({ planned, context, options }), context.view, beside)
  return {
    code: failure ? await exitOfProblems(failures) : code,
    answer: { type, view: { ...withPreviews(shown, previews), ...(badRuns && { badRuns }) } }
  }
}

function withPreviews(view: ChangesView, previews: Telling['previews']): ChangesView {
  if (previews === undefined) return view
  const resources = view.resources.map((one) => {
    const preview = previews.get(one.index)
    return preview === undefined ? one : { ...one, notes: [...one.notes, preview], preview }
  })
  return { ...view, resources }
}

function headerOf({ planned, context, options }: Omit<PlanWithInputs, 'requested'>): PlanHeader {
  const { id, name } = planned.plan.organization
  return {
    ...context.header,
    organization: name,
    organizationId: id,
    ...appliedHeader(planned.plan, options)
  }
}

/** Saves a plan with what is told of it: without secrets, and the same whenever it is made. */
async function savedWithView(
  path: string,
  decided: PlanWithInputs,
  problems: readonly Diagnostic[],
  io: CommandIo
): Promise<{ failure: Diagnostic } | { saved: string }> {
  const { keptView } = await import('../render/view/kept.ts')
  const { planned, context } = decided
  const { now: _now, ...timeless } = context.view
  const toView = await views.plan()
  const { observed, unchecked } = planned
  const extras = { problems, observed, unchecked, isAsked: true }
  const view = toView(planned.plan, headerOf(decided), timeless, extras)
  return savePlan(path, decided, io, keptView(io.redaction.data(view)))
}
