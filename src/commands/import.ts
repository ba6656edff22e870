import { posix } from 'node:path'
import { defaultFolders, openDisk, type Disk } from '../config/source/index.ts'
import { isError, type Checked } from '../diagnostics/diagnostic.ts'
import {
  chosenOf,
  clearSecrets,
  EarlyItems,
  environmentExample,
  importLive,
  pathsFor,
  type FileLayout,
  type Imported,
  type ImportRequest
} from '../import/index.ts'
import { kinds } from '../kinds/index.ts'
import type { Kind } from '../kinds/kind.ts'
import { match } from '../plan/match.ts'
import { idlePatterns, isSelected, unknownAddress, type Selection } from '../plan/select.ts'
import { survey, type Survey, type SurveyOptions } from '../remote/survey.ts'
import type { Desired, Live } from '../state/resource.ts'
import { kindsNamed } from './decide-options.ts'
import { exit } from './exit.ts'
import { factsOf, type Begun } from './import-facts.ts'
import { overwrites, saved, saysTheSame, stateOf } from './import-write.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { withoutPlace } from './place.ts'
import { showNames } from './redaction.ts'
import { lookupResult, nothingRead, problemsResult } from './result.ts'
import { reading, withContext, type CommandContext } from './run.ts'
import { schemaPlace } from './schema-comment.ts'

/** Options of `import` beside those of every command that reads. */
export interface ImportOptions extends ReadOptions {
  exclude: string[]
  kind: string[]
  unmanaged?: boolean
  out?: string
  layout: FileLayout
  textFiles?: boolean
  force?: boolean
  check?: boolean
  /** Where `init` began, and what it keeps there. Not given by people. */
  begun?: Begun
}

/**
 * `polyctl import`: writes files that declare what is live. It can only read the service (R32), and
 * overwrites no file unasked.
 */
export async function importCommand(
  addresses: readonly string[],
  options: ImportOptions,
  io: CommandIo
): Promise<Result> {
  const disk = openDisk(io.cwd, io.stdin, io.project.folder)
  const folder = folderOf(options, io, disk)
  const misplaced = options.out === undefined ? undefined : withoutPlace(io.cwd, folder)
  if (misplaced) return await problemsResult(io, [misplaced], nothingRead)
  const file = filesToRead(options, folder, io, disk)
  const work = async (context: CommandContext): Promise<Result> => {
    const run = new ImportRun({ addresses, options: { ...options, file }, io, disk, folder, context })
    return await run.result()
  }
  return await withContext(io, { ...options, file }, work, { filesOptional: true })
}

/** Where it is written to: what is asked for, else the folder that is read, else the usual one. */
function folderOf({ out, file }: ImportOptions, io: CommandIo, disk: Disk): string {
  if (out !== undefined) return posix.normalize(disk.beside('', out))
  const named = file.find((path) => path !== '-' && disk.look(path).is === 'folder')
  if (named !== undefined) return posix.normalize(disk.beside('', named))
  const usual = defaultFolders.map((name) => posix.join(io.project.folder, name))
  return usual.find((path) => disk.look(path).is === 'folder') ?? usual[0] ?? 'configs'
}

/**
 * The files that may declare something already: those of the options, and those in the folder. Where only a
 * folder is named, files elsewhere do not count, unless it is inside of theirs, or all that is declared is to
 * be left out.
 */
function filesToRead(options: ImportOptions, folder: string, io: CommandIo, disk: Disk): string[] {
  const { file, out, unmanaged = false } = options
  const usual = defaultFolders.map((name) => posix.join(io.project.folder, name))
  const there = usual.filter((path) => disk.look(path).is !== 'nothing').slice(0, 1)
  const inside = there.filter(
    (path) => out === undefined || unmanaged || `${folder}/`.startsWith(`${path}/`)
  )
  const roots = file.length > 0 ? file : inside
  return [...new Set(disk.look(folder).is === 'folder' ? [...roots, folder] : roots)]
}

interface RunInput {
  addresses: readonly string[]
  options: ImportOptions
  io: CommandIo
  disk: Disk
  folder: string
  context: CommandContext
}

