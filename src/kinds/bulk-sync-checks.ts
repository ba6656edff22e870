import type { Finding, Inquiry, Mistake, Inspected, PlannedResource } from '../state/question.ts'
import { describedSettings, lackingSettings } from '../state/settings.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { BulkDestination, BulkSource } from '../wire/bulk-sync.ts'
import { idOf, isOff } from './bulk-sync-parts.ts'
import { absenceIn, adviceOn, denies, inspectable, isWord, items, noSource, quotedNames } from './checks.ts'
import { list, valueAt } from './fields.ts'
import { valueProblems } from './filter-values.ts'

/** R39: Checks what a bulk sync copies and how it writes against what the service knows of both ends. */
export function bulkSyncChecks(sync: PlannedResource, service: Inquiry): Finding[] {
  return [...filterDoubts(sync), ...schemaChecks(sync, service), ...destinationChecks(sync, service)]
}

/** What is strange about filters that are new or changed. Nothing is asked. */
function filterDoubts({ wanted = {}, differs }: PlannedResource): Mistake[] {
  if (!differs.has('schemas')) return []
  return items(wanted.schemas).flatMap(({ item, index }) =>
    valueProblems(item.filters, ['schemas', index, 'filters'])
  )
}

/** The schemas that are listed must be in the source. Where none is listed there is nothing to ask. */
function schemaChecks(sync: PlannedResource, service: Inquiry): Finding[] {
  const { wanted = {} } = sync
  const connection = service.find(valueAt(wanted.source, ['connection']), sync)
  const inspected = inspectable(connection, service)
  const listed = listedIn(wanted)
  if (!inspected || listed.length === 0) return []
  const withFields = listed.some(({ schema }) => isObject(schema) && namedFields(schema).length > 0)
  const answer = service.ask({ about: 'schemas', at: inspected, withFields })
  if (!answer) return []
  if (!answer.ok) {
    const none = answer.refused ? noSource(sync, ['source', 'connection'], connection, service) : []
    return none?.length === 0 ? [{ unasked: inspected, why: answer.words }] : (none ?? [])
  }
  const schemas = answer.value.schemas ?? []
  if (schemas.length === 0)
    return [{ unasked: inspected, why: 'the service knows no schemas of it: they may not be read yet' }]
  return listed.flatMap((one) => schemaProblems(sync, one, { inspected, schemas }, service))
}

/** A schema where it is listed: by its id, or with more that is said of it. */
interface Listed {
  schema: Json
  path: (string | number)[]
}

/** The schemas that are copied, and those of each schedule of its own. */
function listedIn({ schemas, additional_schedules: schedules }: JsonObject): Listed[] {
  const under = (value: Json | undefined, path: (string | number)[]): Listed[] =>
    (Array.isArray(value) ? value : []).map((schema, index) => ({ schema, path: [...path, index] }))
  return [
    ...under(schemas, ['schemas']),
    ...items(schedules).flatMap(({ item, index }) =>
      under(item.schemas, ['additional_schedules', index, 'schemas'])
    )
  ]
}

interface Source {
  inspected: Inspected
  schemas: NonNullable<BulkSource['schemas']>
}

function schemaProblems(
  sync: PlannedResource,
  { schema, path }: Listed,
  { inspected, schemas }: Source,
  service: Inquiry
): Finding[] {
  const id = idOf(schema)
  const there = schemas.find((one) => one.id === id)
  if (there) return isObject(schema) ? fieldProblems(sync, { schema, path, inspected, there }, service) : []
  const known = { scope: `schemas\n${inspected.id}`, all: schemas.map((one) => one.id) }
  const advice = adviceOn(id, known, 'a schema', service)
  // Nothing was refused, and a list may be older than the source: where no name is like it, it may be new.
  // And what is switched off is not copied, whether it is there or not.
  const isLikely = advice.help !== undefined && !isOff(schema)
  return [
    {
      path: isObject(schema) && Object.keys(schema).length > 1 ? [...path, 'id'] : path,
      code: 'P427',
      ...(!isLikely && { severity: 'warning' as const }),
      message: `${sync.address} copies \`${id}\`, which ${absenceIn(inspected, false)}`,
      label: 'no schema of this id is listed',
      ...advice
    }
  ]
}

interface ListedFields {
  schema: JsonObject
  path: (string | number)[]
  inspected: Inspected
  there: NonNullable<BulkSource['schemas']>[number]
}

