import * as fc from 'fast-check'
import { isObject, type Json, type JsonObject, textOf } from '../../src/state/value.ts'

/** Few hot words: only where names repeat do twins, circles and collisions appear. `A` and `AND` are letters and operators of filter logic. */
export const words = ['a', 'b', 'c', 'A', 'email', 'two words', '[a]', '( x', '05', 'AND', '$&'] as const

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c') },
  { weight: 2, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }).filter((text) => /^[^*]+$/.test(text)) }
)

const anything: fc.Arbitrary<Json> = fc.oneof(
  word,
  fc.integer({ min: -2, max: 99 }),
  fc.boolean(),
  fc.constantFrom('', 0.5),
  fc.array(word, { maxLength: 2 }),
  fc.dictionary(word, word, { maxKeys: 2, noNullPrototype: true })
)

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'date-time': fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-01T02:00:00+02:00'),
  email: fc.constantFrom('a@example.com', 'b+c@example.com'),
  json: fc.constantFrom('{}', '{"a": [1, "b"]}'),
  uuid: fc.constantFrom('0d2c8a35-6d2f-4f2e-9a4b-1a2b3c4d5e6f', '6f5e4d3c-2b1a-4b9a-8e2f-2f6d358a2c0d'),
  uri: fc.constantFrom('https://a.example', 'https://b.example/x'),
  iri: fc.constantFrom('https://a.example', 'https://b.example/ü'),
  'idn-email': fc.constantFrom('a@example.com', 'ü@exämple.com')
}

/** Values that fit a JSON Schema, of the part of it that our schemas use. `special` takes the place of a part, by its dotted path. */
export function fromSchema(
  schema: JsonObject,
  special: Readonly<Record<string, fc.Arbitrary<Json>>> = {},
  path = ''
): fc.Arbitrary<Json> {
  const own = special[path]
  if (own) return own
  const inner = (part: Json | undefined, key: string) =>
    fromSchema(isObject(part) ? part : {}, special, path === '' ? key : `${path}.${key}`)
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum'])
  if (Array.isArray(schema['anyOf'])) {
    return fc.oneof(
      ...schema['anyOf']
        .filter(isObject)
        .map((option) => fromSchema({ ...schema, anyOf: null, ...option }, special, path))
    )
  }
  const type = Array.isArray(schema['type']) ? schema['type'] : [schema['type'] ?? 'anything']
  return fc.oneof(
    ...type.map((one) => {
      if (one === 'object') return mapping(schema, inner)
      if (one === 'array') {
        const many = schema['uniqueItems'] === true ? unlike : fc.array
        return many(inner(schema['items'], '*'), {
          minLength: Number(schema['minItems'] ?? 0),
          maxLength: 4
        })
      }
      if (one === 'string') return text(schema)
      if (one === 'integer') return fc.integer({ min: 0, max: 70 })
      return one === 'boolean' ? fc.boolean() : anything
    })
  )
}

/** No two alike, in whatever case. */
function unlike<T>(one: fc.Arbitrary<T>, lengths: fc.ArrayConstraints): fc.Arbitrary<T[]> {
  return fc.uniqueArray(one, { ...lengths, selector: (item) => JSON.stringify(item).toLowerCase() })
}

function text(schema: JsonObject): fc.Arbitrary<string> {
  if (schema['format'] !== undefined) {
    const format = formats[textOf(schema['format'])]
    if (format === undefined)
      throw new Error(`no texts of the format ${textOf(schema['format'])} are known`)
    return format
  }
  if (typeof schema['pattern'] !== 'string') return word
  const pattern = new RegExp(schema['pattern'])
  const fitting = formed.filter((one) => pattern.test(one))
  // A draw that goes on until one fits would never end.
  if (fitting.length === 0) throw new Error(`no texts of the form ${schema['pattern']} are known`)
  return fc.constantFrom(...fitting)
}

/** Texts of the forms that schemas ask for. */
const formed = ['1h', '90s', '3h30m', '10%', '2.5%']

function mapping(
  schema: JsonObject,
  inner: (part: Json | undefined, key: string) => fc.Arbitrary<Json>
): fc.Arbitrary<Json> {
  const { properties, required, additionalProperties } = schema
  if (!isObject(properties)) {
    const value = isObject(additionalProperties) ? inner(additionalProperties, '*') : anything
    return fc.dictionary(word, value, { maxKeys: 3, noNullPrototype: true })
  }
  const parts = Object.entries(properties).map(([key, part]) => [key, inner(part, key)] as const)
  const always = Array.isArray(required) ? required.map(String) : []
  return fc.record<JsonObject>(Object.fromEntries(parts), { requiredKeys: always, noNullPrototype: true })
}
