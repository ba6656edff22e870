import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectionTypes } from '../../src/kinds/connection-types.ts'
import { derivedApi, type Kind } from '../../src/kinds/kind.ts'
import { diff, type DiffContext } from '../../src/plan/diff.ts'
import type { FieldChange } from '../../src/plan/plan.ts'
import { isObject, type Json, type JsonObject, textOf } from '../../src/state/value.ts'
import { apiVersions, type ApiVersion } from '../../src/wire/common.ts'
import { at } from '../render/builders.ts'
import { everyKind, itemOf, pairOf, withinVersion } from '../support/items.ts'
import { samples } from '../support/samples.ts'
import { echoOf, modelsOf, Names, opened, type ServiceBehaviour } from '../support/service-model.ts'
import { anyShape } from '../support/shapes.ts'

const runs = samples(150)

const behaviour = fc.record<ServiceBehaviour>({
  version: fc.constantFrom(...apiVersions),
  unset: fc.constantFrom('absent', 'null', 'filled'),
  reversed: fc.boolean(),
  masksNested: fc.boolean(),
  shape: anyShape
})

function contextOf(names: Names): DiffContext {
  return { idOf: names.idOf, spanAt: () => at('configs/a.yaml', 1) }
}

function changesOf(kind: Kind, wanted: JsonObject, live: JsonObject, names = new Names()): FieldChange[] {
  return diff(kind.fields, wanted, live, contextOf(names)).fields
}

/** What the service answers after a create of these fields. */
function created(kind: Kind, fields: JsonObject, how: ServiceBehaviour, names: Names): JsonObject {
  const body = { name: 'x', ...kind.toWire(fields, names.toWire(how.version, true)) }
  const id = derivedApi(kind)?.id(fields, names.idOf)
  return { ...echoOf(kind)(opened(body) as JsonObject, how), ...(id === undefined ? {} : { id }) }
}

function readBack(kind: Kind, wire: JsonObject, version: ApiVersion, names: Names): JsonObject {
  return kind.fromWire(wire, names.fromWire(version, modelsOf(names)))
}

