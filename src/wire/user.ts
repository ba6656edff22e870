export interface User {
  id: string
  /** In lower case, however it was sent. */
  email: string
  organization_id: string
  /** The older word for the roles: `admin` or `user`. */
  role: string
  role_ids: string[] | null
  /** In answers of GET alone. */
  harbor_ids?: string[]
  harbor_only?: boolean
}

export interface UserRequest {
  /** Of a create; an update of a partner repeats it, and does not change it. */
  email?: string
  role?: string | null
  role_ids?: string[] | null
}

/** `POST /api/organizations/{org}/users/{id}/keys`: shown this once. */
export interface ApiKey {
  value: string
}
