import { isError } from '../diagnostics/diagnostic.ts'
import { exitOfProblems } from './exit.ts'
import { environment, understandFiles } from './files.ts'
import type { CommandIo } from './io.ts'
import type { FileOptions } from './options.ts'
import type { Result } from './output.ts'
import { findingsResult, nothingRead, problemsResult } from './result.ts'

/** `polyctl validate`: understands the files, and asks nobody. */
export async function validateCommand(options: FileOptions, io: CommandIo): Promise<Result> {
  const { env, problems } = environment(io, options)
  if (problems.some(isError)) return await problemsResult(io, problems, nothingRead)
  const { result, texts, files } = await understandFiles(io, options, env)
  const all = [...problems, ...result.problems]
  const read = { texts, files: files.length }
  if (!result.ok) return await problemsResult(io, all, read)
  const resources = result.value.desired.resources.length
  const closing = `Valid: ${counted(resources, 'resource')} in ${counted(files.length, 'file')}.`
  return await findingsResult(await exitOfProblems(all), all, { read, resources, closing, io })
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
