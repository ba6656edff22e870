import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import type { DecideOptions } from '../plan/options.ts'
import type { Plan } from '../plan/plan.ts'
import { plan, type Planned } from '../reconcile.ts'
import { openReader } from '../remote/transport.ts'
import type { PlanHeader } from '../render/header.ts'
import type { Look } from '../render/style.ts'
import { askedOf } from './asked.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { OrganizationOptions, PlanningOptions, ReadOptions } from './options.ts'
import { isOverOrganizations, overOrganizations } from './organizations.ts'
import { jsonText, tellProblems, withGround, type Ground } from './run.ts'
import { savePlan } from './saved-plan.ts'

/** `out` is where the plan is kept, for `apply` to do exactly that. */
export interface PlanOptions extends ReadOptions, PlanningOptions, OrganizationOptions {
  detailedExitcode?: boolean
  out?: string
}

/** `polyctl plan` and `polyctl drift`: the same plan, in two ways of speaking. Both can only read. */
export async function planCommand(options: PlanOptions, io: CommandIo): Promise<number> {
  if (isOverOrganizations(options)) return await overOrganizations(options, io, planCommand)
  return await withGround(io, options, async (ground) => {
    const shown = await show(ground, options, io, 'plan')
    if (typeof shown === 'number') return shown
    if (options.out !== undefined) {
      const saved = await savePlan(options.out, { ...shown, ground, options }, io)
      if (saved !== exit.done) return saved
    }
    const differs = shown.planned.plan.changes.some((change) => change.action !== 'none')
    return options.detailedExitcode === true && differs ? exit.differences : exit.done
  })
}

/**
 * Drift is told whatever it is: the limit on deletions is for those who mean to carry them out. What the
 * files changed since the revision, and nobody applied yet, is no drift.
 */
export async function driftCommand(
  options: ReadOptions & PlanningOptions & OrganizationOptions,
  io: CommandIo
): Promise<number> {
  if (isOverOrganizations(options)) return await overOrganizations(options, io, driftCommand)
  return await withGround(io, options, async (ground) => {
    const shown = await show(
      ground,
      { ...options, maxDeletes: Infinity, maxUpdates: Infinity },
      io,
      'drift'
    )
    if (typeof shown === 'number') return shown
    const { changes } = shown.planned.plan
    const drifted = changes.some((change) => change.action !== 'none' && change.cause !== 'config')
    return drifted ? exit.differences : exit.done
  })
}

/** What was planned, and what was asked for beside the files. */
export interface Shown {
  planned: Planned
  asked: DecideOptions
}

async function show(
  ground: Ground,
  options: PlanOptions,
  io: CommandIo,
  as: 'plan' | 'drift'
): Promise<number | Shown> {
  // Loaded while the service is asked: then it costs no time of its own.
  const printing = options.format === 'json' ? jsonPrinter(as) : textPrinter(as)
  const asked = await askedOf(ground, options, io)
  if (!asked.ok) return await tellProblems(io, options, asked.problems, ground.texts)
  const decided: Checked<Planned> = await plan(
    ground.understood,
    openReader(ground.service.remote),
    kinds,
    asked.value
  )
  const problems = [...ground.problems, ...decided.problems]
  if (!decided.ok) return await tellProblems(io, options, problems, ground.texts)
  const { id, name } = decided.value.plan.organization
  const header = { ...ground.header, organization: name, organizationId: id }
  if (options.format !== 'json' && problems.length > 0)
    await tellProblems(io, options, problems, ground.texts)
  const print = await printing
  io.out(
    print(decided.value.plan, header, problems, { look: ground.look, verbose: options.verbose === true })
  )
  return { planned: decided.value, asked: asked.value }
}

type Printer = (
  plan: Plan,
  header: PlanHeader,
  problems: Diagnostic[],
  style: { look: Look; verbose: boolean }
) => string

async function textPrinter(as: 'plan' | 'drift'): Promise<Printer> {
  const render =
    as === 'plan'
      ? (await import('../render/plan.ts')).renderPlan
      : (await import('../render/drift.ts')).renderDrift
  return (plan, header, _problems, { look, verbose }) => render(plan, header, look, { verbose })
}

async function jsonPrinter(as: 'plan' | 'drift'): Promise<Printer> {
  const { driftJson, planJson } = await import('../render/json.ts')
  return (plan, header, problems) =>
    jsonText((as === 'plan' ? planJson : driftJson)(plan, header, problems))
}
