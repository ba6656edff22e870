import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { addressText, byAddress, type Desired, type Use } from '../state/resource.ts'
import type { ResourceIndex } from './references.ts'

interface Link {
  from: Desired
  to: Desired
  use: Use
}

/**
 * Resources that need each other in a circle: none of them could be made first. One problem for each
 * circle that is found.
 */
export function checkCycles(resources: readonly Desired[], index: ResourceIndex): Diagnostic[] {
  const links = new Map<Desired, Link[]>()
  for (const from of resources) {
    const own = from.uses.flatMap((use): Link[] => {
      const to = index.find(use)
      return to ? [{ from, to, use }] : []
    })
    links.set(
      from,
      own.toSorted((a, b) => byAddress(a.to, b.to))
    )
  }
  return stronglyConnected(resources.toSorted(byAddress), links).flatMap((members) => {
    const [least] = members.toSorted(byAddress)
    const circle = least ? shortestCycle(least, new Set(members), links) : undefined
    return circle ? [tell(circle)] : []
  })
}

interface Visit {
  of: Desired
  index: number
  low: number
  next: number
}

/**
 * Groups in which everyone reaches everyone (Tarjan's algorithm, with a stack of its own: chains may be
 * ten thousand long).
 */
function stronglyConnected(
  resources: readonly Desired[],
  links: ReadonlyMap<Desired, Link[]>
): Desired[][] {
  const visits = new Map<Desired, Visit>()
  const waiting = new Set<Desired>()
  const found: Desired[][] = []
  let count = 0
  const enter = (of: Desired): Visit => {
    const visit = { of, index: count, low: count, next: 0 }
    count++
    visits.set(of, visit)
    waiting.add(of)
    return visit
  }
  for (const resource of resources) {
    const stack = visits.has(resource) ? [] : [enter(resource)]
    for (let visit = stack.at(-1); visit; visit = stack.at(-1)) {
      const link = links.get(visit.of)?.[visit.next++]
      if (link) {
        const seen = visits.get(link.to)
        if (!seen) stack.push(enter(link.to))
        else if (waiting.has(link.to)) visit.low = Math.min(visit.low, seen.index)
        continue
      }
      stack.pop()
      const above = stack.at(-1)
      if (above) above.low = Math.min(above.low, visit.low)
      if (visit.low === visit.index) found.push(takeFrom(waiting, visit.of))
    }
  }
  return found
}

/** Takes out all that came since `first`, and `first`. */
function takeFrom(waiting: Set<Desired>, first: Desired): Desired[] {
  const all = [...waiting]
  const taken = all.slice(all.indexOf(first))
  for (const one of taken) waiting.delete(one)
  return taken
}

/** The shortest way from a resource back to itself, inside its knot. */
function shortestCycle(
  start: Desired,
  members: ReadonlySet<Desired>,
  links: ReadonlyMap<Desired, Link[]>
): Link[] | undefined {
  const cameBy = new Map<Desired, Link>()
  const queue = [start]
  for (let at = 0; at < queue.length; at++) {
    const here = queue[at]
    for (const link of (here && links.get(here)) ?? []) {
      if (link.to === start) return wayTo(link, start, cameBy)
      if (!members.has(link.to) || cameBy.has(link.to)) continue
      cameBy.set(link.to, link)
      queue.push(link.to)
    }
  }
  return undefined
}

function wayTo(last: Link, start: Desired, cameBy: ReadonlyMap<Desired, Link>): Link[] {
  const way = [last]
  for (let link = cameBy.get(last.from); link && way.at(-1)?.from !== start; link = cameBy.get(link.from))
    way.push(link)
  return way.toReversed()
}

function tell(circle: readonly Link[]): Diagnostic {
  const [first] = circle
  const kinds = new Set(circle.map(({ from }) => from.kind))
  const noun = kinds.size === 1 ? `${(first?.from.kind ?? 'resource').replaceAll('_', ' ')}s` : 'resources'
  const nameOf = (one: Desired): string => (kinds.size === 1 ? one.name : addressText(one))
  const isAlone = circle.length === 1 && first
  return problem(
    'P203',
    isAlone
      ? `${addressText(first.from)} depends on itself`
      : `these ${circle.length} ${noun} depend on each other in a circle`,
    {
      labels: circle.map(({ from, to, use }, index) => {
        const closes = index === circle.length - 1 && !isAlone ? ', and the circle closes' : ''
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
