import type { Kind } from '../kinds/kind.ts'
import type { Address } from '../state/resource.ts'
import { textOf } from '../state/value.ts'
import type { RequestResult } from './failure.ts'
import { identityPath, type EarlyResults } from './options.ts'
import { itemsOf, nextToken } from './pages.ts'
import { retrying } from './read.ts'
import type { Reader } from './transport.ts'
import type { Query } from './tries.ts'

/**
 * Answers to questions that were asked before it was known what the files say. Each is taken by whoever would
 * have asked the same, once: asked a second time, the service is asked again.
 */
export class EarlyAnswers implements EarlyResults {
  readonly #answers = new Map<string, Promise<RequestResult>>()
  readonly #lists: { kind: Kind; path: string; first: Promise<RequestResult> }[] = []

  /** Asks whose key this is, and for the first page of the list of each kind that has a list. */
  ask(reader: Reader, kinds: readonly Kind[]): void {
    this.#keep(identityPath, reader.me())
    for (const kind of kinds) {
      const { api } = kind
      const path = api.olderPaths?.[reader.version] ?? api.path
      // Where the organization is part of the path, the list waits for the answer to who it is.
      if (api.access !== 'listed' || path.includes('{organization}')) continue
      const first = reader.get(path)
      this.#keep(path, first)
      this.#lists.push({ kind, path, first })
    }
  }

  /**
   * Asks for what the first pages lead to, if the files are sound: the second pages, and the declared
   * resources on the first ones where a list does not tell all of them. No more than that: of files that
   * are not sound nobody reads the service any further.
   */
  async follow(reader: Reader, declared: readonly Address[]): Promise<void> {
    await Promise.all(
      this.#lists.map(async ({ kind, path, first }) => {
        const answer = await first
        // Who took the list goes on with it alone.
        if (!answer.ok || this.#answers.get(path) !== first) return
        const token = nextToken(answer.body)
        const query = token === undefined ? undefined : { page_token: token }
        if (query) this.#keep(keyOf(path, query), reader.get(path, query))
        if (kind.api.access !== 'listed' || kind.api.lightList?.(reader.version) !== true) return
        const names = new Set(declared.flatMap((one) => (one.kind === kind.name ? one.name : [])))
        for (const { id, name } of itemsOf(answer.body, kind.naming?.wire ?? 'name') ?? []) {
          const one = `${path}/${encodeURIComponent(textOf(id))}`
          if (names.has(textOf(name)) && !this.#answers.has(one))
            this.#keep(one, reader.get(one, {}, retrying(kind)))
        }
      })
    )
  }

  take(path: string, query: Query): Promise<RequestResult> | undefined {
    const key = keyOf(path, query)
    const answer = this.#answers.get(key)
    this.#answers.delete(key)
    return answer
  }

  /** What was answered before a write may be wrong after it. */
  drop(): void {
    this.#answers.clear()
  }

  /** Whoever takes an answer sees how it failed; one that nobody takes has failed for nobody. */
  #keep(key: string, answer: Promise<RequestResult>): void {
    answer.catch(() => undefined)
    this.#answers.set(key, answer)
  }
}

function keyOf(path: string, query: Query): string {
  const search = new URLSearchParams(query).toString()
  return search === '' ? path : `${path}?${search}`
}
