import type { DataImpact } from '../state/impact.ts'
import type { User } from '../wire/user.ts'
import { references } from './codecs.ts'
import { kindOf } from './kind-of.ts'
import { rolesTwice } from './role.ts'

const ofOrganization = '/api/organizations/{organization}/users'

const people: DataImpact = { effect: 'none', because: 'users are people, and roles what they may do' }

/**
 * A person of the organization, known by the e-mail address in any case; the service keeps it in lower
 * case. Whoever is new gets an invitation. Only roles can be changed.
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
          type: 'array',
          minItems: 1,
          uniqueItems: true,
          items: { type: 'string' },
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
    // Older versions have the addresses of partners only; they take the key of a user for its own
    // organization as well.
    keys: (version) =>
      version === '2025-09-18'
        ? ['user', 'organization', 'partner', 'system']
        : ['user', 'partner', 'system'],
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT')
  },
  check: (item) => rolesTwice(item.roles, ['roles']),
  replacement(_live, { name: _name, ...roles }, { body, version }) {
    // The address of older versions wants the e-mail again, the newer one does not know it.
    return version === '2025-09-18' ? roles : body
  }
})
