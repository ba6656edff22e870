import { describe, expect, test } from 'vitest'
import { waiting as noWaiting } from '../support/waiting.ts'
import { openKnowledge } from '../../src/apply/knowledge.ts'
import type { Outcome } from '../../src/apply/events.ts'
import type { ApplyOptions } from '../../src/apply/options.ts'
import { perform } from '../../src/apply/perform.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import type { Change } from '../../src/plan/plan.ts'
import type { RequestResult, Failure } from '../../src/remote/failure.ts'
import type { Writer } from '../../src/remote/transport.ts'
import type { Rule } from '../../src/state/rule.ts'
import type { LiveState } from '../../src/state/resource.ts'
import type { JsonObject } from '../../src/state/value.ts'
import { Vault } from '../../src/state/vault.ts'
import { change, diagnostic } from '../render/builders.ts'
import { gadget } from '../support/small-kind.ts'

/** One change of a gadget, against a service that keeps gadgets and does what a test says. */
interface Given {
  /** What the plan has seen, and what is there by now. */
  seen?: JsonObject
  there?: JsonObject | null
  kind?: Partial<Kind>
  options?: Partial<ApplyOptions>
  pending?: string
  secrets?: Record<string, string>
  /** Instead of what the service would do. */
  answers?: Record<string, RequestResult>
  /** What the service makes of a body. */
  keeps?: (body: JsonObject) => JsonObject
}

const organization = { id: 'o', name: 'O' }
const g = { id: 'g', name: 'G', size: 1 }

async function performed(
  one: Change,
  {
    seen = g,
    there = seen,
    kind = {},
    options = {},
    pending,
    secrets = {},
    answers = {},
    keeps = (body) => body
  }: Given = {}
): Promise<{ outcome: Outcome; asked: string[]; notes: string[]; secrets: (readonly string[])[] }> {
  const whole: Kind = { ...gadget, replacement: (live, body) => ({ ...live, ...body }), ...kind }
  const observed: LiveState = {
    organization,
    kinds: ['gadget'],
    resources: [
      {
        kind: 'gadget',
        name: 'G',
        id: 'g',
        fields: seen,
        wire: seen,
        uses: [],
        changed: {},
        partial: false
      }
    ]
  }
  const asked: string[] = []
  const notes: string[] = []
  const sent: (readonly string[])[] = []
  let now: JsonObject | null = there
  const reported = (): RequestResult =>
    now ? { ok: true, status: 200, body: { data: now } } : { ok: false, failure: refusal(404, 'P606') }
  const writer: Writer = {
    version: '2025-09-18',
    async get(path) {
      asked.push(`GET ${path}`)
      const list: RequestResult = { ok: true, status: 200, body: { data: now ? [now] : [] } }
      return (
        answers[`GET ${asked.filter((line) => line.startsWith('GET')).length}`] ??
        (path === '/api/gadgets' ? list : reported())
      )
    },
    async send(method, path, { body, secrets: hidden = [] } = {}) {
      sent.push(hidden)
      asked.push([method, path, ...(body ? [JSON.stringify(body)] : [])].join(' '))
      const answer = answers[method]
      if (answer) return answer
      if (method === 'DELETE') now = null
      else now = { ...keeps({ ...body }), id: method === 'POST' ? 'new' : 'g' }
      return reported()
    },
    ask: () => Promise.reject(new Error('nobody asks here')),
    me: () => Promise.reject(new Error('nobody asks here')),
    ...noWaiting()
  }
  const vault = new Vault()
  for (const [source, value] of Object.entries(secrets)) vault.put(source, [], () => ({ ok: true, value }))
  const plan = { organization, changes: [one], unmanaged: [], noLongerDeclared: [] }
  const outcome = await perform(one, pending, {
    writer,
    knowledge: openKnowledge(plan, observed, '2025-09-18'),
    options: {
      kinds: { managed: [whole] },
      vault,
      observed,
      parallelism: 1,
      failFast: false,
      wait: false,
      links: true,
      interrupted: new Promise(() => undefined),
      ...options
    },
    note: (text) => notes.push(text)
  })
  return { outcome, asked, notes, secrets: sent }
}

