import type { Span } from '../../diagnostics/diagnostic.ts'
import type { Arrow, Health } from '../../plan/flows.ts'
import type { Action } from '../../plan/plan.ts'
import { addressText, type Address } from '../../state/resource.ts'
import type { PlanHeader } from '../header.ts'
import { compareNames } from './order.ts'
import type { ProblemsView } from './problems.ts'

/** What data moves through, from connections to targets, as data without layout. */
export interface Graph {
  nodes: GraphNode[]
  edges: GraphEdge[]
}

/** A graph that is told by itself. */
export interface GraphView extends Graph {
  /** Where it was looked; absent where the files alone say it. */
  header?: PlanHeader
  problems: ProblemsView
}

/** A resource, or a place in one that is written to. */
export interface GraphNode {
  of: 'resource' | 'target'
  address: Address
  /** Of a target: what in the connection. */
  object?: string
  state: NodeState
  /** What keeps it from working. */
  health?: Health
  place?: Span
}

/**
 * What becomes of it: an action of the plan, or what a drift calls it; `declared` where none was made;
 * `elsewhere`: in no file.
 */
export type NodeState = Action | Drifted | 'declared' | 'elsewhere'

/** What has become of a resource in the service. */
export type Drifted = 'missing' | 'changed' | 'renamed' | 'not removed'

/** From one node to another, by their places in the list, in the direction in which data or runs move. */
export interface GraphEdge {
  from: number
  to: number
  /** Data moves, or one runs after the other. */
  as: 'data' | 'after'
}

/** A resource with its arrows. */
export interface GraphSource extends Pick<GraphNode, 'address' | 'state' | 'health' | 'place'> {
  arrows: readonly Arrow[]
}

/**
 * Makes the graph of resources. Of what their arrows name and is not among them, `elsewhere` tells more. The
 * order of the nodes is that of `kinds`, then of names.
 */
export function graphOf(
  sources: readonly GraphSource[],
  kinds: readonly string[],
  elsewhere: ReadonlyMap<string, Health> = new Map()
): Graph {
  const known = new Map(sources.map((one) => [plainText(one.address), one]))
  for (const { other } of sources.flatMap(({ arrows }) => arrows)) {
    const text = plainText(other)
    if (known.has(text)) continue
    const health = elsewhere.get(text)
    known.set(text, { address: other, state: 'elsewhere', arrows: [], ...(health && { health }) })
  }
  const rank = (kind: string): number => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length)
  const all = [...new Set([...sources, ...known.values()])].toSorted(
    ({ address: a }, { address: b }) => rank(a.kind) - rank(b.kind) || compareNames(a.name, b.name)
  )
  const nodes: GraphNode[] = all.map(({ arrows: _arrows, ...node }) => ({ of: 'resource', ...node }))
  const places = new Map(all.map(({ address }, index) => [plainText(address), index]))
  const targets = new Map<string, number>()
  const edges: GraphEdge[] = []
  for (const [index, { arrows }] of all.entries()) {
    for (const { as, other, object } of arrows) {
      const there = places.get(plainText(other)) ?? 0
      if (as === 'to') edges.push({ from: index, to: target(there, object), as: 'data' })
      else edges.push({ from: there, to: index, as: as === 'from' ? 'data' : 'after' })
    }
  }
  return { nodes, edges }

  function target(there: number, object: string | undefined): number {
    const key = JSON.stringify([there, object])
    const before = targets.get(key)
    if (before !== undefined) return before
    const { place: _place, ...resource } = itemAt(nodes, there)
    nodes.push({ ...resource, of: 'target', ...(object === undefined ? {} : { object }) })
    targets.set(key, nodes.length - 1)
    return nodes.length - 1
  }
}

/** References have no pin: of several that have one name, any stands for all. */
function plainText({ kind, name }: Address): string {
  return addressText({ kind, name })
}

/**
 * The part of a graph that leads to or from some of its nodes: all that flows into these, and all that these
 * flow into.
 */
export function partOf({ nodes, edges }: Graph, isChosen: (node: GraphNode) => boolean): Graph {
  const chosen = [...nodes.keys()].filter((index) => isChosen(itemAt(nodes, index)))
  const kept = new Set([
    ...reached(
      chosen,
      Map.groupBy(edges, ({ from }) => from),
      ({ to }) => to
    ),
    ...reached(
      chosen,
      Map.groupBy(edges, ({ to }) => to),
      ({ from }) => from
    )
  ])
  return onlyNodes({ nodes, edges }, kept)
}

/** Returns what stands at a place of a list: edges name nodes by their places. */
export function itemAt<T>(all: readonly T[], place: number): T {
  const found = all[place]
  if (found === undefined) throw new RangeError(`there is nothing at ${place} of ${all.length}`)
  return found
}

/** The same nodes without the others, and the edges between them. */
export function onlyNodes({ nodes, edges }: Graph, kept: ReadonlySet<number>): Graph {
  const places = new Map([...kept].toSorted((a, b) => a - b).map((index, at) => [index, at]))
  return {
    nodes: nodes.filter((_, index) => kept.has(index)),
    edges: edges.flatMap(({ from, to, as }) => {
      const [start, end] = [places.get(from), places.get(to)]
      return start === undefined || end === undefined ? [] : [{ from: start, to: end, as }]
    })
  }
}

function reached(
  from: readonly number[],
  edges: ReadonlyMap<number, GraphEdge[]>,
  next: (edge: GraphEdge) => number
): Set<number> {
  const found = new Set(from)
  for (const index of found) for (const edge of edges.get(index) ?? []) found.add(next(edge))
  return found
}

/**
 * What is drawn: a connection that is only written to stands there as a target, and need not stand there
 * twice.
 */
export function drawnGraph(graph: Graph): Graph {
  const { nodes, edges } = graph
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]))
  const written = new Set(
    nodes.flatMap((node) => (node.of === 'target' ? [addressText(node.address)] : []))
  )
  const kept = [...nodes.keys()].filter((index) => {
    const node = itemAt(nodes, index)
    return linked.has(index) || !written.has(addressText(node.address))
  })
  return onlyNodes(graph, new Set(kept))
}
