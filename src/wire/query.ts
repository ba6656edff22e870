import type { JsonObject } from './common.ts'

/** `POST /api/connections/{id}/query` and `GET /api/queries/{id}`; what is optional comes when it is done. */
export interface QueryResult {
  id: string
  status: 'created' | 'running' | 'done' | 'failed'
  count?: number
  fields?: string[]
  results?: JsonObject[]
  error?: string
  expires?: string
}

/** Beside `data`, and relative to the host. */
export interface QueryLinks {
  next?: string
  previous?: string
}
