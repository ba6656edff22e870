import { createHash } from 'node:crypto'
import { compareText } from '../../diagnostics/diagnostic.ts'
import type { Kind, Kinds } from '../../kinds/kind.ts'
import type { Suggested } from '../../state/suggested.ts'
import { isObject, textOf, type Json, type JsonObject } from '../../state/value.ts'
import { inAnyCase } from './editor-schema.ts'
import { resourceSchema } from './resource-schema.ts'
import { namesIn, suggestedIn, type SuggestedPlace } from './suggested-places.ts'

/** What editors offer beside the words of the schema: names of one workspace, and no values. */
export interface WorkspaceNames {
  /** Names of resources, by kind. */
  resources: ReadonlyMap<string, readonly string[]>
  /** What is offered by what stands elsewhere in an item. */
  offered: readonly Offered[]
}

/** What is offered where the places of `of` have these values. */
export interface Offered extends Pick<Suggested, 'what' | 'of'> {
  /** The kind of the resource that the first of the values names. */
  kind: string
  values: readonly string[]
  names: readonly string[]
}

/**
 * Adds names to the schema for editors. They are offered and never demanded: a name may be declared only in
 * a file that nobody has applied, or come from a placeholder. Modes alone are demanded, where it is known
 * which an object takes. The same names give the same schema.
 */
export function liveSchema(base: JsonObject, kinds: Kinds, names: WorkspaceNames): JsonObject {
  const parts = new Parts()
  const definitions = isObject(base['definitions']) ? base['definitions'] : {}
  const root = isObject(base['properties']) ? base['properties'] : {}
  const kindDefinitions = kinds.managed.map((kind): [string, Json] => {
    const definition = definitions[kind.name]
    const own = isObject(definition) ? definition : {}
    const before = Array.isArray(own['allOf']) ? own['allOf'] : []
    const added = additionsOf(kind, kinds, names, parts)
    return [kind.name, added.length === 0 ? own : { ...own, allOf: [...before, ...added] }]
  })
  const removed = withNamesToRemove(root['removed'], kinds, names, parts)
  return {
    ...base,
    properties: { ...root, ...(removed === undefined ? {} : { removed }) },
    definitions: { ...definitions, ...Object.fromEntries(kindDefinitions), ...parts.definitions() }
  }
}

/**
 * Parts of the schema that stand once, and are referred to: lists of names, mostly. Their keys are short, for
 * there are many references, and depend on nothing but what the part is for: what is new moves no other.
 */
class Parts {
  readonly #parts = new Map<string, JsonObject>()

  /** A list of names, beside which any other value is as good; undefined where there is none. */
  list(of: string, names: readonly string[] | undefined): JsonObject | undefined {
    if (names === undefined || names.length === 0) return undefined
    const all = [...new Set(names)].toSorted(compareText)
    return this.keep(of, () => ({ anyOf: [{ enum: all }, {}] }))
  }

