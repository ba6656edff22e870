import type { KeyHolder } from '../../wire/common.ts'
import { keptHeader } from '../../wire/local-start.ts'
import type { Organization, OrganizationRequest } from '../../wire/organization.ts'
import { data, type RouteResult } from '../answer.ts'
import { isNewest, organizationOf, param, type Call, type Route } from '../call.ts'
import { forbidden, notFound, Refusal } from '../refusal.ts'
import { seedOrganization } from '../seed.ts'
import { lazily, mustFit } from './request-shape.ts'
import { guardsKept } from './sync-guards.ts'

/**
 * `/api/me` takes any key, even one that acts in no organization: it is how a client learns what its key
 * is.
 */
export const organizationRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/me', access: 'key', answer: identity },
  {
    method: 'GET',
    path: '/api/organization',
    access: 'organization',
    answer: (call) => data(existing(call, organizationOf(call)))
  },
  { method: 'GET', path: '/api/organizations', access: 'key', answer: (call) => data(visible(call)) },
  { method: 'POST', path: '/api/organizations', access: 'partner', answer: create },
  {
    method: 'GET',
    path: '/api/organizations/:id',
    access: 'key',
    answer: (call) => {
      const organization = visible(call).find(({ id }) => id === param(call, 'id'))
      if (organization === undefined) throw notFound('organization', param(call, 'id'))
      return data(organization)
    }
  },
  { method: 'PUT', path: '/api/organizations/:id', access: 'partner', answer: update },
  { method: 'PATCH', path: '/api/organizations/:id', access: 'partner', answer: update },
  { method: 'DELETE', path: '/api/organizations/:id', access: 'partner', answer: remove }
]

function identity(call: Call): RouteResult {
  return { ...data(me(call)), headers: { [keptHeader]: String(guardsKept(call)) } }
}

/** Answers the owner of the key; exactly one of the four flags is true. */
function me(call: Call): Partial<KeyHolder> {
  const { caller, context } = call
  const organization =
    caller.organizationId === undefined ? undefined : context.directory.organization(caller.organizationId)
  const isUser = caller.class === 'user'
  const user = isUser ? context.records.get('user', caller.actor.id) : undefined
  return {
    ...(isUser ? { id: caller.actor.id } : {}),
    ...(user === undefined ? {} : { email: user.name, role: user.role }),
    ...(organization === undefined
      ? {}
      : { organization_id: organization.id, organization_name: organization.name }),
    is_user: isUser,
    is_organization: caller.class === 'organization',
    is_partner: caller.class === 'partner',
    is_system: caller.class === 'deployment',
    ...(isNewest(call) ? { credential: { method: 'api_key', mode: 'user' } } : {})
  }
}

function existing(call: Call, id: string): Organization {
  const organization = call.context.directory.organization(id)
  if (organization === undefined) throw notFound('organization', id)
  return organization
}

function isPartner(call: Call): boolean {
  return call.caller.class === 'partner' || call.caller.class === 'deployment'
}

/**
 * Returns the organizations that a key sees: a partner all, a key of one organization its own, and in
 * 2025-09-18 none.
 */
function visible(call: Call): Organization[] {
  if (isPartner(call)) return call.context.directory.organizations()
  if (call.version === '2025-09-18' || call.caller.organizationId === undefined) {
    throw forbidden(
      'organizations are listed for partner keys only; GET /api/organization answers your own'
    )
  }
  return [existing(call, call.caller.organizationId)]
}

/** Returns the organization of the path: any for a partner, the own one for others. Throws 404 and 403. */
export function namedOrganization(call: Call, id: string): string {
  if (isPartner(call)) return existing(call, id).id
  if (id !== organizationOf(call)) throw forbidden(`this key does not act in organization ${id}`)
  return id
}

const text = { type: ['string', 'null'] }
const requestShape = lazily<OrganizationRequest>(() => ({
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1 },
    sso_domain: text,
    sso_org_id: text,
    issuer: text,
    client_id: text,
    client_secret: text
  },
  answered: ['id']
}))

/** Returns the organization that a request describes; `client_id` and `client_secret` are not stored. */
function understood(call: Call, id: string): Organization {
  const request = mustFit(requestShape(), call.body, 422)
  const twin = call.context.directory
    .organizations()
    .find((other) => other.name === request.name && other.id !== id)
  if (twin !== undefined) {
    throw new Refusal(409, 'conflict', `name is taken by the organization ${twin.id}`, {
      metadata: { field: 'name' }
    })
  }
  const { name, sso_domain, sso_org_id, issuer } = request
  return {
    id,
    name,
    ...(sso_domain ? { sso_domain } : {}),
    ...(sso_org_id ? { sso_org_id } : {}),
    ...(issuer ? { issuer } : {})
  }
}

/** Creates an organization without users: a partner creates the first one, and its key. */
function create(call: Call): RouteResult {
  const { directory, records, now, randomUUID } = call.context
  const organization = understood(call, randomUUID())
  directory.addOrganization(organization)
  seedOrganization(organization.id, records, now(), randomUUID)
  return data(organization)
}

function update(call: Call): RouteResult {
  const organization = understood(call, existing(call, param(call, 'id')).id)
  call.context.directory.updateOrganization(organization)
  return data(organization)
}

/** Deletes an organization with everything in it. */
function remove(call: Call): RouteResult {
  const { directory } = call.context
  const { id, name } = existing(call, param(call, 'id'))
  if (directory.organizations()[0]?.id === id) {
    throw forbidden(`the organization "${name}" is the owner of the others and cannot be deleted`)
  }
  directory.removeOrganization(id)
  return {}
}
