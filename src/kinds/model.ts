import { isDeepStrictEqual } from 'node:util'
import type { DataImpact } from '../state/impact.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Model, ModelRequest } from '../wire/model.ts'
import { ids, policies, reference, scalar, settings, texts } from './codecs.ts'
import { mappingEffect } from './effects.ts'
import { idsOf, list, withoutAbsent, withoutCleared } from './fields.ts'
import type { ItemProblem } from './kind.ts'
import { kindOf, type AnswerOf } from './kind-of.ts'
import {
  additionalFields,
  enricher,
  isAdded,
  nameOf,
  relations,
  withLiveEnricher,
  withLiveExamples
} from './model-parts.ts'
import { modelChecks } from './model-checks.ts'
import { ownField, suggestedSchema } from './suggested.ts'
import { readConfiguration } from './model-source.ts'

const mapped: DataImpact = {
  effect: mappingEffect,
  because: 'a field that the model no longer has cannot be written any more',
  reaches: true
}

/** A model: what is read from a connection (a table, a collection, a query), with its fields and joins. */
export const model = kindOf<Model & ModelRequest>()({
  name: 'model',
  core: true,
  flows: [
    { at: ['connection'], as: 'from' },
    { at: ['relations'], as: 'from' },
    { at: ['enricher'], as: 'from' }
  ],
  section: 'models',
  description: 'What is read from a connection: a table, a collection, a query.',
  fields: {
    connection: {
      codec: reference('connection', { description: 'The connection to read from, by name.' }),
      wire: 'connection_id',
      owner: 'owned',
      required: true,
      synonyms: ['source'],
      impact: { effect: 'reads something else', because: 'records come from another system', reaches: true }
    },
    configuration: {
      codec: {
        ...settings({
          description: [
            'What to read: the keys depend on the connection,',
            'e.g. database and collection, or query or table.',
            '`polyctl sources CONNECTION` lists what may stand here, and what is required.'
          ].join(' ')
        }),
        fromWire(value) {
          // The service mirrors the tracking columns into the configuration.
          const { tracking_columns: _mirrored, ...configuration } = isObject(value) ? value : {}
          return configuration
        },
        toWire: (value, context) => withoutCleared(value ?? {}, context.creating)
      },
      owner: 'carried',
      required: true,
      synonyms: ['config'],
      impact: {
        effect: 'reads something else',
        because: 'another query or table gives other records',
        reaches: true
      }
    },
    identifier: {
      codec: scalar(suggestedSchema(ownField, 'The field that is unique.'), { default: '' }),
      owner: 'carried',
      synonyms: ['unique_field'],
      impact: {
        effect: 'may duplicate',
        because: 'records are told apart by another field: those known before may count as new',
        reaches: true
      }
    },
    fields: {
      codec: {
        ...texts({
          type: 'array',
          items: { type: 'string' },
          minItems: 1,
          description: 'The fields to expose, by name. Absent: all of them.'
        }),
        shape: { list: { members: { name: 'text', label: 'text', type: 'text' }, needs: ['name'] } },
        fromWire: (value) =>
          list(value)
            .filter((field) => !isAdded(field))
            .map(nameOf),
        // Whether live fields were chosen is found out with a read of the source: see `preUpdateRead`.
        merged: (_live, wanted) => wanted
      },
      owner: 'carried',
      impact: mapped
    },
    additional_fields: { codec: additionalFields, owner: 'owned', impact: mapped },
    relations: {
      codec: relations,
      owner: 'owned',
      mayFollow: true,
      synonyms: ['joins'],
      impact: { effect: 'other records', because: 'joins say which records belong together', reaches: true }
    },
    tracking_columns: {
      codec: texts({
        type: 'array',
        items: suggestedSchema(ownField),
        description: 'Fields that tell whether a record has changed.'
      }),
      owner: 'owned',
      impact: { effect: 'other records', because: 'they say which records count as changed', reaches: true }
    },
    labels: {
      codec: {
        ...texts({ type: 'array', items: { type: 'string' }, description: 'Ids of labels.' }),
        shape: ids,
        fromWire: idsOf,
        merged: (live, wanted) => wanted ?? idsOf(live)
      },
      owner: 'carried',
      synonyms: ['tags'],
      impact: { effect: 'none', because: 'labels are for people' }
    },
    policies: {
      codec: policies(),
      owner: 'carried',
      impact: { effect: 'none', because: 'policies say who may see and change it' }
    },
    enricher: {
      codec: enricher,
      owner: 'carried',
      since: '2024-02-08',
      impact: { effect: 'other values', because: 'fields are filled by an enrichment', reaches: true }
    }
  },
  observed: ['type', 'version'],
  impacts: {
    create: { effect: 'none', because: 'nothing is read before something uses the model' },
    delete: { effect: 'none', because: 'nothing that stays uses it' },
    rename: { effect: 'none', because: 'a name is for people' }
  },
  api: {
    access: 'listed',
    path: '/api/models',
    uniqueNames: true,
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT')
  },

  check(item) {
    const configuration = isObject(item.configuration) ? item.configuration : {}
    return [
      ...('tracking_columns' in configuration ? [misplacedTracking] : []),
      ...namedTwice(item.additional_fields)
    ]
  },

  checks: modelChecks,
  fieldNames: ({ fields, additional_fields: added }) => [
    ...(Array.isArray(fields) ? fields.map(textOf) : []),
    ...list(added).map(nameOf)
  ],
  filedUnder: ['connection'],

  preUpdateRead(live, body, version) {
    const configuration = readConfiguration(live, {})
    if (
      'fields' in body ||
      !sameSource(live, body) ||
      !Object.values(configuration).every((value) => typeof value === 'string')
    ) {
      return undefined
    }
    const path = `/api/connections/${textOf(live.connection_id)}`
    if (version === '2023-04-25') return { path: `${path}/source/fields`, body: { query: configuration } }
    const query = Object.entries(configuration).map(
      ([name, value]) => [`params[${name}]`, textOf(value)] as const
    )
    return {
      path: `${path}/modelsync/source/fields`,
      query: Object.fromEntries(query)
    }
  },

  replacement: (live, body, { body: stated, answer }) => ({
    ...withoutAbsent({ fields: chosenFields(live, stated, answer) }),
    ...body,
    ...withLiveEnricher(live, stated),
    ...withLiveExamples(live, stated),
    configuration: readConfiguration(live, stated)
  }),

  // All fields is the default, and the answer of a model does not tell it from a chosen list.
  isDefault: (_fields, path) => path.length === 1 && path[0] === 'fields',
  untold: 'whether some fields were chosen, or all: `fields` is left out, and stays as it is'
})

