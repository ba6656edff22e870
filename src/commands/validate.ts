import { isError, strictly, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { openDisk } from '../config/source/index.ts'
import { kinds } from '../kinds/index.ts'
import { incomplete } from '../plan/incomplete.ts'
import { exitOfProblems } from './exit.ts'
import { environmentVariables, understandFiles } from './files.ts'
import type { CommandIo } from './io.ts'
import type { FileOptions, ServiceOptions } from './options.ts'
import type { Result } from './output.ts'
import type { Desired } from '../state/resource.ts'
import { findingsResult, nothingRead, problemsResult } from './result.ts'
import { outdatedSchema } from './schema-file.ts'

/** `strict` makes errors of warnings. */
export interface ValidateOptions extends FileOptions, Pick<ServiceOptions, 'chosen'> {
  strict?: boolean
}

/** `polyctl validate`: understands the files, and asks nobody. */
export async function validateCommand(options: ValidateOptions, io: CommandIo): Promise<Result> {
  const { env, problems } = environmentVariables(io, options)
  if (problems.some(isError)) return await problemsResult(io, problems, nothingRead)
  const { result, texts, files } = await understandFiles(io, options, env)
  const doubtful = result.ok ? incompleteIfNew(result.value.desired.resources) : []
  const found = [...problems, ...result.problems, ...doubtful]
  const mistakes = options.strict === true ? strictly(found) : found
  // What an editor goes by says nothing about the files: it must not fail a review of them.
  const workspace = result.ok ? result.value.desired.workspace : {}
  const disk = openDisk(io.cwd, io.stdin, io.project.folder)
  const all = [...mistakes, ...outdatedSchema(disk, io, options, workspace)]
  const read = { texts, files: files.length }
  if (!result.ok || all.some(isError)) return await problemsResult(io, all, read)
  const resources = result.value.desired.resources.length
  const from = io.project.variables === undefined ? '' : `, with variables of ${io.project.variables}`
  const valid = `Valid: ${counted(resources, 'resource')} in ${counted(files.length, 'file')}${from}.`
  const closing = [valid, ...whatFollows(all)].join('\n')
  return await findingsResult(await exitOfProblems(all), all, { read, resources, closing, io })
}

/** Returns what keeps resources from being made, as warnings. What has an id exists. */
function incompleteIfNew(resources: readonly Desired[]): Diagnostic[] {
  const mayBeNew = resources.filter(({ id }) => id === undefined)
  return incomplete(mayBeNew, kinds).map((problem) => ({
    ...problem,
    severity: 'warning',
    notes: [...problem.notes, 'one that the service has already may leave out what it keeps']
  }))
}

/** Of these the service decides whether they are right. */
const decidedLater = new Set<Diagnostic['code']>(['P116', 'P201'])

/** Returns what warnings mean for a plan, in a sentence for each sort. */
function whatFollows(warnings: readonly Diagnostic[]): string[] {
  const stopping = warnings.filter(({ code }) => decidedLater.has(code)).length
  const others = warnings.length - stopping
  const its = stopping === 1 ? 'what it is about' : 'what they are about'
  return [
    ...(stopping > 0
      ? [`${counted(stopping, 'warning')}: a plan stops there, unless the service has ${its} already.`]
      : []),
    ...(others > 0 ? [`${counted(others, 'warning')}: a plan goes on all the same.`] : [])
  ]
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
