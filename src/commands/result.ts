import { inOrder, problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { thrownText } from '../diagnostics/thrown.ts'
import type { Look } from '../render/style.ts'
import { exit, exitOfProblems } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { OutputOptions } from './options.ts'

/** A piece of what a person reads, and the stream that it goes to. */
export interface Piece {
  to: 'out' | 'err'
  text: string
}

/**
 * What a command comes to: one document for programs, or text for people. Commands return it, and it is
 * printed in one place, so that standard output can hold nothing beside the document, nor two of them. What
 * a person must see earlier, such as a plan before a question, is printed on the way.
 */
export type Result =
  | { code: number; format: 'json'; document: unknown }
  | {
      code: number
      format: 'text'
      pieces: readonly Piece[]
      /** What it comes to, in a sentence: for who puts several results together. */
      closing?: string
    }

/** The answer for programs. */
export function jsonResult(code: number, document: unknown): Result {
  return { code, format: 'json', document }
}

/** The answer for people. Pieces without text are nothing. */
export function textResult(code: number, ...pieces: Piece[]): Result {
  return { code, format: 'text', pieces: pieces.filter(({ text }) => text !== '') }
}

/** The same with the sentence that it comes to, unless it has one. */
export function closedBy(closing: string, result: Result): Result {
  return result.format === 'text' ? { closing, ...result } : result
}

/** Prints a result, and gives its exit code. */
export function printResult(result: Result, io: CommandIo): number {
  if (result.format === 'json') io.out(jsonText(io.redaction.data(result.document)))
  else for (const { to, text } of result.pieces) io[to](text)
  return result.code
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

/**
 * Problems that are all that came of it. Standard error for people, a document of their own for programs.
 */
export async function problemsResult(
  io: CommandIo,
  options: OutputOptions,
  problems: Diagnostic[],
  { texts, files }: ReadSoFar
): Promise<Result> {
  const sorted = inOrder(problems)
  const code = await exitOfProblems(sorted)
  if (options.format === 'json') return jsonResult(code, await documentOf(sorted, { files }))
  return textResult(code, await problemsPiece(io, options, sorted, texts))
}

/** Problems as a person reads them beside an answer. */
export async function problemsPiece(
  io: CommandIo,
  options: OutputOptions,
  problems: Diagnostic[],
  texts: ReadonlyMap<string, string>
): Promise<Piece> {
  if (problems.length === 0) return { to: 'err', text: '' }
  const { renderProblems } = await import('../render/problems.ts')
  return {
    to: 'err',
    text: renderProblems(io.redaction.data(inOrder(problems)), texts, lookOf(io, options))
  }
}

/** The person stopped it before there was an answer. */
export async function interruptedResult(
  options: OutputOptions,
  sentence = 'Interrupted.'
): Promise<Result> {
  if (options.format !== 'json') return textResult(exit.interrupted, { to: 'err', text: `${sentence}\n` })
  return jsonResult(exit.interrupted, await documentOf([], { files: 0, interrupted: true }))
}

/** A mistake of ours, told as a problem. */
export async function failedResult(options: OutputOptions, error: unknown): Promise<Result> {
  const words = thrownText(error)
  const sentence = `failed in a way that it should not: ${words}`
  if (options.format !== 'json')
    return textResult(exit.failure, { to: 'err', text: `error: it ${sentence}\n` })
  const help = ['set POLYCTL_STACK=1 to see where, and please report it']
  const mistake = problem('P622', `polyctl ${sentence}`, { help })
  return jsonResult(exit.failure, await documentOf([mistake], { files: 0 }))
}

/** For programs, what was typed and cannot be understood. People are told by the parser of the words. */
export async function wrongWordsResult(code: number, message: string): Promise<Result> {
  const [first = '', ...help] = message.replace(/^error: /, '').split('\n')
  const wrong = problem('P624', first.replace(/\.$/, ''), { help: help.filter((line) => line !== '') })
  return jsonResult(code, await documentOf([wrong], { files: 0 }))
}

async function documentOf(
  problems: Diagnostic[],
  read: { files: number; interrupted?: boolean }
): Promise<unknown> {
  const { problemsJson } = await import('../render/json.ts')
  return problemsJson(problems, { resources: 0, ...read })
}

/**
 * How to print here. FORCE_COLOR wins over NO_COLOR, and JSON is never coloured. Where no terminal tells
 * its width, lines may have 100 columns.
 */
export function lookOf(io: CommandIo, options: OutputOptions & { local?: boolean }): Look {
  const forced = io.env['FORCE_COLOR']
  const refused = (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb'
  const wanted = forced === undefined ? io.terminal.out && !refused : forced !== '0' && forced !== 'false'
  const colour = options.format === 'text' && wanted
  const reach = options.local === true ? { reach: '--local' } : {}
  const verbose = options.verbose === true ? { verbose: true } : {}
  const page = io.terminal.out ? { width: Math.max(40, io.terminal.width), wraps: true } : { width: 100 }
  return { colour, ...page, ...reach, ...verbose }
}

/**
 * All JSON that is printed: indented, for people read it too, and ending with a line break, as a text file
 * does.
 */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
