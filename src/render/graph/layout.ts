import { itemAt, type Graph } from '../view/graph.ts'
import { drawnColumns } from './node-text.ts'

/** Where everything stands in a drawing, in points from the top left corner. */
export interface Layout {
  width: number
  height: number
  /** The middle of each node. */
  boxes: Box[]
  /** Each edge: a curve of Bézier from its first point, and where it ends. */
  lines: Line[]
}

/** A node: its middle and its size. */
export interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** A curve: its first point, then three points for each of its parts, and the tip behind the last. */
export interface Line {
  points: DrawnPoint[]
  tip: DrawnPoint
}

/** A place in a drawing. */
export interface DrawnPoint {
  x: number
  y: number
}

/** So many nodes and edges are laid out with care: that takes about eight seconds. */
const most = 5000

const [letter, lineHeight] = [7.4, 40]

/** Lays a graph out from left to right. What is very large is set in columns instead. */
export async function layoutOf({ nodes, edges }: Graph): Promise<Layout> {
  const sizes = nodes.map((node) => ({
    width: Math.ceil(drawnColumns(node) * letter) + 20,
    height: lineHeight
  }))
  if (nodes.length === 0 || nodes.length + edges.length > most) return inColumns({ nodes, edges }, sizes)
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz')
  const graphviz = await Graphviz.load()
  const text = layoutText({ nodes, edges }, sizes)
  const drawn: Drawn = JSON.parse(graphviz.layout(text, 'json', 'dot'))
  return readLayout(drawn, sizes, edges.length)
}

interface Size {
  width: number
  height: number
}

/** Only numbers go there: names of resources never reach the library. */
function layoutText({ nodes, edges }: Graph, sizes: readonly Size[]): string {
  const inches = (points: number): string => (points / 72).toFixed(3)
  return [
    'digraph { rankdir=LR; ranksep=0.7; nodesep=0.15; node [shape=box, fixedsize=true, label=""];',
    ...nodes.map((_, index) => {
      const { width, height } = itemAt(sizes, index)
      return `n${index} [width=${inches(width)}, height=${inches(height)}];`
    }),
    ...edges.map(({ from, to }, index) => `n${from} -> n${to} [id=${index}];`),
    '}'
  ].join('\n')
}

interface Drawn {
  bb: string
  objects: { name: string; pos: string }[]
  edges?: { id: string; pos: string }[]
}

/** Its origin is the bottom left corner. */
function readLayout(
  { bb, objects, edges: splines = [] }: Drawn,
  sizes: readonly Size[],
  edges: number
): Layout {
  const [, , width = 0, height = 0] = bb.split(',').map(Number)
  const point = (text: string): DrawnPoint => {
    const [x = 0, y = 0] = text.split(',').map(Number)
    return { x, y: height - y }
  }
  const middles = new Map(objects.map(({ name, pos }) => [name, point(pos)]))
  const curves = new Map(splines.map(({ id, pos }) => [id, curveOf(pos, point)]))
  return {
    width,
    height,
    boxes: sizes.map((size, index) => ({ ...(middles.get(`n${index}`) ?? { x: 0, y: 0 }), ...size })),
    lines: Array.from({ length: edges }, (_, index) => curves.get(String(index)) ?? nowhere)
  }
}

const nowhere: Line = { points: [], tip: { x: 0, y: 0 } }

function curveOf(text: string, point: (text: string) => DrawnPoint): Line {
  const parts = text.split(' ')
  const tip = parts.find((part) => part.startsWith('e,'))
  const points = parts.filter((part) => !/^[es],/.test(part)).map(point)
  return { points, tip: point(tip?.slice(2) ?? parts.at(-1) ?? '') }
}

/** A column for each step from where data comes from, and straight lines. */
function inColumns({ nodes, edges }: Graph, sizes: readonly Size[]): Layout {
  const ranks = ranksOf({ nodes, edges })
  const widths: number[] = []
  for (const [index, rank] of ranks.entries())
    widths[rank] = Math.max(widths[rank] ?? 0, itemAt(sizes, index).width)
  const lefts = widths.map((_, rank) => widths.slice(0, rank).reduce((sum, width) => sum + width + 60, 0))
  const used = widths.map(() => 0)
  const boxes = sizes.map((size, index): Box => {
    const rank = itemAt(ranks, index)
    used[rank] = (used[rank] ?? 0) + 1
    return {
      ...size,
      x: itemAt(lefts, rank) + size.width / 2,
      y: used[rank] * (lineHeight + 10) - lineHeight / 2
    }
  })
  const lines = edges.map(({ from, to }): Line => {
    const [start, end] = [itemAt(boxes, from), itemAt(boxes, to)]
    const first = { x: start.x + start.width / 2, y: start.y }
    const tip = { x: end.x - end.width / 2, y: end.y }
    const last = { x: tip.x - 8, y: tip.y }
    const middle = (first.x + last.x) / 2
    return { points: [first, { x: middle, y: first.y }, { x: middle, y: last.y }, last], tip }
  })
  const height = Math.max(0, ...used) * (lineHeight + 10)
  return { width: (lefts.at(-1) ?? 0) + (widths.at(-1) ?? 0), height, boxes, lines }
}

/** How many steps each node is from where data comes from. A circle ends after as many steps as there are. */
function ranksOf({ nodes, edges }: Graph): number[] {
  const ranks = nodes.map(() => 0)
  const next = Map.groupBy(edges, ({ from }) => from)
  let changed = [...nodes.keys()]
  for (let step = 0; changed.length > 0 && step < mostRanks; step++) {
    const moved = new Set<number>()
    for (const from of changed) {
      for (const { to } of next.get(from) ?? []) {
        if (itemAt(ranks, to) > itemAt(ranks, from) || to === from) continue
        ranks[to] = itemAt(ranks, from) + 1
        moved.add(to)
      }
    }
    changed = [...moved]
  }
  return ranks
}

const mostRanks = 50
