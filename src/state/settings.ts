import { isEmpty, isObject, type Json, type JsonObject } from './value.ts'

/** A setting of a configuration, as the service describes it. */
export interface Setting {
  /** `['advanced', 'table_prefix']` */
  path: string[]
  /** `string`, `boolean`, …; empty where the service does not say. */
  type: string
  required: boolean
  /** What the service assumes without it; null where it does not say. */
  default: Json
  /** What it may be; empty where that is free. */
  values: Json[]
  /** What it is for, in the words of the service. */
  title: string
}

/** R37: How deep settings are followed, and how many are read: a schema may refer to itself. */
const deepest = 6
const mostSettings = 500

/**
 * Returns the settings that a description lists. The service describes configurations in two ways: as a
 * mapping of names to `{ default, required, items }`, and as a JSON Schema with definitions.
 */
export function describedSettings(description: Json | undefined): Setting[] {
  const found: Setting[] = []
  if (!isObject(description)) return found
  const described = isSchema(description) ? ofSchema(description) : ofMapping
  const add = (of: JsonObject, path: readonly string[]): void => {
    if (path.length >= deepest) return
    for (const [name, { own, below }] of described(of)) {
      if (found.length >= mostSettings) return
      found.push({ path: [...path, name], ...own })
      if (below) add(below, [...path, name])
    }
  }
  add(description, [])
  return found
}

/**
 * Returns required settings that a configuration lacks. One with a default is filled in by the service, and
 * one inside of another is only required where that is stated.
 */
export function lackingSettings(settings: readonly Setting[], stated: JsonObject): Setting[] {
  return settings.filter(({ path, required, default: assumed }) => {
    if (!required || !isEmpty(assumed) || !isEmpty(at(stated, path))) return false
    return path.length === 1 || isObject(at(stated, path.slice(0, -1)))
  })
}

/** Settings of one level, each with the description of those inside of it. */
type Level = [name: string, { own: Omit<Setting, 'path'>; below?: JsonObject }][]

function isSchema(description: JsonObject): boolean {
  const { properties, $ref: reference, type } = description
  return typeof reference === 'string' || (isObject(properties) && typeof type === 'string')
}

function ofMapping(description: JsonObject): Level {
  return Object.entries(description).map(([name, about]) => {
    const of = isObject(about) ? about : {}
    const { items } = of
    const own = ownOf(of, of['required'] === true, items)
    return [name, isObject(items) ? { own, below: items } : { own }]
  })
}

function ofSchema(root: JsonObject): (schema: JsonObject) => Level {
  return (schema) => {
    const { properties, required } = resolved(schema, root)
    const needed = new Set(Array.isArray(required) ? required : [])
    return Object.entries(isObject(properties) ? properties : {}).map(([name, about]) => {
      const of = isObject(about) ? resolved(about, root) : {}
      return [name, { own: ownOf(of, needed.has(name), of['enum']), below: of }]
    })
  }
}

function ownOf(of: JsonObject, required: boolean, values: Json | undefined): Omit<Setting, 'path'> {
  const { type, title, description } = of
  const text = typeof title === 'string' && title !== '' ? title : description
  return {
    type: typeof type === 'string' ? type : '',
    required,
    default: of['default'] ?? null,
    values: Array.isArray(values) ? values : [],
    title: typeof text === 'string' ? text : ''
  }
}

/** Follows references within the document; one to nowhere, or in a circle, ends as nothing. */
function resolved(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema
  for (let step = 0; step < deepest; step++) {
    const { $ref: reference } = current
    if (typeof reference !== 'string') return current
    const parts = reference.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    const to = parts[0] === '#' ? at(root, parts.slice(1)) : undefined
    if (!isObject(to)) return {}
    current = to
  }
  return {}
}

function at(value: Json, path: readonly string[]): Json | undefined {
  let inner: Json | undefined = value
  for (const name of path) inner = isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined
  return inner
}
