import { describe, expect, test } from 'vitest'
import type { Channel } from '../../src/watch/channels/channel.ts'
import { merged, type News, type NewsOf } from '../../src/watch/news.ts'
import { acme, found } from './fake.ts'
import { parseMetrics, valueOf } from './prometheus.ts'
import { Rig } from './rig.ts'

const [a, b] = [found('A'), found('B')]

describe('news', () => {
  test('each difference is told once when it appears, otherwise than before, and when it is gone', async () => {
    const rig = new Rig()
    const looks = [[], [a], [a], [a, b], [found('A', 'other'), b], [b], [], [a]]
    await rig.run(looks.length, (look) => looks[look - 1] ?? [])
    expect(rig.reported()).toEqual(['new A', 'new B', 'changed A', 'resolved A', 'resolved B', 'new A'])
  })

  test('all of a turn is one message', async () => {
    const rig = new Rig()
    await rig.run(2, (look) => (look === 1 ? [a] : [b, found('C')]))
    expect(rig.reported()).toEqual(['new A', 'new B, new C, resolved A'])
  })

  test('another start goes on where the one before ended', async () => {
    const rig = new Rig()
    await rig.run(1, () => [a])
    await rig.run(1, () => [a])
    await rig.run(1, () => [a, b])
    expect(rig.reported()).toEqual(['new A', 'new B'])
  })

  test('what is not to be told is shown in numbers alone', async () => {
    const rig = new Rig()
    const unmanaged = found('U', '', { finding: 'unmanaged', key: 'unmanaged\nsync\nU' })
    await rig.run(1, () => [unmanaged])
    expect(rig.reported()).toEqual([])
    const samples = parseMetrics((await rig.metrics.text()).body)
    expect(valueOf(samples, 'polyctl_watch_differences', { finding: 'unmanaged' })).toBe(1)
    // Whoever wishes it told later is told.
    await rig.run(1, () => [unmanaged], { reported: ['unmanaged'] })
    expect(rig.reported()).toEqual(['new U'])
  })

  test('a service that is down is told once, whatever it looks like, and so is that it works again', async () => {
    const rig = new Rig()
    await rig.run(9, (look) => (look === 1 ? [a] : look < 9 ? 'exit 4' : [a, b]))
    expect(rig.reported()).toEqual(['new A', 'failed exit 4', 'recovered, new B'])
    expect(rig.store.turns(99).filter(({ outcome }) => outcome === 'failed')).toHaveLength(7)
  })

  test('another sort of failure is told again; a restart meanwhile tells nothing', async () => {
    const rig = new Rig()
    await rig.run(1, () => 'exit 4')
    await rig.run(1, () => 'exit 4')
    await rig.run(1, () => 'exit 3')
    expect(rig.reported()).toEqual(['failed exit 4', 'failed exit 3'])
    expect(rig.watcher?.readiness()).toBe('the last turn failed')
  })

  test('one organization that fails keeps what is known of it, and the others go on', async () => {
    const rig = new Rig()
    const beta = { id: 'o-2', name: 'Beta' }
    const common = { requests: 1, throttled: 0, notes: [] }
    await rig.run(3, (look) => ({
      ...common,
      looked: [
        { scope: acme, ok: true, found: look >= 3 ? [a, b] : [a] },
        look === 2
          ? { scope: beta, ok: false, trouble: { sort: 'exit 3', reasons: ['wrong files'] } }
          : { scope: beta, ok: true, found: [a] }
      ]
    }))
    // After a failure the next look is sooner.
    expect(rig.reported()).toEqual(['new A, new A', 'failed exit 3', 'new B, recovered'])
    // Of organizations that are not looked at any more nothing is kept, and nothing is told.
    await rig.run(1, () => ({ ...common, looked: [{ scope: acme, ok: true, found: [a, b] }] }))
    expect(rig.reported()).toEqual([])
    expect(rig.store.allKnown().map(({ scope }) => scope.name)).toEqual(['Acme', 'Acme'])
    const samples = parseMetrics((await rig.metrics.text()).body)
    expect(valueOf(samples, 'polyctl_watch_differences', { organization: 'Beta' })).toBeUndefined()
  })

  test('what apply put back is told as new and put back at once', async () => {
    const rig = new Rig()
    const common = { requests: 1, throttled: 0, notes: [] }
    await rig.run(1, () => ({ ...common, looked: [{ scope: acme, ok: true, before: [a, b], found: [b] }] }))
    expect(rig.reported()).toEqual(['healed A, new B'])
  })
})

