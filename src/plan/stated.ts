import type { Kind } from '../kinds/kind.ts'
import type { Desired, Path } from '../state/resource.ts'
import type { Rule } from '../state/rule.ts'
import { isEmpty, isLongNumber, isObject, isReference, isSecret, type Json } from '../state/value.ts'
import { keyed, type Resolving } from './keyed.ts'
import { PathNode, pathText } from './path-node.ts'
import { shown } from './shown.ts'
import { wordsOf } from './wording.ts'

/**
 * A value that the files state: `path` names it as plans do, `at` is where the fields have it. Items of lists
 * are values as a whole where nothing in them has parts.
 */
export interface StatedValue {
  path: string
  at: Path
  value: Json
}

/** Returns each value that the files state of a resource, also those that are never compared. */
export function statedValues(kind: Kind, { fields, spelling }: Desired): StatedValue[] {
  const words = wordsOf(kind, spelling, fields)
  return Object.entries(kind.fields).flatMap(([name, { rule }]) => {
    const value = fields[name]
    if (value === undefined) return []
    return leaves(rule, value, new PathNode(undefined, name, name)).map(({ node, value: leaf }) => {
      const { path, after = leaf } = words.named({ path: node.path, after: leaf })
      return { path: pathText(path), at: node.at, value: after }
    })
  })
}

interface Leaf {
  node: PathNode
  value: Json
}

function leaves(rule: Rule | undefined, value: Json, node: PathNode): Leaf[] {
  if (rule?.is === 'text') return [{ node, value: shown(rule, value) ?? null }]
  if (isPlain(value) || isEmpty(value) || isField(value)) return [{ node, value }]
  if (rule?.is === 'set')
    return [...keyed(rule, value, unresolved).values()].flatMap((one) => {
      const item = new PathNode(node, one, one.index)
      return isFlat(one.item) ? [{ node: item, value: one.item }] : leaves(rule.item, one.item, item)
    })
  if (Array.isArray(value))
    return value.flatMap((inner, at) => leaves(undefined, inner, new PathNode(node, `[${at}]`, at)))
  const parts = rule?.is === 'object' ? rule.fields : {}
  return Object.entries(isObject(value) ? value : {}).flatMap(([name, inner]) =>
    leaves(parts[name], inner, new PathNode(node, name, name))
  )
}

function isFlat(item: Json): boolean {
  const parts = isObject(item) ? Object.values(item) : []
  return parts.every((part) =>
    Array.isArray(part) ? part.every(isPlain) : isPlain(part) || isEmpty(part) || isField(part)
  )
}

function isPlain(value: Json | undefined): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    isReference(value) ||
    isSecret(value) ||
    isLongNumber(value)
  )
}

/** A field of another resource, which is told as one. */
function isField(value: Json | undefined): boolean {
  if (!isObject(value)) return false
  const { field, ...owners } = value
  const [owner, ...more] = Object.values(owners)
  return typeof field === 'string' && isReference(owner) && more.length === 0
}

const unresolved: Resolving = { idOf: () => undefined }
