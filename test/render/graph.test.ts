import { Graphviz } from '@hpcc-js/wasm-graphviz'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Arrow } from '../../src/plan/flows.ts'
import { printed } from '../../src/render/format.ts'
import { formatOf, graphFormatNames, isFormat } from '../../src/render/formats.ts'
import { drawnLines } from '../../src/render/graph/node-text.ts'
import {
  drawnGraph,
  graphOf,
  partOf,
  type GraphSource,
  type GraphView
} from '../../src/render/view/graph.ts'
import { graphFacts } from '../../src/render/view/graph-facts.ts'
import { problemsView } from '../../src/render/view/problems.ts'
import { at, header, look } from './builders.ts'

const kinds = ['connection', 'model', 'sync', 'bulk_sync']
const nothing = problemsView([], { texts: new Map() })

function source(
  kind: string,
  name: string,
  arrows: Arrow[] = [],
  more: Partial<GraphSource> = {}
): GraphSource {
  return { address: { kind, name }, state: 'declared', arrows, ...more }
}

function arrow(as: Arrow['as'], kind: string, name: string, object?: string): Arrow {
  return { as, other: { kind, name }, ...(object === undefined ? {} : { object }) }
}

function view(sources: readonly GraphSource[], more: Partial<GraphView> = {}): GraphView {
  return { ...graphOf(sources, kinds), problems: nothing, ...more }
}

async function drawn(graph: GraphView, format: string): Promise<string> {
  if (!isFormat(format)) throw new Error(`no format ${format}`)
  const lookup = { of: 'graph' as const, facts: graphFacts(graph), graph }
  const pieces = await printed({ type: 'lookup', view: lookup }, await formatOf(format), look)
  return pieces.map(({ text }) => text).join('')
}

const everything: readonly GraphSource[] = [
  source('connection', 'Postgres', [], { place: at('configs/a.yaml', 2), state: 'none' }),
  source('connection', 'HubSpot', [], {
    state: 'update',
    health: { is: 'waits', because: 'nobody has authorized it yet' }
  }),
  source('connection', 'Snowflake', [], { state: 'create' }),
  source('connection', 'Unused', [], { state: 'delete' }),
  source('model', 'Users', [arrow('from', 'connection', 'Postgres')], { state: 'rename' }),
  source('model', 'Orders', [arrow('from', 'connection', 'Postgres'), arrow('from', 'model', 'Users')]),
  source(
    'sync',
    'Contacts',
    [arrow('from', 'model', 'Users'), arrow('to', 'connection', 'HubSpot', 'contacts')],
    {
      state: 'create',
      health: { is: 'broken', because: 'the field `email` is gone' }
    }
  ),
  source('sync', 'Deals', [
    arrow('from', 'model', 'Orders'),
    arrow('from', 'model', 'Users'),
    arrow('to', 'connection', 'HubSpot', 'deals'),
    arrow('after', 'sync', 'Contacts')
  ]),
  source('sync', 'Last', [
    arrow('from', 'model', 'Elsewhere'),
    arrow('to', 'connection', 'HubSpot', 'deals'),
    arrow('after', 'sync', 'Deals'),
    arrow('after', 'bulk_sync', 'Copy')
  ]),
  source('bulk_sync', 'Copy', [
    arrow('from', 'connection', 'Postgres'),
    arrow('to', 'connection', 'Snowflake', 'raw')
  ])
]

const hostile = [
  '<script>alert(1)</script>',
  '"quotes" and \'others\' \\ \\n \\"',
  '\u202Eright to left \u05E9\u05DC\u05D5\u05DD',
  '👩‍👩‍👧 emoji 🎉',
  ']]> --> <!-- &amp; &lt; #35; #quot;',
  '"];\n  n0 --> n1[("x',
  '`**bold**` [link](http://x) %%{init: {}}%%',
  'end',
  'click n0 href "javascript:alert(1)"',
  '\\G \\N \\L \\l',
  '{a|b} <f0> |',
  '\uD800 lone',
  'x'.repeat(10_000),
  ''
]

const situations: Readonly<Record<string, GraphView>> = {
  everything: view(everything, { header }),
  hostile: view(
    hostile
      .map((name) => name.slice(0, 200))
      .flatMap((name) => [
        source('connection', name),
        source('model', name, [arrow('from', 'connection', name)], {
          health: { is: 'broken', because: name }
        }),
        source('sync', name, [arrow('from', 'model', name), arrow('to', 'connection', name, name)])
      ])
  ),
  circle: view([
    source('sync', 'A', [arrow('after', 'sync', 'B')]),
    source('sync', 'B', [arrow('after', 'sync', 'A')]),
    source('sync', 'C', [arrow('after', 'sync', 'C')])
  ]),
  nothing: view([])
}

const endings: Readonly<Record<string, string>> = {
  text: 'txt',
  json: 'json',
  mermaid: 'mmd',
  dot: 'dot',
  svg: 'svg'
}

