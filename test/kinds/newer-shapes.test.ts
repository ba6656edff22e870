import { describe, expect, test } from 'vitest'
import { client } from '../server/client.ts'
import { exchangeOf } from '../support/exchange.ts'
import { named, secrets, syncOfUsers } from '../support/life.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/**
 * A service as the newest official client describes it: it answers identity and filters of a sync in both
 * shapes, reads the newer where it is sent, and refuses two that differ.
 */

// oxlint-disable-next-line typescript/no-explicit-any -- bodies of any shape, looked into at will
type Tree = Record<string, any>

const letter = (index: number) => String.fromCodePoint(65 + index)

/** What the local server cannot hold is kept beside it. */
interface Newest {
  world: Sandbox
  /** Bodies of POST and PUT, as they came. */
  sent: Tree[]
  /** Further mappings, and what filters of the target compare with, as somebody set them in the web page. */
  byHand: { others?: Tree[]; value_source?: Tree }
}

function newest(files: string): Newest {
  const it: Newest = { sent: [], byHand: {}, world: undefined as unknown as Sandbox }
  it.world = createSandbox({
    files: { 'configs/a.yaml': files },
    env: secrets,
    io: {
      async fetch(request) {
        const { method, url, headers } = request
        const isOne = /\/api\/syncs(\/[0-9a-f-]{36})?$/.test(new URL(url).pathname)
        if (!isOne || !['GET', 'POST', 'PUT'].includes(method)) return await it.world.server.fetch(request)
        if (method === 'GET') return await answered(await it.world.server.fetch(request), it)
        const body = (await request.json()) as Tree
        it.sent.push(body)
        const refusal = refused(body, it)
        if (refusal !== undefined)
          return Response.json({ status: 422, key: 'invalid', message: refusal }, { status: 422 })
        const older = JSON.stringify(inOlder(body, it))
        return await answered(
          await it.world.server.fetch(new Request(url, { method, headers, body: older })),
          it
        )
      }
    }
  })
  return it
}

function refused(body: Tree, { byHand }: Newest): string | undefined {
  const newer = body['model_filters'] ?? body['target_filters']
  if (
    newer !== undefined &&
    ('filters' in body || 'filter_logic' in body || 'filter_logic' in body['target'])
  )
    return 'filters: describe something else than model_filters and target_filters'
  if (byHand.others && !('identities' in body))
    return 'identities: a sync with several cannot be updated with identity'
  for (const shape of [body['model_filters'], body['target_filters']].filter(Boolean) as Tree[]) {
    const labels = new Set<string>(String(shape['logic'] ?? '').match(/[A-Z]+(?![a-z])/g) ?? [])
    labels.delete('AND')
    labels.delete('OR')
    const all = (shape['conditions'] as Tree[]).map((one) => one['label'])
    if (shape['logic'] && all.some((one) => !labels.has(one))) return 'logic: does not name every condition'
  }
  return undefined
}

function inOlder(body: Tree, it: Newest): Tree {
  const { identities, model_filters: ofModel, target_filters: ofTarget, ...rest } = body
  const older: Tree = { ...rest, target: { ...rest['target'] } }
  if (identities !== undefined) {
    const [first, ...others] = identities.mappings as Tree[]
    older['identity'] = first
    if (others.length > 0) it.byHand.others = others
    else delete it.byHand.others
  }
  if (ofModel === undefined && ofTarget === undefined) return older
  const model = ((ofModel?.conditions ?? []) as Tree[]).map(({ source, function: name, value }) => ({
    field: source,
    field_type: 'Model',
    function: name,
    value
  }))
  const target = ((ofTarget?.conditions ?? []) as Tree[]).map(({ field, function: name, value }) => ({
    field_id: field,
    field_type: 'Target',
    function: name,
    value
  }))
  const moved = (logic: string | undefined, by: number) =>
    logic?.replaceAll(/\b[A-Z]\b/g, (one) => letter(one.codePointAt(0)! - 65 + by))
  older['filters'] = [...model, ...target]
  older['filter_logic'] = moved(ofModel?.logic, 0) ?? ''
  older['target']['filter_logic'] = moved(ofTarget?.logic, model.length) ?? ''
  return older
}