/** One run, from what is live to files. */
class ImportRun {
  readonly #input: RunInput
  readonly #early = new EarlyItems(kinds)

  constructor(input: RunInput) {
    this.#input = input
  }

  async result(): Promise<Result> {
    const { context, io } = this.#input
    const selection = this.#selection()
    if (!selection.ok) return await problemsResult(io, selection.problems, context)
    const surveyed = await reading(context, io, (reader) =>
      survey(reader, {
        workspace: context.understood.desired.workspace,
        kinds,
        beside: { turn: io.turn, met: (live) => this.#early.convert(live) },
        choose: (listed) => this.#chosen(listed, selection.value),
        ...this.#choice(selection.value),
        searches: (kind) => mayName(kind, selection.value),
        searchesAll: (kind) => isCalledFor(kind, selection.value),
        looksIn: (parent) =>
          parent.readOnly?.nameOnly !== true &&
          isSelected(parent, { ...selection.value, only: [], kinds: [] }, kinds)
      })
    )
    if (!surveyed.ok) return await problemsResult(io, surveyed.problems, context)
    const { resources } = surveyed.value.state
    io.redaction.add(clearSecrets(resources, kinds))
    // Files have these names, so that the next run shows them: both runs name one variable alike.
    showNames(
      io.redaction,
      resources.map(({ name }) => name)
    )
    const idle = idlePatterns(resources, this.#input.addresses, kinds)
    if (idle.length > 0) {
      const unknown = idle.map((pattern) => unknownAddress(pattern, resources, kinds, 'live'))
      return await problemsResult(io, unknown, context)
    }
    const request = this.#request(surveyed.value, this.#chosen(resources, selection.value))
    const imported = await importLive(request)
    if (imported.problems.some(isError)) return await problemsResult(io, imported.problems, context)
    const selected = chosenOf(resources, { ...selection.value, isDeclared: () => false }, kinds)
    return await this.#written(imported, surveyed.value, selected)
  }

  #selection(): Checked<Selection> {
    const { addresses, options } = this.#input
    const named = kindsNamed(options.kind)
    if (!named.ok) return named
    const value = { only: [...addresses], exclude: options.exclude, kinds: named.value }
    return { ok: true, value, problems: [] }
  }

  /** Where no name brings others with it, and files do not count, each is chosen by itself. */
  #choice(selection: Selection): Pick<SurveyOptions, 'isChosen'> {
    if (selection.only.length > 0 || this.#input.options.unmanaged === true) return {}
    return { isChosen: (listed) => this.#chosen([listed], selection).size > 0 }
  }

  #chosen(live: readonly Live[], selection: Selection): Set<Live> {
    const declared = this.#input.options.unmanaged === true ? this.#declared(live, () => true) : new Set()
    return chosenOf(live, { ...selection, isDeclared: (one) => declared.has(one) }, kinds)
  }

  /** What files declare already, of those files that count. */
  #declared(live: readonly Live[], counts: (resource: Desired) => boolean): Set<Live> {
    const { context, options } = this.#input
    // Without files of their own, those that a command reads by itself say where the service is, no more.
    const resources = options.file.length === 0 ? [] : context.understood.desired.resources.filter(counts)
    if (resources.length === 0) return new Set()
    const state = { organization: { id: '', name: '' }, resources: [...live], kinds: [] }
    const found = match({ workspace: {}, resources, removed: [] }, state, kinds).match
    return new Set(live.filter((one) => found.declaredBy(one) !== undefined))
  }

