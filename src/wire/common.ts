/** What every answer of the service has in common. Shapes only: facts of the API, no behaviour. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** The versions of the API that polyctl speaks; sent as `X-Polytomic-Version`. */
export const apiVersions = ['2023-04-25', '2024-02-08', '2025-09-18'] as const
export type ApiVersion = (typeof apiVersions)[number]
export const defaultApiVersion: ApiVersion = '2025-09-18'

/** The service's answer in place of a secret that it holds. */
export const secretMask = '********'

export interface Envelope<T> {
  data: T
  pagination?: { next_page_token?: string | null }
}

/** The error body of 2025-09-18; older versions answer 401 with `{code, context, error, status}`. */
export interface ApiError {
  status: number
  key: string
  message: string
  metadata?: JsonObject
}

export interface Actor {
  id: string
  name: string
  type: 'user' | 'system' | 'organization' | 'partner'
}

/** `GET /api/me`: who the key belongs to. */
export interface KeyHolder {
  id?: string
  email?: string
  role?: string
  organization_id: string
  organization_name: string
  is_user: boolean
  is_organization: boolean
  is_partner: boolean
  is_system: boolean
  /** How the key was told, and what it may do. */
  credential?: { method: string; mode: string }
}

/** Whom a key belongs to, as `GET /api/me` tells it. */
export type KeyClass = 'user' | 'organization' | 'partner' | 'system'

/** `GET /api/jobs/{type}/{id}`. */
export interface Job<Result = Json> {
  job_id: string
  type: string
  status: 'created' | 'running' | 'done' | 'failed'
  result?: Result
  error?: string | null
}
