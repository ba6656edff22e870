import { degradedIn, openText, type DriftItem } from './items.ts'
import { countsText } from './message.ts'
import type { News, Scope, Trouble } from './news.ts'

/**
 * What came of looking at one organization. `before` is what was found before apply put some of it back;
 * `isAhead` says that the files have changes that nobody applied yet.
 */
export type Looked = { scope: Scope } & (
  | { ok: true; found: DriftItem[]; before?: DriftItem[]; isAhead?: boolean }
  | { ok: false; trouble: Trouble }
)

/** What came of a turn: of each organization, or why there was none to look at. */
export interface TurnResult {
  looked: Looked[]
  trouble?: Trouble
  requests: number
  throttled: number
  /** What else is to be said of it, in sentences. */
  notes: string[]
}

/** One turn, as the history has it. */
export interface Turn {
  at: number
  tookMs: number
  outcome: 'fine' | 'drift' | 'failed'
  /** What it came to, in a sentence. */
  closing: string
  open: number
  news: number
  requests: number
  throttled: number
}

/** What a turn came to, in a sentence. */
export function closingOf(
  { looked, trouble }: TurnResult,
  open: readonly { found: DriftItem }[],
  news: readonly News[]
): string {
  if (trouble !== undefined) return `Failed: ${trouble.reasons[0] ?? 'nobody knows why'}.`
  const failing = looked.flatMap((one) => (one.ok ? [] : [one]))
  const counts = news.length === 0 ? '' : ` (${countsText(news)})`
  const state = open.length === 0 ? 'No drift' : openText(open.length, degradedIn(open))
  if (failing.length === 0) return `${state}${counts}.`
  const [first] = failing
  if (looked.length === 1) return `Failed: ${first?.trouble.reasons[0] ?? 'nobody knows why'}.`
  const names = failing
    .slice(0, 3)
    .map(({ scope, trouble }) => `${scope.name} (${trouble.reasons[0] ?? 'nobody knows why'})`)
  const more = failing.length > 3 ? ` and ${failing.length - 3} more` : ''
  return `${state}${counts}; failing: ${names.join(', ')}${more}.`
}
