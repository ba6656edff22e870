import type { Actor } from '../wire/common.ts'
import { digest, type Directory, type KeyClass } from './directory.ts'
import { forbidden, Refusal } from './refusal.ts'

/** The caller of a request. `anonymous` exists on open routes only. */
export interface Caller {
  class: KeyClass | 'organization' | 'anonymous'
  /** Absent for partner and deployment keys that name no organization. */
  organizationId?: string
  actor: Actor
  /** Requests with the same scope share their idempotency keys. */
  scope: string
}

const nobody: Actor = { id: '00000000-0000-0000-0000-000000000000', name: 'Nobody', type: 'system' }

/** The caller on routes that are open to all. */
export const anonymous: Caller = { class: 'anonymous', actor: nobody, scope: '' }

function unauthorized(message: string): Refusal {
  return new Refusal(401, 'unauthorized', message, {
    headers: { 'www-authenticate': 'Bearer realm="polytomic"' }
  })
}

/**
 * Returns the caller that the `Authorization` header identifies. Throws 401 for a missing or wrong key,
 * 403 for the key of another organization.
 */
export function authenticate(header: string | null, directory: Directory): Caller {
  if (header === null || header === '') {
    throw unauthorized('an API key is required: Authorization: Bearer KEY, or Basic ORGANIZATION:KEY')
  }
  // One scheme and one credential: several headers come joined by a comma and a blank, and fit neither.
  const [, scheme = '', value = ''] = /^(\S+)(?:[ \t]+(\S+))?$/.exec(header.trim()) ?? []
  if (scheme.toLowerCase() === 'bearer') return byBearer(value, directory)
  if (scheme.toLowerCase() === 'basic') return byBasic(value, directory)
  throw unauthorized('the Authorization header must be Bearer or Basic, and one credential')
}

function byBearer(key: string, directory: Directory): Caller {
  const credential = directory.credential(key)
  if (credential === undefined) throw unauthorized('the API key is not valid')
  const { organizationId, actor } = credential
  return {
    class: credential.class,
    ...(organizationId === '' ? {} : { organizationId }),
    actor,
    scope: digest(key)
  }
}

/**
 * `organization:key`: a partner or deployment key acting in one organization, or an organization's own
 * key.
 */
function byBasic(encoded: string, directory: Directory): Caller {
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  const organizationId = text.slice(0, Math.max(colon, 0))
  const key = text.slice(colon + 1)
  const credential = directory.credential(key)
  if (colon < 0 || credential === undefined) throw unauthorized('the organization or its key is not valid')
  const organization = directory.organization(organizationId)
  if (organization === undefined) throw unauthorized('the organization or its key is not valid')
  if (credential.class === 'user' && credential.organizationId !== organizationId) {
    throw forbidden(`the key does not belong to organization ${organizationId}`)
  }
  const own = credential.class === 'user'
  return {
    class: own ? 'organization' : credential.class,
    organizationId,
    actor: own ? { id: organization.id, name: organization.name, type: 'organization' } : credential.actor,
    scope: `${digest(key)}:${organizationId}`
  }
}