function refusal(status: number, code: Failure['code'] = 'P601'): Failure {
  return { code, request: 'R', status, words: 'no', refused: true, usedBy: [] }
}

const refused = (status: number, code?: Failure['code']): RequestResult => ({
  ok: false,
  failure: refusal(status, code)
})
const codeOf = ({ outcome }: { outcome: Outcome }): string =>
  outcome.outcome === 'failed' ? `${outcome.problem.code} ${outcome.problem.message}` : outcome.outcome

const made = change({ action: 'create', kind: 'gadget', name: 'N', wanted: { size: 2 } })
const changed = change({ action: 'update', kind: 'gadget', name: 'G', id: 'g', wanted: { size: 2 } })
const renamed = change({ action: 'rename', kind: 'gadget', name: 'H', id: 'g', wanted: { size: 1 } })
const deleted = change({ action: 'delete', kind: 'gadget', name: 'G', id: 'g' })
const waiting = change({
  action: 'none',
  kind: 'gadget',
  name: 'G',
  id: 'g',
  waiting: 'w',
  wanted: { size: 1 }
})
const secret = { $secret: 'env S' }

describe('a create', () => {
  test('is sent, read back, and done', async () => {
    const { outcome, asked } = await performed(made, { there: null })
    expect(outcome).toEqual({ outcome: 'done', id: 'new', notes: [] })
    expect(asked).toEqual(['POST /api/gadgets {"name":"N","size":2}', 'GET /api/gadgets/new'])
  })

  test('R26: is not read back where its answer is of this moment, and has all that was wanted', async () => {
    const answered = async (more: JsonObject): Promise<string[]> => {
      const data = { id: 'new', name: 'N', size: 2, created_at: '1970-01-01T00:00:00.000Z', ...more }
      const POST: RequestResult = { ok: true, status: 201, body: { data }, at: 0 }
      return (await performed(made, { there: data, answers: { POST } })).asked.slice(1)
    }
    expect(await answered({})).toEqual([])
    expect(await answered({ size: 3 })).toEqual(['GET /api/gadgets/new'])
    expect(await answered({ name: 'M' })).toEqual(['GET /api/gadgets/new'])
  })

  test('that is refused is told with what was attempted', async () => {
    expect(codeOf(await performed(made, { answers: { POST: refused(422) } }))).toBe(
      'P601 creating gadget "N": the service refused it'
    )
  })

  test('whose answer was lost says so', async () => {
    const there = { id: 'new', name: 'N', size: 2 }
    const { outcome } = await performed(made, {
      there,
      answers: { POST: { ok: false, failure: { ...refusal(500, 'P609'), refused: false } } }
    })
    expect(outcome).toEqual({
      outcome: 'done',
      id: 'new',
      notes: ['the answer was lost; it was found by name']
    })
  })

  test('of a kind that nobody knows is a bug', async () => {
    await expect(performed({ ...made, kind: 'widget' })).rejects.toThrow('no kind widget')
  })
})

