import { posix } from 'node:path'
import type { Inputs } from '../config/understand.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kind, Kinds } from '../kinds/kind.ts'
import { byAddress, type Live, type LiveState } from '../state/resource.ts'
import { checkup } from './check.ts'
import type { EarlyItems } from './early-items.ts'
import { filesOf, folderOf, type FileLayout, type ImportedFile } from './files.ts'
import { itemOf, type ImportedItem } from './item.ts'
import { LongTexts } from './long-texts.ts'
import { openNames } from './names.ts'
import type { Note } from './notes.ts'
import { VariableNames, type ImportedVariable } from './variables.ts'

/** The entry point of this folder: what is live, as files that declare it. */
export { EarlyItems } from './early-items.ts'
export type { FileLayout } from './files.ts'
export { clearSecrets } from './item.ts'
export { chosenOf } from './select.ts'
export { environmentExample, type ImportedVariable } from './variables.ts'

/** What is to be imported, and how. */
export interface ImportRequest {
  observed: LiveState
  chosen: ReadonlySet<Live>
  kinds: Kinds
  /** The folder to write to, as people type it. */
  folder: string
  layout: FileLayout
  /** Long texts become files of their own. */
  textFiles: boolean
  /** The comment by which editors find the schema, for a file at a path. */
  schema: (path: string) => string
  /** Paths in the folder that must stay free. */
  takenPaths: Iterable<string>
  /** Variables that mean something else already. */
  takenVariables: Iterable<string>
  /** The text of `.env.example`, whose variables keep what they are for. */
  example?: string
  /** Files that stay and may be referred to, and how all are read. */
  inputs: Inputs
  /** Items that were made while others were read. */
  early?: EarlyItems
}

/** What came of it. Nothing is written yet. */
export interface Imported {
  /** Texts by path, as people type it. */
  texts: Map<string, string>
  /** What is written, by kind. */
  counts: { kind: string; section: string; written: number }[]
  variables: ImportedVariable[]
  notes: Note[]
  problems: Diagnostic[]
}

/**
 * R33: Converts what is live to files, and reads these as every command would. What the files would refuse
 * is left out and told; what a plan would change is told. The same state gives the same bytes.
 */
export async function importLive(request: ImportRequest): Promise<Imported> {
  const { kinds } = request
  const left = new Map<Live, string[]>()
  for (;;) {
    const { files, texts, items, variables } = filesFor(request, left)
    const pathOf = (file: ImportedFile): string => posix.join(request.folder, file.path)
    const inputs = { ...request.inputs, files: [...request.inputs.files, ...files.map(pathOf)] }
    const found = await checkup({ ...request, files, texts, pathOf, inputs })
    if (found.refused.size > 0) {
      for (const [{ live }, reasons] of found.refused) left.set(live, reasons)
      continue
    }
    return {
      texts,
      counts: kinds.managed.map(({ name: kind, section }) => ({
        kind,
        section,
        written: items.filter((item) => item.kind.name === kind).length
      })),
      variables,
      notes: [...notesOf(items, found.differing), ...leftOut(left)],
      problems: found.problems
    }
  }
}

function filesFor(
  request: ImportRequest,
  left: ReadonlyMap<Live, unknown>
): {
  files: ImportedFile[]
  texts: Map<string, string>
  items: ImportedItem[]
  variables: ImportedVariable[]
} {
  const { observed, kinds, layout, folder } = request
  const byName = new Map(kinds.managed.map((kind) => [kind.name, kind]))
  const names = openNames(observed.resources, kinds)
  const variables = new VariableNames(request.takenVariables, request.example)
  const up = (kind: Kind): string => (folderOf(kind, layout) === '' ? '' : '../')
  const texts = new LongTexts(request.takenPaths, up)
  const moved = (...given: Parameters<LongTexts['moved']>): string | undefined =>
    request.textFiles ? texts.moved(...given) : undefined
  const live = [...request.chosen].filter((one) => !left.has(one)).toSorted(inOrder)
  const items = live.flatMap((one) => {
    const kind = byName.get(one.kind)
    if (!kind) return []
    const early = request.textFiles ? undefined : request.early?.of(one, names)
    return [early ?? itemOf(kind, one, { names, variables, moved })]
  })
  const files = filesOf(items, {
    kinds,
    layout,
    live: observed.resources,
    taken: request.takenPaths,
    schema: (path) => request.schema(posix.join(folder, path))
  })
  const all = new Map(files.map(({ path, text }) => [posix.join(folder, path), text]))
  for (const [path, text] of texts.files) all.set(posix.join(folder, path), text)
  return { files, texts: all, items, variables: variables.chosen }
}

/** Returns items that declare live resources, for files that people wrote. */
export function declaredItems(
  chosen: readonly Live[],
  {
    observed,
    kinds,
    takenVariables,
    example
  }: Pick<ImportRequest, 'observed' | 'kinds' | 'takenVariables' | 'example'>
): (Pick<ImportedItem, 'kind' | 'live' | 'value'> & { variables: ImportedVariable[] })[] {
  const byName = new Map(kinds.managed.map((kind) => [kind.name, kind]))
  const names = openNames(observed.resources, kinds)
  const variables = new VariableNames(takenVariables, example)
  return chosen.toSorted(inOrder).flatMap((one) => {
    const kind = byName.get(one.kind)
    if (!kind) return []
    const before = variables.chosen.length
    const { live, value } = itemOf(kind, one, { names, variables, moved: () => undefined })
    return [{ kind, live, value, variables: variables.chosen.slice(before) }]
  })
}

/** Returns the paths that an import would write, without reading them. */
export function pathsFor(request: ImportRequest): Set<string> {
  return new Set(filesFor(request, new Map()).texts.keys())
}

/** Of one name, what was made first comes first: a later one changes nothing of what is written of it. */
function inOrder(a: Live, b: Live): number {
  const [first, second] = [a.createdAt ?? '', b.createdAt ?? '']
  return byAddress(a, b) || (first < second ? -1 : first > second ? 1 : a.id < b.id ? -1 : 1)
}

function notesOf(items: readonly ImportedItem[], differing: ReadonlyMap<ImportedItem, string[]>): Note[] {
  return items.flatMap((item) => {
    const fields = differing.get(item)
    if (!fields) return item.notes
    const { kind, name, id } = item.live
    const text = `cannot be written as it is, and a plan would change: ${fields.join(', ')}`
    const note: Note = { kind, name, id, about: 'differs', text }
    return [...item.notes, note]
  })
}

function leftOut(left: ReadonlyMap<Live, string[]>): Note[] {
  return Array.from(left, ([{ kind, name, id }, reasons]): Note => {
    const text = `is in no file, for files refuse it: ${[...new Set(reasons)].join('; ')}`
    return { kind, name, id, about: 'left out', text }
  })
}
