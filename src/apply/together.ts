import type { Kind } from '../kinds/kind.ts'
import { listOf } from '../remote/observe.ts'
import { pages } from '../remote/pages.ts'
import type { Reader } from '../remote/transport.ts'
import { textOf, type JsonObject } from '../state/value.ts'

/**
 * R26: Some answers to creates do not tell when the resource was made, so that each may be the recorded one
 * of a resource that was deleted or changed since. All of a kind that were made at about the same time are
 * looked at together, in one read of their list, in place of one read each.
 */
export class Together {
  readonly #reader: Reader
  readonly #moved: () => void
  readonly #kinds = new Map<Kind, Expected>()
  #waiting = 0

  /** `moved` is called when one more waits, or is not expected any more. */
  constructor(reader: Reader, moved: () => void) {
    this.#reader = reader
    this.#moved = moved
  }

  /** How many wait to be looked at: they need no place among the running changes. */
  get waiting(): number {
    return this.#waiting
  }

  /** Expects one that is being made: until it waits or is late, the others wait for it. */
  expect(kind: Kind): Arriving {
    const expected = this.#kinds.get(kind) ?? { coming: 0, waiting: [] }
    this.#kinds.set(kind, expected)
    expected.coming += 1
    let isComing = true
    const late = (): void => {
      if (!isComing) return
      isComing = false
      expected.coming -= 1
      this.#moved()
    }
    const { api } = kind
    const isWhole = api.access === 'listed' && api.lightList?.(this.#reader.version) !== true
    return {
      late,
      listed: async (id) => {
        if (!isComing || !isWhole) return undefined
        const { promise, resolve, reject } = Promise.withResolvers<JsonObject | undefined>()
        expected.waiting.push({ id, resolve, reject })
        this.#waiting += 1
        late()
        return await promise
      }
    }
  }

  /** Looks at those of each kind of which nothing is expected any more, and nothing `isNext`. */
  look(isNext: (kind: Kind) => boolean): void {
    for (const [kind, expected] of this.#kinds) {
      if (expected.coming > 0 || expected.waiting.length === 0 || isNext(kind)) continue
      const waiting = expected.waiting.splice(0)
      void this.#end(waiting, this.#listed(kind, waiting.length))
    }
  }

  async #end(
    waiting: readonly Waiting[],
    listed: Promise<Map<string, JsonObject> | undefined>
  ): Promise<void> {
    let found: Map<string, JsonObject> | undefined
    try {
      found = await listed
    } catch (error) {
      // A mistake of polyctl is told with one of them; the others are read by themselves.
      waiting[0]?.reject(error)
    }
    this.#waiting -= waiting.length
    for (const { id, resolve } of waiting) resolve(found?.get(id))
  }

  async #listed(kind: Kind, count: number): Promise<Map<string, JsonObject> | undefined> {
    // One is read by itself, which costs no more.
    const list = count > 1 ? await listOf(this.#reader, kind) : undefined
    if (!list?.ok) return undefined
    const found = new Map<string, JsonObject>()
    for await (const page of pages(this.#reader, list, true)) {
      if (!page.ok) return undefined
      for (const wire of page.items) found.set(textOf(wire['id']), wire)
    }
    return found
  }
}

/** The resources of a kind that are being made, and those that wait to be looked at. */
interface Expected {
  coming: number
  waiting: Waiting[]
}

interface Waiting {
  id: string
  resolve: (wire: JsonObject | undefined) => void
  reject: (error: unknown) => void
}

/** One that is being made. */
export interface Arriving {
  /** Returns it as the list has it; undefined where it must be read by itself. */
  listed(id: string): Promise<JsonObject | undefined>
  /** Says that it takes longer, or needs no look: the others do not wait for it. */
  late(): void
}
