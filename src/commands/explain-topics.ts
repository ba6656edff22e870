import { fileSchema, resourceSchema, valueMeant, withoutRefs } from '../config/validation/index.ts'
import { similarNames } from '../diagnostics/similar.ts'
import type { TopicFacts, TypeFacts } from '../render/view/explain.ts'
import { pathsOf, propertiesOf, schemaOf, topicOf, wordsOf, type KeyDetails } from './explain-schema.ts'
import { kinds, type openCatalogue } from '../kinds/index.ts'
import type { Kind } from '../kinds/kind.ts'
import type { JsonObject } from '../state/value.ts'

/** What `explain` knows beside the codes of problems: kinds with their keys, types, and fixed words. */

/** What is loaded for `explain` alone. */
export type Catalogue = Awaited<ReturnType<typeof openCatalogue>>

/**
 * Returns the types of connections whose id or name has a word in it; else the type that people mean by the
 * word.
 */
export function typesWith(word: string, catalogue: Catalogue): TypeFacts[] {
  const sought = word.toLowerCase()
  const all = catalogue.typeIds().map((type) => ({ type, ...catalogue.typeName(type) }))
  const found = all.filter(({ type, name }) => `${type} ${name}`.toLowerCase().includes(sought))
  const meant = valueMeant(word, catalogue.typeIds())
  return found.length > 0 ? found : all.filter(({ type }) => type === meant)
}

/** Returns what a word, or a path of words, is about; nothing where nobody knows it. */
export function topicNamed(text: string, catalogue: Catalogue): TopicFacts | undefined {
  const [first = '', ...rest] = text.split(/[.[\]\s]+/).filter((part) => part !== '')
  if (first === 'connection_type') return typeTopic(rest[0] ?? '', rest.slice(1), catalogue)
  const whole = kinds.managed.find((one) => namesOf(one).includes(folded(text)))
  if (whole) return kindTopic(whole, [], catalogue)
  const kind = kinds.managed.find((one) => namesOf(one).includes(folded(first)))
  if (kind) return kindTopic(kind, rest, catalogue)
  if (catalogue.typeIds().includes(first.toLowerCase()))
    return typeTopic(first.toLowerCase(), rest, catalogue)
  const file = fileSchema(kinds)
  if (schemaOf(file, [first]) !== undefined)
    return topicOf(file, [first, ...rest], { topic: [first, ...rest].join('.'), beside: () => ({}) })
  return elsewhere([first, ...rest], catalogue)
}

/** What is near to a word that nobody knows: similar names, and all keys beside it. */
export interface Near {
  names: string[]
  beside: { of: string; keys: string[] } | undefined
}

/** Returns what is near to a word that nobody knows. */
export function nearTopics(text: string, catalogue: Catalogue): Near {
  return { names: nearNames(text, catalogue), beside: keysBeside(text) }
}

function nearNames(text: string, catalogue: Catalogue): string[] {
  const kindNames = kinds.managed.flatMap(({ name, section }) => [name, section])
  const paths = kinds.managed.flatMap((kind) =>
    pathsOf(schemaOfKind(kind)).map((path) => path.at(-1) ?? '')
  )
  const parts = text.split('.')
  const [first = '', ...rest] = parts
  const kind = kinds.managed.find((one) => namesOf(one).includes(folded(first)))
  if (kind && rest.length > 0) {
    const inside = schemaOf(schemaOfKind(kind), rest.slice(0, -1))
    const names = inside ? Object.keys(propertiesOf(inside)) : []
    return nearest(rest.at(-1) ?? '', names).map((name) => [...parts.slice(0, -1), name].join('.'))
  }
  const meant = valueMeant(text, catalogue.typeIds())
  const others = nearest(text, [...kindNames, ...catalogue.typeIds(), ...paths, 'types'])
  return [...new Set([...(meant === undefined ? [] : [meant]), ...others])].slice(0, mostNear)
}

