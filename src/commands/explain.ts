import { compareText, problem } from '../diagnostics/diagnostic.ts'
import { codes, type Code } from '../diagnostics/codes.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { renderExplanation } from '../render/explain.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { OutputOptions } from './options.ts'
import { jsonResult, lookOf, nothingRead, problemsResult, textResult, type Result } from './result.ts'

/** `polyctl explain CODE`: what a problem means, with an example of it and the same thing put right. */
export async function explainCommand(
  code: string | undefined,
  options: OutputOptions,
  io: CommandIo
): Promise<Result> {
  const isJson = options.format === 'json'
  if (code === undefined) {
    const all = Object.entries(codes).toSorted(([a], [b]) => compareText(a, b))
    if (isJson)
      return jsonResult(
        exit.done,
        all.map(([name, entry]) => ({ code: name, title: entry.title }))
      )
    const lines = all.map(([name, entry]) => `${name}  ${entry.title}\n`)
    return textResult(exit.done, { to: 'out', text: lines.join('') })
  }
  const name = code.toUpperCase()
  const entry = Object.hasOwn(codes, name) ? codes[name as Code] : undefined
  if (entry) {
    if (isJson) return jsonResult(exit.done, { code: name, ...entry })
    return textResult(exit.done, { to: 'out', text: renderExplanation(name, entry, lookOf(io, options)) })
  }
  const similar = similarNames(name, Object.keys(codes))
  const help = [
    ...similar.map((other) => `a code with a similar name exists: ${other}`),
    '`polyctl explain` lists all'
  ]
  const unknown = problem('P624', `there is no problem with the code ${JSON.stringify(code)}`, { help })
  return await problemsResult(io, options, [unknown], nothingRead)
}
