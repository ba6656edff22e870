import { describe, expect, test } from 'vitest'
import type { LocalServer } from '../../src/server/index.ts'
import { apiVersions } from '../../src/wire/common.ts'
import { client, testServer } from './client.ts'

/** How each class of key is sent. */
const classes: Record<string, (server: LocalServer) => string> = {
  nobody: () => '',
  user: ({ apiKey }) => `Bearer ${apiKey}`,
  organization: (server) => basic(server.organizationId, server.apiKey),
  partner: ({ store }) => `Bearer ${store.addPartnerKey()}`,
  'partner in it': (server) => basic(server.organizationId, server.store.addPartnerKey()),
  deployment: ({ store }) => `Bearer ${store.addDeploymentKey()}`,
  'deployment in it': (server) => basic(server.organizationId, server.store.addDeploymentKey())
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

const anybody = [200, 200, 200, 200, 200, 200, 200]
const anyKey = [401, 200, 200, 200, 200, 200, 200]
const inside = [401, 200, 200, 403, 200, 403, 200]
const partners = [401, 403, 403, 200, 200, 200, 200]

/** What each class is answered, in the order above. `ORG` stands for the organization of the server. */
const rules: [request: string, statuses: number[]][] = [
  ['GET /api/connection_types', anybody],
  ['GET /api/me', anyKey],
  ['GET /api/connection_types/stripe', anyKey],
  ['GET /api/organization', inside],
  ['GET /api/connections', inside],
  ['GET /api/models', inside],
  ['GET /api/syncs', inside],
  ['GET /api/bulk/syncs', inside],
  ['GET /api/permissions/roles', inside],
  ['GET /api/permissions/policies', inside],
  ['GET /api/organization/users', inside],
  ['GET /api/webhooks', inside],
  ['GET /api/events', inside],
  ['GET /api/events_types', inside],
  ['GET /api/notifications/global-error-subscribers', inside],
  ['GET /api/entities/ORG', inside],
  ['GET /api/organizations/ORG/users', anyKey],
  ['GET /api/organizations/entities/ORG', partners],
  ['POST /api/organizations', partners]
]

describe.each(apiVersions)('in %s', (version) => {
  test.each(rules)('%s is answered to each class of key as it may', async (request, statuses) => {
    const server = testServer()
    const [method = '', path = ''] = request.replace('ORG', server.organizationId).split(' ')
    const seen: Record<string, number> = {}
    for (const [name, authorization] of Object.entries(classes)) {
      const api = client(server, version, authorization(server))
      const reply = method === 'GET' ? await api.get(path) : await api.post(path, { name })
      seen[name] = reply.status
    }
    const expected = Object.keys(classes).map((name, index) => [name, statuses[index]])
    expect(seen).toEqual(Object.fromEntries(expected))
  })
})