async function answered(response: Response, it: Newest): Promise<Response> {
  const body = (await response.json()) as Tree
  const { data } = body
  if (Array.isArray(data) || data === undefined) return Response.json(body, { status: response.status })
  return Response.json({ ...body, data: inBoth(data as Tree, it) }, { status: response.status })
}

function inBoth(sync: Tree, { byHand }: Newest): Tree {
  const filters = (sync['filters'] ?? []) as Tree[]
  const sort = (name: string) => filters.filter(({ field_type }) => field_type === name)
  const relabelled = (logic: string | undefined, own: Tree[]) =>
    logic?.replaceAll(/\b[A-Z]\b/g, (one) => letter(own.findIndex(({ label }) => label === one)))
  return {
    ...sync,
    ...(sync['identity'] && {
      identities: { mappings: [sync['identity'], ...(byHand.others ?? [])], strategy: 'priority' }
    }),
    model_filters: {
      conditions: sort('Model').map(({ field, function: name, value }, index) => ({
        source: field,
        function: name,
        value,
        label: letter(index)
      })),
      logic: relabelled(sync['filter_logic'], sort('Model'))
    },
    target_filters: {
      conditions: sort('Target').map(({ field_id, function: name, value }, index) => ({
        field: field_id,
        function: name,
        ...(byHand.value_source ? { value_source: byHand.value_source } : { value }),
        label: letter(index)
      })),
      logic: relabelled(sync['target']['filter_logic'], sort('Target'))
    },
    problems: []
  }
}

async function run(world: Sandbox, code: number, ...words: string[]): Promise<string> {
  const ran = await world.run(...words)
  expect(ran.code, ran.out + ran.err).toBe(code)
  return ran.out + ran.err
}

const filters = (name: string) => `    filters:
      - { field_id: email, field_type: Target, function: IsNotNull }
      - { field: email, function: ${name} }
      - { field: last_name, function: Equality, value: x }
      - { field_id: last_name, field_type: Target, function: IsNull }
    filter_logic: B OR C
`
const targetLogic = (text: string) =>
  text.replace('object: public.users }', 'object: public.users, filter_logic: "D OR A" }')

test('exactly one shape is sent: the older for a new sync, the newer where the answer has it', async () => {
  const { world, sent } = newest(targetLogic(syncOfUsers(filters('IsNotNull'))))
  await run(world, 0, 'apply', '--yes')
  expect(Object.keys(sent[0]!)).toEqual(expect.arrayContaining(['identity', 'filters', 'filter_logic']))
  expect(
    Object.keys(sent[0]!).filter((key) => /identities|model_filters|target_filters/.test(key))
  ).toEqual([])
  await run(world, 0, 'plan', '--detailed-exitcode')
  world.write({ 'configs/a.yaml': targetLogic(syncOfUsers(filters('IsNull'))) })
  sent.length = 0
  expect(await run(world, 2, 'plan', '--detailed-exitcode')).not.toContain('filter_logic')
  await run(world, 0, 'apply', '--yes')
  const { identity, filters: old, filter_logic: logic, problems, ...body } = sent[0]!
  expect([identity, old, logic, problems, body['target'].filter_logic]).toEqual(Array(5).fill(undefined))
  const { model_id: model } = body['identities'].mappings[0].source as Tree
  expect(body).toMatchObject({
    identities: { mappings: [{ source: { field: 'email' }, target: 'email', function: 'Equality' }] },
    model_filters: {
      conditions: [
        { source: { model_id: model, field: 'email' }, function: 'IsNull', label: 'A' },
        { source: { model_id: model, field: 'last_name' }, function: 'Equality', value: 'x', label: 'B' }
      ],
      logic: 'A OR B'
    },
    target_filters: {
      conditions: [
        { field: 'email', function: 'IsNotNull', label: 'A' },
        { field: 'last_name', function: 'IsNull', label: 'B' }
      ],
      logic: 'A OR B'
    }
  })
  await run(world, 0, 'plan', '--detailed-exitcode')
  // All of them taken away again.
  world.write({
    'configs/a.yaml': syncOfUsers('')
      .replace(/ {4}identity: .*\n/, '')
      .replace('mode: update', 'mode: replace')
  })
  await run(world, 0, 'apply', '--yes')
  await run(world, 0, 'plan', '--detailed-exitcode')
})