describe('R8: an update', () => {
  test('starts from what is there this moment, and is read back', async () => {
    const there = { ...g, code: 'theirs' }
    const { outcome, asked } = await performed(changed, { there })
    expect(outcome).toEqual({ outcome: 'done', id: 'g', notes: [] })
    expect(asked).toEqual([
      'GET /api/gadgets/g',
      'PUT /api/gadgets/g {"name":"G","id":"g","size":2,"code":"theirs"}',
      'GET /api/gadgets/g'
    ])
  })

  test('may be of the name alone', async () => {
    const { outcome, asked } = await performed(renamed)
    expect(outcome.outcome).toBe('done')
    expect(asked[1]).toBe('PUT /api/gadgets/g {"name":"H","id":"g","size":1}')
  })

  test('sends what is ignored as it is there', async () => {
    const ignoring = { ...changed, wanted: { size: 2, color: 'red' }, ignored: ['color'] }
    const { outcome, asked } = await performed(ignoring, { there: { ...g, color: 'blue' } })
    expect(asked[1]).toContain('"color":"blue"')
    expect(outcome.outcome).toBe('done')
  })

  test('is not sent where it cannot be read, is gone, or has moved', async () => {
    const unread = await performed(changed, { answers: { 'GET 1': refused(403, 'P605') } })
    expect(codeOf(unread)).toBe('P605 reading gadget "G": the key may not do this')
    const gone = await performed(changed, { there: null })
    expect(codeOf(gone)).toBe('P618 gadget "G" was deleted after it was planned: nothing was sent')
    const moved = await performed(changed, { there: { ...g, size: 3 } })
    expect(codeOf(moved)).toBe('P618 gadget "G" changed after it was planned: nothing was sent')
    for (const { asked } of [unread, gone, moved]) expect(asked).toEqual(['GET /api/gadgets/g'])
  })

  test('that is refused is told with what was attempted', async () => {
    expect(codeOf(await performed(changed, { answers: { PUT: refused(422) } }))).toBe(
      'P601 updating gadget "G": the service refused it'
    )
  })
})

describe('R26: done means that live equals wanted', () => {
  test('else it failed, with what is there instead', async () => {
    const { outcome } = await performed(changed, { keeps: (body) => ({ ...body, size: 7 }) })
    expect(outcome).toMatchObject({
      outcome: 'failed',
      problem: {
        code: 'P614',
        message: 'gadget "G" was sent, but the service kept something else',
        labels: [{ span: changed.span, text: 'this is not what the service has now' }],
        notes: ['different: size'],
        help: [
          'run `polyctl plan` to see both sides; if it stays so, the service does not accept what the file says'
        ]
      },
      kept: [{ path: ['size'], before: 7, after: 2 }]
    })
  })

  test('at any depth', async () => {
    const rule = (name: string, of: Rule): Rule => ({ is: 'object', fields: { [name]: of } })
    const fields: Kind['fields'] = {
      parts: { class: 'owned', rule: rule('a', rule('b', { is: 'scalar' })) }
    }
    const one = { ...made, wanted: { parts: { a: { b: 1 } } } }
    const { outcome } = await performed(one, {
      there: null,
      kind: { fields },
      keeps: (body) => ({ ...body, parts: { a: { b: 2 } } })
    })
    expect(outcome).toMatchObject({ problem: { notes: ['different: parts.a.b'] } })
  })

  test('and that it is called so', async () => {
    const other = await performed(renamed, { keeps: (body) => ({ ...body, name: 'G' }) })
    expect(other.outcome).toMatchObject({
      outcome: 'failed',
      problem: {
        code: 'P614',
        labels: [{ span: renamed.span, text: 'this is not what the service has now' }],
        notes: []
      },
      kept: []
    })
  })

  test('and that it could be read', async () => {
    expect(codeOf(await performed(changed, { answers: { 'GET 2': refused(403, 'P605') } }))).toBe(
      'P605 reading back gadget "G": the key may not do this'
    )
  })

  test('and that it waits for nobody', async () => {
    const waits = { kind: { pendingReason: () => 'it is tired' } }
    expect((await performed(changed, waits)).outcome).toEqual({
      outcome: 'pending',
      id: 'g',
      because: 'it is tired'
    })
  })
})

describe('R30: what is interrupted', () => {
  const failed = (refused: boolean): RequestResult => ({
    ok: false,
    failure: { code: 'P613', request: 'R', words: 'no', refused, usedBy: [], interrupted: true }
  })
  const skipped = { outcome: 'skipped', because: 'it was interrupted' }

  test.each([
    ['GET 1', changed],
    ['GET 1', deleted],
    ['GET 1', waiting],
    ['PUT', changed],
    ['PUT', waiting],
    ['POST', made],
    ['DELETE', deleted]
  ])('before the service took on %s is skipped', async (request, one) => {
    expect((await performed(one, { answers: { [request]: failed(true) } })).outcome).toEqual(skipped)
  })

  test.each([changed, deleted, waiting])('while it is read is skipped: nothing was sent', async (one) => {
    expect((await performed(one, { answers: { 'GET 1': failed(false) } })).outcome).toEqual(skipped)
  })

  test.each([
    ['PUT', changed, 'updating'],
    ['PUT', waiting, 'asking for a link for'],
    ['DELETE', deleted, 'deleting']
  ])('after %s was sent may have been carried out', async (request, one, doing) => {
    expect(codeOf(await performed(one, { answers: { [request]: failed(false) } }))).toBe(
      `P602 ${doing} gadget "G": it may have been carried out`
    )
  })
})

