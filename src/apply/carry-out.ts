import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kind } from '../kinds/kind.ts'
import { isDifference, pendingNeed } from '../plan/pending.ts'
import type { Change, Create, Plan } from '../plan/plan.ts'
import { failureProblem } from '../remote/failure.ts'
import { namesakes } from '../remote/namesakes.ts'
import type { Writer } from '../remote/transport.ts'
import { openRedaction } from '../state/redaction.ts'
import { addressText, type Address } from '../state/resource.ts'
import type { ApplyEvent, Outcome, Report } from './events.ts'
import { openKnowledge } from './knowledge.ts'
import { isHalfDone, ofSecondStep, secondStep } from './follow.ts'
import { mistakeProblem } from './mistake.ts'
import type { ApplyOptions } from './options.ts'
import { deletionsAndAfter, needsOf } from './order.ts'
import { perform } from './perform.ts'
import { openQueue } from './queue.ts'
import { Together } from './together.ts'

/**
 * R24, R30: Carries out a plan, and yields events. A change starts as soon as those that it depends on
 * are done; a failure skips its dependents and nothing else. Each change has exactly one outcome. When
 * the consumer stops iterating, no further change is started.
 */
export async function* carryOut(
  plan: Plan,
  writer: Writer,
  options: ApplyOptions
): AsyncGenerator<ApplyEvent, Report> {
  const queue = openQueue<ApplyEvent>()
  const run = new Run(plan, writer, options, queue.push)
  const finished = run.toTheEnd().finally(queue.close)
  try {
    yield* queue.items
    const report = await finished
    yield { type: 'end', report }
    return report
  } finally {
    run.stop('nobody listens any more')
    await finished.catch(() => undefined)
  }
}

class Run {
  readonly #plan: Plan
  readonly #writer: Writer
  readonly #byAddress: ReadonlyMap<string, Change>
  readonly #todo: Map<string, Change>
  /** Deletions, and what waits for one: they start when everything else has ended. */
  readonly #late: ReadonlySet<string>
  readonly #settled = new Map<string, { address: Address; action: Change['action']; outcome: Outcome }>()
  readonly #underWay = new Map<string, Promise<void>>()
  /** Ids of what is half done: there, without what closes a circle. */
  readonly #halfDone = new Map<string, string>()
  readonly #emit: (event: ApplyEvent) => void
  readonly #redaction = openRedaction()
  readonly #options: ApplyOptions
  readonly #perform: (change: Change, pending: string | undefined) => Promise<Outcome>
  /** Changes whose request was sent before an error of polyctl itself ended them. */
  readonly #sent = new Set<Change>()
  readonly #together: Together
  /** Resolves when something has moved, so that other changes may start. */
  #moved = Promise.withResolvers<void>()
  /** More could start, had it a place. */
  #isFull = false
  #stopped: string | undefined
  #interrupted = false

  constructor(plan: Plan, writer: Writer, options: ApplyOptions, emit: (event: ApplyEvent) => void) {
    const knowledge = openKnowledge(plan, options.observed, writer.version)
    const attempted = plan.changes.filter(
      (change) => change.action !== 'none' || change.waiting !== undefined
    )
    this.#plan = plan
    this.#writer = writer
    this.#byAddress = new Map(plan.changes.map((change) => [addressText(change), change]))
    this.#options = options
    this.#redaction.addLater(() => options.vault.known())
    this.#emit = emit
    this.#todo = new Map(attempted.map((change) => [addressText(change), change]))
    this.#late = deletionsAndAfter(this.#todo)
    this.#together = new Together(writer, () => this.#moved.resolve())
    this.#perform = (change, pending) =>
      perform(change, pending, {
        writer: {
          ...writer,
          send: (method, path, sent) => {
            this.#sent.add(change)
            return writer.send(method, path, sent)
          }
        },
        knowledge,
        options,
        together: this.#together,
        note: (text) => emit({ type: 'note', address: addressOf(change), text })
      })
  }

  stop(because: string): void {
    this.#stopped ??= because
    this.#moved.resolve()
  }

