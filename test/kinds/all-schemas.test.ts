import { describe, expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { client, type Client, type Thing } from '../server/client.ts'
import { named, parts, secrets, twoConnections } from '../support/life.ts'
import { problemsOf, read } from '../support/reading.ts'
import { createSandbox } from '../support/sandbox.ts'
import { run } from '../support/settled.ts'

const bulkSync = (schemas: string, more = '') => `
bulk_syncs:
  - name: B
    mode: replicate
    source: { connection: Source }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    ${schemas}
    default_schedule: manual
${more}`
const yaml = (schemas: string, more = '') => `${twoConnections}${bulkSync(schemas, more)}`

async function schemasOf(api: Client): Promise<Map<string, Thing>> {
  const { id } = await named(api, '/api/bulk/syncs', 'B')
  const list = (await api.get(`/api/bulk/syncs/${id}/schemas`)).list
  const all = await Promise.all(
    list.map(async (one) => (await api.get(`/api/bulk/syncs/${id}/schemas/${one.id}`)).data)
  )
  return new Map(all.map((one) => [one.id, one]))
}

const offIn = (schemas: Map<string, Thing>) =>
  [...schemas.values()].filter(({ enabled }) => enabled === false).map(({ id }) => id)

describe.each(apiVersions)('`schemas: all` in API %s', (version) => {
  const workspace = `workspace: { api_version: "${version}" }\n`
  const files = (schemas: string) => ({ 'configs/a.yaml': yaml(schemas), 'configs/w.yaml': workspace })

  test('copies all of a new bulk sync, and keeps all of it on', async () => {
    const world = createSandbox({ files: files('schemas: all'), env: secrets })
    await run(world, 0, 'apply', '--yes')
    const api = client(world.server)
    expect(offIn(await schemasOf(api))).toEqual([])
    await run(world, 0, 'plan', '--detailed-exitcode')
    const { id } = await named(api, '/api/bulk/syncs', 'B')
    const was = (await schemasOf(api)).get('public.orders')!
    await api.put(`/api/bulk/syncs/${id}/schemas/public.orders`, { ...was, enabled: false })
    expect(await run(world, 2, 'drift')).toContain('schemas_off[public.orders]')
    await run(world, 0, 'apply', '--yes')
    expect(offIn(await schemasOf(api))).toEqual([])
  })

  test('switches on what an existing one left out, with what somebody chose of it', async () => {
    const one = 'schemas: [{ id: public.users, fields: [id, { id: email, obfuscate: true }] }]'
    const world = createSandbox({ files: files(one), env: secrets })
    await run(world, 0, 'apply', '--yes')
    const api = client(world.server)
    const before = await schemasOf(api)
    expect(offIn(before)).toContain('public.orders')
    world.write({ 'configs/a.yaml': yaml('schemas: ALL') })
    await run(world, 2, 'plan', '--detailed-exitcode')
    await run(world, 0, 'apply', '--yes')
    const after = await schemasOf(api)
    expect(offIn(after)).toEqual([])
    expect(parts(after.get('public.users')!, 'fields')).toEqual(
      parts(before.get('public.users')!, 'fields')
    )
    await run(world, 0, 'plan', '--detailed-exitcode')
    // Left out again, they stay as they are.
    world.write({ 'configs/a.yaml': yaml('') })
    await run(world, 0, 'plan', '--detailed-exitcode')
  })
})

test('what is ignored of all schemas stays off', async () => {
  const world = createSandbox({
    files: { 'configs/a.yaml': yaml('schemas: [public.users]') },
    env: secrets
  })
  await run(world, 0, 'apply', '--yes')
  const ignoring = (path: string) =>
    yaml('schemas: all', `    lifecycle: { ignore_changes: ["${path}"] }\n`)
  world.write({ 'configs/a.yaml': ignoring('schemas') })
  await run(world, 0, 'plan', '--detailed-exitcode')
  world.write({ 'configs/a.yaml': ignoring('schemas[public.orders]') })
  await run(world, 0, 'apply', '--yes')
  expect(offIn(await schemasOf(client(world.server)))).toEqual(['public.orders'])
})

describe('words that stand for all or none', () => {
  const problems = async (schemas: string) => {
    const found = (await read(yaml(schemas))).result.problems
    return found.filter(({ severity }) => severity === 'error').map(({ code, help }) => [code, help[0]])
  }

  test.each(['[all]', '["*"]', '[ANY]', '[public.users, all]', '["everything"]'])(
    '`schemas: %s` is told how to write all',
    async (schemas) => {
      expect(await problems(`schemas: ${schemas}`)).toEqual([['P113', 'write `schemas: all`']])
    }
  )

  test.each(['"*"', 'any', 'Every'])('so is `schemas: %s`', async (word) => {
    expect(await problems(`schemas: ${word}`)).toEqual([['P104', 'write `schemas: all`']])
  })

  test.each(['[none]', 'none'])('`schemas: %s` is no way to switch it off', async (schemas) => {
    const [[code, help] = []] = await problems(`schemas: ${schemas}`)
    expect(code).toBe(schemas === 'none' ? 'P104' : 'P113')
    expect(help).toContain('write `active: false`')
  })

  test('a list of fields is told alike, and what is called so can be written in full', async () => {
    expect((await problems('schemas: [{ id: public.users, fields: ["*"] }]'))[0]?.[0]).toBe('P113')
    expect(await problems('schemas: [{ id: all, fields: [{ id: none }] }]')).toEqual([])
  })
})

describe('a key of the opposite meaning', () => {
  const helpFor = async (text: string) => (await read(text)).result.problems.map(({ help }) => help[0])

  test.each([
    [
      'webhooks: [{ endpoint: "https://x.example", secret: "${env:PW}", enabled: true }]',
      'disabled: false'
    ],
    ['webhooks: [{ endpoint: "https://x.example", secret: "${env:PW}", active: false }]', 'disabled: true'],
    [yaml('disabled: true'), 'active: false'],
    [yaml('paused: false'), 'active: true'],
    [yaml('schemas: [public.orders, { id: public.users, disabled: true }]'), 'enabled: false'],
    [yaml('discover: true'), 'automatically_add_new_objects: all'],
    [yaml('record_timestamps: false'), 'disable_record_timestamps: true']
  ])('%j is told with the value that is meant', async (text, right) => {
    expect(await helpFor(text)).toEqual([`write \`${right}\``])
    const wrong = /(enabled|active|disabled|paused|discover|record_timestamps): (true|false)/
    expect(await problemsOf(text.replace(wrong, right))).toEqual([])
  })

  test('of a sync, too; a value that is none is told in words', async () => {
    const sync = (more: string) => `${twoConnections}
models: [{ name: M, connection: Source, configuration: { table: public.users } }]
syncs:
  - { name: S, mode: replace, model: M, fields: [{ source: id, target: id }],
      target: { connection: Source, object: public.users }, schedule: manual, ${more} }
`
    expect(await helpFor(sync('paused: true'))).toEqual(['write `active: false`'])
    expect(await helpFor(sync('disabled: "yes"'))).toEqual([
      'what you mean is called `active` here: `active: false` for true, `active: true` for false'
    ])
    expect(await helpFor(sync('enabled: true'))).toEqual(['what you mean is called `active` here'])
  })
})

describe('the oldest version, which is told of schemas by their ids alone', () => {
  const workspace = { 'configs/w.yaml': 'workspace: { api_version: "2023-04-25" }\n' }
  const some = 'schemas: [{ id: public.customers, fields: [id, { id: email, obfuscate: true }] }]'
  const on = (schema: Thing | undefined) =>
    (Array.isArray(schema?.['fields']) ? (schema['fields'] as Thing[]) : [])
      .filter(({ enabled }) => enabled === true)
      .map(({ id }) => id)

  test.each(['all', 'none'])('copies listed fields alone where it adds %s new ones', async (adds) => {
    const more = `    automatically_add_new_fields: ${adds}\n`
    const files = { 'configs/a.yaml': yaml(some, more), ...workspace }
    const world = createSandbox({ files, env: secrets })
    await run(world, 0, 'apply', '--yes')
    expect(on((await schemasOf(client(world.server))).get('public.customers'))).toEqual(['id', 'email'])
    await run(world, 0, 'plan', '--detailed-exitcode')
  })

  test('at no moment copies more of a schema than somebody chose, whenever it is stopped', async () => {
    const more = '    automatically_add_new_fields: all\n'
    const world = createSandbox({
      files: { 'configs/a.yaml': yaml(some, more), ...workspace },
      env: secrets
    })
    await run(world, 0, 'apply', '--yes')
    const api = client(world.server)
    const before = (await schemasOf(api)).get('public.customers')
    world.write({ 'configs/a.yaml': yaml('schemas: all', more) })
    world.server.faults.add({
      fault: 'error-before',
      status: 422,
      on: 'PATCH /api/bulk/syncs/*/schemas/*',
      times: 0
    })
    await run(world, 5, 'apply', '--yes')
    world.server.faults.clear()
    expect((await schemasOf(api)).get('public.customers')).toEqual(before)
    await run(world, 0, 'apply', '--yes')
    const after = await schemasOf(api)
    expect(after.get('public.customers')).toEqual(before)
    expect(offIn(after)).toEqual([])
    await run(world, 0, 'plan', '--detailed-exitcode')
  })
})
