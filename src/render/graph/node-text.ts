import { columns, count, cut, visible } from '../plain-text.ts'
import { kindText } from '../change-text.ts'
import type { Graph, GraphNode, NodeState } from '../view/graph.ts'

/** How each state is shown: by a sign and in words. */
export const stateSigns: Readonly<Record<NodeState, string>> = {
  create: '+',
  update: '~',
  rename: '→',
  delete: '-',
  missing: '-',
  changed: '~',
  renamed: '→',
  'not removed': '+',
  none: '=',
  declared: '',
  elsewhere: '?'
}

/** What becomes of a node, in words. */
export const stateWords: Readonly<Record<NodeState, string>> = {
  create: 'to create',
  update: 'to update',
  rename: 'to rename',
  delete: 'to delete',
  missing: 'missing',
  changed: 'changed',
  renamed: 'renamed',
  'not removed': 'not removed',
  none: 'unchanged',
  declared: 'declared',
  elsewhere: 'in no file'
}

/** Why a node does not work, with the sign for it; empty where it does. */
export function healthText({ health }: GraphNode): string {
  if (health === undefined) return ''
  return health.is === 'waits' ? `⧗ ${visible(health.because)}` : `! ${visible(health.because)}`
}

/** A node in two lines of a drawing: what it is, and its name. */
export function drawnLines(node: GraphNode): { kind: string; name: string } {
  const { address, of, object, health, state } = node
  const sign = of === 'target' ? '' : stateSigns[state === 'none' ? 'declared' : state]
  const mark = health === undefined ? '' : health.is === 'waits' ? '⧗' : '!'
  const name = cut(visible(address.name), longest)
  const kind = of === 'target' ? `to ${kindText(address.kind)}` : kindText(address.kind)
  if (of === 'target' && object !== undefined)
    return { kind: `${kind} ${name}`, name: [mark, cut(visible(object), longest)].filter(isText).join(' ') }
  return { kind, name: [sign, mark, name].filter(isText).join(' ') }
}

const longest = 36

function isText(text: string): boolean {
  return text !== ''
}

/** All that is known of a node, in a sentence. */
export function nodeSentence(node: GraphNode): string {
  const { address, of, object, state } = node
  const where = of === 'target' && object !== undefined ? `: ${visible(object)}` : ''
  const health = healthText(node)
  const what = of === 'target' ? 'written to' : stateWords[state]
  const name = `${kindText(address.kind)} ${visible(address.name)}${where}`
  return [name, what, ...(health === '' ? [] : [health])].join(', ')
}

/** What is counted, in this order. */
const toldStates: readonly NodeState[] = [
  'create',
  'update',
  'rename',
  'delete',
  'missing',
  'changed',
  'renamed',
  'not removed',
  'elsewhere'
]

/** `2 connections, 3 models; 1 to create`: what a graph holds. */
export function graphSentence({ nodes }: Graph): string {
  const own = nodes.filter(({ of }) => of === 'resource')
  if (own.length === 0) return 'The files declare nothing that data moves through.'
  const number = (all: readonly GraphNode[], noun: string): string => count(all.length, noun)
  const kinds = [...Map.groupBy(own, ({ address }) => kindText(address.kind))].map(([kind, all]) =>
    number(all, kind)
  )
  const states = toldStates.flatMap((state) => {
    // What waits for a person is told as that.
    const some = own.filter((node) => node.state === state && node.health?.is !== 'waits')
    return some.length === 0 ? [] : [`${some.length} ${stateWords[state]}`]
  })
  const waits = own.filter(({ health }) => health?.is === 'waits').length
  const broken = own.filter(({ health }) => health?.is === 'broken').length
  const also = [
    ...states,
    ...(waits === 0 ? [] : [`${waits} ${waits === 1 ? 'waits' : 'wait'} for a person`]),
    ...(broken === 0 ? [] : [`${broken} ${broken === 1 ? 'does' : 'do'} not work`])
  ]
  return `${kinds.join(', ')}${also.length === 0 ? '' : `; ${also.join(', ')}`}.`
}

/** Columns that the longer of the two lines takes. */
export function drawnColumns(node: GraphNode): number {
  const { kind, name } = drawnLines(node)
  return Math.max(columns(kind) * 0.85, columns(name))
}