  async toTheEnd(): Promise<Report> {
    const changes = [...this.#todo.values()].map((change) => ({
      address: addressOf(change),
      action: change.action,
      ...(isDifference(change) ? {} : { waits: true as const })
    }))
    this.#emit({ type: 'begin', changes })
    void this.#options.interrupted.then(() => {
      this.#interrupted = true
      this.stop('it was interrupted')
    })
    // Lets an interrupt that came while the plan was made take effect before anything starts.
    await Promise.resolve()
    for (;;) {
      this.#moved = Promise.withResolvers()
      this.#startWhatCan()
      if (this.#underWay.size === 0) break
      this.#together.look((kind) => this.#isNext(kind))
      await this.#moved.promise
    }
    for (const change of this.#todo.values())
      this.#settle(change, { outcome: 'skipped', because: 'what it waits for waits for it' })
    const problems = await this.#twins()
    return { ...this.#report(), ...(problems.length > 0 ? { problems } : {}) }
  }

  /**
   * R27: Looks for a second resource of the same name beside each that was created, and reports both.
   * Lists are read once, when all changes are done.
   */
  async #twins(): Promise<Diagnostic[]> {
    if (this.#stopped !== undefined) return []
    const problems: Diagnostic[] = []
    for (const kind of this.#options.kinds.managed) {
      const created = this.#createdOf(kind.name)
      if (kind.api.access === 'derived' || kind.api.uniqueNames || created.length === 0) continue
      try {
        const found = await namesakes(this.#writer, kind, created)
        for (const { created: one, failure } of found) {
          const address = addressText({ kind: kind.name, name: one.name })
          const span = this.#byAddress.get(address)?.span
          problems.push(failureProblem(failure, `looking for ${address}`, span))
        }
      } catch {
        // All changes are done: a failing look must not lose the report.
      }
    }
    return problems
  }

  #createdOf(kind: string): { name: string; id: string }[] {
    return [...this.#settled.values()].flatMap(({ address, action, outcome }) => {
      const isMade = address.kind === kind && action === 'create' && 'id' in outcome
      return isMade && outcome.id !== undefined ? [{ name: address.name, id: outcome.id }] : []
    })
  }

  /** Whether more of a kind will be made as soon as there is a place. */
  #isNext({ name }: Kind): boolean {
    if (!this.#isFull) return false
    const isNext = (change: Change): boolean =>
      change.kind === name && change.action === 'create' && this.#verdict(change) === 'start'
    return this.#todo.values().some(isNext)
  }

  #startWhatCan(): void {
    this.#isFull = false
    // Each outcome may let other changes start, or skip them: repeat until nothing moves.
    for (let moved = true; moved;) {
      moved = false
      for (const [address, change] of this.#todo) {
        const verdict = this.#guarded(change, () => this.#verdict(change))
        if (verdict === 'wait') continue
        this.#isFull = this.#underWay.size - this.#together.waiting >= this.#options.parallelism
        if (verdict === 'start' && this.#isFull) return
        this.#todo.delete(address)
        moved = true
        if (verdict === 'start') this.#start(address, change)
        else this.#settle(change, verdict)
      }
    }
  }

  #verdict(change: Change): 'start' | 'wait' | Outcome {
    const { wait } = this.#options
    const id = this.#halfDone.get(addressText(change))
    if (id !== undefined && change.action === 'create') return this.#secondVerdict(change, id)
    if (change.action === 'none' && (!wait || this.#stopped !== undefined))
      return { outcome: 'pending', id: change.id, because: change.waiting ?? '' }
    if (this.#stopped !== undefined) return { outcome: 'skipped', because: this.#stopped }
    // Deletions cannot be undone: they start when all that can end without one has ended.
    if (change.action === 'delete' && this.#buildsStill()) return 'wait'
    return this.#waitsFor(wait ? needsOf(change) : change.after)
  }

  #secondVerdict(change: Create, id: string): 'start' | 'wait' | Outcome {
    const { follows } = change
    const verdict =
      this.#stopped === undefined
        ? this.#waitsFor(follows?.after ?? [])
        : { outcome: 'skipped' as const, because: this.#stopped }
    return typeof verdict === 'string' ? verdict : ofSecondStep(change, id, verdict)
  }

  #waitsFor(addresses: readonly string[]): 'start' | 'wait' | Outcome {
    for (const address of addresses) {
      if (this.#halfDone.has(address)) continue
      const outcome = this.#settled.get(address)?.outcome
      if (outcome === undefined && (this.#todo.has(address) || this.#underWay.has(address))) return 'wait'
      const lost = outcome?.outcome === 'failed' || outcome?.outcome === 'skipped'
      if (lost)
        return {
          outcome: 'skipped',
          because: `${address} ${outcome.outcome === 'failed' ? 'failed' : 'was skipped'}`
        }
      if (outcome?.outcome === 'pending' && outcome.id === undefined)
        return { outcome: 'pending', because: `${address} is pending` }
    }
    return 'start'
  }

  #buildsStill(): boolean {
    const open = [...this.#todo.keys(), ...this.#underWay.keys()]
    return open.some((address) => !this.#late.has(address))
  }

  #start(address: string, change: Change): void {
    const half = this.#halfDone.get(address)
    if (half === undefined) this.#emit({ type: 'start', address: addressOf(change), action: change.action })
    const work = async (): Promise<void> => {
      let outcome: Outcome
      try {
        outcome = await this.#step(change, half)
      } catch (error) {
        outcome = this.#mistake(change, error)
      }
      this.#underWay.delete(address)
      this.#moved.resolve()
      if (half === undefined && isHalfDone(change, outcome)) {
        this.#halfDone.set(address, outcome.id)
        this.#todo.set(address, change)
        return
      }
      this.#settle(change, outcome)
      if (outcome.outcome === 'failed' && this.#options.failFast) this.stop('another change failed')
    }
    this.#underWay.set(address, work())
  }

  async #step(change: Change, half: string | undefined): Promise<Outcome> {
    const pending = this.#pendingBelow(change)
    if (half === undefined || change.action !== 'create') return await this.#perform(change, pending)
    return ofSecondStep(change, half, await this.#perform(secondStep(change, half), pending))
  }

  #guarded<T>(change: Change, work: () => T): T | Outcome {
    try {
      return work()
    } catch (error) {
      return this.#mistake(change, error)
    }
  }

  /** An unexpected error in one change fails that change, and leaves the others alone. */
  #mistake(change: Change, error: unknown): Outcome {
    const wasSent = this.#sent.has(change)
    return { outcome: 'failed', problem: mistakeProblem(change, error, wasSent, this.#redaction.words) }
  }

  /**
   * Returns the first address, among those that a change needs directly or not, that waits for a person.
   */
  #pendingBelow(change: Change): string | undefined {
    const needed = new Set(needsOf(change))
    for (const address of needed) {
      const settled = this.#settled.get(address)?.outcome.outcome
      const below = this.#byAddress.get(address)
      if (settled === 'pending' || (settled === undefined && below?.waiting !== undefined)) return address
      // The loop also visits what is added to the set meanwhile.
      if (below) for (const deeper of needsOf(below)) needed.add(deeper)
    }
    // What is declared nowhere has no change, and nobody authorizes it here.
    const need = pendingNeed(change)
    return need !== undefined && !this.#byAddress.has(need) ? need : undefined
  }

  #settle(change: Change, outcome: Outcome): void {
    const settled = { address: addressOf(change), action: change.action, outcome }
    this.#settled.set(addressText(change), settled)
    this.#emit({ type: 'settled', ...settled })
  }

  #report(): Report {
    const order = this.#plan.changes.map(addressText)
    const settled = order.flatMap((address) => this.#settled.get(address) ?? [])
    const counts = { done: 0, failed: 0, skipped: 0, pending: 0 }
    for (const { outcome } of settled) counts[outcome.outcome] += 1
    return { settled, counts, interrupted: this.#interrupted }
  }
}

function addressOf(change: Change): Address {
  const { kind, name, pin } = change
  return { kind, name, ...(pin === undefined ? {} : { pin }) }
}
