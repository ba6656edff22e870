import type { Rule } from '../state/rule.ts'
import type { Shape } from '../state/shape.ts'
import { isEmpty, isObject, type Json, type JsonObject } from '../state/value.ts'
import type { ItemKey, Known, KnownList, KnownObject } from './carry.ts'
import type { Codec } from './field.ts'
import { nameSchema } from './suggested.ts'
import { worded } from './words.ts'
import {
  fromId,
  idsOf,
  optionalReference,
  overlay,
  referenceKey,
  references as named,
  toId,
  toIds,
  toName,
  toNames,
  usesOf,
  withoutAbsent,
  withoutCleared,
  withoutHoles,
  withoutMasks
} from './fields.ts'

/** The codecs of which most fields are made. */

/** A text, a number or a boolean. */
export function scalar(
  schema: JsonObject,
  compared: { default?: Json; caseless?: true; carried?: true } = {}
): Codec {
  const shape: Shape = schema.type === 'string' ? 'text' : 'scalar'
  return { schema, rule: { is: 'scalar', ...compared }, shape }
}

/** One of some words, in any case. `meanings` has a description of each. */
export function enumeration(
  meanings: Readonly<Record<string, string>>,
  described: JsonObject,
  compared: { default?: Json } = {}
): Codec {
  return scalar({ ...worded(meanings), ...described }, { ...compared, caseless: true })
}

/** A secret: fields have only the name of its source, and its value is sent but never read back. */
export function secret(schema: JsonObject): Codec {
  return {
    schema,
    rule: { is: 'unread' },
    shape: 'scalar',
    secret: true,
    toWire: (value) => (isEmpty(value) ? undefined : value)
  }
}

/** A reference to another resource: its name in files, its id on the wire. */
export function reference(kind: string, described: JsonObject = {}): Codec {
  return {
    schema: { ...nameSchema(kind), ...described },
    rule: { is: 'reference', kind },
    shape: 'text',
    fromYaml: (value) => optionalReference(kind, value),
    toYaml: toName,
    fromWire: (value, context) => fromId(kind, value, context),
    toWire: toId,
    uses: (value) => usesOf(kind, [value])
  }
}

/** The shape of ids in an answer: texts, or mappings with an `id`. */
export const ids: Shape = { list: { either: ['text', { members: { id: 'text' } }] } }

/** A set of references: names in files, ids on the wire. `schema` is that of the list. */
export function references(kind: string, schema: JsonObject, compared: { caseless?: true } = {}): Codec {
  return {
    schema: { type: 'array', ...schema, items: nameSchema(kind) },
    rule: { is: 'set', key: referenceKey, item: { is: 'reference', kind, ...compared } },
    shape: ids,
    fromYaml: (value) => named(kind, value),
    toYaml: toNames,
    fromWire: (value, context) => idsOf(value).map((id) => context.reference(kind, id)),
    toWire: toIds,
    uses: (value) => usesOf(kind, [...new Set(idsOf(value))])
  }
}

/** The policies of a resource, by name in any case. */
export function policies(): Codec {
  return references('policy', { description: 'Permission policies, by name or id.' }, { caseless: true })
}

/** A set of texts. */
export function texts(schema: JsonObject): Codec {
  return {
    schema,
    rule: { is: 'set', key: String, item: { is: 'scalar' } },
    shape: { list: 'text' },
    toWire: withoutHoles
  }
}

/** A mapping with arbitrary keys. Stated keys are compared; live keys that no file states stay. */
export function settings(described: JsonObject = {}): Codec {
  return {
    schema: { type: 'object', ...described },
    rule: { is: 'stated' },
    shape: 'mapping',
    toWire: (value, context) => (value === undefined ? undefined : withoutCleared(value, context.creating)),
    merged: (live, wanted) =>
      overlay(isObject(live) ? withoutMasks(live) : {}, isObject(wanted) ? wanted : {})
  }
}

/** A member of an object. */
export interface Member {
  codec: Codec
  /** Its name in bodies and answers, if that differs. */
  wire?: string
  required?: true
  /** It is the key of the object in its set, so it is not compared. */
  isKey?: true
}

