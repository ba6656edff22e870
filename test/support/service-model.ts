import { connectionTypes } from '../../src/kinds/connection-types.ts'
import type { FromWire, Kind, ToWire, ToYaml } from '../../src/kinds/kind.ts'
import {
  isObject,
  isSecret,
  type Json,
  type JsonObject,
  type Reference,
  textOf
} from '../../src/state/value.ts'
import type { ApiVersion } from '../../src/wire/common.ts'
import type { ConnectionField } from '../../src/wire/connection-types.ts'
import { bulkSync } from './bulk-model.ts'
import {
  bookkeeping,
  idFor,
  inOrder,
  isNothing,
  listOf,
  nobody,
  objects,
  present,
  unset
} from './service-behaviour.ts'
import type { Echo, ServiceBehaviour } from './service-behaviour.ts'
export type { ServiceBehaviour } from './service-behaviour.ts'
import { errorHandling, syncErrorHandling } from './error-handling-model.ts'
import { answersBoth, identitiesIn, inBothShapes, inOlderMembers } from './newest-sync.ts'
import { smallEchoes } from './small-models.ts'

const mask = '********'

/** Lists that are cleared are not filled again: nothing tells whether the service would. */
const isFilled = (field: ConnectionField) =>
  field.default !== undefined && !field.secret && field.type !== 'array'

/** Names and ids of a world in which everything that is named exists. */
export class Names {
  readonly #names = new Map<string, string>()

  readonly idOf = (reference: Reference): string => {
    if (reference.id !== undefined) return reference.id
    const id = idFor(reference.$ref, reference.name ?? '')
    this.#names.set(id, reference.name ?? '')
    return id
  }

  toWire(version: ApiVersion, creating: boolean): ToWire {
    return { version, creating, id: this.idOf }
  }

  readonly toYaml: ToYaml = { nameOf: ({ name, id }) => name ?? id ?? '' }

  fromWire(version: ApiVersion, models: readonly JsonObject[] = []): FromWire {
    return {
      version,
      reference: (kind, id) => ({
        $ref: kind,
        id,
        ...(this.#names.has(id) && { name: this.#names.get(id)! })
      }),
      wire: (kind) => (kind === 'model' ? models : [])
    }
  }
}

/** A body as it goes over the wire: secrets are texts there. */
export function opened(value: Json): Json {
  if (isSecret(value)) return value.as === 'integer' ? 4711 : `opened ${value.$secret}`
  if (Array.isArray(value)) return value.map(opened)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, opened(inner)]))
}

const connection: Echo = (body, behaviour, before) => {
  const type = isObject(before?.['type']) ? textOf(before['type']['id']) : textOf(body['type'])
  const fields = connectionTypes[type]?.fields ?? {}
  const sent = isObject(body['configuration']) ? body['configuration'] : {}
  const configuration: JsonObject = {}
  for (const [name, field] of Object.entries(fields)) {
    const owned = field.readOnly === true || (field.hidden === true && field.api !== true)
    if (owned && behaviour.unset === 'filled')
      configuration[name] = field.secret ? '******' : 'of the service'
    else if (behaviour.unset === 'filled' && isFilled(field)) configuration[name] = field.default!
    else if (behaviour.unset === 'null') configuration[name] = null
  }
  for (const [name, value] of Object.entries(sent)) {
    if (fields[name]?.readOnly === true || value === null) continue
    configuration[name] = fields[name]?.secret === true ? mask : nested(value, behaviour)
  }
  return present({
    ...bookkeeping('connection', body),
    type: { id: type, name: type, logo_url: 'x' },
    configuration,
    policies: body['policies'] ?? unset(behaviour, []),
    proxy: proxy(body, before),
    status: 'healthy',
    saved: true,
    api_calls_last_24_hours: 3
  })
}

/** What the service keeps beside a connection: it is asked for where it was stated. */
function proxy({ proxy: enabled }: JsonObject, before: JsonObject | undefined): Json | undefined {
  if (typeof enabled !== 'boolean') return before?.['proxy']
  return [{ connectionId: nobody, backendType: 'hubspot', enabled, supported: true }]
}

function nested(value: Json, behaviour: ServiceBehaviour): Json {
  if (Array.isArray(value))
    return inOrder(
      value.map((inner) => nested(inner, behaviour)),
      behaviour
    )
  if (!isObject(value)) return behaviour.masksNested && textOf(value).startsWith('opened ') ? mask : value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, nested(inner, behaviour)]))
}

