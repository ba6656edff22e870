import { describe, expect, test, vi } from 'vitest'
import { carryOut } from '../../src/apply/carry-out.ts'
import { mistakeProblem } from '../../src/apply/mistake.ts'
import type { ApplyEvent, Report } from '../../src/apply/events.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import type { ChangeDetails } from '../../src/plan/details.ts'
import type { Change, Plan } from '../../src/plan/plan.ts'
import { openWriter } from '../../src/remote/transport.ts'
import { addressText, type Live } from '../../src/state/resource.ts'
import { textOf, type JsonObject } from '../../src/state/value.ts'
import { Vault } from '../../src/state/vault.ts'
import { diagnostic } from '../render/builders.ts'
import { gadget } from '../support/small-kind.ts'
import { createSandbox, tutorial } from '../support/sandbox.ts'
import { realTimer } from '../support/waiting.ts'

/** A mistake in the program, wherever it is made while a plan is carried out: that change failed, the others go on. */

const position = { line: 1, column: 1, offset: 0 }
const organization = { id: 'o', name: 'O' }

function change(name: string, action: Change['action'], ...after: string[]): Change {
  const details: ChangeDetails = {
    kind: 'gadget',
    name,
    ...(action === 'create' ? {} : { id: name }),
    action,
    span: { path: 'a.yaml', start: position, end: position },
    fields: [],
    unchanged: 0,
    reason: 'r',
    after: after.map((other) => addressText({ kind: 'gadget', name: other })),
    wanted: action === 'delete' ? {} : { size: 2 },
    ids: {},
    notStated: [],
    notCompared: [],
    notRead: [],
    hidden: [],
    impacts: [],
    ignored: []
  }
  return details as Change
}

const changes = [
  change('a', 'create'),
  change('b', 'update'),
  change('c', 'create', 'b'),
  change('d', 'delete'),
  change('e', 'create')
]

/** Everything of the kind and of the way to the service that is called while a plan is carried out. */
const places = [
  'fromWire',
  'toWire',
  'replacement',
  'pendingReason',
  'link',
  'preUpdateRead',
  'fetch',
  'vault'
] as const

async function run(
  place: (typeof places)[number] | 'nothing',
  at: number,
  thrown: () => unknown = () => new RangeError('a mistake with planted-secret in it')
): Promise<{ report: Report; events: ApplyEvent[]; met: boolean; live: Map<string, JsonObject> }> {
  let calls = 0
  const meet = (where: string): void => {
    if (where === place && calls++ === at) throw thrown()
  }
  const live = new Map<string, JsonObject>(['b', 'd'].map((name) => [name, { id: name, name, size: 1 }]))
  const kind: Kind = {
    ...gadget,
    api: { ...gadget.api, uniqueNames: true },
    fromWire: (wire) => (meet('fromWire'), { size: wire['size'] ?? null }),
    toWire: (fields) => (meet('toWire'), { ...fields, password: { $secret: 'env PW' } }),
    replacement: (wire, body) => (meet('replacement'), { ...wire, ...body }),
    authorization: { link: () => (meet('link'), undefined), renewal: {} },
    pendingReason: () => (meet('pendingReason'), undefined),
    preUpdateRead: () => (meet('preUpdateRead'), undefined)
  }
  const observed: Live[] = [...live.values()].map((wire) => ({
    kind: 'gadget',
    name: wire['name'] as string,
    id: wire['id'] as string,
    fields: { size: 1 },
    wire,
    uses: [],
    changed: {},
    partial: false
  }))
  const vault = new Vault()
  vault.put('env PW', [], () => (meet('vault'), { ok: true, value: 'planted-secret' }))
  const writer = openWriter({
    url: 'https://service.test',
    authorization: 'Bearer k',
    version: '2025-09-18',
    parallelism: 4,
    timeoutMs: 1000,
    timer: realTimer,
    backoffMs: 1,
    newKey: () => 'key-00000000',
    sleep: async () => undefined,
    random: () => 0,
    now: () => 0,
    async fetch(request) {
      meet('fetch')
      const [, id = ''] = /gadgets\/(.*)$/.exec(request.url) ?? []
      const text = await request.text()
      const body = text === '' ? {} : (JSON.parse(text) as JsonObject)
      const name = textOf(body['name'])
      if (request.method === 'POST') live.set(name, { ...body, id: name })
      if (request.method === 'PUT') live.set(id, { ...body, id })
      if (request.method === 'DELETE') live.delete(id)
      if (request.method === 'GET' && id === '') return Response.json({ data: [...live.values()] })
      const there = live.get(id === '' ? name : id)
      return there || request.method === 'DELETE'
        ? Response.json({ data: there ?? null })
        : Response.json({ message: 'gone' }, { status: 404 })
    }
  })
  const plan: Plan = { organization, changes, unmanaged: [], noLongerDeclared: [] }
  const events: ApplyEvent[] = []
  const running = carryOut(plan, writer, {
    kinds: { managed: [kind] },
    vault,
    observed: { organization, resources: observed, kinds: ['gadget'] },
    parallelism: 2,
    failFast: false,
    wait: false,
    links: true,
    interrupted: new Promise(() => undefined)
  })
  for (;;) {
    const next = await running.next()
    if (next.done === true) return { report: next.value, events, met: calls > at, live }
    events.push(next.value)
  }
}

