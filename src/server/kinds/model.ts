import type { Model, ModelField, ModelRequest } from '../../wire/model.ts'
import { data, type RouteResult } from '../answer.ts'
import {
  actorOf,
  flag,
  found,
  listed,
  listedFrom,
  organizationOf,
  param,
  referred,
  type Call,
  type Route
} from '../call.ts'
import { mustBeAuthorized } from '../enumeration/authorized.ts'
import { sourceFields } from '../enumeration/source-fields.ts'
import { paged, pagination } from '../paging.ts'
import { createdBy } from '../records.ts'
import { forbidden, invalid, Refusal } from '../refusal.ts'
import type { StoredConnection, StoredModel } from '../stored.ts'
import { keepJob } from './job.ts'
import { chosenFields, mustKnow } from './model-fields.ts'
import { bookkeeping, lazily, mustFit } from './request-shape.ts'

/**
 * The preview is not below `/api/models`, as in the API: it stores no model, only a job with its result.
 */
export const modelRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/models', access: 'organization', answer: list },
  { method: 'POST', path: '/api/models', access: 'organization', answer: create },
  { method: 'POST', path: '/api/model-preview', access: 'organization', answer: preview },
  { method: 'GET', path: '/api/models/:id', access: 'organization', answer: get },
  { method: 'PUT', path: '/api/models/:id', access: 'organization', answer: update },
  { method: 'PATCH', path: '/api/models/:id', access: 'organization', answer: update },
  { method: 'DELETE', path: '/api/models/:id', access: 'organization', answer: remove },
  { method: 'GET', path: '/api/models/:id/sample', access: 'organization', answer: sample }
]

const texts = { type: ['array', 'null'], items: { type: 'string' } }
const requestShape = lazily<ModelRequest>(() => ({
  type: 'object',
  required: ['name', 'connection_id'],
  properties: {
    name: { type: 'string', minLength: 1 },
    connection_id: { type: 'string', minLength: 1 },
    configuration: { type: ['object', 'null'] },
    identifier: { type: ['string', 'null'] },
    fields: texts,
    tracking_columns: texts,
    labels: texts,
    policies: texts,
    organization_id: { type: ['string', 'null'] },
    refresh: { type: ['boolean', 'null'] },
    additional_fields: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        required: ['name', 'label', 'type'],
        properties: {
          name: { type: 'string', minLength: 1 },
          label: { type: 'string' },
          type: { type: 'string' },
          example: {}
        }
      }
    },
    relations: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        required: ['from', 'to'],
        properties: {
          from: { type: 'string' },
          to: {
            type: 'object',
            required: ['model_id', 'field'],
            properties: { model_id: { type: 'string' }, field: { type: 'string' } }
          }
        }
      }
    },
    enricher: {
      type: ['object', 'null'],
      required: ['connection_id'],
      properties: {
        connection_id: { type: 'string', minLength: 1 },
        enricher_id: { type: ['string', 'null'] },
        configuration: { type: ['object', 'null'] },
        mappings: { type: ['object', 'null'] },
        // Clients send fields back as they were answered.
        fields: { type: ['array', 'null'] }
      }
    }
  },
  answered: [...bookkeeping, 'type', 'version']
}))

/** The keys that the oldest version answers with; its fields have less to say, too. */
function shown(call: Call, stored: StoredModel): Model {
  const {
    fields_known: _known,
    created_at,
    created_by,
    updated_at,
    updated_by,
    enricher,
    ...model
  } = stored
  if (call.version !== '2023-04-25') {
    const more = { created_at, created_by, updated_at, updated_by }
    return { ...model, ...(enricher === undefined ? {} : { enricher }), ...more }
  }
  const fields = model.fields.map((field): ModelField => {
    const { id: _id, created_at: _at, created_by: _by, updated_at: _changed, ...rest } = field
    return rest
  })
  return { ...model, fields }
}

function list(call: Call): RouteResult {
  if (call.version !== '2025-09-18') return data(listed(call, 'model').map((model) => shown(call, model)))
  const page = paged(listedFrom(call, 'model'), call.query)
  return data(
    page.items.map((model) => shown(call, model)),
    pagination(page)
  )
}

function get(call: Call): RouteResult {
  return data(shown(call, found(call, 'model', param(call, 'id'))))
}

function readRequest(call: Call): { request: ModelRequest; connection: StoredConnection } {
  const request = mustFit(requestShape(), call.body, 400)
  const stated = request.organization_id ?? ''
  if (stated !== '' && stated !== organizationOf(call)) {
    throw forbidden(`this key does not act in organization ${stated}`)
  }
  const connection = referred(call, 'connection', request.connection_id)
  if (connection === undefined) {
    throw invalid('connection_id', `names no connection: ${request.connection_id}`, 400)
  }
  if (call.context.catalogue.of(connection).source === false) {
    throw invalid(
      'connection_id',
      `names a connection of type ${connection.type}, which cannot be a source`,
      400
    )
  }
  mustBeAuthorized(connection)
  return { request, connection }
}