  keep(of: string, part: () => JsonObject): JsonObject {
    const hash = createHash('sha256').update(of).digest('hex')
    const isFree = (key: string): boolean => (this.#parts.get(key)?.['$comment'] ?? of) === of
    let key = hash.slice(0, 8)
    while (!isFree(key)) key = hash.slice(0, key.length + 1)
    if (!this.#parts.has(key)) this.#parts.set(key, { $comment: of, ...part() })
    return { $ref: `#/definitions/${key}` }
  }

  definitions(): JsonObject {
    const of = (part: JsonObject): string => textOf(part['$comment'])
    return Object.fromEntries([...this.#parts].toSorted(([, a], [, b]) => compareText(of(a), of(b))))
  }
}

function additionsOf(kind: Kind, kinds: Kinds, names: WorkspaceNames, parts: Parts): JsonObject[] {
  const schema = resourceSchema(kind)
  const ofKinds = overlay(schema, (part) => {
    const [named] = namesIn(part)
    return named === undefined ? undefined : parts.list(`all ${named}`, names.resources.get(named))
  })
  const places = suggestedIn(kind, kinds)
  const groups = Map.groupBy(places, ({ of, beside }) => JSON.stringify([of, beside === true]))
  const conditional = [...groups.values()].flatMap((group): JsonObject[] => {
    const [first] = group
    if (!first) return []
    return first.beside === true
      ? besideOf(schema, group, names, parts)
      : conditionsOf(schema, group, names, parts)
  })
  return [...(ofKinds ? [ofKinds] : []), ...conditional]
}

/** Returns a branch for each of the values that something is offered for, at all places of an item. */
function conditionsOf(
  schema: JsonObject,
  group: readonly SuggestedPlace[],
  names: WorkspaceNames,
  parts: Parts
): JsonObject[] {
  const [first] = group
  const places = new Map(group.map((place) => [place.schema, place]))
  const skeleton = overlay(schema, (part) => (places.has(part) ? part : undefined))
  if (!first || !skeleton) return []
  const paths = first.of.map((path) => path.split('.'))
  const branches = casesOf(first, names).flatMap((cases): Branch[] => {
    const holds = overlay(skeleton, (part) => {
      const at = places.get(part)
      return at ? listFor(at, cases, parts) : undefined
    })
    return holds ? [{ values: cases[0]?.values ?? [], holds }] : []
  })
  return inGroups(paths, branches)
}

/** What holds where the places of a condition have these values. */
interface Branch {
  values: readonly string[]
  holds: JsonObject
}

/** An editor tries each condition at each item: behind those of groups there are few to try. */
function inGroups(paths: readonly string[][], branches: readonly Branch[]): JsonObject[] {
  const size = branches.length > fewBranches ? Math.ceil(Math.sqrt(branches.length)) : 1
  const count = Math.ceil(branches.length / size)
  const groups = Array.from({ length: count }, (_, at) => branches.slice(at * size, (at + 1) * size))
  return groups.map((group) => {
    const values = paths.map((_, at) => [...new Set(group.map((one) => one.values[at] ?? ''))])
    const [only, ...others] = group
    const then =
      only && others.length === 0 ? only.holds : { allOf: group.flatMap((one) => inGroups(paths, [one])) }
    // oxlint-disable-next-line unicorn/no-thenable -- a key of JSON Schema; nobody awaits this
    return { if: conditionOn(paths, values), then }
  })
}

const fewBranches = 20

/** What is offered, in groups of the same values, in their order. */
function casesOf({ of, kind }: SuggestedPlace, { offered }: WorkspaceNames): Offered[][] {
  const own = offered.filter((one) => one.kind === kind && one.of.join() === of.join())
  const byValues = Map.groupBy(own, ({ values }) => JSON.stringify(values))
  return [...byValues].toSorted(([a], [b]) => compareText(a, b)).map(([, cases]) => cases)
}

function listFor(
  { what }: Pick<Suggested, 'what'>,
  cases: readonly Offered[],
  parts: Parts
): JsonObject | undefined {
  const found = cases.find((one) => one.what === what)
  if (!found) return undefined
  const { kind, values, names } = found
  const of = `${what} of ${JSON.stringify([kind, ...values])}`
  return what === 'modes' ? modesOf(of, names, parts) : parts.list(of, names)
}

/** Files cannot declare a mode: the system takes these, and a plan would refuse any other. */
function modesOf(of: string, modes: readonly string[], parts: Parts): JsonObject | undefined {
  if (modes.length === 0) return undefined
  const all = [...new Set(modes)].toSorted(compareText)
  const anyCase = { type: 'string', pattern: `^(${all.map(inAnyCase).join('|')})$` }
  return parts.keep(of, () => ({
    anyOf: [{ enum: all }, anyCase, { $ref: '#/definitions/placeholder' }]
  }))
}

/**
 * Returns one part that all mappings have in which a name decides about its neighbour: conditions on each
 * value of the name are the same wherever such a mapping stands.
 */
function besideOf(
  schema: JsonObject,
  group: readonly SuggestedPlace[],
  names: WorkspaceNames,
  parts: Parts
): JsonObject[] {
  const [first] = group
  if (!first || casesOf(first, names).length === 0) return []
  const whole = overlay(schema, (part) => {
    const properties = isObject(part['properties']) ? part['properties'] : {}
    const near = Object.entries(properties).filter(([, inner]) =>
      group.some((place) => place.schema === inner)
    )
    if (near.length === 0) return undefined
    const keys = near.map(([name]) => name)
    return parts.keep(`${keys.join(' and ')} by ${first.of.join(' and ')}`, () => {
      const alone = { properties: Object.fromEntries(near) }
      return { allOf: conditionsOf(alone, group, names, parts) }
    })
  })
  return whole ? [whole] : []
}

/** Returns the schema of items in which each of the places has one of its values. */
function conditionOn(paths: readonly string[][], values: readonly (readonly string[])[]): JsonObject {
  const all = paths.map((path, at) => ({ path, own: values[at] ?? [] }))
  const keys = [...new Set(all.map(({ path }) => path[0] ?? ''))]
  const conditions = keys.map((key): [string, JsonObject] => {
    const inside = all.filter(({ path }) => path[0] === key)
    const end = inside.find(({ path }) => path.length === 1)
    if (end) return [key, end.own.length === 1 ? { const: end.own[0] ?? '' } : { enum: [...end.own] }]
    const rest = inside.map(({ path }) => path.slice(1))
    return [
      key,
      conditionOn(
        rest,
        inside.map(({ own }) => own)
      )
    ]
  })
  return { properties: Object.fromEntries(conditions), required: keys }
}

/** Returns a schema that says something about some parts of another one, and nothing else. */
function overlay(
  schema: JsonObject,
  partOf: (part: JsonObject) => JsonObject | undefined
): JsonObject | undefined {
  const own = partOf(schema)
  const { properties, items, anyOf, oneOf, allOf } = schema
  const inner = Object.entries(isObject(properties) ? properties : {}).flatMap(([name, part]) => {
    const found = isObject(part) ? overlay(part, partOf) : undefined
    return found ? [[name, found] as const] : []
  })
  const item = isObject(items) ? overlay(items, partOf) : undefined
  const branches = [anyOf, oneOf, allOf].flatMap((all) => (Array.isArray(all) ? all.filter(isObject) : []))
  const values = [
    own,
    inner.length > 0 ? { properties: Object.fromEntries(inner) } : undefined,
    item && { items: item },
    ...branches.map((branch) => overlay(branch, partOf))
  ].filter((part) => part !== undefined)
  return values.length > 1 ? { allOf: values } : values[0]
}

/** `removed:` names what is live, too. */
function withNamesToRemove(
  removed: Json | undefined,
  { managed }: Kinds,
  { resources }: WorkspaceNames,
  parts: Parts
): JsonObject | undefined {
  if (!isObject(removed) || !isObject(removed['properties'])) return undefined
  const sections = managed.flatMap(({ name, section, naming }): [string, JsonObject][] => {
    const list = naming ? undefined : parts.list(`all ${name}`, resources.get(name))
    return list ? [[section, { items: list }]] : []
  })
  return { ...removed, allOf: [{ properties: Object.fromEntries(sections) }] }
}
