import { count } from '../render/plain-text.ts'
import type { Channel } from './channels/channel.ts'
import { deliver } from './deliver.ts'
import { degradedIn, type DriftItem, type FindingName } from './items.ts'
import { runLoop } from './loop.ts'
import { messageOf } from './message.ts'
import type { Metrics } from './metrics.ts'
import { newsOf, type KnownItem, type News, type Scope, type Trouble } from './news.ts'
import type { PageFacts } from './page.ts'
import { isQuiet, type QuietTime } from './quiet.ts'
import type { WatchSchedule } from './schedule.ts'
import type { WatchStore } from './store.ts'
import { closingOf, type Looked, type Turn, type TurnResult } from './turn.ts'

/** What a watcher needs. Clock, timers, chance and the look itself are handed in. */
export interface WatcherOptions {
  schedule: WatchSchedule
  store: WatchStore
  metrics: Metrics
  channels: readonly Channel[]
  quiet: readonly QuietTime[]
  /** The findings that are told. */
  reported: readonly FindingName[]
  /** After how long what is still open is told again. */
  remindMs?: number
  link?: string
  now(): number
  timer(ring: () => void, ms: number): () => void
  random(): number
  newId(): string
  stopped: Promise<void>
  /** Nothing comes back where it was stopped. */
  look(): Promise<TurnResult | undefined>
  /** What went wrong in words, without secrets. */
  words(error: unknown): string
  /** A turn, for who reads along. */
  report(turn: Turn, news: readonly News[]): void
  /** A line for who reads along. */
  say(line: string): void
}

/** Longer than that no turn takes; and between two turns the loop comes by each minute. */
const [longestTurnMs, longestPauseMs] = [3_600_000, 300_000]

/** What is being sent is waited for so long when it is to stop. */
const lastWordMs = 700

/** Looks when it is time to, remembers what it found, and tells what is new. */
export class Watcher {
  readonly #options: WatcherOptions
  readonly #cut = new AbortController()
  #isStopped = false
  /** When the loop last did something, and whether that is a turn that goes on. */
  #beat: { at: number; isTurn: boolean }
  #last: Turn | undefined
  /** Nothing waits to be told: to look for that each minute would be idle. */
  #hasNothingToTell = false

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#beat = { at: options.now(), isTurn: false }
    ;[this.#last] = options.store.turns(1)
    options.store.transaction(() => options.store.dropOthers(options.channels.map(({ name }) => name)))
  }

  /** Runs until it is stopped. */
  async run(): Promise<void> {
    const { schedule, now, timer, random, stopped, metrics, say } = this.#options
    void stopped.then(() => {
      this.#isStopped = true
      timer(() => this.#cut.abort(new Error('polyctl watch was stopped')), lastWordMs)
    })
    await runLoop({
      schedule,
      now,
      timer,
      random,
      stopped,
      turn: () => this.#surviving(() => this.#turn(), false),
      between: () => this.#surviving(() => this.#between(), undefined),
      skipped(reason, moments) {
        metrics.skipped(reason, moments)
        say(`${count(moments, 'turn')} skipped: ${whySkipped[reason]}.`)
      },
      wentBack(ms) {
        metrics.clockWentBack()
        say(`The clock went back by ${Math.round(ms / 1000)} s.`)
      }
    })
  }

  /** Why it should be started anew; undefined where all is well. */
  health(): string | undefined {
    const { at, isTurn } = this.#beat
    const silent = this.#options.now() - at
    return silent > (isTurn ? longestTurnMs : longestPauseMs) ? 'it does nothing any more' : undefined
  }

  /** Why what it shows is not to be relied on; undefined where it is. */
  readiness(): string | undefined {
    if (this.#last === undefined) return 'no turn has ended yet'
    return this.#last.outcome === 'failed' ? 'the last turn failed' : undefined
  }

  /** What the page shows. */
  facts(): Omit<PageFacts, 'version'> {
    const { store, schedule, now } = this.#options
    return {
      schedule: schedule.text,
      now: now(),
      known: store.allKnown(),
      troubles: store.troubles(),
      turns: store.turns(50),
      deliveries: store.counts(),
      undelivered: store.problems()
    }
  }

  /** A disk that is full, say, is no reason to end: what was not written is found, or sent, again. */
  async #surviving<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#options.say(`It failed in its middle: ${this.#options.words(error)}.`)
      return otherwise
    }
  }

