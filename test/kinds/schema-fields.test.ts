import { describe, expect, test } from 'vitest'
import { derivedApi } from '../../src/kinds/kind.ts'
import { isObject, type Json } from '../../src/state/value.ts'
import { client } from '../server/client.ts'
import { examples, secrets as exampleSecrets } from '../support/examples.ts'
import { exchangeOf } from '../support/exchange.ts'
import { named, secrets } from '../support/life.ts'
import { problemsOf } from '../support/reading.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../support/sandbox.ts'

/** Fields that people add to a schema, or describe in another way than the source does. */

const source = `connections:
  - name: Source
    type: postgresql
    configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
`
const zip = '{ id: address.zip, label: ZIP, type: string, path: "$.address.zip" }'
const price = '{ id: price, definition: [decimal, { precision: 9, scale: 2 }] }'
const files = (...fields: string[]) =>
  `${source}schema_fields: [{ connection: Source, schema: public.users, fields: [${fields.join(', ')}] }]\n`

function worldOf(text: string, options: SandboxOptions = {}): Sandbox {
  return createSandbox({
    files: { 'configs/a.yaml': text },
    env: secrets,
    server: { shape: 'newest' },
    ...options
  })
}

async function run(world: Sandbox, code: number, ...words: string[]): Promise<string> {
  const ran = await world.run(...words)
  expect(ran.code, ran.out + ran.err).toBe(code)
  return ran.out + ran.err
}

async function expectSettled(world: Sandbox, text: string): Promise<void> {
  world.write({ 'configs/a.yaml': text })
  await run(world, 0, 'validate')
  await run(world, 0, 'apply', '--yes')
  await run(world, 0, 'plan', '--detailed-exitcode')
  await run(world, 0, 'drift')
}

async function pathOf(world: Sandbox): Promise<string> {
  const { id } = await named(client(world.server), '/api/connections', 'Source')
  return `/api/connections/${id}/schemas/public.users`
}

/** The fields of the schema that people have touched, and how they look. */
async function ours(world: Sandbox): Promise<Record<string, unknown>[]> {
  const { data } = await client(world.server).get(await pathOf(world))
  const all = data['fields'] as Record<string, unknown>[]
  return all
    .filter((field) => field['user_managed'] === true)
    .map(({ id, name, type, path, type_spec }) =>
      JSON.parse(JSON.stringify({ id, name, type, path, type_spec }))
    )
}

async function writesOf(world: Sandbox, ...words: string[]): Promise<string[]> {
  world.requests()
  await run(world, 0, ...words)
  return world
    .requests()
    .filter((one) => !one.startsWith('GET'))
    .map((one) =>
      one.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID').replace('/api/connections/ID/schemas/public.users', '')
    )
}

const shownZip = { id: 'address.zip', name: 'ZIP', type: 'string', path: '$.address.zip' }
const decimal = ['decimal', { precision: 9, scale: 2 }]

test('fields are added with their connection, changed one by one, and put back', async () => {
  const world = worldOf(files(zip, price))
  expect(await writesOf(world, 'apply', '--yes')).toEqual(['POST /api/connections', 'POST /fields'])
  await expectSettled(world, files(zip, price))
  expect(await ours(world)).toEqual([
    shownZip,
    { id: 'price', name: 'price', type: 'number', type_spec: decimal }
  ])
  world.write({ 'configs/a.yaml': files(zip.replace('ZIP', 'Postcode'), '{ id: "a/b %", type: number }') })
  expect(await run(world, 0, 'plan')).toMatch(/address\.zip.*\n?.*Postcode/)
  expect(await writesOf(world, 'apply', '--yes')).toEqual([
    'POST /fields',
    'PATCH /fields/address.zip',
    'DELETE /fields/price'
  ])
  expect(await ours(world)).toEqual([
    { id: 'a/b %', name: 'a/b %', type: 'number' },
    { ...shownZip, name: 'Postcode' }
  ])
  world.write({ 'configs/a.yaml': `${source}removed: { schema_fields: [Source public.users] }\n` })
  expect(await writesOf(world, 'apply', '--yes')).toEqual([
    'DELETE /fields/a%2Fb%20%25',
    'DELETE /fields/address.zip'
  ])
  expect(await ours(world)).toEqual([])
  expect(await writesOf(world, 'apply', '--yes')).toEqual([])
})

