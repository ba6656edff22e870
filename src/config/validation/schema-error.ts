import type { ErrorObject } from 'ajv/dist/2020.js'
import type { ItemProblem, Kind } from '../../kinds/kind.ts'
import type { Path } from '../../state/resource.ts'
import type { Json, JsonObject } from '../../state/value.ts'

/** What messages call an item and its keys, and synonyms of its keys. */
export interface Noun {
  /** The item with an article: `a sync`. */
  one: string
  /** The word for a key. `section` is for whole files, which messages do not mention. */
  part: 'field' | 'section'
  /** What `polyctl explain` explains its keys by: `sync`. */
  topic?: string
  synonyms: NonNullable<Kind['synonyms']>
  meant?: NonNullable<Kind['meant']>
}

/**
 * The validated value. `at` is its path inside of the item; `isShown` is false for values that a message
 * must not quote.
 */
export interface Subject {
  schema: JsonObject
  value: Json
  noun: Noun
  at: Path
  isShown: (path: Path) => boolean
  /**
   * Returns the text of the scalar at a path, as the file has it; undefined if it is elsewhere (an alias).
   */
  sourceText: (path: Path) => string | undefined
  /** Keys that belong into a part of the item: the key → the path of the part. */
  nestedFields?: ReadonlyMap<string, string>
}

/** An error of the validator, with what its explanation needs. */
export interface SchemaError {
  error: ErrorObject
  /** The path inside of the value. */
  path: Path
  found: Json | undefined
  /** The part of the schema with the violated keyword. */
  schema: JsonObject
  subject: Subject
}

/**
 * `missing` has the path of each missing key, so that the validation of details does not report it again.
 */
export type SchemaProblem = ItemProblem & { missing?: Path[] }

/** Returns what a message calls the value at a path: `` `target` of a sync ``, or `a sync`. */
export function container(path: Path, { noun, at }: Pick<Subject, 'noun' | 'at'>): string {
  const whole = [...at, ...path]
  if (whole.length === 0) return noun.one
  return noun.part === 'section' ? `\`${label(whole)}\`` : `\`${label(whole)}\` of ${noun.one}`
}

/** The last named part of a path, with its positions: `fields[2]`. */
export function label(path: Path): string {
  const from = path.findLastIndex((part) => typeof part === 'string')
  return path
    .slice(Math.max(from, 0))
    .map((part) => (typeof part === 'number' ? `[${part}]` : part))
    .join('')
}
