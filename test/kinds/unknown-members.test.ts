import { describe, expect, test } from 'vitest'
import { exchangeOf } from '../support/exchange.ts'
import { secrets, twoConnections } from '../support/life.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** R8, seen from outside: a newer service answers more than polyctl knows, and gets all of it back. */

type Tree = Record<string, unknown>

const yaml = (hour: number, host: string) => `${twoConnections.replace('hostname: h', `hostname: ${host}`)}
models:
  - name: Users
    connection: Source
    configuration: { table: public.users }
    additional_fields: [{ name: meta.a, label: A, type: string }]
syncs:
  - name: S
    mode: update
    active: false
    model: Users
    identity: { source: email, target: email, function: Equality }
    fields: [{ source: first_name, target: first_name }]
    filters: [{ field: email, function: IsNotNull }]
    target: { connection: Source, object: public.users }
    schedule: { frequency: daily, hour: ${hour}, minute: 1 }
bulk_syncs:
  - name: B
    mode: replicate
    source: { connection: Source }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    schemas: [{ id: public.users, fields: [id] }]
    default_schedule: { frequency: daily, hour: ${hour}, minute: 1 }
`

/** Answers have one member more in each object; what is written is noted, without these. */
function newerService(): { world: Sandbox; written: Map<string, Tree> } {
  const written = new Map<string, Tree>()
  const world = createSandbox({
    files: { 'configs/a.yaml': yaml(1, 'h') },
    env: secrets,
    io: {
      async fetch(request) {
        const path = new URL(request.url).pathname.replace(/[0-9a-f-]{36}/, 'ID')
        if (request.method !== 'PUT') return await answered(await world.server.fetch(request))
        const body = (await request.json()) as Tree
        written.set(path, body)
        const { method, url, headers } = request
        return await answered(
          await world.server.fetch(
            new Request(url, { method, headers, body: JSON.stringify(without(body)) })
          )
        )
      }
    }
  })
  return { world, written }
}

async function answered(response: Response): Promise<Response> {
  const text = await response.text()
  const { status, headers } = response
  if (!headers.get('content-type')?.includes('json') || status >= 400)
    return new Response(text === '' ? null : text, { status, headers })
  return new Response(JSON.stringify(grown(JSON.parse(text))), {
    status,
    headers: { 'content-type': 'application/json' }
  })
}

function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown)
  if (typeof value !== 'object' || value === null) return value
  return {
    ...Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, grown(inner)])),
    later: { deep: 'kept' }
  }
}

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'later')
      .map(([name, inner]) => [name, without(inner)])
  )
}

/** The places of a body that have the member, as `schedule` or `fields[].source`. */
function places(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => places(item, `${at}[]`))
  if (typeof value !== 'object' || value === null) return []
  const own = 'later' in value ? [at === '' ? '.' : at] : []
  const below = Object.entries(value).filter(([name]) => name !== 'later')
  return [...own, ...below.flatMap(([name, inner]) => places(inner, at === '' ? name : `${at}.${name}`))]
}

test('each member that nobody knows is sent back where it was, and plan finds no difference', async () => {
  const { world, written } = newerService()
  const first = await world.run('apply', '--yes')
  expect(first.code, first.out + first.err).toBe(0)
  const plan = await world.run('plan', '--detailed-exitcode')
  expect(plan.code, plan.out + plan.err).toBe(0)
  world.write({ 'configs/a.yaml': yaml(2, 'elsewhere') })
  written.clear()
  const second = await world.run('apply', '--yes')
  expect(second.code, second.out + second.err).toBe(0)
  expect([...new Set(places(written.get('/api/connections/ID')))]).toEqual(['.', 'configuration'])
  expect([...new Set(places(written.get('/api/syncs/ID')))].toSorted()).toEqual([
    '.',
    'fields[]',
    'fields[].source',
    'filters[]',
    'filters[].field',
    'identity',
    'identity.source',
    'schedule',
    'target'
  ])
  expect([...new Set(places(written.get('/api/bulk/syncs/ID')))].toSorted()).toEqual([
    '.',
    'default_schedule',
    'destination_configuration',
    'destination_configuration.advanced',
    'schemas[]',
    'schemas[].fields[]'
  ])
  const again = await world.run('plan', '--detailed-exitcode')
  expect(again.code, again.out + again.err).toBe(0)
})

