import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { allow, makeWorld, type World } from '../support/world.ts'

/** The examples are part of the product: each of them plans, applies, is then as it should be, and can be destroyed. */
const folder = join(import.meta.dirname, '..', '..', 'configs')
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const texts = Object.fromEntries(examples.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))

const env = {
  MONGODB_PASSWORD: 'a',
  POSTGRES_PASSWORD: 'b',
  MYSQL_PASSWORD: 'c',
  SNOWFLAKE_PASSWORD: 'd',
  GCS_SERVICE_ACCOUNT: '{}',
  WEBHOOK_KEY: 'e',
  APP_DATABASE_PASSWORD: 'f',
  STRIPE_API_KEY: 'g',
  NETSUITE_CONSUMER_KEY: 'h',
  NETSUITE_CONSUMER_SECRET: 'i',
  NETSUITE_TOKEN: 'j',
  NETSUITE_TOKEN_SECRET: 'k',
  GONG_ACCESS_SECRET: 'l',
  BIGQUERY_SERVICE_ACCOUNT: '{}',
  SALESFORCE_CLIENT_ID: 'm',
  SALESFORCE_CLIENT_SECRET: 'n',
  SALESFORCE_REFRESH_TOKEN: 'o',
  LINKEDIN_CLIENT_ID: 'p',
  LINKEDIN_CLIENT_SECRET: 'q',
  LINKEDIN_REFRESH_TOKEN: 'r'
}

/** What people can make, by kind: after `destroy` it is what every new organization has. */
function stored(world: World): Record<string, string[]> {
  const kinds = ['connection', 'model', 'sync', 'bulk_sync', 'role', 'policy', 'user', 'webhook'] as const
  return Object.fromEntries(
    kinds.map((kind) => [kind, world.server.store.all(kind).map(({ name }) => name)])
  )
}

async function expectWholeLife(world: World): Promise<void> {
  const before = stored(world)
  const first = await world.run('apply', '--yes')
  expect([0, 8], first.out + first.err).toContain(first.code)
  for (const connection of world.server.store.all('connection')) {
    if (connection.status !== 'healthy') await allow(world, connection.name)
  }
  const second = await world.run('apply', '--yes')
  expect(second.code, second.out + second.err).toBe(0)
  expect(stored(world)).not.toEqual(before)
  const plan = await world.run('plan', '--detailed-exitcode')
  expect(plan.code, plan.out + plan.err).toBe(0)
  expect((await world.run('drift')).code).toBe(0)
  const gone = await world.run('destroy', '--yes')
  expect(gone.code, gone.out + gone.err).toBe(0)
  expect(stored(world)).toEqual(before)
}

/** Examples that need a word, or a kind, which older versions of the API do not have. */
const since: Record<string, string> = {
  'mysql-to-snowflake.yaml': '2024-02-08', // target.create
  'snowflake-to-linkedin-ads.yaml': '2024-02-08', // target.create
  'snowflake-to-salesloft.yaml': '2024-02-08' // skip_initial_backfill
}
const forAll = (version: string): string[] => examples.filter((name) => version >= (since[name] ?? ''))

/** And this one only for one line. */
const forVersion = (text: string, version: string): string =>
  version === '2023-04-25' ? text.replace('      run_after_success_only: true\n', '') : text

describe.each(apiVersions)('API %s', (version) => {
  const workspace = `workspace: { api_version: "${version}" }\n`

  test.each(forAll(version))('%s', async (name) => {
    const world = makeWorld({
      files: { 'configs/a.yaml': forVersion(texts[name]!, version), 'configs/workspace.yaml': workspace },
      env
    })
    expect((await world.run('validate')).err).toBe('')
    await expectWholeLife(world)
  })

  test('all of them together', async () => {
    const files = Object.fromEntries(
      forAll(version).map((name) => [`configs/${name}`, forVersion(texts[name]!, version)])
    )
    await expectWholeLife(makeWorld({ files: { ...files, 'configs/workspace.yaml': workspace }, env }))
  })
})

test.each(Object.entries(since))('%s needs version %s of the API', async (name, first) => {
  const older = apiVersions.filter((version) => version < first)
  for (const version of older) {
    const text = `workspace: { api_version: "${version}" }\n${texts[name]!}`
    const ran = await makeWorld({ files: { 'configs/a.yaml': text }, env }).run('validate')
    expect([ran.code, ran.err]).toEqual([3, expect.stringMatching(/error\[P11[0-9]\].* needs version /)])
  }
  expect(older).not.toEqual([])
})

test('a field that the version of the API lacks is told before anything is asked', async () => {
  const files = {
    'configs/a.yaml': `workspace: { api_version: "2023-04-25" }\n${texts['snowflake-to-salesforce.yaml']!}`
  }
  const world = makeWorld({ files, env })
  for (const command of ['validate', 'plan', 'apply']) {
    const ran = await world.run(command)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain(
      'error[P111]: `run_after_success_only` of a sync needs version 2024-02-08 of the API'
    )
  }
  expect(world.requests()).toEqual([])
})

test('every example says in its first lines what it shows, and names the schema for editors', () => {
  for (const name of examples) {
    const [schema, , title] = texts[name]!.split('\n')
    expect(schema, name).toBe('# yaml-language-server: $schema=../schemas/polyctl.schema.json')
    expect(title, name).toMatch(/^# [A-Z]/)
  }
})
