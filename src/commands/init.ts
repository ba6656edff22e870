import { posix, resolve } from 'node:path'
import { defaultFolders, openDisk, saveFiles, type Disk } from '../config/source/index.ts'
import { problem } from '../diagnostics/diagnostic.ts'
import { exit } from './exit.ts'
import type { ImportOptions } from './import.ts'
import { stateOf } from './import-write.ts'
import { environmentExample, exampleFile, withIgnored, workflow } from './init-files.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { interruptedResult, lookupResult, nothingRead, problemsResult } from './result.ts'
import { abortable } from './run.ts'
import { schemaPlace } from './schema-comment.ts'
import { plainSchemaText } from './schema-file.ts'

/** Options of `init`. Where nobody says whether to import, a person is asked who has a key. */
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
  const isImport = options.import ?? (await isWanted(options, io))
  if (isImport === undefined) return await interruptedResult('Interrupted: nothing was written.')
  const files = await filesFor(disk, options, found === undefined && !isImport)
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
  if (!isImport) return lookupResult(exit.done, { of: 'words', facts, text })
  if (!io.output.isDocument) await io.output.tell({ type: 'lookup', view: { of: 'words', facts, text } })
  const { importCommand } = await import('./import.ts')
  const importOptions: ImportOptions = {
    ...options,
    exclude: [],
    kind: [],
    ...(found === undefined ? { out: posix.join(folder ?? '.', defaultFolders[0]) } : {})
  }
  return await importCommand([], importOptions, {
    ...io,
    project: { ...io.project, folder: folder ?? '.' }
  })
}

/** Nobody is asked but a person with a key who said neither `--import` nor `--no-import`. */
async function isWanted({ local }: InitOptions, io: CommandIo): Promise<boolean | undefined> {
  const hasKey = local === true || (io.env['POLYTOMIC_API_KEY'] ?? '') !== ''
  if (!io.terminal.in || !io.terminal.err || io.output.isDocument || !hasKey) return false
  const question = 'Write files of what is in Polytomic already? Only `yes` is a yes: '
  const answer = await abortable(io, io.ask(question))
  return answer === undefined ? undefined : answer.trim() === 'yes'
}

async function filesFor(
  disk: Disk,
  { workflow: hasWorkflow, force }: InitOptions,
  isExample: boolean
): Promise<InitFile[]> {
  const before = disk.read('.gitignore')
  const isNew = disk.look('.gitignore').is === 'nothing'
  const ignore = withIgnored(before.ok ? before.text : '')
  const example = posix.join(defaultFolders[0], 'example.yaml')
  const { comment, missing } = schemaPlace(disk, '.')
  const wanted: [string, string][] = [
    ...(isExample ? [[example, exampleFile(comment(example))] satisfies [string, string]] : []),
    ['.env.example', environmentExample],
    ...(missing === undefined ? [] : [[missing, await plainSchemaText()] satisfies [string, string]]),
    ...(hasWorkflow ? [['.github/workflows/polyctl.yml', workflow] satisfies [string, string]] : [])
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
