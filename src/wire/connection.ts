import type { Actor, JsonObject } from './common.ts'

/** An item of `GET /api/connections` and the answer of `GET /api/connections/{id}`. */
export interface Connection {
  id: string
  organization_id: string
  name: string
  type: { id: string; name: string; logo_url?: string; operations?: string[] }
  configuration: JsonObject
  /** `healthy` is the only documented value; anything else is a connection that does not work yet. */
  status?: string
  status_error?: string
  saved?: boolean
  policies?: string[]
  parent_connection_id?: string
  api_calls_last_24_hours?: number | null
  created_at?: string
  created_by?: Actor
  updated_at?: string
  updated_by?: Actor
}

/**
 * The answer of POST and PUT: adds what a person needs to authorize, and the interval that is never read
 * back.
 */
export interface ConnectionReply extends Connection {
  auth_url?: string
  auth_code?: string
  healthcheck_interval?: string
}

export interface ConnectionRequest {
  name: string
  /** Create only: a type cannot change in place. */
  type?: string
  configuration: JsonObject
  organization_id?: string | null
  policies?: string[] | null
  validate?: boolean
  healthcheck_interval?: string
  /** Create only. */
  redirect_url?: string
  /** Update only: starts the authorization again; the reply has a new `auth_url`. */
  reconnect?: boolean
}
