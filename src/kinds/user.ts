import { userAnswer } from './answers.ts'
import { carrying } from './carry.ts'
import {
  bookkeeping,
  idsOf,
  referenceKey,
  references,
  toIds,
  toNames,
  usesOf,
  withoutAbsent
} from './fields.ts'
import type { Kind } from './kind.ts'
import { rolesTwice } from './role.ts'

const ofOrganization = '/api/organizations/{organization}/users'

/**
 * A person of the organization, known by the e-mail address in any case; the service keeps it in lower
 * case. Whoever is new gets an invitation. Only roles can be changed.
 */
export const user: Kind = {
  name: 'user',
  section: 'users',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['roles'],
    properties: {
      email: { type: 'string', format: 'idn-email', description: 'Who it is. Who is new is invited.' },
      roles: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: { type: 'string' },
        description: 'Roles, by name, in any case.'
      }
    }
  },
  fields: {
    roles: {
      class: 'owned',
      rule: { is: 'set', key: referenceKey, item: { is: 'reference', kind: 'role', caseless: true } }
    }
  },
  naming: { keys: ['email'], wire: 'email', fixed: true },
  caselessNames: true,
  api: {
    answer: userAnswer,
    path: '/api/organization/users',
    uniqueNames: true,
    olderPaths: { '2023-04-25': ofOrganization, '2024-02-08': ofOrganization },
    // Older versions have the addresses of partners only; they take the key of a user for its own
    // organization as well.
    keys: (version) =>
      version === '2025-09-18'
        ? ['user', 'organization', 'partner', 'system']
        : ['user', 'partner', 'system'],
    lightList: () => false,
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT')
  },
  synonyms: { name: 'email', mail: 'email', role: 'roles', role_ids: 'roles' },
  isSecret: () => false,
  check: (item) => rolesTwice(item['roles'], ['roles']),
  fromYaml: (item) => withoutAbsent({ roles: references('role', item['roles']) }),
  toYaml: (fields, context) => withoutAbsent({ roles: toNames(fields['roles'], context) }),
  toWire: (fields, context) => withoutAbsent({ role_ids: toIds(fields['roles'], context) }),
  fromWire: (wire, context) => ({
    roles: idsOf(wire['role_ids']).map((id) => context.reference('role', id))
  }),

  replacement: carrying(
    { members: [...bookkeeping, 'name', 'email', 'role', 'role_ids', 'harbor_ids', 'harbor_only'] },
    (_live, body, _answer, version) => {
      const { name: _name, ...roles } = body
      // The address of older versions wants the e-mail again, the newer one does not know it.
      return version === '2025-09-18' ? roles : body
    }
  ),

  uses: (wire) => usesOf('role', idsOf(wire['role_ids']))
}
