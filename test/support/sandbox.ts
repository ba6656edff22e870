import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { WorldIo } from '../../src/commands/io.ts'
import { createProgram } from '../../src/commands/program.ts'
import { createServer, type LocalServer, type ServerOptions } from '../../src/server/index.ts'
import { idleAdvice } from './advice.ts'
import { realTimer } from './waiting.ts'

/** A folder with files, a local Polytomic in memory, and the program as a user runs it, in this process. */
export interface Sandbox {
  server: LocalServer
  folder: string
  write(files: Record<string, string>): void
  /** Runs `polyctl …` and gives what a user would see. */
  run(...words: string[]): Promise<Ran>
  /** Requests since the last call, as `GET /api/me`. */
  requests(): string[]
}

export interface Ran {
  code: number
  out: string
  err: string
}

export interface SandboxOptions {
  files?: Record<string, string>
  env?: Record<string, string | undefined>
  server?: ServerOptions
  io?: Partial<WorldIo>
}

export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-test-'))
  const server = createServer({ ...options.server })
  onTestFinished(() => {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const world: Sandbox = {
    server,
    folder,
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
    },
    async run(...words) {
      const ran: Ran = { code: 0, out: '', err: '' }
      ran.code = await createProgram(io(ran, world, options)).run(words)
      // The law of advice, in every situation that any test comes into: whoever follows it must be able to.
      expect(await idleAdvice(words, ran.out + ran.err)).toEqual([])
      return ran
    },
    requests() {
      const seen = server.requests.map(({ method, path }) => `${method} ${path}`)
      server.clearRequests()
      return seen
    }
  }
  world.write(options.files ?? {})
  return world
}

function io(ran: Ran, world: Sandbox, options: SandboxOptions): WorldIo {
  return {
    out: (text) => void (ran.out += text),
    err: (text) => void (ran.err += text),
    cwd: world.folder,
    env: {
      POLYTOMIC_URL: 'https://polytomic.test',
      POLYTOMIC_API_KEY: world.server.apiKey,
      NO_COLOR: '1',
      ...options.env
    },
    terminal: { out: false, err: false, in: false, width: 100 },
    ask: async () => '',
    stdin: async () => '',
    interrupted: new Promise<void>(() => undefined),
    now: () => new Date(),
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    timer: realTimer,
    random: () => 0,
    fetch: (request, { cut } = {}) => world.server.fetch(new Request(request, cut ? { signal: cut } : {})),
    proxyFor: () => '',
    backoffMs: 1,
    newKey: () => randomUUID(),
    ...options.io
  }
}

/** A connection with a secret, `PASSWORD`, and a role. */
export const storeFiles = {
  'configs/a.yaml': `
connections:
  - name: Store
    type: postgresql
    configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
roles: [{ name: readers }]
`
}

/** The tutorial: MongoDB users become Salesforce contacts. */
export const tutorial = `
connections:
  - name: MongoDB Connection
    type: mongodb
    configuration: { hosts: example.mongodb.net, username: user, password: "\${env:MONGODB_PASSWORD}" }
  - name: Salesforce Connection
    type: salesforce
    configuration: { domain: "https://example.my.salesforce.com" }
models:
  - name: MongoDB Model
    connection: MongoDB Connection
    configuration: { database: example, collection: users }
syncs:
  - name: Mongo to Salesforce Sync
    mode: create
    model: MongoDB Model
    identity: { source: email, target: Email, function: Equality }
    fields:
      - { source: first_name, target: FirstName }
      - { source: last_name, target: LastName }
    target: { connection: Salesforce Connection, object: Contact }
    schedule: manual
`

/** Authorizes a connection as a person would: opens the page, presses Allow. */
export async function allow(world: Sandbox, name: string): Promise<void> {
  await decide(world, name, 'allow')
}

/** Presses a button of the page on which a connection is authorized. */
export async function decide(world: Sandbox, name: string, decision: 'allow' | 'deny'): Promise<void> {
  const list = (await (await world.server.fetch(apiRequest(world, 'GET', '/api/connections'))).json()) as {
    data: { id: string; name: string }[]
  }
  const id = list.data.find((connection) => connection.name === name)?.id ?? ''
  const live = (await (
    await world.server.fetch(apiRequest(world, 'GET', `/api/connections/${id}`))
  ).json()) as { data: { configuration: unknown } }
  const body = { name, configuration: live.data.configuration, reconnect: true }
  const reply = (await (
    await world.server.fetch(apiRequest(world, 'PUT', `/api/connections/${id}`, body))
  ).json()) as { data: { auth_url: string } }
  await world.server.fetch(
    new Request(reply.data.auth_url, { method: 'POST', body: new URLSearchParams({ decision }) })
  )
  world.requests()
}

export function apiRequest(world: Sandbox, method: string, path: string, body?: unknown): Request {
  const headers = {
    authorization: `Bearer ${world.server.apiKey}`,
    'x-polytomic-version': '2025-09-18',
    'content-type': 'application/json'
  }
  return new Request(`http://polytomic.test${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
}
