import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/kinds/kind.ts'
import { model } from '../../src/kinds/model.ts'
import { diff } from '../../src/plan/diff.ts'
import { isObject, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { apiVersions } from '../../src/wire/common.ts'
import { at } from '../render/builders.ts'
import { everyKind, pairOf, withinVersion } from '../support/items.ts'
import { samples } from '../support/samples.ts'
import { echoOf, modelsOf, Names, opened, type ServiceBehaviour } from '../support/service-model.ts'
import { anyShape } from '../support/shapes.ts'

/**
 * R8: a later version of the service adds a member to every object of an answer, at every depth.
 * Whatever one field the files change then, each of them is in the body, at the place where it was.
 */

const added = 'later_version'

const behaviour = fc.record<ServiceBehaviour>({
  version: fc.constantFrom(...apiVersions),
  unset: fc.constantFrom('absent', 'null', 'filled'),
  reversed: fc.boolean(),
  masksNested: fc.boolean(),
  shape: anyShape
})

/** What the service keeps for itself, and what it says of things that requests only name. */
const ownedByService: Readonly<Record<string, (place: string, parent: JsonObject) => boolean>> = {
  connection: (place) => place === 'type' || place === 'proxy[]',
  model: (place, parent) => place === 'labels[]' || (place === 'fields[]' && parent['user_added'] !== true),
  bulk_sync: (place) => place === 'error_handling[]',
  sync: (place, parent) =>
    place === 'error_handling[]' ||
    place === 'target.search_values' ||
    (place === 'fields[].source' && isUnmapped({ source: parent }))
}

/** Free JSON of the files: a member there is a word of theirs, and is compared. */
const isFree = /(^|\.)(value|override|mappings)(\W|$)/

/** Where a body has what the answer has elsewhere. */
function placeInBody(kind: string, place: string, parent: JsonObject): string {
  if (kind === 'model' && place === 'fields[]') return 'additional_fields[]'
  const fixed = kind === 'sync' && place === 'fields[]' && isUnmapped(parent)
  return fixed ? 'override_fields[]' : place.replace(/^schema_details\b/, 'schema_settings')
}

const isUnmapped = ({ source }: JsonObject): boolean =>
  !isObject(source) || source['model_id'] === '00000000-0000-0000-0000-000000000000'

/** Fields of a kind to the members of answers that they decide about, where these have other names. */
const membersOf: Readonly<Record<string, readonly string[]>> = {
  source: ['source_configuration'],
  destination: ['destination_configuration'],
  additional_fields: ['fields'],
  override_fields: ['fields', 'override_fields'],
  identity: ['identity', 'identities', 'fields'],
  filters: ['filters', 'model_filters', 'target_filters'],
  default_schedule: ['default_schedule', 'schedule'],
  schemas: ['schemas', 'schema_details', 'schema_settings'],
  automatically_add_new_objects: ['schemas', 'schema_details', 'schema_settings'],
  automatically_add_new_fields: ['schemas', 'schema_details', 'schema_settings'],
  connection: ['fields', 'configuration']
}

/** Members of a sync that say in the older shape what others say in the newer. */
const olderOf: Readonly<Record<string, readonly string[]>> = {
  identity: ['identities'],
  filters: ['model_filters', 'target_filters']
}

interface Marked {
  place: string
  value: string
}

/** The answer with a member more in each object, and where each of them is to be in a body. */
function marked(kind: Kind, answer: JsonObject): { answer: JsonObject; marks: Marked[] } {
  const marks: Marked[] = []
  const mark = (value: Json, place: string): Json => {
    if (Array.isArray(value)) return value.map((item) => mark(item, `${place}[]`))
    const isNothing = !isObject(value) || Object.keys(value).length === 0
    if (isNothing || isFree.test(place)) return value
    // What is switched off is not sent.
    if (place === 'schema_details[]' && value['enabled'] === false) return value
    const text = `kept ${marks.length} of ${place}`
    const inner = Object.entries(value).map(([name, part]) => [
      name,
      mark(part, place === '' ? name : `${place}.${name}`)
    ])
    const isOwned = /(^|\.)(created_by|updated_by)$/.test(place)
    if (!isOwned && ownedByService[kind.name]?.(place, value) !== true)
      marks.push({ place: placeInBody(kind.name, place, value), value: text })
    return { ...Object.fromEntries(inner), [added]: text }
  }
  return { answer: mark(answer, '') as JsonObject, marks }
}

/** The members that a body has, and where. */
function found(value: Json | undefined, place = ''): Marked[] {
  if (Array.isArray(value)) return value.flatMap((item) => found(item, `${place}[]`))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === added
      ? [{ place, value: textOf(inner) }]
      : found(inner, place === '' ? name : `${place}.${name}`)
  )
}

