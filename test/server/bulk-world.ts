import type { LocalServer } from '../../src/server/index.ts'
import { client, decide, postgres, testServer, type Client, type Thing } from './client.ts'

/** A HubSpot connection: a person has to authorize it. */
export const hubspot = { name: 'HubSpot', type: 'hubspot', configuration: {} }

/** A Snowflake connection. */
export const snowflake = {
  name: 'Snowflake',
  type: 'snowflake',
  configuration: { account: 'a', username: 'u', password: 'p', dbname: 'd' }
}

/** An authorized HubSpot connection, a PostgreSQL and a Snowflake one, and what a bulk sync needs. */
export interface BulkWorld {
  server: LocalServer
  api: Client
  hubspot: Thing
  postgres: Thing
  snowflake: Thing
  /** The smallest request of 2025-09-18: HubSpot to PostgreSQL. */
  request(more?: Record<string, unknown>): Record<string, unknown>
  /** Makes one and answers it; fails the test where it is refused. */
  make(more?: Record<string, unknown>): Promise<Thing>
  /** The schemas of a bulk sync as its list has them. */
  schemas(id: string): Promise<Thing[]>
}

/** Makes it in a server of its own, or in the given one. */
export async function bulkWorld(server = testServer()): Promise<BulkWorld> {
  const api = client(server)
  const source = (await api.post('/api/connections', hubspot)).data
  await decide(server, source['auth_url'])
  const destination = (await api.post('/api/connections', postgres)).data
  const warehouse = (await api.post('/api/connections', snowflake)).data
  const request: BulkWorld['request'] = (more = {}) => ({
    name: 'HubSpot to Postgres',
    source_connection_id: source.id,
    destination_connection_id: destination.id,
    destination_configuration: { schema: 'hubspot' },
    default_schedule: { frequency: 'manual' },
    ...more
  })
  return {
    server,
    api,
    hubspot: source,
    postgres: destination,
    snowflake: warehouse,
    request,
    make: async (more) => {
      const reply = await api.post('/api/bulk/syncs', request(more))
      if (reply.status !== 200) throw new Error(reply.text)
      return reply.data
    },
    schemas: async (id) => (await api.get(`/api/bulk/syncs/${id}/schemas`)).list
  }
}
