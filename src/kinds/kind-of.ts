import type { DataImpact } from '../state/impact.ts'
import type { Field } from '../state/rule.ts'
import type { Shape } from '../state/shape.ts'
import { isObject, type Json, type JsonObject } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'
import { essential } from './essential.ts'
import { carrying, unknownPaths, type Known, type KnownObject } from './carry.ts'
import { isShorthand, type AnyField, type FieldOf, type Shorthand } from './field.ts'
import { bookkeeping, withoutAbsent } from './fields.ts'
import type { DerivedApi, ListedApi } from './api.ts'
import type { Kind, ToWire } from './kind.ts'
import { opposite, type Synonym } from './synonym.ts'

/**
 * An answer whose shape was checked. Its members are those of the type in `wire/`; a misspelled one does
 * not compile.
 */
export type AnswerOf<W> = { readonly [Name in keyof W & string]?: Json }

/** The definition of a kind. `W` is the type of the service's answer; `N` are the names of the fields. */
interface Definition<W, N extends string> extends Pick<
  Kind,
  | 'name'
  | 'section'
  | 'description'
  | 'naming'
  | 'caselessNames'
  | 'builtIns'
  | 'singleton'
  | 'authorization'
  | 'executions'
  | 'offers'
  | 'core'
  | 'flows'
  | 'detail'
  | 'describedDetail'
  | 'check'
  | 'checks'
  | 'incomplete'
  | 'neededIn'
  | 'settled'
  | 'newerThan'
  | 'meant'
  | 'placeInYaml'
  | 'wording'
  | 'condensed'
  | 'fieldNames'
  | 'secretsIn'
  | 'filedUnder'
  | 'isDefault'
  | 'untold'
> {
  fields: { readonly [Name in N]: FieldOf<W, Name> | Shorthand }
  /** Schemas of YAML keys that make the name and are no fields. */
  nameKeys?: JsonObject
  api: Omit<ListedApi, 'answer'> | Omit<DerivedApi, 'answer'>
  /** Members of answers that the service owns. They are known, and never sent. */
  observed: readonly (keyof W & string)[]
  /** Known members inside of members that are no field by themselves. */
  parts?: { readonly [Name in keyof W & string]?: Known }
  /** Shapes of `observed` members that the kind reads. */
  observedShapes?: Readonly<Partial<Record<keyof W & string, Shape>>>
  /** What creating, deleting and renaming a resource does to data. */
  impacts: { create: DataImpact; delete: DataImpact; rename: DataImpact }
  /** Synonyms of parts of fields. */
  synonyms?: Readonly<Record<string, Synonym>>
  /** Decides which values are secrets. Absent: those of fields whose codec is `secret`. */
  isSecret?: Kind['isSecret']
  /** Converts an answer in a newer shape to the shape from which fields are read. */
  readAs?(wire: JsonObject): JsonObject
  /**
   * Converts the body of a create to a shape that every service knows: no answer tells which one it knows.
   */
  created?(body: JsonObject): JsonObject
  uses?(wire: AnswerOf<W>): { kind: string; id: string }[]
  pendingReason?(wire: AnswerOf<W>): string | undefined
  unhealthyReason?(wire: AnswerOf<W>): string | undefined
  readOnly?(wire: AnswerOf<W>): ReturnType<NonNullable<Kind['readOnly']>>
  preUpdateRead?(
    live: AnswerOf<W>,
    body: JsonObject,
    version: ApiVersion
  ): ReturnType<NonNullable<Kind['preUpdateRead']>>
  /** Completes a replacement. `body` has all fields, each merged by itself. */
  replacement?(
    live: AnswerOf<W>,
    body: JsonObject,
    stated: { body: JsonObject; answer: Json | undefined; version: ApiVersion | undefined }
  ): JsonObject
  /** Unknown members of answers are not carried: they do not belong to what is written. */
  inFull?: true
}

const commonShape = {
  name: 'text',
  email: 'text',
  created_at: 'scalar',
  updated_at: 'scalar',
  updated_by: { members: { name: 'text' } }
} as const satisfies Record<string, Shape>

