import type { Kind } from '../kinds/kind.ts'
import type { RequestResult } from './failure.ts'
import { identityPath, type EarlyResults } from './options.ts'
import type { Reader } from './transport.ts'

/**
 * Answers to questions that were asked before it was known what the files say. Each is taken by whoever would
 * have asked the same, once: asked a second time, the service is asked again.
 */
export class EarlyAnswers implements EarlyResults {
  readonly #answers = new Map<string, Promise<RequestResult>>()

  /** Asks whose key this is, and for the first page of the list of each kind that has a list. */
  ask(reader: Reader, kinds: readonly Kind[]): void {
    this.#answers.set(identityPath, reader.me())
    for (const { api } of kinds) {
      const path = api.olderPaths?.[reader.version] ?? api.path
      // Where the organization is part of the path, the list waits for the answer to who it is.
      if (api.access === 'listed' && !path.includes('{organization}'))
        this.#answers.set(path, reader.get(path))
    }
    // Whoever takes an answer sees how it failed; one that nobody takes has failed for nobody.
    for (const answer of this.#answers.values()) void answer.catch(() => undefined)
  }

  take(path: string): Promise<RequestResult> | undefined {
    const answer = this.#answers.get(path)
    this.#answers.delete(path)
    return answer
  }

  /** What was answered before a write may be wrong after it. */
  drop(): void {
    this.#answers.clear()
  }
}
