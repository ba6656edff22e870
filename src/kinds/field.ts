import type { DataImpact } from '../state/impact.ts'
import type { FieldClass, Rule } from '../state/rule.ts'
import type { Shape } from '../state/shape.ts'
import type { Json, JsonObject } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'
import type { Known } from './carry.ts'
import type { FromWire, ToWire, ToYaml } from './kind.ts'

/**
 * How one value is declared and carried: what YAML may say, how it is compared, and the four ways
 * between YAML, fields and the wire. What a codec leaves out goes through as it is. The last argument
 * of each way is the whole that the value is a part of: item, fields, or answer.
 */
export interface Codec {
  /** JSON Schema of the value in YAML, with its description. Absent: files cannot say it by itself. */
  readonly schema?: JsonObject
  readonly rule: Rule
  /** What an answer must look like there. Absent: it is not looked at. */
  readonly shape?: Shape
  /** What is known of the value in an answer. Absent: all of it is ours. */
  readonly known?: Known
  readonly secret?: true
  fromYaml?(value: Json | undefined, item: JsonObject): Json | undefined
  toYaml?(value: Json | undefined, context: ToYaml, fields: JsonObject): Json | undefined
  fromWire?(value: Json | undefined, context: FromWire, wire: JsonObject): Json | undefined
  toWire?(value: Json | undefined, context: ToWire, fields: JsonObject): Json | undefined
  /** Ids that the value names in an answer. */
  uses?(value: Json | undefined, wire: JsonObject): { kind: string; id: string }[]
  /**
   * The value of a replacement. Absent: what is wanted; of carried fields, what is live where nothing
   * is.
   */
  merged?(live: Json | undefined, wanted: Json | undefined): Json | undefined
}

/** What every field of a kind declares; `W` is what the service answers. */
interface Declared<W> {
  codec: Codec
  /** An item must have it. */
  required?: true
  /** The first version of the API that has it; of parts of it, by their dotted paths. */
  since?: ApiVersion | Readonly<Record<string, ApiVersion>>
  /** Other names that people try. */
  synonyms?: readonly string[]
  /** Names that people try for its opposite. */
  opposites?: readonly string[]
  /** What the files write under another field's name: what is ignored there is ignored here. */
  with?: string
  /** It is about the request, not about the resource: the service does not keep it. */
  perRequest?: true
  /**
   * Members of bodies and answers that it is written as, where that is not one: the codec makes an
   * object.
   */
  spread?: readonly (keyof W & string)[]
}

/** Who decides about a field. What can differ says what that does to data. */
type Ownership =
  | { owner: Extract<FieldClass, 'owned' | 'carried'>; impact: DataImpact }
  | { owner: Exclude<FieldClass, 'owned' | 'carried'>; impact?: DataImpact }

/** Where it is in bodies and answers: under its own name, where the service has that, or under another. */
type OnWire<W, Name> = Name extends keyof W
  ? { wire?: keyof W & string }
  : { wire: keyof W & string } | Spread<W>
interface Spread<W> {
  wire?: never
  spread: readonly (keyof W & string)[]
}

/** One field of a kind, in one value. */
export type FieldOf<W, Name> = Declared<W> & Ownership & OnWire<W, Name>

/** A key that only YAML has: it stands for something in other fields. */
export interface Shorthand {
  /** JSON Schema, with its description. */
  shorthand: JsonObject
  toYaml?(fields: JsonObject, context: ToYaml): Json | undefined
}

/** Any field, once its place on the wire was checked by its type. */
export type AnyField = Declared<Record<string, Json>> & Ownership & { wire?: string }

/** Tells a key that only YAML has from the fields. */
export function isShorthand(one: AnyField | Shorthand): one is Shorthand {
  return 'shorthand' in one
}
