import type { Channel, SendResult } from '../../src/watch/channels/channel.ts'
import type { DriftItem } from '../../src/watch/items.ts'
import type { Message } from '../../src/watch/message.ts'
import { openMetrics, type Metrics } from '../../src/watch/metrics.ts'
import { everySchedule } from '../../src/watch/schedule.ts'
import { WatchStore } from '../../src/watch/store.ts'
import type { TurnResult } from '../../src/watch/turn.ts'
import { Watcher, type WatcherOptions } from '../../src/watch/watcher.ts'
import { acme, watchClock } from './fake.ts'

const hour = 3_600_000

/** A watcher whose looks, receivers and time are in the hands of a test. */
export class Rig {
  readonly clock = watchClock()
  readonly metrics: Metrics = openMetrics('1.2.3')
  store = new WatchStore(undefined, () => '')
  readonly received: Message[] = []
  readonly lines: string[] = []
  /** What the next looks find; a text is why they fail. */
  found: DriftItem[] | string = []
  /** What receivers answer. */
  answer: SendResult = { ok: true }
  watcher: Watcher | undefined
  #ids = 0

  readonly channel: Channel = {
    name: 'slack-1',
    type: 'slack',
    send: async (message) => {
      if (this.answer.ok) this.received.push(message)
      return this.answer
    }
  }

  /** Runs for so many hours with a look each hour, with what is found then by number of the look, and stops. */
  async run(
    hours: number,
    finds: (look: number) => DriftItem[] | string | TurnResult = () => this.found,
    more: Partial<WatcherOptions> = {}
  ): Promise<void> {
    const read = everySchedule('1h', this.clock.now())
    if (!read.ok) throw new Error(read.reason)
    const stop = Promise.withResolvers<void>()
    this.clock.outside(() => stop.resolve(), (hours - 0.5) * hour)
    let looks = 0
    this.watcher = new Watcher({
      schedule: read.schedule,
      store: this.store,
      metrics: this.metrics,
      channels: [this.channel],
      quiet: [],
      reported: ['changed', 'missing', 'renamed', 'not-removed', 'unhealthy'],
      now: this.clock.now,
      timer: this.clock.timer,
      random: () => 1,
      newId: () => `id-${(this.#ids += 1)}`,
      stopped: stop.promise,
      look: async () => resultOf(finds((looks += 1))),
      words: (error) => (error instanceof Error ? error.message : String(error)),
      report: () => undefined,
      say: (line) => void this.lines.push(line),
      ...more
    })
    await this.clock.until(this.watcher.run())
  }

  /** What was received so far, as texts, one for each message; it is empty after that. */
  reported(): string[] {
    return this.received
      .splice(0)
      .map(({ news }) =>
        news
          .map(({ of, found, trouble }) => `${of} ${found?.name ?? trouble?.sort ?? ''}`.trim())
          .join(', ')
      )
  }
}

function resultOf(found: DriftItem[] | string | TurnResult): TurnResult {
  if (typeof found === 'object' && 'looked' in found) return found
  const common = { requests: 3, throttled: 0, notes: [] }
  if (typeof found === 'string')
    return { looked: [], trouble: { sort: found, reasons: ['it is down'] }, ...common }
  return { looked: [{ scope: acme, ok: true, found }], ...common }
}
