import { resolve } from 'node:path'
import { openDisk, standardInput, type Disk } from '../config/source/index.ts'
import { readEnvironmentFile, type EnvironmentEntry } from '../config/environment-file.ts'
import type { UnderstoodBase } from '../config/since.ts'
import type { Meanwhile, Understanding, Understood, Witness } from '../config/understand.ts'
import { checked, problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import { unknownToVersion } from '../plan/version.ts'
import { understand, understandBase } from '../reconcile.ts'
import { apiVersions, defaultApiVersion } from '../wire/common.ts'
import type { CommandIo } from './io.ts'
import type { FileOptions } from './options.ts'
import { redactFor } from './redaction.ts'

/**
 * Variables as the files may name them, and those of `--env-file` alone with their places. Where there is
 * an error, a file could not be read, and the variables are not all there.
 */
export interface EnvironmentVariables {
  env: Record<string, string | undefined>
  environmentFile: Map<string, EnvironmentEntry>
  problems: Diagnostic[]
}

/** The environment, with the files of `--env-file` under it: what is set outside wins, as everywhere. */
export function environmentVariables(io: CommandIo, options: FileOptions): EnvironmentVariables {
  const disk = openDisk(io.cwd, io.stdin, io.project.folder)
  const problems: Diagnostic[] = []
  const environmentFile: EnvironmentVariables['environmentFile'] = new Map()
  for (const path of options.envFile) {
    const reading = disk.read(resolve(io.cwd, path))
    if (!reading.ok) {
      const help = ['correct `--env-file`']
      problems.push(problem('P008', `${path} cannot be read`, { notes: [reading.reason], help }))
      continue
    }
    const file = readEnvironmentFile(path, reading.text)
    problems.push(...file.problems)
    for (const [name, entry] of file.entries) environmentFile.set(name, entry)
  }
  const inFiles = Object.fromEntries([...environmentFile].map(([name, { value }]) => [name, value]))
  return { env: { ...inFiles, ...io.env }, environmentFile, problems }
}

/** Reads and understands the files that the options name. */
export async function understandFiles(
  io: CommandIo,
  options: FileOptions,
  env: EnvironmentVariables['env'],
  { meanwhile, witness }: { meanwhile?: Meanwhile | undefined; witness?: Witness | undefined } = {}
): Promise<Understanding> {
  const disk = counted(openDisk(io.cwd, io.stdin, io.project.folder), (letters) => io.holding?.(letters))
  const { file: files, var: variables, varFile: variableFiles } = options
  const inputs = {
    files,
    env,
    variables,
    variableFiles,
    disk,
    ...(meanwhile && { meanwhile }),
    ...(witness && { witness })
  }
  const understanding = await understand(inputs, kinds)
  if (understanding.result.ok) redactFor(io.redaction, understanding.result.value)
  return { ...understanding, result: fitting(understanding.result) }
}

/** A disk that tells how much was read from it so far. */
function counted(disk: Disk, tell: (letters: number) => void): Disk {
  let letters = 0
  return {
    ...disk,
    read(path) {
      const reading = disk.read(path)
      if (reading.ok) tell((letters += reading.text.length))
      return reading
    },
    async stdin() {
      const text = await disk.stdin()
      tell((letters += text.length))
      return text
    }
  }
}

/** Reads and understands the same files with other texts in place of some: nothing is written for that. */
export async function understandChanged(
  io: CommandIo,
  options: FileOptions,
  env: EnvironmentVariables['env'],
  { texts, witness }: { texts: ReadonlyMap<string, string>; witness: Witness }
): Promise<Understanding> {
  const disk = openDisk(io.cwd, io.stdin, io.project.folder)
  const changed: Disk = {
    ...disk,
    read(path) {
      const text = texts.get(path)
      return text === undefined ? disk.read(path) : { ok: true, text }
    },
    stdin: async () => texts.get(standardInput.shown) ?? ''
  }
  const inputs = {
    files: options.file,
    env,
    variables: options.var,
    variableFiles: options.varFile,
    disk: changed,
    witness
  }
  const understanding = await understand(inputs, kinds)
  return { ...understanding, result: fitting(understanding.result) }
}

/** What the same files meant at a revision, for telling who moved since. */
export async function understandThen(
  io: CommandIo,
  options: FileOptions,
  env: EnvironmentVariables['env'],
  revision: string,
  now: Understood
): Promise<UnderstoodBase> {
  const disk: Disk = openDisk(io.cwd, io.stdin, io.project.folder)
  const inputs = { files: options.file, env, variables: options.var, variableFiles: options.varFile, disk }
  const understood = await understandBase(inputs, { revision, cwd: io.cwd }, now, kinds)
  const { vault } = understood
  if (vault) io.redaction.addLater(() => vault.known())
  return understood
}

/** What the files say must be something that the version of the API can say too. */
function fitting(result: Understanding['result']): Understanding['result'] {
  if (!result.ok) return result
  const { desired } = result.value
  const version = desired.workspace.apiVersion?.value ?? defaultApiVersion
  const known = apiVersions.find((candidate) => candidate === version)
  const problems = known ? unknownToVersion(desired, kinds, known) : []
  return checked(result.value, [...result.problems, ...problems])
}
