import { inOrder, isError } from '../diagnostics/diagnostic.ts'
import { exit, exitOfProblems } from './exit.ts'
import { environment, understandFiles } from './files.ts'
import type { CommandIo } from './io.ts'
import type { FileOptions, OutputOptions } from './options.ts'
import { jsonText, lookOf, tellProblems } from './run.ts'

/** `polyctl validate`: understands the files, and asks nobody. */
export async function validateCommand(
  options: FileOptions & OutputOptions,
  io: CommandIo
): Promise<number> {
  const { env, problems } = environment(io, options)
  if (problems.some(isError)) return await tellProblems(io, options, problems, new Map())
  const { result, texts, files } = await understandFiles(io, options, env)
  const sorted = inOrder([...problems, ...result.problems])
  const resources = result.ok ? result.value.desired.resources.length : 0
  if (options.format === 'json') {
    const { problemsJson } = await import('../render/json.ts')
    io.out(jsonText(problemsJson(sorted, { files: files.length, resources })))
    return exitOfProblems(sorted)
  }
  const { renderProblems } = await import('../render/problems.ts')
  io.err(renderProblems(sorted, texts, lookOf(io, options)))
  if (!result.ok) return exitOfProblems(sorted)
  if (options.quiet !== true)
    io.out(`Valid: ${counted(resources, 'resource')} in ${counted(files.length, 'file')}.\n`)
  return exit.done
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
