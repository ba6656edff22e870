import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import schemaOfSarif from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' }
import { Ajv } from 'ajv'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import MarkdownIt from 'markdown-it'
import { describe, expect, test } from 'vitest'
import { printed } from '../../src/render/format.ts'
import { formatNames, formatOf, isFormat, type FormatName } from '../../src/render/formats.ts'
import { mostBytes } from '../../src/render/markdown.ts'
import type { Answer } from '../../src/render/view/answer.ts'
import { planView } from '../../src/render/view/plan.ts'
import type { Change } from '../../src/plan/plan.ts'
import { added, at, change, changed, header, look, plan } from './builders.ts'
import { answers, driftAnswer, findings, planAnswer } from './answers.ts'
import * as situation from './situations.ts'

const anyFormat = { uri: isUri, 'uri-reference': isReference, 'date-time': true } as const

function isUri(text: string): boolean {
  return URL.canParse(text)
}

function isReference(text: string): boolean {
  return URL.canParse(text, 'file:///') && !/\s/.test(text)
}

const endings: Record<string, string> = {
  markdown: 'md',
  github: 'txt',
  slack: 'json',
  junit: 'xml',
  sarif: 'json',
  html: 'html'
}
const documents = formatNames.filter((name) => name !== 'text' && name !== 'json')

/** What was folded once: of ten thousand changes that takes a while. */
const folds = new Map<string, Map<Answer, Promise<string>>>(formatNames.map((name) => [name, new Map()]))

function fold(answer: Answer, format: string): Promise<string> {
  const known = folds.get(format)
  const text = known?.get(answer) ?? folded(answer, format)
  known?.set(answer, text)
  return text
}

async function folded(answer: Answer, format: string): Promise<string> {
  if (!isFormat(format)) throw new Error(`${format} is no format`)
  const pieces = await printed(answer, await formatOf(format satisfies FormatName), look)
  expect(pieces.every(({ to }) => to === 'out')).toBe(true)
  return pieces.map(({ text }) => text).join('')
}

/** What a page says, an element a line: how it looks and what it does is the same for all. */
function bodyOf(page: string): string {
  const body = page.slice(page.indexOf('<body>')).replace(/<script>[^]*<\/script>/, '<script></script>')
  return body.replaceAll('><', '>\n<')
}

describe.each(documents)('%s', (format) => {
  test.each(Object.entries(answers))('of %s', async (name, answer) => {
    const file = `../golden/documents/${name}.${format}.${endings[format] ?? 'txt'}`
    const text = await fold(answer, format)
    await expect(format === 'html' ? bodyOf(text) : text).toMatchFileSnapshot(file)
  })
})

/** Names that mean something to each of the formats, or to whoever reads it. */
const hostile = [
  '<script>alert(1)</script>',
  '</code></summary></details><img src=x onerror=alert(1)>',
  '"quoted" \'and\' `code` ``` fence',
  '@everyone <!channel> <@U123> #1 GH-1',
  '\u202Eright to left\u202C',
  '👩‍👩‍👧‍👦 and 日本語',
  'a|b|c ~~x~~ **y** __z__ [l](javascript:alert(1))',
  '::error::injected%0A::set-output name=x::y',
  ']]> --> */ \\ \u0000 \u0007 \uFFFE',
  'x'.repeat(10_000)
]

function changesNamed(names: readonly string[]): Change[] {
  return names.flatMap((name, index) => [
    change({
      action: 'update',
      kind: 'sync',
      name,
      span: at(`configs/${index}.yaml`, index + 1),
      reason: name,
      fields: [changed(['mode', name], name, `${name}!`), added(['query'], `${name}\n${name}`)],
      impacts: [{ effect: 'writes everything again', because: name, paths: [[name]], reaches: [name] }]
    }),
    change({ action: 'delete', kind: 'model', name: `gone ${name}`, reason: name })
  ])
}

const many = planAnswer(
  plan(changesNamed(Array.from({ length: 5_000 }, (_, at) => `${hostile[at % 9] ?? ''} ${at}`)))
)
const fewer = planAnswer(
  plan(changesNamed(Array.from({ length: 1_500 }, (_, at) => `${hostile[at % 9] ?? ''} ${at}`)))
)
const nasty = planAnswer(plan(changesNamed(hostile)))

