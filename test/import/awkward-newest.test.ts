import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { isObject, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { startService, type Service } from '../contract/service.ts'
import { inBothShapes, inOlderMembers } from '../support/newest-sync.ts'
import type { ServiceBehaviour } from '../support/service-behaviour.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { makeAwkward } from './awkward.ts'
import { expectImported } from './files.ts'

/** The awkward workspace in a service that is newer than polyctl: another shape, and members that nobody knows. */

const newest: ServiceBehaviour = {
  version: '2025-09-18',
  unset: 'absent',
  reversed: false,
  masksNested: false,
  shape: 'newest'
}

const marker = 'later_version'

/** A member more in each object, which says where it stands. */
function marked(value: Json, at = ''): Json {
  if (Array.isArray(value)) return value.map((one, index) => marked(one, `${at}[${index}]`))
  if (!isObject(value)) return value
  const inner = Object.entries(value).map(([key, one]) => [key, marked(one, `${at}.${key}`)])
  return { ...Object.fromEntries(inner), [marker]: `at ${at}` }
}

function unmarked(value: Json): Json {
  if (Array.isArray(value)) return value.map(unmarked)
  if (!isObject(value)) return value
  const known = Object.entries(value).filter(([key]) => key !== marker)
  return Object.fromEntries(known.map(([key, one]) => [key, unmarked(one)]))
}

/** Files refuse what is live of it: its logic names a filter that it does not have. */
const refused = 'Of a twin model'

/** What only the newer shape can say, by the name of the sync. */
function more(answer: JsonObject): JsonObject {
  const model = valueOf(answer, 'identity', 'source', 'model_id')
  if (answer['name'] === '1e3') {
    const second = {
      source: { model_id: model, field: 'last_name' },
      target: 'LastName',
      function: 'Equality'
    }
    return {
      ...answer,
      identities: { mappings: [answer['identity'] ?? null, second], strategy: 'priority' }
    }
  }
  if (answer['name'] !== '  padded ' && answer['name'] !== refused) return answer
  const condition = { field: 'Email', function: 'Equality', label: 'A' }
  const source = { model_id: model, field: 'email' }
  const older = {
    field_id: 'Email',
    field_type: 'Target',
    function: 'Equality',
    value_field: source,
    label: 'A'
  }
  return {
    ...answer,
    target_filters: {
      conditions: [{ ...condition, value_source: source }],
      ...(answer['name'] === refused ? { logic: 'A OR Z' } : {})
    },
    ...(answer['name'] === '  padded ' ? { mode: 'update' } : {}),
    filters: [older]
  }
}

function valueOf(value: Json, ...path: string[]): Json {
  return path.reduce<Json>((at, key) => (isObject(at) ? (at[key] ?? null) : null), value)
}

const isSync = /^\/api\/syncs\/[0-9a-f-]{36}$/

/** The service through a proxy that answers as the newest does, and keeps the bodies of updates. */
function newerWorld(service: Service, bodies: JsonObject[]): Sandbox {
  const fetch = async (request: Request): Promise<Response> => {
    if (!isSync.test(new URL(request.url).pathname)) return await service.server.fetch(request)
    let forwarded = request
    if (request.method === 'PUT') {
      const body = (await request.json()) as JsonObject
      bodies.push(body)
      const known = inOlderMembers(unmarked(body) as JsonObject)
      forwarded = new Request(request.url, {
        method: 'PUT',
        headers: request.headers,
        body: JSON.stringify(known)
      })
    }
    const answer = await service.server.fetch(forwarded)
    if (!answer.ok) return answer
    const { data } = (await answer.json()) as { data: JsonObject }
    return Response.json({ data: marked(more(inBothShapes(data, data, newest))) })
  }
  return createSandbox({ env: { POLYTOMIC_API_KEY: service.server.apiKey }, io: { fetch } })
}

test('R8: the newest shapes are imported, and an update sends one of them, with all that nobody knows', async () => {
  const service = await startService()
  await makeAwkward(service)
  const bodies: JsonObject[] = []
  const world = newerWorld(service, bodies)
  const path = 'configs/polytomic.yaml'
  const files = await expectImported(world, '--layout', 'one')
  const before = files[path] ?? ''
  expect(before).not.toContain(marker)
  const { syncs } = parse(before) as { syncs: JsonObject[] }
  const named = (name: string): JsonObject => syncs.find((one) => one['name'] === name) ?? {}
  expect(named('1e3')['identities']).toEqual({
    mappings: [
      { source: 'email', target: 'Email', function: 'Equality' },
      { source: 'last_name', target: 'LastName', function: 'Equality' }
    ],
    strategy: 'priority'
  })
  expect(named('  padded ')['target_filters']).toEqual({
    conditions: [{ field: 'Email', function: 'Equality', value_source: 'email' }]
  })
  expect(valueOf(named('Sync with everything'), 'model_filters', 'logic')).toBe('A AND (B OR NOT C)')
  // What files cannot say is listed; of what is in no file, each one, however much else there is to tell.
  const reported = await world.run('import', '--layout', 'one')
  expect(reported.out).toMatch(/\n {2}syncs +8 of 9 {2}\(1 not written\)\n/)
  expect(reported.out).toContain(
    `\n  sync "${refused}" is in no file, for files refuse it: the logic names \`Z\``
  )
  expect(named(refused)).toEqual({})
  const { out } = await world.run('import', '--layout', 'one', '--format', 'json')
  const { attention } = JSON.parse(out) as { attention: { about: string; kind: string; text: string }[] }
  const unknown = attention.filter(({ about, kind }) => about === 'unknown' && kind === 'sync')
  expect(unknown).toHaveLength(syncs.length)
  for (const { text } of unknown) expect(text).toContain(marker)

  const edited = before.replaceAll(
    /- name: (?:"1e3"|" {2}padded "|Sync with everything)\n(?: {4}id: .*\n)?(?= {4}mode: )/g,
    (head) => `${head}    sync_all_records: true\n`
  )
  world.write({ [path]: edited })
  const applied = await world.run('apply', '--yes', '--no-check')
  expect(applied.code, applied.out + applied.err).toBe(8)
  expect(bodies).toHaveLength(3)
  for (const body of bodies) {
    const [older, newer] = [
      ['identity', 'filters', 'filter_logic'],
      ['identities', 'model_filters', 'target_filters']
    ].map((keys) => keys.filter((key) => key in body))
    expect(older?.length === 0 || newer?.length === 0, JSON.stringify(Object.keys(body))).toBe(true)
    expect(body['sync_all_records']).toBe(true)
    const sent = JSON.stringify(body)
    for (const place of ['', '.fields[0]', '.fields[0].source', '.target', '.schedule'])
      expect(sent, place).toContain(`"${marker}":"at ${place}"`)
  }
  const everything = JSON.stringify(bodies.find(({ name }) => name === 'Sync with everything'))
  const conditions = [0, 1, 2].map((index) => `.model_filters.conditions[${index}]`)
  const places = [
    '.model_filters',
    ...conditions,
    '.identities',
    '.identities.mappings[0]',
    '.overrides[0]'
  ]
  for (const place of places) {
    const twin = place
      .replace('model_filters.conditions', 'filters')
      .replace('identities.mappings[0]', 'identity')
    expect(
      [place, twin].some((at) => everything.includes(`"${marker}":"at ${at}"`)),
      place
    ).toBe(true)
  }
  const of = (name: string): JsonObject => bodies.find((body) => textOf(body['name']) === name) ?? {}
  expect(JSON.stringify(of('1e3'))).toContain('"target":"LastName","function":"Equality"')
  expect(JSON.stringify(of('  padded '))).toMatch(/"value_(?:source|field)":\{[^}]*"field":"email"/)
  expect((await world.run('plan')).out).toContain('Nothing to do')
})
