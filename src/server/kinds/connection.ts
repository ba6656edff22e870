import type { JsonObject } from '../../wire/common.ts'
import type { Connection, ConnectionReply, ConnectionRequest } from '../../wire/connection.ts'
import type { ConnectionType } from '../../wire/connection-types.ts'
import { data, type RouteResult } from '../answer.ts'
import {
  actorOf,
  flag,
  found,
  isNewest,
  organizationOf,
  param,
  referred,
  type Call,
  type Route
} from '../call.ts'
import { createdBy } from '../records.ts'
import { forbidden, invalid, notFound, Refusal } from '../refusal.ts'
import type { StoredConnection } from '../stored.ts'
import {
  alsoMissing,
  currentAuthorization,
  identityOf,
  issued,
  needsPerson,
  openAuthorization
} from './connection-authorization.ts'
import { darkLogo } from './connection-type.ts'
import { connectionType, masked, merged, missing } from './connection-configuration.ts'
import { returnAddress } from './return-address.ts'
import { deleteWithDependents, mustBeUnused } from './connection-dependents.ts'
import { bookkeeping, lazily, mustFit } from './request-shape.ts'

/**
 * PUT and PATCH are one update under the two names that it has in the versions. `test` is open: it keeps
 * nothing, and looks at a stored connection only for a key of its organization.
 */
export const connectionRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/connections', access: 'organization', answer: list },
  { method: 'POST', path: '/api/connections', access: 'organization', answer: create },
  { method: 'POST', path: '/api/connections/test', access: 'open', answer: test },
  { method: 'GET', path: '/api/connections/:id', access: 'organization', answer: get },
  { method: 'PUT', path: '/api/connections/:id', access: 'organization', answer: update },
  { method: 'PATCH', path: '/api/connections/:id', access: 'organization', answer: update },
  { method: 'DELETE', path: '/api/connections/:id', access: 'organization', answer: remove }
]

const text = { type: 'string' }
const requestShape = lazily<ConnectionRequest>(() => ({
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1 },
    type: text,
    configuration: { type: ['object', 'null'] },
    organization_id: { type: ['string', 'null'] },
    policies: { type: ['array', 'null'], items: text },
    validate: { type: ['boolean', 'null'] },
    reconnect: { type: ['boolean', 'null'] },
    healthcheck_interval: { type: ['string', 'null'] },
    redirect_url: { type: ['string', 'null'] }
  },
  answered: [
    ...bookkeeping,
    'status',
    'status_error',
    'saved',
    'parent_connection_id',
    'rate_limit',
    'auth_url',
    'auth_code'
  ]
}))

/** Types of members are checked by the handler, with messages of its own. */
const testShape = lazily(() => ({
  type: 'object',
  properties: { type: {}, configuration: {}, connection_id: {}, name: {} }
}))

/** Returns a connection as `GET` answers it. */
export function shownConnection(call: Call, connection: StoredConnection): Connection {
  const { created_at, created_by, updated_at, updated_by } = connection
  return { ...common(call, connection), ...rateLimit(call), created_at, created_by, updated_at, updated_by }
}

/** The rate limit of the system: this server calls no system, so there is none. */
function rateLimit(call: Call): Pick<Connection, 'rate_limit'> {
  const free = { currently_limited: false, limited_since: null, expires_at: null }
  return isNewest(call) ? { rate_limit: free } : {}
}

function common(call: Call, connection: StoredConnection): Connection {
  const { id, organization_id, name, type, status, status_error, policies } = connection
  const { parent_connection_id } = connection
  return {
    id,
    organization_id,
    name,
    type: {
      id: type,
      name: connectionType(type)?.name ?? type,
      logo_url: `https://connect-assets.polytomic.com/logos/${type}.svg`,
      ...(isNewest(call) ? { logo_dark_url: darkLogo(type) } : {})
    },
    configuration: masked(type, connection.configuration),
    status,
    ...(status_error === undefined ? {} : { status_error }),
    saved: status !== 'new',
    policies,
    ...(parent_connection_id === undefined ? {} : { parent_connection_id })
  }
}

/**
 * Returns a connection as POST and PUT answer it: without bookkeeping, with the address for an
 * authorization.
 */
function replied(call: Call, connection: StoredConnection, authUrl: string | undefined): ConnectionReply {
  const { healthcheck_interval } = connection
  const code = connection.configuration['connect_mode'] === 'code'
  return {
    ...common(call, connection),
    ...(healthcheck_interval === undefined ? {} : { healthcheck_interval }),
    ...(authUrl === undefined ? {} : { auth_url: authUrl }),
    ...(authUrl === undefined || !code ? {} : { auth_code: authUrl.slice(-8).toUpperCase() })
  }
}

function list(call: Call): RouteResult {
  return data(
    call.context.records
      .list('connection', organizationOf(call), call.stale)
      .map((connection) => shownConnection(call, connection))
  )
}

function get(call: Call): RouteResult {
  return data(shownConnection(call, found(call, 'connection', param(call, 'id'))))
}

function readRequest(call: Call, self?: StoredConnection): ConnectionRequest {
  const request = mustFit(requestShape(), call.body, 422)
  const organization = organizationOf(call)
  const stated = request.organization_id ?? ''
  if (stated !== '' && stated !== organization)
    throw forbidden(`this key does not act in organization ${stated}`)
  const twin = call.context.records
    .named('connection', organization, request.name)
    .find(({ id }) => id !== self?.id)
  if (twin !== undefined) throw invalid('name', `is taken by the connection ${twin.id}`)
  for (const [index, policy] of (request.policies ?? []).entries()) {
    if (referred(call, 'policy', policy) === undefined)
      throw invalid(`policies[${index}]`, `is not a policy: ${policy}`)
  }
  const interval = request.healthcheck_interval ?? ''
  if (interval !== '' && !/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(interval)) {
    throw invalid('healthcheck_interval', 'must be a duration such as 3h30m')
  }
  return request
}

