import type { Actor, Json, JsonObject } from './common.ts'

/** An item of `GET /api/connections` and the answer of `GET /api/connections/{id}`. */
export interface Connection {
  id: string
  organization_id: string
  name: string
  type: { id: string; name: string; logo_url?: string; logo_dark_url?: string; operations?: string[] }
  configuration: JsonObject
  /** `healthy` is the only documented value; anything else is a connection that does not work yet. */
  status?: string
  status_error?: string
  saved?: boolean
  policies?: string[]
  parent_connection_id?: string
  api_calls_last_24_hours?: number | null
  /** An observation only: null, where none could be made. */
  rate_limit?: {
    currently_limited: boolean
    limited_since: string | null
    expires_at: string | null
  } | null
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

/** What polyctl needs of an item of `GET /api/connection_types`. */
export interface TypeCapabilities {
  id: string
  capabilities?: { source?: boolean } | null
}

/** `POST /api/connections/connect/`: asks for a page where a person makes a connection. */
export interface ConnectCardRequest {
  /** Of the connection that is made; its own among those of the organization. */
  name: string
  redirect_url: string
  organization_id?: string | null
  /** An existing connection, to be updated instead. */
  connection?: string | null
  /** Wins over `whitelist`. */
  type?: string | null
  /** The types that the person may choose from. */
  whitelist?: string[] | null
  dark?: boolean | null
  /** Seconds that it can be used for: 300 by default, a week at most. */
  ttl?: number | null
  use_organization_name?: boolean | null
}

/** `GET /api/connections/connect/session`: what the page of a card is about. */
export interface ConnectSession {
  id: string
  name: string
  connection_id: string
  type: string
  whitelist: string[]
  redirect_url: string
  organization_name: string
  logo: string
  dark: boolean
  expires_at: string | null
}

/** `GET` and `PUT /api/connections/{id}/proxy/settings`. */
export interface ProxySettings {
  connectionId: string
  /** Where the setting is kept, of a connection that is lent. */
  parentConnectionId?: string
  backendType: string
  enabled: boolean
  supported: boolean
}

/** `GET /api/connections/{id}/usage`. */
export interface ConnectionUsage {
  connectionId: string
  callsLast24h: number | null
  reportsSyncStats: boolean
  bySync: { syncId: string; syncName: string; syncType: 'model' | 'bulk'; totalCalls: number }[]
}

export interface ConnectCard {
  redirect_url: string
  /** Good for one connection. */
  token: string
}

/** Makes a connection of the owner organization usable in another one. */
export interface SharedConnectionRequest {
  child_organization_id: string
  /** Default: the name of the parent. */
  name?: string | null
}

/** The values that may be chosen for the fields of a connection's configuration, by field. */
export interface ParameterValues {
  [field: string]: {
    allows_creation: boolean
    values: { label: string | null; value: Json }[] | null
  }
}

export interface ParameterValuesRequest {
  field: string
  connection_id?: string | null
  /** Stands in for the configuration of a connection that is not there yet. */
  parameters?: JsonObject | null
  /** Only values that have this text in them. */
  query?: string | null
}
