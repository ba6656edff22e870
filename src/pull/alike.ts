import { isDeepStrictEqual } from 'node:util'
import {
  entryIn,
  inPlaceOf,
  newDraft,
  valueOfDraft,
  withDraftAt,
  type Draft,
  type DraftEntry,
  type MappingDraft
} from '../config/edit/index.ts'
import { isObject, isSecret, type Json, type JsonObject } from '../state/value.ts'
import { aligned } from './align.ts'

/**
 * Changes a part of a file as `before` is changed into `after`. These two are written by the kind; people
 * may write the same in other words: a source as a mapping, an hour as text, keys that say nothing. Where
 * their words and those of the kind agree, or one is a part of the other, the change is made in their
 * words; else the kind's replace them. Whether the result means what it should is for the caller to see.
 */
export function alike(draft: Draft, before: Json | undefined, after: Json): Draft {
  if (isDeepStrictEqual(before, after)) return draft
  const value = valueOfDraft(draft)
  const from = before ?? value
  if (draft.is === 'mapping' && isPlain(from) && isPlain(after)) return mappingAlike(draft, from, after)
  if (draft.is === 'list' && Array.isArray(from) && Array.isArray(after))
    return listAlike(draft, draft.items, from, after)
  if (draft.is === 'scalar' && !isPlain(after) && !Array.isArray(after)) {
    const isSpelled = typeof value === 'string' && typeof from === 'number' && Number(value) === from
    return inPlaceOf(draft, isSpelled && typeof after === 'number' ? String(after) : after)
  }
  return inOtherWords(draft, value, from, after) ?? inPlaceOf(draft, after)
}

/** Finds the one in the other: the field of a source in its mapping, or the mapping of a field. */
function inOtherWords(draft: Draft, value: Json, before: Json, after: Json): Draft | undefined {
  if (draft.is === 'mapping' && !isPlain(before) && !isPlain(after) && !Array.isArray(after)) {
    const path = pathTo(value, before)
    return path && withDraftAt(draft, path, inPlaceOf(partAt(draft, path), after))
  }
  if (draft.is === 'scalar' && isPlain(before) && isPlain(after)) {
    const path = pathTo(before, value)
    const key = path?.length === 1 ? String(path[0]) : undefined
    if (key === undefined) return undefined
    const { [key]: word, ...rest } = after
    const { [key]: _word, ...restBefore } = before
    return word !== undefined && isDeepStrictEqual(rest, restBefore) ? alike(draft, value, word) : undefined
  }
  return undefined
}

/** Returns the path to a given scalar in a mapping: to the last of several, as the field of a source is. */
function pathTo(whole: Json, scalar: Json): string[] | undefined {
  if (!isPlain(whole)) return undefined
  const found = Object.entries(whole).findLast(([, inner]) => isDeepStrictEqual(inner, scalar))
  return found && [found[0]]
}

function partAt(draft: MappingDraft, [key = '']: readonly string[]): Draft {
  return entryIn(draft, key)?.draft ?? draft
}

function mappingAlike(draft: MappingDraft, before: JsonObject, after: JsonObject): Draft {
  const kept = draft.entries.flatMap((entry): DraftEntry[] => {
    const [was, is] = [before[entry.key], after[entry.key]]
    if (isDeepStrictEqual(was, is)) return [entry]
    return is === undefined ? [] : [{ ...entry, draft: alike(entry.draft, was, is) }]
  })
  const entries = [...kept]
  const order = Object.keys(after)
  for (const [index, key] of order.entries()) {
    const value = after[key]
    if (value === undefined || entryIn(draft, key) || isDeepStrictEqual(before[key], value)) continue
    const above = order.slice(0, index).findLast((one) => entries.some((entry) => entry.key === one))
    const at = above === undefined ? entries.length : entries.findIndex((entry) => entry.key === above) + 1
    entries.splice(at, 0, { key, draft: newDraft(value) })
  }
  return { ...draft, entries }
}

function listAlike(
  draft: Draft,
  items: readonly Draft[],
  before: readonly Json[],
  after: readonly Json[]
): Draft {
  // Where the kind has other items than people wrote, theirs are compared themselves.
  const from = before.length === items.length ? before : items.map(valueOfDraft)
  const pairs = aligned(from, after)
  const next = pairs.flatMap((pair): Draft[] => {
    const own = pair.before === undefined ? undefined : items[pair.before]
    const value = pair.after === undefined ? undefined : after[pair.after]
    if (value === undefined) return []
    if (own && pair.before !== undefined) return [alike(own, from[pair.before], value)]
    const near = pairs.findLast(({ before: at }) => at !== undefined && !isSecretIn(from[at]))?.before
    const neighbour = near === undefined ? undefined : items[near]
    return [neighbour && near !== undefined ? newLike(neighbour, from[near], value) : newDraft(value)]
  })
  return { ...draft, is: 'list', items: next }
}

/** Returns a new item in the words and the style of its neighbour, which is `written` in the kind's words. */
export function newLike(neighbour: Draft, written: Json | undefined, item: Json): Draft {
  return newDraft(inWordsOf(neighbour, written, item), neighbour)
}

function inWordsOf(neighbour: Draft, written: Json | undefined, item: Json): Json {
  if (neighbour.is === 'mapping' && isPlain(item) && isPlain(written)) {
    const own = neighbour.entries.flatMap(({ key, draft }): [string, Json][] => {
      const value = item[key]
      return value === undefined ? [] : [[key, inWordsOf(draft, written[key], value)]]
    })
    const others = Object.entries(item).filter(([key]) => !entryIn(neighbour, key))
    return Object.fromEntries([...own, ...others])
  }
  if (Array.isArray(item)) return item
  const value = valueOfDraft(neighbour)
  if (written === undefined || isDeepStrictEqual(value, written)) return item
  const reworded = inOtherWords(neighbour, value, written, item)
  return reworded && !isSecretIn(valueOfDraft(reworded)) ? valueOfDraft(reworded) : item
}

function isSecretIn(value: Json | undefined): boolean {
  if (isSecret(value)) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(isSecretIn)
}

/** A mapping that is no secret: one value to the files. */
function isPlain(value: Json | undefined): value is JsonObject {
  return isObject(value) && !isSecret(value)
}