function redirectOf(request: ConnectionRequest): string | undefined {
  const address = request.redirect_url ?? ''
  return address === '' ? undefined : returnAddress(address)
}

/** Throws 422 for a required field that is missing, where no person completes the connection. */
function mustBeComplete(typeId: string, type: ConnectionType, configuration: JsonObject): void {
  const [first] = [...missing(type, configuration), ...alsoMissing(typeId, configuration)]
  if (first !== undefined) throw invalid(`configuration.${first}`, 'is required')
}

function create(call: Call): RouteResult {
  return data(createConnection(call))
}

function update(call: Call): RouteResult {
  return data(updateConnection(call))
}

/** Creates the connection in the body. Throws a refusal that names what is wrong. */
export function createConnection(call: Call): ConnectionReply {
  const { context } = call
  const request = readRequest(call)
  const typeId = request.type ?? ''
  if (typeId === '') throw invalid('type', 'is required')
  const type = connectionType(typeId)
  if (type === undefined) throw invalid('type', `is not a connection type: ${typeId}`)
  const configuration = merged(typeId, type, request.configuration ?? {})
  const byPerson = needsPerson(typeId, type, configuration)
  if (!byPerson) mustBeComplete(typeId, type, configuration)
  const redirect = redirectOf(request)
  const connection: StoredConnection = {
    id: context.randomUUID(),
    organization_id: organizationOf(call),
    name: request.name,
    type: typeId,
    configuration: {
      ...configuration,
      ...issued(typeId, type, context),
      ...(byPerson ? {} : identityOf(type))
    },
    status: byPerson ? 'new' : 'healthy',
    policies: request.policies ?? [],
    ...(request.healthcheck_interval ? { healthcheck_interval: request.healthcheck_interval } : {}),
    ...(redirect === undefined ? {} : { redirect_url: redirect }),
    ...createdBy(context.now(), actorOf(call))
  }
  context.records.put('connection', connection)
  const authUrl = byPerson ? openAuthorization(context, connection, call.publicUrl) : undefined
  return replied(call, connection, authUrl)
}

/** Throws 403 for a connection that another organization shares: it is edited there. */
export function mustBeAtHome({ name, parent_connection_id }: StoredConnection): void {
  if (parent_connection_id === undefined) return
  throw forbidden(`the connection "${name}" is shared by another organization, and is edited there`)
}

/** Replaces the connection of the path by the body. Throws a refusal that names what is wrong. */
export function updateConnection(call: Call): ConnectionReply {
  const { context } = call
  const stored = found(call, 'connection', param(call, 'id'))
  mustBeAtHome(stored)
  const request = readRequest(call, stored)
  const typeId = stored.type
  if (request.type !== undefined && request.type !== '' && request.type !== typeId) {
    throw invalid('type', `cannot change: the connection is of type ${typeId}`)
  }
  const type = connectionType(typeId) ?? { name: typeId, fields: {} }
  const configuration = merged(typeId, type, request.configuration ?? {}, stored.configuration)
  const byPerson = needsPerson(typeId, type, configuration)
  if (!byPerson) mustBeComplete(typeId, type, configuration)
  const wasUsable = stored.status === 'healthy'
  const connection: StoredConnection = {
    ...stored,
    name: request.name,
    configuration: { ...configuration, ...(byPerson || wasUsable ? {} : identityOf(type)) },
    status: byPerson && !wasUsable ? stored.status : 'healthy',
    policies: request.policies ?? stored.policies,
    ...(request.healthcheck_interval ? { healthcheck_interval: request.healthcheck_interval } : {}),
    updated_at: context.now().toISOString(),
    updated_by: actorOf(call)
  }
  if (connection.status === 'healthy') delete connection.status_error
  context.records.put('connection', connection)
  if (request.reconnect === true && byPerson) {
    return replied(call, connection, openAuthorization(context, connection, call.publicUrl))
  }
  const waits = connection.status !== 'healthy'
  const authUrl = waits ? currentAuthorization(context, connection, call.publicUrl) : undefined
  return replied(call, connection, authUrl)
}

function remove(call: Call): RouteResult {
  const connection = found(call, 'connection', param(call, 'id'))
  if (!flag(call, 'force')) mustBeUnused(call.context, connection)
  deleteWithDependents(call.context, connection)
  return {}
}

/** Turns refusals of a tested configuration into 400. */
function tried(work: () => JsonObject): JsonObject {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { key, message, metadata } = error
    throw new Refusal(400, key, message, metadata === undefined ? {} : { metadata })
  }
}

/** Checks a configuration without storing it. No system is contacted, so one that fits is accepted. */
function test(call: Call): RouteResult {
  mustFit(testShape(), call.body, 400)
  const typeId = typeof call.body['type'] === 'string' ? call.body['type'] : ''
  const type = connectionType(typeId)
  if (type === undefined) throw notFound('connection type', typeId)
  const sent = call.body['configuration']
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    throw invalid('configuration', 'must be object', 400)
  }
  const from = call.body['connection_id']
  const mayLook = typeof from === 'string' && call.caller.organizationId !== undefined
  const stored = mayLook ? referred(call, 'connection', from) : undefined
  if (typeof from === 'string' && stored === undefined) throw notFound('connection', from)
  const configuration = tried(() =>
    merged(typeId, type, { ...stored?.configuration, ...sent }, stored?.configuration)
  )
  const [first] = needsPerson(typeId, type, configuration) ? [] : missing(type, configuration)
  if (first !== undefined) throw invalid(`configuration.${first}`, 'is required', 400)
  return {}
}
