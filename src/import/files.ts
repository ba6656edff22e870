import { sectionsText, type LaidSection } from '../config/layout/index.ts'
import type { Kind, Kinds } from '../kinds/kind.ts'
import { idKey, type Live } from '../state/resource.ts'
import { isObject, isReference, type Json } from '../state/value.ts'
import { FileNames } from './file-names.ts'
import type { ImportedItem } from './item.ts'

/** How what is imported is split over files. */
export type FileLayout = 'connection' | 'kind' | 'one'

/** A file to write; the path is relative to the folder that is imported into. */
export interface ImportedFile {
  path: string
  text: string
  /** What it declares, by section, in the order of the file. */
  sections: { kind: Kind; items: ImportedItem[] }[]
}

/** What files are made with. */
export interface FilesRequest {
  kinds: Kinds
  layout: FileLayout
  /** All that is live: a file has the name of a connection also where that is not written. */
  live: readonly Live[]
  /** Paths that are kept free. */
  taken: Iterable<string>
  /** The comment by which editors find the schema. Absent: none. */
  schema: (path: string) => string
}

/** Splits items over files, in an order that depends on names alone. */
export function filesOf(items: readonly ImportedItem[], options: FilesRequest): ImportedFile[] {
  const { kinds } = options
  const names = new FileNames(options.taken)
  const live = new Map(options.live.map((one) => [idKey(one), one]))
  const groups = new Map<string, { group: Group; items: ImportedItem[] }>()
  for (const item of items) {
    const group = groupOf(item, { layout: options.layout, live })
    const known = groups.get(group.key)
    if (known) known.items.push(item)
    else groups.set(group.key, { group, items: [item] })
  }
  return [...groups.values()].map(({ group, items: own }) => {
    const path = names.choose(group.folder, group.name, '.yaml', group.instead)
    const sections = kinds.managed.flatMap((kind) => {
      const ofKind = own.filter((item) => item.kind.name === kind.name)
      return ofKind.length > 0 ? [{ kind, items: ofKind }] : []
    })
    return { path, text: textOfFile(sections, options.schema(path)), sections }
  })
}

/** Writes one file. */
export function textOfFile(sections: ImportedFile['sections'], schema: string): string {
  const laid = sections.map(({ kind, items }): LaidSection => ({
    name: kind.section,
    isList: kind.naming?.only === undefined,
    items: items.map(({ value, comments }) => ({ value, comments }))
  }))
  return sectionsText(laid, schema === '' ? [] : [schema])
}

interface Group {
  key: string
  folder: string
  name: string
  instead: string
}

/** Returns the folder in which the files of a kind are: empty, or one name with a slash. */
export function folderOf({ offers, filedUnder }: Kind, layout: FileLayout): string {
  return layout === 'connection' && (offers === true || filedUnder !== undefined) ? 'connections/' : ''
}

function groupOf(
  { kind, live }: ImportedItem,
  { layout, live: all }: Pick<FilesRequest, 'layout'> & { live: ReadonlyMap<string, Live> }
): Group {
  if (layout === 'one') return { key: '', folder: '', name: 'polytomic', instead: 'polytomic' }
  if (layout === 'kind') return { key: kind.section, folder: '', name: kind.section, instead: kind.section }
  const home = homeOf(kind, live, all)
  if (home === 'organization') return { key: home, folder: '', name: home, instead: home }
  const folder = folderOf(kind, layout)
  if (home === undefined) return { key: 'others', folder, name: 'others', instead: 'others' }
  const type = home.fields['type']
  const instead = typeof type === 'string' ? type : home.kind
  return { key: idKey(home), folder, name: home.name, instead }
}

/**
 * The resource in whose file another is written: a model is written with the connection that it reads, a
 * sync with the one that it writes to. Undefined where that is gone.
 */
function homeOf(kind: Kind, live: Live, all: ReadonlyMap<string, Live>): Live | 'organization' | undefined {
  if (kind.offers) return live
  if (!kind.filedUnder) return 'organization'
  const reference = kind.filedUnder.reduce<Json | undefined>(
    (at, part) => (isObject(at) ? at[String(part)] : undefined),
    live.fields
  )
  if (!isReference(reference)) return undefined
  return all.get(idKey({ kind: reference.$ref, id: reference.id ?? '' }))
}
