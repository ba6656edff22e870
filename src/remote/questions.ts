import type { Kinds } from '../kinds/kind.ts'
import type { ServiceAnswer, Answers, Question } from '../state/question.ts'
import { pathOfOne } from './address.ts'
import type { Budget } from './budget.ts'
import {
  enumerateBulkDestination,
  enumerateBulkSource,
  enumerateCreationValues,
  enumerateSource,
  enumerateSourceFields,
  enumerateTargetFields,
  enumerateTargets,
  enumerateTypes,
  type BulkEnd,
  type Enumerated
} from './enumerate.ts'
import type { Failure } from './failure.ts'
import type { Reader } from './transport.ts'

/** How each question is asked, below the path of what is looked into. */
const ways: {
  [A in keyof Answers]: (
    reader: Reader,
    end: BulkEnd,
    question: Question<A>
  ) => Promise<Enumerated<Answers[A]>>
} = {
  source: (reader, { at }, { chosen }) => enumerateSource(reader, at, chosen),
  'source fields': (reader, { at }, { chosen }) => enumerateSourceFields(reader, at, chosen),
  targets: (reader, { at }, { withValues }) => enumerateTargets(reader, at, withValues),
  'creation values': (reader, { at }, { property }) => enumerateCreationValues(reader, at, property),
  target: (reader, { at }, { object }) => enumerateTargetFields(reader, at, object),
  schemas: (reader, end, { withFields }) => enumerateBulkSource(reader, end, withFields),
  destination: (reader, end) => enumerateBulkDestination(reader, end),
  types: (reader) => enumerateTypes(reader)
}

/** R39: Asks one question of a plan, with GET or with what the oldest versions read by POST. */
export async function askService<A extends keyof Answers>(
  reader: Reader,
  kinds: Kinds,
  question: Question<A>
): Promise<ServiceAnswer<Answers[A]>> {
  const { about, at } = question
  const kind = kinds.managed.find(({ name }) => name === at.kind)
  if (!kind) throw new Error(`no kind ${at.kind}`)
  const path = await pathOfOne(reader, kind, at.id)
  const answer = path.ok
    ? await ways[about](impatient(reader), { at: path.path, id: at.id }, question)
    : path
  if (answer.ok) return answer
  return { ok: false, refused: isAboutQuestion(answer.failure), words: wordsOf(answer.failure) }
}

/**
 * Whether a refusal may be about what was asked, and not about the key, or about what is under way. Whoever
 * is answered in another shape has not been understood.
 */
function isAboutQuestion({ code, status, words }: Failure): boolean {
  if (code === 'P612' || /cache refresh in progress|did not provide any schemas/i.test(words)) return false
  return status === 400 || status === 404 || status === 422
}

function wordsOf({ request, status, words }: Failure): string {
  return status === undefined ? `${request}: ${words}` : `${request} answered ${status}: ${words}`
}

/**
 * A plan without an answer is a plan all the same: what fails is tried once more and not for minutes. Where
 * the service asks to slow down, that holds for questions as well.
 */
function impatient(reader: Reader): Reader {
  const brief = (): Budget => {
    const whole = reader.budget()
    let failures = 0
    return {
      get course() {
        return whole.course
      },
      elapsedMs: () => whole.elapsedMs(),
      part: () => whole.part(),
      async again(tried, tell) {
        const isFinal = tried.is !== 'throttled' && (failures += 1) > mostFailures
        return await whole.again(isFinal ? { ...tried, is: 'final' } : tried, tell)
      }
    }
  }
  return {
    ...reader,
    get: (path, query, patience) => reader.get(path, query, { ...patience, budget: brief() }),
    ask: (path, body, patience) => reader.ask(path, body, { ...patience, budget: brief() })
  }
}

const mostFailures = 1
