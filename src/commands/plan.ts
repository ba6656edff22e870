import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import { detailsOf } from '../plan/details.ts'
import { missingSecrets } from '../plan/missing-secrets.ts'
import { isDifference } from '../plan/pending.ts'
import { plan as makePlan } from '../reconcile.ts'
import { decideOptionsOf } from './decide-options.ts'
import { exit, exitOfProblems } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { OrganizationOptions, PlanningOptions, ReadOptions } from './options.ts'
import { isOverOrganizations, overOrganizations } from './organizations.ts'
import { closedBy, jsonResult, problemsResult, problemsPiece, textResult, type Result } from './result.ts'
import { reading, withContext, type CommandContext } from './run.ts'
import { savePlan, type PlanWithInputs } from './saved-plan.ts'

/** `out` is where the plan is kept, for `apply` to do exactly that. */
export interface PlanOptions extends ReadOptions, PlanningOptions, OrganizationOptions {
  detailedExitcode?: boolean
  out?: string
}

/** `polyctl plan` and `polyctl drift`: the same plan, in two ways of speaking. Both can only read. */
export async function planCommand(options: PlanOptions, io: CommandIo): Promise<Result> {
  if (isOverOrganizations(options)) return await overOrganizations(options, io, planCommand)
  return await withContext(io, options, async (context) => {
    const decided = await decideFrom(context, options, io, 'plan')
    if (!decided.ok) return await problemsResult(io, options, decided.problems, context)
    const { planned } = decided.value
    const differs = planned.plan.changes.some(isDifference)
    const code = options.detailedExitcode === true && differs ? exit.differences : exit.done
    const saved = options.out === undefined ? {} : savePlan(options.out, decided.value, io)
    return await shown(decided.value, decided.problems, io, { as: 'plan', code, ...saved })
  })
}

/**
 * Drift is told whatever it is: the limit on deletions is for those who mean to carry them out. What the
 * files changed since the revision, and nobody applied yet, is no drift.
 */
export async function driftCommand(
  options: ReadOptions & PlanningOptions & OrganizationOptions,
  io: CommandIo
): Promise<Result> {
  if (isOverOrganizations(options)) return await overOrganizations(options, io, driftCommand)
  return await withContext(io, options, async (context) => {
    const decided = await decideFrom(
      context,
      { ...options, maxDeletes: Infinity, maxUpdates: Infinity },
      io,
      'drift'
    )
    if (!decided.ok) return await problemsResult(io, options, decided.problems, context)
    const { changes } = decided.value.planned.plan
    const drifted = changes.some((change) => isDifference(change) && detailsOf(change).cause !== 'config')
    const code = drifted ? exit.differences : exit.done
    return await shown(decided.value, decided.problems, io, { as: 'drift', code })
  })
}

/** A plan with all that it was made from, and every problem on the way to it. */
async function decideFrom(
  context: CommandContext,
  options: PlanOptions,
  io: CommandIo,
  as: Telling['as']
): Promise<Checked<PlanWithInputs>> {
  const requested = await decideOptionsOf(context, options, io)
  if (!requested.ok) return requested
  const decided = await reading(context, options, io, (reader) =>
    makePlan(context.understood, reader, kinds, requested.value)
  )
  const problems = [...context.problems, ...decided.problems]
  if (!decided.ok) return { ok: false, problems }
  if (as === 'plan') problems.push(...missingSecrets(decided.value.plan, context.understood, 'warning'))
  return {
    ok: true,
    value: { planned: decided.value, requested: requested.value, context, options },
    problems
  }
}

/** How a plan is told. `failure` is why it could not be saved, `note` how to go on where it was. */
interface Telling {
  as: 'plan' | 'drift'
  code: number
  failure?: Diagnostic
  note?: string
}

/** A plan that could not be saved is shown all the same: it is one answer with one problem more. */
async function shown(
  { planned, context, options }: PlanWithInputs,
  problems: Diagnostic[],
  io: CommandIo,
  { as, code, failure, note }: Telling
): Promise<Result> {
  const { id, name } = planned.plan.organization
  const header = { ...context.header, organization: name, organizationId: id }
  const failures = failure ? [failure] : []
  const ended = failure ? await exitOfProblems(failures) : code
  const plannedView =
    as === 'plan'
      ? (await import('../render/view/plan.ts')).planView
      : (await import('../render/view/drift.ts')).driftView
  if (options.format === 'json') {
    const { driftDocument, planDocument } = await import('../render/json.ts')
    const document = as === 'plan' ? planDocument : driftDocument
    return jsonResult(ended, document(plannedView(planned.plan, header), [...problems, ...failures]))
  }
  const [plan, redacted] = io.redaction.data([planned.plan, header] as const)
  const view = plannedView(plan, redacted, context.look)
  const render =
    as === 'plan'
      ? (await import('../render/plan.ts')).planText
      : (await import('../render/drift.ts')).driftText
  // How to go on with a saved plan is told beside it.
  const style = {
    verbose: options.verbose === true,
    quiet: options.quiet === true,
    next: note === undefined
  }
  return closedBy(
    view.closing.text,
    textResult(
      ended,
      await problemsPiece(io, options, problems, context.texts),
      { to: 'out', text: render(view, context.look, style) },
      await problemsPiece(io, options, failures, context.texts),
      { to: 'err', text: note ?? '' }
    )
  )
}
