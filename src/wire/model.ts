import type { Actor, Json, JsonObject } from './common.ts'

export interface ModelField {
  id?: string
  name: string
  label?: string
  type?: string
  remote_type?: string
  description?: string
  example?: Json
  unique?: boolean
  /** True for what the request called `additional_fields`: they come back among `fields`. */
  user_added?: boolean
  created_at?: string
  created_by?: Actor
  updated_at?: string
}

export interface Relation {
  from: string
  to: { model_id: string; field: string }
}

export interface Enricher {
  connection_id: string
  configuration?: JsonObject
  mappings?: { [modelField: string]: string }
  fields?: ModelField[]
  /** Given by the service; must be sent again to update the same enrichment. */
  enricher_id?: string
}

export interface Model {
  id: string
  organization_id: string
  name: string
  type: string
  version: number
  connection_id: string
  configuration: JsonObject
  identifier?: string
  fields: ModelField[]
  relations?: Relation[] | null
  tracking_columns?: string[] | null
  /** Objects in answers, ids in requests. */
  labels?: JsonObject[]
  policies?: string[]
  enricher?: Enricher
  created_at?: string
  created_by?: Actor
  updated_at?: string
  updated_by?: Actor
}

export interface ModelRequest {
  name: string
  connection_id: string
  configuration: JsonObject
  identifier?: string | null
  fields?: string[] | null
  additional_fields?: { name: string; label: string; type: string; example?: string }[] | null
  relations?: Relation[] | null
  tracking_columns?: string[] | null
  labels?: string[] | null
  policies?: string[] | null
  organization_id?: string | null
  enricher?: Enricher
  /** Update only: read the fields again from the source. */
  refresh?: boolean
}