describe('R8: what polyctl does not know, and sends back as it came', () => {
  const unknownIn = (...all: string[]): Given => ({ kind: { unknownIn: () => all } })
  const notesOf = ({ outcome }: { outcome: Outcome }): string[] =>
    outcome.outcome === 'failed' ? outcome.problem.notes : []
  const note = 'sent back as it came, for polyctl does not know it: '

  test('is named where an update was refused, or did not take effect', async () => {
    const no = { answers: { PUT: refused(422) } }
    expect(notesOf(await performed(changed, { ...no, ...unknownIn('a', 'b.c') }))).toEqual([
      'R answered 422: no',
      `${note}a, b.c`
    ])
    expect(notesOf(await performed(changed, { ...no, ...unknownIn() }))).toEqual(['R answered 422: no'])
    const keeps = (body: JsonObject): JsonObject => ({ ...body, size: 7 })
    expect(notesOf(await performed(changed, { keeps, ...unknownIn('a') }))).toEqual([
      'different: size',
      `${note}a`
    ])
  })

  test('is named in part where it is much', async () => {
    const no = { answers: { PUT: refused(422) } }
    const named = async (...all: string[]) =>
      notesOf(await performed(changed, { ...no, ...unknownIn(...all) })).at(-1)
    expect(await named('a', 'b', 'c', 'd', 'e')).toBe(`${note}a, b, c, d, e`)
    expect(await named('a', 'b', 'c', 'd', 'e', 'f', 'g')).toBe(`${note}a, b, c, d, e, and 2 more`)
  })

  test('is no reason for any other failure, and not told of what is done', async () => {
    const forbidden = await performed(changed, {
      answers: { PUT: refused(403, 'P605') },
      ...unknownIn('a')
    })
    expect(notesOf(forbidden)).toEqual(['R answered 403: no'])
    expect((await performed(changed, unknownIn('a'))).outcome).toEqual({
      outcome: 'done',
      id: 'g',
      notes: []
    })
  })
})

describe('what is in no list', () => {
  const place: Partial<Kind> = {
    api: {
      access: 'derived',
      path: '/api/gadgets',
      id: ({ of }) => (typeof of === 'string' ? of : undefined),
      fieldsOf: () => [],
      updates: (body) => [{ method: 'PUT', path: '/keys', body }],
      resets: () => [{ method: 'DELETE', path: '' }],
      isReset: () => true
    },
    naming: { keys: ['of'] }
  }

  test('is made where it is, and called as the files say', async () => {
    const one = { ...made, wanted: { size: 2, of: 'p' } }
    const { outcome, asked } = await performed(one, {
      kind: place,
      keeps: (body) => ({ ...body, of: 'p' })
    })
    expect(outcome).toEqual({ outcome: 'done', id: 'p', notes: [] })
    expect(asked).toEqual(['PUT /api/gadgets/p/keys {"size":2,"of":"p"}', 'GET /api/gadgets/p'])
  })
})

test('what is in no list is made at the id of what it belongs to', async () => {
  const box = { $ref: 'gadget', name: 'Box' }
  const kind: Partial<Kind> = {
    api: {
      access: 'derived',
      path: '/api/gadgets',
      id: ({ of }, idOf) => idOf(of as typeof box),
      fieldsOf: () => [],
      updates: ({ size = null }) => [{ method: 'PUT', path: '/keys', body: { size } }],
      resets: () => [],
      isReset: () => true
    }
  }
  const one = { ...made, wanted: { size: 2, of: box }, ids: { 'gadget "Box"': 'b1' } }
  const { outcome, asked } = await performed(one, { kind })
  expect(outcome).toEqual({ outcome: 'done', id: 'b1', notes: [] })
  expect(asked).toEqual(['PUT /api/gadgets/b1/keys {"size":2}', 'GET /api/gadgets/b1'])
})

