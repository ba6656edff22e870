import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import { detailsOf } from '../plan/details.ts'
import { isDifference } from '../plan/pending.ts'
import { plan as makePlan } from '../reconcile.ts'
import { askedOf } from './asked.ts'
import { exit, exitOfProblems } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { OrganizationOptions, PlanningOptions, ReadOptions } from './options.ts'
import { isOverOrganizations, overOrganizations } from './organizations.ts'
import { closedBy, jsonResult, problemsResult, problemsPiece, textResult, type Result } from './result.ts'
import { reading, withGround, type Ground } from './run.ts'
import { savePlan, type Made } from './saved-plan.ts'

/** `out` is where the plan is kept, for `apply` to do exactly that. */
export interface PlanOptions extends ReadOptions, PlanningOptions, OrganizationOptions {
  detailedExitcode?: boolean
  out?: string
}

/** `polyctl plan` and `polyctl drift`: the same plan, in two ways of speaking. Both can only read. */
export async function planCommand(options: PlanOptions, io: CommandIo): Promise<Result> {
  if (isOverOrganizations(options)) return await overOrganizations(options, io, planCommand)
  return await withGround(io, options, async (ground) => {
    const made = await madeFrom(ground, options, io)
    if (!made.ok) return await problemsResult(io, options, made.problems, ground)
    const { planned } = made.value
    const differs = planned.plan.changes.some(isDifference)
    const code = options.detailedExitcode === true && differs ? exit.differences : exit.done
    const saved = options.out === undefined ? {} : savePlan(options.out, made.value, io)
    return await shown(made.value, made.problems, io, { as: 'plan', code, ...saved })
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
  return await withGround(io, options, async (ground) => {
    const made = await madeFrom(ground, { ...options, maxDeletes: Infinity, maxUpdates: Infinity }, io)
    if (!made.ok) return await problemsResult(io, options, made.problems, ground)
    const { changes } = made.value.planned.plan
    const drifted = changes.some((change) => isDifference(change) && detailsOf(change).cause !== 'config')
    const code = drifted ? exit.differences : exit.done
    return await shown(made.value, made.problems, io, { as: 'drift', code })
  })
}

/** A plan with all that it was made from, and every problem on the way to it. */
async function madeFrom(ground: Ground, options: PlanOptions, io: CommandIo): Promise<Checked<Made>> {
  const asked = await askedOf(ground, options, io)
  if (!asked.ok) return asked
  const decided = await reading(ground, options, io, (reader) =>
    makePlan(ground.understood, reader, kinds, asked.value)
  )
  const problems = [...ground.problems, ...decided.problems]
  if (!decided.ok) return { ok: false, problems }
  return { ok: true, value: { planned: decided.value, asked: asked.value, ground, options }, problems }
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
  { planned, ground, options }: Made,
  problems: Diagnostic[],
  io: CommandIo,
  { as, code, failure, note }: Telling
): Promise<Result> {
  const { id, name } = planned.plan.organization
  const header = { ...ground.header, organization: name, organizationId: id }
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
  const view = plannedView(plan, redacted, ground.look)
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
      await problemsPiece(io, options, problems, ground.texts),
      { to: 'out', text: render(view, ground.look, style) },
      await problemsPiece(io, options, failures, ground.texts),
      { to: 'err', text: note ?? '' }
    )
  )
}
