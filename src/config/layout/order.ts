import { nameKeys, type Kind } from '../../kinds/kind.ts'
import { isObject, type JsonObject } from '../../state/value.ts'

/**
 * Returns an item with its keys in their order: what names it, its pin, the fields as their kind has them,
 * and how polyctl treats it. Keys that nobody knows keep their order behind the others.
 */
export function inKeyOrder(kind: Kind, item: JsonObject): JsonObject {
  const properties = kind.schema['properties'] ?? null
  const fields = isObject(properties) ? Object.keys(properties) : []
  const order = [...nameKeys(kind), 'id', ...fields, 'lifecycle']
  const known = order.filter((key, index) => Object.hasOwn(item, key) && order.indexOf(key) === index)
  const others = Object.keys(item).filter((key) => !order.includes(key))
  return Object.fromEntries([...known, ...others].map((key) => [key, item[key] ?? null]))
}
