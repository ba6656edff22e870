import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import {
  fromId,
  optionalReference,
  overlay,
  referenceKey,
  toId,
  toName,
  withoutAbsent,
  withoutCleared,
  withoutMasks
} from './fields.ts'
import type { FromWire, ToWire, ToYaml } from './kind.ts'

/** The parts of a model that name other resources: joins and the enrichment. */

/** How a join is compared. */
export const relationRule = {
  is: 'object',
  fields: {
    from: { is: 'scalar' },
    to: { is: 'object', fields: { model: { is: 'reference', kind: 'model' }, field: { is: 'scalar' } } }
  }
} as const

/** How an enrichment is compared: the service may fill in more than is stated. */
export const enricherRule = {
  is: 'object',
  fields: {
    connection: { is: 'reference', kind: 'connection' },
    configuration: { is: 'stated' },
    mappings: { is: 'json' },
    fields: { is: 'set', key: String, item: { is: 'scalar' }, carried: true }
  }
} as const

/** What tells one join from another: all that it says. */
export function relationKey(item: Json): string {
  if (!isObject(item) || !isObject(item['to'])) return textOf(item)
  const { model, field } = item['to']
  return `${textOf(item['from'])} = ${referenceKey(model ?? null)}.${textOf(field)}`
}

/** A join of YAML, its model as a reference. */
export function relationFromYaml(item: Json): Json {
  if (!isObject(item) || !isObject(item['to'])) return item
  return {
    ...item,
    to: withoutAbsent({ ...item['to'], model: optionalReference('model', item['to']['model']) })
  }
}

/** A join by the name of its model. */
export function relationToYaml(item: JsonObject, context: ToYaml): Json {
  if (!isObject(item['to'])) return item
  const { model: to, ...rest } = item['to']
  return { ...item, to: withoutAbsent({ model: toName(to, context), ...rest }) }
}

/** A join with the id of its model. */
export function relationToWire(item: Json, context: ToWire): Json {
  if (!isObject(item) || !isObject(item['to'])) return item
  const { model: to, ...rest } = item['to']
  return { ...item, to: withoutAbsent({ model_id: toId(to, context), ...rest }) }
}

/** A join of an answer. */
export function relationFromWire(item: Json, context: FromWire): Json {
  if (!isObject(item) || !isObject(item['to'])) return item
  const { model_id: id, field } = item['to']
  return withoutAbsent({
    from: item['from'],
    to: withoutAbsent({ model: fromId('model', id, context), field })
  })
}

/** An enrichment of YAML, its connection as a reference. */
export function enricherFromYaml(item: JsonObject): Json {
  return withoutAbsent({ ...item, connection: optionalReference('connection', item['connection']) })
}

/** An enrichment by the name of its connection. */
export function enricherToYaml(item: JsonObject, context: ToYaml): Json {
  return withoutAbsent({ ...item, connection: toName(item['connection'], context) })
}

/** An enrichment with the id of its connection; the service wants its fields as objects. */
export function enricherToWire(item: JsonObject, context: ToWire): Json {
  const { connection, fields, configuration, ...same } = item
  const named = Array.isArray(fields)
    ? fields.filter((name) => name !== null).map((name) => ({ name: textOf(name) }))
    : undefined
  return withoutAbsent({
    ...same,
    connection_id: toId(connection, context),
    configuration:
      configuration === undefined ? undefined : withoutCleared(configuration, context.creating),
    fields: named
  })
}

/** An enrichment of an answer, without the id that the service gives it. */
export function enricherFromWire(item: JsonObject, context: FromWire): Json {
  return withoutAbsent({
    connection: fromId('connection', item['connection_id'], context),
    configuration: item['configuration'],
    mappings: item['mappings'],
    fields: Array.isArray(item['fields']) ? item['fields'].map(nameOf) : undefined
  })
}

/**
 * Without its id the service would make a second enrichment. What no file states stays, while the
 * connection is the same.
 */
export function withLiveEnricher(live: JsonObject, body: JsonObject): JsonObject {
  const there = isObject(live['enricher']) ? (withoutMasks(live['enricher']) as JsonObject) : {}
  const wanted = body['enricher']
  if (!isObject(wanted)) return {}
  const isSame = there['connection_id'] === wanted['connection_id']
  const configuration = isSame && isObject(there['configuration']) ? there['configuration'] : {}
  return {
    enricher: {
      ...withoutAbsent({
        enricher_id: there['enricher_id'],
        fields: isSame ? there['fields'] : undefined
      }),
      ...wanted,
      configuration: overlay(configuration, (wanted['configuration'] ?? {}) as JsonObject)
    }
  }
}

/**
 * An example that somebody gave a field of the files stays, where the files give it none. Of several live
 * fields with one name it is that of the one with the same label and type, if there is just one.
 */
export function withLiveExamples(live: JsonObject, body: JsonObject): JsonObject {
  const wanted = body['additional_fields']
  if (!Array.isArray(wanted) || !Array.isArray(live['fields'])) return {}
  const there = live['fields'].filter(isObject).filter((field) => field['user_added'] === true)
  const exampleOf = (item: JsonObject): Json | undefined => {
    const named = there.filter((field) => nameOf(field) === nameOf(item))
    const same = named.filter(({ label, type }) => label === item['label'] && type === item['type'])
    const [one, another] = named.length > 1 ? same : named
    return another === undefined ? (one?.['example'] ?? undefined) : undefined
  }
  return {
    additional_fields: wanted.map((item) =>
      isObject(item) ? withoutAbsent({ example: exampleOf(item), ...item }) : item
    )
  }
}

/** The name of a field, which answers give as objects and files as texts. */
export function nameOf(item: Json): string {
  return isObject(item) ? textOf(item['name']) : textOf(item)
}