test('a detected field is described in another way, and as the source has it when it leaves the files', async () => {
  const world = worldOf(files('{ id: email, label: Mail }'))
  await run(world, 0, 'apply', '--yes')
  expect(await ours(world)).toEqual([{ id: 'email', name: 'Mail', type: 'string' }])
  await expectSettled(world, files('{ id: email, label: Mail }', '{ id: company, definition: int }'))
  expect(await ours(world)).toHaveLength(2)
  // Also where it is said as the source has it, it is ours from then on.
  await expectSettled(world, files('{ id: id, type: number }'))
  expect(await ours(world)).toEqual([{ id: 'id', name: 'id', type: 'number' }])
  world.write({ 'configs/a.yaml': files('{ id: id, type: number }') })
  await run(world, 0, 'destroy', '--only', 'Source public.users', '--yes')
  expect(await ours(world)).toEqual([])
})

test('what is said is compared, and what is not said stays', async () => {
  const world = worldOf(files(zip, price))
  await run(world, 0, 'apply', '--yes')
  await expectSettled(world, files('{ id: address.zip, type: string }', '{ id: price, type: number }'))
  expect(await ours(world)).toMatchObject([shownZip, { type_spec: decimal }])
  await expectSettled(world, files('{ id: address.zip, path: "" }', '{ id: price, type: string }'))
  expect(await ours(world)).toEqual([
    { id: 'address.zip', name: 'ZIP', type: 'string' },
    { id: 'price', name: 'price', type: 'string' }
  ])
})

test('who makes the connection anew makes the fields that files say, and nothing of what stood beside them', async () => {
  const world = worldOf(files(zip))
  await run(world, 0, 'apply', '--yes')
  const api = client(world.server)
  const { id } = await named(api, '/api/connections', 'Source')
  await api.delete(`/api/connections/${id}`)
  await expectSettled(world, files('{ id: address.zip, type: string }'))
  expect(await ours(world)).toEqual([{ id: 'address.zip', name: 'address.zip', type: 'string' }])
})

test('a field that somebody adds by hand is shown, and deleted only as the plan says it', async () => {
  const world = worldOf(files(zip))
  await run(world, 0, 'apply', '--yes')
  const api = client(world.server)
  const path = await pathOf(world)
  await api.post(`${path}/fields`, { fields: [{ field_id: 'by_hand', label: 'By hand', type: 'string' }] })
  await api.patch(`${path}/fields/address.zip`, { type: 'number' })
  const drift = await run(world, 2, 'drift')
  expect(drift).toContain('by_hand')
  expect(drift).toMatch(/number/)
  await run(world, 0, 'plan', '--out', 'plan.json')
  await api.post(`${path}/fields`, { fields: [{ field_id: 'later', label: 'Later', type: 'string' }] })
  await run(world, 6, 'apply', 'plan.json')
  expect(await ours(world)).toHaveLength(3)
  await run(world, 0, 'apply', '--yes')
  expect(await ours(world)).toEqual([shownZip])
})

test('a plan of what is as it should be asks for the schema once, and no other command for more', async () => {
  const world = worldOf(files(zip))
  await run(world, 0, 'apply', '--yes')
  const path = await pathOf(world)
  for (const command of [['plan'], ['drift'], ['apply', '--yes']]) {
    world.requests()
    await run(world, 0, ...command)
    const needed = ['GET /api/connections', `GET ${path}`, 'GET /api/me']
    // Who looks hears of what moves data and no file declares.
    const core = ['GET /api/bulk/syncs', 'GET /api/models', 'GET /api/syncs']
    const expected = command.includes('apply') ? needed : [...needed, ...core]
    expect(world.requests().toSorted()).toEqual(expected.toSorted())
  }
})

