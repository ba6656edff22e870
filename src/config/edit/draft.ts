import { isObject, isSecret, type Json, type JsonObject } from '../../state/value.ts'
import { setOwn } from '../pointer.ts'
import type { MappingEntry, SourceText, YamlNode } from '../source/index.ts'
import { lockOfEntry, lockOfNode, type Lock } from './lock.ts'

/**
 * A value on its way into a file: each part knows the node that it is written at, if there is one. A draft
 * is never changed; a part that differs from an earlier draft is another object, and all others are the
 * same. `changedText` writes the difference of two drafts into the text.
 */
export type Draft = ScalarDraft | ListDraft | MappingDraft

interface Written {
  /** The node of the file that holds this part, or held what stands here now. */
  was?: YamlNode
  /** Why the text of this part cannot be changed without guessing. */
  lock?: Lock
  /** A part of the file after which a new one is styled. */
  like?: Draft
}

interface ScalarDraft extends Written {
  is: 'scalar'
  /** A filled value: a text with a placeholder has what it stands for, and a secret its source. */
  value: Json
}

interface ListDraft extends Written {
  is: 'list'
  items: readonly Draft[]
}

/** A mapping, in the order of the file. */
export interface MappingDraft extends Written {
  is: 'mapping'
  entries: readonly DraftEntry[]
}

/** A key with its value; `entry` is where the file has the key. */
export interface DraftEntry {
  key: string
  entry?: MappingEntry
  draft: Draft
}

/** Returns the draft of a node. `value` is what the node means, with placeholders filled. */
export function draftOf(source: SourceText, node: YamlNode, value: Json, above?: Lock): Draft {
  const lock = above ?? lockOfNode(source, node)
  const written = { was: node, ...(lock && { lock }) }
  // What an alias brings is elsewhere: all of it is locked, and so is what is below a shared anchor.
  const inner = lock && lock.because !== 'placeholder' ? lock : undefined
  if (node.is === 'list' && Array.isArray(value))
    return {
      ...written,
      is: 'list',
      items: node.items.map((item, index) => draftOf(source, item, value[index] ?? null, inner))
    }
  if (node.is === 'mapping' && isObject(value))
    return {
      ...written,
      is: 'mapping',
      entries: node.entries.map((entry) => ({
        key: entry.key,
        entry,
        draft: draftOf(
          source,
          entry.value,
          Object.hasOwn(value, entry.key) ? (value[entry.key] ?? null) : null,
          inner ?? lockOfEntry(node, entry)
        )
      }))
    }
  return { ...written, is: 'scalar', value }
}

/** Returns the draft of a value that no file has yet. It is styled like another part, where one is given. */
export function newDraft(value: Json, like?: Draft): Draft {
  const style = like ? { like } : {}
  if (Array.isArray(value)) {
    const sample = like?.is === 'list' ? like.items.at(-1) : undefined
    return { ...style, is: 'list', items: value.map((item) => newDraft(item, sample)) }
  }
  if (!isObject(value) || isSecret(value)) return { ...style, is: 'scalar', value }
  const entries = Object.entries(value).map(([key, inner]) => ({
    key,
    draft: newDraft(inner, like?.is === 'mapping' ? entryIn(like, key)?.draft : undefined)
  }))
  return { ...style, is: 'mapping', entries }
}

/** Returns a new value in the place of a draft. */
export function inPlaceOf({ was, lock, like }: Draft, value: Json): Draft {
  return {
    ...newDraft(value),
    ...(was && { was }),
    ...(lock && { lock }),
    ...(like && { like })
  }
}

/** Returns the value of a draft. */
export function valueOfDraft(draft: Draft): Json {
  if (draft.is === 'scalar') return draft.value
  if (draft.is === 'list') return draft.items.map(valueOfDraft)
  const value: JsonObject = {}
  for (const { key, draft: inner } of draft.entries) setOwn(value, key, valueOfDraft(inner))
  return value
}

/** Returns the entry of a key; undefined where there is none. */
export function entryIn(draft: Draft | undefined, key: string): DraftEntry | undefined {
  return draft?.is === 'mapping' ? draft.entries.find((entry) => entry.key === key) : undefined
}

/** Returns the part of a draft at a path; undefined where the path leads nowhere. */
export function draftAt(draft: Draft, path: readonly (string | number)[]): Draft | undefined {
  return path.reduce<Draft | undefined>((at, part) => {
    if (typeof part === 'number') return at?.is === 'list' ? at.items[part] : undefined
    return entryIn(at, part)?.draft
  }, draft)
}

/** Returns a draft with another part at a path that exists; without the part, if there is none. */
export function withDraftAt(
  draft: Draft,
  path: readonly (string | number)[],
  part: Draft | undefined
): Draft {
  const [head, ...rest] = path
  if (head === undefined) return part ?? draft
  const inner = (at: Draft): Draft[] => {
    if (rest.length > 0) return [withDraftAt(at, rest, part)]
    return part ? [part] : []
  }
  if (draft.is === 'list')
    return {
      ...draft,
      items: draft.items.flatMap((item, index) => (index === head ? inner(item) : [item]))
    }
  if (draft.is === 'mapping')
    return {
      ...draft,
      entries: draft.entries.flatMap((entry) =>
        entry.key === head ? inner(entry.draft).map((one) => ({ ...entry, draft: one })) : [entry]
      )
    }
  return draft
}
