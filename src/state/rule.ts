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
  /** Another field, under whose name the files write this one: ignoring that one ignores this one. */
  with?: string
  /** True where a resource can be made without it, and get it later. */
  mayFollow?: true
  /** True for a field of the request that the service does not keep. */
  perRequest?: true
}

/** How a value is normalized and compared. */
export type Rule =
  /**
   * A scalar. `default` is what the service assumes when nothing is sent; `caseless` values are equal in
   * any case; a `carried` part of an object is compared only when it is stated.
   */
  | { is: 'scalar'; default?: Json; caseless?: true; carried?: true }
  /** Any JSON value: types count, the order of keys does not. `carried` as for scalars. */
  | { is: 'json'; carried?: true }
  /**
   * A structure that is shown as text. Two are equal when their texts or their `known` texts are: `known`
   * leaves out what other fields compare. References are compared by id.
   */
  | { is: 'text'; shown: (value: Json) => string; known: (value: Json) => string }
  /** The name of another resource; `caseless` where names of that kind match in any case. */
  | { is: 'reference'; kind: string; caseless?: true }
  /** A value that is sent and never compared. */
  | { is: 'unread' }
  /** Named parts, each with its own rule; absent parts mean their defaults. */
  | { is: 'object'; fields: Readonly<Record<string, Rule>> }
  /**
   * A mapping with free keys: only stated keys are compared, at any depth, without secrets. Lists in it
   * have no order.
   */
  | { is: 'stated' }
  /**
   * A list without order, whose items are paired by key. A null item only keeps the positions of the
   * others. `open` returns whether an item that only the service has is no difference: it adds some
   * itself, and some have no effect, which `idle` tells. `wanted` is the whole resource. `group` returns by
   * what `ignore_changes` can name several items at once.
   */
  | {
      is: 'set'
      key: (item: Json) => string
      item: Rule
      carried?: true
      group?: (item: Json) => string
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
