import type { Field, Rule } from '../state/rule.ts'
import { isEmpty, isObject, isSecret, type Json, type JsonObject } from '../state/value.ts'
import { change, type DiffContext } from './diff.ts'
import { PathNode } from './path-node.ts'
import type { FieldChange } from './plan.ts'
import { Keyed } from './keyed.ts'
import { shown } from './shown.ts'

/**
 * Returns every stated field of a new resource as an addition, including those that are sent and never
 * compared.
 */
export function additions(
  fields: Readonly<Record<string, Field>>,
  wanted: JsonObject,
  context: DiffContext
): FieldChange[] {
  return Object.entries(fields).flatMap(([name, { rule }]) =>
    stated(rule, wanted[name], new PathNode(undefined, name, name), context)
  )
}

function stated(rule: Rule, wanted: Json | undefined, node: PathNode, context: DiffContext): FieldChange[] {
  if (isEmpty(wanted)) return []
  if (rule.is === 'text') return [change(shown(rule, wanted), undefined, node, context)]
  if (rule.is === 'object' && isObject(wanted)) {
    return Object.entries(rule.fields).flatMap(([name, part]) =>
      stated(part, wanted[name], new PathNode(node, name, name), context)
    )
  }
  if (rule.is === 'stated' && isObject(wanted) && !isSecret(wanted)) {
    return Object.entries(wanted).flatMap(([name, value]) =>
      stated(rule, value, new PathNode(node, name, name), context)
    )
  }
  const isListOfNames = rule.is === 'set' && (rule.item.is === 'scalar' || rule.item.is === 'reference')
  if (rule.is === 'set' && Array.isArray(wanted) && !isListOfNames) {
    return wanted.flatMap((item, index) => {
      if (item === null) return []
      const named = new Keyed(rule, item, index, '', 1)
      return [change(item, undefined, new PathNode(node, named, index), context)]
    })
  }
  return [change(wanted, undefined, node, context)]
}