/** The fields of every source. */
const sourceFields = ['email', 'a', 'b', 'id']
const metadata = { label: 'x', type: 'string', remote_type: 'text', example: 5, unique: false }

const model: Echo = (body, behaviour, before) => {
  const chosen = listOf(body['fields']).map(String)
  const plain = (chosen.length > 0 ? chosen : sourceFields).map((name) => ({
    ...metadata,
    id: idFor('field', name),
    name,
    user_added: false
  }))
  const added = objects(body['additional_fields']).map((field) => ({
    ...metadata,
    ...field,
    user_added: true
  }))
  const extra: JsonObject = behaviour.unset === 'filled' ? { added_by_service: false, other: '' } : {}
  const tracked = listOf(body['tracking_columns'])
  const answer: Record<string, Json | undefined> = {
    ...bookkeeping('model', body),
    type: 'postgresql',
    version: 2,
    connection_id: body['connection_id'],
    configuration: {
      ...extra,
      ...(body['configuration'] as JsonObject),
      ...(tracked.length > 0 && { tracking_columns: tracked })
    },
    identifier: body['identifier'] ?? unset(behaviour, ''),
    fields: inOrder([...plain, ...added], behaviour),
    relations: isNothing(body['relations'])
      ? unset(behaviour, [])
      : inOrder(listOf(body['relations']), behaviour),
    tracking_columns: tracked.length === 0 ? unset(behaviour, []) : inOrder(tracked, behaviour),
    labels: listOf(body['labels']).map((id) => ({ id, name: 'a label' })),
    policies: body['policies'] ?? unset(behaviour, []),
    enricher: isObject(body['enricher']) ? enricher(body['enricher'], before) : undefined
  }
  if (behaviour.version === '2023-04-25') delete answer['enricher']
  return present(answer)
}

function enricher(sent: JsonObject, before: JsonObject | undefined): Json {
  const there = isObject(before?.['enricher']) ? before['enricher']['enricher_id'] : undefined
  const fields = objects(sent['fields'])
  return {
    ...sent,
    configuration: { of_service: '', ...(sent['configuration'] as JsonObject) },
    fields: (fields.length > 0 ? fields : [{ name: 'company' }]).map((field) => ({
      ...metadata,
      ...field
    })),
    enricher_id: sent['enricher_id'] ?? there ?? idFor('enricher', 'new')
  }
}

const sync: Echo = (sent, behaviour, before) => {
  const answer = olderSync(inOlderMembers(sent), behaviour, before, identitiesIn(sent))
  return answersBoth(sent, behaviour) ? inBothShapes(answer, sent, behaviour) : answer
}

function olderSync(
  body: JsonObject,
  behaviour: ServiceBehaviour,
  before: JsonObject | undefined,
  identities: JsonObject[]
): JsonObject {
  const [identity] = identities
  const filled = (value: Json) => unset(behaviour, value)
  const isRepeated = (field: JsonObject) =>
    identities.some(
      (one) =>
        field['target'] === one['target'] &&
        JSON.stringify(field['source']) === JSON.stringify(one['source'])
    )
  const fields = objects(body['fields'])
    .filter((field) => !isRepeated(field))
    .map((field) =>
      present({
        new: filled(false),
        override_value: filled(''),
        sync_mode: filled('updateOrCreate'),
        ...field
      })
    )
  const fixed = objects(body['override_fields']).map((field) =>
    present({
      ...field,
      source: behaviour.unset === 'absent' ? undefined : { model_id: nobody, field: '' }
    })
  )
  const answer: Record<string, Json | undefined> = {
    ...bookkeeping('sync', body),
    mode: body['mode'],
    active: body['active'] ?? false,
    model_ids: [],
    identity: identity
      ? { ...present({ new_field: filled(false) }), ...identity, remote_field_type_id: 'string' }
      : filled(null),
    fields: inOrder([...fields, ...fixed], behaviour),
    override_fields: filled([]),
    filters: inOrder(
      objects(body['filters']).map((filter, index) =>
        condition(filter, behaviour, String.fromCodePoint(65 + index))
      ),
      behaviour
    ),
    filter_logic: body['filter_logic'] ?? filled(''),
    overrides: inOrder(
      objects(body['overrides']).map((override) =>
        condition({ ...override, field_type: 'Model' }, behaviour)
      ),
      behaviour
    ),
    policies: body['policies'] ?? filled([]),
    schedule: schedule(body['schedule'] as JsonObject, behaviour),
    sync_all_records: body['sync_all_records'] ?? filled(false),
    only_enrich_updates: body['only_enrich_updates'] ?? filled(false),
    skip_initial_backfill: body['skip_initial_backfill'] ?? filled(false),
    target: target(body['target'] as JsonObject, behaviour, before),
    error_handling: errorHandling(body, before, syncErrorHandling)
  }
  if (behaviour.version === '2023-04-25')
    for (const key of ['model_ids', 'only_enrich_updates', 'skip_initial_backfill']) delete answer[key]
  return present(answer)
}

