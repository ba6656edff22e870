import { nameText } from '../change-text.ts'
import { element, type Child, type Element } from '../element.ts'
import type { Format } from '../format.ts'
import { graphSentence } from '../graph/node-text.ts'
import type { DiffLine } from '../line-diff.ts'
import { count, visible } from '../plain-text.ts'
import { summaryFormat } from '../summary.ts'
import type { GraphNode } from '../view/graph.ts'
import type { PatchView } from '../view/pull.ts'
import type { Summary } from '../view/summary.ts'
import { Entries } from './entries.ts'
import { block } from './fields.ts'
import { graphPart } from './graph.ts'
import { pageText } from './page.ts'
import { problemPart } from './problems.ts'
import { countsPart, toolsPart } from './tools.ts'
import { outcomeWords, sentence } from './words.ts'

const reports = summaryFormat(htmlText)

/**
 * One page that holds all that it needs: for a phone and a wide screen, the light and the dark, the keyboard
 * and paper.
 */
export const html: Format = {
  ...reports,
  async lookup(view) {
    if (view.of !== 'graph') return []
    const { graph } = view
    const summary: Summary = {
      of: 'graph',
      title: 'Graph',
      about: '',
      outcome: 'fine',
      closing: graphSentence(graph),
      entries: [],
      remarks: [],
      problems: graph.problems.problems,
      patches: [],
      organizations: [],
      graph: () => graph
    }
    return await htmlText(summary)
  }
}

/** A page of a summary. */
export async function htmlText(summary: Summary): Promise<string> {
  const parts =
    summary.organizations.length > 0
      ? summary.organizations.map(({ label, summary: own }) => ({ label, own }))
      : [{ label: undefined, own: summary }]
  const entries = parts.flatMap(({ own }) => own.entries)
  const shown = new Entries(entries.length, 'r')
  const sections: Child[] = []
  let before = 0
  for (const [index, { label, own }] of parts.entries()) {
    sections.push(...(await sectionsOf(own, { label, before, prefix: `o${index + 1}-`, shown })))
    before += own.entries.length
  }
  const where = summary.about === '' ? '' : ` · ${summary.about.split(' · ')[0] ?? ''}`
  return pageText(`${summary.title}${where} · polyctl`, [
    element('a', { class: 'skip', href: '#content' }, 'To the content'),
    headPart(summary, parts.length === 1),
    element(
      'main',
      { id: 'content', tabindex: -1 },
      entries.length === 0 ? undefined : countsPart(entries),
      entries.length === 0 ? undefined : toolsPart(entries),
      ...sections
    ),
    element('footer', {}, 'Made by polyctl. This page asks for nothing, and holds no secret.')
  ])
}

function headPart(summary: Summary, isOne: boolean): Element {
  const { title, about, closing, next, outcome, problems, entries, remarks, graph } = summary
  const links = [
    ...(problems.length > 0 ? [['#o1-problems', count(problems.length, 'problem')] as const] : []),
    ...(entries.length > 0 ? [['#o1-resources', count(entries.length, 'resource')] as const] : []),
    ...(graph?.() === undefined ? [] : [['#o1-graph', 'Graph'] as const]),
    ...(remarks.length > 0 ? [['#o1-remarks', 'Remarks'] as const] : [])
  ]
  const anchors = links.map(([href, words]) => element('li', {}, element('a', { href }, words)))
  const badge = element('span', { class: `badge ${outcome}` }, outcomeWords[outcome])
  return element(
    'header',
    {},
    about === '' ? undefined : element('p', { class: 'about' }, about),
    element('h1', {}, title, summary.of === 'graph' ? undefined : badge),
    ...visibleLines(closing).map((line) => element('p', { class: 'closing' }, ...sentence(line))),
    next === undefined ? undefined : element('p', {}, 'Next: ', ...sentence(visible(next))),
    isOne && links.length > 1
      ? element('nav', { 'aria-label': 'On this page' }, element('ul', {}, ...anchors))
      : undefined
  )
}

function visibleLines(text: string): string[] {
  return text === '' ? [] : text.split('\n').map(visible)
}

interface Placing {
  label: string | undefined
  /** How many entries of the page come before those of this part. */
  before: number
  prefix: string
  shown: Entries
}

async function sectionsOf(summary: Summary, { label, before, prefix, shown }: Placing): Promise<Child[]> {
  const { problems, entries, patches, remarks, graph } = summary
  const drawn = graph?.()
  const places = new Map(entries.map(({ address }, index) => [nameText(address), before + index]))
  const linkOf = ({ address }: GraphNode): string | undefined => {
    const place = places.get(nameText(address))
    return place === undefined ? undefined : `#${shown.idOf(place)}`
  }
  return [
    label === undefined ? undefined : organizationHead(label, summary, prefix),
    problems.length === 0
      ? undefined
      : section(`${prefix}problems`, 'Problems', problems.slice(0, mostProblems).map(problemPart), [
          moreText(problems.length - mostProblems, 'more problem')
        ]),
    entries.length === 0 ? undefined : resourcesPart(summary, before, `${prefix}resources`, shown),
    patches.length === 0 ? undefined : section(`${prefix}files`, 'Files', patches.map(patchPart)),
    drawn === undefined ? undefined : await graphPart(drawn, `${prefix}graph`, linkOf),
    remarks.length === 0
      ? undefined
      : section(`${prefix}remarks`, 'Remarks', [
          element(
            'ul',
            {},
            remarks.map((remark) => element('li', {}, ...sentence(remark)))
          )
        ])
  ]
}

/** Of more entries than these, a browser lays out those that are seen. */
const manyEntries = 150

/** More problems than these are counted. */
const mostProblems = 500

function moreText(left: number, noun: string): Child {
  return left > 0 ? element('p', {}, `… and ${count(left, noun)}: \`--format json\` has all.`) : undefined
}

function organizationHead(label: string, { outcome, closing }: Summary, prefix: string): Element {
  return element(
    'div',
    { class: 'organization' },
    element(
      'h2',
      { id: `${prefix}organization` },
      element('bdi', {}, label),
      ' ',
      element('span', { class: `badge ${outcome}` }, outcomeWords[outcome])
    ),
    ...visibleLines(closing).map((line) => element('p', { class: 'closing' }, ...sentence(line)))
  )
}

function section(id: string, title: string, ...parts: readonly (readonly Child[])[]): Element {
  return element('section', { 'aria-labelledby': id }, element('h2', { id }, title), ...parts.flat())
}

function resourcesPart({ of, entries }: Summary, before: number, id: string, shown: Entries): Element {
  const sides = '`-` is what the files say, `+` what the service has'
  return element(
    'section',
    { class: entries.length > manyEntries ? 'group many' : 'group', 'aria-labelledby': id },
    element('h2', { id }, 'Resources'),
    of === 'drift' ? element('p', { class: 'quiet' }, ...sentence(sides)) : undefined,
    entries.map((entry, index) => shown.part(entry, before + index))
  )
}

function patchPart({ path, patch }: PatchView): Element {
  const lines = patch.replace(/\n$/, '').split('\n')
  return element(
    'details',
    { class: 'fold', open: lines.length <= 60 },
    element('summary', {}, element('bdi', { class: 'patch' }, visible(path))),
    element('div', { class: 'body' }, block(lines.map(patchLine)))
  )
}

function patchLine(line: string): DiffLine {
  const sign = /^[+-](?![+-]{2} )/.exec(line)?.[0]
  return sign === '+' || sign === '-'
    ? { sign, text: visible(line.slice(1)), marks: [] }
    : { sign: ' ', text: visible(line), marks: [] }
}