/**
 * Makes a kind of the table of its fields: schema, conversions, rules, impacts and known members follow
 * from it.
 */
export function kindOf<W>(): <N extends string>(definition: Definition<W, N>) => Kind {
  // The type checks names of members where a kind is defined; the shape is checked where an answer is read.
  return (definition) => kindFrom(definition as unknown as AnyDefinition)
}

interface AnyDefinition extends Omit<Definition<Record<string, Json>, string>, 'fields' | 'parts'> {
  parts?: Readonly<Record<string, Known>>
  fields: Readonly<Record<string, AnyField | Shorthand>>
}

function kindFrom(definition: AnyDefinition): Kind {
  const entries = Object.entries(definition.fields)
  const fields = entries.flatMap(([name, field]) =>
    isShorthand(field) ? [] : [{ name, wire: field.wire ?? name, ...field }]
  )
  const known = knownOf(definition, fields)
  const later = new Set(definition.api.followUps?.exclusive ? definition.api.followUps.keys : [])
  const written = fields.filter(({ wire }) => !later.has(wire))
  const merged: Kind['replacement'] = (live, body, answer, version) => {
    const whole = withMerged(written, live, body)
    return definition.replacement?.(live, whole, { body, answer, version }) ?? whole
  }
  const {
    fields: _fields,
    nameKeys: _keys,
    observed: _known,
    observedShapes: _shapes,
    ...same
  } = definition
  const { impacts, inFull = false } = definition
  const secrets = new Set(fields.flatMap(({ name, codec }) => (codec.secret ? [name] : [])))
  return {
    ...same,
    ...ownKeys(entries),
    essential(live) {
      return essential(this, live)
    },
    schema: schemaOf(definition, entries),
    fields: Object.fromEntries(fields.map((field) => [field.name, ruleOf(field)])),
    impacts: {
      ...impacts,
      fields: Object.fromEntries(fields.flatMap(({ name, impact }) => (impact ? [[name, impact]] : [])))
    },
    api: { ...definition.api, answer: shapeOf(definition, fields) },
    synonyms: synonymsOf(definition, fields),
    since: sinceOf(fields),
    isSecret: definition.isSecret ?? ((_item, path) => path.length === 1 && secrets.has(String(path[0]))),
    fromYaml: (item) =>
      collected(fields, ({ codec, name }) => [
        [name, codec.fromYaml ? codec.fromYaml(item[name], item) : item[name]]
      ]),
    toYaml: (given, context) =>
      withoutAbsent(
        Object.fromEntries(
          entries.map(([name, one]) => {
            if (isShorthand(one)) return [name, one.toYaml?.(given, context)]
            return [name, one.codec.toYaml ? one.codec.toYaml(given[name], context, given) : given[name]]
          })
        )
      ),
    toWire(given, context) {
      const body = bodyOf(fields, given, context)
      return (context.creating ? definition.created?.(body) : undefined) ?? body
    },
    fromWire(answer, context) {
      const wire = definition.readAs?.(answer) ?? answer
      return collected(fields, ({ codec, name, wire: key, owner }) =>
        owner === 'once' || owner === 'unreadable'
          ? []
          : [[name, codec.fromWire ? codec.fromWire(wire[key], context, wire) : wire[key]]]
      )
    },
    unknownIn: (live) => (inFull ? [] : unknownPaths(known, live)),
    replacement: inFull ? merged : carrying(known, merged),
    uses: (wire) => [
      ...(definition.uses?.(wire) ?? []),
      ...fields.flatMap(({ codec, wire: key }) => codec.uses?.(wire[key], wire) ?? [])
    ]
  }
}

/** The keys that are for polyctl alone, where there are any. */
function ownKeys(entries: readonly [string, AnyField | Shorthand][]): Pick<Kind, 'own'> {
  const own = entries.flatMap(([name, field]) => (isShorthand(field) && field.own ? [name] : []))
  return own.length === 0 ? {} : { own }
}

