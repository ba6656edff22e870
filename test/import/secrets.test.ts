import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import table from '../../schemas/connection-types.json' with { type: 'json' }
import { kinds } from '../../src/kinds/index.ts'
import type { Json, JsonObject } from '../../src/state/value.ts'
import type { ImportFacts } from '../../src/render/view/import.ts'
import type { ConnectionField, ConnectionTypes } from '../../src/wire/connection-types.ts'
import { leaksIn, plainCanary } from '../support/canaries.ts'
import { apiRequest, createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'
import { expectImported, filesIn } from './files.ts'

/** Secrets that a service answers in clear, though it should not: none of them comes into a file, or anywhere. */

const types = table as ConnectionTypes
const connection = kinds.managed.find(({ name }) => name === 'connection')!
const planted = plainCanary('import')

/** A value for each setting of a type: a secret wherever one may stand, and wherever the service owns it. */
function settingsOf(type: string): JsonObject {
  const item = { type }
  const filled = (field: ConnectionField, path: (string | number)[]): Json => {
    if (field.fields)
      return Object.fromEntries(
        Object.entries(field.fields).map(([name, inner]) => [name, filled(inner, [...path, name])])
      )
    if (field.type === 'array') return [filled(field.items ?? {}, [...path, 0])]
    if (field.type === 'object') return {}
    const isOwned = field.readOnly === true || (field.hidden === true && field.api !== true)
    if (connection.isSecret(item, ['configuration', ...path]) || isOwned) return planted
    if (field.enum) return field.enum[0] ?? 'x'
    if (field.type === 'boolean') return true
    if (field.type === 'integer') return 7
    if (field.format === 'email') return 'a@example.com'
    return field.format === 'uri' ? 'https://a.example' : 'plain'
  }
  const fields = types[type]?.fields ?? {}
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, filled(field, [name])]))
}

/** A connection of each type, as a service without masks would answer it, with keys that nobody knows. */
function connections(): JsonObject[] {
  return Object.keys(types).map((type, index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    name: `A ${type}`,
    type: { id: type, name: type },
    status: 'healthy',
    configuration: { ...settingsOf(type), not_known_token: planted, not_known: { password: planted } },
    not_known: planted,
    policies: []
  }))
}

function withConnections(found: readonly JsonObject[]): Sandbox {
  const world: Sandbox = createSandbox({
    io: {
      fetch: async (request) => {
        const { pathname } = new URL(request.url)
        if (pathname === '/api/connections') return Response.json({ data: found })
        if (pathname.endsWith('/proxy/settings')) return Response.json({ message: 'none' }, { status: 404 })
        return await world.server.fetch(request)
      }
    }
  })
  return world
}

test('R36: secrets of every type of connection, in clear at every place', async () => {
  const all = connections()
  const world = withConnections(all)
  const files = await expectImported(world)
  const ran = await world.run('import', '--verbose')
  const json = await world.run('import', '--format', 'json')
  const shown = [
    ...Object.values(files),
    ...Object.keys(files),
    readFileSync(join(world.folder, '.env.example'), 'utf8'),
    ran.out + ran.err,
    json.out + json.err
  ].join('\n')
  expect(leaksIn(shown, [planted])).toEqual([])
  // Each connection is there, and each secret setting that files can state names a variable of its own.
  expect(
    Object.values(files)
      .join('\n')
      .match(/- name: "?A /g)
  ).toHaveLength(all.length)
  const named = [...shown.matchAll(/"\$\{env:(\w+)\}"/g)].map(([, name]) => name)
  expect(new Set(named).size).toBe(named.length)
  expect(named.length).toBeGreaterThan(200)
})

test('R36: what the service says of an error, and a secret of the webhook, come into no file either', async () => {
  const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env: { MONGODB_PASSWORD: planted } })
  await world.run('apply', '--yes')
  const body = { endpoint: 'https://hooks.example.com', secret: planted }
  expect((await world.server.fetch(apiRequest(world, 'POST', '/api/webhooks', body))).ok).toBe(true)
  const broken = createSandbox({
    env: { POLYTOMIC_API_KEY: world.server.apiKey },
    io: {
      fetch: async (request) => {
        const answer = await world.server.fetch(request)
        const text = await answer.text()
        const said = text
          .replaceAll('"********"', JSON.stringify(planted))
          .replaceAll(
            '"status":"healthy"',
            `"status":"unhealthy","status_error":"no login with ${planted}"`
          )
        return new Response(said, { status: answer.status, headers: answer.headers })
      }
    }
  })
  const ran = await broken.run('import', '--verbose')
  expect(ran.code, ran.err).toBe(0)
  const shown = [...Object.values(filesIn(broken)), ran.out, ran.err].join('\n')
  expect(leaksIn(shown, [planted])).toEqual([])
  expect(shown).toContain('WEBHOOK_SECRET')
})

