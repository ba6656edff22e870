import { draftAt, entryIn, newDraft, withDraftAt } from '../config/edit/index.ts'
import { valueAt } from '../config/pointer.ts'
import type { YamlDocument } from '../config/source/index.ts'
import { declaredItems } from '../import/index.ts'
import { isSelected, type Selection } from '../plan/select.ts'
import { idKey, type Address } from '../state/resource.ts'
import { isObject, isReference, type Json, type JsonObject } from '../state/value.ts'
import type { Addition, PullInput } from './input.ts'
import type { Documents } from './written.ts'

/** Which live resources are added, if any are. */
interface AdditionOptions {
  selection?: Selection | undefined
  /** Variables that mean something else already. */
  takenVariables: Iterable<string>
  /** The text of `.env.example`, whose variables keep what they are for. */
  example?: string
}

/** Returns the additions: what the files declare, remove or no longer declare is none. */
export function additionsOf(input: PullInput, options: AdditionOptions): Addition[] {
  const { plan, observed, kinds } = input
  const known = new Set([
    ...plan.changes.flatMap((change) => ('id' in change ? [idKey(change)] : [])),
    ...plan.noLongerDeclared.map(idKey)
  ])
  const counted = new Set(plan.unmanaged.map(({ kind }) => kind))
  const chosen = observed.resources.filter(
    (live) =>
      counted.has(live.kind) &&
      !known.has(idKey(live)) &&
      live.readOnly === undefined &&
      isSelected(live, options.selection, kinds)
  )
  const { takenVariables, example } = options
  const naming = { observed, kinds, takenVariables, ...(example === undefined ? {} : { example }) }
  return declaredItems(chosen, naming).map(({ value, ...one }) => ({ ...one, item: filled(value) }))
}

/** Returns the address of what is added: with its id, where the item needs one beside its name. */
export function addedAddress({ live: { kind, name }, item: { id } }: Addition): Address {
  return { kind, name, ...(typeof id === 'string' ? { pin: id } : {}) }
}

/** Placeholders of secrets become their sources, and texts mean themselves. */
function filled(value: JsonObject): JsonObject {
  const walk = (inner: Json): Json => {
    if (Array.isArray(inner)) return inner.map(walk)
    if (isObject(inner)) return filled(inner)
    if (typeof inner !== 'string') return inner
    const [, name] = /^\$\{env:(\w+)\}$/.exec(inner) ?? []
    return name === undefined ? inner.replaceAll('$${', () => '${') : { $secret: `env ${name}` }
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
}

/**
 * Adds an item to the list of its kind, in the style of the last one there: where others of the same
 * connection are, else where the most of the kind are. Returns why, if it cannot be added.
 */
export function add(addition: Addition, documents: Documents, input: PullInput): string | undefined {
  const { kind, item } = addition
  const lists = input.written.all.flatMap((document) => {
    const list = draftAt(documents.root(document), [kind.section])
    return list?.is === 'list' && list.items.length > 0 ? [{ document, list }] : []
  })
  const open = lists.filter(({ list }) => list.lock === undefined)
  const beside = besideOf(addition, input)
  const [place] = open.toSorted(
    (a, b) =>
      (beside.get(b.document) ?? 0) - (beside.get(a.document) ?? 0) ||
      b.list.items.length - a.list.items.length
  )
  if (!place) {
    if (lists.length > 0) return 'the list of its kind comes from elsewhere'
    return addSection(addition, documents, input)
  }
  const { document, list } = place
  const next = { ...list, items: [...list.items, newDraft(item, list.items.at(-1))] }
  documents.replace(document, withDraftAt(documents.root(document), [kind.section], next))
  return undefined
}

/** Adds the first list of a kind behind the sections of a file: of that which has its connection. */
function addSection(
  { kind, live, item }: Addition,
  documents: Documents,
  input: PullInput
): string | undefined {
  const reference = kind.filedUnder && valueAt(live.fields, kind.filedUnder)
  const owner = isReference(reference)
    ? input.observed.resources.find(({ id }) => id === reference.id)
    : undefined
  const isOpen = (document: YamlDocument): boolean => {
    const root = documents.root(document)
    return root.is === 'mapping' && root.entries.length > 0 && root.lock === undefined
  }
  const change = input.plan.changes.find((one) => owner && 'id' in one && idKey(one) === idKey(owner))
  const own = change && input.written.placeOf(change)?.document
  const document = own && isOpen(own) ? own : input.written.all.findLast(isOpen)
  const root = document && documents.root(document)
  if (!document || root?.is !== 'mapping' || entryIn(root, kind.section))
    return 'no file has a place for its kind'
  const entries = [...root.entries, { key: kind.section, draft: newDraft([item]) }]
  documents.replace(document, { ...root, entries })
  return undefined
}

/** How many items of the kind each document has that are filed under the same resource. */
function besideOf(
  { kind, live }: Addition,
  { desired, written, observed }: PullInput
): ReadonlyMap<YamlDocument, number> {
  const { filedUnder } = kind
  const found = new Map<YamlDocument, number>()
  const reference = filedUnder && valueAt(live.fields, filedUnder)
  if (!filedUnder || !isReference(reference)) return found
  const name = observed.resources.find(({ id }) => id === reference.id)?.name
  for (const one of desired.resources) {
    const own = one.kind === kind.name ? valueAt(one.fields, filedUnder) : undefined
    const document = isReference(own) && own.name === name ? written.placeOf(one)?.document : undefined
    if (document) found.set(document, (found.get(document) ?? 0) + 1)
  }
  return found
}
