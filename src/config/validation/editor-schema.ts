import { detailsOfWords, type DetailOf, type Kind, type Kinds } from '../../kinds/kind.ts'
import { isObject, type Json, type JsonObject } from '../../state/value.ts'
import { environmentsSchema, fileSchema } from './file-schema.ts'
import { resourceSchema, withoutRefs } from './resource-schema.ts'

/** What the schema is known by, and where the last published one is. */
export const schemaId = 'https://cdn.jsdelivr.net/npm/polyctl/schemas/polyctl.schema.json'

/**
 * Returns one JSON Schema of whole files for editors: completion, descriptions and diagnostics while
 * typing. It allows more than polyctl's own validation: a placeholder may replace every number, boolean and
 * enum value. Its dialect is draft 7, which all editors support.
 */
export async function editorSchema(kinds: Kinds): Promise<JsonObject> {
  const root = partForEditors(fileSchema(kinds))
  const environments = partForEditors(environmentsSchema)
  const properties = isObject(root['properties']) ? root['properties'] : {}
  const definitions = await Promise.all(
    kinds.managed.map(async (kind) => [kind.name, await definition(kind)] as const)
  )
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: schemaId,
    title: 'polyctl',
    description: 'Polytomic as code: connections, models, syncs, bulk syncs, permissions.',
    ...root,
    properties: {
      ...properties,
      ...Object.fromEntries(kinds.managed.map(sectionOf)),
      ...(isObject(environments['properties']) ? environments['properties'] : {})
    },
    patternProperties: { '^x-': { description: 'For you alone: a place for anchors.' } },
    definitions: {
      placeholder: {
        type: 'string',
        pattern: '\\$\\{',
        description:
          'Filled when polyctl reads the file: ${env:NAME}, ${env:NAME:-fallback}, ${var:NAME}, ${file:path}.'
      },
      ...Object.fromEntries(definitions)
    }
  }
}

function sectionOf({ name, section, naming, description }: Kind): [section: string, schema: JsonObject] {
  const item = { $ref: `#/definitions/${name}` }
  return [
    section,
    naming?.only === undefined
      ? { description, type: ['array', 'null'], items: item }
      : { description, anyOf: [item, { type: 'null' }] }
  ]
}

async function definition(kind: Kind): Promise<JsonObject> {
  const schema = partForEditors(withoutRefs(resourceSchema(kind)))
  const branches = await details(kind)
  return {
    title: kind.name.replaceAll('_', ' '),
    ...schema,
    ...(branches.length > 0 ? { allOf: branches } : {})
  }
}

/** Returns a branch for each value of a field that decides what another may hold. */
async function details(kind: Kind): Promise<Json[]> {
  const all = detailsOfWords(kind)
  const branches = await Promise.all(
    all.map(async ({ field, word, path, schema }): Promise<Json[]> => {
      const condition = { properties: { [field]: { const: word } }, required: [field] }
      const described = (await kind.describedDetail?.({ [field]: word })) ?? schema
      const branch = nested(path, partForEditors(withoutRefs(described)))
      // oxlint-disable-next-line unicorn/no-thenable -- a key of JSON Schema; nobody awaits this
      return [{ if: condition, then: branch }]
    })
  ).then((found) => found.flat())
  return [...branches, ...neededBranches(all)]
}

/**
 * Returns a branch for each set of keys that a new resource must have, with all words that ask for it: many
 * ask for the same. What has an id exists, and has them.
 */
function neededBranches(all: readonly DetailOf[]): Json[] {
  const sets = all.flatMap(({ field, word, path, needed: { always, by } }) => {
    const of = (keys: readonly string[], when: JsonObject) => ({ field, word, path, keys, when })
    const some = by
      ? Object.entries(by.values).map(([value, keys]) => of(keys, { [by.key]: { const: value } }))
      : []
    return [of(always, {}), ...some].filter(({ keys }) => keys.length > 0)
  })
  const alike = Map.groupBy(sets, ({ field, path, keys, when }) =>
    JSON.stringify([field, path, keys, when])
  )
  return [...alike.values()].flatMap((same) => {
    const [first] = same
    if (!first) return []
    const { field, path, keys, when } = first
    const part: JsonObject = { properties: when, required: Object.keys(when) }
    const isSo = Object.keys(when).length === 0 ? {} : { [String(path[0])]: part }
    const condition = {
      properties: { [field]: { enum: same.map(({ word }) => word) }, ...isSo },
      required: [field, ...Object.keys(isSo)],
      not: { required: ['id'] }
    }
    const branch = { ...nested(path, { required: [...keys] }), required: path.slice(0, 1) }
    // oxlint-disable-next-line unicorn/no-thenable -- a key of JSON Schema; nobody awaits this
    return { if: condition, then: branch }
  })
}