type NamedField = AnyField & { name: string; wire: string }

/** Collects entries of fields in one mapping, without undefined values. */
function collected(
  fields: readonly NamedField[],
  entries: (field: NamedField) => (readonly [string, Json | undefined])[]
): JsonObject {
  return withoutAbsent(Object.fromEntries(fields.flatMap(entries)))
}

function bodyOf(fields: readonly NamedField[], given: JsonObject, context: ToWire): JsonObject {
  return collected(fields, ({ codec, name, wire, owner, spread }) => {
    if (!context.creating && (owner === 'once' || owner === 'fixed')) return []
    const value = codec.toWire ? codec.toWire(given[name], context, given) : given[name]
    if (!spread) return [[wire, value]]
    return isObject(value) ? Object.entries(value) : []
  })
}

/**
 * Merges fields that have a merge of their own, and keeps live values of carried fields that are not
 * stated.
 */
function withMerged(fields: readonly NamedField[], live: JsonObject, body: JsonObject): JsonObject {
  const kept = fields.flatMap(({ wire, owner, codec, spread }): [string, Json | undefined][] => {
    if (spread) return []
    if (codec.merged) return [[wire, codec.merged(live[wire], body[wire])]]
    return owner === 'carried' && !(wire in body) ? [[wire, live[wire] ?? undefined]] : []
  })
  return withoutAbsent({ ...body, ...Object.fromEntries(kept) })
}

function ruleOf({ owner, codec, with: other, mayFollow, perRequest }: NamedField): Field {
  return {
    class: owner,
    rule: codec.rule,
    ...(other === undefined ? {} : { with: other }),
    ...(mayFollow && { mayFollow }),
    ...(perRequest && { perRequest })
  }
}

function schemaOf(
  { nameKeys }: AnyDefinition,
  entries: readonly [string, AnyField | Shorthand][]
): JsonObject {
  const schemas = entries.flatMap(([name, field]) => {
    const schema = isShorthand(field) ? field.shorthand : field.codec.schema
    return schema ? [[name, schema] as const] : []
  })
  const required = entries.flatMap(([name, field]) => (!isShorthand(field) && field.required ? [name] : []))
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties: { ...nameKeys, ...Object.fromEntries(schemas) }
  }
}

function knownOf(
  { observed, naming, parts: beside }: AnyDefinition,
  fields: readonly NamedField[]
): KnownObject {
  const keys = fields.flatMap(({ wire, spread }) => spread ?? [wire])
  const parts = fields.flatMap(({ wire, codec }) => (codec.known ? [[wire, codec.known] as const] : []))
  return {
    members: [
      ...bookkeeping,
      'name',
      ...(naming?.wire === undefined ? [] : [naming.wire]),
      ...observed,
      ...keys
    ],
    parts: { ...Object.fromEntries<Known>(parts), ...beside }
  }
}

function shapeOf({ observedShapes }: AnyDefinition, fields: readonly NamedField[]): Shape {
  const shapes = fields.flatMap(({ wire, codec }) => (codec.shape ? [[wire, codec.shape] as const] : []))
  return { members: { ...commonShape, ...observedShapes, ...Object.fromEntries<Shape>(shapes) } }
}

function synonymsOf(
  { synonyms }: AnyDefinition,
  fields: readonly NamedField[]
): Readonly<Record<string, Synonym>> {
  const own = fields.flatMap(({ name, synonyms: same = [], opposites = [] }) => [
    ...same.map((other): [string, Synonym] => [other, name]),
    ...opposites.map((other): [string, Synonym] => [other, opposite(name)])
  ])
  return { ...Object.fromEntries(own), ...synonyms }
}

function sinceOf(fields: readonly NamedField[]): Readonly<Record<string, ApiVersion>> {
  return Object.fromEntries(
    fields.flatMap(({ name, since = {} }): [string, ApiVersion][] =>
      typeof since === 'string'
        ? [[name, since]]
        : Object.entries(since).map(([part, version]) => [`${name}.${part}`, version])
    )
  )
}
