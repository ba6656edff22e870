import type { Json, JsonObject } from './value.ts'

/**
 * Who decides about a field, and what its absence from YAML means:
 * - `owned`: the files decide; absent means the documented default, so a value added by hand is drift.
 * - `carried`: managed only when stated; otherwise the live value stays and is sent back on updates.
 * - `unreadable`: the service never answers it, secret or not; sent with every write, never compared.
 * - `once`: sent on create only.
 * - `fixed`: cannot change in place.
 * What the service owns is in no kind's fields: it is dropped where its answers are read.
 */
export type FieldClass = 'owned' | 'carried' | 'unreadable' | 'once' | 'fixed'

/** R6: A field of a kind: who decides about it, and how it is compared. */
export interface Field {
  class: FieldClass
  rule: Rule
  /** What the files write under another field's name: what is ignored there is ignored here. */
  with?: string
  /** It is about the request, not about the resource: the service does not keep it. */
  perRequest?: true
}

/** How a value is brought to the normal form and compared there. */
export type Rule =
  /**
   * A scalar. `default` is what the service assumes when nothing is sent; `caseless` values are equal in
   * any case; a `carried` part of an object is compared only when it is stated.
   */
  | { is: 'scalar'; default?: Json; caseless?: true; carried?: true }
  /** Any JSON: types matter, the order of keys does not. */
  | { is: 'json' }
  /**
   * A structure that is shown as a text. It is equal where its text is, or that of what it is known by:
   * `known` leaves out what is compared elsewhere. References are compared by what they stand for.
   */
  | { is: 'text'; shown: (value: Json) => string; known: (value: Json) => string }
  /** The name of another resource; `caseless` where names of that kind match in any case. */
  | { is: 'reference'; kind: string; caseless?: true }
  /** Sent, never compared. */
  | { is: 'unread' }
  /** Named parts, each with its own rule; absent parts mean their defaults. */
  | { is: 'object'; fields: Readonly<Record<string, Rule>> }
  /**
   * Free keys: only those that are stated are compared, at any depth; secrets are not. Lists in it have no
   * order.
   */
  | { is: 'stated' }
  /**
   * No order; items are paired by their key. A null item says nothing: it only keeps the others in their
   * places. `open` tells of an item that only the service has whether it is no difference: some it adds by
   * itself, some say nothing. `wanted` is the whole resource. `idle` tells which of those say nothing.
   */
  | {
      is: 'set'
      key: (item: Json) => string
      item: Rule
      carried?: true
      open?: (item: Json, wanted: JsonObject) => boolean
      idle?: (item: Json) => boolean
    }

/** The kinds that fields may refer to, at any depth. */
export function referredKinds(fields: Readonly<Record<string, Field>>): Set<string> {
  const found = new Set<string>()
  const walk = (rule: Rule): void => {
    if (rule.is === 'reference') found.add(rule.kind)
    if (rule.is === 'set') walk(rule.item)
    if (rule.is === 'object') Object.values(rule.fields).forEach(walk)
  }
  for (const { rule } of Object.values(fields)) walk(rule)
  return found
}
