import type { ErrorObject } from 'ajv/dist/2020.js'
import type { ItemProblem, Kind, Kinds } from '../../kinds/kind.ts'
import type { Path } from '../../state/resource.ts'
import { isObject, type Json, type JsonObject } from '../../state/value.ts'
import type { Filled } from '../placeholders/index.ts'
import { scalarOf } from '../source/index.ts'
import { dotted, isWithin, placesAbove, pointer, setAt, valueAt } from '../pointer.ts'
import { compileSchema, type CompiledSchema } from './compile-schema.ts'
import { fileSchema } from './file-schema.ts'
import { resourceSchema } from './resource-schema.ts'
import type { Noun, SchemaProblem, Subject } from './schema-error.ts'
import { isShort } from './messages.ts'
import { explain } from './explain-errors.ts'

/**
 * Compiling costs milliseconds per schema, and kinds do not change: each is compiled once, when it is
 * first needed.
 */
const fileSchemas = new WeakMap<Kinds, CompiledSchema>()
const kindSchemas = new WeakMap<Kind, CompiledSchema>()
const detailSchemas = new WeakMap<Kind, Map<string, CompiledSchema>>()

/** Returns the text of the scalar at a path of the item, as the file has it. */
type SourceTextOf = Subject['sourceText']

/**
 * Checks an item against what its kind may hold. Texts that came from outside become the numbers and
 * booleans that are meant.
 */
export function validateResource(kind: Kind, filled: Filled, sourceText: SourceTextOf): ItemProblem[] {
  const one = `a ${kind.name.replaceAll('_', ' ')}`
  const noun: Noun = {
    one,
    part: 'field',
    synonyms: kind.synonyms ?? {},
    ...(kind.meant && { meant: kind.meant })
  }
  const detail = isObject(filled.value) ? kind.detail?.(filled.value) : undefined
  const problems = validateAgainst(kindSchema(kind), filled, {
    at: [],
    noun,
    sourceText,
    ...(detail && { nestedFields: nestedFields(detail) })
  })
  if (!kind.detail || !isObject(filled.value)) return problems
  if (!detail) return problems.map((problem) => unknownType(problem, kind, filled, sourceText))
  const place = pointer(detail.path)
  const silent = problems.some(({ path, code }) => code === 'P102' && isWithin(place, pointer(path)))
  const missing = problems.some(
    ({ code, missing }) => code === 'P103' && missing?.some((path) => pointer(path) === place)
  )
  if (silent || missing || isHole(filled, place)) return problems
  return [
    ...problems,
    ...validateAgainst(detailSchema(kind, detail), filled, { at: detail.path, noun, sourceText })
  ]
}

/** Settings that people write one level too far out. */
function nestedFields({ path, schema }: { path: Path; schema: JsonObject }): Map<string, string> {
  const properties = schema['properties'] ?? null
  return new Map(isObject(properties) ? Object.keys(properties).map((key) => [key, dotted(path)]) : [])
}

/** Checks what a file says beside resources. */
export function validateFile(kinds: Kinds, filled: Filled, sourceText: SourceTextOf): ItemProblem[] {
  let schema = fileSchemas.get(kinds)
  if (!schema) fileSchemas.set(kinds, (schema = compileSchema('file', fileSchema(kinds))))
  const noun: Noun = { one: 'a file', part: 'section', synonyms: {} }
  return validateAgainst(schema, filled, { at: [], noun, sourceText })
}

/** More than one round only where something was read as a number: then it is looked at again. */
function validateAgainst(
  compiled: CompiledSchema,
  filled: Filled,
  { sourceText, ...about }: Pick<Subject, 'at' | 'noun' | 'sourceText' | 'nestedFields'>
): SchemaProblem[] {
  const { at } = about
  const place = pointer(at)
  let errors = run(compiled, filled, at)
  for (let round = 0; round < 3 && readTexts(errors, filled, place); round++)
    errors = run(compiled, filled, at)
  // Most items are sound, and the words of errors need the schema in a form that takes long to make.
  if (errors.length === 0) return []
  const numbers = secretNumbers(errors, filled, place)
  const shown = errors.filter((error) => {
    const where = place + error.instancePath
    return !isHole(filled, where) && !isCoveredBySecret(error, where, filled)
  })
  const value = at.length === 0 ? filled.value : (valueAt(filled.value, at) ?? {})
  const isShown = (path: Path): boolean => !isGiven(filled, pointer([...at, ...path]))
  return [
    ...numbers,
    ...explain(shown, {
      ...about,
      schema: compiled.schema,
      value,
      isShown,
      sourceText: (path) => sourceText([...at, ...path])
    })
  ]
}

