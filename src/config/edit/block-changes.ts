import type { TextPlaces } from './places.ts'
import type { Splice } from './splice.ts'
import { columnOf } from './style.ts'

/** An item or entry of a block collection: from its dash or key to its last letter. */
export interface Extent {
  start: number
  end: number
}

/** Removes children of a block collection, each with the comments that clearly are its own. */
export function removedFromBlock(
  places: TextPlaces,
  children: readonly Extent[],
  isRemoved: readonly boolean[]
): Splice[] {
  const splices: Splice[] = []
  let index = 0
  const [first] = children
  if (first && isRemoved[0] === true && !places.isFirstOnLine(first.start)) {
    // The first key stands behind a dash: what comes next moves there.
    const next = isRemoved.indexOf(false)
    const last = children[(next === -1 ? children.length : next) - 1] ?? first
    splices.push({
      start: first.start,
      end: next === -1 ? last.end : firstLetter(places, last.end),
      text: ''
    })
    index = next === -1 ? children.length : next
  }
  for (; index < children.length; index++) {
    const child = children[index]
    if (!child || isRemoved[index] !== true) continue
    const top = hasOwnComment(places, children, isRemoved, index)
      ? commentStart(places, child.start)
      : places.lineStart(child.start)
    // Blank lines may belong to a text that keeps them.
    const before = children[index - 1]
    splices.push(removedLines(places, child, { top, floor: before ? places.nextLine(before.end) : 0 }))
  }
  return splices
}

function firstLetter({ text }: TextPlaces, end: number): number {
  const next = text.indexOf('\n', end) + 1
  return next + (/^\s*/.exec(text.slice(next))?.[0].length ?? 0)
}

function removedLines(
  places: TextPlaces,
  { end: last }: Extent,
  { top, floor }: { top: number; floor: number }
): Splice {
  const end = places.nextLine(last)
  const above = Math.max(blankAbove(places, top), floor)
  const isDouble = above < top && (end === places.text.length || places.line(end).trim() === '')
  return { start: isDouble ? above : top, end, text: '' }
}

/** Returns the start of the comment right above a child, in the column of the child. */
function commentStart(places: TextPlaces, letter: number): number {
  const column = columnOf(places.text, letter)
  let start = places.lineStart(letter)
  while (start > 0) {
    const above = places.lineStart(start - 1)
    if (places.line(above).search(/\S/) !== column || places.text[above + column] !== '#') break
    start = above
  }
  return start
}

function blankAbove(places: TextPlaces, offset: number): number {
  let start = offset
  while (start > 0 && places.line(places.lineStart(start - 1)).trim() === '')
    start = places.lineStart(start - 1)
  return start
}

/**
 * Whether the comment above a child is about this one alone. A comment above the first of several, or above
 * one that others follow without a comment or a blank line, may be about all of them.
 */
function hasOwnComment(
  places: TextPlaces,
  children: readonly Extent[],
  isRemoved: readonly boolean[],
  index: number
): boolean {
  const child = children[index]
  if (!child || commentStart(places, child.start) === places.lineStart(child.start)) return false
  for (let next = index + 1; next < children.length; next++) {
    const other = children[next]
    if (!other) break
    const line = places.lineStart(other.start)
    if (commentStart(places, other.start) < line || blankAbove(places, line) < line) return true
    if (isRemoved[next] !== true) return false
  }
  return index > 0
}

/**
 * Adds lines behind children of a block collection; `after` has what is added behind each of them. What is
 * added behind -1 comes before the child at `first`.
 */
export function addedToBlock(
  places: TextPlaces,
  children: readonly Extent[],
  after: ReadonlyMap<number, readonly (readonly string[])[]>,
  { lineEnd, first }: { lineEnd: string; first: number }
): Splice[] {
  const blank = areApart(places, children) ? lineEnd : ''
  return [...after].flatMap(([index, all]) => {
    const child = children[Math.max(index, first)]
    if (!child) return []
    if (index === -1) {
      // What stood behind a dash before it is gone: it stands there now.
      const isMoved = first > 0 && !places.isFirstOnLine(children[0]?.start ?? 0)
      return [addedBefore(places, child, all, { between: `${lineEnd}${blank}`, isMoved })]
    }
    const at = places.nextLine(child.end)
    const text = all.map((lines) => `${blank}${lines.join(lineEnd)}${lineEnd}`).join('')
    return [{ start: at, end: at, text }]
  })
}

function addedBefore(
  places: TextPlaces,
  { start }: Extent,
  all: readonly (readonly string[])[],
  { between, isMoved }: { between: string; isMoved: boolean }
): Splice {
  const [lineEnd = ''] = /^\r?\n/.exec(between) ?? []
  const text = all.map((lines) => `${lines.join(lineEnd)}${between}`).join('')
  if (places.isFirstOnLine(start) && !isMoved) {
    const at = commentStart(places, start)
    return { start: at, end: at, text }
  }
  // The first key stands behind a dash, and goes to a line of its own.
  const margin = ' '.repeat(columnOf(places.text, start))
  return { start, end: start, text: `${text.slice(margin.length)}${margin}` }
}

/** Whether blank lines stand between the children. */
function areApart(places: TextPlaces, children: readonly Extent[]): boolean {
  const last = children.at(-1)
  if (children.length < 2 || !last) return false
  const top = commentStart(places, last.start)
  return blankAbove(places, top) < top
}
