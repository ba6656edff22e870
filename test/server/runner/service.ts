import { expect } from 'vitest'
import type { ServerOptions } from '../../../src/server/index.ts'
import type { Client, Thing } from '../client.ts'
import { memoryConnectors, type MemorySystem } from './memory.ts'

/** Syncs of a server whose executions run. */

export async function connection(
  api: Client,
  type: string,
  configuration: object,
  name = type
): Promise<string> {
  const reply = await api.post('/api/connections', { name, type, configuration })
  expect(reply.status).toBe(200)
  return reply.data.id
}

export async function made(api: Client, path: string, body: object): Promise<Thing> {
  const reply = await api.post(path, body)
  expect(reply.text).toContain('"id"')
  return reply.data
}

export async function ended(api: Client, sync: string, execution: string): Promise<Thing> {
  for (;;) {
    const { data } = await api.get(`/api/syncs/${sync}/executions/${execution}`)
    if (data['completed_at'] !== null) return data
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** People of a system in memory, written to itself under another name. */
export async function memorySync(
  api: Client,
  more: { name?: string; [key: string]: unknown } = {},
  types: [from: string, to: string] = ['postgresql', 'postgresql']
): Promise<Thing> {
  const access = { hostname: 'db.example.com', username: 'u', password: 'p', database: 'd', port: 5432 }
  const of = more.name === undefined ? '' : ` of ${more.name}`
  const from = await connection(api, types[0], access, types[0] + of)
  const to = types[1] === types[0] ? from : await connection(api, types[1], access, types[1] + of)
  const model = await made(api, '/api/models', {
    name: `People${of}`,
    connection_id: from,
    configuration: { table: 'people' },
    fields: ['email', 'name']
  })
  const source = (field: string): object => ({ model_id: model.id, field })
  return made(api, '/api/syncs', {
    name: 'People',
    mode: 'updateOrCreate',
    active: true,
    fields: [{ target: 'name', source: source('name') }],
    identity: { target: 'email', source: source('email'), function: 'Equality' },
    schedule: { frequency: 'manual' },
    target: { connection_id: to, object: 'people' },
    ...more
  })
}

export function memory(system: MemorySystem): ServerOptions {
  const connectors = memoryConnectors(system)
  return {
    sleep: () => Promise.resolve(),
    run: { fetch: (request) => fetch(request), connectors }
  }
}

export const people = [
  { email: 'ada@example.com', name: 'Ada' },
  { email: 'alan@example.com', name: 'Alan' }
]
