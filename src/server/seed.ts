import type { Actor } from '../wire/common.ts'
import { policyActions } from '../wire/permission.ts'
import { createdBy, type Records } from './records.ts'

/** The actor of changes that no user made. */
export const system: Actor = {
  id: '00000000-0000-0000-0000-000000000001',
  name: 'Polytomic',
  type: 'system'
}

/** Creates what every organization has: the built-in roles, and the policies that bind them. */
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

/** The user of a key that was not created by a request. */
export interface Person extends Pick<Actor, 'id' | 'name'> {
  email: string
}

/** Adds the user to the organization as an administrator. */
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