function nested(path: readonly (string | number)[], schema: JsonObject): JsonObject {
  return path.toReversed().reduce<JsonObject>((inner, part) => ({ properties: { [part]: inner } }), schema)
}

function forEditors(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(forEditors)
  return isObject(schema) ? partForEditors(schema) : schema
}

/**
 * Returns a part of a schema for editors: every scalar that is not free text also allows a placeholder, and
 * an enum with `x-caseless` allows its words in any case.
 */
function partForEditors(schema: JsonObject): JsonObject {
  const {
    'x-caseless': caseless,
    'x-meant': _meant,
    'x-names': _names,
    'x-offers': _offers,
    'x-needs': needs,
    'x-words': meanings,
    ...described
  } = schema
  const { description, title, ...rest } = described
  const words = {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description })
  }
  const plain = {
    ...Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, walk(key, inner)])),
    ...(meanings === undefined || !isObject(meanings) ? {} : { enumDescriptions: Object.values(meanings) })
  }
  if (!isNarrow(rest)) return { ...words, ...plain, ...whatIsNeeded(needs) }
  const texts = Array.isArray(rest['enum']) ? rest['enum'].filter((value) => typeof value === 'string') : []
  const anyCase: Json[] =
    caseless === true ? [{ type: 'string', pattern: `^(${texts.map(inAnyCase).join('|')})$` }] : []
  return { ...words, anyOf: [plain, ...anyCase, { $ref: '#/definitions/placeholder' }] }
}

/**
 * Expands `x-needs`, `{ frequency: { daily: [hour, minute] } }`: fields that a value of another field
 * requires.
 */
function whatIsNeeded(needs: Json | undefined): JsonObject {
  if (needs === undefined || !isObject(needs)) return {}
  const branches = Object.entries(needs).flatMap(([field, values]): Json[] =>
    Object.entries(isObject(values) ? values : {}).map(([value, required]): Json => {
      const condition = {
        properties: { [field]: { type: 'string', pattern: `^${inAnyCase(value)}$` } },
        required: [field]
      }
      // oxlint-disable-next-line unicorn/no-thenable -- a key of JSON Schema; nobody awaits this
      return { if: condition, then: { required } }
    })
  )
  return { allOf: branches }
}

/** Walks into keywords that contain schemas, and into no others: the values of an enum are not schemas. */
function walk(key: string, inner: Json): Json {
  if (['properties', 'patternProperties', 'definitions', '$defs'].includes(key) && isObject(inner)) {
    return Object.fromEntries(Object.entries(inner).map(([name, schema]) => [name, forEditors(schema)]))
  }
  return holders.has(key) ? forEditors(inner) : inner
}

const holders = new Set([
  'items',
  'additionalProperties',
  'anyOf',
  'oneOf',
  'allOf',
  'then',
  'else',
  'not',
  'contains'
])

function isNarrow(schema: JsonObject): boolean {
  const types = [schema['type'] ?? []].flat()
  const isScalar =
    types.length > 0 && types.every((type) => type === 'integer' || type === 'number' || type === 'boolean')
  return isScalar || 'enum' in schema || 'const' in schema || 'format' in schema || 'pattern' in schema
}

/** Returns a pattern of a word in any case. */
export function inAnyCase(word: string): string {
  const cases = (sign: string): string => {
    const [lower, upper] = [sign.toLowerCase(), sign.toUpperCase()]
    if (lower === upper) return sign.replace(/[.*+?^${}()|[\]\\/]/, String.raw`\$&`)
    return `[${lower}${upper}]`
  }
  return Array.from(word, cases).join('')
}
