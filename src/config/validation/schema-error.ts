import type { ErrorObject } from 'ajv/dist/2020.js'
import type { ItemProblem, Kind } from '../../kinds/kind.ts'
import type { Path } from '../../state/resource.ts'
import type { Json, JsonObject } from '../../state/value.ts'

/** The words for an item, and other spellings of its keys. */
export interface Noun {
  /** With its article: `a sync`. */
  one: string
  /** The word for its keys. A `section` is a key of a whole file, which needs no mention. */
  part: 'field' | 'section'
  synonyms: NonNullable<Kind['synonyms']>
  meant?: NonNullable<Kind['meant']>
}

/**
 * The value that errors are about. `at` is the place of the value inside its item; `isShown` is false for
 * what must not be repeated.
 */
export interface Subject {
  schema: JsonObject
  value: Json
  noun: Noun
  at: Path
  isShown: (path: Path) => boolean
  /** Returns the text of the scalar at a path, as the file has it; nothing where it stands elsewhere. */
  sourceText: (path: Path) => string | undefined
  /** Keys that belong into a part of the item rather than into the item itself: the key → the part. */
  nestedFields?: ReadonlyMap<string, string>
}

/** An error of the validator, and everything that its message needs. */
export interface SchemaError {
  error: ErrorObject
  /** Inside the value. */
  path: Path
  found: Json | undefined
  /** The part of the schema that has the keyword. */
  schema: JsonObject
  subject: Subject
}

/**
 * `missing` has the place of each required key that is not there, so that a stricter look at the same item
 * does not report it again.
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
