import { client, postgres, testServer, type Client, type Thing } from './client.ts'

/** A PostgreSQL connection with a model of a query, to which a sync writes back. */
export interface Warehouse {
  api: Client
  connection: Thing
  model: Thing
  from: (field: string) => object
  /** The smallest sync from a query to a table that nobody knows. */
  sync: (more?: Record<string, unknown>) => Record<string, unknown>
}

/** Makes it in a server of its own, or in the given one. */
export async function warehouse(server = testServer()): Promise<Warehouse> {
  const api = client(server)
  const connection = (await api.post('/api/connections', postgres)).data
  const query = 'SELECT email, email as name, active FROM polytomic.sync_test_source'
  const model = (
    await api.post('/api/models', { name: 'M', connection_id: connection.id, configuration: { query } })
  ).data
  const from = (field: string): object => ({ model_id: model.id, field })
  return {
    api,
    connection,
    model,
    from,
    sync: (more = {}) => ({
      name: 'S',
      active: false,
      mode: 'replace',
      fields: [{ source: from('email'), target: 'email' }],
      schedule: { frequency: 'manual' },
      target: { connection_id: connection.id, object: 'polytomic.sync_test_target' },
      ...more
    })
  }
}
