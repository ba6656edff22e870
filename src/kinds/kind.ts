import type { Executions } from '../state/execution.ts'
import type { Finding, Inquiry, Mistake, PlannedResource } from '../state/question.ts'
import type { Address, Path } from '../state/resource.ts'
import { isId, isObject, type Json, type JsonObject, type Reference } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'
import type { Flow } from '../state/flow.ts'
import type { DataImpacts } from '../state/impact.ts'
import type { Field } from '../state/rule.ts'
import type { DerivedApi, KindApi, PreUpdateRead } from './api.ts'
import type { Synonym } from './synonym.ts'
import type { Wording } from './wording.ts'

/**
 * The contract between a kind of resource and the engine. Matching, comparing, ordering, applying and
 * rendering are written once, against this interface. `kindOf` makes a kind of a table of fields; the
 * registry lists it.
 */
export interface Kind {
  /** The kind in addresses: `sync`. */
  readonly name: string
  /** The key in YAML: `syncs`. */
  readonly section: string
  /** The description of the section, a sentence for editors. */
  readonly description: string
  /**
   * JSON Schema (2020-12) of one item in YAML, without the keys that every resource has (name, id,
   * lifecycle).
   */
  readonly schema: JsonObject
  /** How each field of the normal form is owned, compared and defaulted, in the order of display. */
  readonly fields: Readonly<Record<string, Field>>
  /** What changes of a resource may do to the data that moves. */
  readonly impacts: DataImpacts
  readonly api: KindApi
  /** What makes the name of a resource, if that is not the key `name`. */
  readonly naming?: Naming
  /**
   * Returns the schema of a part that depends on another field (a connection's configuration on its type).
   * It is compiled once for each `key`, at its first use. Undefined if the other field has no valid value,
   * which the schema of the item reports.
   */
  detail?(item: JsonObject): { path: Path; key: string; topic: string; schema: JsonObject } | undefined
  /** Returns the schema of `detail` with a description of each key, for people. */
  describedDetail?(item: JsonObject): Promise<JsonObject>
  /** Other names of keys that people write (`sql` for `query`). Advice has them before similar names. */
  readonly synonyms?: Readonly<Record<string, Synonym>>
  /** Names match in any case. */
  readonly caselessNames?: true
  /** The service has built-in resources of this kind: a reference to an undeclared one needs no warning. */
  readonly builtIns?: true
  /** An organization has at most one, so the live one matches under any name. */
  readonly singleton?: true
  /** A person must authorize a resource before it works; this says how to get to the page for that. */
  readonly authorization?: Authorization
  /** Keys of YAML that are for polyctl alone: the service neither gets nor has them. */
  readonly own?: readonly string[]
  /** It moves data in executions, which can be started and followed. */
  readonly executions?: Executions
  /** It offers objects for other resources, which the commands `sources` and `targets` list. */
  readonly offers?: true
  /** It moves data, or data is moved from and to it. What no file declares of it is always named. */
  readonly core?: true
  /** How data moves along its references. Absent: it is no part of what data moves through. */
  readonly flows?: readonly Flow[]
  /** The first version with a field that older ones do not have, by path (`*` for every item of a list). */
  readonly since?: Readonly<Record<string, ApiVersion>>

