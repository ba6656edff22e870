import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { addressText, byAddress, type Desired, type Use } from '../state/resource.ts'
import type { ResourceIndex } from './references.ts'

interface Link {
  from: Desired
  to: Desired
  use: Use
}

/**
 * Reports resources that depend on each other in a cycle: none of them could be created first. One problem
 * for each group of resources that all reach each other; a shortest cycle of the group is shown.
 */
export function checkCycles(resources: readonly Desired[], index: ResourceIndex): Diagnostic[] {
  const links = new Map<Desired, Link[]>()
  for (const from of cyclicOrDependent(resources, index)) {
    const targets = index.targets(from)
    const own = from.uses.flatMap((use, at): Link[] => {
      const to = targets[at]
      return to ? [{ from, to, use }] : []
    })
    links.set(
      from,
      own.toSorted((a, b) => byAddress(a.to, b.to))
    )
  }
  return stronglyConnected([...links.keys()].toSorted(byAddress), links).flatMap((members) => {
    const [least] = members.toSorted(byAddress)
    const cycle = least ? shortestCycle(least, new Set(members), links) : undefined
    return cycle ? [cycleProblem(cycle)] : []
  })
}

/**
 * Kahn's algorithm: returns the resources that no order of creation contains. These are the members of
 * cycles and their dependents; as a rule there are none.
 */
function cyclicOrDependent(resources: readonly Desired[], index: ResourceIndex): Desired[] {
  const users = new Map<Desired, Desired[]>()
  const needs = new Map<Desired, number>()
  const ready: Desired[] = []
  for (const resource of resources) {
    let count = 0
    for (const target of index.targets(resource)) {
      if (!target) continue
      count++
      const known = users.get(target)
      if (known) known.push(resource)
      else users.set(target, [resource])
    }
    if (count === 0) ready.push(resource)
    else needs.set(resource, count)
  }
  for (const resource of ready) {
    for (const user of users.get(resource) ?? []) {
      const left = (needs.get(user) ?? 0) - 1
      needs.set(user, left)
      if (left > 0) continue
      needs.delete(user)
      ready.push(user)
    }
  }
  return [...needs.keys()]
}

interface Visit {
  of: Desired
  index: number
  low: number
  next: number
}

/**
 * Tarjan's algorithm for strongly connected components. Its stack is explicit, because a chain of
 * references may be ten thousand long, and recursion would overflow.
 */
function stronglyConnected(
  resources: readonly Desired[],
  links: ReadonlyMap<Desired, Link[]>
): Desired[][] {
  const visits = new Map<Desired, Visit>()
  const open: Desired[] = []
  const isOpen = new Set<Desired>()
  const found: Desired[][] = []
  const enter = (of: Desired): Visit => {
    const visit = { of, index: visits.size, low: visits.size, next: 0 }
    visits.set(of, visit)
    open.push(of)
    isOpen.add(of)
    return visit
  }
  for (const resource of resources) {
    const stack = visits.has(resource) ? [] : [enter(resource)]
    for (let visit = stack.at(-1); visit; visit = stack.at(-1)) {
      const link = links.get(visit.of)?.[visit.next++]
      if (link) {
        const seen = visits.get(link.to)
        if (!seen) stack.push(enter(link.to))
        else if (isOpen.has(link.to)) visit.low = Math.min(visit.low, seen.index)
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

/** Breadth-first search for the shortest path from a resource back to itself, inside of its group. */
function shortestCycle(
  start: Desired,
  members: ReadonlySet<Desired>,
  links: ReadonlyMap<Desired, Link[]>
): Link[] | undefined {
  const reachedBy = new Map<Desired, Link>()
  const queue = [start]
  for (let at = 0; at < queue.length; at++) {
    const here = queue[at]
    for (const link of (here && links.get(here)) ?? []) {
      if (link.to === start) return pathTo(link, start, reachedBy)
      if (!members.has(link.to) || reachedBy.has(link.to)) continue
      reachedBy.set(link.to, link)
      queue.push(link.to)
    }
  }
  return undefined
}

function pathTo(last: Link, start: Desired, reachedBy: ReadonlyMap<Desired, Link>): Link[] {
  const path = [last]
  for (
    let link = reachedBy.get(last.from);
    link && path.at(-1)?.from !== start;
    link = reachedBy.get(link.from)
  )
    path.push(link)
  return path.toReversed()
}

function cycleProblem(cycle: readonly Link[]): Diagnostic {
  const [first] = cycle
  const kinds = new Set(cycle.map(({ from }) => from.kind))
  const noun = kinds.size === 1 ? `${(first?.from.kind ?? 'resource').replaceAll('_', ' ')}s` : 'resources'
  const nameOf = (one: Desired): string => (kinds.size === 1 ? one.name : addressText(one))
  const isAlone = cycle.length === 1 && first
  return problem(
    'P203',
    isAlone
      ? `${addressText(first.from)} depends on itself`
      : `these ${cycle.length} ${noun} depend on each other in a circle`,
    {
      labels: cycle.map(({ from, to, use }, index) => {
        const closes = index === cycle.length - 1 && !isAlone ? ', and the circle closes' : ''
        return {
          span: use.span,
          text: isAlone ? 'it names itself' : `${index + 1}: ${nameOf(from)} needs ${nameOf(to)}${closes}`
        }
      }),
      notes: [isAlone ? 'it cannot be made before itself' : 'none of them can be made first'],
      help: [isAlone ? 'remove the reference' : 'remove one of these references']
    }
  )
}