describe.each(everyKind)('%s', (_name, kind) => {
  const item = itemOf(kind)
  const fields = item.map((one) => kind.fromYaml(one))

  test('what is compared with itself does not differ', () => {
    fc.assert(
      fc.property(fields, (one) => {
        expect(changesOf(kind, one, one)).toEqual([])
      }),
      runs
    )
  })

  test('changing one field changes nothing but this field', () => {
    fc.assert(
      fc.property(pairOf(kind), fc.constantFrom('none', ...Object.keys(kind.fields)), ([a, b], name) => {
        const live = kind.fromYaml(a)
        const { [name]: _old, ...others } = live
        const other = kind.fromYaml(b)[name]
        const changes = changesOf(kind, other === undefined ? others : { ...others, [name]: other }, live)
        expect(changes.filter(({ path }) => path[0] !== name)).toEqual([])
      }),
      runs
    )
  })

  test('a set in another order does not differ', () => {
    fc.assert(
      fc.property(fields, (one) => {
        const shuffled = Object.fromEntries(
          Object.entries(one).map(([name, value]) => [
            name,
            kind.fields[name]?.rule.is === 'set' ? reversed(value) : value
          ])
        )
        expect(changesOf(kind, shuffled, one)).toEqual([])
        expect(changesOf(kind, one, shuffled)).toEqual([])
      }),
      runs
    )
  })

  test('what was sent comes back without a difference, in every version and with all habits of the service', () => {
    fc.assert(
      fc.property(item, behaviour, (one, how) => {
        const names = new Names()
        const wanted = kind.fromYaml(withinVersion(kind, one, how.version))
        const live = readBack(kind, created(kind, wanted, how, names), how.version, names)
        expect(changesOf(kind, wanted, live, names)).toEqual([])
        expect(changesOf(kind, live, live, names)).toEqual([])
      }),
      samples(400)
    )
  })

  test('a replacement brings the service to what is wanted', () => {
    fc.assert(
      fc.property(pairOf(kind), behaviour, ([a, b], how) => {
        const names = new Names()
        const before = created(kind, kind.fromYaml(withinVersion(kind, a, how.version)), how, names)
        const wanted = kind.fromYaml(withinVersion(kind, b, how.version))
        const body = { name: 'x', ...kind.toWire(wanted, names.toWire(how.version, false)) }
        const sent = opened(kind.replacement(before, body, undefined, how.version)) as JsonObject
        const id = kind.api.access === 'derived' ? { id: before['id']! } : {}
        const after = { ...echoOf(kind)(sent, how, before), ...id }
        expect(changesOf(kind, wanted, readBack(kind, after, how.version, names), names)).toEqual([])
      }),
      samples(400)
    )
  })

  test('a replacement loses nothing that nobody manages, and sends nothing that is the service’s', () => {
    fc.assert(
      fc.property(pairOf(kind), behaviour, ([a, b], how) => {
        const names = new Names()
        const answer = created(kind, kind.fromYaml(withinVersion(kind, a, how.version)), how, names)
        const before = withForeign(kind, answer)
        const { configuration: _stated, ...second } = withinVersion(kind, b, how.version)
        const sameSource = kind.name === 'model' ? { connection: a['connection']! } : {}
        const wanted = kind.fromYaml({ ...second, ...sameSource })
        const body = kind.replacement(
          before,
          {
            name: 'x',
            ...kind.toWire(wanted, names.toWire(how.version, false))
          },
          undefined,
          how.version
        )
        expect(lost(kind, before, body, wanted)).toEqual([])
        expect(forbidden(kind, before, body)).toEqual([])
      }),
      runs
    )
  })

  test('a body is plain: no reference, no hole, nothing undefined', () => {
    fc.assert(
      fc.property(item, fc.constantFrom(...apiVersions), fc.boolean(), (one, version, creating) => {
        const wanted = kind.fromYaml(one)
        const holed = Object.fromEntries(
          Object.entries(wanted).map(([name, value]) => [
            name,
            kind.fields[name]?.rule.is === 'set' && Array.isArray(value) ? [null, ...value] : value
          ])
        )
        const body = kind.toWire(holed, new Names().toWire(version, creating))
        expect(JSON.parse(JSON.stringify(body))).toEqual(body)
        expect(
          leaves(body).filter(({ path, value }) => path.at(-1) === '$ref' || value === undefined)
        ).toEqual([])
        const holes = Object.values(body).filter((value) => Array.isArray(value) && value.includes(null))
        expect(holes).toEqual([])
      }),
      runs
    )
  })

  test('of a secret there is nothing but the name of its source', () => {
    fc.assert(
      fc.property(item, behaviour, (one, how) => {
        const names = new Names()
        const wanted = kind.fromYaml(one)
        const live = readBack(kind, created(kind, wanted, how, names), how.version, names)
        const reported = JSON.stringify([
          live,
          changesOf(kind, wanted, live, names),
          changesOf(kind, {}, live, names)
        ])
        expect(reported).not.toContain('opened ')
        const tags = (value: Json) =>
          JSON.stringify(value)
            .match(/"\$secret":"[^"]*"/g)
            ?.toSorted() ?? []
        expect(tags(kind.toWire(wanted, names.toWire(how.version, true)))).toEqual(tags(wanted))
      }),
      runs
    )
  })
})

test('a fixed field that differs is always told', () => {
  const kind = everyKind.find(([name]) => name === 'connection')![1]
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(connectionTypes)),
      fc.constantFrom(...Object.keys(connectionTypes)),
      (a, b) => {
        const paths = changesOf(kind, { type: a }, { type: b }).map(({ path }) => path)
        expect(paths).toEqual(a === b ? [] : [['type']])
      }
    ),
    runs
  )
})