describe('what a service does not tell is never taken for nothing', () => {
  test.each([
    ['plan'],
    ['drift'],
    ['apply', '--yes'],
    ['destroy', '--yes', '--only', 'Source public.users']
  ])('%s', async (...words) => {
    const world = worldOf(files(zip), { server: { shape: 'older' } })
    await run(world, 0, 'apply', '--yes', '--only', 'Source')
    const said = await run(world, 3, ...words)
    expect(said).toContain(
      'error[P114]: this service does not tell which fields people have added of schema fields "Source public.users"'
    )
    expect(said).toContain('configs/a.yaml:5:')
    expect(await writesOf(world, 'validate')).toEqual([])
  })

  test('nor where it is to be removed', async () => {
    const text = `${source}removed: { schema_fields: [Source public.users] }\n`
    const world = worldOf(text, { server: { shape: 'older' } })
    await run(world, 0, 'apply', '--yes', '--only', 'Source')
    expect(await run(world, 3, 'plan')).toContain('error[P114]')
  })

  test('a service that leaves out what is false tells it all the same', () => {
    const { untold, isReset } = derivedApi(exchangeOf('schema_fields').kind)!
    const plain = { id: 'a', name: 'a', type: 'string' }
    const cases: [Json, boolean, boolean][] = [
      [[], true, true],
      [[plain], false, false],
      [[{ ...plain, user_managed: null }], false, false],
      [[plain, { ...plain, source_primary_key: false }], true, true],
      [[plain, { ...plain, user_managed: false }], true, true],
      [[plain, { ...plain, user_managed: true }], true, false]
    ]
    for (const [fields, isTold, isNone] of cases)
      expect([untold?.({ fields }) === undefined, isReset({ fields })]).toEqual([isTold, isNone])
  })
})

/** A service that deletes fields later than it says: for some reads they are there. */
function lagging(
  reads: number,
  slept: number[]
): { options: SandboxOptions; begin: (world: Sandbox) => void } {
  let [world, left]: [Sandbox | undefined, number] = [undefined, 0]
  let before: unknown
  return {
    begin: (one) => void (world = one),
    options: {
      io: {
        sleep: (ms) => (slept.push(ms), new Promise((resolve) => setImmediate(resolve))),
        fetch: async (request) => {
          const { server } = world!
          const url = request.url
          if (request.method === 'DELETE' && url.includes('/fields/') && left === 0) {
            const path = new URL(url).pathname.replace(/\/fields\/.*/, '')
            before = (await client(server).get(path)).body
            left = reads
          } else if (request.method === 'GET' && url.endsWith('/schemas/public.users') && left > 0) {
            left -= 1
            return Response.json(before)
          }
          return await server.fetch(request)
        }
      }
    }
  }
}

describe('the service deletes in the background', () => {
  const made = async (reads: number) => {
    const slept: number[] = []
    const { options, begin } = lagging(reads, slept)
    const world = worldOf(files(zip, price), options)
    begin(world)
    await run(world, 0, 'apply', '--yes')
    slept.length = 0
    return { world, waited: () => slept.filter((ms) => ms >= 500) }
  }

  test('that is waited for, of one field and of all', async () => {
    const { world, waited } = await made(3)
    world.write({ 'configs/a.yaml': files(zip) })
    await run(world, 0, 'apply', '--yes')
    expect(waited()).toEqual([500, 1000, 2000])
    await run(world, 0, 'destroy', '--yes', '--only', 'Source public.users')
    expect(waited().slice(3)).toEqual([500, 1000, 2000])
    expect(await ours(world)).toEqual([])
  })

  test('for five minutes at most, and the report says so', async () => {
    const { world, waited } = await made(1000)
    const said = await run(world, 0, 'destroy', '--yes', '--only', 'Source public.users')
    expect(said).toContain('the service accepted it, and still shows what was there')
    const sum = waited().reduce((all, ms) => all + ms, 0)
    expect([sum >= 300_000, sum < 320_000]).toEqual([true, true])
  })
})

test('a deletion whose answer was lost, and that is refused when it is repeated, is done', async () => {
  let lost = 0
  const world: Sandbox = worldOf(files('{ id: email, label: Mail }', zip), {
    io: {
      fetch: async (request) => {
        const answer = await world.server.fetch(request)
        if (request.method !== 'DELETE' || lost > 0) return answer
        lost += 1
        return new Response('', { status: 502 })
      }
    }
  })
  await run(world, 0, 'apply', '--yes')
  world.write({ 'configs/a.yaml': files(zip) })
  await run(world, 0, 'apply', '--yes')
  expect([lost, await ours(world)]).toEqual([1, [shownZip]])
})

