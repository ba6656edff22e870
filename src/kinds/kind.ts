import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Finding, Inquiry, PlannedResource } from '../state/question.ts'
import type { Path } from '../state/resource.ts'
import { isId, isObject, type Json, type JsonObject, type Reference } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'
import type { DataImpacts } from '../state/impact.ts'
import type { Field } from '../state/rule.ts'
import type { DerivedApi, KindApi } from './api.ts'
import type { Synonym } from './synonym.ts'

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
  /** What the section holds, in a sentence for editors. */
  readonly description: string
  /**
   * JSON Schema (2020-12) of one item in YAML, without the keys that every resource has (name, id,
   * lifecycle).
   */
  readonly schema: JsonObject
  /**
   * How each field of the normal form is owned, compared and defaulted. The order is the order of display.
   */
  readonly fields: Readonly<Record<string, Field>>
  /** What changes of it may do to the data that moves. */
  readonly impacts: DataImpacts
  readonly api: KindApi
  /** What a resource is called, where that is not its `name`. */
  readonly naming?: Naming
  /**
   * The schema of a part that depends on another field (a connection's configuration on its type). Compiled
   * once per `key`, when first needed. Nothing is returned when the other field does not say enough; the
   * schema's own errors then tell why.
   */
  detail?(item: JsonObject): { path: Path; key: string; schema: JsonObject } | undefined
  /** The schema of `detail` with a description of each key: for those who read it. */
  describedDetail?(item: JsonObject): Promise<JsonObject>
  /** Another spelling of a key that people try (`sql` for `query`): offered before similar names. */
  readonly synonyms?: Readonly<Record<string, Synonym>>
  /** Names match in any case. */
  readonly caselessNames?: true
  /**
   * Some of this kind come with the service: that files name one which they do not declare is nothing to
   * wonder about.
   */
  readonly builtIns?: true
  /** An organization has at most one: the live one is meant, whatever it is called there. */
  readonly singleton?: true
  /** A person must authorize one before it works, and can be sent to where that is done. */
  readonly authorization?: Authorization
  /** Others are made of what it offers: `sources` and `targets` show that. */
  readonly offers?: true
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
   * R39: Checks one that would be made or changed against what the service knows. Pure: it asks, and is run
   * again with the answers until it asks nothing new. Paths are those of the fields.
   */
  checks?(subject: PlannedResource, service: Inquiry): Finding[]
  /**
   * What the service refuses to make of these fields as long as something is missing in them. What exists
   * there has it, and may leave it out.
   */
  incomplete?(fields: JsonObject): ItemProblem[]
  /** The same for editors: what the part that `detail` is about must have in a new one. */
  neededIn?(item: JsonObject): Needed
  /**
   * YAML item → fields: sugar is written out, references are `Reference`s. Lists keep their order and
   * length.
   */
  fromYaml(item: JsonObject): JsonObject
  /**
   * Fields → YAML item: what `fromYaml` makes the same fields of. What files cannot say is left out.
   */
  toYaml(fields: JsonObject, context: ToYaml): JsonObject
  /**
   * What remains to be said of a live resource once defaults are left out: where one word stands for many.
   * `live` is all of it.
   */
  condensed?(fields: JsonObject, live: JsonObject): JsonObject
  /** What a value that is not allowed at a place of an item stands for, as a sentence of advice. */
  meant?(path: Path, found: Json | undefined): string | undefined
  /** Fields → request body. References become ids. */
  toWire(fields: JsonObject, context: ToWire): JsonObject
  /** The service's answer → fields, without what the service owns. */
  fromWire(wire: JsonObject, context: FromWire): JsonObject
  /** The paths of members of an answer that nobody knows: they are sent back as they came. */
  unknownIn?(live: JsonObject): string[]
  /**
   * What these fields say that a service older than they may not know, judging from what it answered:
   * where, and in a few words. `isKnown` is undefined where no answer tells.
   */
  newerThan?(
    fields: JsonObject,
    answers: readonly JsonObject[]
  ): { path: Path; what: string; isKnown: boolean | undefined }[]
  /** Where an item of YAML says what stands at a path of its fields, if that is not there. */
  placeInYaml?(path: Path, item: JsonObject): Path
  /**
   * Fields of which those that are `ignored`, or some of their parts, have the live value: what
   * follows from these follows them.
   */
  settled?(fields: JsonObject, live: JsonObject, ignored: ReadonlySet<string>): JsonObject
  /**
   * What must be asked before a replacement can be written, beside the resource itself. Only where the
   * answer of the resource does not tell whether a value was chosen or is the default.
   */
  preUpdateRead?(live: JsonObject, body: JsonObject, version: ApiVersion): PreUpdateRead | undefined
  /**
   * The body of a full replacement: what is live and not ours to change, overlaid with what we want.
   * `answer` is the `data` that it brought, if there was one and it was answered.
   */
  replacement(live: JsonObject, body: JsonObject, answer?: Json, version?: ApiVersion): JsonObject
  /**
   * True when an unmanaged live value is what the service documents as its default: then nobody needs to
   * hear of it.
   */
  isDefault?(fields: JsonObject, path: Path): boolean
  /** Ids of what a live resource uses, from a list item as well as from the whole. */
  uses(wire: JsonObject): { kind: string; id: string }[]
  /** A sentence, when a live resource waits for a person (authorization). */
  pendingReason?(wire: JsonObject): string | undefined
  /** A sentence, when a live resource is there and does not work: its service says so, not we. */
  unhealthyReason?(wire: JsonObject): string | undefined
  /** Says of a live resource that this organization cannot change it, and why. */
  readOnly?(wire: JsonObject): ReadOnly | undefined
}

