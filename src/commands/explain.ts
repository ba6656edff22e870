import { codes, type Code } from '../diagnostics/codes.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { renderExplanation } from '../render/explain.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { OutputOptions } from './options.ts'
import { jsonText, lookOf } from './run.ts'

/** `polyctl explain CODE`: what a problem means, with an example of it and the same thing put right. */
export async function explainCommand(
  code: string | undefined,
  options: OutputOptions,
  io: CommandIo
): Promise<number> {
  if (code === undefined) {
    const all = Object.entries(codes)
    io.out(
      options.format === 'json'
        ? jsonText(all.map(([name, entry]) => ({ code: name, title: entry.title })))
        : all.map(([name, entry]) => `${name}  ${entry.title}\n`).join('')
    )
    return exit.done
  }
  const name = code.toUpperCase()
  const entry = Object.hasOwn(codes, name) ? codes[name as Code] : undefined
  if (entry) {
    io.out(
      options.format === 'json'
        ? jsonText({ code: name, ...entry })
        : renderExplanation(name, entry, lookOf(io, options))
    )
    return exit.done
  }
  const similar = similarNames(name, Object.keys(codes))
  const hint = similar.length > 0 ? `; there is ${similar.join(', ')}` : ''
  const sentence = `there is no problem with the code ${JSON.stringify(code)}${hint}`
  io.err(`error: ${sentence}. \`polyctl explain\` lists all.\n`)
  return exit.invalid
}
