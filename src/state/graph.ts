interface Visit<T> {
  of: T
  index: number
  low: number
  next: Iterator<T>
}

/**
 * Tarjan's algorithm for strongly connected components: groups of nodes that all reach each other. Its
 * stack is explicit, because a chain of references may be ten thousand long, and recursion would overflow.
 */
export function stronglyConnected<T>(nodes: readonly T[], next: (node: T) => readonly T[]): T[][] {
  const visits = new Map<T, Visit<T>>()
  const open: T[] = []
  const isOpen = new Set<T>()
  const found: T[][] = []
  const enter = (of: T): Visit<T> => {
    const visit = { of, index: visits.size, low: visits.size, next: next(of)[Symbol.iterator]() }
    visits.set(of, visit)
    open.push(of)
    isOpen.add(of)
    return visit
  }
  for (const node of nodes) {
    const stack = visits.has(node) ? [] : [enter(node)]
    for (let visit = stack.at(-1); visit; visit = stack.at(-1)) {
      const step = visit.next.next()
      if (step.done !== true) {
        const to = step.value
        const seen = visits.get(to)
        if (!seen) stack.push(enter(to))
        else if (isOpen.has(to)) visit.low = Math.min(visit.low, seen.index)
        continue
      }
      stack.pop()
      const above = stack.at(-1)
      if (above) above.low = Math.min(above.low, visit.low)
      if (visit.low !== visit.index) continue
      const members = open.splice(open.lastIndexOf(visit.of))
      for (const member of members) isOpen.delete(member)
      found.push(members)
    }
  }
  return found
}
