import { drawnGraph, type Graph, type GraphNode } from '../view/graph.ts'
import { colours } from './colours.ts'
import { drawnLines, nodeSentence } from './node-text.ts'

/** The graph in the language of Graphviz, which many programs lay out. */
export function dotText(whole: Graph): string {
  const { nodes, edges } = drawnGraph(whole)
  return [
    'digraph polyctl {',
    '  rankdir=LR',
    '  node [shape=box, style="rounded,filled", fontname="Helvetica"]',
    ...nodes.map((node, index) => `  n${index} [${attributesOf(node)}]`),
    ...edges.map(({ from, to, as }) => {
      const attributes = as === 'after' ? ' [label="then", style=dashed]' : ''
      return `  n${from} -> n${to}${attributes}`
    }),
    '}',
    ''
  ].join('\n')
}

function attributesOf(node: GraphNode): string {
  const { kind, name } = drawnLines(node)
  const { fill, line } = colours[node.of === 'target' ? 'declared' : node.state]
  const health = node.health === undefined ? [] : [`penwidth=3`]
  const border = node.health === undefined ? line : colours[node.health.is].line
  return [
    `label="${escaped(kind)}\\n${escaped(name)}"`,
    `tooltip="${escaped(nodeSentence(node))}"`,
    `fillcolor="${fill}"`,
    `color="${border}"`,
    ...health
  ].join(', ')
}

/** In a text of DOT, a backslash begins an escape, and an ampersand an entity. */
function escaped(text: string): string {
  return text.toWellFormed().replaceAll('&', '&amp;').replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}
