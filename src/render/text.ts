import { printed, type Format, type Piece, type Printed } from './format.ts'
import type { Look } from './style.ts'
import type { LookupView, OrganizationView, Reported } from './view/answer.ts'
import type { ChangesView } from './view/changes.ts'
import type { TestsView } from './view/tests.ts'
import type { ExecutionsView } from './view/executions.ts'
import type { FindingsView, ProblemsView } from './view/problems.ts'
import type { PreviewsView } from './view/preview.ts'
import type { PullView } from './view/pull.ts'
import type { ReportView } from './view/report.ts'

/**
 * Text for people: the answer on standard output, problems beside it on standard error. Each part is loaded
 * when there is something to tell in it.
 */
export const text: Format = {
  async prepare(type) {
    if (type === 'plan') await import('./plan.ts')
    if (type === 'drift') await import('./drift.ts')
  },
  async plan(view, look) {
    const { planText } = await import('./plan.ts')
    return await changes(view, look, planText)
  },
  async drift(view, look) {
    const { driftText } = await import('./drift.ts')
    return await changes(view, look, driftText)
  },
  report,
  pull,
  executions: (view, look) => executions(view, look),
  preview,
  tests,
  findings,
  async organizations({ organizations }, look) {
    const { organizationsText } = await import('./organizations.ts')
    return organizationsText(organizations, look)
  },
  organization,
  lookup
}

async function problems(view: ProblemsView, look: Look): Promise<Piece> {
  if (view.problems.length === 0) return { to: 'err', text: '' }
  const { problemsText } = await import('./problems.ts')
  return { to: 'err', text: problemsText(view, look) }
}

async function changes(
  view: ChangesView,
  look: Look,
  toText: (view: ChangesView, look: Look) => string
): Promise<Piece[]> {
  return [
    await problems(view.problems, look),
    { to: 'out', text: toText(view, look) },
    await problems(view.failures, look),
    { to: 'err', text: view.saved === undefined || look.quiet === true ? '' : `${view.saved}\n` }
  ]
}

/** The problems of the plan were told with it, and so was that there is nothing to do. */
async function report(view: ReportView, look: Look): Promise<Piece[]> {
  const { runs, isReportTold, ...own } = view
  if (runs === undefined) return await ownReport(own, look)
  const ran: Piece[] = [{ to: 'out', text: '\n' }, ...(await executions(runs, look, true))]
  return isReportTold === true ? ran : [...(await ownReport(own, look)), ...ran]
}

async function ownReport(view: ReportView, look: Look): Promise<Piece[]> {
  const before = view.isPlanTold ? [] : [await problems(view.problems, look)]
  const beside = await problems(view.beside, look)
  if (view.results.length === 0 && view.isPlanTold) return [beside]
  if (view.results.length === 0) return [...before, { to: 'out', text: `${view.closing.text}\n` }, beside]
  const { reportText } = await import('./report.ts')
  return [...before, { to: 'out', text: reportText(view, look) }, beside]
}

/** The patch that is asked for stands alone on standard output. */
async function pull(view: PullView, look: Look): Promise<Piece[]> {
  const { patchText, pullText } = await import('./pull.ts')
  const text = pullText(view.isCheck ? { ...view, patches: [] } : view, look)
  return [
    ...(view.isCheck ? [{ to: 'out' as const, text: patchText(view, look) }] : []),
    await problems(view.problems, look),
    { to: view.isCheck ? 'err' : 'out', text },
    await problems(view.failures, look)
  ]
}

async function executions(view: ExecutionsView, look: Look, isAfter = false): Promise<Piece[]> {
  const { executionsText } = await import('./executions.ts')
  return [await problems(view.problems, look), { to: 'out', text: executionsText(view, look, isAfter) }]
}

async function preview(view: PreviewsView, look: Look): Promise<Piece[]> {
  const { previewText } = await import('./preview.ts')
  return [
    await problems(view.problems, look),
    { to: 'out', text: previewText(view, look) },
    { to: 'err', text: view.saved === undefined || look.quiet === true ? '' : `${view.saved}\n` }
  ]
}

async function tests(view: TestsView, look: Look): Promise<Piece[]> {
  const { testsText } = await import('./tests.ts')
  return [await problems(view.problems, look), { to: 'out', text: testsText(view, look) }]
}

async function findings(view: FindingsView, look: Look): Promise<Piece[]> {
  const closing = view.closing === undefined ? '' : `${view.closing}\n`
  return [await problems(view.problems, look), { to: view.interrupted ? 'err' : 'out', text: closing }]
}

/** All that was told of one stands together, on each of the two streams. */
async function organization(view: OrganizationView, look: Look): Promise<Piece[]> {
  const { headingText } = await import('./organizations.ts')
  const all: Reported[] = [...view.reported, ...(view.answer === undefined ? [] : [view.answer])]
  const pieces: Piece[] = []
  for (const one of all) pieces.push(...(await reportedPieces(one, look)))
  const on = (stream: Piece['to']): Piece => {
    const texts = pieces.flatMap(({ to, text: part }) => (to === stream ? part : []))
    const whole = texts.join('')
    return { to: stream, text: whole === '' ? '' : `${headingText(view.label, look)}${whole}\n` }
  }
  return look.quiet === true && view.code === 0 ? [on('err')] : [on('out'), on('err')]
}

async function reportedPieces(one: Reported, look: Look): Promise<Piece[]> {
  return one.type === 'lines' ? [{ to: 'err', text: one.text }] : await printed(one, text, look)
}

async function lookup(view: LookupView, look: Look): Promise<Printed> {
  if (view.of === 'words') return view.text
  if (view.of === 'document') return (await import('./json-text.ts')).jsonText(view.facts)
  if (view.of === 'codes' || view.of === 'code') {
    const { codesText, explanationText } = await import('./explain.ts')
    return view.of === 'codes' ? codesText(view.facts) : explanationText(view.facts, look)
  }
  if (view.of === 'topic' || view.of === 'types' || view.of === 'resources') {
    const { topicText, typesText, resourceText } = await import('./explain-topic.ts')
    if (view.of === 'topic') return topicText(view.facts, look)
    if (view.of === 'types') return typesText(view.facts.types)
    return view.facts.resources.map((one) => resourceText(one, look)).join('\n')
  }
  if (view.of === 'page') return (await import('./page.ts')).pageText(view.facts.markdown, look)
  if (view.of === 'import') return (await import('./import.ts')).importText(view.facts, look)
  if (view.of === 'graph') return (await import('./graph/tree.ts')).treeText(view.graph, look)
  const tables = await import('./tables.ts')
  if (view.of === 'status') return tables.statusText(view.facts, look)
  if (view.of === 'sources') return tables.sourcesText(view.facts, look)
  if (view.of === 'schemas') return tables.schemasText(view.facts, look)
  if (view.of === 'destination') return tables.destinationText(view.facts, look)
  if (view.of === 'target') return tables.targetText(view.facts, look)
  return tables.targetsText(view.facts, look)
}
