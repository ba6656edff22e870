import type { Role, RoleRequest } from '../../wire/permission.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, found, listed, mustActIn, organizationOf, param, type Call, type Route } from '../call.ts'
import { createdBy } from '../records.ts'
import { forbidden } from '../refusal.ts'
import type { StoredRole } from '../stored.ts'
import { lazily, mustFit } from './request-shape.ts'

const path = '/api/permissions/roles'

/** Roles are labels: what they allow is said by policies. */
export const roleRoutes: readonly Route[] = [
  { method: 'GET', path, access: 'organization', answer: (call) => data(listed(call, 'role').map(shown)) },
  { method: 'POST', path, access: 'organization', answer: create },
  {
    method: 'GET',
    path: `${path}/:id`,
    access: 'organization',
    answer: (call) => data(shown(found(call, 'role', param(call, 'id'))))
  },
  { method: 'PUT', path: `${path}/:id`, access: 'organization', answer: update },
  { method: 'PATCH', path: `${path}/:id`, access: 'organization', answer: update },
  { method: 'DELETE', path: `${path}/:id`, access: 'organization', answer: remove }
]

const requestShape = lazily<RoleRequest>(() => ({
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1 },
    organization_id: { type: ['string', 'null'] }
  },
  answered: ['id', 'system']
}))

function shown({ id, name, organization_id, system }: StoredRole): Role {
  return { id, name, organization_id, system }
}

function readRequest(call: Call): RoleRequest {
  const request = mustFit(requestShape(), call.body, 400)
  mustActIn(call, call.body['organization_id'])
  return request
}

function create(call: Call): RouteResult {
  const { name } = readRequest(call)
  const role: StoredRole = {
    id: call.context.randomUUID(),
    organization_id: organizationOf(call),
    name,
    system: false,
    ...createdBy(call.context.now(), actorOf(call))
  }
  call.context.records.put('role', role)
  return data(shown(role))
}

function update(call: Call): RouteResult {
  const stored = own(call)
  const { name } = readRequest(call)
  const changed = { updated_at: call.context.now().toISOString(), updated_by: actorOf(call) }
  const role: StoredRole = { ...stored, name, ...changed }
  call.context.records.put('role', role)
  return data(shown(role))
}

/** Deletes a role. Policies and users still name it. */
function remove(call: Call): RouteResult {
  call.context.records.remove('role', own(call).id)
  return {}
}

/** Returns a role that is not built in, or throws 403. */
function own(call: Call): StoredRole {
  const role = found(call, 'role', param(call, 'id'))
  if (role.system) throw forbidden(`the role "${role.name}" is built in and cannot be changed`)
  return role
}
