import { data } from '../answer.ts'
import { organizationOf, param, type Call, type Route } from '../call.ts'
import type { Organization } from '../directory.ts'
import { forbidden, notFound } from '../refusal.ts'

/**
 * `/api/me` takes any key, even one that acts in no organization: it is how a client learns what its key
 * is.
 */
export const organizationRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/me', access: 'key', answer: (call) => data(me(call)) },
  {
    method: 'GET',
    path: '/api/organization',
    access: 'organization',
    answer: (call) => data(own(call))
  },
  {
    method: 'GET',
    path: '/api/organizations',
    access: 'key',
    answer: (call) => data(visible(call))
  },
  {
    method: 'GET',
    path: '/api/organizations/:id',
    access: 'key',
    answer: (call) => {
      const organization = visible(call).find(({ id }) => id === param(call, 'id'))
      if (organization === undefined) throw notFound('organization', param(call, 'id'))
      return data(organization)
    }
  }
]

/** Who the key belongs to; exactly one of the four flags is true. */
function me(call: Call): object {
  const { caller } = call
  const organization =
    caller.organizationId === undefined
      ? undefined
      : call.world.directory.organization(caller.organizationId)
  const isUser = caller.class === 'user'
  return {
    ...(isUser ? { id: caller.actor.id, email: 'local.user@example.com', role: 'admin' } : {}),
    ...(organization === undefined
      ? {}
      : { organization_id: organization.id, organization_name: organization.name }),
    is_user: isUser,
    is_organization: caller.class === 'organization',
    is_partner: caller.class === 'partner',
    is_system: caller.class === 'deployment'
  }
}

function own(call: Call): Organization {
  const organization = call.world.directory.organization(organizationOf(call))
  if (organization === undefined) throw notFound('organization', organizationOf(call))
  return organization
}

/** Partners see all; a key of one organization sees its own, and in 2025-09-18 none. */
function visible(call: Call): Organization[] {
  const { class: keyClass, organizationId } = call.caller
  if (keyClass === 'partner' || keyClass === 'deployment') return call.world.directory.organizations()
  if (call.version === '2025-09-18' || organizationId === undefined) {
    throw forbidden(
      'organizations are listed for partner keys only; GET /api/organization answers your own'
    )
  }
  return [own(call)]
}
