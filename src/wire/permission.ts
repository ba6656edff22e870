/** The actions of a policy whose spelling is known. */
export const policyActions = [
  'create',
  'read',
  'update',
  'delete',
  'sync_to',
  'trigger',
  'apply_policy'
] as const

/** A label for people, which policies refer to. */
export interface Role {
  id: string
  name: string
  organization_id: string
  /** It came with the organization, and cannot be changed. */
  system: boolean
}

export interface RoleRequest {
  name: string
  organization_id?: string | null
}

export interface PolicyAction {
  action: string
  /** No roles: nobody may. */
  role_ids: string[]
}

/** Who may do what with the things that it is attached to. */
export interface Policy {
  id: string
  name: string
  organization_id: string
  system: boolean
  /** All actions, those that nobody named too: with no roles. */
  policy_actions: PolicyAction[]
}

/** An update replaces all bindings. */
export interface PolicyRequest {
  name: string
  organization_id?: string | null
  policy_actions?: { action: string; role_ids?: string[] | null }[] | null
}