interface Warned {
  places: string[]
  shown: string
}

/** The places that an import warns of, for a text there looks like a secret, and all that it prints. */
async function warnedOf(world: Sandbox, ...words: string[]): Promise<Warned> {
  const ran = await world.run('import', ...words, '--verbose')
  expect(ran.code, ran.err).toBe(0)
  const json = await world.run('import', ...words, '--format', 'json')
  const { attention } = JSON.parse(json.out) as ImportFacts
  const places = attention
    .filter(({ about }) => about === 'secret-like')
    .map(({ kind, name, path }) => `${kind} ${name}: ${path ?? ''}`)
  return { places: places.toSorted(), shown: [ran.out, ran.err, json.out, json.err].join('\n') }
}

const address = `postgres://somebody:${planted}@db.example.com/x`

test('addresses with a password in plain fields of every type are warned of, each with its place', async () => {
  const plain = Object.entries(types).flatMap(([type, { fields }]) =>
    Object.entries(fields).flatMap(([name, field]) => {
      const isText = (field.type ?? 'string') === 'string' && !field.enum && !field.format && !field.fields
      const isStated = field.readOnly !== true && field.hidden !== true
      const isSecret = connection.isSecret({ type }, ['configuration', name])
      return isText && isStated && !isSecret ? [{ type, name }] : []
    })
  )
  const found = [...new Set(plain.map(({ type }) => type))].map((type, index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    name: `A ${type}`,
    type: { id: type, name: type },
    status: 'healthy',
    configuration: Object.fromEntries(
      plain.flatMap((one) => (one.type === type ? [[one.name, address]] : []))
    ),
    policies: []
  }))
  const { places, shown } = await warnedOf(withConnections(found))
  expect(plain.length).toBeGreaterThan(50)
  expect(places).toEqual(
    plain.map(({ type, name }) => `connection A ${type}: configuration.${name}`).toSorted()
  )
  expect(leaksIn(shown, [planted])).toEqual([])
})

test('a password in SQL is warned of, in a file of its own as well, and is in no output', async () => {
  const sql = [
    'select *',
    'from users',
    'where login(',
    `  password => '${planted}'`,
    ')',
    'order by id',
    ''
  ].join('\n')
  const configuration = { hostname: 'h', database: 'd', username: 'u', password: 'p' }
  const own = createSandbox()
  const create = async (path: string, body: JsonObject): Promise<string> => {
    const answer = await own.server.fetch(apiRequest(own, 'POST', path, body))
    expect(answer.status).toBeLessThan(300)
    return ((await answer.json()) as { data: { id: string } }).data.id
  }
  const id = await create('/api/connections', { name: 'Store', type: 'postgresql', configuration })
  await create('/api/models', { name: 'Own SQL', connection_id: id, configuration: { query: sql } })
  const { places, shown } = await warnedOf(own, '--text-files')
  expect(places).toEqual(['model Own SQL: configuration.query'])
  expect(leaksIn(shown, [planted])).toEqual([])
  const files = filesIn(own)
  expect(Object.keys(files).filter((path) => files[path]?.includes(planted))).toEqual([
    'configs/sql/own-sql.sql'
  ])
  expect(readFileSync(join(own.folder, '.env.example'), 'utf8')).not.toContain(planted)
})

test('a name that looks like a secret is warned of as well', async () => {
  const found = { ...connections()[0]!, name: address }
  expect((await warnedOf(withConnections([found]))).places).toEqual([`connection ${address}: name`])
})
