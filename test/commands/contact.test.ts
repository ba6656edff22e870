import { expect, onTestFinished, test } from 'vitest'
import { startMongo, type MongoFixture } from '../fixtures/mongodb/index.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** `--local --contact`: the local server looks into systems, and nobody does without it. */

const password = 'planted-secret'

async function world(): Promise<{ sandbox: Sandbox; mongo: MongoFixture }> {
  const mongo = await startMongo({ user: { username: 'reader', password } })
  onTestFinished(() => mongo.close())
  mongo.put('example.people', [{ _id: 1, email: 'a@example.com' }])
  const files = {
    'configs/a.yaml': `
connections:
  - name: Mongo
    type: mongodb
    configuration: { hosts: "${mongo.host}", username: reader, password: "\${env:PW}", ssl: false }
  - name: Files
    type: csv
    configuration: { url: people.csv }
`,
    'people.csv': 'id,e mail\n1,x\n'
  }
  const sandbox = createSandbox({ files, env: { PW: password } })
  expect(await sandbox.run('apply', '--local', '--yes', '--quiet')).toMatchObject({ code: 0 })
  return { sandbox, mongo }
}

const model = (collection: string, identifier: string): Record<string, string> => ({
  'configs/b.yaml': `
models:
  - { name: People, connection: Mongo, identifier: ${identifier}, configuration: { database: example, collection: ${collection} } }
`
})

test('sources are those that are there', async () => {
  const { sandbox } = await world()
  const { out, code } = await sandbox.run(
    'sources',
    'Mongo',
    '--local',
    '--contact',
    '--param',
    'database=example'
  )
  expect(code).toBe(0)
  expect(out).toContain('people')
  expect(out).not.toContain('orders')
})

test('a plan finds what the real system does not have; without --contact nobody is contacted', async () => {
  const { sandbox, mongo } = await world()
  sandbox.write(model('peple', 'email'))
  for (const command of ['plan', 'drift', 'apply']) await sandbox.run(command, '--local')
  expect(mongo.commands).toEqual([])
  const collection = await sandbox.run('plan', '--local', '--contact')
  expect([collection.code, collection.err]).toEqual([
    3,
    expect.stringMatching(/P420.*`peple`, which connection "Mongo" does not have[^]*`people`/)
  ])
  sandbox.write(model('people', 'emial'))
  const field = await sandbox.run('plan', '--local', '--contact')
  expect([field.code, field.err]).toEqual([3, expect.stringMatching(/P421.*`emial`[^]*`email`/)])
  sandbox.write(model('people', 'email'))
  expect((await sandbox.run('apply', '--local', '--contact', '--yes')).code).toBe(0)
})

test('a plan is a plan although a system does not let it in, and says what could not be checked', async () => {
  const { sandbox, mongo } = await world()
  sandbox.write(model('people', 'email'))
  mongo.fail({ failure: 'error', on: 'listDatabases', code: 13, times: 9 })
  const { code, out, err } = await sandbox.run('plan', '--local', '--contact')
  expect(code).toBe(0)
  expect(err).toContain('P428')
  expect(err).toContain('the user of the connection "Mongo" may not read the list of databases')
  expect(out + err).not.toContain(password)
})

test('it is for the local server alone', async () => {
  const { sandbox } = await world()
  const { code, err } = await sandbox.run('plan', '--contact')
  expect([code, err]).toEqual([3, expect.stringContaining('`--contact` is for the local Polytomic')])
})