test('one identity in the files takes the others away, and says so; ignored they are kept', async () => {
  const it = newest(syncOfUsers(''))
  await run(it.world, 0, 'apply', '--yes')
  const { id } = await named(client(it.world.server), '/api/syncs', 'S')
  const { identity } = (await client(it.world.server).get(`/api/syncs/${id}`)).data as Tree
  const other = { ...identity, source: { ...identity.source, field: 'last_name' }, target: 'last_name' }
  it.byHand.others = [other]
  const reported = await run(it.world, 2, 'plan', '--detailed-exitcode')
  expect(reported).toMatch(/- identities\.mappings\[1\] +last_name ← Users · last_name/)
  expect(reported).toContain('may duplicate (identities.mappings[1])')
  const ignoring = '    lifecycle: { ignore_changes: [identity] }\n'
  it.world.write({
    'configs/a.yaml': syncOfUsers(ignoring).replace('schedule: manual', 'schedule: continuous')
  })
  it.sent.length = 0
  await run(it.world, 0, 'apply', '--yes')
  expect(it.sent[0]).toMatchObject({
    identities: { strategy: 'priority', mappings: [{ target: 'email' }, { target: 'last_name' }] }
  })
  expect(it.sent[0]).not.toHaveProperty('identity')
  await run(it.world, 0, 'plan', '--detailed-exitcode')
})

test('a fixed value in the files takes the place of a field, and says so; ignored it is kept', async () => {
  const target = '    filters: [{ field_id: email, field_type: Target, function: Equality, value: x }]\n'
  const it = newest(syncOfUsers(target))
  await run(it.world, 0, 'apply', '--yes')
  const { id } = await named(client(it.world.server), '/api/syncs', 'S')
  const { identity } = (await client(it.world.server).get(`/api/syncs/${id}`)).data as Tree
  it.byHand.value_source = identity.source
  const reported = await run(it.world, 2, 'plan', '--detailed-exitcode')
  expect(reported).toMatch(/\[email Equality "x"\]\n {2}\+ +field_id/)
  expect(reported).toMatch(/- +\[email Equality = email\]/)
  const ignoring = `${target}    lifecycle: { ignore_changes: [filters] }\n`
  it.world.write({
    'configs/a.yaml': syncOfUsers(ignoring).replace('schedule: manual', 'schedule: continuous')
  })
  it.sent.length = 0
  const applied = await it.world.run('apply', '--yes')
  expect(applied.code, applied.err).toBe(0)
  expect(it.sent[0]!['target_filters'].conditions).toEqual([
    { field: 'email', function: 'Equality', value_source: identity.source, label: 'A' }
  ])
})

describe('two words for one thing in answers of a bulk sync', () => {
  const { update, differences, id } = exchangeOf('bulk_sync')
  const item = {
    mode: 'replicate',
    source: { connection: 'E' },
    destination: { connection: 'F', configuration: { schema: 'raw' } },
    schemas: [{ id: 'a', fields: [{ id: 'x', obfuscate: true }] }],
    default_schedule: 'manual'
  }
  const live = {
    mode: 'replicate',
    source_connection_id: id('connection', 'E'),
    destination_connection_id: id('connection', 'F'),
    destination_configuration: { schema: 'raw' },
    default_schedule: { id: 's', frequency: 'manual' },
    schedule: { frequency: 'daily' },
    schedules: [{ frequency: 'daily' }],
    discover: true,
    automatically_add_new_objects: 'none',
    schemas: [{ id: 'a', enabled: true }],
    schema_details: [{ id: 'a', fields: [{ id: 'x', obfuscated: true, obfuscate: false }] }]
  }

  test('one of them is read and sent', () => {
    expect(differences(item, live)).toEqual([])
    const body = update(item, live)
    expect(Object.keys(body).filter((key) => ['schedule', 'schedules', 'discover'].includes(key))).toEqual(
      []
    )
    expect(body['default_schedule']).toEqual({ id: 's', frequency: 'manual' })
    expect(body['schemas']).toEqual([
      { id: 'a', enabled: true, fields: [{ id: 'x', enabled: true, obfuscate: true }] }
    ])
  })
})
