import type { SharedConnectionRequest } from '../../wire/connection.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, found, param, type Call, type Route } from '../call.ts'
import { createdBy } from '../records.ts'
import { forbidden, invalid, notFound } from '../refusal.ts'
import type { StoredConnection } from '../stored.ts'
import { shownConnection } from './connection.ts'
import { lazily, mustFit } from './request-shape.ts'

const named = '/api/organizations/:organization/connections/:id/shared'

/** Routes for sharing a connection of the owner organization, as they were until 2024-02-08, and since. */
export const sharingRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/connections/:id/shared',
    access: 'organization',
    answer: (call) => children(call, found(call, 'connection', param(call, 'id')))
  },
  { method: 'GET', path: named, access: 'partner', answer: (call) => children(call, parentOf(call)) },
  { method: 'POST', path: named, access: 'partner', answer: (call) => share(call, parentOf(call)) },
  {
    method: 'POST',
    path: '/api/connections/:id/share',
    access: 'partner',
    answer: (call) => share(call, anywhere(call))
  }
]

const requestShape = lazily<SharedConnectionRequest>(() => ({
  type: 'object',
  required: ['child_organization_id'],
  properties: {
    child_organization_id: { type: 'string', minLength: 1 },
    organization_id: { type: ['string', 'null'] },
    name: { type: ['string', 'null'] }
  }
}))

function children(call: Call, parent: StoredConnection): RouteResult {
  return data(call.context.records.lentBy(parent.id).map((child) => shownConnection(call, child)))
}

function anywhere(call: Call): StoredConnection {
  const id = param(call, 'id')
  const connection = call.context.records.get('connection', id)
  const own = call.caller.organizationId
  if (connection === undefined || (own !== undefined && connection.organization_id !== own)) {
    throw notFound('connection', id)
  }
  return connection
}

/** Returns the connection of the address; throws 404 where its organization is another. */
function parentOf(call: Call): StoredConnection {
  const id = param(call, 'id')
  const connection = call.context.records.get('connection', id)
  if (connection === undefined || connection.organization_id !== param(call, 'organization')) {
    throw notFound('connection', id)
  }
  return connection
}

function share(call: Call, parent: StoredConnection): RouteResult {
  const { directory, records, now, randomUUID } = call.context
  // Clients up to 2024-02-08 call it `organization_id`.
  const { organization_id } = call.body
  const older = typeof organization_id === 'string' ? { child_organization_id: organization_id } : {}
  const body = { ...older, ...call.body }
  const request = mustFit(requestShape(), body, 422)
  if (
    parent.parent_connection_id !== undefined ||
    directory.organizations()[0]?.id !== parent.organization_id
  ) {
    throw forbidden(`only connections of the owner organization are shared; "${parent.name}" is none`)
  }
  const child = directory.organization(request.child_organization_id)
  if (child === undefined) throw notFound('organization', request.child_organization_id)
  if (child.id === parent.organization_id) {
    throw forbidden(`the connection "${parent.name}" is in this organization already`)
  }
  const name = request.name ? request.name : parent.name
  const [twin] = records.named('connection', child.id, name)
  if (twin !== undefined) throw invalid('name', `is taken by the connection ${twin.id}`)
  const connection: StoredConnection = {
    id: randomUUID(),
    organization_id: child.id,
    name,
    type: parent.type,
    configuration: {},
    status: parent.status,
    policies: [],
    parent_connection_id: parent.id,
    ...createdBy(now(), actorOf(call))
  }
  records.put('connection', connection)
  return data({ id: connection.id })
}
