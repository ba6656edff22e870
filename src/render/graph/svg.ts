import { element, type Element } from '../element.ts'
import { drawnGraph, itemAt, type Graph, type GraphNode } from '../view/graph.ts'
import { layoutOf, type Box, type Line, type DrawnPoint } from './layout.ts'
import { drawnLines, graphSentence, nodeSentence } from './node-text.ts'

/** Colours by what becomes of a node, in the light and in the dark. */
export const graphStyle = `
.graph { --ink: #1f2328; --soft: #57606a; --line: #8c959f; --box: #f6f8fa; --edge: #8c959f;
  --create: #dafbe1; --create-line: #1a7f37; --update: #fff8c5; --update-line: #9a6700;
  --delete: #ffebe9; --delete-line: #cf222e; --rename: #ddf4ff; --rename-line: #0969da;
  --waits-line: #8250df; --broken-line: #cf222e; }
@media (prefers-color-scheme: dark) { .graph { --ink: #e6edf3; --soft: #9198a1; --line: #6e7681;
  --box: #21262d; --edge: #7d8590; --create: #12361f; --create-line: #3fb950;
  --update: #3a2d0a; --update-line: #d29922;
  --delete: #4a1618; --delete-line: #f85149; --rename: #0c2d54; --rename-line: #58a6ff;
  --waits-line: #bc8cff; --broken-line: #ff7b72; } }
.graph rect { fill: var(--box); stroke: var(--line); }
.graph text { fill: var(--ink); font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.graph .kind { fill: var(--soft); font-size: 10px; }
.graph .create rect, .graph .kept rect { fill: var(--create); stroke: var(--create-line); }
.graph .update rect, .graph .changed rect { fill: var(--update); stroke: var(--update-line); }
.graph .delete rect, .graph .missing rect { fill: var(--delete); stroke: var(--delete-line); }
.graph .rename rect, .graph .renamed rect { fill: var(--rename); stroke: var(--rename-line); }
.graph .elsewhere rect { stroke-dasharray: 2 3; }
.graph .waits rect { stroke: var(--waits-line); stroke-width: 2.5; stroke-dasharray: 6 3; }
.graph .broken rect { stroke: var(--broken-line); stroke-width: 3; }
.graph .line { fill: none; stroke: var(--edge); stroke-width: 1.2; }
.graph .tip { fill: var(--edge); }
.graph .after { stroke-dasharray: 5 4; }
`

/** Names a page has for nodes, so that they lead to what it tells of them. */
export type LinkOf = (node: GraphNode) => string | undefined

/** Draws a graph. A library decides where everything stands; all texts are set here. */
export async function drawing(whole: Graph, linkOf: LinkOf = () => undefined): Promise<Element> {
  const graph = drawnGraph(whole)
  const { width, height, boxes, lines } = await layoutOf(graph)
  const [wide, high] = [Math.ceil(width) + 2 * margin, Math.ceil(height) + 2 * margin]
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'graph',
      role: 'group',
      'aria-label': graphSentence(whole),
      width: wide,
      height: high,
      viewBox: `${-margin} ${-margin} ${wide} ${high}`
    },
    graph.edges.map(({ as }, index) => drawnLine(itemAt(lines, index), as)),
    graph.nodes.map((node, index) => drawnNode(node, itemAt(boxes, index), linkOf(node)))
  )
}

const margin = 8

function drawnNode(node: GraphNode, { x, y, width, height }: Box, link: string | undefined): Element {
  const { kind, name } = drawnLines(node)
  const left = round(x - width / 2 + 10)
  const state = node.of === 'target' ? 'target' : node.state.replace('not removed', 'kept')
  const health = node.health?.is
  const group = element(
    'g',
    { class: health === undefined ? state : `${state} ${health}` },
    element('title', {}, nodeSentence(node)),
    element('rect', { x: round(x - width / 2), y: round(y - height / 2), width, height, rx: 6 }),
    element('text', { class: 'kind', x: left, y: round(y - 5) }, kind),
    element('text', { x: left, y: round(y + 11) }, name)
  )
  return link === undefined ? group : element('a', { href: link }, group)
}

function drawnLine({ points, tip }: Line, as: 'data' | 'after'): Element {
  const [first, ...others] = points
  const last = points.at(-1)
  if (first === undefined || last === undefined) return element('g', {})
  const path = `M${pair(first)} C${others.map(pair).join(' ')}`
  return element(
    'g',
    {},
    element('path', { class: as === 'after' ? 'line after' : 'line', d: path }),
    element('path', { class: 'tip', d: arrowHead(last, tip) })
  )
}

/** A triangle from the end of a line to its tip. */
function arrowHead(last: DrawnPoint, tip: DrawnPoint): string {
  const [dx, dy] = [tip.x - last.x, tip.y - last.y]
  const length = Math.hypot(dx, dy) || 1
  const [nx, ny] = [(-dy / length) * 3.5, (dx / length) * 3.5]
  const sides = [
    { x: last.x + nx, y: last.y + ny },
    { x: last.x - nx, y: last.y - ny }
  ]
  return `M${pair(tip)} L${sides.map(pair).join(' L')} Z`
}

function pair({ x, y }: DrawnPoint): string {
  return `${round(x)},${round(y)}`
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}