test('a new field needs a type, which plan tells where the schema is known', async () => {
  const world = worldOf(files('{ id: emial, label: Mail }'))
  await run(world, 0, 'apply', '--yes', '--only', 'Source')
  const plan = await run(world, 3, 'plan')
  expect(plan).toContain('adds the field `emial` without its type')
  expect(plan).toContain('[P430]')
  await expectSettled(world, files('{ id: email, label: Mail }'))
})

test('versions before the newest do not have it', async () => {
  const world = worldOf(`workspace: { api_version: "2024-02-08" }\n${files(zip)}`)
  expect(await run(world, 3, 'validate')).toContain('schema_fields')
})

test('what only looks like a definition is told before anything is sent', async () => {
  const codes = async (field: string) => (await problemsOf(files(field))).map((one) => one.split(' ')[0])
  for (const fine of ['json]', '[jsonarray]', '[array, string]', 'bigint', '[versioned, [[json], string]]'])
    expect(await codes(`{ id: a, definition: ${fine.replace(/^json\]/, '[json]')} }`)).toEqual([])
  expect(await codes('{ id: a, definition: [decimal] }')).toEqual(['P104'])
  expect(await codes('{ id: a, definition: [decimal, { precision: 2, scale: 3 }] }')).toEqual(['P104'])
  expect(await codes('{ id: a, definition: [text] }')).toEqual(['P104'])
  expect(await codes('{ id: a, definition: bigint, type: string }')).toEqual(['P109'])
  expect(await codes('{ id: a }')).toEqual(['P103'])
  expect(await problemsOf(files('{ id: a, type: string }', '{ id: a, type: number }'))).toEqual([
    expect.stringContaining('P105')
  ])
})

describe('of one answer', () => {
  const { kind, read, differences } = exchangeOf('schema_fields')
  const { updates } = derivedApi(kind)!
  const answer = {
    id: 'c/schemas/s',
    fields: [
      { id: 'a', name: 'A', type: 'number', type_spec: decimal, user_managed: true },
      { id: 'b', name: 'b', type: 'string', user_managed: false }
    ]
  }

  test('only what is ours is read, and another order of members is no difference', () => {
    expect(read(answer)['fields']).toEqual([{ id: 'a', label: 'A', type: 'number', definition: decimal }])
    const other = { id: 'a', definition: ['decimal', { scale: 2, precision: 9 }] }
    expect(differences({ connection: 'C', schema: 's', fields: [other] }, answer)).not.toContainEqual(
      expect.stringContaining('fields')
    )
  })

  test('a change says what differs; a type is said with its definition, which it would drop', () => {
    const sent = (field: Json) => updates({ fields: [isObject(field) ? field : {}] }, answer)
    expect(sent({ field_id: 'a', label: 'A', type: 'number' })).toEqual([])
    expect(sent({ field_id: 'a', label: 'B', type: 'number', definition: decimal })).toEqual([
      { method: 'PATCH', path: '/fields/a', body: { label: 'B' } }
    ])
    const first = { ...answer, fields: [{ ...answer.fields[0]!, type: 'string' }] }
    expect(updates({ fields: [{ field_id: 'a', type: 'number', definition: decimal }] }, first)).toEqual([
      { method: 'PATCH', path: '/fields/a', body: { type: 'number', definition: decimal } }
    ])
  })
})

