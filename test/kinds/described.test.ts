import { describe, expect, test } from 'vitest'
import { fileSchema } from '../../src/config/validation/file-schema.ts'
import { resourceSchema, withoutRefs } from '../../src/config/validation/resource-schema.ts'
import { describedConfiguration } from '../../src/kinds/connection-texts.ts'
import { connectionTypes, serverOwnedFields } from '../../src/kinds/connection-types.ts'
import { kinds } from '../../src/kinds/index.ts'
import { isObject, textOf, type Json, type JsonObject } from '../../src/state/value.ts'

/** Every key that a schema knows, at any depth, with its path. */
function keysOf(schema: Json | undefined, path = ''): [path: string, schema: JsonObject][] {
  if (schema === undefined || !isObject(schema)) return []
  const own = Object.entries(isObject(schema.properties ?? null) ? (schema.properties as JsonObject) : {})
  const branches = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((one) =>
    Array.isArray(one) ? one : []
  )
  return [
    ...own.flatMap(([name, inner]): [string, JsonObject][] => [
      [`${path}.${name}`, inner as JsonObject],
      ...keysOf(inner, `${path}.${name}`)
    ]),
    ...keysOf(schema.items, `${path}[]`),
    ...keysOf(schema.additionalProperties, `${path}.*`),
    ...branches.flatMap((branch) => keysOf(branch, path))
  ]
}

const schemas: [string, JsonObject][] = [
  ['file', fileSchema(kinds)],
  ...kinds.managed.map((kind): [string, JsonObject] => [kind.name, withoutRefs(resourceSchema(kind))])
]

describe.each(schemas)('%s', (name, schema) => {
  const keys = keysOf(schema, name)

  test('has a sentence for every key', () => {
    expect(keys.length).toBeGreaterThan(3)
    const silent = keys.filter(([, { description }]) => !/^\S.*[.…]$/s.test(textOf(description ?? '')))
    expect(silent.map(([path]) => path)).toEqual([])
  })

  test('has a sentence for every word of a fixed few', () => {
    // Types have their systems' names, versions are dates, sections and types of variables are names.
    const named = ['.type', '.api_version', '.exclusive[]', '.removed']
    const silent = keys.flatMap(([path, key]) => {
      if (!Array.isArray(key.enum) || named.some((end) => path.endsWith(end))) return []
      const words = isObject(key['x-words'] ?? null) ? (key['x-words'] as JsonObject) : {}
      return key.enum.flatMap((word) =>
        textOf(words[textOf(word)] ?? '').endsWith('.') ? [] : [`${path}: ${textOf(word)}`]
      )
    })
    expect(silent).toEqual([])
  })
})

test('every setting of every type of connection is described, and what it must be is said', () => {
  let count = 0
  for (const [type, { fields }] of Object.entries(connectionTypes)) {
    const properties = describedConfiguration(type).properties as Record<string, { description?: string }>
    const settable = Object.keys(fields).filter((name) => !serverOwnedFields(type).includes(name))
    expect(Object.keys(properties)).toEqual(settable)
    for (const name of settable) {
      const { description = '' } = properties[name]!
      const { required, secret, default: assumed } = fields[name]!
      const where = `${type}.${name}: ${description}`
      expect(description, where).toMatch(/^[A-Z].*\.$/)
      expect(/Required( unless a person authorizes it)?\./.test(description), where).toBe(required === true)
      expect(description.includes('A secret'), where).toBe(secret === true)
      if (assumed !== undefined && !Array.isArray(assumed))
        expect(description).toContain(`Default: ${assumed}.`)
      count += 1
    }
    for (const [path, { description }] of keysOf(describedConfiguration(type), type))
      expect(description, path).toEqual(expect.stringMatching(/\.$/))
  }
  expect(count).toBeGreaterThan(800)
})
