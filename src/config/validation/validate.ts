import type { ErrorObject } from 'ajv/dist/2020.js'
import type { ItemProblem, Kind, Kinds } from '../../kinds/kind.ts'
import type { Path } from '../../state/resource.ts'
import { isObject, type Json, type JsonObject } from '../../state/value.ts'
import type { Filled } from '../placeholders/index.ts'
import { scalarOf } from '../source/index.ts'
import { dotted, isWithin, placesAbove, pointer, setAt, valueAt } from '../pointer.ts'
import { compileSchema, type CompiledSchema } from './compile-schema.ts'
import { environmentsSchema, fileSchema } from './file-schema.ts'
import { resourceSchema } from './resource-schema.ts'
import type { Noun, SchemaProblem, Subject } from './schema-error.ts'
import { isShort } from './messages.ts'
import { explain } from './explain-errors.ts'

/** Compiled schemas. Compiling takes milliseconds, so each schema is compiled once, at its first use. */
const fileSchemas = new WeakMap<Kinds, CompiledSchema>()
const kindSchemas = new WeakMap<Kind, CompiledSchema>()
const detailSchemas = new WeakMap<Kind, Map<string, CompiledSchema>>()

/** Returns the text of the scalar at a path of the item, as the file has it. */
type SourceTextOf = Subject['sourceText']

/**
 * Validates an item against the schema of its kind. Texts from outside are converted in place to the
 * numbers and booleans that the schema wants.
 */
export function validateResource(kind: Kind, filled: Filled, sourceText: SourceTextOf): ItemProblem[] {
  const one = `a ${kind.name.replaceAll('_', ' ')}`
  const noun: Noun = {
    one,
    part: 'field',
    topic: kind.name,
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
  if (silent || missing || isUnresolved(filled, place)) return problems
  return [
    ...problems,
    ...validateAgainst(detailSchema(kind, detail), filled, {
      at: detail.path,
      noun: { ...noun, topic: detail.topic },
      sourceText
    })
  ]
}

/**
 * Returns the keys of details, which people write one level too far out, with the path where they belong.
 */
function nestedFields({ path, schema }: { path: Path; schema: JsonObject }): Map<string, string> {
  const properties = schema['properties'] ?? null
  return new Map(isObject(properties) ? Object.keys(properties).map((key) => [key, dotted(path)]) : [])
}

/** Validates a document without its resources. */
export function validateFile(kinds: Kinds, filled: Filled, sourceText: SourceTextOf): ItemProblem[] {
  let schema = fileSchemas.get(kinds)
  if (!schema) fileSchemas.set(kinds, (schema = compileSchema('file', fileSchema(kinds))))
  const noun: Noun = { one: 'a file', part: 'section', synonyms: {} }
  return validateAgainst(schema, filled, { at: [], noun, sourceText })
}

/** Validates a `polyctl.yaml`. Compiled at its first use, as most projects have none. */
export function validateEnvironments(filled: Filled, sourceText: SourceTextOf): ItemProblem[] {
  environments ??= compileSchema('environments', environmentsSchema)
  const noun: Noun = { one: 'a polyctl.yaml', part: 'section', synonyms: {} }
  return validateAgainst(environments, filled, { at: [], noun, sourceText })
}

let environments: CompiledSchema | undefined

/**
 * Validates again, up to three times, as long as texts were converted: the new types may fit other
 * branches.
 */
function validateAgainst(
  compiled: CompiledSchema,
  filled: Filled,
  { sourceText, ...about }: Pick<Subject, 'at' | 'noun' | 'sourceText' | 'nestedFields'>
): SchemaProblem[] {
  const { at } = about
  const place = pointer(at)
  let errors = run(compiled, filled, at)
  for (let round = 0; round < 3 && convertTexts(errors, filled, place); round++)
    errors = run(compiled, filled, at)
  // `compiled.schema` is expensive in the built program, so it must be read only if there are errors.
  if (errors.length === 0) return []
  const numbers = secretNumbers(errors, filled, place)
  const shown = errors.filter((error) => {
    const where = place + error.instancePath
    return !isUnresolved(filled, where) && !isCoveredBySecret(error, where, filled)
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

/** Converts texts from outside to the types that the schema wants; returns true if there were any. */
function convertTexts(errors: readonly ErrorObject[], filled: Filled, place: string): boolean {
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

/**
 * Marks secrets that must be numbers: a secret stays text until it is sent. Reports those that cannot be
 * numbers.
 */
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

/**
 * Returns true for errors of a secret that must be ignored: only its type is checked, if the file has it
 * literally.
 */
function isCoveredBySecret(error: ErrorObject, where: string, filled: Filled): boolean {
  const secret = filled.secrets.get(where)
  if (!secret) return false
  if (error.keyword !== 'type') return error.keyword !== 'anyOf' && error.keyword !== 'oneOf'
  return secret.type === 'text' || (secret.type === 'number' && typesOf(error).includes('integer'))
}

function isUnresolved(filled: Filled, place: string): boolean {
  return filled.unresolved.size > 0 && placesAbove(place).some((above) => filled.unresolved.has(above))
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

/** Gives a wrong `type` of a kind with details a code of its own. */
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
    label: 'the service has no such type',
    notes: ['`polyctl explain types` lists them all; with a word behind it, those with that word']
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
