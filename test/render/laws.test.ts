import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Report } from '../../src/apply/events.ts'
import type { Diagnostic, Span } from '../../src/diagnostics/diagnostic.ts'
import type { ChangeDetails } from '../../src/plan/details.ts'
import type { Change, FieldChange, Impact, Plan } from '../../src/plan/plan.ts'
import { columns, cut, cutAround, visible } from '../../src/render/plain-text.ts'
import { renderEvent } from '../../src/render/report.ts'
import type { Look } from '../../src/render/style.ts'
import { driftView } from '../../src/render/view/drift.ts'
import { planView } from '../../src/render/view/plan.ts'
import { reportView } from '../../src/render/view/report.ts'
import type { Json } from '../../src/state/value.ts'
import { added, at, changed, header, removed } from './builders.ts'
import { report } from './reports.ts'
import {
  driftJson,
  planJson,
  renderDrift,
  renderPlan,
  renderProblems,
  renderReport,
  reportJson
} from '../support/rendered.ts'
import { samples } from '../support/samples.ts'

const secret = 'hunter2-canary'

/** Text of all sorts: plain, wide, and such that tries to act on the terminal. */
const text = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'Email',
    'first_name',
    'a b',
    'x\ny\n',
    '日本語',
    '👍🏽',
    '\u001b[31m',
    '\u202e',
    '\t',
    '\r\n',
    '→',
    '42'
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 200 })
)

const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.constantFrom(null, true, false, 0, 1.5, -3),
    fc.record({ $ref: fc.constant('model'), name: text }),
    fc.record({ $ref: fc.constant('model'), id: text }),
    fc.record({ $secret: text, leaked: fc.constant(secret) }),
    fc.record({ model: fc.record({ $ref: fc.constant('model'), name: text }), field: text }),
    fc.record({ source: tie('value'), target: text }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 })
  )
})).value

const span = fc
  .tuple(fc.constantFrom('a.yaml', 'b\u001b.yaml'), fc.nat(12), fc.nat(40), fc.nat(20))
  .map(([path, line, column, length]) => at(path, line + 1, column + 1, length))
const path = fc.array(
  fc.oneof(fc.constantFrom('fields', '[Email]', 'source', 'field', 'model', 'target', '__proto__'), text),
  { maxLength: 4 }
)
const place = fc.record(
  { line: fc.integer({ min: 1, max: 12 }), path: text, long: fc.constant(true as const) },
  { requiredKeys: [] }
)
const field: fc.Arbitrary<FieldChange> = fc.oneof(
  fc.tuple(path, value, place).map(([path, after, place]) => added(path, after, place)),
  fc.tuple(path, value, place).map(([path, before, place]) => removed(path, before, place)),
  fc
    .tuple(path, value, value, place)
    .map(([path, before, after, place]) => changed(path, before, after, place))
)
const impact: fc.Arbitrary<Impact> = fc.record({
  effect: fc.constantFrom('may duplicate', 'unknown', 'none', 'stops'),
  because: text,
  paths: fc.array(path, { maxLength: 2 }),
  reaches: fc.array(text, { maxLength: 3 })
})
const details: fc.Arbitrary<ChangeDetails> = fc.record(
  {
    action: fc.constantFrom('create', 'update', 'rename', 'delete', 'none'),
    kind: fc.constantFrom('sync', 'bulk_sync', 'connection'),
    name: text,
    id: text,
    previousName: text,
    span,
    fields: fc.array(field, { maxLength: 6 }),
    unchanged: fc.nat(5),
    reason: text,
    after: fc.array(text, { maxLength: 2 }),
    wanted: fc.constant({ password: secret }),
    ids: fc.constant({}),
    changed: fc.record({ at: text, by: text }, { requiredKeys: [] }),
    notStated: fc.array(text, { maxLength: 2 }),
    notCompared: fc.array(text, { maxLength: 2 }),
    notRead: fc.array(text, { maxLength: 2 }),
    ignored: fc.constant<string[]>([]),
    hidden: fc.array(text, { maxLength: 2 }),
    impacts: fc.array(impact, { maxLength: 3 }),
    cause: fc.constantFrom('config', 'drift', 'conflict'),
    waiting: text
  },
  {
    requiredKeys: [
      'action',
      'kind',
      'name',
      'span',
      'fields',
      'unchanged',
      'reason',
      'after',
      'wanted',
      'ids',
      'notStated',
      'notCompared',
      'notRead',
      'ignored',
      'hidden',
      'impacts'
    ]
  }
)
const change = details.map((one) => one as Change)
const plan: fc.Arbitrary<Plan> = fc.record(
  {
    organization: fc.record({ id: text, name: text }),
    changes: fc.array(change, { maxLength: 6 }),
    unmanaged: fc.array(
      fc.record({
        kind: text,
        live: fc.nat(9),
        declared: fc.nat(9),
        names: fc.array(text, { maxLength: 3 })
      }),
      { maxLength: 2 }
    ),
    since: text,
    noLongerDeclared: fc.array(fc.record({ kind: text, name: text, id: text, span, revision: text }), {
      maxLength: 2
    }),
    partial: fc.record({ selected: fc.nat(9), left: fc.nat(9) })
  },
  { requiredKeys: ['organization', 'changes', 'unmanaged', 'noLongerDeclared'] }
)
const lines: fc.Arbitrary<Span> = fc
  .tuple(span, fc.nat(3), fc.nat(30))
  .map(([{ path, start, end }, lines, column]) => ({
    path,
    start,
    end: lines === 0 ? end : { line: start.line + lines, column: column + 1, offset: 0 }
  }))
