import type { Plan } from '../plan/plan.ts'
import type { PlanHeader } from './header.ts'
import type { Look } from './style.ts'
import { renderView, type ViewOptions } from './view-text.ts'
import { driftView } from './view/drift.ts'

/** What the service has become, compared with the files. */
export function renderDrift(plan: Plan, header: PlanHeader, look: Look, options: ViewOptions): string {
  return renderView(driftView(plan, header, options), look, options)
}
