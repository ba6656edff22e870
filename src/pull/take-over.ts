import { isDeepStrictEqual } from 'node:util'
import {
  draftAt,
  entryIn,
  inPlaceOf,
  newDraft,
  valueOfDraft,
  withDraftAt,
  type Draft,
  type Lock
} from '../config/edit/index.ts'
import { valueAt } from '../config/pointer.ts'
import { validateResource } from '../config/validation/index.ts'
import type { Kind, ToYaml } from '../kinds/kind.ts'
import { diff } from '../plan/diff.ts'
import type { Path } from '../state/resource.ts'
import { isObject, isSecret, sortedText, type Json, type JsonObject } from '../state/value.ts'
import { alike } from './alike.ts'
import { withMove, type Move } from './moves.ts'
import { touchedBy } from './touched.ts'

/** A declared resource on its way: its item in the file, and what that means. */
export interface ItemState {
  draft: Draft
  fields: JsonObject
}

/** Why a difference is left to people. */
export type Obstacle = { is: 'lock'; lock: Lock } | { is: 'secret' } | { is: 'words' }

/** The item with a difference taken over, or why it was not. */
export type TakenOver = { ok: true; state: ItemState } | { ok: false; obstacle: Obstacle }

/** In whose spelling differences are written, where there are several: that of the file, or the usual one. */
export type Spelling = 'own' | 'usual'

/**
 * Takes differences over into an item: the smallest change of what people wrote that means just this. It is
 * looked for from the inside out, and each one is tried: what it means must be the fields with the
 * differences, and nothing else.
 */
export function takeOver(
  kind: Kind,
  state: ItemState,
  moves: readonly Move[],
  context: ToYaml,
  spelling: Spelling
): TakenOver {
  const like = spelling === 'own' ? { like: own(valueOfDraft(state.draft)) } : {}
  return found(kind, state, moves, moves.reduce(withMove, state.fields), { ...context, ...like })
}

/** Takes other fields over into an item, whatever differs. */
export function takeOverFields(
  kind: Kind,
  state: ItemState,
  fields: JsonObject,
  context: ToYaml
): TakenOver {
  const over = found(kind, state, [], fields, { ...context, like: own(valueOfDraft(state.draft)) })
  return over.ok || over.obstacle.is !== 'words' ? over : found(kind, state, [], fields, context)
}

function found(
  kind: Kind,
  state: ItemState,
  moves: readonly Move[],
  fields: JsonObject,
  context: ToYaml
): TakenOver {
  let obstacle: Obstacle | undefined
  for (const draft of candidates(kind, state, moves, fields, context)) {
    if (!means(kind, draft, fields) || mistakesIn(kind, draft) > mistakesIn(kind, state.draft)) continue
    const { locks, scalars } = touchedBy(state.draft, draft)
    const [lock] = locks
    if (lock) obstacle ??= { is: 'lock', lock }
    else if (lacksSecret(kind, draft) || scalars.some((one) => isHidden(kind, draft, one)))
      obstacle = { is: 'secret' }
    else return { ok: true, state: { draft, fields } }
  }
  return { ok: false, obstacle: obstacle ?? { is: 'words' } }
}

/** A secret is never written in place of its source, and a mask is no value. */
function isHidden(kind: Kind, draft: Draft, { path, value }: { path: Path; value: Json }): boolean {
  const item = valueOfDraft(draft)
  if (isSecret(value) || (typeof value === 'string' && /^[*•]{4,}$/.test(value))) return true
  return isObject(item) && value !== null && kind.isSecret(item, path)
}

/** A new item among others that have secrets would have none: the service does not tell it. */
function lacksSecret(kind: Kind, draft: Draft): boolean {
  const item = valueOfDraft(draft)
  if (!isObject(item)) return false
  const isIncomplete = (part: Draft, path: Path): boolean => {
    if (part.is === 'scalar') return false
    if (part.is === 'mapping')
      return part.entries.some(({ key, draft: inner }) => isIncomplete(inner, [...path, key]))
    const keys = part.items.flatMap((one) =>
      one.is === 'mapping' ? one.entries.map(({ key }) => key) : []
    )
    return part.items.some((one, index) => {
      const own = [...path, index]
      if (one.is !== 'mapping' || one.was) return isIncomplete(one, own)
      return keys.some((key) => !entryIn(one, key) && kind.isSecret(item, [...own, key]))
    })
  }
  return isIncomplete(draft, [])
}

