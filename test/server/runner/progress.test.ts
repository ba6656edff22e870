import { expect, onTestFinished, test } from 'vitest'
import { createServer } from '../../../src/server/index.ts'
import { client } from '../client.ts'
import { memorySystem } from './memory.ts'
import { ended, memory, memorySync } from './service.ts'

test('what is counted of a run that goes on grows with each batch, and each batch is told', async () => {
  const third = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const email = (n: number): string => `p${n}@example.com`
  const system = memorySystem({
    rows: new Map([
      ['people', Array.from({ length: 9 }, (_one, n) => ({ email: email(n), name: email(n) }))]
    ]),
    workers: 1,
    gate: () => {
      if (system.writes.length < 2) return Promise.resolve()
      third.resolve()
      return go.promise
    }
  })
  let batches = 0
  const options = memory(system)
  const server = createServer({
    apiKey: 'test-key',
    ...options,
    run: { ...options.run!, moving: () => (batches += 1) }
  })
  onTestFinished(() => server.close())
  const api = client(server)
  const sync = await memorySync(api)
  const path = `/api/syncs/${sync.id}`
  const { id } = (await api.post(`${path}/executions`, {})).data
  await third.promise
  const running = { status: 'running', counts: { total: 9, insert: 6, update: 0, error: 0 } }
  expect((await api.get(`${path}/executions/${id}`)).data).toMatchObject(running)
  expect((await api.get(`${path}/status`)).data['current_execution']).toMatchObject(running)
  // One that is read, and two that are written.
  expect(batches).toBe(3)
  go.resolve()
  expect((await ended(api, sync.id, id))['counts']).toMatchObject({ total: 9, insert: 9 })
})
