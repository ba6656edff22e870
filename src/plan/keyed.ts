import { compareText } from '../diagnostics/diagnostic.ts'
import type { Rule } from '../state/rule.ts'
import { sortedText, withReferences, type Json, type Reference } from '../state/value.ts'

type SetRule = Extract<Rule, { is: 'set' }>

/** Resolves references to ids; undefined while the resource is still to be created. */
export interface Resolving {
  idOf(reference: Reference): string | undefined
}

/** An item of a set. */
export class Keyed {
  readonly item: Json
  /** Its position in the list. */
  readonly index: number
  /** The text by which it is paired with items of the other sides. */
  readonly pairing: string
  readonly #rule: SetRule
  readonly #count: number

  constructor(rule: SetRule, item: Json, index: number, key: string, count: number) {
    this.item = item
    this.index = index
    this.pairing = `${key}\n${count}`
    this.#rule = rule
    this.#count = count
  }

  /** The key as people read it. */
  get label(): string {
    const key = this.#rule.key(this.item)
    return this.#count === 1 ? key : `${key} (${this.#count})`
  }
}

/**
 * Indexes the items of a set by the text that pairs them: their key, with ids in place of names, for a
 * resource may have one name in the files and another in the service. Items with the same key are told
 * apart by the rest of their content; those with equal content are one.
 */
export function keyed(
  rule: SetRule,
  value: Json | undefined,
  context: Resolving
): ReadonlyMap<string, Keyed> {
  const found = new Map<string, Keyed>()
  if (!Array.isArray(value)) return found
  const several = new Map<string, { item: Json; index: number; text: string }[]>()
  for (const [index, item] of value.entries()) {
    if (item === null) continue
    const resolvedItem = resolved(item, context)
    const key = rule.key(resolvedItem)
    const one = new Keyed(rule, item, index, key, 1)
    const first = found.get(one.pairing)
    if (first === undefined) {
      found.set(one.pairing, one)
      continue
    }
    const group = several.get(key) ?? [
      { item: first.item, index: first.index, text: sortedText(resolved(first.item, context)) }
    ]
    group.push({ item, index, text: sortedText(resolvedItem) })
    several.set(key, group)
  }
  const saysNoMore = rule.item.is === 'scalar' || rule.item.is === 'reference'
  for (const [key, group] of several) {
    const sorted = group.toSorted((a, b) => compareText(a.text, b.text))
    for (const [before, { item, index }] of sorted.slice(0, saysNoMore ? 1 : undefined).entries()) {
      const one = new Keyed(rule, item, index, key, before + 1)
      found.set(one.pairing, one)
    }
  }
  return found
}

/** Caches the id of the last name: most references of a resource name the same one. */
export function remembering({ idOf }: Resolving): Resolving {
  let last: Reference | undefined
  let id: string | undefined
  return {
    idOf(reference) {
      if (reference.id !== undefined) return idOf(reference)
      if (last?.name !== reference.name || last?.$ref !== reference.$ref) id = idOf(reference)
      last = reference
      return id
    }
  }
}

/**
 * Returns a value with ids in place of names where they are known. A value without references is returned
 * as it is.
 */
export function resolved(value: Json, context: Resolving): Json {
  return withReferences(value, (reference) => ({
    $ref: reference.$ref,
    name: context.idOf(reference) ?? `name ${reference.name ?? ''}`
  }))
}
