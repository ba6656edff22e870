import type { DataImpact } from '../state/impact.ts'
import type { User } from '../wire/user.ts'
import { references } from './codecs.ts'
import { kindOf } from './kind-of.ts'
import { rolesTwice } from './role.ts'

const ofOrganization = '/api/organizations/{organization}/users'

const people: DataImpact = { effect: 'none', because: 'users are people, and roles what they may do' }

/**
 * A user of the organization, whose name is the e-mail address, in any case; the service stores it in lower
 * case. Creating one sends an invitation. Only roles can be changed.
 */
export const user = kindOf<User>()({
  name: 'user',
  section: 'users',
  description: 'The people of the organization, and their roles.',
  nameKeys: {
    email: { type: 'string', format: 'idn-email', description: 'Who it is. Who is new is invited.' }
  },
  fields: {
    roles: {
      codec: references(
        'role',
        {
          minItems: 1,
          uniqueItems: true,
          description: 'Roles, by name, in any case.'
        },
        { caseless: true }
      ),
      wire: 'role_ids',
      owner: 'owned',
      required: true,
      synonyms: ['role', 'role_ids'],
      impact: people
    }
  },
  observed: ['role', 'harbor_ids', 'harbor_only'],
  observedShapes: { role: 'text' },
  impacts: { create: people, delete: people, rename: people },
  synonyms: { name: 'email', mail: 'email' },
  naming: { keys: ['email'], wire: 'email', fixed: true },
  caselessNames: true,
  api: {
    access: 'listed',
    path: '/api/organization/users',
    uniqueNames: true,
    olderPaths: { '2023-04-25': ofOrganization, '2024-02-08': ofOrganization },
    // Older versions have the paths for partners only, and also accept the key of a user for the user's own
    // organization.
    keys: (version) =>
      version === '2025-09-18'
        ? ['user', 'organization', 'partner', 'system']
        : ['user', 'partner', 'system'],
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT')
  },
  check: (item) => rolesTwice(item.roles, ['roles']),
  replacement(_live, { name: _name, ...roles }, { body, version }) {
    // The path of older versions requires the e-mail address; the newer one does not have it.
    return version === '2025-09-18' ? roles : body
  }
})
