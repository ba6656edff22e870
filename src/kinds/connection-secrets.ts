import type { Path } from '../state/resource.ts'
import { isEmpty, isObject, type Json, type JsonObject } from '../state/value.ts'
import { neededSettings } from './connection-required.ts'
import { configurationSchema, isSecretSetting } from './connection-types.ts'
import { valueAt } from './fields.ts'
import type { LiveSecret } from './kind.ts'

/**
 * Returns the settings of a live connection that are secret and that files can state: those that the
 * service has, answered as a mask or in clear, and those that a new connection of the type needs.
 */
export function secretSettings(type: string, configuration: Json | undefined): LiveSecret[] {
  const there = isObject(configuration) ? configuration : {}
  const { always } = neededSettings(type)
  const found = secretsWithin(type, there, configurationSchema(type), [])
  const missing = always.filter((name) => isSecretSetting(type, [name]) && isEmpty(there[name]))
  return [...found, ...missing.map((name): Path => [name])].map((path) => ({
    path: ['configuration', ...path],
    isNeeded: path.length === 1 && always.includes(String(path[0]))
  }))
}

function secretsWithin(type: string, value: Json, schema: Json | undefined, path: Path): Path[] {
  if (Array.isArray(value))
    return value.flatMap((inner, index) =>
      secretsWithin(type, inner, valueAt(schema, ['items']), [...path, index])
    )
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, inner]): Path[] => {
    const own = settingSchema(schema, name)
    const at = [...path, name]
    if (own === undefined || isEmpty(inner)) return []
    return isSecretSetting(type, at) ? [at] : secretsWithin(type, inner, own, at)
  })
}

/** The schema of a setting; undefined for one that files cannot state. */
function settingSchema(schema: Json | undefined, name: string): Json | undefined {
  const properties = valueAt(schema, ['properties'])
  if (isObject(properties) && Object.hasOwn(properties, name)) return properties[name]
  const others: JsonObject | Json | undefined = valueAt(schema, ['additionalProperties'])
  return isObject(others) ? others : undefined
}
