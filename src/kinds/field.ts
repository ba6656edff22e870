import type { DataImpact } from '../state/impact.ts'
import type { FieldClass, Rule } from '../state/rule.ts'
import type { Shape } from '../state/shape.ts'
import type { Json, JsonObject } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'
import type { Known } from './carry.ts'
import type { FromWire, ToWire, ToYaml } from './kind.ts'

/**
 * The declaration of one value: its schema in YAML, how it is compared, and the conversions between YAML,
 * fields and the wire. A conversion that a codec does not have is the identity. The last argument of each
 * is the whole that contains the value: item, fields or answer.
 */
export interface Codec {
  /** JSON Schema of the value in YAML, with its description. Absent: files cannot state it by itself. */
  readonly schema?: JsonObject
  readonly rule: Rule
  /** The shape of the value in an answer. Absent: it is not checked. */
  readonly shape?: Shape
  /** Known members of the value in an answer. Absent: the value of the body replaces all of it. */
  readonly known?: Known
  readonly secret?: true
  fromYaml?(value: Json | undefined, item: JsonObject): Json | undefined
  toYaml?(value: Json | undefined, context: ToYaml, fields: JsonObject): Json | undefined
  fromWire?(value: Json | undefined, context: FromWire, wire: JsonObject): Json | undefined
  toWire?(value: Json | undefined, context: ToWire, fields: JsonObject): Json | undefined
  /** Returns the resources that the value of an answer uses. */
  uses?(value: Json | undefined, wire: JsonObject): { kind: string; id: string }[]
  /**
   * Returns the value for a replacement. Absent: the wanted value; if there is none, the live value of a
   * carried field.
   */
  merged?(live: Json | undefined, wanted: Json | undefined): Json | undefined
}

/** What every field of a kind declares. `W` is the type of the service's answer. */
interface Declared<W> {
  codec: Codec
  /** Every item must have it. */
  required?: true
  /** The first version of the API that has the field, or that has a part of it, by dotted path. */
  since?: ApiVersion | Readonly<Record<string, ApiVersion>>
  /** Other names that people write for it. */
  synonyms?: readonly string[]
  /** Names that people write for its negation. */
  opposites?: readonly string[]
  /**
   * The field under whose name files write this one: `ignore_changes` of that field is for this one, too.
   */
  with?: string
  /**
   * What it refers to may be made after the resource: where they need each other in a circle, the resource
   * is made without it, and gets it when all are there.
   */
  mayFollow?: true
  /** It is a parameter of the request, and no part of the resource. */
  perRequest?: true
  /**
   * The members of bodies and answers that it is written as, if there are several: `toWire` returns an
   * object.
   */
  spread?: readonly (keyof W & string)[]
}

/** Who decides about a field. A field that can differ must declare the impact of a change. */
type Ownership =
  | { owner: Extract<FieldClass, 'owned' | 'carried'>; impact: DataImpact }
  | { owner: Exclude<FieldClass, 'owned' | 'carried'>; impact?: DataImpact }

/** The name of a field in bodies and answers: its own, if the service has that, or else another. */
type OnWire<W, Name> = Name extends keyof W
  ? { wire?: keyof W & string }
  : { wire: keyof W & string } | Spread<W>
interface Spread<W> {
  wire?: never
  spread: readonly (keyof W & string)[]
}

/** The declaration of a field. */
export type FieldOf<W, Name> = Declared<W> & Ownership & OnWire<W, Name>

/** A key that only YAML has, for values of other fields. */
export interface Shorthand {
  /** JSON Schema, with its description. */
  shorthand: JsonObject
  toYaml?(fields: JsonObject, context: ToYaml): Json | undefined
  /** It is for polyctl alone: no part of what the service gets, has or is compared with. */
  own?: true
}

/** A field of any kind, after its name on the wire was checked by its type. */
export type AnyField = Declared<Record<string, Json>> & Ownership & { wire?: string }

/** Returns true for a key that only YAML has. */
export function isShorthand(one: AnyField | Shorthand): one is Shorthand {
  return 'shorthand' in one
}
