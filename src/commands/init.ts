import { posix, resolve } from 'node:path'
import { defaultFolders, openDisk, saveFiles, type Disk } from '../config/source/index.ts'
import { isError, problem } from '../diagnostics/diagnostic.ts'
import { exit } from './exit.ts'
import type { ImportOptions } from './import.ts'
import { stateOf } from './import-write.ts'
import { environmentExample, exampleFile, withIgnored, workflow } from './init-files.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import { addressOf, isElsewhere } from './address.ts'
import { environmentVariables, type EnvironmentVariables } from './files.ts'
import { keptKey, type KeptKey } from './init-key.ts'
import { beginningOf, type Beginning } from './init-questions.ts'
import type { Result } from './output.ts'
import { reachOf } from './reach.ts'
import { interruptedResult, lookupResult, nothingRead, problemsResult } from './result.ts'
import { schemaPlace } from './schema-comment.ts'
import { plainSchemaText } from './schema-file.ts'

/** Options of `init`. Where nobody says whether to import, a person on a terminal is asked. */
export interface InitOptions extends ReadOptions {
  import?: boolean
  layout: ImportOptions['layout']
  workflow: boolean
  force?: boolean
}

interface InitFile {
  path: string
  text: string
  /** `kept`: it exists, says something else, and was left as it is. */
  state: 'new' | 'changed' | 'unchanged' | 'kept'
}

/** `polyctl init`: what a folder needs to begin with; then, if wanted, files of what is live. */
export async function initCommand(
  folder: string | undefined,
  options: InitOptions,
  io: CommandIo
): Promise<Result> {
  const cwd = resolve(io.cwd, folder ?? '.')
  const disk = openDisk(cwd, io.stdin)
  if (openDisk(io.cwd, io.stdin).look(folder ?? '.').is === 'file')
    return await problemsResult(
      io,
      [notSaved({ path: folder ?? '.', reason: 'it is a file' })],
      nothingRead
    )
  const found = defaultFolders.find((name) => disk.look(name).is !== 'nothing')
  const own = withVariables(folder, options, disk)
  const variables = environmentVariables(io, own)
  if (variables.problems.some(isError)) return await problemsResult(io, variables.problems, nothingRead)
  const beginning = await beginningOf({ options: own, variables, hasFiles: found !== undefined }, io)
  if (beginning === undefined) return await interruptedResult('Interrupted: nothing was written.')
  if (!beginning.ok) return await problemsResult(io, beginning.problems, nothingRead)
  const { isImport } = beginning.value
  const url = otherAddress({ io, own, variables, typed: beginning.value.url })
  const files = await filesFor(disk, options, { isExample: found === undefined && !isImport, url })
  const changed = files.filter(({ state }) => state === 'new' || state === 'changed')
  const failed = saveFiles(changed.map(({ path, text }) => ({ path: resolve(cwd, path), text })))
  if (failed) return await problemsResult(io, [notSaved(failed)], nothingRead)
  const next = nextOf(folder, { isImport, hasFiles: found !== undefined })
  const facts = {
    format_version: 1,
    folder: folder ?? '.',
    files: files.map(({ path, state }) => ({ path, state })),
    next
  }
  const text = textOf(files, isImport ? [] : next)
  if (!isImport) {
    const isUnsaid = options.import === undefined && found === undefined && !io.terminal.in
    return lookupResult(exit.done, { of: 'words', facts, text: isUnsaid ? `${text}${unsaid}` : text })
  }
  await io.output.tell({ type: 'lookup', view: { of: 'words', facts, text } })
  const out = found === undefined ? posix.join(folder ?? '.', defaultFolders[0]) : undefined
  return await imported({ folder: folder ?? '.', options: own, beginning: beginning.value, disk, out }, io)
}

const unsaid = '\nWhat is live in Polytomic becomes files with `--import`.\n'

interface AddressInput {
  io: CommandIo
  own: InitOptions
  variables: EnvironmentVariables
  /** What a person typed. */
  typed: string | undefined
}

/** The address of another service than the hosted one, which a workflow must be told, too. */
function otherAddress({ io, own, variables, typed }: AddressInput): string | undefined {
  if (own.local === true) return undefined
  const options = { ...own, ...(typed === undefined ? {} : { url: typed }) }
  const { environmentFile } = variables
  const found = addressOf({ io, options, environmentFile, workspace: {} })
  // What is wrong with an address is told by what connects to it.
  return found.ok && isElsewhere(found.value.url) ? withoutSlash(found.value.url.href) : undefined
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '')
}

/** A `.env` in the folder counts, whatever folder the command runs in. */
function withVariables(folder: string | undefined, options: InitOptions, disk: Disk): InitOptions {
  const path = posix.join(folder ?? '.', '.env')
  const isThere = disk.look('.env').is === 'file' && !options.envFile.includes(path)
  return isThere ? { ...options, envFile: [path, ...options.envFile] } : options
}