test('without a mistake all is done', async () => {
  const { report } = await run('nothing', 0)
  expect(report.counts).toEqual({ done: 5, failed: 0, skipped: 0, pending: 0 })
})

test.each(places)(
  'a mistake in %s, wherever it is called: every change ends in exactly one outcome',
  async (place) => {
    let at = 0
    for (let met = true; met; at++) {
      const seen = await run(place, at)
      met = seen.met
      const { report, events } = seen
      const settled = events.filter((event) => event.type === 'settled').map(({ address }) => address.name)
      expect(settled.toSorted(), `${place} ${at}`).toEqual(['a', 'b', 'c', 'd', 'e'])
      expect(report.settled.map(({ address }) => address.name)).toEqual(['a', 'b', 'c', 'd', 'e'])
      expect(events.at(-1)?.type).toBe('end')
      if (!met) break
      const failed = report.settled.filter(({ outcome }) => outcome.outcome === 'failed')
      expect(failed).toHaveLength(1)
      const text = JSON.stringify(failed[0]!.outcome)
      expect(text).toContain('P622')
      expect(text).toContain('RangeError: a mistake')
      expect(text).not.toContain('planted-secret')
      const needy = failed[0]!.address.name === 'b' ? 1 : 0
      expect(report.counts).toEqual({ done: 4 - needy, failed: 1, skipped: needy, pending: 0 })
      const wasSent = /something was sent/.test(text)
      const isThere = seen.live.get(failed[0]!.address.name)?.['size'] === 2
      if (isThere) expect(wasSent).toBe(true)
    }
    expect(at).toBeGreaterThan(0)
  }
)

/** What JavaScript lets libraries throw: it need not be an error, nor have words. */
const wordless: Record<string, () => unknown> = {
  nothing: () => undefined,
  null: () => null,
  'a symbol': () => Symbol('a mistake'),
  'an object without a prototype': () => Object.create(null),
  'an object that cannot be a text': () => ({
    toString() {
      throw new RangeError('no text')
    }
  }),
  'an error without a message': () =>
    Object.defineProperty(new RangeError('a mistake'), 'message', {
      get() {
        throw new RangeError('no message')
      }
    }),
  'an error with a strange stack': () => Object.assign(new RangeError('a mistake'), { stack: { at: 1 } })
}

test('a mistake is told with the place where it was made, whatever its words say', async () => {
  const stack = 'RangeError: looked at here\n    at place (file.ts:1:2)\n    at other (file.ts:3:4)'
  const notesOf = async (thrown: unknown): Promise<string[]> => {
    const { report } = await run('vault', 0, () => thrown)
    return report.settled.flatMap(({ outcome }) =>
      outcome.outcome === 'failed' ? outcome.problem.notes : []
    )
  }
  const nothing = 'nothing was sent for it'
  expect(await notesOf(Object.assign(new RangeError('looked at here'), { stack }))).toEqual([
    'RangeError: looked at here at place (file.ts:1:2)',
    nothing
  ])
  const stackless = Object.assign(new RangeError('looked at here'), { stack: undefined })
  expect(await notesOf(stackless)).toEqual(['RangeError: looked at here', nothing])
  expect(await notesOf('looked at here')).toEqual(['looked at here', nothing])
})

