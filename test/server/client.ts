import { createServer, type LocalServer, type ServerOptions } from '../../src/server/index.ts'
import type { ApiVersion } from '../../src/wire/common.ts'

/** A thing of an answer: an id for the next request, and whatever else is compared whole. */
export interface Thing {
  id: string
  [key: string]: unknown
}

export interface Reply {
  status: number
  headers: Headers
  text: string
  /** The whole JSON body; `{}` where there is none. */
  body: Record<string, unknown>
  /** `body.data`, which most tests want. */
  data: Thing
  list: Thing[]
}

export interface Client {
  get(path: string): Promise<Reply>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  put(path: string, body: unknown): Promise<Reply>
  patch(path: string, body: unknown): Promise<Reply>
  delete(path: string): Promise<Reply>
}

export const origin = 'http://local.test'

/** A server in memory whose ids count up and whose clock moves a second with each look. */
export function testServer(options: ServerOptions = {}): LocalServer {
  let ids = 0
  let seconds = 0
  return createServer({
    apiKey: 'test-key',
    randomUUID: () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, '0')}`,
    now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, (seconds += 1))),
    ...options
  })
}

/** Speaks to a server in process, in one version, with one key. */
export function client(
  server: Pick<LocalServer, 'fetch' | 'apiKey'>,
  version: ApiVersion = '2025-09-18',
  authorization = `Bearer ${server.apiKey}`
): Client {
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {}
  ): Promise<Reply> => {
    const headers = {
      authorization,
      'x-polytomic-version': version,
      'content-type': 'application/json',
      ...more
    }
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    return await readReply(await server.fetch(new Request(origin + path, { method, headers, ...init })))
  }
  return {
    get: (path) => send('GET', path),
    post: (path, body = {}, headers = {}) => send('POST', path, body, headers),
    put: (path, body) => send('PUT', path, body),
    patch: (path, body) => send('PATCH', path, body),
    delete: (path) => send('DELETE', path)
  }
}

export async function readReply(response: Response): Promise<Reply> {
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json' && text !== ''
  const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    data: body['data'] as Thing,
    list: body['data'] as Thing[]
  }
}

/** A MongoDB connection, as the tutorial makes it. */
export const mongo = {
  name: 'MongoDB Connection',
  type: 'mongodb',
  configuration: { hosts: 'example.mongodb.net', username: 'user', password: 'secret' }
}

/** A Salesforce connection, as the tutorial makes it: a person has to authorize it. */
export const salesforce = {
  name: 'Salesforce Connection',
  type: 'salesforce',
  configuration: { domain: 'https://example.my.salesforce.com' }
}

export const postgres = {
  name: 'Warehouse',
  type: 'postgresql',
  configuration: { hostname: 'h', port: 5432, database: 'd', username: 'u', password: 'p4ss w/"rd' }
}

/** Decides on the authorization page. */
export async function decide(
  server: Pick<LocalServer, 'fetch'>,
  authUrl: unknown,
  decision = 'allow'
): Promise<Reply> {
  const body = new URLSearchParams({ decision })
  return await readReply(await server.fetch(new Request(String(authUrl), { method: 'POST', body })))
}

export interface Tutorial {
  mongo: Thing
  salesforce: Thing
  model: Thing
}

/** Both connections of the tutorial, authorized, and its model. */
export async function tutorialWorld(server: LocalServer, api: Client = client(server)): Promise<Tutorial> {
  const source = await api.post('/api/connections', mongo)
  const target = await api.post('/api/connections', salesforce)
  await decide(server, target.data['auth_url'])
  const model = await api.post('/api/models', {
    name: 'MongoDB Model',
    connection_id: source.data.id,
    configuration: { database: 'example', collection: 'users' }
  })
  return { mongo: source.data, salesforce: target.data, model: model.data }
}

/** The sync of the tutorial. */
export function tutorialSync({ model, salesforce }: Tutorial, more: Record<string, unknown> = {}): object {
  const from = (field: string): object => ({ model_id: model.id, field })
  return {
    name: 'Mongo to Salesforce Sync',
    mode: 'create',
    identity: { source: from('email'), target: 'Email', function: 'equality' },
    fields: [
      { source: from('first_name'), target: 'FirstName' },
      { source: from('last_name'), target: 'LastName' }
    ],
    schedule: { frequency: 'manual' },
    target: { connection_id: salesforce.id, object: 'Contact' },
    ...more
  }
}