  async #turn(): Promise<boolean> {
    const { now, look, store, metrics, report } = this.#options
    const at = now()
    this.#beat = { at, isTurn: true }
    const result = await look()
    if (result === undefined) return true
    const ended = now()
    const news = store.transaction(() =>
      this.#remember(result, { at: ended, tookMs: Math.max(0, ended - at) })
    )
    this.#count(result)
    if (this.#last !== undefined) {
      metrics.turn(this.#last.outcome, ended, this.#last.tookMs)
      report(this.#last, news)
    }
    this.#beat = { at: now(), isTurn: false }
    return this.#last?.outcome !== 'failed'
  }

  /** In one transaction: what is known now, what is news of it, and the turn itself. */
  #remember(result: TurnResult, { at, tookMs }: { at: number; tookMs: number }): News[] {
    const { store } = this.#options
    const news = [...this.#scopesNews(result, at), ...this.#reminders(at)]
    store.addNews(news)
    const known = store.allKnown()
    const open = known.length
    const failing = result.looked.filter(({ ok }) => !ok)
    const outcome =
      result.trouble !== undefined || failing.length > 0 ? 'failed' : open > 0 ? 'drift' : 'fine'
    const { requests, throttled } = result
    const closing = [closingOf(result, known, news), ...result.notes].join(' ')
    this.#last = { at, tookMs, outcome, closing, open, news: news.length, requests, throttled }
    store.addTurn(this.#last)
    this.#hasNothingToTell = false
    store.tidy(at)
    return news
  }

  #scopesNews({ looked, trouble }: TurnResult, at: number): News[] {
    const { store } = this.#options
    const all: Scope = { id: '', name: '' }
    const whole = trouble === undefined ? this.#ended(all, at) : this.#failed(all, trouble, at)
    if (trouble !== undefined) return whole
    store.keepOnly(looked.map(({ scope }) => scope.id))
    return [
      ...whole,
      ...looked.flatMap((one) => (one.ok ? this.#found(one, at) : this.#failed(one.scope, one.trouble, at)))
    ]
  }

  #found({ scope, found, before }: Extract<Looked, { ok: true }>, at: number): News[] {
    const { store, reported } = this.#options
    const wanted = (all: readonly DriftItem[]): DriftItem[] =>
      all.filter(({ finding }) => reported.includes(finding))
    const known = store.known(scope.id)
    const first = wanted(before ?? found)
    const news = newsOf(scope, known, first, { at, healed: new Set() })
    const then = knownAfter(known, first, at)
    const now = wanted(found)
    const healed = new Set(before === undefined ? [] : first.map(({ key }) => key))
    const more = before === undefined ? [] : newsOf(scope, then, now, { at, healed })
    store.setKnown(scope, [...knownAfter(then, now, at).values()])
    return [...this.#ended(scope, at), ...news, ...more]
  }

  /** Told once, until it is over or of another sort. */
  #failed(scope: Scope, trouble: Trouble, at: number): News[] {
    const { store } = this.#options
    const before = store.troubles().find((one) => one.scope.id === scope.id)
    const since = before?.since ?? at
    store.setTrouble({ scope, since, trouble })
    return before?.trouble.sort === trouble.sort ? [] : [{ of: 'failed', scope, at, since, trouble }]
  }

  #ended(scope: Scope, at: number): News[] {
    const { store } = this.#options
    const before = store.troubles().find((one) => one.scope.id === scope.id)
    if (before === undefined) return []
    store.endTrouble(scope.id)
    return [{ of: 'recovered', scope, at, since: before.since }]
  }

  /** What has been open for long, each so often. */
  #reminders(at: number): News[] {
    const { store, remindMs } = this.#options
    if (remindMs === undefined) return []
    const last = Math.min(at, Number(store.fact('reminded') ?? 0))
    const lasting = store.allKnown().filter(({ since }) => at - since >= remindMs)
    const failing = store.troubles().filter(({ since }) => at - since >= remindMs)
    if (at - last < remindMs || lasting.length + failing.length === 0) return []
    store.setFact('reminded', String(at))
    return [
      ...lasting.map(({ scope, since, found }): News => ({ of: 'open', scope, at, since, found })),
      ...failing.map(({ scope, since, trouble }): News => ({ of: 'open', scope, at, since, trouble }))
    ]
  }

  #count({ looked, trouble }: TurnResult): void {
    const { metrics } = this.#options
    for (const one of looked) {
      if (!one.ok) continue
      metrics.found(one.scope, one.found)
      const left = new Set(one.found.map(({ key }) => key))
      metrics.healed((one.before ?? []).filter(({ key }) => !left.has(key)).length)
    }
    if (trouble === undefined) metrics.keepOnly(looked.map(({ scope }) => scope.id))
  }

  /** Makes a message of what waits, and sends what is due; in quiet times neither. */
  async #between(): Promise<void> {
    const { store, channels, quiet, now, newId, link, metrics, say } = this.#options
    this.#beat = { at: now(), isTurn: false }
    if (this.#hasNothingToTell || isQuiet(now(), quiet)) return
    const waiting = store.waitingNews()
    if (waiting.length > 0) {
      const [at, known] = [now(), store.allKnown()]
      const degraded = degradedIn(known)
      const organizations = new Set(waiting.map(({ scope }) => scope.id)).size
      const id = newId()
      const message = messageOf(waiting, {
        id,
        at,
        open: known.length,
        ...(degraded > 0 ? { degraded } : {}),
        organizations,
        ...(link === undefined ? {} : { link })
      })
      const names = channels.map(({ name }) => name)
      store.transaction(() => store.addMessage(id, at, message, names))
    }
    await deliver({
      ...this.#options,
      isStopped: () => this.#isStopped,
      cut: this.#cut.signal,
      onOutcome(channel, outcome, problem) {
        metrics.notification(channel.name, outcome)
        if (problem !== undefined) say(`${channel.name} could not be told: ${problem}.`)
      }
    })
    const counts = store.counts()
    metrics.deliveries(counts)
    this.#hasNothingToTell = counts.pending === 0
  }
}

const whySkipped = {
  overlap: 'the one before took too long',
  late: 'the machine slept, or its clock went forward',
  backoff: 'a failed one was waited out'
} as const

function knownAfter(
  before: ReadonlyMap<string, KnownItem>,
  found: readonly DriftItem[],
  at: number
): Map<string, KnownItem> {
  return new Map(
    found.map((one) => [
      one.key,
      { digest: one.digest, since: before.get(one.key)?.since ?? at, found: one }
    ])
  )
}
