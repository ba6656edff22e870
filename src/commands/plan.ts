import { kinds } from '../kinds/index.ts'
import { plan } from '../reconcile.ts'
import { openReader } from '../remote/transport.ts'
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
  const decided = await plan(ground.understood, openReader(ground.service.remote), kinds, limitsOf(options))
  const problems = [...ground.problems, ...decided.problems]
  if (!decided.ok) return await tellProblems(io, options, problems, ground.texts)
  const { id, name } = decided.value.plan.organization
  const header = { ...ground.header, organization: name, organizationId: id }
  if (options.format === 'json') {
    const { driftJson, planJson } = await import('../render/json.ts')
    io.out(jsonText((as === 'plan' ? planJson : driftJson)(decided.value.plan, header, problems)))
  } else {
    if (problems.length > 0) await tellProblems(io, options, problems, ground.texts)
    const style = { verbose: options.verbose === true }
    const text =
      as === 'plan'
        ? (await import('../render/plan.ts')).renderPlan
        : (await import('../render/drift.ts')).renderDrift
    io.out(text(decided.value.plan, header, ground.look, style))
  }
  return { differ: decided.value.plan.changes.some((change) => change.action !== 'none') }
}
