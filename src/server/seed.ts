import type { Actor } from '../wire/common.ts'
import { made, type Records } from './records.ts'

const system: Actor = { id: '00000000-0000-0000-0000-000000000001', name: 'Polytomic', type: 'system' }

/** What a policy can allow. */
export const policyActions = [
  'create',
  'read',
  'update',
  'delete',
  'sync_to',
  'trigger',
  'apply_policy'
] as const

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
    ...made(now, system)
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
