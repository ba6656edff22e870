import type { Diagnostic } from '../../diagnostics/diagnostic.ts'

/** A problem, and the others that say the same of other resources. */
export interface ProblemView {
  problem: Diagnostic
  alike: Diagnostic[]
}

/** Up to so many are told one by one. */
const few = 3

/**
 * Problems that differ in nothing but the place and the resource's name are told once, at the first of them.
 * The order stays.
 */
export function problemsView(problems: readonly Diagnostic[]): ProblemView[] {
  const groups = [...Map.groupBy(problems, keyOf).values()]
  const first = new Map(groups.filter(({ length }) => length > few).map((group) => [group[0], group]))
  const repeated = new Set([...first.values()].flatMap((group) => group.slice(1)))
  return problems
    .filter((problem) => !repeated.has(problem))
    .map((problem) => ({ problem, alike: first.get(problem)?.slice(1) ?? [] }))
}

function keyOf({ code, severity, message, labels, notes, help }: Diagnostic): string {
  const texts = [message, ...labels.map(({ text }) => text), ...notes, ...help]
  return JSON.stringify([code, severity, labels.length, notes.length, ...texts.map(nameless)])
}

/** Names of resources stand in quotes; backticks have what the files say. */
function nameless(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
}
