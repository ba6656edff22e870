import { expect, test } from 'vitest'
import { startService } from './service.ts'

test('the four requests of the published tutorial work as they are written', async () => {
  const { url, server, authorize } = await startService()
  const post = async (path: string, body: object): Promise<{ id: string; auth_url?: string }> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'X-Polytomic-Version': '2023-04-25',
        Authorization: `Bearer ${server.apiKey}`
      },
      body: JSON.stringify(body)
    })
    const answer = (await response.json()) as { data: { id: string; auth_url?: string } }
    expect([response.status, answer]).toEqual([
      200,
      { data: expect.objectContaining({ id: expect.any(String) }) }
    ])
    return answer.data
  }

  const mongo = await post('/api/connections', {
    name: 'MongoDB Connection',
    type: 'mongodb',
    configuration: { hosts: 'example.mongodb.net', username: 'user', password: 'secret' }
  })
  const salesforce = await post('/api/connections', {
    name: 'Salesforce Connection',
    type: 'salesforce',
    configuration: { domain: 'https://example.my.salesforce.com' }
  })
  await authorize(salesforce.auth_url)
  const model = await post('/api/models', {
    name: 'MongoDB Model',
    configuration: { database: 'example', collection: 'users' },
    connection_id: mongo.id
  })
  const from = (field: string): object => ({ field, model_id: model.id })
  const sync = await post('/api/syncs', {
    name: 'Mongo to Salesforce Sync',
    mode: 'create',
    identity: { source: from('email'), target: 'Email', function: 'equality' },
    fields: [
      { source: from('first_name'), target: 'FirstName' },
      { source: from('last_name'), target: 'LastName' }
    ],
    schedule: { frequency: 'manual' },
    target: { connection_id: salesforce.id, object: 'Contact' }
  })
  expect(server.store.all('sync').map(({ id }) => id)).toEqual([sync.id])
  expect(server.requests.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    'POST /api/connections 200',
    'POST /api/connections 200',
    'POST /connect/salesforce 200',
    'POST /api/models 200',
    'POST /api/syncs 200'
  ])
})
