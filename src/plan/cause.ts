import type { Kind } from '../kinds/kind.ts'
import type { Desired, Live } from '../state/resource.ts'
import type { Json, JsonObject } from '../state/value.ts'
import { isObject } from '../state/value.ts'
import type { Rule } from '../state/rule.ts'
import { diff, type DiffContext } from './diff.ts'
import { withIgnored } from './ignore.ts'
import type { Cause, FieldChange } from './plan.ts'
import { shown } from './shown.ts'

/** What is needed to tell who moved a resource: the three sides of it, the wanted one as it will be sent. */
export interface Sides {
  kind: Kind
  resource: Desired
  wanted: JsonObject
  /** What was meant then, with references as they are written now. */
  base: JsonObject
  live: Live
  context: DiffContext
}

/**
 * Says of each difference who moved since the base: the files (what was meant then is still live), the
 * service (what was meant then is still wanted), or both, which is a conflict.
 */
export function withCauses(fields: readonly FieldChange[], sides: Sides): FieldChange[] {
  const { kind, resource, wanted, live } = sides
  const then = withIgnored(sides.base, resource.lifecycle.ignoreChanges, live.fields, kind)
  const context = byNames(sides.context)
  const byFiles = diff(kind.fields, wanted, then, context).fields
  const byService = diff(kind.fields, then, live.fields, context).fields
  return fields.map((field) => {
    const cause = causeOf(touches(byFiles, field), touches(byService, field))
    if (cause !== 'conflict') return { ...field, cause }
    const base = valueAt(then, field.path, { is: 'object', fields: rulesOf(kind) })
    return { ...field, cause, ...(base === undefined ? {} : { base }) }
  })
}

function causeOf(files: boolean, service: boolean): Cause {
  if (files && service) return 'conflict'
  return service ? 'drift' : 'config'
}

/** A whole that moved has moved its parts, and a part that moved has moved the whole. */
function touches(moved: readonly FieldChange[], { path }: FieldChange): boolean {
  return moved.some((other) =>
    other.path.slice(0, path.length).every((part, index) => part === path[index])
  )
}

/** Two names of what is not there yet are the same when they are the same name. */
function byNames(context: DiffContext): DiffContext {
  return {
    ...context,
    idOf: (reference) => context.idOf(reference) ?? `${reference.$ref} ${reference.name ?? ''}`
  }
}

function rulesOf(kind: Kind): Record<string, Rule> {
  return Object.fromEntries(Object.entries(kind.fields).map(([name, { rule }]) => [name, rule]))
}

/** What is at the path of a difference; items of sets are found by their key. */
function valueAt(
  value: Json | undefined,
  [head, ...rest]: readonly string[],
  rule: Rule | undefined
): Json | undefined {
  if (head === undefined) return rule?.is === 'text' ? shown(rule, value) : value
  if (Array.isArray(value) && rule?.is === 'set') {
    const item = value.find((one) => one !== null && `[${rule.key(one)}]` === head)
    return valueAt(item, rest, rule.item)
  }
  if (!isObject(value)) return undefined
  return valueAt(value[head], rest, rule?.is === 'object' ? rule.fields[head] : rule)
}

/** Who moved a resource as a whole, by its fields; several when each moved something else. */
export function causesOf(fields: readonly FieldChange[]): { cause: Cause; several: boolean } {
  const causes = new Set(fields.flatMap(({ cause }) => cause ?? []))
  const cause = (['conflict', 'drift'] as const).find((one) => causes.has(one)) ?? 'config'
  return { cause, several: cause !== 'conflict' && causes.size > 1 }
}
