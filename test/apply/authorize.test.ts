import { describe, expect, test } from 'vitest'
import { authorized } from '../../src/apply/authorize.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import type { Failure, RequestResult } from '../../src/remote/failure.ts'
import type { Writer } from '../../src/remote/transport.ts'
import { gadget } from '../support/small-kind.ts'
import { waiting } from '../support/waiting.ts'

/** How long a person is waited for, and what ends it. */

const kind: Kind = {
  ...gadget,
  pendingReason: ({ waits }) => (typeof waits === 'string' ? waits : undefined)
}
const there = (waits?: string): RequestResult => ({
  ok: true,
  status: 200,
  body: { data: { id: 'g', name: 'G', ...(waits !== undefined && { waits }) } }
})
const failed = (more: Partial<Failure>): RequestResult => ({
  ok: false,
  failure: { code: 'P609', request: 'R', words: 'no', refused: false, usedBy: [], ...more }
})

/** What comes of these answers, in turn, the last one for ever; and what was waited for. */
async function waitedFor(
  answers: RequestResult[],
  interrupted: Promise<void> = new Promise(() => undefined)
) {
  const asked: string[] = []
  const slept: number[] = []
  const writer: Writer = {
    version: '2025-09-18',
    async get(path) {
      asked.push(path)
      return answers[Math.min(asked.length, answers.length) - 1]!
    },
    send: () => Promise.reject(new Error('nothing is sent here')),
    ask: () => Promise.reject(new Error('nobody asks here')),
    me: () => Promise.reject(new Error('nobody asks here')),
    ...waiting((ms) => slept.push(ms))
  }
  return { result: await authorized(writer, kind, 'g', interrupted), asked, slept }
}

const left = (because: string) => ({ ok: false, because, interrupted: false })

describe('R29: a person', () => {
  test('who authorizes it ends the wait', async () => {
    const { result, asked, slept } = await waitedFor([there('w'), there('w'), there()])
    expect(result).toEqual({ ok: true })
    expect(asked).toEqual(['/api/gadgets/g', '/api/gadgets/g', '/api/gadgets/g'])
    expect(slept).toEqual([500, 750])
    expect((await waitedFor([there()])).slept).toEqual([])
  })

  test('who refuses, ends it with the new reason', async () => {
    expect((await waitedFor([there('w'), there('refused'), there()])).result).toEqual(left('refused'))
  })

  test('is waited for a quarter of an hour, with longer and longer pauses', async () => {
    const { result, slept, asked } = await waitedFor([there('w')])
    expect(result).toEqual(left('nobody authorized it in time'))
    expect(slept.slice(0, 8)).toEqual([500, 750, 1125, 1687.5, 2531.25, 3796.875, 5000, 5000])
    const all = slept.reduce((sum, ms) => sum + ms, 0)
    expect(all).toBeGreaterThanOrEqual(900_000)
    expect(all - slept.at(-1)!).toBeLessThan(900_000)
    expect(asked).toHaveLength(slept.length)
  })

  test('is not waited for once it is interrupted', async () => {
    const stop = Promise.withResolvers<void>()
    stop.resolve()
    const { result, slept } = await waitedFor([there('w')], stop.promise)
    expect(result).toEqual({ ok: false, because: 'it is not authorized yet', interrupted: true })
    expect(slept).toEqual([])
    expect((await waitedFor([there()], stop.promise)).result).toEqual({ ok: true })
  })

  test('cannot authorize what is gone, or what the service does not tell', async () => {
    const gone = failed({ status: 404, refused: true })
    expect((await waitedFor([there('w'), gone])).result).toEqual(left('it is not there any more'))
    const refused = failed({ status: 403, refused: true })
    expect((await waitedFor([there('w'), refused])).result).toEqual(left('the service refuses to tell: no'))
  })

  test('is waited for although the service fails for a while', async () => {
    const broken = failed({ status: 500 })
    expect((await waitedFor([broken, there('w'), broken, there('w'), there()])).result).toEqual({
      ok: true
    })
    expect((await waitedFor([broken, there('w'), broken, there('x')])).result).toEqual(left('x'))
    expect((await waitedFor([failed({})])).result).toEqual(left('nobody authorized it in time'))
  })
})