interface Import {
  folder: string
  options: InitOptions
  beginning: Beginning
  /** The disk of the folder. */
  disk: Disk
  out: string | undefined
}

/** Imports with what a person typed. The key is kept only once it has opened the service. */
async function imported({ folder, options, beginning, disk, out }: Import, io: CommandIo): Promise<Result> {
  const { key, url, isKept } = beginning
  const { importCommand } = await import('./import.ts')
  const importOptions: ImportOptions = {
    ...options,
    ...(url === undefined ? {} : { url }),
    exclude: [],
    kind: [],
    begun: { folder, keepsVariables: isKept || disk.look('.env').is !== 'nothing' },
    ...(out === undefined ? {} : { out })
  }
  const result = await importCommand([], importOptions, {
    ...io,
    env: key === undefined ? io.env : { ...io.env, POLYTOMIC_API_KEY: key },
    project: { ...io.project, folder },
    reach: reachFrom(folder, { ...options, ...(url === undefined ? {} : { url }) }, io)
  })
  if (key === undefined || result.code !== exit.done) return result
  const kept: KeptKey = isKept
    ? keptKey({ key, url, disk, cwd: resolve(io.cwd, folder) }, io)
    : { is: 'unkept' }
  const text = keyText(kept, url)
  const facts = { format_version: 1, key: kept }
  await io.output.tell({ type: 'lookup', view: { of: 'words', facts, text } })
  return result
}

/** The options for a command in the folder: paths of files are other ones there. */
function reachFrom(folder: string, options: InitOptions, { project }: CommandIo): string {
  const found = new Set([project.variables, posix.join(folder, '.env')])
  const named = options.envFile.filter((path) => !found.has(path))
  const envFile = named.map((path) => (posix.isAbsolute(path) ? path : posix.relative(folder, path)))
  return reachOf({ ...options, envFile })
}

function keyText(kept: KeptKey, url: string | undefined): string {
  const words = {
    kept: '  + .env  (the key; git ignores it)\n',
    left: `The key was not kept: ${kept.is === 'left' ? kept.reason : ''}.\n`,
    unkept: ''
  }
  const names = [
    ...(kept.is === 'kept' ? [] : ['POLYTOMIC_API_KEY to the key']),
    ...(url === undefined ? [] : [`POLYTOMIC_URL to ${url}`])
  ]
  const following = names.length === 0 ? '' : `For the next commands set ${names.join(', and ')}.\n`
  return `${words[kept.is]}${following}\n`
}

async function filesFor(
  disk: Disk,
  { workflow: hasWorkflow, force }: InitOptions,
  { isExample, url }: { isExample: boolean; url: string | undefined }
): Promise<InitFile[]> {
  const before = disk.read('.gitignore')
  const isNew = disk.look('.gitignore').is === 'nothing'
  const ignore = withIgnored(before.ok ? before.text : '')
  const example = posix.join(defaultFolders[0], 'example.yaml')
  const { comment, missing } = schemaPlace(disk, '.')
  const wanted: [string, string][] = [
    ...(isExample ? [[example, exampleFile(comment(example))] satisfies [string, string]] : []),
    ['.env.example', environmentExample(url)],
    ...(missing === undefined ? [] : [[missing, await plainSchemaText()] satisfies [string, string]]),
    ...(hasWorkflow ? [['.github/workflows/polyctl.yml', workflow(url)] satisfies [string, string]] : [])
  ]
  // What cannot be read must not be replaced by what is added to it.
  const ignoreState = isNew || before.ok ? stateOf(disk, '.gitignore', ignore) : 'kept'
  const ignoring: InitFile = { path: '.gitignore', text: ignore, state: ignoreState }
  const others = wanted.map(([path, text]): InitFile => {
    const state = stateOf(disk, path, text)
    return { path, text, state: state === 'changed' && force !== true ? 'kept' : state }
  })
  return [...others, ignoring]
}

function notSaved({ path, reason }: { path: string; reason: string }) {
  return problem('P514', `\`${path}\` cannot be written: ${reason}`, {
    help: ['mend that and run the command again, or name another folder']
  })
}

function nextOf(
  folder: string | undefined,
  { isImport, hasFiles }: { isImport: boolean; hasFiles: boolean }
): string[] {
  const enter =
    folder === undefined ? [] : [`cd ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}`]
  if (isImport) return [...enter, 'polyctl plan']
  return [
    ...enter,
    ...(hasFiles ? ['polyctl validate'] : ['polyctl plan --local', 'polyctl apply --local'])
  ]
}

function textOf(files: readonly InitFile[], next: readonly string[]): string {
  const signs = { new: '+', changed: '~', unchanged: '=', kept: '=' } as const
  const notes = { new: '', changed: '', unchanged: '', kept: '  (exists, and is left; --force overwrites)' }
  const lines = files.map(({ path, state }) => `  ${signs[state]} ${path}${notes[state]}`)
  const following = next.length === 0 ? [] : ['', 'Next', ...next.map((line) => `  ${line}`)]
  return `${[...lines, ...following].join('\n')}\n`
}
