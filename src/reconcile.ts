import type { Understood } from './config/understand.ts'
import { checked, type Checked, type Diagnostic } from './diagnostics/diagnostic.ts'
import type { Kinds } from './kinds/kind.ts'
import { checkPlan, type Unchecked } from './plan/checks.ts'
import { decide, decideDestroy } from './plan/decide.ts'
import { EarlyChanges } from './plan/early-changes.ts'
import type { DecideOptions } from './plan/options.ts'
import type { Plan } from './plan/plan.ts'
import { isSelected, scopeOf } from './plan/select.ts'
import { observe } from './remote/observe.ts'
import { askService } from './remote/questions.ts'
import type { Reader } from './remote/transport.ts'
import type { LiveState } from './state/resource.ts'

/**
 * The data path: understand the files, observe the service, decide what differs, carry it out. `validate`
 * stops after the first step, `plan` and `drift` after the third; `apply` carries out the very plan that
 * they show. There is no other path, and no dry run.
 */
export { understand } from './config/understand.ts'
export { understandBase } from './config/since.ts'
export { carryOut } from './apply/carry-out.ts'

/**
 * A plan with the state that it rests on: whoever carries it out needs to know what the ids in it stand
 * for.
 */
export interface Planned {
  plan: Plan
  /** What it was decided upon. */
  observed: LiveState
  /** What the service can be asked about only when the plan was carried out. */
  unchecked?: Unchecked
}

/** How a plan is made, beside what it decides by. */
export interface PlanRequest extends DecideOptions {
  /** Asks the service whether that exists which new and changed resources name in connected systems. */
  checks?: boolean
  /** Names what no file declares of the core kinds, also where the files have nothing of a kind. */
  core?: boolean
  /** Reads what no file declares in full, too. */
  inFull?: boolean
  /** Lets requests that were begun go on. */
  turn?: () => Promise<void>
}

/** What must be done so that the service is as the files say. */
export async function plan(
  understood: Understood,
  reader: Reader,
  kinds: Kinds,
  options: PlanRequest = {}
): Promise<Checked<Planned>> {
  const {
    base,
    left = [],
    prune = false,
    forceDelete = false,
    selection,
    core = false,
    inFull = false
  } = options
  const scope = scopeOf(understood.desired, selection, kinds)
  const early = new EarlyChanges(scope, kinds)
  const observed = await observe(reader, scope, kinds, {
    beside: { turn: options.turn, met: (live, idOf) => early.compare(live, idOf) },
    everything: prune,
    core: core && selection === undefined,
    inFull: forceDelete || inFull,
    also: (base?.resources ?? []).filter((atBase) => isSelected(atBase, selection, kinds)),
    left: left.filter((one) => isSelected(one, selection, kinds))
  })
  if (!observed.ok) return observed
  const { desired } = understood
  const decision = decide(desired, observed.value, kinds, { ...options, early })
  const found =
    decision.ok && options.checks === true
      ? await checkPlan(
          { plan: decision.value, desired, observed: observed.value, kinds },
          async (question) => await askService(reader, kinds, question)
        )
      : { problems: [] }
  const { unchecked } = found
  const whole = decision.ok ? checked(decision.value, [...decision.problems, ...found.problems]) : decision
  return planned(whole, { observed: observed.value, ...(unchecked && { unchecked }) }, observed.problems)
}

/** What must be done so that nothing is left of what the files declare. */
export async function planDestroy(
  understood: Understood,
  reader: Reader,
  kinds: Kinds,
  options: DecideOptions = {}
): Promise<Checked<Planned>> {
  const observed = await observe(reader, understood.desired, kinds, { everything: true })
  if (!observed.ok) return observed
  return planned(
    decideDestroy(understood.desired, observed.value, kinds, options),
    { observed: observed.value },
    observed.problems
  )
}

function planned(
  decision: Checked<Plan>,
  beside: Omit<Planned, 'plan'>,
  before: Diagnostic[]
): Checked<Planned> {
  const problems = [...before, ...decision.problems]
  return decision.ok
    ? { ok: true, value: { plan: decision.value, ...beside }, problems }
    : { ok: false, problems }
}