  /**
   * Files that an import writes declare what they declare again, and stay what they are; what other files
   * declare is left to these.
   */
  #request({ state }: Survey, chosen: Set<Live>): ImportRequest {
    const { options, disk, folder, context, io } = this.#input
    const others = (own: ReadonlySet<string>): string[] =>
      [...context.texts.keys()].filter((path) => !own.has(path))
    const schema = schemaPlace(disk, io.project.folder).comment
    const example = disk.read(posix.join(io.project.folder, '.env.example'))
    const request: ImportRequest = {
      observed: state,
      chosen,
      kinds,
      folder,
      layout: options.layout,
      textFiles: options.textFiles === true,
      schema,
      takenPaths: [],
      takenVariables: [],
      early: this.#early,
      ...(example.ok && { example: example.text }),
      inputs: {
        files: options.file,
        env: context.env,
        variables: options.var,
        variableFiles: options.varFile,
        disk
      }
    }
    const isUnmanaged = options.unmanaged === true
    if (context.understood.desired.resources.length === 0 && !isUnmanaged) return request
    const own = isUnmanaged ? new Set<string>() : pathsFor(request)
    const left = this.#declared(state.resources, ({ span }) => !own.has(span.path))
    return {
      ...request,
      chosen: new Set([...chosen].filter((one) => !left.has(one))),
      takenPaths: isUnmanaged ? pathsIn(disk, folder) : [],
      takenVariables: variablesIn(others(own).map((path) => context.texts.get(path) ?? ''))
    }
  }

  async #written(imported: Imported, surveyed: Survey, selected: Set<Live>): Promise<Result> {
    const { options, io, disk, folder, context } = this.#input
    const texts = new Map(imported.texts)
    const example = posix.join(io.project.folder, '.env.example')
    const before = disk.read(example)
    if (imported.variables.length > 0)
      texts.set(
        example,
        environmentExample(before.ok ? before.text : undefined, imported.variables, io.redaction.shown)
      )
    const { missing } = schemaPlace(disk, io.project.folder)
    if (missing !== undefined && texts.size > 0) {
      const { surveyedSchemaText } = await import('./schema-live.ts')
      texts.set(missing, await surveyedSchemaText(surveyed, context, io))
    }
    const files = Array.from(texts, ([path, text]) => {
      const state = stateOf(disk, path, text)
      const isSame = state === 'changed' && options.force !== true && saysTheSame(disk, path, text)
      return { path, text, state: isSame ? ('unchanged' as const) : state }
    })
    const differing = files.filter(({ path, state }) => state === 'changed' && path !== example)
    if (differing.length > 0 && options.force !== true && options.check !== true)
      return await problemsResult(io, [overwrites(differing.map(({ path }) => path))], context)
    if (options.check !== true) {
      const failure = saved(
        files.filter(({ state }) => state !== 'unchanged'),
        io
      )
      if (failure) return await problemsResult(io, [failure], context)
    }
    const declared = this.#declared(surveyed.state.resources, ({ span }) => !texts.has(span.path))
    const facts = factsOf({
      imported,
      surveyed,
      selected,
      declared,
      files,
      options,
      folder,
      io,
      service: context.service
    })
    const isDue = options.check === true && files.some(({ state }) => state !== 'unchanged')
    return lookupResult(isDue ? exit.differences : exit.done, { of: 'import', facts })
  }
}

/** Whether a selection may name resources of a kind, of which none is known yet. */
function mayName(kind: Kind, { only, kinds: names }: Selection): boolean {
  if (names.length > 0 && !names.includes(kind.name)) return false
  return only.length === 0 || only.some((pattern) => pattern.startsWith('*') || beginsWith(pattern, kind))
}

/** Whether a selection names a kind itself. */
function isCalledFor(kind: Kind, { only, kinds: names }: Selection): boolean {
  return names.includes(kind.name) || only.some((pattern) => beginsWith(pattern, kind))
}

function beginsWith(pattern: string, { name, section }: Kind): boolean {
  const plain = (text: string): string => text.replaceAll('_', ' ')
  return [name, section].some((word) => plain(pattern).startsWith(plain(word)))
}

/** All paths below a folder, relative to it. */
function pathsIn(disk: Disk, folder: string, below = ''): string[] {
  return disk.list(posix.join(folder, below)).flatMap((name) => {
    const path = posix.join(below, name)
    return disk.look(posix.join(folder, path)).is === 'folder' ? pathsIn(disk, folder, path) : [path]
  })
}

/** The variables of the environment that texts name. */
function variablesIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    Array.from(text.matchAll(/\$\{env:([A-Za-z_]\w*)/g), ([, name = '']) => name)
  )
}
