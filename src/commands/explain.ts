import { compareText, problem } from '../diagnostics/diagnostic.ts'
import type { CodeEntry } from '../diagnostics/code-entry.ts'
import { codes } from '../diagnostics/codes.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import { lookupResult, nothingRead, problemsResult } from './result.ts'

/** `polyctl explain CODE`: what a problem means, with an example of it and the same thing put right. */
export async function explainCommand(code: string | undefined, io: CommandIo): Promise<Result> {
  if (code === undefined) {
    const all = Object.entries(codes).toSorted(([a], [b]) => compareText(a, b))
    const facts = all.map(([name, { title }]) => ({ code: name, title }))
    return lookupResult(exit.done, { of: 'codes', facts })
  }
  const name = code.toUpperCase()
  const entry = new Map<string, CodeEntry>(Object.entries(codes)).get(name)
  if (entry) return lookupResult(exit.done, { of: 'code', facts: { code: name, ...entry } })
  const similar = similarNames(name, Object.keys(codes))
  const help = [
    ...similar.map((other) => `a code with a similar name exists: ${other}`),
    '`polyctl explain` lists all'
  ]
  const unknown = problem('P624', `there is no problem with the code ${JSON.stringify(code)}`, { help })
  return await problemsResult(io, [unknown], nothingRead)
}
