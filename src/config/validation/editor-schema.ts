import type { Kind, Kinds } from '../../kinds/kind.ts'
import { dictionary, isObject, type Json, type JsonObject } from '../../state/value.ts'
import { fileSchema } from './file-schema.ts'
import { resourceSchema, withoutRefs } from './resource-schema.ts'

/**
 * One JSON Schema for whole files, for editors: completion, explanations and red lines while typing. It
 * is wider than what polyctl itself checks: a placeholder may stand wherever a number, a boolean or a
 * fixed word is meant. Draft 7, which all editors know.
 */
export function editorSchema(kinds: Kinds): JsonObject {
  const root = forEditors(fileSchema(kinds)) as JsonObject
  const properties = root['properties'] as JsonObject
  for (const kind of kinds.managed) {
    const description =
      sentences[kind.section] ?? `All ${kind.section.replaceAll('_', ' ')} that these files describe.`
    const item = { $ref: `#/definitions/${kind.name}` }
    properties[kind.section] =
      kind.naming?.only === undefined
        ? { description, type: ['array', 'null'], items: item }
        : { description, anyOf: [item, { type: 'null' }] }
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'polyctl',
    description: 'Polytomic as code: connections, models, syncs, bulk syncs, permissions.',
    ...root,
    patternProperties: { '^x-': { description: 'For you alone: a place for anchors.' } },
    definitions: {
      placeholder: {
        type: 'string',
        pattern: '\\$\\{',
        description:
          'Filled when polyctl reads the file: ${env:NAME}, ${env:NAME:-fallback}, ${var:NAME}, ${file:path}.'
      },
      ...Object.fromEntries(kinds.managed.map((kind) => [kind.name, definition(kind)]))
    }
  }
}

const sentences = dictionary<string>({
  connections: 'Systems to read from and to write to, with how to reach them.',
  models: 'What is read from a connection: a table, a collection, a query.',
  syncs: 'What is written where: from models to an object of a connection, and when.',
  bulk_syncs: 'Whole objects of one connection, copied to another.',
  roles: 'Names for groups of people, which policies give rights to.',
  policies: 'Which roles may do what with the resources that carry the policy.',
  users: 'The people of the organization, and their roles.',
  webhooks: 'Where the service reports its events to: one in an organization.',
  global_error_subscribers: 'Who is told by mail when any sync fails.',
  schema_primary_keys: 'Which fields tell the records of a schema apart, where the source does not say.'
})

function definition(kind: Kind): JsonObject {
  const schema = forEditors(withoutRefs(resourceSchema(kind))) as JsonObject
  const branches = details(kind)
  return {
    title: kind.name.replaceAll('_', ' '),
    ...schema,
    ...(branches.length > 0 ? { allOf: branches } : {})
  }
}

/** Returns a branch for each value of a field that decides what another may hold. */
function details(kind: Kind): Json[] {
  const properties = kind.schema['properties'] ?? null
  const type = isObject(properties) ? (properties['type'] ?? null) : null
  const values = isObject(type) && Array.isArray(type['enum']) ? type['enum'] : []
  return values.flatMap((value): Json[] => {
    const detail = kind.detail?.({ type: value })
    if (!detail) return []
    const condition = { properties: { type: { const: value } }, required: ['type'] }
    const branch = nested(detail.path, forEditors(withoutRefs(detail.schema)))
    // oxlint-disable-next-line unicorn/no-thenable -- a key of JSON Schema; nobody awaits this
    return [{ if: condition, then: branch }]
  })
}

function nested(path: readonly (string | number)[], schema: Json): Json {
  return path.toReversed().reduce<Json>((inner, part) => ({ properties: { [part]: inner } }), schema)
}

/**
 * Beside every scalar that is not free text, a placeholder; fixed words that polyctl takes in any case,
 * in any case.
 */
function forEditors(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(forEditors)
  if (!isObject(schema)) return schema
  const { 'x-caseless': caseless, 'x-meant': _meant, description, title, ...rest } = schema
  const words = {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description })
  }
  const plain = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, walk(key, inner)]))
  if (!isNarrow(rest)) return { ...words, ...plain }
  const texts = Array.isArray(rest['enum']) ? rest['enum'].filter((value) => typeof value === 'string') : []
  const anyCase: Json[] =
    caseless === true ? [{ type: 'string', pattern: `^(${texts.map(inAnyCase).join('|')})$` }] : []
  return { ...words, anyOf: [plain, ...anyCase, { $ref: '#/definitions/placeholder' }] }
}

/** Only what holds schemas is walked into: the values of an enum are not schemas. */
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

function inAnyCase(word: string): string {
  const cases = (sign: string): string => {
    const [lower, upper] = [sign.toLowerCase(), sign.toUpperCase()]
    return lower === upper ? sign : `[${lower}${upper}]`
  }
  return Array.from(word, cases).join('')
}
