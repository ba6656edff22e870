import type { Extent } from './block-changes.ts'
import type { TextPlaces } from './places.ts'
import type { Splice } from './splice.ts'
import { columnOf } from './style.ts'

/** Removes children of a flow collection with their commas; not all of them. */
export function removedFromFlow(
  places: TextPlaces,
  children: readonly Extent[],
  isRemoved: readonly boolean[]
): Splice[] {
  const splices: Splice[] = []
  for (let from = isRemoved.indexOf(true); from !== -1;) {
    const next = isRemoved.indexOf(false, from)
    const to = next === -1 ? children.length : next
    splices.push(...removedRun(places, children, from, to))
    from = next === -1 ? -1 : isRemoved.indexOf(true, next)
  }
  return splices
}

function removedRun(places: TextPlaces, children: readonly Extent[], from: number, to: number): Splice[] {
  const [first, last] = [children[from], children[to - 1]]
  if (!first || !last) return []
  const rest = places.text.slice(last.end, places.lineEnd(last.end))
  if (places.isFirstOnLine(first.start) && /^\s*,?\s*(?:#.*)?$/.test(rest))
    return [{ start: places.lineStart(first.start), end: places.nextLine(last.end), text: '' }]
  const next = children[to]
  if (next) return [{ start: first.start, end: next.start, text: '' }]
  const before = children[from - 1]
  return before ? [{ start: before.end, end: last.end, text: '' }] : []
}

/**
 * Adds texts behind children of a flow collection, on lines of their own where the others have those. What is
 * added behind -1 comes before the child at `first`.
 */
export function addedToFlow(
  places: TextPlaces,
  children: readonly Extent[],
  after: ReadonlyMap<number, readonly string[]>,
  { lineEnd, first }: { lineEnd: string; first: number }
): Splice[] {
  const onLines = children.length > 0 && children.every(({ start }) => places.isFirstOnLine(start))
  return [...after].flatMap(([index, texts]) => {
    const child = children[Math.max(index, first)]
    if (!child) return []
    const { start, end } = child
    const margin = `${lineEnd}${' '.repeat(columnOf(places.text, start))}`
    if (index === -1) {
      const before = texts.map((text) => (onLines ? `${text},${margin}` : `${text}, `))
      return [{ start, end: start, text: before.join('') }]
    }
    if (!onLines) return [{ start: end, end, text: `, ${texts.join(', ')}` }]
    const hasComma = /^\s*,/.test(places.text.slice(end, places.lineEnd(end)))
    const added = texts.map((text, at) => `${margin}${text}${hasComma || at < texts.length - 1 ? ',' : ''}`)
    const at = places.lineEnd(end)
    return [
      ...(hasComma ? [] : [{ start: end, end, text: ',' }]),
      { start: at, end: at, text: added.join('') }
    ]
  })
}