describe('a graph', () => {
  test.each(
    Object.keys(situations).flatMap((name) => graphFormatNames.map((format) => [name, format] as const))
  )('%s in %s reads like this', async (name, format) => {
    const text = await drawn(situations[name]!, format)
    // How a drawing looks, and what a page does, is the same for all.
    const own = text.slice(Math.max(0, text.indexOf('<body>'))).replace(/<(style|script)>[^]*<\/\1>/, '')
    await expect(own).toMatchFileSnapshot(`../golden/graphs/${name}.${endings[format] ?? format}`)
  })

  test('of a part has all that flows into it and out of it', () => {
    const names = (isChosen: string): string[] =>
      partOf(
        view(everything),
        ({ of, address }) => of === 'resource' && address.name === isChosen
      ).nodes.map(
        ({ of, address, object }) =>
          `${of === 'target' ? 'to ' : ''}${address.name}${object === undefined ? '' : ` ${object}`}`
      )
    expect(names('Contacts')).toEqual([
      'Postgres',
      'Users',
      'Contacts',
      'Deals',
      'Last',
      'to HubSpot contacts',
      'to HubSpot deals'
    ])
    expect(names('Unused')).toEqual(['Unused'])
    expect(names('nobody')).toEqual([])
  })

  test('that is long is told to its end, and not in ever longer lines', async () => {
    const chain = Array.from({ length: 3000 }, (_, index) =>
      source('sync', `S${index}`, index === 0 ? [] : [arrow('after', 'sync', `S${index - 1}`)])
    )
    const text = await drawn(view(chain), 'text')
    for (const name of ['S0', 'S1500', 'S2999']) expect(text).toContain(`sync "${name}"`)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(150)
  })

  test('that is too large to be laid out with care is drawn all the same', async () => {
    const many = Array.from({ length: 6000 }, (_, index) =>
      source('model', `M${index}`, index === 0 ? [] : [arrow('from', 'model', `M${index % 70}`)])
    )
    const text = await drawn(view(many), 'svg')
    expect(XMLValidator.validate(text)).toBe(true)
    expect(text.match(/<rect /g)).toHaveLength(6000)
    expect(text).not.toContain('NaN')
  })
})

/** Names as they come from everywhere, and as somebody would choose them. */
const names = fc.uniqueArray(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(...Array.from('"\'`\\<>&#;[](){}|-=% \n\tnNGl')), maxLength: 20 }),
    fc.constantFrom(...hostile)
  ),
  { minLength: 1, maxLength: 6 }
)

function chainOf(all: readonly string[]): GraphView {
  return view(
    all.map((name, index) =>
      source('sync', name, [
        ...(index === 0 ? [] : [arrow('after', 'sync', all[index - 1]!)]),
        arrow('to', 'connection', name, name)
      ])
    )
  )
}

/** Drawings break and join blanks. */
function squeezed(text: string): string {
  return text.replaceAll(/[\s\u00A0]+/gu, ' ').trim()
}

function labelsOf(graph: GraphView): string[] {
  return drawnGraph(graph)
    .nodes.flatMap((node) => Object.values(drawnLines(node)))
    .map(squeezed)
    .filter((text) => text !== '')
}

describe('no name is read as a part of the format', () => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    preserveOrder: true,
    trimValues: false,
    processEntities: true,
    htmlEntities: true,
    parseTagValue: false
  })

  /** The texts of a drawing, and its elements. */
  function readSvg(text: string): { texts: string[]; tags: Set<string> } {
    expect(XMLValidator.validate(text)).toBe(true)
    const texts: string[] = []
    const tags = new Set<string>()
    const walk = (nodes: Record<string, unknown>[], inText: boolean): void => {
      for (const node of nodes) {
        for (const [tag, value] of Object.entries(node)) {
          if (tag === '#text' && inText) texts.push(String(value))
          if (tag.startsWith('?') || tag === ':@' || tag === '#text' || !Array.isArray(value)) continue
          tags.add(tag)
          walk(value as Record<string, unknown>[], tag === 'text')
        }
      }
    }
    walk(parser.parse(text) as Record<string, unknown>[], false)
    return { texts: texts.map(squeezed).filter((one) => one !== ''), tags }
  }

  test('in SVG', async () => {
    await fc.assert(
      fc.asyncProperty(names, async (all) => {
        const graph = chainOf(all)
        const { texts, tags } = readSvg(await drawn(graph, 'svg'))
        expect(texts).toEqual(labelsOf(graph))
        expect([...tags].toSorted()).toEqual(['g', 'path', 'rect', 'style', 'svg', 'text', 'title'])
      }),
      { numRuns: 40 }
    )
  })

  test('in DOT: Graphviz reads the labels as they are', async () => {
    const graphviz = await Graphviz.load()
    await fc.assert(
      fc.asyncProperty(names, async (all) => {
        const graph = chainOf(all)
        const svg = graphviz.layout(await drawn(graph, 'dot'), 'svg', 'dot')
        const { texts } = readSvg(svg.slice(svg.indexOf('<svg')))
        expect(texts.filter((text) => text !== 'then').toSorted()).toEqual(labelsOf(graph).toSorted())
      }),
      { numRuns: 25 }
    )
  })

  test('in Mermaid: a line for each node and each arrow, and each label is in its quotes', async () => {
    await fc.assert(
      fc.asyncProperty(names, async (all) => {
        const graph = chainOf(all)
        const [first, ...lines] = (await drawn(graph, 'mermaid')).trimEnd().split('\n')
        expect(first).toBe('flowchart LR')
        const labels = lines.flatMap((line) => {
          const [, label] = /^ {2}n\d+\["((?:[\p{L}\p{M}\p{N} ]|#\d+;|<br>)*)"\]$/u.exec(line) ?? []
          if (label === undefined) expect(line).toMatch(/^ {2}n\d+ (-->|-\.->\|then\|) n\d+$/)
          return label === undefined ? [] : label.split('<br>')
        })
        const plain = labels.map((label) =>
          label.replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
        )
        expect(plain.map(squeezed).filter((text) => text !== '')).toEqual(labelsOf(graph))
      }),
      { numRuns: 100 }
    )
  })

  test('in text: nothing acts on a terminal, and each resource has one line', async () => {
    await fc.assert(
      fc.asyncProperty(names, async (all) => {
        const text = await drawn(chainOf(all), 'text')
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/u)
        expect(text.match(/(?:^|then )sync "/gm)?.length).toBe(all.length)
      }),
      { numRuns: 100 }
    )
  })
})
