import { dictionary, isObject, type Json, type JsonObject } from '../state/value.ts'
import type { ConnectionField } from '../wire/connection-types.ts'
import { connectionTypes } from './connection-types.ts'

/** Values that show what a setting looks like. Each is valid; of a secret, where it comes from. */

/** What settings of one name mean in all types that have them. */
const byName: readonly [pattern: RegExp, value: string][] = [
  [/^hosts$/, 'db.example.com'],
  [/host(name)?$/, 'db.example.com'],
  [/(url|uri|endpoint)$/, 'https://example.com'],
  [/email$/, 'polytomic@example.com'],
  [/^(database|dbname)$/, 'main'],
  [/region$/, 'us-east-1'],
  [/^(user|username|service_account_username)$/, 'polytomic'],
  [/domain$/, 'example.com'],
  [/arn$/, 'arn:aws:iam::123456789012:role/polytomic'],
  [/bucket(_name)?$/, 'example-bucket']
]

const byFormat = dictionary<string>({
  json: '{}',
  uri: 'https://example.com',
  email: 'polytomic@example.com'
})

/** Returns a value that a setting may have. */
export function exampleValue(type: string, name: string): Json {
  const field = connectionTypes[type]?.fields[name]
  return field === undefined ? '' : valueOf(field, [type, name])
}

/** Returns a line of YAML that states a setting, valid in a block as well as between braces. */
export function exampleLine(type: string, name: string): string {
  return `${name}: ${inline(exampleValue(type, name))}`
}

function valueOf(field: ConnectionField, path: readonly string[]): Json {
  const name = path.at(-1) ?? ''
  if (field.secret === true) return `\${env:${path.join('_').toUpperCase()}}`
  if (field.default !== undefined) return field.default
  if (field.enum !== undefined) return field.enum[0] ?? ''
  if (field.type === 'boolean') return false
  if (field.type === 'integer') return 1
  if (field.type === 'array') return [valueOf(field.items ?? {}, path)]
  if (field.type === 'object') return members(field, path)
  const formatted = field.format === undefined ? undefined : byFormat[field.format]
  if (formatted !== undefined) return formatted
  return byName.find(([pattern]) => pattern.test(name))?.[1] ?? `your-${name.replaceAll('_', '-')}`
}

function members({ fields, values }: ConnectionField, path: readonly string[]): JsonObject {
  if (values) return { name: valueOf(values, [...path, 'name']) }
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, field]) => [name, valueOf(field, [...path, name])])
  )
}

/** Words that YAML takes for themselves stand bare; all others in quotes. */
function inline(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (isObject(value))
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${inline(inner)}`)
      .join(', ')} }`
  if (typeof value !== 'string') return JSON.stringify(value)
  return /^[a-z][a-z_./-]*$/i.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value)
    ? value
    : JSON.stringify(value)
}
