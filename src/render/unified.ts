import { formatPatch, structuredPatch } from 'diff'

type Hunk = NonNullable<ReturnType<typeof structuredPatch>>['hunks'][number]

/** A patch of one file. */
export interface Unified {
  /** As `git apply` takes it. */
  patch: string
  /** The changed lines alone, each group under its place. */
  lines: string[]
}

/** Makes a unified diff. Time grows with the length of the texts, also where much of a large file differs. */
export function unified(path: string, before: string, after: string): Unified {
  const [previous, next] = [linesOf(before), linesOf(after)]
  const hunks = cutsOf(previous, next).flatMap(({ from, to }): Hunk[] => {
    const texts = [previous.slice(from[0], to[0]), next.slice(from[1], to[1])].map((lines) =>
      lines.join('')
    )
    return structuredPatch('', '', texts[0] ?? '', texts[1] ?? '', '', '', { context }).hunks.map(
      (hunk) => ({
        ...hunk,
        oldStart: hunk.oldStart + from[0],
        newStart: hunk.newStart + from[1]
      })
    )
  })
  const file = { oldFileName: `a/${path}`, newFileName: `b/${path}`, oldHeader: '', newHeader: '', hunks }
  const patch = formatPatch(file, {
    includeIndex: false,
    includeUnderline: false,
    includeFileHeaders: true
  })
  return {
    patch: patch.replaceAll(/^(---|\+\+\+) (.*?)\t$/gm, '$1 $2'),
    lines: hunks.flatMap(changedLines)
  }
}

const context = 3

function changedLines({ oldStart, lines }: Hunk): string[] {
  let line = oldStart
  let isOpen = false
  return lines.flatMap((text) => {
    const isChange = text.startsWith('-') || text.startsWith('+')
    const head = isChange && !isOpen ? [`@@ line ${line}`] : []
    if (!text.startsWith('+') && !text.startsWith('\\')) line += 1
    isOpen = isChange
    return isChange ? [...head, text.replace(/\r$/, '')] : []
  })
}

/** A part of both texts: line numbers from 0. */
interface Part {
  from: [number, number]
  to: [number, number]
}

/** A part has at least so many lines, if there is a place to cut. */
const fewest = 200

/**
 * Cuts two texts behind lines that each has once, amid lines that are equal in both: as nothing was moved,
 * such lines are the same, and no change is so near that its surroundings would be cut off.
 */
function cutsOf(previous: readonly string[], next: readonly string[]): Part[] {
  const places = onceIn(next)
  const parts: Part[] = []
  let from: Part['from'] = [0, 0]
  for (const [line, at] of onceIn(previous)) {
    const there = places.get(line)
    if (there === undefined || there < from[1] || at - from[0] < fewest) continue
    const by = equalBehind(previous, next, at, there)
    if (by === undefined) continue
    const to: Part['to'] = [at + by, there + by]
    parts.push({ from, to })
    from = to
  }
  return [...parts, { from, to: [previous.length, next.length] }]
}

/** Returns how far behind two places lines are equal, with as many equal ones before and behind. */
function equalBehind(
  previous: readonly string[],
  next: readonly string[],
  at: number,
  there: number
): number | undefined {
  let run = 0
  for (let by = 0; by < 6 * context; by++) {
    run = previous[at + by] !== undefined && previous[at + by] === next[there + by] ? run + 1 : 0
    if (run > 2 * context) return by - context
  }
  return undefined
}

/** Lines that a text has once, with their places, in their order. */
function onceIn(lines: readonly string[]): Map<string, number> {
  const found = new Map<string, number>()
  const often = new Set<string>()
  for (const [at, line] of lines.entries()) {
    if (found.has(line)) often.add(line)
    else found.set(line, at)
  }
  for (const line of often) found.delete(line)
  return found
}

/** Lines with their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
