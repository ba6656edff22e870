import { columns as displayWidth } from './plain-text.ts'

/** What stands before a title and before a line below it. */
const indents = [2, 4] as const

/**
 * Writes what is drawn. Where the window has become narrower, the terminal has folded what is on it: these
 * rows more are removed first, since whoever draws knows only of the lines that were drawn.
 */
export function unfolding(
  { write, columns }: { write: (text: string) => void; columns: () => number },
  drawn: () => string[]
): (text: string) => void {
  let [width, lines] = [columns(), drawn()]
  return (text) => {
    const now = columns()
    const rows = lines.map((line, index) => {
      const taken = Math.min(width, displayWidth(line) + indents[index === 0 ? 0 : 1])
      return Math.max(0, Math.ceil(taken / now) - 1)
    })
    const folded = now < width ? rows.reduce((sum, more) => sum + more, 0) : 0
    ;[width, lines] = [now, drawn()]
    write(`${'\u001b[2K\u001b[1A'.repeat(folded)}${text}`)
  }
}
