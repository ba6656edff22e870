import type { Report } from '../../src/apply/events.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { driftText } from '../../src/render/drift.ts'
import type { PlanHeader } from '../../src/render/header.ts'
import { driftDocument, findingsDocument, planDocument, reportDocument } from '../../src/render/json.ts'
import { planText } from '../../src/render/plan.ts'
import { problemsText } from '../../src/render/problems.ts'
import { reportText } from '../../src/render/report.ts'
import type { Look } from '../../src/render/style.ts'
import type { ViewContext } from '../../src/render/view/changes.ts'
import { driftView } from '../../src/render/view/drift.ts'
import { planView } from '../../src/render/view/plan.ts'
import { problemsView } from '../../src/render/view/problems.ts'
import { reportView } from '../../src/render/view/report.ts'

/** From a value to what is printed of it: its view, folded. */

type Seen = Look & ViewContext
type Texts = ReadonlyMap<string, string>

const nowhere: PlanHeader = { organization: '', service: '', apiVersion: '', files: 0, resources: 0 }

export function renderPlan(
  plan: Plan,
  header: PlanHeader,
  look: Seen,
  options: Partial<Look> = {}
): string {
  return planText(planView(plan, header, look), { ...look, ...options })
}

export function renderDrift(
  plan: Plan,
  header: PlanHeader,
  look: Seen,
  options: Partial<Look> = {}
): string {
  return driftText(driftView(plan, header, look), { ...look, ...options })
}

export function renderReport(report: Report, texts: Texts, look: Seen): string {
  return reportText(reportView(report, nowhere, { ...look, sources: { texts } }), look)
}

export function renderProblems(problems: readonly Diagnostic[], texts: Texts, look: Look): string {
  return problemsText(problemsView(problems, { texts }), look)
}

export function planJson(plan: Plan, header: PlanHeader, problems: Diagnostic[]): unknown {
  return planDocument(planView(plan, header, {}, { problems }))
}

export function driftJson(
  plan: Plan,
  header: PlanHeader,
  problems: Diagnostic[],
  context: ViewContext = {}
): unknown {
  return driftDocument(driftView(plan, header, context, { problems }))
}

export function reportJson(report: Report, header: PlanHeader, problems: Diagnostic[]): unknown {
  return reportDocument(reportView(report, header, {}, { problems }))
}

export function problemsJson(
  problems: readonly Diagnostic[],
  { files, resources }: { files: number; resources: number }
): unknown {
  const view = problemsView(problems, { texts: new Map() })
  return findingsDocument({ files, resources, problems: view, interrupted: false })
}