  /**
   * Returns true if the value at a path of the YAML item is a secret. The item may still have placeholders.
   */
  isSecret(item: JsonObject, path: Path): boolean
  /**
   * Checks what the schema cannot express. Paths are those of the YAML item. It runs on items that fit the
   * schema or have unknown fields only; a problem of such a field replaces the general one.
   */
  check?(item: JsonObject): ItemProblem[]
  /**
   * R39: Checks a resource that would be created or changed against what the service knows. It is pure: it
   * asks through `service`, and runs again with the answers until it asks nothing new. Paths are those of
   * the fields.
   */
  checks?(subject: PlannedResource, service: Inquiry): Finding[]
  /**
   * Reports what is missing in fields of a resource that is to be created: the service would refuse it. A
   * resource that exists may leave it out, because the service keeps it.
   */
  incomplete?(fields: JsonObject): ItemProblem[]
  /** Returns the keys that the part of `detail` must have in a new resource, for editors. */
  neededIn?(item: JsonObject): Needed
  /**
   * Converts a YAML item to fields: shorthands are expanded, and names become `Reference`s. Lists must keep
   * their order and length, because paths of fields are mapped to the file.
   */
  fromYaml(item: JsonObject): JsonObject
  /** Converts fields to a YAML item of which `fromYaml` makes the same, as far as files can say them. */
  toYaml(fields: JsonObject, context: ToYaml): JsonObject
  /**
   * Returns the fields that files must have for a live resource, without defaults and empty values. A
   * resource that is declared with these must not differ from the live one.
   */
  essential(live: JsonObject): JsonObject
  /** Returns the names of the fields that a resource with these fields offers to others. */
  fieldNames?(fields: JsonObject): string[]
  /** Shortens the fields for YAML further, after defaults were left out. `live` has all fields. */
  condensed?(fields: JsonObject, live: JsonObject): JsonObject
  /**
   * Returns the places in the YAML item at which a live resource has a secret that files can state. The
   * answer may have it as a mask, in clear, or not at all.
   */
  secretsIn?(wire: JsonObject): LiveSecret[]
  /** The path of the reference in its fields to the resource in whose file it is written. */
  readonly filedUnder?: Path
  /** Returns a sentence of advice on a value that is not allowed at a path of an item. */
  meant?(path: Path, found: Json | undefined): string | undefined
  /** Converts fields to a request body. References become ids. */
  toWire(fields: JsonObject, context: ToWire): JsonObject
  /** Converts an answer of the service to fields, without members that the service owns. */
  fromWire(wire: JsonObject, context: FromWire): JsonObject
  /** Returns the paths of unknown members of an answer, which updates send back unchanged. */
  unknownIn?(live: JsonObject): string[]
  /**
   * Returns the features that fields use and an older service may not have, with their paths. `isKnown`
   * says whether this service has them, judging from its answers; undefined if no answer tells.
   */
  newerThan?(
    fields: JsonObject,
    answers: readonly JsonObject[]
  ): { path: Path; what: string; isKnown: boolean | undefined }[]
  /** Maps a path of the fields to the path in the YAML item. Absent: they are equal. */
  placeInYaml?(path: Path, item: JsonObject): Path
  /** Names parts of fields in the words of files. Absent: the fields have their words. */
  readonly wording?: Wording
  /** Adjusts fields that depend on fields under `ignore_changes`, which have their live values here. */
  settled?(fields: JsonObject, live: JsonObject, ignored: ReadonlySet<string>): JsonObject
  /** Returns a read that a replacement needs: the answer does not tell a chosen value from a default. */
  preUpdateRead?(live: JsonObject, body: JsonObject, version: ApiVersion): PreUpdateRead | undefined
  /**
   * Returns the body of a full replacement: the live values that the files do not decide, overlaid with
   * `body`. `answer` is the `data` of `preUpdateRead`, if there was one and it succeeded.
   */
  replacement(live: JsonObject, body: JsonObject, answer?: Json, version?: ApiVersion): JsonObject
  /** Returns true if the value at a path is the documented default, which plans need not mention. */
  isDefault?(fields: JsonObject, path: Path): boolean
  /** What no answer tells of its resources, so that an import cannot write it. */
  readonly untold?: string
  /** Returns the resources that a live one uses, from its full answer or from a list item. */
  uses(wire: JsonObject): { kind: string; id: string }[]
  /** Returns a sentence if a live resource waits for a person (authorization). */
  pendingReason?(wire: JsonObject): string | undefined
  /** Returns a sentence if the service reports that a live resource does not work. */
  unhealthyReason?(wire: JsonObject): string | undefined
  /** Returns the reason if this organization cannot change a live resource. */
  readOnly?(wire: JsonObject): ReadOnly | undefined
}

/**
 * What makes the name of a resource without `name`. Inside of polyctl, bodies and answers always have
 * `name`; the last step before the wire renames it to the key of the service.
 */
export interface Naming {
  /** The keys of YAML that make the name, in this order. */
  keys: readonly string[]
  /** The key of bodies and answers that holds it; absent where the service has no name for it. */
  wire?: string
  /** The name cannot change: a resource with another name is another resource. */
  fixed?: true
  /** The name of the only resource of the kind. In YAML, the section itself is the item, and no list. */
  only?: string
}

/** How a person gets to the page where a resource is authorized. */
export interface Authorization {
  /** Returns the page to which the answer of a write sends a person, and the code to type there. */
  link(wire: JsonObject): { url: string; code?: string } | undefined
  /** What an update must have to get a new link, beside the live values and secrets. */
  renewal: JsonObject
}

