import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Path } from '../state/resource.ts'
import type { Json, JsonObject, Reference } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'
import type { Field } from '../state/rule.ts'

/**
 * What the engine needs to know about one kind of resource. A value, not a class: matching, comparing,
 * ordering, applying and rendering are written once, over this. Add a kind by writing one of these and
 * naming it in the registry.
 */
export interface Kind {
  /** As in addresses: `sync`. */
  readonly name: string
  /** The key in YAML: `syncs`. */
  readonly section: string
  /**
   * JSON Schema (2020-12) of one item in YAML, without the keys that every resource has (name, id,
   * lifecycle).
   */
  readonly schema: JsonObject
  /**
   * How each field of the normal form is owned, compared and defaulted. The order is the order of display.
   */
  readonly fields: Readonly<Record<string, Field>>
  readonly api: KindApi
  /**
   * The schema of a part that depends on another field (a connection's configuration on its type). Compiled
   * once per `key`, when first needed. Nothing is returned when the other field does not say enough; the
   * schema's own errors then tell why.
   */
  detail?(item: JsonObject): { path: Path; key: string; schema: JsonObject } | undefined
  /** Another spelling of a key that people try (`sql` for `query`): offered before similar names. */
  readonly synonyms?: Readonly<Record<string, string>>
  /** Names match in any case. */
  readonly caselessNames?: true
  /**
   * Fields that older versions of the API do not have: path (`*` for every item of a list) to the first
   * version that has it.
   */
  readonly since?: Readonly<Record<string, ApiVersion>>

  /**
   * True when the value at this path of the YAML item must not be seen. The item may still hold
   * placeholders.
   */
  isSecret(item: JsonObject, path: Path): boolean
  /**
   * Checks that the schema cannot say: paths are those of the YAML item. Runs on items that fit the schema,
   * or whose only faults are unknown fields: what is told here of such a field takes the place of that.
   */
  check?(item: JsonObject): ItemProblem[]
  /**
   * YAML item → fields: sugar is written out, references are `Reference`s. Lists keep their order and
   * length.
   */
  fromYaml(item: JsonObject): JsonObject
  /** Fields → request body. References become ids. */
  toWire(fields: JsonObject, context: ToWire): JsonObject
  /** The service's answer → fields, without what the service owns. */
  fromWire(wire: JsonObject, context: FromWire): JsonObject
  /**
   * What must be asked before a replacement can be written, beside the resource itself. Only where the
   * answer of the resource does not tell whether a value was chosen or is the default.
   */
  question?(live: JsonObject, body: JsonObject, version: ApiVersion): Question | undefined
  /**
   * The body of a full replacement: what is live and not ours to change, overlaid with what we want.
   * `answer` is the `data` that the question brought, if there was one and it was answered.
   */
  replacement(live: JsonObject, body: JsonObject, answer?: Json): JsonObject
  /**
   * True when an unmanaged live value is what the service documents as its default: then nobody needs to
   * hear of it.
   */
  isDefault?(fields: JsonObject, path: Path): boolean
  /** Ids of what a live resource uses, from a list item as well as from the whole. */
  uses(wire: JsonObject): { kind: string; id: string }[]
  /** A sentence, when a live resource waits for a person (authorization). */
  waiting?(wire: JsonObject): string | undefined
}

/** Where a kind lives in the API, and how the versions differ there. */
export interface KindApi {
  /** `/api/syncs`; one resource is at `/api/syncs/{id}`. */
  path: string
  /** True where list items lack fields that are compared, so that each match must be read by itself. */
  lightList(version: ApiVersion): boolean
  update(version: ApiVersion): 'PATCH' | 'PUT'
  /** Query parameters of a delete that says its wish explicitly. */
  deleteQuery?: string
  /** With `--force-delete`, what uses it and is not declared is deleted along with it. */
  cascades?: true
}

/** What a kind must be told to write a body. */
export interface ToWire {
  version: ApiVersion
  /**
   * The id of what a reference names. Everything is resolved before anything is sent: an unresolved
   * reference is a bug.
   */
  id(reference: Reference): string
  /** True when the resource does not exist yet. */
  creating: boolean
}

/** What a kind must be told to read an answer. */
export interface FromWire {
  version: ApiVersion
  /** Names what an id stands for, when that is known. */
  reference(kind: string, id: string): Reference
  /** All of a kind that was read so far, as the service answered. */
  wire(kind: string): readonly JsonObject[]
}

/** A GET, or for old versions a POST that only asks. */
export interface Question {
  path: string
  query?: Record<string, string>
  body?: JsonObject
}

/** A problem inside one YAML item, before the place is known. */
export interface ItemProblem {
  path: Path
  /** Show the key rather than the value. */
  atKey?: boolean
  code: Diagnostic['code']
  severity?: Diagnostic['severity']
  message: string
  label: string
  notes?: string[]
  help?: string[]
}

/** A kind that may be referenced but not (yet) managed: its list is read when a file names one. */
export interface Lookup {
  readonly name: string
  readonly path: string
  readonly caselessNames?: true
}

/** The registry, as the engine is handed it: the engine names no kind itself. */
export interface Kinds {
  readonly managed: readonly Kind[]
  readonly lookups: readonly Lookup[]
}
