import type { Json, JsonObject } from '../state/value.ts'

/** How the fields of a kind are named where its files may spell them in several ways. */
export interface Wording {
  /** Returns what an item's words depend on. It holds no values but names. */
  spelling(item: JsonObject): JsonObject
  /** Keys of items that `ignore_changes` may name though no field has their name. */
  ignorable: readonly string[]
  /**
   * Returns the paths of the fields that a path of `ignore_changes` is about. None: nothing has this name.
   * `[*group]` in place of an item stands for all items of a group (`Rule`).
   */
  ignored(path: string, spelling: JsonObject): string[]
  /**
   * Returns a part of the fields as a file of this spelling names it. What the file does not state is named
   * as `toYaml` writes it. `sides` are the fields that are compared. The part itself: the words are the same.
   */
  named(part: NamedPart, spelling: JsonObject, sides: readonly JsonObject[]): NamedPart
}

/** A part of the fields with its values, as far as they are known. Items of sets are named by key. */
export interface NamedPart {
  path: readonly string[]
  before?: Json
  after?: Json
  base?: Json
}
