import { nameKeys, type Kind, type Kinds } from '../kinds/kind.ts'
import { inKeyOrder } from '../config/layout/index.ts'
import { hasUnseenSigns } from '../config/source/index.ts'
import type { Live, Path } from '../state/resource.ts'
import {
  isLongNumber,
  isObject,
  referencesIn,
  textOf,
  type Json,
  type JsonObject,
  type Reference
} from '../state/value.ts'
import type { Names, Pin } from './names.ts'
import type { About, Note } from './notes.ts'
import { secretLike } from './secret-like.ts'
import { fieldText, type VariableNames } from './variables.ts'

/** A live resource as files have it. */
export interface ImportedItem {
  kind: Kind
  live: Live
  value: JsonObject
  /** Lines above it in the file. They quote nothing that the service says. */
  comments: string[]
  notes: Note[]
}

/** What items are converted with. */
export interface ItemContext {
  names: Names
  variables: Pick<VariableNames, 'choose'>
  /** Moves a long text into a file of its entry: returns the placeholder for it, if it does. */
  moved: (kind: Kind, live: Live, path: Path, text: string) => string | undefined
}

/** Converts a live resource to the item that declares it. */
export function itemOf(kind: Kind, live: Live, context: ItemContext): ImportedItem {
  const { names } = context
  const entry: ImportedItem = { kind, live, value: {}, comments: [], notes: [] }
  const fields = kind.essential(live.fields)
  const written = kind.toYaml(fields, { nameOf: names.nameOf })
  const value: { [key: string]: Json } = { ...namingOf(kind, live), ...textsOf(written, entry, context) }
  const pin = kind.api.access === 'listed' ? names.pinned(live) : undefined
  if (pin) value['id'] = live.id
  placeSecrets(value, entry, context)
  entry.value = inKeyOrder(kind, value)
  tellName(entry)
  describe(entry, pin, names)
  tellReferences(entry, fields, names)
  tellUnknown(entry, fields)
  return entry
}

/** The keys that make the name, where these are no fields. */
function namingOf(kind: Kind, live: Live): { [key: string]: Json } {
  const [key, another] = nameKeys(kind)
  if (key === undefined || another !== undefined || key in kind.fields) return {}
  return { [key]: literal(live.name) }
}

/** Names are looked through like other texts. Where they are fields, that was done. */
function tellName(entry: ImportedItem): void {
  const [key] = Object.keys(namingOf(entry.kind, entry.live))
  const like = key === undefined ? undefined : secretLike(entry.live.name)
  if (key !== undefined && like !== undefined)
    note(entry, 'secret-like', `has what looks like ${like}`, [key])
}

/** A text that no placeholder is read in. */
function literal(text: string): string {
  return text.replaceAll('${', () => '$${')
}

/** Writes each text so that it means itself. What cannot be written is left out, and told. */
function textsOf(value: JsonObject, entry: ImportedItem, context: ItemContext): JsonObject {
  const walk = (inner: Json, path: Path): Json | undefined => {
    if (isLongNumber(inner)) return note(entry, 'not written', longNumber, path)
    if (typeof inner === 'string') {
      if (/^\*{3,}$/.test(inner)) return note(entry, 'not written', masked, path)
      const like = secretLike(inner)
      if (like !== undefined) note(entry, 'secret-like', `has what looks like ${like}`, path)
      return context.moved(entry.kind, entry.live, path, inner) ?? literal(inner)
    }
    if (Array.isArray(inner)) return inner.flatMap((item, index) => walk(item, [...path, index]) ?? [])
    return isObject(inner) ? walkAll(inner, path) : inner
  }
  const walkAll = (object: JsonObject, path: Path): JsonObject =>
    Object.fromEntries(
      Object.entries(object).flatMap(([key, inner]): [string, Json][] => {
        const kept = walk(inner, [...path, key])
        return kept === undefined ? [] : [[key, kept]]
      })
    )
  return walkAll(value, [])
}

const masked = 'has a value that the service shows as asterisks, and that stays as it is'
const longNumber = 'has a number with more digits than files can hold, and that stays as it is'

function note(entry: ImportedItem, about: About, text: string, path?: Path): undefined {
  const { kind, name, id } = entry.live
  const at = path === undefined ? {} : { path: fieldText(path) }
  entry.notes.push({ kind, name, id, about, text, ...at })
}

/** R36: A secret is known by where it stands, whatever the service answers there. */
function placeSecrets(value: { [key: string]: Json }, entry: ImportedItem, context: ItemContext): void {
  const { kind, live } = entry
  // What another organization owns is never sent.
  const places = live.readOnly ? [] : (kind.secretsIn?.(live.wire) ?? [])
  for (const { path, isNeeded } of places) {
    // An address or a mail says nothing in the name of a variable.
    const called = kind.naming ? kind.name : live.name
    const instead = textOf(live.fields['type'] ?? kind.name)
    const name = context.variables.choose({ of: live, called, instead, path, item: live.wire, isNeeded })
    setDeep(value, path, `\${env:${name}}`)
  }
}

