import type { Plan } from '../plan/plan.ts'
import type { PlanHeader } from './header.ts'
import type { Look } from './style.ts'
import { renderView, type ViewOptions } from './view-text.ts'
import { planView } from './view/plan.ts'

/** Everything that apply would do, and why. */
export function renderPlan(
  plan: Plan,
  header: PlanHeader,
  look: Look,
  options: ViewOptions & { next?: string }
): string {
  return renderView(planView(plan, header, options), look, options)
}
