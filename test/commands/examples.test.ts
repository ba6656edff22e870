import { describe, expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { applyAll, examples, expectSettled, secrets } from '../support/examples.ts'
import { isFew, share } from '../support/samples.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** What people can make, by kind: after `destroy` it is what every new organization has. */
function stored(world: Sandbox): Record<string, string[]> {
  const kinds = ['connection', 'model', 'sync', 'bulk_sync', 'role', 'policy', 'user', 'webhook'] as const
  const { store } = world.server
  const names = kinds.map((kind) => [kind, store.all(kind).map(({ name }) => name)])
  const subscribers = store.all('error_subscribers').flatMap(({ emails }) => emails)
  return { ...Object.fromEntries(names), subscribers }
}

/** An example plans, applies, is then as it should be, and can be destroyed: it is part of the product. */
async function expectWholeLife(world: Sandbox): Promise<void> {
  const before = stored(world)
  await applyAll(world)
  expect(stored(world)).not.toEqual(before)
  await expectSettled(world)
  expect((await world.run('drift')).code).toBe(0)
  const gone = await world.run('destroy', '--yes')
  expect(gone.code, gone.out + gone.err).toBe(0)
  expect(stored(world)).toEqual(before)
}

/** Examples that need a word, or a kind, which older versions of the API do not have. */
const since: Record<string, string> = {
  'mysql-to-snowflake.yaml': '2024-02-08', // target.create
  'permissions-and-notifications.yaml': '2024-02-08', // subscribers and primary keys
  'salesforce-to-snowflake.yaml': '2025-09-18', // additional_schedules
  'snowflake-to-linkedin-ads.yaml': '2024-02-08', // target.create
  'snowflake-to-salesloft.yaml': '2024-02-08' // skip_initial_backfill
}
const forAll = (version: string): string[] =>
  Object.keys(examples).filter((name) => version >= (since[name] ?? ''))

/** The examples that are tried by themselves: of few samples each is in one of the versions that have it. */
function alone(version: string): string[] {
  return forAll(version).filter((name) => {
    const has = apiVersions.filter((one) => forAll(one).includes(name))
    return share(has, Object.keys(examples).indexOf(name) % has.length, has.length).some(
      (one) => one === version
    )
  })
}

/** And this one only for one line. */
const forVersion = (text: string, version: string): string =>
  version === '2023-04-25' ? text.replace('      run_after_success_only: true\n', '') : text

describe.each(apiVersions)('API %s', (version) => {
  const workspace = `workspace: { api_version: "${version}" }\n`

  test.each(alone(version))('%s', async (name) => {
    const world = createSandbox({
      files: {
        'configs/a.yaml': forVersion(examples[name]!, version),
        'configs/workspace.yaml': workspace
      },
      env: secrets
    })
    expect((await world.run('validate')).err).toBe('')
    await expectWholeLife(world)
  })

  test.skipIf(isFew && version !== apiVersions.at(-1))('all of them together', async () => {
    const files = Object.fromEntries(
      forAll(version).map((name) => [`configs/${name}`, forVersion(examples[name]!, version)])
    )
    await expectWholeLife(
      createSandbox({ files: { ...files, 'configs/workspace.yaml': workspace }, env: secrets })
    )
  })
})

test.each(Object.entries(since))('%s needs version %s of the API', async (name, first) => {
  const older = apiVersions.filter((version) => version < first)
  for (const version of older) {
    const text = `workspace: { api_version: "${version}" }\n${examples[name]!}`
    const ran = await createSandbox({ files: { 'configs/a.yaml': text }, env: secrets }).run('validate')
    expect([ran.code, ran.err]).toEqual([3, expect.stringMatching(/error\[P11[0-9]\].* needs version /)])
  }
  expect(older).not.toEqual([])
})

test('a field that the version of the API lacks is told before anything is asked', async () => {
  const files = {
    'configs/a.yaml': `workspace: { api_version: "2023-04-25" }\n${examples['snowflake-to-salesforce.yaml']!}`
  }
  const world = createSandbox({ files, env: secrets })
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
  for (const [name, text] of Object.entries(examples)) {
    const [schema, , title] = text.split('\n')
    expect(schema, name).toBe('# yaml-language-server: $schema=../schemas/polyctl.schema.json')
    expect(title, name).toMatch(/^# [A-Z]/)
  }
})