/** Returns the keys beside which a path of a kind has one that nobody knows; none for anything else. */
function keysBeside(text: string): Near['beside'] {
  const [first = '', ...rest] = text.split('.')
  const kind = kinds.managed.find((one) => namesOf(one).includes(folded(first)))
  const inside = kind && rest.length > 0 ? schemaOf(schemaOfKind(kind), rest.slice(0, -1)) : undefined
  const keys = inside ? Object.keys(propertiesOf(inside)) : []
  return kind && keys.length > 0 ? { of: [kind.name, ...rest.slice(0, -1)].join('.'), keys } : undefined
}

/** Names that begin with a word come first, then those that have it in them; else those that are like it. */
function nearest(word: string, names: readonly string[]): string[] {
  const sought = word.toLowerCase()
  const have =
    sought.length < 3 ? [] : [...new Set(names)].filter((one) => one.toLowerCase().includes(sought))
  const begin = have.filter((one) => one.toLowerCase().startsWith(sought))
  const all = have.length > 0 ? [...begin, ...have] : similarNames(word, names)
  return [...new Set(all)].slice(0, mostNear)
}

const mostNear = 4

function namesOf({ name, section }: Kind): string[] {
  return [folded(name), folded(section)]
}

/** Letters alone, in the singular: `Bulk Syncs` is `bulksync`. */
function folded(word: string): string {
  const letters = word.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  return letters.replace(/ies$/, 'y').replace(/(?<=..)s$/, '')
}

function schemaOfKind(kind: Kind): JsonObject {
  return withoutRefs(resourceSchema(kind))
}

function kindTopic(kind: Kind, path: readonly string[], catalogue: Catalogue): TopicFacts | undefined {
  const schema = schemaOfKind(kind)
  const exact = spelled(schema, path)
  if (exact === undefined) return undefined
  const topic = [kind.name, ...exact].join('.')
  const found = topicOf(schema, exact, { topic, beside: besideOf(kind) })
  if (found === undefined) return undefined
  if (exact.length > 0)
    return {
      ...found,
      example: partOf(catalogue.kindExamples[kind.name], exact),
      notes: [...ownership(kind, exact), ...detailNote(kind, exact)]
    }
  return {
    ...found,
    description: kind.description,
    type:
      kind.naming?.only === undefined
        ? `items of the list \`${kind.section}\``
        : `\`${kind.section}\` itself`,
    example: catalogue.kindExamples[kind.name] ?? null,
    notes: catalogue.typeIds().includes(kind.name)
      ? [`there is a type of connections of this name, too: \`polyctl explain types ${kind.name}\``]
      : []
  }
}

/** Returns the part of an example that has a key of a path, with all that is in it; null where none has. */
function partOf(example: string | null | undefined, [top = '', ...rest]: readonly string[]): string | null {
  const lines = (example ?? '').split('\n')
  const at = lines.findIndex((line) => line.trimStart().replace(/^- /, '').startsWith(`${top}:`))
  const first = lines[at]?.replace(/^( *)- /, '$1  ') ?? ''
  const depth = first.length - first.trimStart().length
  const after = lines.slice(at + 1)
  const end = after.findIndex((line) => line.length - line.trimStart().length <= depth)
  const block = [first, ...(end === -1 ? after : after.slice(0, end))].map((line) => line.slice(depth))
  const last = rest.at(-1)
  const isThere = at !== -1 && (last === undefined || block.some((line) => hasKey(line, last)))
  return isThere ? `${block.join('\n').trimEnd()}\n` : null
}