describe('R18: a deletion', () => {
  test('is sent where it is as it was', async () => {
    const { outcome, asked } = await performed(deleted)
    expect(outcome).toEqual({ outcome: 'done', id: 'g', notes: [] })
    expect(asked).toEqual(['GET /api/gadgets/g', 'DELETE /api/gadgets/g'])
  })

  test('of what is gone already is done', async () => {
    const { outcome, asked } = await performed(deleted, { there: null })
    expect(outcome).toEqual({ outcome: 'done', id: 'g', notes: ['it was gone already'] })
    expect(asked).toEqual(['GET /api/gadgets/g'])
  })

  test('is not sent where it cannot be read, or has moved', async () => {
    const unread = await performed(deleted, { answers: { 'GET 1': refused(403, 'P605') } })
    expect(codeOf(unread)).toBe('P605 reading gadget "G": the key may not do this')
    const moved = await performed(deleted, { there: { ...g, color: 'red' } })
    expect(codeOf(moved)).toBe('P618 gadget "G" changed after it was planned: nothing was sent')
    for (const { asked } of [unread, moved]) expect(asked).toEqual(['GET /api/gadgets/g'])
  })

  test('that is refused is told with what was attempted', async () => {
    expect(codeOf(await performed(deleted, { answers: { DELETE: refused(422) } }))).toBe(
      'P601 deleting gadget "G": the service refused it'
    )
  })
})

describe('R31: secrets', () => {
  const wanted = { size: 2, password: secret }

  test.each([
    [{ ...made, wanted }, 'POST /api/gadgets {"name":"N","size":2,"password":"value"}'],
    [{ ...changed, wanted }, 'PUT /api/gadgets/g {"name":"G","id":"g","size":2,"password":"value"}']
  ])('are put into what is sent', async (one, sent) => {
    expect((await performed(one, { secrets: { 'env S': 'value' } })).asked).toContain(sent)
  })

  test('are told to whom sends them, so that no answer shows them', async () => {
    for (const one of [
      { ...made, wanted },
      { ...changed, wanted },
      { ...waiting, wanted: { ...wanted, parts: { of: { key: { $secret: 'env T' } }, more: 1 } } }
    ]) {
      const sent = await performed(one, { secrets: { 'env S': 'value', 'env T': 'other' } })
      expect(sent.secrets).toEqual([one.action === 'none' ? ['value', 'other'] : ['value']])
    }
  })

  test('alone are sent to ask for a link anew, at their places; a missing one stops that', async () => {
    const one = { ...waiting, wanted: { ...wanted, parts: { of: { key: { $secret: 'env T' } }, more: 1 } } }
    const { asked } = await performed(one, { secrets: { 'env S': 'value', 'env T': 'other' } })
    expect(asked[1]).toBe(
      'PUT /api/gadgets/g {"name":"G","id":"g","size":1,"password":"value","parts":{"of":{"key":"other"}},"reconnect":true}'
    )
    const missing = await performed(one)
    expect(missing.outcome).toMatchObject({
      problem: {
        code: 'P615',
        notes: ['PUT /api/gadgets/g: env S is not known here; env T is not known here']
      }
    })
    expect(missing.asked).toEqual(['GET /api/gadgets/g'])
  })

  test.each([
    { ...made, wanted },
    { ...changed, wanted }
  ])('that are missing stop it', async (one) => {
    const { outcome, asked } = await performed(one)
    expect(codeOf({ outcome })).toBe(`P615 gadget "${one.name}" cannot be sent: a secret is missing`)
    expect(outcome).toEqual({
      outcome: 'failed',
      problem: diagnostic({
        code: 'P615',
        message: `gadget "${one.name}" cannot be sent: a secret is missing`,
        labels: [{ span: one.span, text: 'this needs its secrets' }],
        notes: ['env S is not known here'],
        help: ['set the variable (or pass `--env-file`), or put the file where the YAML file says']
      })
    })
    expect(asked.filter((line) => !line.startsWith('GET'))).toEqual([])
  })
})

