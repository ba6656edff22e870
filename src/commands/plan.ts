import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import type { Plan } from '../plan/plan.ts'
import { plan } from '../reconcile.ts'
import { openReader } from '../remote/transport.ts'
import type { PlanHeader } from '../render/header.ts'
import type { Look } from '../render/style.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import { limitsOf, type LimitOptions, type ReadOptions } from './options.ts'
import { jsonText, tellProblems, withGround, type Ground } from './run.ts'

/**
 * `drift` takes none of these: it always says by its exit code whether there are differences, and tells
 * deletions however many there are.
 */
export interface PlanOptions extends ReadOptions, LimitOptions {
  detailedExitcode?: boolean
}

/** `polyctl plan` and `polyctl drift`: the same plan, in two ways of speaking. Both can only read. */
export async function planCommand(options: PlanOptions, io: CommandIo): Promise<number> {
  return await withGround(io, options, async (ground) => {
    const changes = await show(ground, options, io, 'plan')
    return typeof changes === 'number'
      ? changes
      : options.detailedExitcode === true && changes.differ
        ? exit.differences
        : exit.done
  })
}

/** Drift is told whatever it is: the limit on deletions is for those who mean to carry them out. */
export async function driftCommand(options: ReadOptions, io: CommandIo): Promise<number> {
  return await withGround(io, options, async (ground) => {
    const changes = await show(ground, { ...options, maxDeletes: Infinity }, io, 'drift')
    return typeof changes === 'number' ? changes : changes.differ ? exit.differences : exit.done
  })
}

async function show(
  ground: Ground,
  options: PlanOptions,
  io: CommandIo,
  as: 'plan' | 'drift'
): Promise<number | { differ: boolean }> {
  // Loaded while the service is asked: then it costs no time of its own.
  const printing = options.format === 'json' ? jsonPrinter(as) : textPrinter(as)
  const decided = await plan(ground.understood, openReader(ground.service.remote), kinds, limitsOf(options))
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
  return { differ: decided.value.plan.changes.some((change) => change.action !== 'none') }
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
