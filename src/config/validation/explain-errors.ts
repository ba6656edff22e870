import type { ErrorObject } from 'ajv/dist/2020.js'
import type { Path } from '../../state/resource.ts'
import { isObject } from '../../state/value.ts'
import { resolveUnions } from './union-errors.ts'
import { container, type SchemaError, type SchemaProblem, type Subject } from './schema-error.ts'
import { pathOf, placesAbove, pointer, valueAt } from '../pointer.ts'
import { schemaAt } from './resource-schema.ts'
import { badKey, notAllowed, outOfBounds, wrongType } from './messages.ts'
import { unknownField } from './unknown-field.ts'

/** Explains the errors of the validator: returns one problem for each cause. */
export function explain(errors: readonly ErrorObject[], subject: Subject): SchemaProblem[] {
  const schemaErrors = withoutSilenced(resolveUnions(errors, subject)).map((error) =>
    schemaErrorOf(error, subject)
  )
  const unknown = schemaErrors.filter(({ error }) => isUnknown(error)).map(unknownField)
  const meant = new Set(unknown.flatMap(({ meant }) => meant))
  const lacking = schemaErrors.filter(
    (schemaError) => missingOf(schemaError) && !meant.has(pointer(missingOf(schemaError) ?? []))
  )
  const others = schemaErrors
    .filter((schemaError) => !isUnknown(schemaError.error) && !missingOf(schemaError))
    .flatMap(problemOf)
  const problems = [...unknown.map(({ problem }) => problem), ...missingFields(lacking, subject), ...others]
  return problems.map((problem) => moved(problem, subject.at))
}

/**
 * Drops all other errors at and below the place of a wrong type. If several branches of a union report the
 * wrong type, the first report stays.
 */
function withoutSilenced(errors: readonly ErrorObject[]): ErrorObject[] {
  const first = new Map<string, ErrorObject>()
  const order = new Map<ErrorObject, number>()
  for (const [index, error] of errors.entries()) {
    order.set(error, index)
    if (error.keyword === 'type' && !first.has(error.instancePath)) first.set(error.instancePath, error)
  }
  return errors.filter((error) => {
    const above = placesAbove(error.instancePath).flatMap((place) => first.get(place) ?? [])
    if (above.length === 0) return true
    const earliest = above.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))[0]
    return error === earliest
  })
}

function schemaErrorOf(error: ErrorObject, subject: Subject): SchemaError {
  const path = pathOf(error.instancePath, subject.value)
  const schema = schemaAt(subject.schema, error.schemaPath.slice(0, error.schemaPath.lastIndexOf('/')))
  return {
    error,
    path,
    found: valueAt(subject.value, path),
    schema: isObject(schema) ? schema : {},
    subject
  }
}

function isUnknown({ keyword }: ErrorObject): boolean {
  return keyword === 'additionalProperties' || keyword === 'unevaluatedProperties'
}

function missingOf({ error, path }: SchemaError): Path | undefined {
  const name: unknown = error.params['missingProperty']
  return typeof name === 'string' ? [...path, name] : undefined
}

/** Returns one problem for each mapping that lacks required keys. */
function missingFields(schemaErrors: readonly SchemaError[], subject: Subject): SchemaProblem[] {
  const places = Map.groupBy(schemaErrors, ({ error }) => error.instancePath)
  return [...places.values()].flatMap((lacking): SchemaProblem[] => {
    const path = lacking[0]?.path ?? []
    const names = [
      ...new Set(lacking.map((schemaError) => `\`${String(missingOf(schemaError)?.at(-1))}\``))
    ]
    const because = lacking
      .map(({ error }): unknown => error.params['property'])
      .find((name) => typeof name === 'string')
    const list = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join('')
    const verb = names.length > 1 ? 'are' : 'is'
    return [
      {
        path,
        atKey: true,
        missing: lacking.map((schemaError) => [...subject.at, ...(missingOf(schemaError) ?? [])]),
        code: 'P103',
        message: `${list} ${verb} missing in ${container(path, subject)}`,
        label: `${list} ${verb} expected here`,
        ...(because === undefined ? {} : { notes: [`\`${because}\` needs this`] })
      }
    ]
  })
}

function problemOf(schemaError: SchemaError): SchemaProblem[] {
  if (schemaError.error.propertyName !== undefined)
    return [badKey(schemaError, schemaError.error.propertyName)]
  switch (schemaError.error.keyword) {
    case 'type':
      return [wrongType(schemaError)]
    case 'enum':
    case 'const':
      return [notAllowed(schemaError)]
    case 'if':
    case 'propertyNames':
      return []
    default:
      return [outOfBounds(schemaError)]
  }
}

function moved(problem: SchemaProblem, at: Path): SchemaProblem {
  return at.length === 0 ? problem : { ...problem, path: [...at, ...problem.path] }
}
