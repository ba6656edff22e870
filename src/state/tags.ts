import { isObject, type Json } from './value.ts'

/**
 * Returns plain data in which no key can be taken for a tag (`$ref`, `$secret`): keys that begin with `$` get
 * another `$`. JSON from elsewhere may have no tags.
 */
export function withoutTags(value: Json): Json {
  return mapKeys(value, (key) => (key.startsWith('$') ? `$${key}` : key))
}

/** Returns the data that `withoutTags` was made of. */
export function withTags(value: Json): Json {
  return mapKeys(value, (key) => (key.startsWith('$') ? key.slice(1) : key))
}

function mapKeys(value: Json, named: (key: string) => string): Json {
  if (Array.isArray(value)) return value.map((item) => mapKeys(item, named))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [named(key), mapKeys(part, named)]))
}