/** Throws for a taken name: two models may share one only if their connections have different types. */
function mustHaveOwnName(call: Call, name: string, type: string, self?: string): void {
  const twin = call.context.records
    .named('model', organizationOf(call), name)
    .find((model) => model.id !== self && model.type === type)
  if (twin !== undefined) throw invalid('name', `is taken by the ${type} model ${twin.id}`, 400)
}

type Meaning = Omit<
  StoredModel,
  'created_at' | 'created_by' | 'updated_at' | 'updated_by' | 'id' | 'version'
>

/** Returns the model that a request describes. Members that it leaves out are cleared. */
function understood(call: Call, id: string, self?: string): Meaning {
  const { request, connection } = readRequest(call)
  mustHaveOwnName(call, request.name, connection.type, self)
  const configuration = request.configuration ?? {}
  if (request.refresh === true) call.context.catalogue.refresh(connection)
  const source = sourceFields(connection, configuration, call.context.catalogue)
  const { fields, known } = chosenFields(request, source, {
    id,
    at: call.context.now().toISOString(),
    by: actorOf(call)
  })
  const identifier = request.identifier ?? ''
  if (identifier !== '') mustKnow(fields, known, identifier, 'identifier')
  for (const [index, column] of (request.tracking_columns ?? []).entries()) {
    mustKnow(fields, known && source !== undefined, column, `tracking_columns[${index}]`, source?.fields)
  }
  for (const [index, policy] of (request.policies ?? []).entries()) {
    if (referred(call, 'policy', policy) === undefined) {
      throw invalid(`policies[${index}]`, `is not a policy: ${policy}`, 400)
    }
  }
  checkRelations(call, request, fields, known, id)
  const { enricher } = request
  const enriches = enricher?.connection_id
  if (enriches !== undefined && referred(call, 'connection', enriches) === undefined) {
    throw invalid('enricher.connection_id', `names no connection: ${enriches}`, 400)
  }
  return {
    organization_id: organizationOf(call),
    name: request.name,
    type: connection.type,
    connection_id: connection.id,
    configuration,
    identifier,
    fields,
    fields_known: known,
    relations: request.relations ?? [],
    tracking_columns: request.tracking_columns ?? [],
    labels: (request.labels ?? []).map((label) => ({ id: label })),
    policies: request.policies ?? [],
    ...(enricher === undefined || enricher === null
      ? {}
      : { enricher: { ...enricher, enricher_id: enricher.enricher_id ?? call.context.randomUUID() } })
  }
}

function checkRelations(
  call: Call,
  request: ModelRequest,
  fields: ModelField[],
  known: boolean,
  self: string
): void {
  for (const [index, { from, to }] of (request.relations ?? []).entries()) {
    mustKnow(fields, known, from, `relations[${index}].from`)
    if (to.model_id === self) continue
    const other = referred(call, 'model', to.model_id)
    if (other === undefined)
      throw invalid(`relations[${index}].to.model_id`, `names no model: ${to.model_id}`, 400)
    mustKnow(other.fields, other.fields_known, to.field, `relations[${index}].to.field`)
  }
}

function create(call: Call): RouteResult {
  const id = call.context.randomUUID()
  const model: StoredModel = {
    id,
    version: 1,
    ...understood(call, id),
    ...createdBy(call.context.now(), actorOf(call))
  }
  call.context.records.put('model', model)
  return later(call, 'createmodel', model)
}

function update(call: Call): RouteResult {
  const stored = found(call, 'model', param(call, 'id'))
  const model: StoredModel = {
    id: stored.id,
    version: stored.version + 1,
    ...understood(call, stored.id, stored.id),
    created_at: stored.created_at,
    created_by: stored.created_by,
    updated_at: call.context.now().toISOString(),
    updated_by: actorOf(call)
  }
  call.context.records.put('model', model)
  return later(call, 'updatemodel', model)
}

/** Answers the model; with `?async=true` a job, which is done already. */
function later(call: Call, type: 'createmodel' | 'updatemodel', model: StoredModel): RouteResult {
  const answer = shown(call, model)
  return flag(call, 'async') ? { body: { job: keepJob(call, type, answer) } } : data(answer)
}

/** Deletes a model. Its syncs stay, and are broken, as in the service. */
function remove(call: Call): RouteResult {
  call.context.records.remove('model', found(call, 'model', param(call, 'id')).id)
  return {}
}

function preview(call: Call): RouteResult {
  const id = call.context.randomUUID()
  const named = { name: `preview ${id}`, ...call.body }
  const meaning = understood({ ...call, body: named }, id)
  const model: StoredModel = { id, version: 0, ...meaning, ...createdBy(call.context.now(), actorOf(call)) }
  return { body: { job: keepJob(call, 'previewmodel', shown(call, model)) } }
}

function sample(call: Call): RouteResult {
  found(call, 'model', param(call, 'id'))
  throw new Refusal(400, 'no_runner', 'this server reads no records yet, so it has none to show')
}
