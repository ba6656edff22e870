import { printed } from '../render/format.ts'
import { formatOf } from '../render/formats.ts'
import type { Answer } from '../render/view/answer.ts'

/** The report of the last look, as the page that `drift --format html` makes. */
export interface WatchReport {
  /** Keeps what a look found in place of what the one before did. */
  keep(answer: Answer): void
  /** When it was found; undefined where nothing was yet. */
  at(): number | undefined
  /** The page, and the Content-Security-Policy that it has. It is made when somebody wants it, and once. */
  page(): Promise<{ body: string; allows: string } | undefined>
}

/** Opens the report of a watcher. */
export function openReport(now: () => number): WatchReport {
  let last: { at: number; answer: Answer; page?: ReturnType<typeof pageOf> } | undefined
  return {
    keep: (answer) => void (last = { at: now(), answer }),
    at: () => last?.at,
    page: async () => last && (await (last.page ??= pageOf(last.answer)))
  }
}

async function pageOf(answer: Answer): Promise<{ body: string; allows: string }> {
  const [html, { pagePolicy }] = await Promise.all([formatOf('html'), import('../render/html/page.ts')])
  const pieces = await printed(answer, html, { colour: false, width: 100 })
  return { body: pieces.map(({ text }) => text).join(''), allows: pagePolicy() }
}
