import { describe, expect, test } from 'vitest'
import { allow, createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'

const env = { MONGODB_PASSWORD: 'planted-secret' }
const writes = (requests: string[]): string[] => requests.filter((request) => !request.startsWith('GET '))

async function applied(): Promise<Sandbox> {
  const world = createSandbox({ files: { 'configs/tutorial.yaml': tutorial }, env })
  await world.run('apply', '--yes')
  await allow(world, 'Salesforce Connection')
  await world.run('apply', '--yes')
  world.requests()
  return world
}

describe('the tutorial', () => {
  test('a first plan creates everything and reads only the lists', async () => {
    const world = createSandbox({ files: { 'configs/tutorial.yaml': tutorial } })
    const ran = await world.run('plan')
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('4 to create')
    expect(world.requests().toSorted()).toEqual([
      'GET /api/bulk/syncs',
      'GET /api/connections',
      'GET /api/me',
      'GET /api/models',
      'GET /api/syncs'
    ])
  })

  test('apply makes what it can, and waits for a person with the rest', async () => {
    const world = createSandbox({ files: { 'configs/tutorial.yaml': tutorial }, env })
    const ran = await world.run('apply', '--yes', '--format', 'json')
    expect(ran.code).toBe(8)
    const report = JSON.parse(ran.out) as { results: { name: string; outcome: string }[] }
    expect(Object.fromEntries(report.results.map(({ name, outcome }) => [name, outcome]))).toEqual({
      'MongoDB Connection': 'done',
      'Salesforce Connection': 'pending',
      'MongoDB Model': 'done',
      'Mongo to Salesforce Sync': 'pending'
    })
  })

  test('applying again before the authorization makes nothing twice, and says that it still waits', async () => {
    const world = createSandbox({ files: { 'configs/tutorial.yaml': tutorial }, env })
    await world.run('apply', '--yes')
    world.requests()
    const again = await world.run('apply', '--yes')
    expect(again.code).toBe(8)
    expect(writes(world.requests()).filter((request) => request !== 'POST /api/syncs')).toEqual([])
    expect(world.requests()).toEqual([])
  })

  test('after the authorization apply finishes, and then there is nothing to do', async () => {
    const world = await applied()
    const plan = await world.run('plan', '--detailed-exitcode')
    expect(plan.err).toBe('')
    expect(plan.out).toContain('Nothing to do')
    expect(plan.code).toBe(0)
  })

  test('a plan of a workspace that is as it should be asks for the lists, and for each matched sync', async () => {
    const world = await applied()
    await world.run('plan')
    const requests = world.requests().map((request) => request.replace(/[0-9a-f-]{36}/, 'ID'))
    expect(requests.toSorted()).toEqual([
      'GET /api/bulk/syncs',
      'GET /api/connections',
      'GET /api/me',
      'GET /api/models',
      'GET /api/syncs',
      'GET /api/syncs/ID'
    ])
  })

  test('a second apply sends no write', async () => {
    const world = await applied()
    const again = await world.run('apply', '--yes')
    expect(again.code).toBe(0)
    expect(writes(world.requests())).toEqual([])
  })

  test('drift names the field and the person, and apply heals it', async () => {
    const world = await applied()
    const sync = world.server.store.all('sync')[0]!
    const fields = sync.fields.map((field) =>
      field.target === 'LastName' ? { ...field, source: { ...field.source!, field: 'company' } } : field
    )
    world.server.store.edit('sync', sync.id, { fields } as never, {
      id: 'a',
      name: 'Ada Lovelace',
      type: 'user'
    })

    const drift = await world.run('drift')
    expect(drift.code).toBe(2)
    expect(drift.out).toContain('LastName')
    expect(drift.out).toContain('company')
    expect(drift.out).toContain('Ada Lovelace')
    world.requests()

    expect((await world.run('apply', '--yes')).code).toBe(0)
    expect(writes(world.requests())).toEqual([`PUT /api/syncs/${sync.id}`])
    expect((await world.run('drift')).code).toBe(0)
  })

  test('destroy deletes what the files declare, dependents first, and asks where it can', async () => {
    const world = await applied()
    const refused = await world.run('destroy')
    expect(refused.code).toBe(7)
    expect(refused.err).toContain('P505')
    expect(writes(world.requests())).toEqual([])

    expect((await world.run('destroy', '--yes')).code).toBe(0)
    const deleted = writes(world.requests()).map((request) => request.replace(/[0-9a-f-]{36}/, 'ID'))
    expect(deleted[0]).toBe('DELETE /api/syncs/ID')
    expect(deleted.slice(1).toSorted()).toEqual([
      'DELETE /api/connections/ID',
      'DELETE /api/connections/ID',
      'DELETE /api/models/ID'
    ])
    expect(world.server.store.all('connection')).toEqual([])
  })
})