/** What is about a schema is written without what else its answer tells of the source. */
const kindsWithAnswers = everyKind.filter(([name]) => !name.startsWith('schema_'))

describe.each(kindsWithAnswers)('%s', (_name, kind) => {
  const changed = fc.constantFrom('none', ...Object.keys(kind.fields))

  test('R8: members that nobody knows go back to where they came from', () => {
    fc.assert(
      fc.property(pairOf(kind), behaviour, changed, ([a, b], how, name) => {
        // Two words for one action: no service answers both.
        fc.pre(!JSON.stringify(a).includes('"edit"'))
        const names = new Names()
        const before = kind.fromYaml(withinVersion(kind, a, how.version))
        const body = { name: 'x', ...kind.toWire(before, names.toWire(how.version, true)) }
        const { answer, marks } = marked(kind, echoOf(kind)(opened(body) as JsonObject, how))
        const { [name]: _old, ...others } = before
        const other = kind.fromYaml(withinVersion(kind, b, how.version))[name]
        const wanted = other === undefined ? others : { ...others, [name]: other }
        const stated = { name: 'x', ...kind.toWire(wanted, names.toWire(how.version, false)) }
        const sent = kind.replacement(answer, stated, undefined, how.version)
        const there = new Set(found(sent).map(({ place, value }) => `${place} ${value}`))
        const touched = new Set([name, ...(membersOf[name] ?? [])])
        const isExpected = ({ place }: Marked): boolean => {
          const [top = ''] = place.split(/[.[]/)
          // Of two shapes, one is sent.
          if (olderOf[top]?.some((newer) => newer in sent)) return false
          if (touched.has(top) || touched.has(top.replace('additional_', ''))) return false
          if (top === 'schema_settings') return Array.isArray(sent['schema_settings'])
          return top !== 'schemas' && !(top === 'override_fields' && touched.has('fields'))
        }
        const lost = marks.filter(isExpected).filter(({ place, value }) => !there.has(`${place} ${value}`))
        expect(lost).toEqual([])
      }),
      samples(300)
    )
  })

  test('R8: and they are no difference, before the update and after it', () => {
    fc.assert(
      fc.property(pairOf(kind), behaviour, ([a, b], how) => {
        const names = new Names()
        const context = { idOf: names.idOf, spanAt: () => at('configs/a.yaml', 1) }
        const differs = (wanted: JsonObject, answer: JsonObject) =>
          diff(
            kind.fields,
            wanted,
            kind.fromWire(answer, names.fromWire(how.version, modelsOf(names))),
            context
          ).fields
        const first = kind.fromYaml(withinVersion(kind, a, how.version))
        const body = { name: 'x', ...kind.toWire(first, names.toWire(how.version, true)) }
        const there = echoOf(kind)(opened(body) as JsonObject, how)
        const { answer } = marked(kind, there)
        expect(differs(first, answer)).toEqual(differs(first, there))
        const wanted = kind.fromYaml(withinVersion(kind, b, how.version))
        const stated = { name: 'x', ...kind.toWire(wanted, names.toWire(how.version, false)) }
        const sent = opened(kind.replacement(answer, stated, undefined, how.version)) as JsonObject
        expect(differs(wanted, echoOf(kind)(sent, how, answer))).toEqual([])
      }),
      samples(300)
    )
  })
})

test('members that nobody knows can be named, each place once', () => {
  const answer = {
    id: 'm',
    later: 1,
    fields: [
      { name: 'a', user_added: true, hue: 'red' },
      { name: 'b', user_added: true, hue: 'blue' }
    ],
    relations: [{ from: 'a', to: { model_id: 'x', field: 'y', kind: 'left' } }]
  }
  expect(model.unknownIn?.(answer)).toEqual(['later', 'additional_fields[].hue', 'relations[].to.kind'])
})
