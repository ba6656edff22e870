import type { Kind } from '../kinds/kind.ts'
import type { Answer, Failure } from './failure.ts'
import type { Reader } from './transport.ts'

/** After each refusal the wait grows by this much: 5, 10, 15 … seconds, not quite four minutes in all. */
const pauseMs = 5_000
const rounds = 10

/**
 * Asks again while the service says that it is still reading the source: a connection that was made a
 * moment ago is known in full only after a while. It is told each time, for it can take minutes. What is
 * refused for any other reason is refused at once.
 */
export async function patiently(
  reader: Reader,
  kind: Kind,
  attempt: () => Promise<Answer>
): Promise<Answer> {
  for (let round = 1; ; round++) {
    const answer = await attempt()
    if (answer.ok || round === rounds || !isNotYet(kind, answer.failure)) return answer
    const ms = pauseMs * round
    reader.note(
      `the service is still reading the source (${answer.failure.words}): again in ${ms / 1000} s`
    )
    await reader.sleep(ms)
  }
}

function isNotYet(kind: Kind, { status, words }: Failure): boolean {
  if (status !== 400 && status !== 422) return false
  const said = words.toLowerCase()
  return kind.api.notYet?.some((text) => said.includes(text)) === true
}