test('the example that stands in a comment works', async () => {
  const example = examples['permissions-and-notifications.yaml']!
  const [, comment = ''] = example.split('#\n# schema_fields:')
  const lines = `# schema_fields:${comment}`.replaceAll(/^# ?/gm, '')
  const world = worldOf('roles: []\n', { env: exampleSecrets })
  await run(world, 0, 'validate')
  await expectSettled(world, `${example}\n${lines}`)
  const { id } = await named(client(world.server), '/api/connections', 'Personnel database')
  const { data } = await client(world.server).get(`/api/connections/${id}/schemas/public.users`)
  expect(data['fields']).toContainEqual(expect.objectContaining({ id: 'address.city', user_managed: true }))
})

describe('what else uses the connection may name fields that are added by the same plan', () => {
  const using = (name: string) => `  - name: Warehouse
    type: snowflake
    configuration: { account: a, username: u, password: "\${env:PASSWORD}", dbname: d }
schema_primary_keys: [{ connection: Source, schema: public.users, fields: [${name}] }]
models: [{ name: Users, connection: Source, configuration: { table: public.users }, fields: [id] }]
bulk_syncs:
  - name: Copy
    mode: replicate
    source: { connection: Source }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    schemas: [{ id: public.users, fields: [id, ${name}] }]
    default_schedule: manual
`
  const described = files('{ id: zip, type: string }').slice(source.length)

  test.each([true, false])('and is made after it; the connection is there already: %s', async (isThere) => {
    const world = worldOf(source)
    if (isThere) await run(world, 0, 'apply', '--yes')
    world.write({ 'configs/a.yaml': `${source}${using('zip')}${described}` })
    await run(world, 0, 'plan')
    const writes = await writesOf(world, 'apply', '--yes')
    const before = writes
      .slice(0, writes.indexOf('POST /fields'))
      .filter((one) => one !== 'POST /api/connections')
    expect(before).toEqual([])
    await run(world, 0, 'plan', '--detailed-exitcode')
  })

  test('and is changed as usual once they are gone', async () => {
    const world = worldOf(`${source}${using('zip')}${described}`)
    await run(world, 0, 'apply', '--yes')
    await expectSettled(world, `${source}${using('email')}${described}`)
    await expectSettled(
      world,
      `${source}${using('email')}removed: { schema_fields: [Source public.users] }\n`
    )
    await expectSettled(world, `${source}${using('company')}`)
  })

  test('and lets go of them before they are taken away by the same plan', async () => {
    const world = worldOf(
      `${source}${using('zip')}${files('{ id: zip, type: string }', '{ id: b, type: string }').slice(source.length)}`
    )
    await run(world, 0, 'apply', '--yes')
    world.write({
      'configs/a.yaml': `${source}${using('email')}${files('{ id: b, type: string }').slice(source.length)}`
    })
    const writes = await writesOf(world, 'apply', '--yes')
    expect(writes.at(-1)).toBe('DELETE /fields/zip')
    await run(world, 0, 'plan', '--detailed-exitcode')
    world.write({
      'configs/a.yaml': `${source}${using('b')}${files('{ id: b, type: string }').slice(source.length)}`
    })
    await run(world, 0, 'apply', '--yes')
    world.write({
      'configs/a.yaml': `${source}${using('email')}removed: { schema_fields: [Source public.users] }\n`
    })
    expect((await writesOf(world, 'apply', '--yes')).at(-1)).toBe('DELETE /fields/b')
    await run(world, 0, 'plan', '--detailed-exitcode')
  })

  test('and is deleted before they are taken away, where both go by the same plan', async () => {
    const [, without = ''] = /^(.*?)bulk_syncs:/s.exec(using('email')) ?? []
    const fewer = files('{ id: b, type: string }').slice(source.length)
    const more = files('{ id: zip, type: string }', '{ id: b, type: string }').slice(source.length)
    const world = worldOf(`${source}${using('zip')}${more}`)
    await run(world, 0, 'apply', '--yes')
    world.write({ 'configs/a.yaml': `${source}${without}${fewer}removed: { bulk_syncs: [Copy] }\n` })
    const writes = await writesOf(world, 'apply', '--yes')
    expect(writes.at(-2)).toMatch(/^DELETE \/api\/bulk\/syncs\//)
    expect(writes.at(-1)).toBe('DELETE /fields/zip')
    await run(world, 0, 'plan', '--detailed-exitcode')
  })

  test('but no other', async () => {
    const world = worldOf(source)
    await run(world, 0, 'apply', '--yes')
    world.write({ 'configs/a.yaml': `${source}${using('zpi')}${described}` })
    const plan = await run(world, 3, 'plan')
    expect(plan).toContain('error[P427]: bulk sync "Copy" names `zpi`')
    expect(plan).toContain('`zip`')
  })
})