test('a mistake is a problem that says what to do; its words are not told where nobody can redact them', () => {
  const one = change('a', 'create')
  const of = (wasSent: boolean, redact: (words: string) => string) =>
    mistakeProblem(one, 'words', wasSent, redact)
  expect(of(true, (words) => words.toUpperCase())).toEqual(
    diagnostic({
      code: 'P622',
      message: 'gadget "a": polyctl failed in a way that it should not',
      labels: [{ span: one.span, text: 'this is what was attempted' }],
      notes: ['WORDS', 'something was sent: it may have been carried out'],
      help: ['run `polyctl plan` to see what is there now, and please report this']
    })
  )
  const broken = of(false, () => {
    throw new RangeError('no words')
  })
  expect(broken.notes).toEqual([
    'its words cannot be told: whether they hold a secret is not known',
    'nothing was sent for it'
  ])
})

describe.each(Object.entries(wordless))('%s is thrown', (_what, thrown) => {
  test.each(places)('in %s: every change ends in exactly one outcome', async (place) => {
    const { report } = await run(place, 0, thrown)
    expect(report.settled).toHaveLength(5)
    const problems = report.settled.flatMap(({ outcome }) =>
      outcome.outcome === 'failed' ? [outcome] : []
    )
    expect(problems).toMatchObject([{ problem: { code: 'P622' } }])
  })
})

describe('what is shown', () => {
  test('is no reason to lose the report: a view that breaks is left, and all is told in the end', async () => {
    vi.doMock('../../src/render/progress.ts', async (original) => ({
      ...(await original<object>()),
      openProgress: () => ({
        event() {
          throw new RangeError('no view')
        },
        say: () => undefined,
        close: async () => undefined
      })
    }))
    const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env: { MONGODB_PASSWORD: 'x' } })
    const ran = await world.run('apply', '--yes')
    vi.doUnmock('../../src/render/progress.ts')
    expect(ran.code, ran.out + ran.err).toBe(8)
    expect(ran.err).toContain('Progress cannot be shown any more')
    expect(ran.out).toContain('MongoDB Model')
    expect(world.server.store.all('model')).toHaveLength(1)
  })

  test('is told as plain data where the document for programs cannot be made', async () => {
    vi.doMock('../../src/render/json.ts', async (original) => ({
      ...(await original<object>()),
      json: {
        report() {
          throw new RangeError('no document')
        }
      }
    }))
    const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env: { MONGODB_PASSWORD: 'x' } })
    const ran = await world.run('apply', '--yes', '--format', 'json')
    vi.doUnmock('../../src/render/json.ts')
    expect(ran.code, ran.out + ran.err).toBe(8)
    expect(JSON.parse(ran.out)).toMatchObject({ counts: { done: 2 } })
  })

  test('is told as plain data where the view cannot be loaded', async () => {
    vi.doMock('../../src/render/report.ts', () => {
      throw new RangeError('no such file any more')
    })
    const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env: { MONGODB_PASSWORD: 'x' } })
    const ran = await world.run('apply', '--yes', '--quiet')
    vi.doUnmock('../../src/render/report.ts')
    expect(ran.code, ran.out + ran.err).toBe(8)
    expect(JSON.parse(ran.out)).toMatchObject({ counts: { done: 2 } })
  })

  test('is told as plain data where even the report cannot be drawn', async () => {
    vi.doMock('../../src/render/report.ts', async (original) => ({
      ...(await original<object>()),
      renderEvent: () => undefined,
      reportText() {
        throw new RangeError('no report')
      }
    }))
    const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env: { MONGODB_PASSWORD: 'x' } })
    const ran = await world.run('apply', '--yes', '--quiet')
    vi.doUnmock('../../src/render/report.ts')
    expect(ran.code, ran.out + ran.err).toBe(8)
    expect(JSON.parse(ran.out)).toMatchObject({ counts: { done: 2 } })
  })
})