function hasKey(line: string, key: string): boolean {
  return line.split(/[{,]/).some((part) => part.trim().replace(/^- /, '').startsWith(`${key}:`))
}

/** Returns a path as the schema spells it; nothing where it has none. */
function spelled(schema: JsonObject, path: readonly string[]): string[] | undefined {
  const [part, ...rest] = path
  if (part === undefined) return []
  const all = propertiesOf(schema)
  const name = Object.hasOwn(all, part)
    ? part
    : Object.keys(all).find((one) => folded(one) === folded(part))
  const inner = name === undefined ? undefined : all[name]
  const after = inner === undefined ? undefined : spelled(inner, rest)
  return name === undefined || after === undefined ? undefined : [name, ...after]
}

function besideOf(kind: Kind): KeyDetails {
  const since = new Map(
    Object.entries(kind.since ?? {}).map(([path, version]) => [path.replaceAll('.*', ''), version])
  )
  return (path) => {
    const rule = path.length === 1 ? kind.fields[path[0] ?? '']?.rule : undefined
    return {
      secret: kind.isSecret({}, path),
      since: since.get(path.join('.')) ?? null,
      default: rule?.is === 'scalar' ? (rule.default ?? null) : null
    }
  }
}

/** Who decides about a field, where that is not the files alone. */
function ownership({ fields }: Kind, path: readonly string[]): string[] {
  const owner = path.length === 1 ? fields[path[0] ?? '']?.class : undefined
  if (owner === 'carried') return ['left out, it stays as it is in the service']
  if (owner === 'once') return ['it is sent when the resource is made, and never again']
  if (owner === 'fixed') return ['it cannot change once the resource exists']
  return owner === 'unreadable' ? ['the service never answers it, so it is not compared'] : []
}

function detailNote(kind: Kind, path: readonly string[]): string[] {
  const isDetail =
    kind.detail !== undefined && path.length === 1 && ['type', 'configuration'].includes(path[0] ?? '')
  return isDetail
    ? ['`polyctl explain types` lists the types; with one of them, `explain` shows its keys']
    : []
}

function typeTopic(type: string, path: readonly string[], catalogue: Catalogue): TopicFacts | undefined {
  const of = catalogue.typeOf(type)
  if (!of) return undefined
  const { schema, needed, secrets, defaults, name, authorized, owned, example } = of
  const found = topicOf(schema, spelled(schema, path) ?? path, {
    topic: [type, ...path].join('.'),
    beside: ([key = '', ...deeper]) =>
      deeper.length > 0
        ? {}
        : {
            required: needed.always.includes(key),
            secret: secrets.has(key),
            default: defaults[key] ?? null
          }
  })
  if (found === undefined) return undefined
  if (path.length > 0) return { ...found, example: partOf(example, path) }
  const modes = Object.entries(needed.by?.values ?? {}).filter(([, keys]) => keys.length > 0)
  return {
    ...found,
    name,
    type: 'the `configuration` of a connection',
    description: authorized ? `${name}. A person authorizes it in a browser.` : `${name}.`,
    example,
    notes: [
      ...modes.map(([mode, keys]) => {
        const list = keys.join(', ')
        return `with \`${needed.by?.key}: ${mode}\` no person comes, and it needs: ${list}`
      }),
      ...(owned.length > 0 ? [`the service fills by itself: ${owned.join(', ')}`] : [])
    ]
  }
}

/** A key or a fixed word by its last names alone: in the first kind that has it, with where else it is. */
function elsewhere(path: readonly string[], catalogue: Catalogue): TopicFacts | undefined {
  const wanted = path.map(folded)
  const isEnd = (all: readonly string[]): boolean =>
    all.length >= wanted.length &&
    wanted.every((part, at) => folded(all.at(at - wanted.length) ?? '') === part)
  const places = kinds.managed.flatMap((kind) => {
    const schema = schemaOfKind(kind)
    const word = path.length === 1 ? (path[0] ?? '') : undefined
    return pathsOf(schema)
      .filter((one) => isEnd(one) || (word !== undefined && hasWord(schemaOf(schema, one), word)))
      .map((one) => ({ kind, path: one }))
  })
  const [first, ...others] = places.toSorted((a, b) => Number(isEnd(b.path)) - Number(isEnd(a.path)))
  const found = first && kindTopic(first.kind, first.path, catalogue)
  if (!found) return undefined
  const more = others
    .slice(0, mostPlaces)
    .map(({ kind, path: one }) => `\`${[kind.name, ...one].join('.')}\``)
  const rest = others.length > mostPlaces ? ` and ${others.length - mostPlaces} more` : ''
  return more.length === 0
    ? found
    : { ...found, notes: [...found.notes, `also in: ${more.join(', ')}${rest}`] }
}

const mostPlaces = 6

function hasWord(schema: JsonObject | undefined, word: string): boolean {
  const own = schema && !('properties' in schema) && !('items' in schema) ? wordsOf(schema) : []
  return own.some((one) => one.word.toLowerCase() === word.toLowerCase())
}