/**
 * What a resource is called when it has no `name`. Inside of polyctl it has one all the same: bodies and
 * answers carry it as `name`, and the last step to the wire spells it as the service does.
 */
export interface Naming {
  /** The keys of YAML that make the name, in this order. */
  keys: readonly string[]
  /** The key of bodies and answers that holds it; absent where the service has no name for it. */
  wire?: string
  /** The name cannot change: what is called otherwise is another resource. */
  fixed?: true
  /**
   * There is one, and this is what we call it. In YAML it is the section itself, not an item of a list
   * there.
   */
  only?: string
}

/** How a person gets to the page where a resource is authorized. */
export interface Authorization {
  /** Where an answer to a write sends a person, and what is to be typed there. */
  link(wire: JsonObject): { url: string; code?: string } | undefined
  /** What an update says to get a new link, beside what is live and its secrets. */
  renewal: JsonObject
}

/** Why a live resource stays as it is. */
export interface ReadOnly {
  because: string
  /** It may be named in references, and that is all: to declare it means nothing. */
  nameOnly?: true
}

/** What a kind must be told to write YAML. */
export interface ToYaml {
  /** How files name what a reference stands for. */
  nameOf(reference: Reference): string
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

/** Keys of a part that a new resource must have; more of them where another key has one of some values. */
export interface Needed {
  always: readonly string[]
  by?: { key: string; values: Readonly<Record<string, readonly string[]>> }
}

/** A GET, or for old versions a POST that only asks. */
export interface PreUpdateRead {
  path: string
  query?: Record<string, string>
  body?: JsonObject
}

/** A problem inside one YAML item, before the place is known. */
export interface ItemProblem {
  path: Path
  /** Show the key rather than the value. */
  atKey?: boolean
  /** Show a part of the value, where the file has the text as it is. */
  within?: { text: string; start: number; end: number }
  code: Diagnostic['code']
  severity?: Diagnostic['severity']
  message: string
  label: string
  notes?: string[]
  help?: string[]
}

/** The registry, as the engine is handed it: the engine names no kind itself. */
export interface Kinds {
  readonly managed: readonly Kind[]
}

/** The keys of YAML that make the name of a resource. */
export function nameKeys(kind: Kind): readonly string[] {
  return kind.naming?.keys ?? ['name']
}

/** What an item of YAML is called; empty where it does not say. */
export function nameOfItem(kind: Kind, item: JsonObject): string {
  if (kind.naming?.only !== undefined) return kind.naming.only
  const parts = nameKeys(kind).map((key) => item[key])
  return parts.every((part) => typeof part === 'string') ? parts.join(' ') : ''
}

/**
 * R40: The key that stands for an address wherever addresses are compared or looked up: names that match
 * in any case are folded, and so is what is written as an id. Names are folded as Unicode says it for no
 * language in particular: `İ` and `i` stay two letters, whatever the locale of the machine is.
 */
export function keyOf({ managed }: Kinds): (address: { kind: string; name: string }) => string {
  const caseless = new Set(managed.filter((kind) => kind.caselessNames).map(({ name }) => name))
  return ({ kind, name }) => `${kind}\n${caseless.has(kind) || isId(name) ? name.toLowerCase() : name}`
}

/** How resources are found: which addresses are one, and of which kinds there is at most one. */
export function findingOf(kinds: Kinds): {
  key: (address: { kind: string; name: string }) => string
  singletons: ReadonlySet<string>
} {
  const singletons = kinds.managed.filter((kind) => kind.singleton).map(({ name }) => name)
  return { key: keyOf(kinds), singletons: new Set(singletons) }
}

/** Whether two names are one, as this kind sees it. */
export function isSameName(kind: Kind, a: string, b: string): boolean {
  const key = keyOf({ managed: [kind] })
  return key({ kind: kind.name, name: a }) === key({ kind: kind.name, name: b })
}

/** A text of this kind, in one case where case does not count: for patterns, which are no names. */
export function foldedFor(kind: Kind | undefined, text: string): string {
  return kind?.caselessNames === true ? text.toLowerCase() : text
}

/** What the service keeps and never answers: nobody can compare it. */
export function unansweredFields({ fields }: Kind): string[] {
  return Object.entries(fields).flatMap(([name, { class: owner, perRequest }]) =>
    owner === 'unreadable' && perRequest !== true ? [name] : []
  )
}

/** How a kind is reached that is in no list; undefined for one that is. */
export function derivedApi({ api }: Kind): DerivedApi | undefined {
  return api.access === 'derived' ? api : undefined
}

/** A part that depends on another field, where that field has one of the words it may have. */
export interface DetailOf {
  field: string
  word: Json
  path: Path
  schema: JsonObject
  needed: Needed
}

/** All schemas that parts of a kind may have, one for each word of each field that is one of a list. */
export function detailsOfWords(kind: Kind): DetailOf[] {
  const properties = kind.schema.properties ?? null
  if (!kind.detail || !isObject(properties)) return []
  return Object.entries(properties).flatMap(([field, schema]) => {
    const words = isObject(schema) && Array.isArray(schema.enum) ? schema.enum : []
    return words.flatMap((word) => {
      const detail = kind.detail?.({ [field]: word })
      if (!detail) return []
      const needed = kind.neededIn?.({ [field]: word }) ?? { always: [] }
      return [{ field, word, path: detail.path, schema: detail.schema, needed }]
    })
  })
}
