import type { Draft, Lock } from '../config/edit/index.ts'
import type { Path } from '../state/resource.ts'
import type { Json } from '../state/value.ts'

/** What a change of a draft touches. */
export interface Touched {
  /** Parts that cannot be changed without guessing. */
  locks: Lock[]
  /** The places of scalars that are new, or have another value. */
  scalars: { path: Path; value: Json }[]
}

/** Returns what differs between two drafts of one item. */
export function touchedBy(before: Draft, after: Draft): Touched {
  const touched: Touched = { locks: [], scalars: [] }
  compare(before, after, [], touched)
  return touched
}

function compare(before: Draft, after: Draft, path: Path, touched: Touched): void {
  if (before === after) return
  if (before.is === 'mapping' && after.is === 'mapping' && before.was === after.was) {
    if (before.lock) touched.locks.push(before.lock)
    for (const { key, entry, draft } of before.entries) {
      const next = after.entries.find((one) => one.key === key && one.entry === entry)
      if (next) compare(draft, next.draft, [...path, key], touched)
      else removed(draft, touched, { isReplaced: after.entries.some((one) => one.key === key) })
    }
    for (const { key, draft } of after.entries)
      if (!before.entries.some((one) => one.key === key)) added(draft, [...path, key], touched)
    return
  }
  if (before.is === 'list' && after.is === 'list' && before.was === after.was) {
    if (before.lock) touched.locks.push(before.lock)
    const isReplaced = after.items.some(({ was }) => !was)
    for (const item of before.items) {
      const at = after.items.findIndex(({ was }) => was === item.was)
      const next = after.items[at]
      if (next) compare(item, next, [...path, at], touched)
      else removed(item, touched, { isReplaced })
    }
    for (const [at, item] of after.items.entries()) if (!item.was) added(item, [...path, at], touched)
    return
  }
  touched.locks.push(...locksIn(before))
  added(after, path, touched)
}

function added(draft: Draft, path: Path, touched: Touched): void {
  if (draft.is === 'scalar') touched.scalars.push({ path, value: draft.value })
  else if (draft.is === 'list')
    for (const [at, item] of draft.items.entries()) added(item, [...path, at], touched)
  else for (const { key, draft: inner } of draft.entries) added(inner, [...path, key], touched)
}

/**
 * What goes as a whole may hold placeholders: none is guessed. An anchor that is used elsewhere stays. Where
 * something comes in its place, a value from elsewhere would be replaced by its text there.
 */
function removed(draft: Draft, touched: Touched, { isReplaced }: { isReplaced: boolean }): void {
  const locks = draft.lock ? [draft.lock] : locksIn(draft)
  const counts = ({ because }: Lock): boolean =>
    isReplaced || because === 'anchor' || draft.lock !== undefined
  touched.locks.push(...locks.filter(counts))
}

function locksIn(draft: Draft): Lock[] {
  if (draft.lock) return [draft.lock]
  if (draft.is === 'scalar') return []
  const parts = draft.is === 'list' ? draft.items : draft.entries.map((entry) => entry.draft)
  return parts.flatMap(locksIn)
}