describe('items of lists', () => {
  const { update, id } = exchangeOf('sync')
  const source = (field: string) => ({ model_id: id('model', 'M'), field })
  const item = (filters: object[]) => ({
    mode: 'update',
    model: 'M',
    filters,
    target: { connection: 'C', object: 'O' },
    schedule: 'manual'
  })
  const live = {
    filters: [
      { field: source('a'), field_type: 'Model', function: 'GreaterThan', value: 1, label: 'A', later: 1 },
      { field: source('b'), field_type: 'Model', function: 'IsNull', label: 'B', later: 2 }
    ]
  } as never
  const sent = (filters: object[]) =>
    (update(item(filters) as never, live)['filters'] as Tree[]).map(({ later }) => later)

  test('keep what nobody knows of them in another order, and with another value', () => {
    expect(
      sent([
        { field: 'b', function: 'IsNull' },
        { field: 'a', function: 'GreaterThan', value: 5 }
      ])
    ).toEqual([2, 1])
  })

  test('that are another thing have nothing of those that went', () => {
    expect(sent([{ field: 'c', function: 'IsNull' }])).toEqual([undefined])
    expect(
      sent([
        { field: 'a', function: 'LessThan', value: 2 },
        { field: 'a', function: 'Between', value: 3 }
      ])
    ).toEqual([undefined, undefined])
  })

  test('of a source there is nothing left when it is another field', () => {
    const { update: again } = exchangeOf('sync')
    const there = {
      identity: { source: { ...source('a'), of: 'a' }, target: 'T', function: 'Equality', of: 'T' }
    }
    const body = again(
      {
        ...item([]),
        identity: { source: 'b', target: 'T', function: 'Equality' }
      } as never,
      there
    )
    expect(body['identity']).toEqual({ source: source('b'), target: 'T', function: 'Equality', of: 'T' })
  })
})

test('free lists keep what their items have beside what is stated, masks excepted', () => {
  const { update, differences } = exchangeOf('connection')
  const rows = (more: object) => [
    { name: 'X', value: '1', ...more },
    { name: 'Y', value: '2' }
  ]
  const item = { type: 'api', configuration: { url: 'u', tables: rows({}) } }
  const live = {
    type: { id: 'api' },
    configuration: { url: 'u', tables: rows({ later: 1, secret_part: '********' }).toReversed() }
  }
  expect(differences(item as never, live as never)).toEqual([])
  expect(update(item as never, live as never)['configuration']).toEqual({
    url: 'u',
    tables: rows({ later: 1 })
  })
})

test('an item of a free list that lacks what the others say is another item', () => {
  const { update, differences } = exchangeOf('connection')
  const item = { type: 'api', configuration: { tables: [{ name: 'X', open: true }, { name: 'Y' }, {}] } }
  const live = (...tables: object[]) => ({ type: { id: 'api' }, configuration: { tables } }) as never
  const same = live({ later: 1 }, { name: 'Y', later: 2 }, { name: 'X', open: true })
  expect(differences(item, same)).toEqual([])
  expect(update(item, same)['configuration']).toEqual({
    tables: [{ name: 'X', open: true }, { name: 'Y', later: 2 }, { later: 1 }]
  })
  const other = live({ name: 'X', open: true }, { name: 'Y', open: false }, { name: 'Z' })
  expect(differences(item, other)).toEqual(['changed configuration.tables'])
  expect(update(item, other)['configuration']).toEqual(item.configuration)
})

test('an update that is refused names what was sent back without being known', async () => {
  const { world, written } = newerService()
  const first = await world.run('apply', '--yes')
  expect(first.code, first.out + first.err).toBe(0)
  world.write({ 'configs/a.yaml': yaml(1, 'h').replace('target: first_name }', 'target: nowhere }') })
  const second = await world.run('apply', '--yes')
  expect(second.code, second.out + second.err).toBe(5)
  expect(written.has('/api/syncs/ID')).toBe(true)
  expect(second.err + second.out).toContain(
    'sent back as it came, for polyctl does not know it: later, identity.later,'
  )
})
