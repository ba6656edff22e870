import { inOrder, isError } from '../diagnostics/diagnostic.ts'
import { exitOfProblems } from './exit.ts'
import { environment, understandFiles } from './files.ts'
import type { CommandIo } from './io.ts'
import type { FileOptions, OutputOptions } from './options.ts'
import {
  jsonResult,
  nothingRead,
  problemsResult,
  problemsPiece,
  textResult,
  type Result
} from './result.ts'

/** `polyctl validate`: understands the files, and asks nobody. */
export async function validateCommand(
  options: FileOptions & OutputOptions,
  io: CommandIo
): Promise<Result> {
  const { env, problems } = environment(io, options)
  if (problems.some(isError)) return await problemsResult(io, options, problems, nothingRead)
  const { result, texts, files } = await understandFiles(io, options, env)
  const sorted = inOrder([...problems, ...result.problems])
  const code = await exitOfProblems(sorted)
  const resources = result.ok ? result.value.desired.resources.length : 0
  if (options.format === 'json') {
    const { problemsJson } = await import('../render/json.ts')
    return jsonResult(code, problemsJson(sorted, { files: files.length, resources }))
  }
  const piece = await problemsPiece(io, options, sorted, texts)
  if (!result.ok) return textResult(code, piece)
  const text = `Valid: ${counted(resources, 'resource')} in ${counted(files.length, 'file')}.\n`
  return textResult(code, piece, { to: 'out', text })
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
