import { posix } from 'node:path'
import { defaultFolders } from '../config/source/index.ts'
import type { Imported } from '../import/index.ts'
import { kinds } from '../kinds/index.ts'
import type { Survey } from '../remote/survey.ts'
import type { ImportedKind, ImportFacts } from '../render/view/import.ts'
import type { Live } from '../state/resource.ts'
import type { CommandIo } from './io.ts'
import { shellWord } from '../render/shell.ts'
import type { Service } from './service.ts'

/** A folder in which somebody begins. */
export interface Begun {
  folder: string
  /** There will be a `.env` that must not be overwritten. */
  keepsVariables: boolean
}

/** What an import came to. */
export interface ImportResult {
  imported: Imported
  surveyed: Survey
  /** What the command is to write, unless files declare it. */
  selected: ReadonlySet<Live>
  /** What files declared before, and that was left to them. */
  declared: ReadonlySet<Live>
  files: ImportFacts['files']
  options: { check?: boolean; begun?: Begun }
  folder: string
  io: CommandIo
  service: Service
}

/** Returns what a person and a program are told of an import. */
export function factsOf(result: ImportResult): ImportFacts {
  const { imported, surveyed, files, options, folder, service } = result
  return {
    format_version: 1,
    organization: surveyed.state.organization,
    service: service.name,
    api_version: service.remote.version,
    folder,
    applied: options.check !== true,
    kinds: kindsOf(result),
    files: files.map(({ path, state }) => ({ path, state })),
    variables: imported.variables.map(({ name, of, field, isNeeded }) => ({
      name,
      kind: of.kind,
      resource: of.name,
      field,
      needed: isNeeded
    })),
    attention: imported.notes.map(({ about, kind, name, id = null, path = null, text }) => ({
      about,
      kind,
      name,
      id,
      path,
      text
    })),
    next: nextOf(result),
    ...(files.length === 0 && { idle: idleOf(result) })
  }
}

function idleOf({ selected, declared }: ImportResult): NonNullable<ImportFacts['idle']> {
  if (selected.size === 0) return 'nothing live'
  return [...selected].every((one) => declared.has(one)) ? 'declared' : 'left out'
}

function kindsOf({ imported, surveyed, declared }: ImportResult): ImportedKind[] {
  const { state, refused, passed } = surveyed
  const isOwn = ({ readOnly, reset }: Live): boolean => readOnly?.nameOnly !== true && reset !== true
  return imported.counts.map(({ kind, section, written }) => {
    const [because, where] = [refused, passed].map((all) => all.find((one) => one.kind === kind)?.because)
    const { untold } = kinds.managed.find(({ name }) => name === kind) ?? {}
    const all = state.resources.filter((one) => one.kind === kind && isOwn(one))
    return {
      kind,
      section,
      live: because === undefined && where === undefined ? all.length : null,
      written,
      declared: all.filter((one) => declared.has(one)).length,
      ...(because === undefined ? {} : { refused: because }),
      ...(where === undefined ? {} : { passed: where }),
      ...(untold === undefined || written === 0 ? {} : { untold })
    }
  })
}

/** Returns the commands that come next; none where nothing was written. */
function nextOf({ imported, files, options, folder, io }: ImportResult): string[] {
  if (options.check === true || files.every(({ state }) => state === 'unchanged')) return []
  const { begun } = options
  const isEntered = begun !== undefined && begun.folder !== '.'
  const isUsual = defaultFolders.some((name) => posix.join(io.project.folder, name) === folder)
  const named = isUsual ? '' : ` --file ${shellWord(folder)}`
  const [example, own] = ['.env.example', '.env'].map((name) =>
    shellWord(isEntered ? name : posix.join(io.project.folder, name))
  )
  return [
    ...(isEntered ? [`cd ${shellWord(begun.folder)}`] : []),
    ...(imported.variables.length === 0
      ? []
      : begun?.keepsVariables === true || io.project.variables !== undefined
        ? [`"\${EDITOR:-vi}" ${own}   # add what ${example} names; keep it out of git`]
        : [`cp ${example} ${own}   # and fill it in; keep it out of git`]),
    `polyctl plan${named}${io.reach ?? ''}   # says that there is nothing to do`
  ]
}
