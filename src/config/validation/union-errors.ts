import type { ErrorObject } from 'ajv/dist/2020.js'
import { isObject, type Json, type JsonObject } from '../../state/value.ts'
import { isWithin, pathOf, placesAbove, valueAt } from '../pointer.ts'
import { schemaAt } from './resource-schema.ts'
import type { Subject } from './schema-error.ts'

/**
 * Reduces the errors of unions (`anyOf`, `oneOf`): the validator reports those of all alternatives, but
 * only one is meant. The errors of the alternative whose type fits the value stay; if none fits, one error
 * lists the types of all.
 */
export function resolveUnions(errors: readonly ErrorObject[], subject: Subject): ErrorObject[] {
  const wholes = new UnionErrors(errors)
  const members = new Map<ErrorObject, ErrorObject[]>()
  const chosen: ErrorObject[] = []
  const outermost: ErrorObject[] = []
  for (const error of errors) {
    const whole = wholes.around(error)
    const others = whole && members.get(whole)
    if (others) others.push(error)
    else if (whole) members.set(whole, [error])
    else if (isChoice(error)) outermost.push(error)
    else chosen.push(error)
  }
  for (const whole of outermost)
    for (const error of resolveUnion(whole, members.get(whole) ?? [], subject)) chosen.push(error)
  return chosen
}

function isChoice({ keyword }: ErrorObject): boolean {
  return keyword === 'anyOf' || keyword === 'oneOf'
}

/** Finds the error of a whole union by an error of one of its alternatives. */
class UnionErrors {
  readonly #byPlace = new Map<string, ErrorObject[]>()

  constructor(errors: readonly ErrorObject[]) {
    for (const error of errors) {
      if (!isChoice(error)) continue
      const here = this.#byPlace.get(error.instancePath)
      if (here) here.push(error)
      else this.#byPlace.set(error.instancePath, [error])
    }
  }

  /** Returns the outermost union that contains both the place and the keyword of an error. */
  around(error: ErrorObject): ErrorObject | undefined {
    let found: ErrorObject | undefined
    for (const place of placesAbove(error.instancePath)) {
      const here = this.#byPlace.get(place) ?? []
      // Two errors of one place and one keyword are of the same union; the first is used for both.
      const until = here.indexOf(error)
      for (const [index, whole] of here.entries()) {
        const isSame = whole.schemaPath === error.schemaPath && until !== -1 && index >= until
        if (isSame || !isWithin(error.schemaPath, whole.schemaPath)) continue
        if (!found || whole.schemaPath.length < found.schemaPath.length) found = whole
      }
    }
    return found
  }
}

function resolveUnion(whole: ErrorObject, members: ErrorObject[], subject: Subject): ErrorObject[] {
  const alternatives = schemaAt(subject.schema, whole.schemaPath)
  const branches = (Array.isArray(alternatives) ? alternatives : []).map((branch) =>
    isObject(branch) ? branch : {}
  )
  const found = valueAt(subject.value, pathOf(whole.instancePath, subject.value))
  const fitting = branches.flatMap((branch, index) => (fits(branch, found) ? [index] : []))
  if (fitting.length === 0)
    return [{ ...whole, keyword: 'type', params: { type: branches.flatMap(typesOf) } }]
  const marked = fitting.filter((index) => isMarked(branches[index] ?? {}, found))
  const candidates = (marked.length > 0 ? marked : fitting).map((index) =>
    resolveUnions(
      members.filter((error) => isWithin(error.schemaPath, `${whole.schemaPath}/${index}`)),
      subject
    )
  )
  const best = candidates.toSorted((a, b) => a.length - b.length)[0] ?? []
  const choices = candidates.filter((candidate) => candidate.length === best.length)
  const missing = choices.map((candidate) =>
    candidate.length === 1 ? candidate[0]?.params['missingProperty'] : undefined
  )
  if (choices.length > 1 && missing.every((name) => typeof name === 'string')) {
    return [{ ...whole, keyword: 'oneOfRequired', params: { names: missing } }]
  }
  return best.length > 0 ? best : [whole]
}

function typesOf(branch: JsonObject): string[] {
  const type = branch['type']
  if (Array.isArray(type)) return type.map(String)
  if (typeof type === 'string') return [type]
  const values = Array.isArray(branch['enum'])
    ? branch['enum']
    : 'const' in branch
      ? [branch['const'] ?? null]
      : []
  return [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))]
}

function fits(branch: JsonObject, found: Json | undefined): boolean {
  const types = typesOf(branch)
  return types.length === 0 || types.some((type) => isType(found, type))
}

function isType(found: Json | undefined, type: string): boolean {
  if (type === 'null') return found === null
  if (type === 'array') return Array.isArray(found)
  if (type === 'object') return found !== undefined && isObject(found)
  if (type === 'integer') return Number.isInteger(found)
  return typeof found === type
}

/** Returns true if a key of the mapping has the value that discriminates a branch (`const` or `enum`). */
function isMarked(branch: JsonObject, found: Json | undefined): boolean {
  const properties = branch['properties']
  if (found === undefined || !isObject(found) || properties === undefined || !isObject(properties))
    return false
  return Object.entries(properties).some(([key, schema]) => {
    if (!isObject(schema) || !Object.hasOwn(found, key)) return false
    const allowed = Array.isArray(schema['enum'])
      ? schema['enum']
      : 'const' in schema
        ? [schema['const']]
        : []
    return allowed.includes(found[key] ?? null)
  })
}