describe('quiet times and reminders', () => {
  // The clock begins on a Monday at 8:00 UTC.
  const quiet = [{ from: '09:00', to: '12:00', timeZone: 'UTC' }]

  test('what comes in a quiet time is one message at its end', async () => {
    const rig = new Rig()
    const looks = [[a], [a, b], [b], [b, found('C')], [b, found('C')]]
    await rig.run(3.9, (look) => looks[look - 1] ?? [], { quiet })
    expect(rig.reported()).toEqual(['new A'])
    await rig.run(2, () => [b, found('C')], { quiet })
    expect(rig.reported()).toEqual(['new B, resolved A, new C'])
  })

  test('what came and went in a quiet time is told as just that', async () => {
    const rig = new Rig()
    await rig.run(6, (look) => (look === 2 || look === 3 ? [a] : []), { quiet })
    expect(rig.reported()).toEqual(['passed A'])
  })

  test('nothing is sent in a quiet time, also what could not be sent before', async () => {
    const rig = new Rig()
    rig.answer = { ok: false, problem: 'it answered 500' }
    await rig.run(1.6, () => [a], { quiet })
    rig.answer = { ok: true }
    await rig.run(1, () => [a], { quiet })
    expect(rig.reported()).toEqual([])
    await rig.run(3, () => [a], { quiet })
    expect(rig.reported()).toEqual(['new A'])
  })

  test('what is still open after a while is told again, each so often, and not what is newer', async () => {
    const rig = new Rig()
    await rig.run(10, (look) => (look > 3 ? [a, b] : [a]), { remindMs: 4 * 3_600_000 })
    expect(rig.reported()).toEqual(['new A', 'new B', 'open A', 'open A, open B'])
  })

  test('a service that stays down is in the reminder', async () => {
    const rig = new Rig()
    await rig.run(9, () => 'exit 4', { remindMs: 5 * 3_600_000 })
    expect(rig.reported()).toEqual(['failed exit 4', 'open exit 4'])
  })

  test.each<[NewsOf[], NewsOf]>([
    [['new'], 'new'],
    [['new', 'changed'], 'new'],
    [['new', 'resolved'], 'passed'],
    [['new', 'healed'], 'healed'],
    [['new', 'resolved', 'new'], 'new'],
    [['resolved', 'new'], 'new'],
    [['resolved', 'new', 'resolved'], 'passed'],
    [['changed', 'changed'], 'changed'],
    [['changed', 'resolved'], 'resolved'],
    [['open', 'changed'], 'changed'],
    [['open', 'resolved'], 'resolved'],
    [['open', 'open'], 'open']
  ])('%j together are told as %s', (all, one) => {
    const news = all.map((of, at): News => ({ of, scope: acme, at, since: 0, found: a }))
    expect(merged(news).map(({ of }) => of)).toEqual([one])
  })
})