describe('Markdown', () => {
  const parser = new MarkdownIt({ html: true })

  test.each([
    ['of 10,000 changes', many],
    ['of 9,000 changes in three organizations', overThree(fewer)],
    ['of hostile names', nasty],
    ...Object.entries(answers)
  ])('%s fits a comment, and is well formed', async (_name, answer) => {
    const text = await fold(answer, 'markdown')
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(mostBytes)
    const html = parser.render(text)
    const open = (tag: string): number => html.match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0
    const closed = (tag: string): number => html.match(new RegExp(`</${tag}>`, 'g'))?.length ?? 0
    for (const tag of ['details', 'summary', 'code', 'pre', 'table', 'li', 'strong'])
      expect(open(tag), tag).toBe(closed(tag))
    // Nothing but the tags of the format itself: a name cannot bring one, nor call a person.
    const tags = new Set(Array.from(html.matchAll(/<\/?([a-zA-Z!][\w-]*)/g), ([, tag]) => tag))
    const own = 'details summary code pre table thead tbody tr th td ul li p strong h3 h4 a'.split(' ')
    expect([...tags].filter((tag) => !own.includes(tag ?? ''))).toEqual([])
    expect(html).not.toMatch(/href="(?!https?:)/)
    const outside = html.replaceAll(/<code[^>]*>[^]*?<\/code>/g, '')
    expect(outside).not.toMatch(/@[\p{L}\p{N}]|#\d/u)
  })

  test('what is left out of it is counted', async () => {
    const text = await fold(many, 'markdown')
    expect(text).toContain('5000 to delete')
    const shown = text.match(/^- 🗑️/gm)?.length ?? 0
    const more = Number(/^- … and (\d+) more$/m.exec(text)?.[1])
    expect(shown).toBeGreaterThan(20)
    expect(shown + more).toBe(5_000)
    expect(text).toMatch(/… and [\d,]+ more resources: `--format text` or `json` has all\./)
  })

  test('says what goes away before all else', async () => {
    const text = await fold(planAnswer(situation.everything), 'markdown')
    expect(text.indexOf('Old sync')).toBeLessThan(text.indexOf('#### Resource by resource'))
    expect(text.indexOf('Old sync')).toBeLessThan(text.indexOf('Mongo to Salesforce'))
  })
})

function overThree(answer: Answer): Answer {
  const one = (id: string) => ({ id, name: id, label: id, code: 0, reported: [], answer, closing: '' })
  return { type: 'organizations', view: { organizations: ['1', '2', '3'].map(one) } }
}

describe('annotations of GitHub', () => {
  test.each([['hostile', nasty] as const, ...Object.entries(answers)])(
    'of %s: a command a line',
    async (_name, answer) => {
      const lines = (await fold(answer, 'github')).split('\n').filter((line) => line !== '')
      for (const line of lines) {
        expect(line).toMatch(/^::(error|warning|notice) ([a-zA-Z]+=[^,:]*)(,[a-zA-Z]+=[^,:]*)*::/)
        expect(line.slice(2).match(/^[^:]*::/)).not.toBeNull()
      }
    }
  )

  test('the gravest first: a step shows ten of each', async () => {
    const text = await fold(findings, 'github')
    expect(text.split('\n').map((line) => /^::(\w+)/.exec(line)?.[1] ?? '')).toEqual([
      'error',
      'error',
      'warning',
      ''
    ])
  })
})

interface SlackText {
  text: string
}
interface SlackMessage {
  text: string
  blocks: { type: string; text?: SlackText; elements?: SlackText[] }[]
}

describe('a message for Slack', () => {
  test.each([['3,000 changes', fewer] as const, ['hostile', nasty] as const, ...Object.entries(answers)])(
    'of %s is within the limits',
    async (_name, answer) => {
      const message = JSON.parse(await fold(answer, 'slack')) as SlackMessage
      expect(message.blocks.length).toBeLessThanOrEqual(50)
      const texts = message.blocks.flatMap(({ text, elements = [] }) => [
        ...(text ? [text] : []),
        ...elements
      ])
      for (const { text } of texts) {
        expect(text.length).toBeGreaterThan(0)
        expect(text.length).toBeLessThanOrEqual(3000)
        expect(text).not.toMatch(/<[!@#]|<script/)
      }
      expect(message.blocks[0]?.text?.text.length).toBeLessThanOrEqual(150)
    }
  )
})

describe('a report of tests', () => {
  interface Suite {
    '@tests': string
    '@failures': string
    '@errors': string
    '@skipped': string
    testcase: Record<string, unknown>[]
  }
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    isArray: (name) => name === 'testsuite' || name === 'testcase'
  })

  test.each([['hostile', nasty] as const, ...Object.entries(answers)])(
    'of %s is XML, and its numbers are right',
    async (_name, answer) => {
      const text = await fold(answer, 'junit')
      expect(XMLValidator.validate(text)).toBe(true)
      const { testsuites } = parser.parse(text) as { testsuites: { testsuite: Suite[] } & Suite }
      for (const suite of testsuites.testsuite) {
        const number = (element: string): string =>
          String(suite.testcase.filter((one) => element in one).length)
        expect(suite['@tests']).toBe(String(suite.testcase.length))
        expect(suite['@failures']).toBe(number('failure'))
        expect(suite['@errors']).toBe(number('error'))
        expect(suite['@skipped']).toBe(number('skipped'))
        for (const one of suite.testcase)
          expect(Object.keys(one)).toEqual(expect.arrayContaining(['@name', '@classname']))
      }
    }
  )

  /** What the schema of Jenkins lets stand where: attributes (those with `!` must), and elements inside. */
  const verdict = { attributes: ['message', 'type'], inside: ['#text'] }
  const schema: Readonly<Record<string, { attributes: string[]; inside: string[] }>> = {
    testsuites: { attributes: ['name', 'time', 'tests', 'failures', 'errors'], inside: ['testsuite'] },
    testsuite: {
      attributes: ['name!', 'tests!', 'failures!', 'errors!', 'skipped', 'time', 'timestamp', 'hostname'],
      inside: ['testcase', 'properties', 'system-out', 'system-err']
    },
    testcase: {
      attributes: ['name!', 'classname', 'time', 'group'],
      inside: ['failure', 'error', 'skipped', 'system-out', 'system-err']
    },
    failure: verdict,
    error: verdict,
    skipped: verdict,
    'system-out': { attributes: [], inside: ['#text'] }
  }
  interface Element {
    [name: string]: Element[] | Record<string, string> | string | undefined
    ':@'?: Record<string, string>
  }

  function misfitsOf(all: readonly Element[], parent: string): string[] {
    return all.flatMap((element) => {
      const name = Object.keys(element).find((key) => key !== ':@') ?? ''
      const here = schema[parent]?.inside.includes(name) === false ? [`${name} in ${parent}`] : []
      if (name === '#text') return here
      const { attributes = [], inside = [] } = schema[name] ?? {}
      const given = Object.keys(element[':@'] ?? {})
      const allowed = new Set(attributes.map((one) => one.replace('!', '')))
      const missing = attributes.filter((one) => one.endsWith('!') && !given.includes(one.slice(0, -1)))
      const inner = element[name]
      return [
        ...here,
        ...(name in schema ? [] : [`there is no ${name}`]),
        ...given.filter((one) => !allowed.has(one)).map((one) => `${name} has ${one}`),
        ...missing.map((one) => `${name} lacks ${one}`),
        ...(Array.isArray(inner) && inside.length > 0 ? misfitsOf(inner, name) : [])
      ]
    })
  }

  test.each([['hostile', nasty] as const, ...Object.entries(answers)])(
    'of %s has only what the schema of Jenkins knows',
    async (_name, answer) => {
      const inOrder = new XMLParser({
        preserveOrder: true,
        ignoreAttributes: false,
        attributeNamePrefix: ''
      })
      const all = inOrder.parse(await fold(answer, 'junit')) as Element[]
      const elements = all.filter((one) => !('?xml' in one))
      expect(elements.map((one) => Object.keys(one)[0])).toEqual(['testsuites'])
      expect(misfitsOf(elements, '')).toEqual([])
      expect(misfitsOf([{ testsuite: [{ note: [] }], ':@': { name: 'x' } }], '')).toEqual([
        'testsuite lacks tests!',
        'testsuite lacks failures!',
        'testsuite lacks errors!',
        'note in testsuite',
        'there is no note'
      ])
    }
  )

  test('a plan fails nothing, a drift fails what drifted', async () => {
    const value = plan([...situation.everything.changes])
    const none = await fold({ type: 'plan', view: planView(value, header, look) }, 'junit')
    expect(none).not.toContain('<failure')
    expect((await fold(driftAnswer(value), 'junit')).match(/<failure/g)).toHaveLength(5)
  })
})

describe('SARIF', () => {
  // Of the older draft, which has other words for the name of a schema; all else in it means the same.
  const { $schema: _draft, id: _id, ...rest } = schemaOfSarif
  const isValid = new Ajv({
    strict: false,
    allErrors: true,
    formats: anyFormat,
    unicodeRegExp: false
  }).compile(rest)

  test.each([['hostile', nasty] as const, ...Object.entries(answers)])(
    'of %s is as the published schema says',
    async (_name, answer) => {
      isValid(JSON.parse(await fold(answer, 'sarif')))
      expect(isValid.errors ?? []).toEqual([])
    }
  )

  test('the schema finds what is wrong', () => {
    expect(isValid({ version: '2.1.0', runs: [{ results: [{}] }] })).toBe(false)
  })

  test.each([['hostile', nasty] as const, ...Object.entries(answers)])(
    'of %s: each result has a rule, and each place is relative',
    async (_name, answer) => {
      const log = JSON.parse(await fold(answer, 'sarif')) as {
        runs: {
          tool: { driver: { rules: { id: string }[] } }
          results: {
            ruleId: string
            ruleIndex: number
            message: { text: string }
            locations?: {
              physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } }
            }[]
          }[]
        }[]
      }
      const [run] = log.runs
      for (const { ruleId, ruleIndex, message, locations = [] } of run?.results ?? []) {
        expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
        expect(message.text).not.toBe('')
        for (const { physicalLocation } of locations) {
          const { uri } = physicalLocation.artifactLocation
          expect(new URL(uri, 'file:///repository/').pathname.startsWith('/repository/')).toBe(true)
          expect(uri).not.toMatch(/[\s:#?<>"]/)
          expect(physicalLocation.region.startLine).toBeGreaterThan(0)
        }
      }
    }
  )
})

describe('a page', () => {
  const tags = new Set(
    'html head meta link title style body script a header main footer section nav search p h1 h2 ul li div span b bdi code pre mark ins del details summary button label input select option'.split(
      ' '
    )
  )
  const drawn = new Set('svg g path rect text title a'.split(' '))
  const attributes = /^ (?:[a-z-]+|viewBox)="[^"<>]*"| (?:open|hidden|disabled)(?= |$)/

  test.each([['hostile', nasty] as const, ['3,000 changes', fewer] as const, ...Object.entries(answers)])(
    'of %s has no element and no attribute that is not its own',
    async (_name, answer) => {
      const page = await fold(answer, 'html')
      expect(page.match(/<style>/g)).toHaveLength(1)
      const text = page
        .replace(/<style>[^]*?<\/style>/, '')
        .replace(/<script>[^]*?<\/script>\s*(?=<\/body>)/, '')
      for (const [, tag = ''] of text.matchAll(/<\/?([^\s>]*)/g))
        expect(tags.has(tag) || drawn.has(tag) || tag === '!doctype', tag).toBe(true)
      for (const [, tag = ''] of text.matchAll(/<[a-z0-9]+((?: [^>]*)?)>/g)) {
        let rest = tag
        for (let found = attributes.exec(rest); found !== null; found = attributes.exec(rest))
          rest = rest.slice(found[0].length)
        expect(rest.slice(0, 200)).toBe('')
        expect(tag).not.toMatch(/ (?:on[a-z]+|src|style|srcdoc|formaction)=/)
      }
      for (const [, href = ''] of text.matchAll(/ href="([^"]*)"/g))
        expect(href).toMatch(/^#[a-z0-9-]+$|^data:,$/)
    }
  )

  test('may run its own script and nothing else', async () => {
    const page = await fold(findings, 'html')
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
    const [, script = ''] = /<script>([^]*)<\/script>/.exec(page) ?? []
    const [, style = ''] = /<style>([^]*)<\/style>/.exec(page) ?? []
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'"
    ])
    expect(() => new Script(script)).not.toThrow()
  })

  test('of 10,000 changes says of which it leaves the fields out, and stays small enough for a phone', async () => {
    const page = await fold(many, 'html')
    expect(page.match(/<details class="entry/g)).toHaveLength(10_000)
    expect(page.length).toBeLessThan(20_000_000)
  })
})
