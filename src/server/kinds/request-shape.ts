import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { Json, JsonObject } from '../../wire/common.ts'
import { invalid, Refusal } from '../refusal.ts'

// Not `strict`: the type's own schema is checked by our compiler, and unknown formats are nobody's
// business here. The schemas are ours: they are not checked against the schema of schemas at every start.
const ajv = new Ajv({
  allErrors: false,
  strict: false,
  allowUnionTypes: true,
  meta: false,
  validateSchema: false
})

/**
 * A level of a request, as JSON Schema. An object with `properties` takes these and no others; one without is
 * free. Beside them stand the members that answers have, which clients send back and which change nothing,
 * and those that the service takes and this server does not have.
 */
export interface RequestLevel {
  type?: string | readonly string[]
  enum?: readonly Json[]
  anyOf?: readonly RequestLevel[]
  required?: readonly string[]
  minLength?: number
  minimum?: number
  items?: RequestLevel
  properties?: Readonly<Record<string, RequestLevel>>
  additionalProperties?: false | RequestLevel
  answered?: readonly string[]
  absent?: readonly string[]
}

/** A shape of requests, ready to check them. `T` is the type of what fits. */
export interface RequestShape<T> {
  level: RequestLevel
  fits: ValidateFunction<T>
}

/** A shape that is compiled when it is first needed. */
export function lazily<T = JsonObject>(levelOf: () => RequestLevel): () => RequestShape<T> {
  let shape: RequestShape<T> | undefined
  return () => (shape ??= compiled<T>(levelOf()))
}

/** The members that nearly all answers have, and that clients therefore send back. */
export const bookkeeping = ['id', 'created_at', 'created_by', 'updated_at', 'updated_by'] as const

function compiled<T>(level: RequestLevel): RequestShape<T> {
  return { level, fits: ajv.compile<T>(level) }
}

/**
 * Returns the value with the type of the shape. Throws a refusal that names the first field that is wrong
 * or unknown: an unknown one that is ignored would look stored. Never repeats a value, which may be a
 * secret.
 */
export function mustFit<T>(
  { level, fits }: RequestShape<T>,
  value: JsonObject,
  status: number,
  prefix = ''
): T {
  const body: unknown = value
  if (fits(body)) {
    mustBeKnown(level, value, prefix, status)
    return body
  }
  const error = fits.errors?.[0]
  const [field, problem] = error === undefined ? ['', 'is not valid'] : fieldAndProblem(error)
  throw invalid([prefix, field].filter((part) => part !== '').join('.') || 'the body', problem, status)
}

function mustBeKnown(level: RequestLevel, value: Json, path: string, status: number): void {
  if (Array.isArray(value)) {
    const { items } = level
    if (items === undefined) return
    for (const [index, item] of value.entries()) mustBeKnown(items, item, `${path}[${index}]`, status)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const { properties, additionalProperties, answered = [], absent = [] } = objectOf(level)
  if (properties === undefined || additionalProperties !== undefined) return
  for (const [name, member] of Object.entries(value)) {
    const field = path === '' ? name : `${path}.${name}`
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (known !== undefined) mustBeKnown(known, member, field, status)
    else if (absent.includes(name)) mustBeUnsaid(field, member, status)
    else if (!answered.includes(name)) throw unknown(field, status)
  }
}

/** Returns the level of an object among alternatives. */
function objectOf(level: RequestLevel): RequestLevel {
  return level.anyOf?.find(({ properties }) => properties !== undefined) ?? level
}

/** Throws for a member that this server does not have; null states nothing. */
function mustBeUnsaid(field: string, member: Json, status: number): void {
  if (member !== null) throw invalid(field, 'is not served here: this server does not have it yet', status)
}

function unknown(field: string, status: number): Refusal {
  return new Refusal(status, 'invalid', `unknown field "${field}"`, { metadata: { field } })
}

/**
 * The body that switches a sync on or off. The type of `active` is checked by the handler, with a message
 * of its own.
 */
export const activation = lazily(() => ({ type: 'object', properties: { active: {} } }))

/** Throws for any member of a body that is not read. */
export function mustBeEmpty(body: JsonObject, status: number): void {
  const [first] = Object.keys(body)
  if (first !== undefined) throw unknown(first, status)
}

/** Converts a JSON pointer: `/fields/0/target` → `fields[0].target`. */
function fieldPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')
}

function fieldAndProblem(error: ErrorObject): [field: string, problem: string] {
  const path = fieldPath(error.instancePath)
  const below = (name: unknown): string => [path, String(name)].filter((part) => part !== '').join('.')
  const params: Readonly<Record<string, unknown>> = error.params
  if (error.keyword === 'required') return [below(params['missingProperty']), 'is required']
  if (error.keyword === 'additionalProperties') {
    return [below(params['additionalProperty']), 'is not a field of this connection type']
  }
  if (error.keyword === 'enum') {
    return [path, `must be one of ${[params['allowedValues']].flat().map(String).join(', ')}`]
  }
  if (error.keyword === 'type')
    return [
      path,
      `must be ${String(params['type'])
        .replace(/,null$/, ' or null')
        .replace(/,/g, ' or ')}`
    ]
  if (error.keyword === 'minLength') return [path, 'must not be empty']
  return [path, error.message ?? 'is not valid']
}
