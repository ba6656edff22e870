import type { Look } from './style.ts'
import type { Answer, LookupView, OrganizationsView, OrganizationView } from './view/answer.ts'
import type { ChangesView } from './view/changes.ts'
import type { ExecutionsView } from './view/executions.ts'
import type { FindingsView } from './view/problems.ts'
import { withoutRecords, type PreviewsView } from './view/preview.ts'
import type { PullView } from './view/pull.ts'
import type { TestsView } from './view/tests.ts'
import type { ReportView } from './view/report.ts'

/** A piece of what is printed, and the stream that it goes to. */
export interface Piece {
  to: 'out' | 'err'
  text: string
}

/** What a view becomes: all of it for standard output, unless it says where each piece goes. */
export type Printed = string | Piece[]

/**
 * An output format: each view folded into text. It is given nothing but the view, from which all secrets are
 * taken already. A new one is a file with such a value, and a line in `formats.ts`; it is one document at the
 * end, for which nothing is told on the way, nobody is asked, and nothing is coloured.
 */
export interface Format {
  /** Loads what tells of an answer, where that is loaded by itself: while something else is waited for. */
  prepare?(type: Answer['type']): Promise<unknown>
  plan(view: ChangesView, look: Look): Printed | Promise<Printed>
  drift(view: ChangesView, look: Look): Printed | Promise<Printed>
  report(view: ReportView, look: Look): Printed | Promise<Printed>
  pull(view: PullView, look: Look): Printed | Promise<Printed>
  executions(view: ExecutionsView, look: Look): Printed | Promise<Printed>
  preview(view: PreviewsView, look: Look): Printed | Promise<Printed>
  tests(view: TestsView, look: Look): Printed | Promise<Printed>
  findings(view: FindingsView, look: Look): Printed | Promise<Printed>
  organizations(view: OrganizationsView, look: Look): Printed | Promise<Printed>
  /** One organization of many, as soon as it is known; a document has no use for it. */
  organization?(view: OrganizationView, look: Look): Printed | Promise<Printed>
  /** Commands that only look something up can be told in text and JSON alone. */
  lookup?(view: LookupView, look: Look): Printed | Promise<Printed>
}

/** Folds an answer into what is printed. */
export async function printed(answer: Answer, format: Format, look: Look): Promise<Piece[]> {
  return piecesOf(await folded(answer, format, look))
}

/** One organization of many, where the format tells of each by itself. */
export async function organizationPrinted(
  view: OrganizationView,
  format: Format,
  look: Look
): Promise<Piece[]> {
  return piecesOf((await format.organization?.(view, look)) ?? [])
}

function piecesOf(shown: Printed): Piece[] {
  const pieces: Piece[] = typeof shown === 'string' ? [{ to: 'out', text: shown }] : shown
  return pieces.filter(({ text }) => text !== '')
}

function folded(answer: Answer, format: Format, look: Look): Printed | Promise<Printed> {
  switch (answer.type) {
    case 'plan':
      return format.plan(answer.view, look)
    case 'drift':
      return format.drift(answer.view, look)
    case 'report':
      return format.report(answer.view, look)
    case 'pull':
      return format.pull(answer.view, look)
    case 'executions':
      return format.executions(answer.view, look)
    case 'preview':
      // Names and values of records stay on a person's terminal.
      return format.preview(
        answer.values || look.isTerminal === true ? answer.view : withoutRecords(answer.view),
        look
      )
    case 'tests':
      return format.tests(answer.view, look)
    case 'findings':
      return format.findings(answer.view, look)
    case 'organizations':
      return format.organizations(answer.view, look)
    case 'lookup':
      return format.lookup?.(answer.view, look) ?? []
  }
}