function fieldProblems(
  sync: PlannedResource,
  { schema, path: at, inspected, there }: ListedFields,
  service: Inquiry
): Finding[] {
  const known = (there.fields ?? []).map(({ id }) => id)
  const named = namedFields(schema)
  if (named.length === 0) return []
  if (known.length === 0)
    return [{ unasked: inspected, why: `the service knows no fields of \`${there.id}\` yet` }]
  const all = [...new Set([...known, ...service.addedTo(inspected)])]
  return named.flatMap(({ path, name }): Mistake[] =>
    all.includes(name)
      ? []
      : [
          {
            path: [...at, ...path],
            code: 'P427',
            message: `${sync.address} names \`${name}\`, which \`${there.id}\` does not have`,
            label: 'no field has this id',
            ...adviceOn(name, { scope: `schema\n${inspected.id}\n${there.id}`, all }, 'a field', service)
          }
        ]
  )
}

/** Returns the fields that a schema names, with their paths. */
function namedFields(schema: JsonObject): { path: (string | number)[]; name: string }[] {
  const { fields, filters } = schema
  const keys = ['tracking_field', 'partition_key'].map((key) => ({
    path: [key],
    name: textOf(schema[key] ?? '')
  }))
  const under = (key: string, value: Json | undefined, part: string) =>
    list(value).map((one, index) => ({ path: [key, index, part], name: textOf(one[part] ?? '') }))
  return [...under('fields', fields, 'id'), ...under('filters', filters, 'field_id'), ...keys].filter(
    ({ name }) => name !== ''
  )
}

/** Checks that the destination supports the mode and histories, and has the settings that it requires. */
function destinationChecks(sync: PlannedResource, service: Inquiry): Finding[] {
  const { wanted = {} } = sync
  const inspected = inspectable(service.find(valueAt(wanted.destination, ['connection']), sync), service)
  if (!inspected) return []
  const answer = service.ask({ about: 'destination', at: inspected })
  if (!answer) return []
  if (!answer.ok) return [{ unasked: inspected, why: answer.words }]
  return [
    ...modeProblems(sync, inspected, answer.value),
    ...settingProblems(sync, inspected, answer.value),
    ...historyProblems(sync, inspected, answer.value)
  ]
}

/** A bulk sync that exists has what its destination requires, and keeps what the files do not state. */
function settingProblems(
  { address, wanted = {}, live }: PlannedResource,
  inspected: Inspected,
  { configuration }: BulkDestination
): Mistake[] {
  if (live) return []
  const stated = valueAt(wanted.destination, ['configuration'])
  const lacking = lackingSettings(describedSettings(configuration), isObject(stated) ? stated : {})
  if (lacking.length === 0) return []
  const names = lacking.map(({ path }) => path.join('.'))
  const notes = lacking.flatMap(({ path, title }) => (title === '' ? [] : `${path.join('.')}: ${title}`))
  return [
    {
      path: isObject(stated) ? ['destination', 'configuration'] : ['destination'],
      code: 'P431',
      message: `${address} lacks ${quotedNames(names)}, which ${inspected.address} requires`,
      label: names.length === 1 ? 'this setting is missing here' : 'these settings are missing here',
      notes,
      help: names.map((name) => `say it: \`${name}: …\` in \`configuration\` of \`destination\``)
    }
  ]
}

function modeProblems(sync: PlannedResource, inspected: Inspected, { modes }: BulkDestination): Finding[] {
  const name = textOf(sync.wanted?.mode)
  const all = (modes ?? []).map(({ id }) => id)
  if (name === '') return []
  if (all.length === 0)
    return [{ unasked: inspected, why: 'the service names no modes for bulk syncs to it' }]
  if (all.some((one) => isWord(one, name))) return []
  return [
    {
      path: ['mode'],
      code: 'P425',
      message: `${sync.address} has the mode \`${name}\`, which ${inspected.address} does not support`,
      label: 'the destination cannot be written like this',
      help: [`it supports ${quotedNames(all)}`]
    }
  ]
}

/**
 * A service that knows histories says of each destination whether it keeps them. For a bulk sync that exists
 * its own answers tell that.
 */
function historyProblems(
  { address, wanted, live }: PlannedResource,
  inspected: Inspected,
  { supports_history_mode: keepsThem }: BulkDestination
): Mistake[] {
  const { schemas } = wanted ?? {}
  const isOlder = keepsThem === undefined && live === undefined
  if ((!denies(keepsThem) && !isOlder) || !Array.isArray(schemas)) return []
  const cause = isOlder ? 'this service does not know' : `${inspected.address} does not support`
  return schemas.flatMap((schema, index): Mistake[] =>
    isObject(schema) && schema.history_enabled === true
      ? [
          {
            path: ['schemas', index, 'history_enabled'],
            code: 'P425',
            message: `${address} keeps a history, which ${cause}`,
            label: isOlder ? 'only newer services know this' : 'the destination keeps no histories',
            ...(isOlder && {
              notes: [`it does not say whether ${inspected.address} keeps histories, as newer ones do`],
              help: ['leave it out until the service is newer: it would drop this in silence']
            })
          }
        ]
      : []
  )
}