describe('sending', () => {
  test('what is not sent is tried again, in its order, and sent once', async () => {
    const rig = new Rig()
    rig.answer = { ok: false, problem: 'it answered 503' }
    await rig.run(3, (look) => (look === 1 ? [a] : [a, b]))
    expect(rig.reported()).toEqual([])
    expect(rig.lines.filter((line) => line.includes('could not be told')).length).toBeGreaterThan(2)
    rig.answer = { ok: true }
    await rig.run(3, () => [a, b])
    expect(rig.reported()).toEqual(['new A', 'new B'])
    expect(rig.store.counts()).toEqual({ pending: 0, sent: 2, given_up: 0 })
  })

  test('one that is stopped while it sends tells it again under the same id, and nothing else twice', async () => {
    const rig = new Rig()
    const ids: string[] = []
    const hanging: Channel = {
      ...rig.channel,
      async send({ id }, signal) {
        ids.push(id)
        return await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        })
      }
    }
    await rig.run(0.501, () => [a], { channels: [hanging] })
    await rig.run(2, () => [a])
    expect(ids).toHaveLength(1)
    expect(rig.received.map(({ id }) => id)).toEqual(ids)
  })

  test('a receiver that asks for time is given it', async () => {
    const rig = new Rig()
    rig.answer = { ok: false, problem: 'it answered 429', retryAfterMs: 5 * 3_600_000 }
    await rig.run(1, () => [a])
    rig.answer = { ok: true }
    await rig.run(3, () => [a])
    expect(rig.reported()).toEqual([])
    await rig.run(4, () => [a])
    expect(rig.reported()).toEqual(['new A'])
  })

  test('what waits for a time that is far away, for the clock went back, is due', async () => {
    const rig = new Rig()
    rig.answer = { ok: false, problem: 'it answered 503' }
    await rig.run(2, () => [a])
    rig.answer = { ok: true }
    rig.clock.jump(-300 * 86_400_000)
    await rig.run(1, () => [a])
    expect(rig.reported()).toEqual(['new A'])
  })

  test('what nobody took in 30 days is given up, and what is for receivers that are gone', async () => {
    const rig = new Rig()
    rig.answer = { ok: false, problem: 'it answered 410' }
    await rig.run(1, () => [a])
    rig.clock.jump(31 * 86_400_000)
    await rig.run(2, () => [a, b])
    expect(rig.store.counts()).toEqual({ pending: 1, sent: 0, given_up: 1 })
    await rig.run(1, () => [a, b], { channels: [] })
    expect(rig.store.counts()).toEqual({ pending: 0, sent: 0, given_up: 2 })
  })

  test('without receivers all is remembered and nothing waits', async () => {
    const rig = new Rig()
    await rig.run(1, () => [a], { channels: [] })
    expect(rig.store.waitingNews()).toEqual([])
    expect(rig.store.counts()).toEqual({ pending: 0, sent: 0, given_up: 0 })
  })
})

test('the numbers say what happened, and can be read', async () => {
  const rig = new Rig()
  const hostile = { id: 'o-1', name: 'A "quoted"\\ name\nin two lines' }
  await rig.run(2, (look) => {
    rig.metrics.request(200)
    rig.metrics.request(429)
    const items = [a, b, found('C', '', { finding: 'missing', cause: 'drift' })]
    const looked = { scope: hostile, ok: true as const, found: look === 1 ? [] : items }
    return { looked: [looked], requests: 2, throttled: 1, notes: [] }
  })
  const samples = parseMetrics((await rig.metrics.text()).body)
  const get = (name: string, labels?: Record<string, string>) =>
    valueOf(samples, `polyctl_watch_${name}`, labels)
  expect(get('differences', { organization: hostile.name, finding: 'changed', cause: 'unknown' })).toBe(2)
  expect(get('differences', { kind: 'sync', finding: 'missing', cause: 'drift' })).toBe(1)
  expect(get('turns_total', { outcome: 'fine' })).toBe(1)
  expect(get('turns_total', { outcome: 'drift' })).toBe(1)
  expect(get('turn_duration_seconds_count')).toBe(2)
  expect(get('last_success_timestamp_seconds')).toBe(Date.UTC(2026, 0, 5, 9, 0) / 1000)
  expect(get('requests_total', { status: '429' })).toBe(2)
  expect(get('throttled_total')).toBe(2)
  expect(get('notifications_total', { channel: 'slack-1', outcome: 'sent' })).toBe(1)
  expect(get('deliveries', { state: 'sent' })).toBe(1)
  expect(get('info', { version: '1.2.3' })).toBe(1)
})

test('a disk that is full for a while ends nothing: what was found then is told later, once', async () => {
  const rig = new Rig()
  let isFull = false
  const add = rig.store.addTurn.bind(rig.store)
  rig.store.addTurn = (turn) => {
    if (isFull) throw new Error('database or disk is full')
    add(turn)
  }
  await rig.run(3, (look) => {
    isFull = look === 1
    return [a]
  })
  expect(rig.lines).toContain('It failed in its middle: database or disk is full.')
  expect(rig.reported()).toEqual(['new A'])
})

test('it says that it does nothing any more, where it does not', async () => {
  const rig = new Rig()
  await rig.run(1, () => [])
  expect(rig.watcher?.health()).toBeUndefined()
  expect(rig.watcher?.readiness()).toBeUndefined()
  rig.clock.jump(3_600_000)
  expect(rig.watcher?.health()).toBe('it does nothing any more')
})
