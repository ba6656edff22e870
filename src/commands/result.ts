import { inOrder, problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { thrownText } from '../diagnostics/thrown.ts'
import type { LookupView } from '../render/view/answer.ts'
import { exit, exitOfProblems } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'

/** What was looked up. */
export function lookupResult(code: number, view: LookupView): Result {
  return { code, answer: { type: 'lookup', view } }
}

/**
 * What was read before there was a problem: texts to show it in, and how many of them are configuration.
 */
export interface ReadSoFar {
  texts: ReadonlyMap<string, string>
  files: number
}

/** Before anything was read. */
export const nothingRead: ReadSoFar = { texts: new Map(), files: 0 }

/** Problems that are all that came of it. */
export async function problemsResult(
  io: CommandIo,
  problems: readonly Diagnostic[],
  read: ReadSoFar
): Promise<Result> {
  return await findingsResult(await exitOfProblems(problems), problems, { read, io })
}

/** What came of reading the files. */
export async function findingsResult(
  code: number,
  problems: readonly Diagnostic[],
  { read = nothingRead, resources = 0, interrupted = false, closing, io }: Findings = {}
): Promise<Result> {
  const { problemsView } = await import('../render/view/problems.ts')
  const sources = { texts: read.texts, ...(io === undefined ? {} : { hide: io.redaction.shown }) }
  const view = {
    files: read.files,
    resources,
    problems: problemsView(inOrder(problems), sources),
    interrupted,
    ...(closing === undefined ? {} : { closing })
  }
  return { code, answer: { type: 'findings', view } }
}

interface Findings {
  read?: ReadSoFar
  resources?: number
  interrupted?: boolean
  closing?: string
  io?: CommandIo
}

/** The person stopped it before there was an answer. */
export async function interruptedResult(closing = 'Interrupted.'): Promise<Result> {
  return await findingsResult(exit.interrupted, [], { interrupted: true, closing })
}

/** A mistake of ours, told as a problem. */
export async function failedResult(error: unknown): Promise<Result> {
  return await findingsResult(exit.failure, [mistakeOf(error)])
}

/** The same beside what came of it so far. */
export function mistakeOf(error: unknown): Diagnostic {
  const words = thrownText(error)
  const help = ['set POLYCTL_STACK=1 to see where, and please report it']
  return problem('P622', `polyctl failed in a way that it should not: ${words}`, { help })
}

/** What was typed and cannot be understood, for a document. People are told by the parser of the words. */
export async function wrongWordsResult(message: string, advice: string): Promise<Result> {
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n')
  const help = [...more.filter((line) => line !== ''), advice]
  const wrong = problem('P624', first.replace(/\.$/, ''), { help })
  return await findingsResult(exit.invalid, [wrong])
}