/** Returns the secrets that the service answered in clear, where it should have answered masks. */
export function clearSecrets(live: Iterable<Live>, kinds: Kinds): string[] {
  const byName = new Map(kinds.managed.map((kind) => [kind.name, kind]))
  return Array.from(live).flatMap(({ kind, wire }) =>
    (byName.get(kind)?.secretsIn?.(wire) ?? []).flatMap(({ path }) => {
      const found = valueAt(wire, path)
      return typeof found === 'string' && !/^\*{3,}$/.test(found) ? [found] : []
    })
  )
}

function valueAt(value: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((at, part) => {
    if (Array.isArray(at)) return at[Number(part)]
    return isObject(at) ? at[String(part)] : undefined
  }, value)
}

/** Sets a value at a path, and makes the parents that are missing. */
function setDeep(root: { [key: string]: Json }, path: Path, value: Json): void {
  let at: Json = root
  for (const [index, part] of path.entries()) {
    const next = path[index + 1]
    const inner: Json =
      next === undefined ? value : (valueAt(at, [part]) ?? (typeof next === 'number' ? [] : {}))
    if (Array.isArray(at)) at[Number(part)] = inner
    else if (isObject(at)) at[String(part)] = inner
    at = inner
  }
}

/** Says what a reader of the file must know of the resource, above it and in the report. */
function describe(entry: ImportedItem, pin: Pin | undefined, names: Names): void {
  const { live } = entry
  const tell = (about: About, text: string): void => {
    entry.comments.push(`It ${text}.`)
    note(entry, about, text)
  }
  if (pin) tell(pin.why === 'shared' ? 'same name' : 'unseen', pinText(pin))
  const lookalikes = names.lookalikes(live)
  if (lookalikes.length > 0) tell('unseen', 'has a name that differs from another in what is hard to see')
  else if (hasUnseenSigns(live.name)) tell('unseen', 'has a name with signs that nobody sees')
  if (live.pendingReason !== undefined) tell('pending', 'waits for a person, who must authorize it')
  if (live.readOnly) tell('shared', 'belongs to another organization, and only there it can be changed')
  for (const field of live.unread ?? [])
    note(entry, 'not written', 'has a part that the service refuses to show', [field])
}

function pinText(pin: Pin): string {
  if (pin.why === 'blanks')
    return 'has a name that begins or ends with blanks: `id` says that they are meant'
  if (pin.why !== 'shared') return 'has a name with a control character: `id` says that it is meant'
  if (pin.builtIn) return 'has the name of one that comes with the service: `id` says which this is'
  const others = pin.others === 1 ? 'another' : `${pin.others} others`
  return `has the name of ${others}: \`id\` says which this is`
}

/** Tells of references to what is not there: files then have an id. */
function tellReferences(entry: ImportedItem, fields: JsonObject, names: Names): void {
  const missing = new Map<string, Reference>()
  for (const reference of referencesIn(fields))
    if (!names.isThere(reference)) missing.set(`${reference.$ref} ${reference.id ?? ''}`, reference)
  for (const { $ref: kind, id = '' } of missing.values()) {
    const text = `refers to a ${kind.replaceAll('_', ' ')} that is not there any more: ${id}`
    entry.comments.push(`It ${text}.`)
    note(entry, 'dangling', text)
  }
}

/** R8: What polyctl does not know stays as it is; files cannot say it. */
function tellUnknown(entry: ImportedItem, fields: JsonObject): void {
  const { kind, live } = entry
  const unknown = new Set(kind.unknownIn?.(live.wire) ?? [])
  for (const path of droppedPaths(kind, live, fields)) unknown.add(path)
  if (unknown.size === 0) return
  const [some, more] = [[...unknown].slice(0, most), unknown.size - most]
  const rest = more > 0 ? `, and ${more} more` : ''
  note(
    entry,
    'unknown',
    `has keys that polyctl does not know, and that updates leave alone: ${some.join(', ')}${rest}`
  )
}

const most = 8

/** Settings that the schema of their type does not have: they are not written. */
function droppedPaths(kind: Kind, live: Live, fields: JsonObject): string[] {
  const detail = kind.detail?.(live.fields)
  const there = detail && valueAt(live.fields, detail.path)
  const properties = detail?.schema['properties'] ?? null
  if (!detail || !isObject(there) || !isObject(properties)) return []
  const kept = valueAt(fields, detail.path)
  return Object.keys(there)
    .filter((key) => !Object.hasOwn(properties, key) && !(isObject(kept) && Object.hasOwn(kept, key)))
    .map((key) => `${fieldText(detail.path)}.${key}`)
}