function* candidates(
  kind: Kind,
  { draft, fields: now }: ItemState,
  moves: readonly Move[],
  fields: JsonObject,
  context: ToYaml
): Generator<Draft> {
  const before = kind.toYaml(now, context)
  const after = kind.toYaml(fields, context)
  const [move, another] = moves
  if (move && !another) yield* nearby(kind, draft, move, { before, after })
  yield alike(draft, before, after)
  const changed = Object.keys({ ...before, ...after }).filter(
    (key) => !isDeepStrictEqual(before[key], after[key])
  )
  yield changed.reduce((whole, key) => withKey(whole, key, after[key]), draft)
}

/** The candidates for one difference, from its own place outwards. */
function* nearby(
  kind: Kind,
  draft: Draft,
  { at, value }: Move,
  { before, after }: { before: JsonObject; after: JsonObject }
): Generator<Draft> {
  const item = own(valueOfDraft(draft))
  const place = (whole: JsonObject): Path => kind.placeInYaml?.(at, whole) ?? at
  const places = { item: place(item), before: place(before), after: place(after) }
  for (let cut = 0; cut < places.item.length; cut++) {
    const path = places.item.slice(0, places.item.length - cut)
    const part = draftAt(draft, path)
    if (!part) continue
    if (cut === 0 && value === undefined) {
      yield withDraftAt(draft, path, undefined)
      continue
    }
    const [was, is] = (['before', 'after'] as const).map((side) =>
      valueAt(
        side === 'before' ? before : after,
        places[side].slice(0, Math.max(places[side].length - cut, 1))
      )
    )
    if (is !== undefined) yield withDraftAt(draft, path, alike(part, was, is))
    else if (typeof path.at(-1) === 'string') yield withDraftAt(draft, path, undefined)
  }
}

function withKey(draft: Draft, key: string, value: Json | undefined): Draft {
  const entry = entryIn(draft, key)
  if (entry)
    return withDraftAt(draft, [key], value === undefined ? undefined : inPlaceOf(entry.draft, value))
  if (value === undefined || draft.is !== 'mapping') return draft
  return { ...draft, entries: [...draft.entries, { key, draft: newDraft(value) }] }
}

/** How much of an item files may not say: a list that must not be empty, a part without its other half. */
function mistakesIn(kind: Kind, draft: Draft): number {
  const places = new Map<string, never>()
  const none = new Set<string>()
  const outside = { secrets: places, texts: places, given: none, unresolved: none, isMixed: false }
  const value = structuredClone(own(valueOfDraft(draft)))
  return validateResource(kind, { ...outside, value }, () => undefined).length
}

/** Whether an item means fields: nothing more, nothing less, and each secret comes from where it came. */
export function means(kind: Kind, draft: Draft, fields: JsonObject): boolean {
  return areSame(kind, fields, kind.fromYaml(own(valueOfDraft(draft))))
}

/** Whether two readings of a resource are the same, where nothing of it is compared with the service. */
export function areSame(kind: Kind, first: JsonObject, second: JsonObject): boolean {
  return isSame(kind, first, second) && isSame(kind, second, first)
}

function isSame(kind: Kind, first: JsonObject, second: JsonObject): boolean {
  if (diff(kind.fields, first, second, byName).fields.length > 0) return false
  if (sortedText(secretsIn(first)) !== sortedText(secretsIn(second))) return false
  return Object.entries(kind.fields).every(
    ([name, { class: owner }]) =>
      (owner !== 'once' && owner !== 'unreadable') ||
      sortedText(first[name] ?? null) === sortedText(second[name] ?? null)
  )
}

const start = { line: 1, column: 1, offset: 0 }
const byName = {
  idOf: ({ $ref, name, id }: { $ref: string; name?: string; id?: string }) =>
    id ?? `${$ref}\n${name ?? ''}`,
  spanAt: () => ({ path: '', start, end: start })
}

function secretsIn(value: Json): Json[] {
  if (isSecret(value)) return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value)
    .flatMap(secretsIn)
    .toSorted((a, b) => (sortedText(a) < sortedText(b) ? -1 : 1))
}

/** The item without the keys that every resource has. */
function own(value: Json): JsonObject {
  if (!isObject(value)) return {}
  const { name: _name, id: _id, lifecycle: _lifecycle, ...rest } = value
  return rest
}