const problem: fc.Arbitrary<Diagnostic> = fc.record({
  code: fc.constantFrom('P101', 'P307', 'P108', 'P601'),
  severity: fc.constantFrom('error', 'warning'),
  message: text,
  labels: fc.array(fc.record({ span: lines, text }), { maxLength: 4 }),
  notes: fc.array(text, { maxLength: 2 }),
  help: fc.array(text, { maxLength: 2 })
})
const texts = fc
  .record({
    'a.yaml': text,
    'b\u001b.yaml': fc.array(text, { maxLength: 12 }).map((lines) => lines.join('\n'))
  })
  .map((files) => new Map(Object.entries(files)))
const outcome: fc.Arbitrary<Report['settled'][number]['outcome']> = fc.oneof(
  fc.record({ outcome: fc.constant('done' as const), id: text, notes: fc.array(text, { maxLength: 2 }) }),
  fc.record({ outcome: fc.constant('failed' as const), problem, kept: fc.array(field, { maxLength: 2 }) }),
  fc.record({ outcome: fc.constant('skipped' as const), because: text }),
  fc.record({
    outcome: fc.constant('pending' as const),
    because: text,
    authorize: fc.record({ url: text, code: text })
  })
)
const anyReport = fc
  .tuple(
    fc.array(
      fc.record({
        address: fc.record({ kind: fc.constantFrom('sync', 'connection'), name: text }),
        action: fc.constantFrom('create' as const, 'delete' as const),
        outcome
      }),
      { maxLength: 5 }
    ),
    fc.boolean()
  )
  .map(([settled, interrupted]) => report(settled, interrupted))
const width = fc.constantFrom(20, 40, 80, 100, 200)

/** What no text may have that is printed: commands, secrets, and words that only colour says. */
function wrongs(render: (look: Look) => string | undefined, width: number): unknown[] {
  const bare = render({ colour: false, width }) ?? ''
  const commands = bare.replaceAll('\n', '').match(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu) ?? []
  const coloured = stripVTControlCharacters(render({ colour: true, width }) ?? '')
  return [
    ...commands,
    ...(bare.includes(secret) ? [secret] : []),
    ...(coloured === bare ? [] : [{ coloured, bare }])
  ]
}

const runs = samples(300)

test('a plan of anything is text without commands, the same with and without colour', () => {
  fc.assert(
    fc.property(plan, width, fc.boolean(), (plan, width, verbose) => {
      expect(wrongs((look) => renderPlan(plan, header, look, { verbose }), width)).toEqual([])
      expect(wrongs((look) => renderDrift(plan, header, look, { verbose }), width)).toEqual([])
    }),
    runs
  )
})

test('problems of anything, too', () => {
  fc.assert(
    fc.property(fc.array(problem, { maxLength: 4 }), texts, width, (problems, texts, width) => {
      expect(wrongs((look) => renderProblems(problems, texts, look), width)).toEqual([])
    }),
    runs
  )
})

test('reports of anything, too, and each event is one line', () => {
  fc.assert(
    fc.property(anyReport, texts, width, (value, texts, width) => {
      expect(wrongs((look) => renderReport(value, texts, look), width)).toEqual([])
      for (const it of value.settled) {
        expect(wrongs((look) => renderEvent({ type: 'settled', ...it }, look), width)).toEqual([])
        expect(renderEvent({ type: 'settled', ...it }, { colour: false, width })).not.toContain('\n')
      }
    }),
    runs
  )
})

test('JSON of anything can be written down, and holds no value of a secret', () => {
  fc.assert(
    fc.property(plan, anyReport, (plan, report) => {
      for (const value of [
        planJson(plan, header, []),
        driftJson(plan, header, []),
        reportJson(report, header, [])
      ]) {
        const written = JSON.stringify(value)
        expect(JSON.parse(written)).toEqual(value)
        expect(written).not.toContain(secret)
      }
    }),
    runs
  )
})

