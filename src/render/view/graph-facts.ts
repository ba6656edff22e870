import { addressText } from '../../state/resource.ts'
import { itemAt, type GraphNode, type GraphView } from './graph.ts'

/** A graph as programs read it. What is not known is null. */
export interface GraphFacts {
  format_version: 1
  organization: { id: string | null; name: string } | null
  resources: ResourceOfGraph[]
  edges: EdgeOfGraph[]
}

/** A resource that data moves through. */
interface ResourceOfGraph {
  kind: string
  name: string
  address: string
  /** An action of a plan; `declared` where none was made; `elsewhere`: in no file. */
  state: GraphNode['state']
  /** What keeps it from working. */
  health: { is: 'waits' | 'broken'; because: string } | null
  file: string | null
  line: number | null
}

/** From one address to another: data, with the object that it is written to, or runs. */
interface EdgeOfGraph {
  from: string
  to: string
  as: 'reads' | 'writes' | 'runs_after'
  object: string | null
}

/** The facts of a graph. */
export function graphFacts({ header, nodes, edges }: GraphView): GraphFacts {
  return {
    format_version: 1,
    organization:
      header === undefined ? null : { id: header.organizationId ?? null, name: header.organization },
    resources: nodes
      .filter(({ of }) => of === 'resource')
      .map(({ address, state, health, place }) => ({
        kind: address.kind,
        name: address.name,
        address: addressText(address),
        state,
        health: health ?? null,
        file: place?.path ?? null,
        line: place?.start.line ?? null
      })),
    edges: edges.map(({ from, to, as }): EdgeOfGraph => {
      const [start, end] = [itemAt(nodes, from), itemAt(nodes, to)]
      const moves = end.of === 'target' ? 'writes' : 'reads'
      return {
        from: addressText(start.address),
        to: addressText(end.address),
        as: as === 'after' ? 'runs_after' : moves,
        object: end.object ?? null
      }
    })
  }
}
