import { data } from '../answer.ts'
import { found, organizationOf, param, type Route } from '../call.ts'
import type { StoredPolicy, StoredRole } from '../stored.ts'

/** The built-in roles and policies of an organization. They can be read and referred to. */
export const permissionRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/permissions/policies',
    access: 'organization',
    answer: (call) =>
      data(call.world.records.list('policy', organizationOf(call), call.stale).map(shownPolicy))
  },
  {
    method: 'GET',
    path: '/api/permissions/policies/:id',
    access: 'organization',
    answer: (call) => data(shownPolicy(found(call, 'policy', param(call, 'id'))))
  },
  {
    method: 'GET',
    path: '/api/permissions/roles',
    access: 'organization',
    answer: (call) => data(call.world.records.list('role', organizationOf(call), call.stale).map(shownRole))
  },
  {
    method: 'GET',
    path: '/api/permissions/roles/:id',
    access: 'organization',
    answer: (call) => data(shownRole(found(call, 'role', param(call, 'id'))))
  }
]

function shownRole({ id, name, organization_id, system }: StoredRole): object {
  return { id, name, organization_id, system }
}

function shownPolicy({ id, name, organization_id, system, policy_actions }: StoredPolicy): object {
  return { id, name, organization_id, system, policy_actions }
}
