import type { Entity } from '../../wire/entity.ts'
import { data, type RouteResult } from '../answer.ts'
import { organizationOf, param, type Call, type Route } from '../call.ts'
import { notFound } from '../refusal.ts'
import type { StoredKind } from '../stored.ts'

/** Routes that say what an id belongs to. */
export const entityRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/entities/:id',
    access: 'organization',
    answer: (call) => ofOrganization(call, organizationOf(call))
  },
  { method: 'GET', path: '/api/organizations/entities/:id', access: 'partner', answer: ofAny }
]

/** The kinds that can be looked up, and their paths. */
const paths: readonly (readonly [kind: StoredKind, path: string])[] = [
  ['connection', '/api/connections/'],
  ['model', '/api/models/'],
  ['sync', '/api/syncs/'],
  ['bulk_sync', '/api/bulk/syncs/'],
  ['user', '/api/organization/users/']
]

interface Located extends Entity {
  organization_id: string
}

function located(call: Call, id: string): Located | undefined {
  const { directory, records } = call.context
  if (directory.organization(id) !== undefined) {
    return { id, type: 'organization', canonical_path: `/api/organizations/${id}`, organization_id: id }
  }
  for (const [type, path] of paths) {
    const thing = records.get(type, id)
    if (thing === undefined) continue
    return { id, type, canonical_path: path + id, organization_id: thing.organization_id }
  }
  return undefined
}

function ofOrganization(call: Call, organization: string): RouteResult {
  const id = param(call, 'id')
  const entity = located(call, id)
  if (entity?.organization_id !== organization) throw notFound('entity', id)
  const { organization_id: _own, ...rest } = entity
  return data(rest)
}

/** Answers for partners: the path of a user then names the organization. */
function ofAny(call: Call): RouteResult {
  const id = param(call, 'id')
  const entity = located(call, id)
  if (entity === undefined) throw notFound('entity', id)
  if (entity.type !== 'user') return data(entity)
  return data({ ...entity, canonical_path: `/api/organizations/${entity.organization_id}/users/${id}` })
}
