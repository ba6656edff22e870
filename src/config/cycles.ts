import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kinds } from '../kinds/kind.ts'
import { addressText, byAddress, type Desired, type Use } from '../state/resource.ts'
import { stronglyConnected } from '../state/graph.ts'
import type { ResourceIndex } from './references.ts'

interface Link {
  from: Desired
  to: Desired
  use: Use
}

/**
 * Reports resources that depend on each other in a cycle: none of them could be created first. One problem
 * for each group of resources that all reach each other; a shortest cycle of the group is shown. What can be
 * set once all are made closes no cycle.
 */
export function checkCycles(
  resources: readonly Desired[],
  index: ResourceIndex,
  { managed }: Kinds
): Diagnostic[] {
  const links = new Map<Desired, Link[]>()
  const fieldsOf = new Map(managed.map(({ name, fields }) => [name, fields]))
  const needs = (resource: Desired): (Desired | undefined)[] => {
    const fields = fieldsOf.get(resource.kind)
    const targets = index.targets(resource)
    return targets.map((target, at) => {
      const field = fields?.[String(resource.uses[at]?.path[0])]
      return field?.mayFollow === true ? undefined : target
    })
  }
  for (const from of cyclicOrDependent(resources, needs)) {
    const targets = needs(from)
    const own = from.uses.flatMap((use, at): Link[] => {
      const to = targets[at]
      return to ? [{ from, to, use }] : []
    })
    links.set(
      from,
      own.toSorted((a, b) => byAddress(a.to, b.to))
    )
  }
  const next = (one: Desired): Desired[] => (links.get(one) ?? []).map(({ to }) => to)
  return stronglyConnected([...links.keys()].toSorted(byAddress), next).flatMap((members) => {
    const [least] = members.toSorted(byAddress)
    const cycle = least ? shortestCycle(least, new Set(members), links) : undefined
    return cycle ? [cycleProblem(cycle)] : []
  })
}

/**
 * Kahn's algorithm: returns the resources that no order of creation contains. These are the members of
 * cycles and their dependents; as a rule there are none.
 */
function cyclicOrDependent(
  resources: readonly Desired[],
  needed: (resource: Desired) => readonly (Desired | undefined)[]
): Desired[] {
  const users = new Map<Desired, Desired[]>()
  const needs = new Map<Desired, number>()
  const ready: Desired[] = []
  for (const resource of resources) {
    let count = 0
    for (const target of needed(resource)) {
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
