/** What a system holds, as its connector tells it. */
import type { JsonObject } from '../../wire/common.ts'
import type { SyncMode } from '../../wire/sync.ts'

/** A table, a collection, a file: what can be read or written, with its fields. */
export interface ObjectFacts {
  /** As models and syncs name it: `public.users`, `Contact`. */
  id: string
  label?: string
  /** Undefined: nobody can tell, or nobody has looked. */
  fields: readonly FieldFacts[] | undefined
  /** What a model says to read it. */
  configuration?: JsonObject
  /** Other names that lead to it: `users`, where the path of the database finds `public.users`. */
  aliases?: readonly string[]
  /** It was made by a copy of another one, or is a part of one: whoever copies all does not mean it. */
  isSecondary?: boolean
  /** False: nothing is read from it. */
  isSource?: boolean
  /** The fields by which its records are told apart, in their order; empty: none do. */
  key?: readonly string[]
  /** How it can be written to. Absent: as all of its system can; empty: not at all. */
  modes?: readonly SyncMode[]
}

/** A field of an object. */
export interface FieldFacts {
  name: string
  label?: string
  /** One of the API's: string, number, boolean, datetime, array, object, binary, unknown. */
  type: string
  /** What the system itself calls the type. */
  remoteType?: string
  /** The type that takes its values in any other system of the same sort. */
  portableType?: string
  unique?: boolean
  required?: boolean
  readOnly?: boolean
  /** Its values name records of other objects. */
  isReference?: boolean
  /** Two texts that differ in case alone identify the same record here. */
  foldsCase?: boolean
}
