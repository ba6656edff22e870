import { element, type Element } from '../element.ts'
import { graphSentence, stateSigns, stateWords } from '../graph/node-text.ts'
import { drawing, type LinkOf } from '../graph/svg.ts'
import { sentence } from './words.ts'
import { onlyNodes, type Graph } from '../view/graph.ts'

/** So many nodes and edges open at once on a phone, and are laid out within a second or two. */
const most = 1200

/** A drawing that is larger than so many nodes is folded at first. */
const large = 60

/** The graph of a page: all of it, or what differs with what is next to it. */
export async function graphPart(whole: Graph, id: string, linkOf: LinkOf): Promise<Element> {
  const graph = sizeOf(whole) <= most ? whole : aroundChanges(whole)
  const isPart = graph !== whole
  const heading = element('h2', { id }, 'Graph')
  if (sizeOf(graph) > most) {
    const words = `${graphSentence(whole)} \`polyctl graph --only\` draws a part of so many.`
    return element('section', { 'aria-labelledby': id }, heading, element('p', {}, ...sentence(words)))
  }
  const svg = await drawing(graph, linkOf)
  const note = isPart ? ' What differs is drawn, with what is next to it.' : ''
  return element(
    'section',
    { 'aria-labelledby': id },
    heading,
    element('p', { class: 'quiet' }, `${graphSentence(whole)}${note}`),
    element(
      'details',
      { class: 'fold', open: graph.nodes.length <= large },
      element('summary', {}, 'From connections through models and syncs to targets'),
      element(
        'div',
        { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Graph, which scrolls' },
        svg
      )
    ),
    legend(graph)
  )
}

function sizeOf({ nodes, edges }: Graph): number {
  return nodes.length + edges.length
}

function aroundChanges(graph: Graph): Graph {
  const quiet = new Set(['none', 'declared', 'elsewhere'])
  const changed = new Set(
    graph.nodes.flatMap(({ state, health, of }, index) =>
      of === 'resource' && (!quiet.has(state) || health !== undefined) ? [index] : []
    )
  )
  const near = graph.edges.flatMap(({ from, to }) =>
    changed.has(from) || changed.has(to) ? [from, to] : []
  )
  return onlyNodes(graph, new Set([...changed, ...near]))
}

/** The signs that stand in it. */
function legend({ nodes, edges }: Graph): Element {
  const item = (sign: string, words: string): Element =>
    element('li', {}, element('code', {}, sign), ` ${words}`)
  const states = [...new Set(nodes.flatMap(({ of, state }) => (of === 'resource' ? [state] : [])))]
  const shown = states.filter((state) => state !== 'none' && state !== 'declared')
  return element(
    'ul',
    { class: 'legend', 'aria-label': 'Signs' },
    shown.map((state) => item(stateSigns[state], stateWords[state])),
    nodes.some(({ health }) => health?.is === 'waits') ? item('⧗', 'waits for a person') : undefined,
    nodes.some(({ health }) => health?.is === 'broken') ? item('!', 'does not work') : undefined,
    edges.some(({ as }) => as === 'after') ? item('- -', 'runs after') : undefined
  )
}