type Answered = AnswerOf<Model>

/**
 * Returns the live fields that a replacement must send again; undefined if none were chosen. A model
 * without a chosen list answers all fields of its source; sending those would exclude every field that the
 * source gets later. If the source changes, its old fields mean nothing.
 */
function chosenFields(live: Answered, body: JsonObject, answer: Json | undefined): Json | undefined {
  const names = list(live.fields)
    .filter((field) => !isAdded(field))
    .map(nameOf)
  if (names.length === 0 || !sameSource(live, body)) return undefined
  // Without known fields of the source, the live ones must be taken for chosen.
  const all = Array.isArray(answer) ? answer.map(nameOf) : []
  return all.length > 0 && all.every((name) => names.includes(name)) ? undefined : names
}

/** Returns true if the model still reads from the same source after the change. */
function sameSource(live: Answered, body: JsonObject): boolean {
  const same = isDeepStrictEqual(readConfiguration(live, body), readConfiguration(live, {}))
  return same && (body.connection_id ?? live.connection_id) === live.connection_id
}

const misplacedTracking: ItemProblem = {
  path: ['configuration', 'tracking_columns'],
  atKey: true,
  code: 'P101',
  message: '`tracking_columns` is a field of the model, not of its configuration',
  label: 'the service copies it here by itself',
  help: ['move `tracking_columns` one level out']
}

/** Reports additional fields with one name: syncs refer to a field by its name alone. */
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