function reversed(value: Json): Json {
  return Array.isArray(value) ? value.toReversed() : value
}

interface Leaf {
  path: (string | number)[]
  value: Json | undefined
}

function leaves(value: Json | undefined, path: (string | number)[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  if (Array.isArray(value)) return value.flatMap((inner, index) => leaves(inner, [...path, index]))
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
}

/** The answer, with what people and later versions of the service may have added to it. */
function withForeign(kind: Kind, answer: JsonObject): JsonObject {
  const configuration = { ...(answer['configuration'] as JsonObject), by_hand: { deep: [1], also: 'x' } }
  const target = isObject(answer['target'])
    ? { target: { ...answer['target'], later: 1, configuration: { by_hand: 'x', hidden: '********' } } }
    : {}
  const later = kind.name === 'connection' ? {} : { later_version: { deep: 'kept' } }
  return {
    ...answer,
    ...(kind.name === 'sync' ? {} : { configuration }),
    ...target,
    ...later,
    policies: ['a policy']
  }
}

/** Places of the live resource that nobody manages, and that are not in the body as they were. */
function lost(kind: Kind, live: JsonObject, body: JsonObject, wanted: JsonObject): string[] {
  // What is in no list is written in full: it has nothing but what the files say.
  if (kind.api.access === 'derived') return []
  const apart = kind.api.followUps?.exclusive ? kind.api.followUps.keys : []
  const places: string[][] = [
    ['later_version'],
    ['configuration', 'by_hand'],
    ['target', 'later'],
    ['target', 'configuration', 'by_hand']
  ]
  for (const [name, { class: owner, rule }] of Object.entries(kind.fields))
    if (
      owner === 'carried' &&
      isSentAsAnswered(name) &&
      !apart.includes(name) &&
      rule.is !== 'stated' &&
      !(name in wanted) &&
      live[name] !== null
    )
      places.push([name])
  const found = (value: JsonObject, path: string[]) =>
    path.reduce<Json | undefined>((inner, part) => (isObject(inner) ? inner[part] : undefined), value)
  return places
    .filter((path) => found(live, path) !== undefined)
    .filter((path) => {
      const [before, after] = [found(live, path), found(body, path)]
      return (
        JSON.stringify(plainNames(kind, path, before)) !== JSON.stringify(plainNames(kind, path, after))
      )
    })
    .map((path) => path.join('.'))
}

/** Schemas and actions are sent in another form than they are answered in: they have laws of their own. */
function isSentAsAnswered(name: string): boolean {
  return name !== 'schemas' && name !== 'policy_actions'
}

/** Answers give objects where requests take names or ids. */
function plainNames(kind: Kind, [name]: string[], value: Json | undefined): Json | undefined {
  if (kind.name !== 'model' || !Array.isArray(value)) return value
  const own = value.filter((item) => !isObject(item) || item['user_added'] !== true)
  return own.map((item) => (isObject(item) ? item[name === 'labels' ? 'id' : 'name']! : item))
}

const owned = [
  'id',
  'organization_id',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'search_values',
  'model_ids',
  'version'
]

function forbidden(kind: Kind, live: JsonObject, body: JsonObject): string[] {
  const type = isObject(live['type']) ? textOf(live['type']['id']) : ''
  const ofType = Object.entries(connectionTypes[type]?.fields ?? {})
    .filter(([, field]) => field.readOnly === true || (field.hidden === true && field.api !== true))
    .map(([name]) => name)
  const configuration =
    isObject(body['configuration']) && kind.name === 'connection' ? body['configuration'] : {}
  const target = isObject(body['target']) ? body['target'] : {}
  return [
    ...owned.filter((name) => name in body || name in target),
    ...ofType.filter((name) => name in configuration),
    ...leaves(body)
      .filter(({ value }) => /^\*+$/.test(textOf(value)))
      .map(({ path }) => path.join('.'))
  ]
}
