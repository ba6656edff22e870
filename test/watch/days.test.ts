import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { makeRandom } from '../simulation/random.ts'
import { isFew } from '../support/samples.ts'
import { createWatchSandbox, watchEnv, type Hook, type WatchSandbox } from './command.ts'

/**
 * A watcher over many days with all that happens to one: people who edit and delete, applies, a service that is
 * away, receivers that refuse or whose answer is lost, clocks that jump, restarts in order, and kills at any moment
 * between two writes. Each new difference must be told exactly once, and none be left out.
 */
const days = isFew ? 20 : 200
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]

const names = Array.from({ length: 6 }, (_, index) => `C${index}`)
const configs = `connections:
${names.map((name) => `  - { name: ${name}, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" } }`).join('\n')}
`

class Days {
  readonly chance: () => number
  readonly box: WatchSandbox
  /** What was heard of what was received, each message once: by its key. No message is kept. */
  readonly heard = openHeard()
  /** What the last look that came to its end saw: the name and the database. */
  seen = new Map<string, string>()
  /** How often each difference appeared in a look. */
  readonly appeared = new Map<string, number>()
  readonly counts = { looks: 0, failures: 0, edits: 0, kills: 0, restarts: 0, jumps: 0, lost: 0 }
  isCalm = false
  isOver = false
  isDown = false
  isLooking = false
  isWatching = false
  isKilled = false
  stop: () => void = () => undefined
  data = 'watch-0'

  constructor(seed: number) {
    this.chance = makeRandom(seed).next
    this.box = createWatchSandbox({
      files: { 'configs/a.yaml': configs },
      io: { fetch: (request) => this.serve(request) },
      hook: (hook) => this.receive(hook),
      stopped: (stop) => {
        this.stop = stop
        this.isWatching = true
      },
      out: (text) => this.read(text)
    })
  }

  async serve(request: Request): Promise<Response> {
    this.isLooking = true
    if (this.isKilled) return await new Promise(() => undefined)
    if (this.isDown) throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
    return await this.box.server.fetch(request)
  }

  receive({ headers, body }: Hook): Response {
    const key = headers.get('idempotency-key') ?? ''
    const luck = this.isCalm ? 1 : this.chance()
    if (this.isKilled || luck < 0.1) return new Response('no', { status: 503 })
    this.heard.message(key, body)
    if (luck > 0.2) return new Response('ok')
    this.counts.lost += 1
    throw new TypeError('fetch failed', { cause: new Error('socket hang up') })
  }

  /** What the watcher says of each turn; what it saw then is what is live, as nobody edits meanwhile. */
  read(text: string): void {
    if (!text.startsWith('{"')) return
    const turn = JSON.parse(text) as { outcome?: string }
    this.isLooking = false
    if (turn.outcome === undefined || this.isKilled) return
    this.counts.looks += 1
    if (turn.outcome === 'failed') {
      this.counts.failures += 1
      return
    }
    const now = this.drifted()
    for (const name of now.keys())
      if (!this.seen.has(name)) this.appeared.set(name, (this.appeared.get(name) ?? 0) + 1)
    this.seen = now
  }

  /** What is live otherwise than the files say. */
  drifted(): Map<string, string> {
    const live = new Map(this.box.server.store.all('connection').map((one) => [one.name, one]))
    return new Map(
      names.flatMap((name) => {
        const { database } = (live.get(name)?.configuration ?? {}) as { database?: string }
        return database === 'd' ? [] : [[name, database ?? 'missing'] as const]
      })
    )
  }

  /** Somebody edits, puts back, or deletes one. */
  edit(): void {
    const { store } = this.box.server
    const one = store.all('connection').find(({ name }) => name === names[Math.floor(this.chance() * 6)])
    const way = this.chance()
    this.counts.edits += 1
    if (one === undefined) return
    if (way < 0.15) store.remove('connection', one.id)
    else {
      const database = way < 0.5 ? 'd' : `d${Math.floor(this.chance() * 3)}`
      store.edit('connection', one.id, { configuration: { ...(one.configuration as object), database } })
    }
  }

  /** Does something at random times, when there is a watcher and it does not look just then. */
  each(mean: number, what: () => void): void {
    const again = (ms: number): void =>
      void this.box.clock.outside(() => {
        if (this.isCalm) return
        if (this.isLooking || !this.isWatching) return again(5 * minute)
        what()
        again(this.chance() * 2 * mean)
      }, ms)
    again(this.chance() * mean)
  }

  /** A process that is killed leaves its folder as it is at that moment. */
  kill(): void {
    const next = `watch-${(this.counts.kills += 1)}`
    cpSync(join(this.box.folder, this.data), join(this.box.folder, next), { recursive: true })
    this.isKilled = true
    this.data = next
    this.stop()
  }

  async live(): Promise<void> {
    await this.box.run('apply', '--yes')
    const end = days * day
    const ending = (ms: number, what: () => void): void => void this.box.clock.outside(what, ms)
    ending(end, () => {
      this.isCalm = true
      this.isDown = false
      ending(2 * day, () => {
        this.isOver = true
        this.stop()
      })
    })
    this.each(9 * hour, () => this.edit())
    this.each(4 * day, () => {
      this.isDown = true
      ending(this.chance() * 10 * hour, () => void (this.isDown = false))
    })
    this.each(6 * day, () => {
      this.counts.restarts += 1
      this.stop()
    })
    this.each(8 * day, () => this.kill())
    this.each(15 * day, () => {
      this.counts.jumps += 1
      this.box.clock.jump((this.chance() - 0.5) * 2 * day)
    })
    while (!this.isOver) {
      const before = this.data
      const ran = await this.box.watch(
        0,
        '--every',
        '6h',
        '--remind',
        '7d',
        '--data',
        this.data,
        '--format',
        'json'
      )
      this.isWatching = false
      if (ran.code !== 130) throw new Error(`it ended with ${ran.code}: ${ran.err}`)
      if (this.isKilled) rmSync(join(this.box.folder, before), { recursive: true })
      this.isKilled = false
      this.isLooking = false
      this.box.server.clearRequests()
      // Somebody applies now and then.
      if (!this.isCalm && this.chance() < 0.4 && !this.isDown)
        await this.box.run('apply', '--yes', '--quiet')
    }
  }
}

/** What was said of each name: how often it appeared, what is open in the end, and what was said twice. */
interface Heard {
  readonly appeared: Map<string, number>
  readonly open: Set<string>
  readonly twice: string[]
  /** Messages with a secret in them. */
  readonly leaks: string[]
  message(key: string, body: Hook['body']): void
}

function openHeard(): Heard {
  const keys = new Set<string>()
  const all = new Map<string, string>()
  const appeared = new Map<string, number>()
  const open = new Set<string>()
  const twice: string[] = []
  const leaks: string[] = []
  return {
    appeared,
    open,
    twice,
    leaks,
    message(key, body) {
      if (keys.has(key)) return
      keys.add(key)
      if (JSON.stringify(body).includes(watchEnv.PASSWORD)) leaks.push(key)
      for (const { what, organization, name = '', at, reasons = [] } of body.news) {
        const said = [what, organization.id, name, at].join(' ')
        const message = `${key}, made ${body.at}: ${reasons.join('; ')}`
        const before = all.get(said)
        if (before !== undefined) twice.push(`${said} in ${before} and in ${message}`)
        all.set(said, message)
        if (what === 'new' || what === 'passed') appeared.set(name, (appeared.get(name) ?? 0) + 1)
        if (what === 'new' || what === 'changed') open.add(name)
        if (what === 'resolved' || what === 'passed') open.delete(name)
      }
    }
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test.each([[1], [2]].slice(0, isFew ? 1 : 2))(
  `${days} days (seed %i): each new difference is told once, and none is left out`,
  async (seed) => {
    const world = new Days(seed)
    const heap: number[] = []
    for (let at = 1; at <= 4; at += 1)
      world.box.clock.outside(
        () => {
          collect()
          heap.push(process.memoryUsage().heapUsed / 1024 / 1024)
        },
        (days * day * at) / 4
      )
    await world.live()
    const { appeared, open, twice, leaks } = world.heard
    expect(leaks).toEqual([])
    expect([...open].toSorted()).toEqual([...world.drifted().keys()].toSorted())
    expect(twice).toEqual([])
    expect([...appeared].toSorted(byName)).toEqual([...world.appeared].toSorted(byName))
    for (const [what, least] of Object.entries({
      looks: 3,
      failures: 0.4,
      edits: 1,
      kills: 0.05,
      restarts: 0.05,
      jumps: 0.02,
      lost: 0.02
    }))
      expect(world.counts[what as keyof typeof world.counts], what).toBeGreaterThanOrEqual(
        Math.floor(least * days)
      )
    // What looks keep would grow in each quarter.
    const [first = 0, , , last = 0] = heap
    const steady = Math.min(...heap.slice(1).map((now, index) => now - (heap[index] ?? 0)))
    expect(steady, heap.join(', ')).toBeLessThan(2)
    expect(last - first, heap.join(', ')).toBeLessThan(8)
  }
)

function byName([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a.localeCompare(b)
}