test('a view of anything is plain data, and holds no value of a secret', () => {
  fc.assert(
    fc.property(
      plan,
      anyReport,
      fc.array(problem, { maxLength: 4 }),
      texts,
      (plan, report, problems, texts) => {
        const sources = { texts, hide: (line: string) => line.replaceAll(secret, '(secret)') }
        for (const view of [
          planView(plan, header, { sources }, { problems }),
          driftView(plan, header, { sources }, { problems }),
          reportView(report, header, { sources }, { problems })
        ]) {
          expect(structuredClone(view)).toEqual(view)
          expect(JSON.stringify(view)).not.toContain(secret)
        }
      }
    ),
    runs
  )
})

test('the same plan gives the same text, whatever was rendered before', () => {
  fc.assert(
    fc.property(plan, (plan) => {
      const look = { colour: false, width: 100 }
      const first = renderPlan(plan, header, look, { verbose: false })
      expect(renderPlan(structuredClone(plan), header, look, { verbose: false })).toBe(first)
    }),
    samples(100)
  )
})

test('columns are counted as the tables count them', () => {
  const words = fc.array(
    fc.constantFrom('a', ' ', 'é', 'e\u0301', '日', 'ｱ', '한', 'Ａ', '👍', 'ß', '→', '·'),
    { maxLength: 20 }
  )
  fc.assert(
    fc.property(words, (words) => {
      const table = new Table({ style: { 'padding-left': 0, 'padding-right': 0, border: [] } })
      table.push([`${words.join('')}.`])
      expect(columns(`${words.join('')}.`)).toBe(table.width - 2)
    }),
    runs
  )
})

test('what is cut fits, and still shows what it was cut around', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.nat(80),
      fc.integer({ min: 10, max: 60 }),
      (raw, index, width) => {
        const line = visible(raw)
        expect(columns(cut(line, width))).toBeLessThanOrEqual(width)
        expect(columns(cutAround(line, Math.min(index, line.length), width))).toBeLessThanOrEqual(width)
        expect(cut(line, columns(line))).toBe(line)
      }
    ),
    runs
  )
  const line = `${'x'.repeat(200)}NEEDLE${'y'.repeat(200)}`
  expect(cutAround(line, 200, 60)).toContain('NEEDLE')
})

describe('what is shown can be told apart', () => {
  const invisible = [
    '\u3164',
    '\u200c',
    '\u200d',
    '\u00ad',
    '\u{e0041}',
    '\ufe0f',
    '\u2028',
    '\u2029',
    '\u0085',
    '\u202e',
    '\u2066',
    '\ufeff',
    '\u00a0',
    '\u3000',
    '\u2003',
    '\u2800',
    '\u115f',
    '\u034f',
    '\u180e',
    '\u2061',
    '\r'
  ]

  test.each(invisible.map((sign) => [sign.codePointAt(0)!.toString(16), sign]))(
    'U+%s in a name is seen',
    (code, sign) => {
      expect(visible(`a${sign}b`)).toMatch(/^a\\[\\xu{}0-9a-fr]+b$/)
      expect(visible(`a${sign}b`)).not.toBe(visible('ab'))
      if (sign !== '\r') expect(visible(sign)).toContain(code)
    }
  )

  test('two texts of one look in Unicode, or with a mark alone, are shown as two', () => {
    for (const text of ['caf\u00e9', '\u00c5', '\uac00', 'ệ'])
      expect(visible(text.normalize('NFD'))).not.toBe(visible(text))
    expect(visible('\u212b')).toBe('\\u212b')
    expect(visible('\u0301a \u0301')).toBe('\\u0301a \\u0301')
  })

  test.each([
    '👩‍👩‍👧‍👦 team',
    '❤️',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    '🇩🇪',
    '1️⃣',
    'Größe ñ é',
    'Привет',
    'Хост РАСА',
    'Αθήνα ΔT 5µ β-test',
    'CRM для отдела',
    '日本語',
    'العربية',
    'हिन्दी',
    '한국어',
    'ไทย'
  ])('%s stays as it is', (text) => expect(visible(text)).toBe(text))

  test.each([
    ['p\u0430yroll', 'p\\u0430yroll'],
    ['\u0421ontacts', '\\u0421ontacts'],
    ['\u041eut_to CRM', '\\u041eut_to CRM'],
    ['S\u0430les Продажи', 'S\\u0430les Продажи'],
    ['Users\u039f', 'Users\\u039f']
  ])('%s: a letter of another alphabet that looks like a Latin one is seen', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })

  test('different texts of one letter and one sign are shown differently', () => {
    const sign = fc.constantFrom('', ' ', ...invisible, '\u0301')
    fc.assert(
      fc.property(fc.tuple(sign, sign), fc.tuple(sign, sign), (a, b) => {
        const [left, right] = [a, b].map(([before, after]) => `${before}e${after}`)
        if (left !== right) expect(visible(left!)).not.toBe(visible(right!))
      })
    )
  })
})