function run(compiled: CompiledSchema, filled: Filled, at: Path): ErrorObject[] {
  const value = at.length === 0 ? filled.value : (valueAt(filled.value, at) ?? {})
  return compiled.validate(value) ? [] : (compiled.validate.errors ?? [])
}

/** True when a text was replaced by what the schema wants in its place. */
function readTexts(errors: readonly ErrorObject[], filled: Filled, place: string): boolean {
  let changed = false
  for (const error of errors) {
    const path = error.keyword === 'type' ? filled.texts.get(place + error.instancePath) : undefined
    const value = path && valueAt(filled.value, path)
    const read = typeof value === 'string' ? scalarOf(value) : undefined
    if (!path || read === undefined || !typesOf(error).some((type) => isOfType(read, type))) continue
    setAt(filled.value, path, read)
    changed = true
  }
  return changed
}

/** A secret that is meant to be a number is kept as text, and marked: it becomes one on its way out. */
function secretNumbers(errors: readonly ErrorObject[], filled: Filled, place: string): ItemProblem[] {
  const problems: ItemProblem[] = []
  for (const error of errors) {
    const secret = error.keyword === 'type' ? filled.secrets.get(place + error.instancePath) : undefined
    if (!secret || secret.type !== 'text' || !typesOf(error).includes('integer')) continue
    secret.type = 'number'
    const opened = secret.open()
    const isWhole = opened.ok && /^-?\d+$/.test(opened.value)
    if (!opened.ok || (isWhole && Number.isSafeInteger(Number(opened.value)))) continue
    const name = `\`${dotted(secret.path.slice(-1))}\``
    const found = isWhole ? 'one that cannot be held exactly' : 'other text'
    problems.push({
      path: secret.path,
      code: 'P102',
      message: `${name} expects a whole number, found ${found}`,
      label: isWhole ? 'its value would silently become another one' : 'its value is not a whole number'
    })
  }
  return problems
}

/** Of a secret only its type is checked, and only where it is written out. */
function isCoveredBySecret(error: ErrorObject, where: string, filled: Filled): boolean {
  const secret = filled.secrets.get(where)
  if (!secret) return false
  if (error.keyword !== 'type') return error.keyword !== 'anyOf' && error.keyword !== 'oneOf'
  return secret.type === 'text' || (secret.type === 'number' && typesOf(error).includes('integer'))
}

function isHole(filled: Filled, place: string): boolean {
  return filled.holes.size > 0 && placesAbove(place).some((above) => filled.holes.has(above))
}

function isGiven(filled: Filled, place: string): boolean {
  if (filled.secrets.has(place)) return true
  return filled.given.size > 0 && placesAbove(place).some((above) => filled.given.has(above))
}

function typesOf(error: ErrorObject): string[] {
  const type: unknown = error.params['type']
  return Array.isArray(type) ? type.map(String) : [String(type)]
}

function isOfType(value: Json, type: string): boolean {
  return type === typeof value || (type === 'integer' && Number.isInteger(value))
}

/** The details of a kind depend on its type: a wrong type has a code of its own. */
function unknownType(
  problem: ItemProblem,
  kind: Kind,
  filled: Filled,
  sourceText: SourceTextOf
): ItemProblem {
  if (problem.code !== 'P104' || pointer(problem.path) !== '/type') return problem
  const type = valueAt(filled.value, problem.path)
  const isShown =
    isShort(type) && !isGiven(filled, '/type') && !/[\r\n]/.test(sourceText(problem.path) ?? '')
  const name = typeof type === 'string' && isShown ? ` \`${type}\`` : ''
  return {
    ...problem,
    code: 'P106',
    message: `unknown ${kind.name.replaceAll('_', ' ')} type${name}`,
    label: 'the service has no such type'
  }
}

function kindSchema(kind: Kind): CompiledSchema {
  let compiled = kindSchemas.get(kind)
  if (!compiled) kindSchemas.set(kind, (compiled = compileSchema(kind.name, resourceSchema(kind))))
  return compiled
}

function detailSchema(kind: Kind, detail: { key: string; schema: JsonObject }): CompiledSchema {
  const schemas = detailSchemas.get(kind) ?? new Map<string, CompiledSchema>()
  detailSchemas.set(kind, schemas)
  let compiled = schemas.get(detail.key)
  if (!compiled) schemas.set(detail.key, (compiled = compileSchema(detail.key, detail.schema)))
  return compiled
}
