import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  changedText,
  draftAt,
  withDraftAt,
  draftOf,
  inPlaceOf,
  newDraft,
  valueOfDraft,
  type Draft
} from '../../src/config/edit/index.ts'
import { parseYaml, valueOfNode, type YamlDocument } from '../../src/config/source/index.ts'
import { isObject, type Json } from '../../src/state/value.ts'
import { makeRandom, type Random } from '../simulation/random.ts'
import { samples } from '../support/samples.ts'
import { writtenYaml } from '../support/written-yaml.ts'

/** Changing values in the text of a file: the value is what it should be, and all other lines stay. */

const text = fc.constantFrom(
  'plain',
  'two words',
  '',
  'yes',
  '08',
  '12',
  'null',
  '- dash',
  'a: b',
  'ends with:',
  '# no comment',
  "it's",
  'say "hi"',
  'comma, [brackets] {braces}',
  '🦊 fox',
  'ünïcode',
  'one\ntwo\n',
  'select *\n  from a -- x\n\nwhere b',
  'three\nends\n\n\n',
  ' blank around ',
  'tab\there',
  '${not} $',
  'a long text of many words that may be folded somewhere in the middle of it',
  '*star',
  '&and',
  '@at',
  '%x',
  '`tick',
  '2026-01-01'
)
const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom<Json>(0, 8, -1, 2.5, true, false, null, 'x') }
)
const key = fc.constantFrom('a', 'b', 'c', 'name', 'source', 'odd key', '🔑')
const { value } = fc.letrec<{ value: Json; list: Json; mapping: Json }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, tie('list'), tie('mapping')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  mapping: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true })
}))
const document = fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true })

/** Changes a few parts of a draft, and says what they were. */
function edited(draft: Draft, random: Random, fresh: () => Json): Draft {
  if (random.chance(0.08) || draft.is === 'scalar')
    return random.chance(0.3) ? inPlaceOf(draft, fresh()) : draft
  if (draft.is === 'list') {
    const items = draft.items.flatMap((item) =>
      random.chance(0.15) ? [] : [random.chance(0.4) ? edited(item, random, fresh) : item]
    )
    if (random.chance(0.2))
      items.splice(random.below(items.length + 1), 0, newDraft(fresh(), draft.items.at(-1)))
    return { ...draft, items }
  }
  const entries = draft.entries.flatMap((entry) =>
    random.chance(0.15)
      ? []
      : [random.chance(0.4) ? { ...entry, draft: edited(entry.draft, random, fresh) } : entry]
  )
  if (random.chance(0.2)) entries.push({ key: 'added', draft: newDraft(fresh()) })
  return { ...draft, entries }
}