/** Of a model's field, the oldest version answers only the id; the others answer both. Labels are letters in the order of sending. */
function condition(sent: JsonObject, behaviour: ServiceBehaviour, label?: string): JsonObject {
  const isTarget = textOf(sent['field_type']).toLowerCase() === 'target'
  const named = isObject(sent['field']) ? idFor('field', textOf(sent['field']['field'])) : sent['field_id']
  const isOld = behaviour.version === '2023-04-25'
  return present({
    ...sent,
    field: isTarget || isOld ? undefined : sent['field'],
    field_id: isTarget ? sent['field_id'] : isOld ? sent['field_id'] : named,
    field_type: label === undefined ? undefined : isTarget ? 'Target' : 'Model',
    value: sent['value'] ?? unset(behaviour, null),
    label
  })
}

function schedule(sent: JsonObject, behaviour: ServiceBehaviour): Json {
  const parts = ['minute', 'hour', 'day_of_week', 'day_of_month', 'month', 'connection_id', 'job_id']
  const empty = present(Object.fromEntries(parts.map((part) => [part, unset(behaviour, '')])))
  const after = isObject(sent['run_after'])
    ? { sync_ids: null, bulk_sync_ids: null, ...sent['run_after'] }
    : unset(behaviour, { sync_ids: [], bulk_sync_ids: [] })
  const success = behaviour.version === '2023-04-25' ? undefined : unset(behaviour, false)
  return present({ run_after_success_only: success, ...empty, ...sent, run_after: after })
}

function target(sent: JsonObject, behaviour: ServiceBehaviour, before: JsonObject | undefined): Json {
  const { create, new_name: newName, ...rest } = sent
  const there = isObject(before?.['target']) ? before['target']['object'] : undefined
  const made = isObject(create) ? textOf(create['name']) : isNothing(newName) ? undefined : textOf(newName)
  return present({
    configuration: unset(behaviour, {}),
    filter_logic: unset(behaviour, ''),
    ...rest,
    ...(behaviour.unset === 'filled' && {
      configuration: { preserve: false, ...(rest['configuration'] as JsonObject) }
    }),
    object: made ?? rest['object'] ?? there,
    search_values: { table: 'x' }
  })
}

/** What the endpoints of those kinds answer to a body that do more than to keep it. */
const special: Readonly<Record<string, Echo>> = {
  connection,
  model,
  sync,
  ...smallEchoes,
  bulk_sync: bulkSync
}

/**
 * What a kind's endpoints answer to a body. Of a kind that nothing more is known about: what they were
 * sent, and what cannot be sent again.
 */
export function echoOf({ name, fields }: Pick<Kind, 'name' | 'fields'>): Echo {
  const isFixed = (key: string): boolean => fields[key]?.class === 'fixed'
  return (
    special[name] ??
    ((body, behaviour, before = {}) =>
      present({
        ...Object.fromEntries(Object.entries(before).filter(([key]) => isFixed(key))),
        ...bookkeeping(name, body),
        ...kept(body, behaviour)
      }))
  )
}

function kept(body: JsonObject, behaviour: ServiceBehaviour): JsonObject {
  const inAnyOrder = Object.entries(body).map(([key, value]): [string, Json] =>
    Array.isArray(value) ? [key, inOrder(value, behaviour)] : [key, value]
  )
  return Object.fromEntries(inAnyOrder)
}

/** The models that older filters are resolved with. */
export function modelsOf(names: Names): JsonObject[] {
  return ['a', 'b', 'c'].map((name) => ({
    id: names.idOf({ $ref: 'model', name }),
    name,
    fields: sourceFields.map((field) => ({ id: idFor('field', `${name}.${field}`), name: field }))
  }))
}
