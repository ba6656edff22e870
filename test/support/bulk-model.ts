import { isObject, type Json, type JsonObject, textOf } from '../../src/state/value.ts'
import {
  bookkeeping,
  idFor,
  inOrder,
  isNothing,
  listOf,
  objects,
  present,
  unset,
  type Echo,
  type ServiceBehaviour
} from './service-behaviour.ts'
import { bulkErrorHandling, errorHandling } from './error-handling-model.ts'

/** What the service answers of a bulk sync, its schemas included: they are answers of their own. */

const sourceSchemas = ['a', 'b', 'c', 'untouched']
const sourceFields = ['a', 'b', 'c', 'email']

export const bulkSync: Echo = (body, behaviour, before) => {
  const filled = (value: Json) => unset(behaviour, value)
  const isNewest = behaviour.version === '2025-09-18'
  const sent = objects(body['schema_settings'])
  const ids = listOf(body['schemas']).map((one) => textOf(isObject(one) ? one['id']! : one))
  const there = before && body['schemas'] === undefined ? objects(before['schema_details']) : undefined
  const known = [...new Set([...sourceSchemas, ...ids])]
  // What is said of a schema, and not of all of them, is sent to its own address.
  const settingsOf = (id: Json | undefined) => sent.find((one) => one['id'] === id)
  const details =
    there?.map((one) => {
      const settings = settingsOf(one['id'])
      return settings ? detail(textOf(settings['id']), settings, behaviour) : one
    }) ?? known.map((id) => detail(id, settingsOf(id) ?? { enabled: ids.length === 0 }, behaviour))
  const answer: Record<string, Json | undefined> = {
    ...bookkeeping('bulk_sync', body),
    mode: body['mode'],
    active: body['active'] ?? false,
    source_connection_id: body['source_connection_id'],
    source_configuration: body['source_configuration'] ?? null,
    destination_connection_id: body['destination_connection_id'],
    destination_configuration: {
      ...(behaviour.unset === 'filled' && { mirror_schemas: false, advanced: { table_prefix: '' } }),
      ...(body['destination_configuration'] as JsonObject)
    },
    automatically_add_new_objects: body['automatically_add_new_objects'] ?? 'none',
    automatically_add_new_fields: body['automatically_add_new_fields'] ?? 'all',
    normalize_names: body['normalize_names'] ?? 'enabled',
    concurrency_limit: body['concurrency_limit'] ?? filled(0),
    resync_concurrency_limit: body['resync_concurrency_limit'] ?? filled(0),
    data_cutoff_timestamp: instant(body['data_cutoff_timestamp']) ?? filled(''),
    disable_record_timestamps: body['disable_record_timestamps'] ?? filled(false),
    policies: body['policies'] ?? filled([]),
    error_handling: errorHandling(body, before, bulkErrorHandling),
    schemas: inOrder(
      details.map(({ fields: _fields, filters: _filters, ...item }) => item),
      behaviour
    ),
    schema_details: inOrder(details, behaviour)
  }
  const main = body[isNewest ? 'default_schedule' : 'schedule'] as JsonObject
  answer[isNewest ? 'default_schedule' : 'schedule'] = schedule(main, 'default', behaviour)
  if (isNewest) {
    const others = objects(body['additional_schedules'])
    answer['additional_schedules'] =
      others.length === 0
        ? filled([])
        : inOrder(
            others.map((one, index) => schedule(one, String(index), behaviour)),
            behaviour
          )
  }
  return present(answer)
}

/** Another zone, the same moment. */
function instant(value: Json | undefined): Json | undefined {
  return isNothing(value) ? undefined : new Date(textOf(value)).toISOString().replace('Z', '+00:00')
}

function schedule(sent: JsonObject, name: string, behaviour: ServiceBehaviour): JsonObject {
  const parts = ['minute', 'hour', 'day_of_week', 'day_of_month', 'month', 'selective_mode', 'resync_mode']
  const empty = present(Object.fromEntries(parts.map((part) => [part, unset(behaviour, '')])))
  return {
    id: sent['id'] ?? idFor('schedule', name),
    ...empty,
    ...sent,
    updated_at: '2024-01-15T09:30:00Z'
  }
}

function detail(id: string, settings: JsonObject, behaviour: ServiceBehaviour): JsonObject {
  const isNewest = behaviour.version === '2025-09-18'
  const wanted = objects(settings['fields'])
  const all = [...new Set([...sourceFields, ...wanted.map((field) => textOf(field['id']))])]
  const fields = all.map((name): JsonObject => {
    const one = wanted.find((field) => field['id'] === name)
    return present({
      id: name,
      enabled: wanted.length === 0 || (one !== undefined && one['enabled'] !== false),
      obfuscated: one?.['obfuscate'] ?? unset(behaviour, false),
      output_name: name,
      user_output_name: one?.['user_output_name'] ?? unset(behaviour, '')
    })
  })
  const full: { [key: string]: Json | undefined; fields: JsonObject[] } = {
    id,
    enabled: settings['enabled'] !== false,
    output_name: id,
    user_output_name: settings['user_output_name'] ?? unset(behaviour, ''),
    partition_key: settings['partition_key'] ?? unset(behaviour, ''),
    tracking_field: settings['tracking_field'] ?? unset(behaviour, 'chosen'),
    data_cutoff_timestamp: instant(settings['data_cutoff_timestamp']) ?? unset(behaviour, ''),
    disable_data_cutoff: settings['disable_data_cutoff'] ?? unset(behaviour, false),
    history_enabled: isNewest ? (settings['history_enabled'] ?? false) : undefined,
    fields: inOrder(fields, behaviour),
    filters: inOrder(listOf(settings['filters']), behaviour)
  }
  if (behaviour.version !== '2023-04-25') return present(full)
  const { enabled, output_name, partition_key } = full
  return present({
    id,
    enabled,
    output_name,
    partition_key,
    fields: full.fields.map(({ id: name, enabled: on, obfuscated }) =>
      present({ id: name, enabled: on, obfuscated })
    )
  })
}
