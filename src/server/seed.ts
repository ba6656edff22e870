import type { Actor } from '../wire/common.ts'
import { policyActions } from '../wire/permission.ts'
import { createdBy, type Records } from './records.ts'

/** Who has done what nobody in particular did. */
export const system: Actor = {
  id: '00000000-0000-0000-0000-000000000001',
  name: 'Polytomic',
  type: 'system'
}

/**
 * Gives a new organization what every organization has: the built-in roles, and the policies that bind
 * them.
 */
export function seedOrganization(
  organizationId: string,
  records: Records,
  now: Date,
  randomUUID: () => string
): void {
  const base = (name: string): Parameters<Records['put']>[1] & { system: boolean } => ({
    id: randomUUID(),
    organization_id: organizationId,
    name,
    system: true,
    ...createdBy(now, system)
  })
  const roles = ['Admin', 'Member'].map(base)
  for (const role of roles) records.put('role', role)
  const all = roles.map((role) => role.id)
  for (const name of ['Connections', 'Models', 'Syncs']) {
    records.put('policy', {
      ...base(name),
      policy_actions: policyActions.map((action) => ({ action, role_ids: all }))
    })
  }
}

/** Who holds a key that no request made. */
export interface Person extends Pick<Actor, 'id' | 'name'> {
  email: string
}

/** Gives the person a place among the users of the organization, as one who may do everything. */
export function seedUser(organizationId: string, person: Person, records: Records, now: Date): void {
  if (records.get('user', person.id) !== undefined) return
  const admins = records.named('role', organizationId, 'Admin').filter(({ system }) => system)
  records.put('user', {
    id: person.id,
    organization_id: organizationId,
    name: person.email,
    role: 'admin',
    role_ids: admins.map(({ id }) => id),
    ...createdBy(now, system)
  })
}
