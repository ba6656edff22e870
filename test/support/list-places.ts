/** Places in lists of a document, and what is left without them. */

type Path = (string | number)[]

/** Where something stands in a list: a field, a filter, a role; resources themselves do not count. */
export function placesInLists(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  const isList = Array.isArray(value) && path.length > 1
  return Object.entries(value).flatMap(([step, below]) => {
    const place = [...path, Array.isArray(value) ? Number(step) : step]
    return [...(isList ? [place] : []), ...placesInLists(below, place)]
  })
}

/** The same without what stands at the place. */
export function without(document: object, place: Path): object {
  const copy = structuredClone(document)
  const list = place.slice(0, -1).reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], copy)
  ;(list as unknown[]).splice(Number(place.at(-1)), 1)
  return copy
}
