import { expect, test } from 'vitest'
import { leaksIn } from '../support/canaries.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** Planted by environment, by file, in the text and nested where the service flags nothing: none may be seen anywhere. */
const planted = {
  env: 'canary env "quoted" ü/+=&',
  file: 'canary-file-Zm9v\\back',
  literal: 'canary literal <>&',
  nested: 'canary_nested%20x',
  passphrase: 'canary passphrase 123'
}

const files = {
  'configs/secret.txt': `${planted.file}\n`,
  'configs/all.yaml': `
connections:
  - { name: By env, type: mongodb, configuration: { hosts: h, password: "\${env:PLANTED}" } }
  - { name: By file, type: mongodb, configuration: { hosts: h, password: "\${file:secret.txt}" } }
  - { name: By text, type: mongodb, configuration: { hosts: h, password: ${JSON.stringify(planted.literal)} } }
  - name: Nested
    type: csv
    configuration:
      url: https://example.com/file.csv
      auth: { basic: { username: u, password: "\${env:NESTED}" } }
      headers: [{ name: X-Key, value: "\${env:NESTED}" }]
  - { name: Store, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PLANTED}" } }
models:
  - { name: Users, connection: By env, configuration: { database: example, collection: users } }
syncs:
  - name: Encrypted
    mode: replace
    model: Users
    fields: [{ source: email, target: email, encryption_enabled: true }]
    target: { connection: Store, object: public.users }
    schedule: manual
    encryption_passphrase: "\${env:PASSPHRASE}"
`
}
const env = { PLANTED: planted.env, NESTED: planted.nested, PASSPHRASE: planted.passphrase }

function leaks(text: string): string[] {
  return leaksIn(text, Object.values(planted))
}

/** Everything that a user, a log or another client could see. */
async function everything(world: Sandbox): Promise<string> {
  const commands = [
    ['validate'],
    ['validate', '--format', 'json'],
    ['plan', '--verbose'],
    ['plan', '--format', 'json', '--debug'],
    ['drift', '--verbose'],
    ['drift', '--format', 'json'],
    ['apply', '--yes', '--debug', '--verbose'],
    ['apply', '--yes', '--format', 'json'],
    ['sources', 'By env', '--debug'],
    ['targets', 'Store', '--format', 'json']
  ]
  let seen = ''
  for (const words of commands) {
    const ran = await world.run(...words)
    seen += `${ran.out}\n${ran.err}\n`
  }
  return seen
}

test('planted secrets appear in no output, from an empty workspace to a drifted one', async () => {
  const world = createSandbox({ files, env })
  let seen = await everything(world)
  expect(world.server.store.all('connection')).toHaveLength(5)
  for (const connection of world.server.store.all('connection')) {
    world.server.store.edit('connection', connection.id, { name: `${connection.name} moved` })
  }
  seen += await everything(world)
  expect(leaks(seen)).toEqual([])
})

test('planted secrets reach the service, and no answer of it gives them back', async () => {
  const world = createSandbox({ files, env })
  const bodies: string[] = []
  const listening = createSandbox({
    files,
    env: { ...env, POLYTOMIC_API_KEY: world.server.apiKey },
    io: {
      async fetch(request) {
        const response = await world.server.fetch(request)
        bodies.push(await response.clone().text())
        return response
      }
    }
  })
  const ran = await listening.run('apply', '--yes')
  expect(ran.code, ran.out + ran.err).toBe(0)
  const stored = world.server.store
    .all('connection')
    .map((connection) => JSON.stringify(connection.configuration))
  expect(stored.filter((text) => leaks(text).length > 0)).toHaveLength(5)
  expect(bodies.filter((body) => leaks(body).length > 0)).toEqual([])
})

test('a service that repeats a secret in its refusal is not believed: the words are shown without it', async () => {
  const world = createSandbox({
    files,
    env,
    io: {
      fetch: async (request) => {
        if (request.method === 'GET')
          return Response.json({
            data: request.url.endsWith('/me') ? { organization_id: 'o', organization_name: 'O' } : []
          })
        const body = await request.text()
        return Response.json(
          {
            message: `cannot take ${body} ${encodeURIComponent(body)} ${Buffer.from(planted.env).toString('base64')}`
          },
          { status: 422 }
        )
      }
    }
  })
  const ran = await world.run('apply', '--yes', '--debug')
  expect(ran.code).toBe(5)
  const usual = Object.values(planted).flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64')
  ])
  expect(usual.filter((form) => `${ran.out}${ran.err}`.includes(form))).toEqual([])
})
