import type { StoredConnection } from '../stored.ts'
import { invalid, Refusal } from '../refusal.ts'

/** 400 for a connection that a person has not authorized yet: nobody can look into it. */
export function mustBeAuthorized(connection: StoredConnection): void {
  if (connection.status === 'healthy') return
  throw new Refusal(400, 'not_authorized', `the connection "${connection.name}" is not authorized yet`, {
    metadata: { connection_id: connection.id }
  })
}

/** 422 that names the connection and the field of the request that leads to it. */
export function mustBeUsable(connection: StoredConnection, field: string): void {
  if (connection.status === 'healthy') return
  throw invalid(field, `leads to the connection "${connection.name}", which is not authorized yet`)
}
