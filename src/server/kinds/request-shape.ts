import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { JsonObject } from '../../wire/common.ts'
import { invalid } from '../refusal.ts'

// Not `strict`: the type's own schema is checked by our compiler, and unknown formats are nobody's
// business here. The schemas are ours: they are not checked against the schema of schemas at every start.
const ajv = new Ajv({
  allErrors: false,
  strict: false,
  allowUnionTypes: true,
  meta: false,
  validateSchema: false
})

/** A JSON Schema that is compiled when it is first needed. */
export function lazily(schema: () => object): () => ValidateFunction {
  let compiled: ValidateFunction | undefined
  return () => (compiled ??= ajv.compile(schema()))
}

/** Throws a refusal that names the first field that is wrong. Never repeats a value: it may be a secret. */
export function mustFit(validate: ValidateFunction, value: JsonObject, status: number, prefix = ''): void {
  if (validate(value)) return
  const error = validate.errors?.[0]
  if (error === undefined) return
  const [field, problem] = told(error)
  throw invalid([prefix, field].filter((part) => part !== '').join('.') || 'the body', problem, status)
}

/** `/fields/0/target` → `fields[0].target`. */
function fieldPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')
}

function told(error: ErrorObject): [field: string, problem: string] {
  const path = fieldPath(error.instancePath)
  const below = (name: unknown): string => [path, String(name)].filter((part) => part !== '').join('.')
  const params = error.params as Record<string, unknown>
  if (error.keyword === 'required') return [below(params['missingProperty']), 'is required']
  if (error.keyword === 'additionalProperties') {
    return [below(params['additionalProperty']), 'is not a field of this connection type']
  }
  if (error.keyword === 'enum') {
    return [path, `must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}`]
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
