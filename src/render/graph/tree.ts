import { headLine, kindText, nameText, quoted } from '../change-text.ts'
import { problemsText } from '../problems.ts'
import type { Printed } from '../format.ts'
import { count } from '../plain-text.ts'
import { paint, type Ink, type Look } from '../style.ts'
import { itemAt, type GraphNode, type GraphView, type NodeState } from '../view/graph.ts'
import { graphSentence, healthText, stateSigns, stateWords } from './node-text.ts'

const inks: Readonly<Record<NodeState, Ink>> = {
  create: 'add',
  update: 'change',
  rename: 'rename',
  delete: 'remove',
  missing: 'remove',
  changed: 'change',
  renamed: 'rename',
  'not removed': 'add',
  none: 'dim',
  declared: 'dim',
  elsewhere: 'warning'
}

/** Deeper than this a branch goes on as a tree of its own. */
const deepest = 24

/** The graph as a tree: below each resource what it flows into. What is there already is named again. */
export function treeText(view: GraphView, look: Look): Printed {
  const lines = new Tree(view, look).lines()
  const head = view.header === undefined ? [] : [headLine({ header: view.header }, look), '']
  const closing = paint(look, 'strong', graphSentence(view))
  const text = [...head, ...lines, ...(lines.length === 0 ? [] : ['']), closing].join('\n')
  return [
    { to: 'err', text: problemsText(view.problems, look) },
    { to: 'out', text: `${look.quiet === true ? closing : text}\n` }
  ]
}

/** A resource that is to be written, and how the lines around it begin. */
interface Step {
  index: number
  before: string
  below: string
  depth: number
  isAfter: boolean
}

class Tree {
  readonly #view: GraphView
  readonly #look: Look
  readonly #next: ReadonlyMap<number, { to: number; isAfter: boolean }[]>
  readonly #targets: ReadonlyMap<number, GraphNode[]>
  readonly #written = new Set<number>()

  constructor(view: GraphView, look: Look) {
    this.#view = view
    this.#look = look
    const { nodes, edges } = view
    const isTarget = (index: number): boolean => itemAt(nodes, index).of === 'target'
    const steps = edges.filter(({ to }) => !isTarget(to))
    this.#next = new Map(
      [...Map.groupBy(steps, ({ from }) => from)].map(([from, all]) => [
        from,
        all.map(({ to, as }) => ({ to, isAfter: as === 'after' })).toSorted((a, b) => a.to - b.to)
      ])
    )
    const ends = edges.filter(({ to }) => isTarget(to))
    this.#targets = new Map(
      [...Map.groupBy(ends, ({ from }) => from)].map(([from, all]) => [
        from,
        all.map(({ to }) => itemAt(nodes, to))
      ])
    )
  }

  lines(): string[] {
    const { nodes, edges } = this.#view
    const own = [...nodes.keys()].filter((index) => itemAt(nodes, index).of === 'resource')
    const led = new Set(edges.map(({ to }) => to))
    const roots = own.filter((index) => !led.has(index))
    const lines = roots.flatMap((index) => this.#branch(index))
    // A circle has no beginning: it begins at its first resource.
    for (const index of own) if (!this.#written.has(index)) lines.push(...this.#branch(index))
    return lines
  }

  /** One resource with all below it. */
  #branch(root: number): string[] {
    const lines: string[] = []
    const open: Step[] = [{ index: root, before: '', below: '', depth: 0, isAfter: false }]
    const later: number[] = []
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      const { index, before, below, depth, isAfter } = step
      const next = this.#next.get(index) ?? []
      const isKnown = this.#written.has(index)
      const isTooDeep = depth >= deepest && next.length > 0
      const tail = next.length === 0 ? '' : isKnown ? ' (as above)' : isTooDeep ? ' (goes on below)' : ''
      const head = `${paint(this.#look, 'dim', before)}${isAfter ? 'then ' : ''}`
      lines.push(`${head}${this.#line(index, isKnown)}${paint(this.#look, 'dim', tail)}`)
      if (isKnown) continue
      if (isTooDeep) {
        later.push(index)
        continue
      }
      this.#written.add(index)
      const children = next.map(({ to, isAfter: runs }, at): Step => {
        const isLast = at === next.length - 1
        return {
          index: to,
          before: `${below}${isLast ? '└─ ' : '├─ '}`,
          below: `${below}${isLast ? '   ' : '│  '}`,
          depth: depth + 1,
          isAfter: runs
        }
      })
      open.push(...children.toReversed())
    }
    return [...lines, ...later.flatMap((index) => (this.#written.has(index) ? [] : this.#branch(index)))]
  }

  /** What keeps it from working is told once. */
  #line(index: number, isKnown: boolean): string {
    const node = itemAt(this.#view.nodes, index)
    const look = this.#look
    const { address, state } = node
    const sign = state === 'none' ? '' : stateSigns[state]
    const targets = (this.#targets.get(index) ?? []).map((target) => {
      const where = target.object === undefined ? '' : `: ${quoted(target.object)}`
      return `${kindText(target.address.kind)} ${quoted(target.address.name)}${where}`
    })
    const health = isKnown ? '' : healthText(node)
    const parts = [
      ...(sign === '' ? [] : [paint(look, inks[state], sign)]),
      state === 'none' || state === 'declared'
        ? nameText(address)
        : paint(look, inks[state], nameText(address)),
      ...(targets.length === 0 ? [] : [`→ ${targets.join(', ')}`]),
      ...(state === 'elsewhere' ? [paint(look, 'dim', `(${stateWords.elsewhere})`)] : []),
      ...this.#usedBy(index),
      ...(health === '' ? [] : [paint(look, node.health?.is === 'waits' ? 'wait' : 'error', health)])
    ]
    return parts.join(' ')
  }

  /** Of what is written to and nothing is read from, by how many. */
  #usedBy(index: number): string[] {
    if ((this.#next.get(index) ?? []).length > 0) return []
    const { address } = itemAt(this.#view.nodes, index)
    const same = ({ kind, name }: GraphNode['address']): boolean =>
      kind === address.kind && name === address.name
    const number = [...this.#targets.values()].filter((all) => all.some((one) => same(one.address))).length
    return number === 0 ? [] : [paint(this.#look, 'dim', `(written to by ${count(number, 'resource')})`)]
  }
}
