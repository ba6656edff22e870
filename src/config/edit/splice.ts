/** A piece of a text, by its offsets, and what is to stand there. */
export interface Splice {
  start: number
  end: number
  text: string
}

/**
 * Returns a text with its splices made; undefined if one puts
 * in something where another takes away. What is put in at one offset keeps
 * its order.
 */
export function spliced(text: string, splices: readonly Splice[]): string | undefined {
  const sorted = splices.toSorted((a, b) => a.start - b.start || rank(a) - rank(b))
  const parts: string[] = []
  let at = 0
  for (const { start, end, text: part } of sorted) {
    // Two that only take away may share what they take.
    if (start < at && part !== '') return undefined
    parts.push(text.slice(at, Math.max(start, at)), part)
    at = Math.max(end, at)
  }
  parts.push(text.slice(at))
  return parts.join('')
}

function rank({ start, end }: Splice): number {
  return start === end ? 0 : 1
}
