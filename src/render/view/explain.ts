import type { Json } from '../../wire/common.ts'

/** A key of something that files may say. */
export interface KeyFacts {
  name: string
  /** In the words of YAML: `text`, `a list`. */
  type: string
  required: boolean
  secret: boolean
  /** What the service assumes without it, where that is known; null where it is not. */
  default: Json
  /** The first version of the API that has it; null for all. */
  since: string | null
  description: string
}

/** A word that a key may have, with what it means. */
export interface WordFacts {
  word: string
  meaning: string
}

/** Something that files may say, with all that is inside of it. */
export interface TopicFacts extends KeyFacts {
  format_version: 1
  /** As it is asked for: `sync.schedule`. */
  topic: string
  words: WordFacts[]
  keys: KeyFacts[]
  /** YAML to copy; null where none is known. */
  example: string | null
  /** What else is worth knowing, in sentences. */
  notes: string[]
}

/** A type of connections; `authorized` where a person authorizes them. */
export interface TypeFacts {
  type: string
  name: string
  authorized: boolean
}

/** Where the values of a resource come from. */
export interface ResourceFacts {
  kind: string
  name: string
  /** File and line of its name. */
  place: string
  values: ValueFacts[]
  /** What the service has, where that was asked for. */
  live: LiveFacts | null
}

/** A value without parts. References and secrets are in their tagged form. */
export interface ValueFacts {
  path: string
  value: Json
  /** File and line; null for what no file states. */
  place: string | null
  /** Variables and files that it is filled from, or `default`. */
  from: string[]
}

/** What the service has instead. */
export interface LiveFacts {
  exists: boolean
  changed_at: string | null
  changed_by: string | null
  differences: { path: string; value: Json }[]
}