/** Lines of the parts that stay as they are, and of no other. */
function keptLines(written: string, before: Draft, after: Draft): string[] {
  const touched = new Set<number>()
  const lineOf = (offset: number): number => written.slice(0, offset).split('\n').length - 1
  const touch = (from: number, to: number): void => {
    for (let line = lineOf(from); line <= lineOf(Math.max(from, to - 1)); line++) touched.add(line)
  }
  const walk = (one: Draft, other: Draft): void => {
    if (one === other || !one.was) return
    const isFlow = '[{'.includes(written.charAt(one.was.start))
    if (isFlow) return touch(one.was.start, one.was.end)
    touch(one.was.start, one.was.start + 1)
    if (one.is === 'mapping' && other.is === 'mapping' && one.was === other.was && one.entries.length > 0) {
      let isMoved = true
      for (const { key: name, entry, draft } of one.entries) {
        // What stands behind a dash goes there from the next line.
        if (isMoved) touch(entry!.keyStart, entry!.keyEnd)
        isMoved &&= !other.entries.some((candidate) => candidate.entry === entry)
        const next = other.entries.find((candidate) => candidate.entry === entry)
        if (next) walk(draft, next.draft)
        else touch(entry!.keyStart, Math.max(entry!.keyEnd, draft.was!.end))
        if (next && next.draft !== draft) touch(entry!.keyStart, entry!.keyEnd)
        expect(name).toBe(entry!.key)
      }
      return
    }
    if (one.is === 'list' && other.is === 'list' && one.was === other.was && one.items.length > 0) {
      let isMoved = true
      for (const item of one.items) {
        if (isMoved) touch(item.was!.start, item.was!.start + 1)
        isMoved &&= !other.items.some(({ was }) => was === item.was)
        const next = other.items.find(({ was }) => was === item.was)
        if (next) walk(item, next)
        else touch(item.was!.start, item.was!.end)
      }
      return
    }
    touch(one.was.start, one.was.end)
  }
  walk(before, after)
  const lines = written.split(/\r?\n/)
  return lines.filter(
    (line, index) => !touched.has(index) && line.trim() !== '' && !/^\s*(-\s*)*(&\S+\s*)?(#.*)?$/.test(line)
  )
}

function isWithin(lines: readonly string[], all: readonly string[]): string[] {
  let at = 0
  return lines.filter((line) => {
    const found = all.findIndex((other, index) => index >= at && other === line)
    if (found === -1) return true
    at = found + 1
    return false
  })
}

/** What is done at a path: another value, another item or key, or nothing there any more. */
type Edit = { at: (string | number)[]; to?: Json; add?: Json; key?: string }

function after(written: string, { at, to, add, key: name }: Edit): string | undefined {
  const [{ source, root }] = parseYaml('a.yaml', written).documents as [YamlDocument]
  const before = draftOf(source, root, valueOfNode(root))
  const part = draftAt(before, at)
  if (!part) throw new Error(`nothing at ${at.join('.')}`)
  const more =
    add === undefined ? undefined : newDraft(add, part.is === 'list' ? part.items.at(-1) : undefined)
  const next =
    more && part.is === 'list'
      ? { ...part, items: [...part.items, more] }
      : more && part.is === 'mapping'
        ? { ...part, entries: [...part.entries, { key: name ?? 'new', draft: more }] }
        : to === undefined
          ? undefined
          : inPlaceOf(part, to)
  return changedText(source, [{ root, before, after: withDraftAt(before, at, next) }])
}

describe('the style of the file', () => {
  const cases: [string, string, Edit, string][] = [
    ['quotes stay', `a: 'x' # why\n`, { at: ['a'], to: "it's" }, `a: 'it''s' # why\n`],
    ['quotes come where they must', `a: x\n`, { at: ['a'], to: 'x: y' }, `a: "x: y"\n`],
    ['the usual quotes are taken', `a: x\nb: 'y'\n`, { at: ['a'], to: '' }, `a: ''\nb: 'y'\n`],
    [
      'a literal block stays',
      `a: |-  # sql\n    one\n    two\n`,
      { at: ['a'], to: 'one\nthree\n' },
      `a: |  # sql\n    one\n    three\n`
    ],
    [
      'a kept end stays',
      `a: |+\n  one\n\nb: 1\n`,
      { at: ['a'], to: 'two\n\n\n' },
      `a: |+\n  two\n\n\nb: 1\n`
    ],
    [
      'a folded block stays, as wide as it was',
      `a: >-\n  some words in\n  a few lines\n`,
      { at: ['a'], to: 'some words in not so few lines' },
      `a: >-\n  some words in\n  not so few\n  lines\n`
    ],
    [
      'what a folded block cannot say is a literal one',
      `a: >\n  one\n  two\n`,
      { at: ['a'], to: 'one\n  two\n' },
      `a: |\n  one\n    two\n`
    ],
    ['a flow item comes last', `a: [ x, y ] # z\n`, { at: ['a'], add: 'w' }, `a: [ x, y, w ] # z\n`],
    [
      'on lines of their own, with the comma',
      `a: [\n  x, # one\n  y # two\n]\n`,
      { at: ['a'], add: 'w' },
      `a: [\n  x, # one\n  y, # two\n  w\n]\n`
    ],
    [
      'a block item is indented likewise',
      `a:\n- {b: 1}\nc: 2\n`,
      { at: ['a'], add: { b: 3 } },
      `a:\n- {b: 1}\n- {b: 3}\nc: 2\n`
    ],
    [
      'blank lines stand between',
      `a:\n  - b: 1\n\n  - b: 2\n`,
      { at: ['a'], add: { b: 3 } },
      `a:\n  - b: 1\n\n  - b: 2\n\n  - b: 3\n`
    ],
    [
      'a key follows the others',
      `a:\n    b: 1 # x\n# about c\nc: 2\n`,
      { at: ['a'], add: 2, key: 'd' },
      `a:\n    b: 1 # x\n    d: 2\n# about c\nc: 2\n`
    ],
    [
      'its own comment goes',
      `a:\n  - x\n  # about y\n  - y\n  # about z\n  - z\n`,
      { at: ['a', 1] },
      `a:\n  - x\n  # about z\n  - z\n`
    ],
    [
      'the comment of a group stays',
      `a:\n  # all\n  - x\n  - y\n`,
      { at: ['a', 0] },
      `a:\n  # all\n  - y\n`
    ],
    [
      'a comment that may be of two stays',
      `a:\n  - x\n  # both\n  - y\n  - z\n`,
      { at: ['a', 1] },
      `a:\n  - x\n  # both\n  - z\n`
    ],
    ['blank lines do not add up', `a:\n  - x\n\n  - y\n\nb: 1\n`, { at: ['a', 1] }, `a:\n  - x\n\nb: 1\n`],
    [
      'what stands behind a dash gives way',
      `a:\n  - b: 1\n    c: 2\n`,
      { at: ['a', 0, 'b'] },
      `a:\n  - c: 2\n`
    ],
    ['an emptied list says so', `a: # why\n  - x\nb: 1\n`, { at: ['a'], to: [] }, `a: [] # why\nb: 1\n`],
    ['an anchor stays', `a: &x 1\n`, { at: ['a'], to: 2 }, `a: &x 2\n`],
    ['a placeholder is no value', `a: x\n`, { at: ['a'], to: '${env:X}' }, `a: $\${env:X}\n`],
    [
      'other documents stay',
      `a: 1\n---\n# two\na: 1\n...\n`,
      { at: ['a'], to: 2 },
      `a: 2\n---\n# two\na: 1\n...\n`
    ]
  ]

  test.each(cases)('%s', (_name, written, edit, expected) => {
    expect(after(written, edit)).toBe(expected)
    const crlf = (lines: string): string => lines.replaceAll('\n', '\r\n')
    expect(after(crlf(written), edit)).toBe(crlf(expected))
  })
})

describe('a change of values', () => {
  test('means what it should, and all lines elsewhere stay byte for byte', () => {
    fc.assert(
      fc.property(
        document,
        fc.nat(),
        fc.array(value, { minLength: 1, maxLength: 4 }),
        (whole, seed, fresh) => {
          const random = makeRandom(seed)
          const written = writtenYaml(whole, (below) => random.below(below))
          const { documents, problems } = parseYaml('a.yaml', written)
          expect(problems, written).toEqual([])
          const [{ source, root }] = documents as [(typeof documents)[number]]
          expect(valueOfNode(root), written).toEqual(whole)
          const before = draftOf(source, root, valueOfNode(root))
          const after = edited(before, random, () => random.pick(fresh))
          fc.pre(
            isObject(valueOfDraft(after)) &&
              after.is === 'mapping' &&
              after.entries.some((one) => one.entry)
          )
          const changed = changedText(source, [{ root, before, after }])
          const again = parseYaml('a.yaml', changed ?? '')
          const said = () => `${written}\n=====> ${JSON.stringify(valueOfDraft(after))}\n${changed}`
          expect(again.problems, said()).toEqual([])
          expect(
            again.documents.map((one) => unescaped(valueOfNode(one.root))),
            said()
          ).toEqual([unescaped(valueOfDraft(after))])
          expect(
            isWithin(keptLines(written, before, after), (changed ?? '').split(/\r?\n/)),
            said()
          ).toEqual([])
          expect(written.includes('\r\n') && /[^\r]\n/.test(changed ?? '')).toBe(false)
        }
      ),
      samples(2000, 100)
    )
  })
})

/** What is new says `${` so that it is no placeholder. */
function unescaped(one: Json): Json {
  return JSON.parse(JSON.stringify(one).replaceAll('$${', '${')) as Json
}
