import { changedText, draftOf, draftAt, withDraftAt, type Draft, type Lock } from '../config/edit/index.ts'
import { setAt } from '../config/pointer.ts'
import { standardInput, valueOfNode, type YamlDocument, type YamlNode } from '../config/source/index.ts'
import type { Witness } from '../config/understand.ts'
import type { Kind, Kinds } from '../kinds/kind.ts'
import { addressText, type Address } from '../state/resource.ts'
import { isSecret, type JsonObject } from '../state/value.ts'

/** Where a resource is written: its document, and the path of its item there. */
export interface ItemPlace {
  document: YamlDocument
  path: readonly (string | number)[]
}

/** What the files say, as they are written. */
export class WrittenFiles implements Witness {
  readonly #documents: YamlDocument[] = []
  readonly #items = new Map<string, { node: YamlNode; value: JsonObject }>()
  readonly #nodes = new Map<YamlNode, JsonObject>()
  readonly #kinds: Kinds
  #places: ReadonlyMap<string, ItemPlace> | undefined
  readonly #drafts = new Map<YamlDocument, Draft>()

  constructor(kinds: Kinds) {
    this.#kinds = kinds
  }

  documents(documents: readonly YamlDocument[]): void {
    this.#documents.push(...documents)
  }

  item(address: Address, node: YamlNode, value: JsonObject): void {
    this.#items.set(addressText(address), { node, value })
    this.#nodes.set(node, value)
  }

  get all(): readonly YamlDocument[] {
    return this.#documents
  }

  /** Returns where a resource is written. */
  placeOf(address: Address): ItemPlace | undefined {
    this.#places ??= this.#found()
    return this.#places.get(addressText(address))
  }

  #found(): ReadonlyMap<string, ItemPlace> {
    const places = new Map<YamlNode, ItemPlace>()
    for (const document of this.#documents)
      for (const kind of this.#kinds.managed)
        for (const { path, node } of itemsOf(document, kind)) places.set(node, { document, path })
    const all = [...this.#items].flatMap(([address, { node }]): [string, ItemPlace][] => {
      const place = places.get(node)
      return place ? [[address, place]] : []
    })
    return new Map(all)
  }

  /** Returns the draft of a document, in which items have their filled values. */
  draftOf(document: YamlDocument): Draft {
    const known = this.#drafts.get(document)
    if (known) return known
    const isPiped = document.source.path === standardInput.shown
    const lock: Lock | undefined = isPiped ? { because: 'stdin', words: '' } : undefined
    const value = valueOfNode(document.root)
    for (const kind of this.#kinds.managed)
      for (const { path, node } of itemsOf(document, kind)) {
        const filled = this.#nodes.get(node)
        if (filled) setAt(value, path, filled)
      }
    const draft = draftOf(document.source, document.root, value, lock)
    this.#drafts.set(document, draft)
    return draft
  }

  /** Returns the texts of files whose documents changed, by path; undefined where one cannot be written. */
  texts(changed: ReadonlyMap<YamlDocument, Draft>): Map<string, string | undefined> {
    const paths = new Map<string, YamlDocument[]>()
    for (const document of changed.keys()) {
      const { path } = document.source
      paths.set(path, [...(paths.get(path) ?? []), document])
    }
    return new Map([...paths].map(([path, documents]) => [path, this.#text(documents, changed)]))
  }

  /** Returns the text of a file in which literal secrets are dots. Placeholders are names, and stay. */
  shownText(path: string): string {
    const documents = this.#documents.filter(({ source }) => source.path === path)
    const text = documents[0]?.source.text ?? ''
    const secrets = documents.flatMap((document) => secretsIn(this.draftOf(document)))
    const spans = secrets.filter(({ start, end }) => !lonePlaceholder.test(text.slice(start, end)))
    return spans
      .toSorted((a, b) => b.start - a.start)
      .reduce(
        (shown, { start, end }) =>
          `${shown.slice(0, start)}${dots(text.slice(start, end))}${shown.slice(end)}`,
        text
      )
  }

  #text(documents: readonly YamlDocument[], changed: ReadonlyMap<YamlDocument, Draft>): string | undefined {
    const [first] = documents
    if (!first) return undefined
    return changedText(
      first.source,
      documents.map((document) => {
        const before = this.draftOf(document)
        return { root: document.root, before, after: changed.get(document) ?? before }
      })
    )
  }
}

const lonePlaceholder = /^["']?\$\{(?:env|var|file):[\w./ -]+\}["']?$/

function dots(text: string): string {
  return text.replaceAll(/[^\s"'|>]/g, '•')
}

/** The nodes whose values are secrets, in the file itself. */
function secretsIn(draft: Draft): YamlNode[] {
  if (draft.is === 'scalar') {
    const isOwn =
      draft.lock === undefined || draft.lock.because === 'placeholder' || draft.lock.because === 'anchor'
    return draft.was && isOwn && isSecret(draft.value) ? [draft.was] : []
  }
  const parts = draft.is === 'list' ? draft.items : draft.entries.map((entry) => entry.draft)
  return parts.flatMap(secretsIn)
}

function itemsOf(
  { root }: YamlDocument,
  { section, naming }: Kind
): { path: ItemPlace['path']; node: YamlNode }[] {
  if (root.is !== 'mapping') return []
  const value = root.entries.find(({ key }) => key === section)?.value
  if (!value) return []
  if (naming?.only !== undefined) return [{ path: [section], node: value }]
  return value.is === 'list' ? value.items.map((node, index) => ({ path: [section, index], node })) : []
}

/** Documents on their way, by the places of items. */
export class Documents {
  readonly #written: WrittenFiles
  readonly #drafts = new Map<YamlDocument, Draft>()
  /** Items that are not in the drafts yet: a list of thousands is put together once. */
  readonly #items = new Map<YamlDocument, Map<ItemPlace['path'], Draft>>()

  constructor(written: WrittenFiles) {
    this.#written = written
  }

  at({ document, path }: ItemPlace): Draft | undefined {
    return this.#items.get(document)?.get(path) ?? draftAt(this.#base(document), path)
  }

  root(document: YamlDocument): Draft {
    const items = this.#items.get(document)
    if (items) {
      this.#items.delete(document)
      this.#drafts.set(document, withItems(this.#base(document), items))
    }
    return this.#base(document)
  }

  put({ document, path }: ItemPlace, draft: Draft): void {
    const items = this.#items.get(document) ?? new Map<ItemPlace['path'], Draft>()
    this.#items.set(document, items.set(path, draft))
  }

  replace(document: YamlDocument, draft: Draft): void {
    this.#drafts.set(document, draft)
  }

  texts(): Map<string, string | undefined> {
    for (const document of this.#items.keys()) this.root(document)
    return this.#written.texts(this.#drafts)
  }

  #base(document: YamlDocument): Draft {
    return this.#drafts.get(document) ?? this.#written.draftOf(document)
  }
}

/** Puts items at their places: at a section, or in the list of one. */
function withItems(root: Draft, items: ReadonlyMap<ItemPlace['path'], Draft>): Draft {
  const sections = Map.groupBy(items, ([[section = '']]) => section)
  return [...sections].reduce((whole, [section, own]) => {
    const list = draftAt(whole, [section])
    if (list?.is !== 'list') return own.reduce((at, [path, draft]) => withDraftAt(at, path, draft), whole)
    const next = [...list.items]
    for (const [[, index], draft] of own) next[Number(index)] = draft
    return withDraftAt(whole, [section], { ...list, items: next })
  }, root)
}