describe('R29: what a person must authorize', () => {
  const keeps = (more: JsonObject) => (body: JsonObject) => ({ ...body, ...more })
  const url = 'https://a.test/x'

  test('is pending, with the link and the code', async () => {
    const { outcome, notes, asked } = await performed(made, {
      there: null,
      keeps: keeps({ auth_url: url, auth_code: 'c' })
    })
    expect(outcome).toEqual({
      outcome: 'pending',
      id: 'new',
      because: 'a person must authorize it',
      authorize: { url, code: 'c' }
    })
    expect(notes).toEqual([`to be authorized at ${url}`])
    // Nobody is sent to the page of what an earlier request made, and is gone.
    expect(asked).toHaveLength(2)
  })

  test('is pending without a code, and without a link where links lead nowhere', async () => {
    const { outcome } = await performed(made, { there: null, keeps: keeps({ auth_url: url }) })
    expect(outcome).toMatchObject({ authorize: { url } })
    expect(outcome).not.toHaveProperty('authorize.code')
    const silent = await performed(made, {
      there: null,
      keeps: keeps({ auth_url: url }),
      options: { links: false }
    })
    expect(silent.outcome).toEqual({ outcome: 'pending', id: 'new', because: 'a person must authorize it' })
    expect(silent.notes).toEqual([])
    const none = await performed(made, { there: null, keeps: keeps({ auth_url: '' }) })
    expect(none.outcome.outcome).toBe('done')
  })

  test('is waited for with --wait, and then read back', async () => {
    const { outcome, asked } = await performed(made, {
      there: null,
      keeps: keeps({ auth_url: url }),
      options: { wait: true }
    })
    expect(outcome).toEqual({ outcome: 'done', id: 'new', notes: [] })
    expect(asked.slice(1)).toEqual(['GET /api/gadgets/new', 'GET /api/gadgets/new', 'GET /api/gadgets/new'])
  })

  test('and nobody does, is pending in the end', async () => {
    const { outcome } = await performed(made, {
      there: null,
      kind: { pendingReason: () => 'it waits' },
      keeps: keeps({ auth_url: url }),
      options: { wait: true, interrupted: Promise.resolve() }
    })
    expect(outcome).toMatchObject({ outcome: 'pending', authorize: { url } })
  })

  test('is asked for a link anew, where nothing else is to be done', async () => {
    const { outcome, asked } = await performed(waiting)
    expect(asked).toEqual([
      'GET /api/gadgets/g',
      'PUT /api/gadgets/g {"name":"G","id":"g","size":1,"reconnect":true}',
      'GET /api/gadgets/g'
    ])
    expect(outcome.outcome).toBe('done')
    expect(codeOf(await performed(waiting, { answers: { PUT: refused(422) } }))).toBe(
      'P601 asking for a link for gadget "G": the service refused it'
    )
    expect(codeOf(await performed(waiting, { there: null }))).toMatch(/^P606 reading gadget "G"/)
  })

  test('makes the refusal of what needs it no failure', async () => {
    const pending = 'connection "C"'
    for (const [status, code] of [
      [422, 'P601'],
      [409, 'P607']
    ] as const) {
      const { outcome } = await performed(made, { pending, answers: { POST: refused(status, code) } })
      expect(outcome).toEqual({
        outcome: 'pending',
        because: `connection "C" waits for authorization; R answered ${status}: no`
      })
    }
    expect(codeOf(await performed(made, { pending, answers: { POST: refused(403, 'P605') } }))).toMatch(
      /^P605/
    )
    expect((await performed(made, { pending, there: null })).outcome.outcome).toBe('done')
    // A deletion needs nothing.
    expect(codeOf(await performed(deleted, { pending, answers: { DELETE: refused(422) } }))).toMatch(
      /^P601/
    )
  })
})