/** Why a live resource cannot be changed. */
export interface ReadOnly {
  because: string
  /** It may only be named in references: declaring it has no effect. */
  nameOnly?: true
}

/** Where the YAML item of a live resource has a secret. */
export interface LiveSecret {
  path: Path
  /** A new resource must have it. */
  isNeeded: boolean
}

/** The context of a conversion to YAML. */
export interface ToYaml {
  /** Returns the name that files use for a reference. */
  nameOf(reference: Reference): string
  /** The item as people wrote it: where one thing can be spelled in several ways, theirs is kept. */
  like?: JsonObject
}

/** The context of a conversion to a request body. */
export interface ToWire {
  version: ApiVersion
  /**
   * Returns the id of a reference. All references are resolved before anything is sent: an unresolved one
   * is a bug.
   */
  id(reference: Reference): string
  /** True for a create, false for an update. */
  creating: boolean
}

/** The context of a conversion from an answer. */
export interface FromWire {
  version: ApiVersion
  /** Returns the reference for an id, with the name if it is known. */
  reference(kind: string, id: string): Reference
  /** Returns all answers for resources of a kind that were read so far. */
  wire(kind: string): readonly JsonObject[]
}

/** The required keys of a part in a new resource: always, and by the value of another key. */
export interface Needed {
  always: readonly string[]
  by?: { key: string; values: Readonly<Record<string, readonly string[]>> }
}

/** A problem of a YAML item, before its path is converted to a span. */
export interface ItemProblem extends Mistake {
  /** The span is that of the key, and not of the value. */
  atKey?: boolean
  /** The span is a part of the value, if the file has `text` verbatim. */
  within?: { text: string; start: number; end: number }
}

/** The registry, which the engine gets as an argument: no engine file names a kind. */
export interface Kinds {
  readonly managed: readonly Kind[]
}

/** Returns the keys of YAML that make the name of a resource. */
export function nameKeys(kind: Kind): readonly string[] {
  return kind.naming?.keys ?? ['name']
}

/** Returns the name of a YAML item; empty if its keys are missing. */
export function nameOfItem(kind: Kind, item: JsonObject): string {
  if (kind.naming?.only !== undefined) return kind.naming.only
  const parts = nameKeys(kind).map((key) => item[key])
  return parts.every((part) => typeof part === 'string') ? parts.join(' ') : ''
}

/**
 * R40: Returns the key function for comparing and looking up addresses. Names that match in any case are
 * folded, and so are ids. Folding must not depend on the locale of the machine: `İ` and `i` always stay
 * different.
 */
export function keyOf({ managed }: Kinds): (address: Address) => string {
  const caseless = new Set(managed.filter((kind) => kind.caselessNames).map(({ name }) => name))
  return ({ kind, name, pin = '' }) =>
    `${kind}\n${caseless.has(kind) || isId(name) ? name.toLowerCase() : name}${pin && `\n${pin}`}`
}

/** Returns how resources are matched: the key of an address, and the kinds with at most one resource. */
export function findingOf(kinds: Kinds): {
  key: (address: Address) => string
  singletons: ReadonlySet<string>
} {
  const singletons = kinds.managed.filter((kind) => kind.singleton).map(({ name }) => name)
  return { key: keyOf(kinds), singletons: new Set(singletons) }
}

/** Returns true if two names are equal for this kind. */
export function isSameName(kind: Kind, a: string, b: string): boolean {
  const key = keyOf({ managed: [kind] })
  return key({ kind: kind.name, name: a }) === key({ kind: kind.name, name: b })
}

/** Folds the case of a pattern for names, if names of the kind match in any case. */
export function foldedFor(kind: Kind | undefined, text: string): string {
  return kind?.caselessNames === true ? text.toLowerCase() : text
}

/** Returns the fields that the service stores and never answers, so that they cannot be compared. */
export function unansweredFields({ fields }: Kind): string[] {
  return Object.entries(fields).flatMap(([name, { class: owner, perRequest }]) =>
    owner === 'unreadable' && perRequest !== true ? [name] : []
  )
}

/** Returns the API of a kind without a list; undefined for a kind with one. */
export function derivedApi({ api }: Kind): DerivedApi | undefined {
  return api.access === 'derived' ? api : undefined
}

/** The schema of a part that depends on another field, for one value of that field. */
export interface DetailOf {
  field: string
  word: Json
  path: Path
  schema: JsonObject
  needed: Needed
}

/** Returns the schemas of dependent parts of a kind, one for each value of each enum field. */
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
