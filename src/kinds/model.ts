import { isDeepStrictEqual } from 'node:util'
import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { modelAnswer } from './answers.ts'
import { carrying, unknownPaths } from './carry.ts'
import {
  fromId,
  idsOf,
  optionalReference,
  overlay,
  referenceKey,
  references,
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
import type { ItemProblem, Kind } from './kind.ts'
import {
  enricherFromWire,
  enricherFromYaml,
  enricherRule,
  enricherToWire,
  enricherToYaml,
  nameOf,
  relationFromWire,
  relationFromYaml,
  relationKey,
  relationRule,
  relationToWire,
  relationToYaml,
  withLiveEnricher,
  withLiveExamples
} from './model-parts.ts'
import { modelKnown } from './model-known.ts'
import { modelSchema } from './model-schema.ts'

/** What is read from a connection: a table, a collection, a query, with its fields and joins. */
export const model: Kind = {
  name: 'model',
  section: 'models',
  schema: modelSchema,
  fields: {
    connection: { class: 'owned', rule: { is: 'reference', kind: 'connection' } },
    configuration: { class: 'carried', rule: { is: 'stated' } },
    identifier: { class: 'carried', rule: { is: 'scalar', default: '' } },
    fields: { class: 'carried', rule: { is: 'set', key: String, item: { is: 'scalar' } } },
    additional_fields: { class: 'owned', rule: { is: 'set', key: nameOf, item: { is: 'stated' } } },
    relations: { class: 'owned', rule: { is: 'set', key: relationKey, item: relationRule } },
    tracking_columns: { class: 'owned', rule: { is: 'set', key: String, item: { is: 'scalar' } } },
    enricher: { class: 'carried', rule: enricherRule },
    labels: { class: 'carried', rule: { is: 'set', key: String, item: { is: 'scalar' } } },
    policies: {
      class: 'carried',
      rule: { is: 'set', key: referenceKey, item: { is: 'reference', kind: 'policy', caseless: true } }
    }
  },
  api: {
    answer: modelAnswer,
    path: '/api/models',
    uniqueNames: true,
    lightList: () => false,
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT')
  },
  since: { enricher: '2024-02-08' },
  synonyms: {
    config: 'configuration',
    source: 'connection',
    joins: 'relations',
    unique_field: 'identifier',
    tags: 'labels'
  },

  isSecret: () => false,

  check(item) {
    const configuration = isObject(item['configuration']) ? item['configuration'] : {}
    return [
      ...('tracking_columns' in configuration ? [misplacedTracking] : []),
      ...namedTwice(item['additional_fields'])
    ]
  },

  fromYaml(item) {
    return withoutAbsent({
      ...item,
      connection: optionalReference('connection', item['connection']),
      policies: references('policy', item['policies']),
      relations: Array.isArray(item['relations'])
        ? item['relations'].map(relationFromYaml)
        : item['relations'],
      enricher: isObject(item['enricher']) ? enricherFromYaml(item['enricher']) : item['enricher']
    })
  },

  toYaml(fields, context) {
    const { connection, policies, relations, enricher, ...same } = fields
    return withoutAbsent({
      ...same,
      connection: toName(connection, context),
      relations: Array.isArray(relations)
        ? relations.filter(isObject).map((item) => relationToYaml(item, context))
        : relations,
      enricher: isObject(enricher) ? enricherToYaml(enricher, context) : enricher,
      policies: toNames(policies, context)
    })
  },

  toWire(fields, context) {
    const { connection, policies, relations, enricher, ...same } = fields
    const lists = ['fields', 'additional_fields', 'tracking_columns', 'labels']
    return withoutAbsent({
      ...same,
      ...Object.fromEntries(lists.map((name) => [name, withoutHoles(same[name])])),
      connection_id: toId(connection, context),
      configuration: withoutCleared(same['configuration'] ?? {}, context.creating),
      relations: Array.isArray(relations)
        ? relations.filter(isObject).map((item) => relationToWire(item, context))
        : undefined,
      enricher: isObject(enricher) ? enricherToWire(enricher, context) : undefined,
      policies: toIds(policies, context)
    })
  },

  fromWire(wire, context) {
    const all = Array.isArray(wire['fields']) ? wire['fields'].filter(isObject) : []
    const added = all.filter((field) => field['user_added'] === true)
    const configuration = isObject(wire['configuration']) ? { ...wire['configuration'] } : {}
    // The service mirrors the tracking columns into the configuration.
    delete configuration['tracking_columns']
    return withoutAbsent({
      connection: fromId('connection', wire['connection_id'], context),
      configuration,
      identifier: wire['identifier'],
      fields: all.filter((field) => field['user_added'] !== true).map(nameOf),
      additional_fields: added.map(additionalField),
      relations: Array.isArray(wire['relations'])
        ? wire['relations'].map((item) => relationFromWire(item, context))
        : undefined,
      tracking_columns: wire['tracking_columns'],
      enricher: isObject(wire['enricher']) ? enricherFromWire(wire['enricher'], context) : undefined,
      labels: idsOf(wire['labels']),
      policies: idsOf(wire['policies']).map((id) => context.reference('policy', id))
    })
  },

  question(live, body, version) {
    const configuration = configurationOf(live, {})
    if (
      'fields' in body ||
      !sameSource(live, body) ||
      !Object.values(configuration).every((value) => typeof value === 'string')
    ) {
      return undefined
    }
    const path = `/api/connections/${textOf(live['connection_id'])}`
    if (version === '2023-04-25') return { path: `${path}/source/fields`, body: { query: configuration } }
    const query = Object.entries(configuration).map(([name, value]) => [`params[${name}]`, textOf(value)])
    return {
      path: `${path}/modelsync/source/fields`,
      query: Object.fromEntries(query) as Record<string, string>
    }
  },

  unknownIn: (live) => unknownPaths(modelKnown, live),

  replacement: carrying(modelKnown, (live, body, answer) => {
    return {
      ...withoutAbsent({
        identifier: live['identifier'],
        fields: chosenFields(live, body, answer),
        labels: idsOf(live['labels']),
        policies: live['policies'],
        enricher: isEmpty(live['enricher']) ? undefined : withoutMasks(live['enricher']!)
      }),
      ...body,
      ...withLiveEnricher(live, body),
      ...withLiveExamples(live, body),
      configuration: configurationOf(live, body)
    }
  }),

  // All fields of the source is the default, and nothing tells all of them from a chosen few.
  isDefault: (_fields, path) => path.length === 1 && path[0] === 'fields',

  uses(wire) {
    const relations = Array.isArray(wire['relations']) ? wire['relations'].filter(isObject) : []
    const related = relations.map((item) => (isObject(item['to']) ? item['to']['model_id'] : undefined))
    const enricher = isObject(wire['enricher']) ? wire['enricher']['connection_id'] : undefined
    return [
      ...usesOf('connection', [wire['connection_id'], enricher]),
      ...usesOf('model', related),
      ...usesOf('policy', idsOf(wire['policies']))
    ]
  }
}

/** Exactly one of these says what is read; the live one must not stay beside another that the files state. */
const alternatives = ['query', 'table', 'view']

/** What is read when the wanted configuration has been laid over the live one. */
function configurationOf(live: JsonObject, body: JsonObject): JsonObject {
  const there = live['configuration']
  const kept = isObject(there) ? (withoutMasks(there) as JsonObject) : {}
  const wanted = isObject(body['configuration']) ? body['configuration'] : {}
  const chosen = alternatives.some((name) => !isEmpty(wanted[name]))
  for (const name of Object.keys(kept)) {
    const replaced = chosen && alternatives.includes(name)
    if (replaced || name === 'tracking_columns') delete kept[name]
  }
  return overlay(kept, wanted)
}

/**
 * The fields that somebody chose, to be sent again. A model of which nobody chose any answers all fields of
 * its source; to send those would shut out every field that the source gets later. And the fields of
 * another source than the live one mean nothing.
 */
function chosenFields(live: JsonObject, body: JsonObject, answer: Json | undefined): Json | undefined {
  const all = Array.isArray(live['fields']) ? live['fields'].filter(isObject) : []
  const names = all.filter((field) => field['user_added'] !== true).map(nameOf)
  if (!sameSource(live, body)) return undefined
  const everything = Array.isArray(answer) && answer.map(nameOf).every((name) => names.includes(name))
  return everything ? undefined : names
}

/** Whether the model goes on reading what it reads now. */
function sameSource(live: JsonObject, body: JsonObject): boolean {
  const same = isDeepStrictEqual(configurationOf(live, body), configurationOf(live, {}))
  return same && (body['connection_id'] ?? live['connection_id']) === live['connection_id']
}

const misplacedTracking: ItemProblem = {
  path: ['configuration', 'tracking_columns'],
  atKey: true,
  code: 'P101',
  message: '`tracking_columns` is a field of the model, not of its configuration',
  label: 'the service copies it here by itself',
  help: ['move `tracking_columns` one level out']
}

/** Syncs name a field by its name alone: of two, nobody could tell which is meant. */
function namedTwice(fields: Json | undefined): ItemProblem[] {
  const names = Array.isArray(fields) ? fields.map(nameOf) : []
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            path: ['additional_fields', index, 'name'],
            code: 'P208' as const,
            message: `two additional fields are called \`${name}\``,
            label: 'this name is taken above',
            help: ['say it once: the name is what syncs know the field by']
          }
        ]
  )
}

function additionalField(field: JsonObject): Json {
  return withoutAbsent({
    name: field['name'],
    label: field['label'],
    type: field['type'],
    example: exampleText(field['example'])
  })
}

/** The service answers an example in the type of its field; files and requests have texts. */
function exampleText(example: Json | undefined): Json | undefined {
  return isEmpty(example) || typeof example === 'object' ? undefined : textOf(example)
}
