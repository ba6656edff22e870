import type { KeyFacts, TopicFacts, WordFacts } from '../render/view/explain.ts'
import { isObject, textOf, type JsonObject } from '../state/value.ts'

/**
 * What may be written, as a schema says it: for `explain`. The texts are the descriptions of the schemas,
 * which editors show as well.
 */

/** What is known of a key beside its schema. */
export type KeyDetails = (path: readonly string[]) => Partial<Omit<KeyFacts, 'name' | 'type'>>

/** Returns the schema at a path of names: of items where there is a list, and of all branches at once. */
export function schemaOf(schema: JsonObject, path: readonly string[]): JsonObject | undefined {
  const [name, ...rest] = path
  if (name === undefined) return schema
  const inner = propertiesOf(schema)[name]
  return inner === undefined ? undefined : schemaOf(inner, rest)
}

/** Returns the keys of a schema, whichever of its branches has them. */
export function propertiesOf(schema: JsonObject): Record<string, JsonObject> {
  const own = Object.entries(objectAt(schema, 'properties'))
  const free = objectAt(schema, 'additionalProperties')
  return Object.fromEntries([
    ...branchesOf(schema).flatMap((branch) => Object.entries(propertiesOf(branch))),
    ...Object.entries(Object.keys(objectAt(free, 'properties')).length > 0 ? propertiesOf(free) : {}),
    ...own.flatMap(([name, inner]): [string, JsonObject][] => (isObject(inner) ? [[name, inner]] : []))
  ])
}

/** Returns what there is to know of the part of a schema at a path. */
export function topicOf(
  schema: JsonObject,
  path: readonly string[],
  { topic, beside }: { topic: string; beside: KeyDetails }
): TopicFacts | undefined {
  const found = schemaOf(schema, path)
  if (found === undefined) return undefined
  const parent = path.length === 0 ? {} : (schemaOf(schema, path.slice(0, -1)) ?? {})
  const name = path.at(-1) ?? topic
  return {
    format_version: 1,
    topic,
    ...keyFacts(name, found, { isRequired: requiredOf(parent).has(name), beside: beside(path) }),
    words: wordsOf(found),
    keys: Object.entries(propertiesOf(found)).map(([key, inner]) =>
      keyFacts(key, inner, { isRequired: requiredOf(found).has(key), beside: beside([...path, key]) })
    ),
    example: null,
    notes: []
  }
}

/** Returns all paths of a schema, each after what it is in. */
export function pathsOf(schema: JsonObject, before: readonly string[] = []): string[][] {
  return Object.entries(propertiesOf(schema)).flatMap(([name, inner]) => {
    const path = [...before, name]
    return [path, ...pathsOf(inner, path)]
  })
}

/** Returns the fixed words of a schema, in any of its branches. */
export function wordsOf(schema: JsonObject): WordFacts[] {
  const meanings = objectAt(schema, 'x-words')
  const own = Array.isArray(schema.enum) ? schema.enum : []
  return [
    ...own.map((word) => ({ word: textOf(word), meaning: textOf(meanings[textOf(word)] ?? '') })),
    ...branchesOf(schema).flatMap(wordsOf)
  ]
}

function keyFacts(
  name: string,
  schema: JsonObject,
  { isRequired, beside }: { isRequired: boolean; beside: ReturnType<KeyDetails> }
): KeyFacts {
  return {
    name,
    type: typeText(schema),
    required: isRequired,
    secret: false,
    default: null,
    since: null,
    description: textOf(schema.description ?? ''),
    ...beside
  }
}

/** Items of lists and alternatives: what is inside of them is inside of the whole. */
function branchesOf(schema: JsonObject): JsonObject[] {
  const { anyOf, oneOf, allOf, items } = schema
  return [anyOf, oneOf, allOf, items === undefined ? [] : [items]].flatMap((branches) =>
    Array.isArray(branches) ? branches.filter(isObject) : []
  )
}

function requiredOf(schema: JsonObject): Set<string> {
  const own = Array.isArray(schema.required) ? schema.required.map(textOf) : []
  return new Set([...own, ...branchesOf(schema).flatMap((branch) => [...requiredOf(branch)])])
}

function objectAt(schema: JsonObject, key: string): JsonObject {
  const value = schema[key]
  return isObject(value) ? value : {}
}

const typeWords = new Map([
  ['string', 'text'],
  ['integer', 'whole number'],
  ['number', 'number'],
  ['boolean', 'true or false'],
  ['object', 'mapping'],
  ['array', 'list'],
  ['null', 'nothing']
])

/** Returns what a value is, in a few words. */
function typeText(schema: JsonObject): string {
  const { type, anyOf, enum: allowed, items } = schema
  if (Array.isArray(allowed)) return 'a fixed word'
  if (Array.isArray(anyOf)) {
    const all = anyOf.filter(isObject).map(typeText)
    return [...new Set(all)].join(', or ')
  }
  const types = [type ?? []]
    .flat()
    .map(textOf)
    .filter((one) => one !== 'null')
  if (types.length === 0) return 'any value'
  if (types.includes('array') && isObject(items)) return `list of ${pluralOf(typeText(items))}`
  return types.map((one) => typeWords.get(one) ?? one).join(' or ')
}

function pluralOf(word: string): string {
  if (word.includes(' ')) return `items, each ${word}`
  return word === 'text' ? 'texts' : `${word}s`
}
