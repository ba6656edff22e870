import { understand, type Inputs } from '../config/understand.ts'
import { parseYaml, type YamlNode } from '../config/source/index.ts'
import { isError, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kinds } from '../kinds/kind.ts'
import { decide } from '../plan/decide.ts'
import { detailsOf } from '../plan/details.ts'
import { pathText } from '../plan/path-node.ts'
import { asShown } from '../plan/wording.ts'
import { addressText, type DesiredState, type LiveState } from '../state/resource.ts'
import type { ImportedFile } from './files.ts'
import type { ImportedItem } from './item.ts'
import { overlaid } from './overlay.ts'

/** What the files that are to be written would mean. */
export interface Checkup {
  /** Items that the files would refuse, with the reasons. */
  refused: Map<ImportedItem, string[]>
  /** Items that a plan would change, with the fields in which they differ. */
  differing: Map<ImportedItem, string[]>
  /** Problems that no item is the cause of. */
  problems: Diagnostic[]
}

/** What a checkup needs to know. Paths of `texts` are as people type them. */
export interface CheckupInput {
  files: readonly ImportedFile[]
  /** All texts that are to be written. */
  texts: ReadonlyMap<string, string>
  pathOf: (file: ImportedFile) => string
  inputs: Inputs
  observed: LiveState
  kinds: Kinds
}

/**
 * Reads the files as every command does, before they are written, and compares what they mean with what is
 * live: a plan right after an import must be empty.
 */
export async function checkup(input: CheckupInput): Promise<Checkup> {
  const { files, texts, inputs, kinds, observed, pathOf } = input
  const found: Checkup = { refused: new Map(), differing: new Map(), problems: [] }
  const items = new Places(files, pathOf)
  const disk = overlaid(inputs.disk, texts)
  const { result } = await understand({ ...inputs, disk }, kinds)
  const blame = ({ labels, message }: Diagnostic): boolean => {
    const item = labels
      .map(({ span }) => items.at(span.path, span.start.offset))
      .find((one) => one !== undefined)
    if (item) found.refused.set(item, [...(found.refused.get(item) ?? []), message])
    return item !== undefined
  }
  found.problems.push(...result.problems.filter((one) => isError(one) && !blame(one)))
  if (!result.ok) return found
  const own = result.value.desired.resources.filter(({ span }) => items.has(span.path))
  const desired: DesiredState = { workspace: {}, resources: own, removed: [] }
  const decided = decide(desired, observed, kinds, { maxUpdates: Infinity })
  found.problems.push(...decided.problems.filter((one) => isError(one) && !blame(one)))
  if (!decided.ok) return found
  const spans = new Map(own.map((one) => [addressText(one), one.span]))
  for (const change of decided.value.changes) {
    // Files are read for places only where there is something to say: most imports need none of them.
    if (change.action === 'none') continue
    const span = spans.get(addressText(change))
    const item = span && items.at(span.path, span.start.offset)
    if (!item) continue
    const fields = detailsOf(change).fields.map((field) => pathText(asShown(field).path))
    found.differing.set(item, fields.length > 0 ? fields : [change.action])
  }
  return found
}

/** Finds the item that stands at an offset of a file. */
class Places {
  readonly #files: ReadonlyMap<string, ImportedFile>
  readonly #places = new Map<string, { start: number; end: number; item: ImportedItem }[]>()

  constructor(files: readonly ImportedFile[], pathOf: (file: ImportedFile) => string) {
    this.#files = new Map(files.map((file) => [pathOf(file), file]))
  }

  has(path: string): boolean {
    return this.#files.has(path)
  }

  at(path: string, offset: number): ImportedItem | undefined {
    const file = this.#files.get(path)
    if (!file) return undefined
    let places = this.#places.get(path)
    if (!places) this.#places.set(path, (places = placesIn(path, file)))
    return places.find(({ start, end }) => offset >= start && offset <= end)?.item
  }
}

function placesIn(path: string, file: ImportedFile): { start: number; end: number; item: ImportedItem }[] {
  const [root] = parseYaml(path, file.text).documents.map((one) => one.root)
  if (root?.is !== 'mapping') return []
  return file.sections.flatMap(({ kind, items }) => {
    const value = root.entries.find(({ key }) => key === kind.section)?.value
    const nodes: readonly YamlNode[] = value?.is === 'list' ? value.items : value ? [value] : []
    return nodes.flatMap(({ start, end }, index) => {
      const item = items[index]
      return item ? [{ start, end, item }] : []
    })
  })
}
