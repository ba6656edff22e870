import { drawnGraph, itemAt, type Graph, type GraphNode, type NodeState } from '../view/graph.ts'
import { drawnLines } from './node-text.ts'
import { colours } from './colours.ts'

/** The graph as a flow chart of Mermaid, which GitHub, GitLab and many others draw. */
export function mermaidText(whole: Graph): string {
  const { nodes, edges } = drawnGraph(whole)
  const arrows = { data: '-->', after: '-.->|then|' } as const
  const classes = [...Map.groupBy(nodes.keys(), (index) => classOf(itemAt(nodes, index)))]
  const lines = [
    'flowchart LR',
    ...nodes.map((node, index) => `  n${index}["${labelOf(node)}"]`),
    ...edges.map(({ from, to, as }) => `  n${from} ${arrows[as]} n${to}`),
    ...classes.flatMap(([name, members]) =>
      name === undefined
        ? []
        : [
            `  classDef ${name.replace(' ', '-')} ${stylesOf(name)}`,
            `  class ${members.map((index) => `n${index}`).join(',')} ${name.replace(' ', '-')}`
          ]
    )
  ]
  return `${lines.join('\n')}\n`
}

type Class = NodeState | 'waits' | 'broken'

/** One for each node: what does not work is told before what becomes of it. */
function classOf({ of, state, health }: GraphNode): Class | undefined {
  if (health !== undefined) return health.is
  return of === 'target' || state === 'none' || state === 'declared' ? undefined : state
}

function stylesOf(name: Class): string {
  const { fill, line } = colours[name]
  const dashes = name === 'elsewhere' || name === 'waits' ? ',stroke-dasharray:4 3' : ''
  return `fill:${fill},stroke:${line},color:#1f2328${dashes}`
}

function labelOf(node: GraphNode): string {
  const { kind, name } = drawnLines(node)
  return `${escaped(kind)}<br>${escaped(name)}`
}

/** Mermaid reads brackets, entities and Markdown in a label: what is no letter or digit has its number. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\p{L}\p{M}\p{N} ]/gu, (letter) => `#${letter.codePointAt(0) ?? 0};`)
}
