import { expect, test } from 'vitest'
import { problemsOf } from '../support/reading.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** The one setting of an organization that says where logs of records go. */

const files = (more: string) => `
connections:
  - name: Logs
    type: s3
    configuration: { auth_mode: access_key_and_secret, aws_access_key_id: a, aws_secret_access_key: "\${env:SECRET}", s3_bucket_name: b, s3_bucket_region: us-east-1 }
  - { name: Table, type: csv, configuration: { url: "https://a.example/a.csv" } }
${more}`

async function run(world: Sandbox, code: number, ...words: string[]): Promise<string> {
  const ran = await world.run(...words)
  expect(ran.code, ran.out + ran.err).toBe(code)
  return ran.out + ran.err
}

test('each part is made, changed and taken away, and the whole is put back where it goes', async () => {
  const world = createSandbox({ env: { SECRET: 'a very secret text' } })
  for (const said of [
    '{ enabled: true }',
    '{ enabled: true, connection: Logs, prefix: polytomic/ }',
    '{ enabled: true, connection: Logs }',
    '{ enabled: false, prefix: other/ }'
  ]) {
    world.write({ 'configs/a.yaml': files(`record_logging: ${said}\n`) })
    await run(world, 0, 'apply', '--yes')
    await run(world, 0, 'plan', '--detailed-exitcode')
  }
  expect(world.server.store.all('record_logging')).toMatchObject([{ enabled: false, prefix: 'other/' }])
  await run(world, 0, 'destroy', '--yes')
  expect(world.server.store.all('record_logging')[0]).not.toHaveProperty('prefix')
  expect(await run(world, 0, 'destroy', '--yes')).toMatch(/nothing/i)
})

test('a connection that keeps no files is refused by the service, in its words', async () => {
  const world = createSandbox({
    files: { 'configs/a.yaml': files('record_logging: { enabled: true, connection: Table }\n') },
    env: { SECRET: 'a very secret text' }
  })
  expect(await run(world, 5, 'apply', '--yes')).toContain('keeps no files')
})

test('there is one, and older versions of the API have none', async () => {
  expect(await problemsOf('record_logging: [{ enabled: true }]\n')).toEqual([
    'P102 1:17 [{ enabled: true }]'
  ])
  expect(await problemsOf('record_logging: { prefix: a }\n')).toEqual(['P103 1:19 prefix'])
  const old = 'workspace: { api_version: "2024-02-08" }\nrecord_logging: { enabled: true }\n'
  const reported = await createSandbox({ files: { 'configs/a.yaml': old } }).run('plan')
  expect([reported.code, reported.err]).toEqual([
    3,
    expect.stringContaining('needs version 2025-09-18 of the API')
  ])
})