/** An object of named members, each with its own codec. */
export function object(
  parts: Readonly<Record<string, Member>>,
  { identifies, ...described }: { identifies?: readonly string[] } & JsonObject = {}
): Codec {
  const all = Object.entries(parts).map(([name, part]) => ({ name, wire: part.wire ?? name, ...part }))
  const compared = all.filter(({ isKey }) => isKey !== true)
  const inside = all.flatMap(({ wire, codec }) => (codec.known ? [[wire, codec.known] as const] : []))
  const required = all.flatMap(({ name, required }) => (required ? [name] : []))
  const known: KnownObject = {
    members: all.map(({ wire }) => wire),
    ...(inside.length > 0 && { parts: Object.fromEntries<Known>(inside) }),
    ...(identifies && { identifies })
  }
  return {
    schema: {
      type: 'object',
      ...described,
      additionalProperties: false,
      ...(required.length > 0 && { required }),
      properties: Object.fromEntries(
        all.flatMap(({ name, codec }) => (codec.schema ? [[name, codec.schema]] : []))
      )
    },
    rule: {
      is: 'object',
      fields: Object.fromEntries(compared.map(({ name, codec }) => [name, codec.rule]))
    },
    shape: { members: Object.fromEntries(all.map(({ wire, codec }) => [wire, codec.shape ?? 'anything'])) },
    known,
    fromYaml: (value) =>
      each(value, all, ({ name, codec }, item) => [
        name,
        codec.fromYaml ? codec.fromYaml(item[name], item) : item[name]
      ]),
    toYaml: (value, context) =>
      each(value, all, ({ name, codec }, fields) => [
        name,
        codec.toYaml ? codec.toYaml(fields[name], context, fields) : fields[name]
      ]),
    fromWire: (value, context) =>
      isObject(value)
        ? each(value, all, ({ name, wire, codec }, answer) => [
            name,
            codec.fromWire ? codec.fromWire(answer[wire], context, answer) : answer[wire]
          ])
        : undefined,
    toWire: (value, context) =>
      isObject(value)
        ? each(value, all, ({ name, wire, codec }, fields) => [
            wire,
            codec.toWire ? codec.toWire(fields[name], context, fields) : fields[name]
          ])
        : undefined,
    uses: (value, wire) =>
      isObject(value) ? all.flatMap((part) => part.codec.uses?.(value[part.wire], wire) ?? []) : []
  }
}

function each<P>(
  value: Json | undefined,
  parts: readonly P[],
  entry: (part: P, whole: JsonObject) => readonly [string, Json | undefined]
): Json | undefined {
  return isObject(value)
    ? withoutAbsent(Object.fromEntries(parts.map((part) => entry(part, value))))
    : value
}

type SetRule = Omit<Extract<Rule, { is: 'set' }>, 'is' | 'item'>

/**
 * A set of items with a key. `keys` and `laxKeys` pair items of a body with those of an answer, see
 * `KnownList`.
 */
export function set(
  item: Codec,
  rule: SetRule,
  {
    keys,
    laxKeys,
    ...schema
  }: { keys: readonly ItemKey[]; laxKeys?: readonly ItemKey[]; schema?: JsonObject }
): Codec {
  const known: KnownList | undefined =
    item.known && 'members' in item.known
      ? { item: item.known, keys, ...(laxKeys && { laxKeys }) }
      : undefined
  return {
    schema: { type: 'array', ...schema.schema, items: item.schema ?? {} },
    rule: { is: 'set', ...rule, item: item.rule },
    shape: { list: item.shape ?? 'anything' },
    ...(known && { known }),
    fromYaml: (value) => many(value, (one) => (item.fromYaml ? item.fromYaml(one, {}) : one)),
    toYaml: (value, context) =>
      many(withoutHoles(value), (one) => (item.toYaml ? item.toYaml(one, context, {}) : one)),
    fromWire: (value, context) =>
      Array.isArray(value)
        ? many(value, (one) => (item.fromWire ? item.fromWire(one, context, {}) : one))
        : undefined,
    toWire: (value, context) =>
      Array.isArray(value)
        ? many(withoutHoles(value), (one) => (item.toWire ? item.toWire(one, context, {}) : one))
        : undefined,
    uses: (value, wire) =>
      Array.isArray(value) ? value.flatMap((one) => item.uses?.(one, wire) ?? []) : []
  }
}

function many(value: Json | undefined, change: (one: Json) => Json | undefined): Json | undefined {
  return Array.isArray(value) ? value.map((one) => change(one) ?? one) : value
}
