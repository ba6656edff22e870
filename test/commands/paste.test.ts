import { expect, test } from 'vitest'
import { read } from '../support/reading.ts'
import { createSandbox, type Ran } from '../support/sandbox.ts'

const files = {
  'configs/a.yaml': `connections:
  - { name: PG, type: postgresql, configuration: { hostname: h, database: d, username: u, password: "\${env:PW}" } }
  - { name: Mongo, type: mongodb, configuration: { hosts: h, username: u, password: "\${env:PW}" } }
  - { name: Big, type: bigquery, configuration: { auth_method: service_account_key, service_account: "\${env:PW}" } }
  - { name: Files, type: s3, configuration: { auth_mode: access_key_and_secret, aws_access_key_id: k, aws_secret_access_key: "\${env:PW}", s3_bucket_region: us-east-1, s3_bucket_name: b } }
`
}

/** What is printed is valid by itself, but for the names of others that a person fills in. */
async function pasted({ code, out }: Ran): Promise<string> {
  expect(code).toBe(0)
  const { result } = await read(out)
  expect(result.problems.filter((problem) => problem.code !== 'P201')).toEqual([])
  return out
}

test('sources and targets print a model and a sync to paste', async () => {
  const world = createSandbox({ files, env: { PW: 'p' } })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  const first = await pasted(await world.run('sources', 'PG', '--yaml'))
  expect(first).toMatch(
    /configuration:\n {6}table: public\.\w+ # or another one of query, table, view\n {6}# tracking_columns: optional\n$/
  )
  const model = await pasted(
    await world.run('sources', 'PG', '--param', 'table=public.customers', '--yaml')
  )
  expect(model).toContain(
    '    configuration:\n      table: public.customers\n      # tracking_columns: optional\n    identifier: id\n'
  )
  expect(model).toContain('    fields:\n      - id\n      - email\n')
  const sync = await pasted(await world.run('targets', 'PG', 'public.users', '--yaml'))
  expect(sync).toContain('    identity: { source: FIELD, target: id, function: Equality }\n')
  expect(sync).toContain('      connection: PG\n      object: public.users\n')
})

test('what a model needs is stated, what it may have stands beside it, level by level', async () => {
  const world = createSandbox({ files, env: { PW: 'p' } })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  const configuration = async (...words: string[]): Promise<string> => {
    const yaml = await pasted(await world.run('sources', ...words, '--yaml'))
    return /configuration:\n((?: {6}.*\n)*)/.exec(yaml)?.[1] ?? ''
  }
  expect(await configuration('Mongo')).toBe(
    '      database: example # required\n' +
      '      # collection: optional, after database\n' +
      '      # query: optional, after database\n'
  )
  expect(await configuration('Mongo', '--param', 'database=example')).toBe(
    '      database: example\n      collection: users # or another one of collection, query\n'
  )
  expect(await configuration('Files')).toContain('      model_from: CHOOSE # required\n')
  const keys = async (...words: string[]): Promise<unknown> => {
    const ran = await world.run('sources', 'Mongo', ...words, '--format', 'json')
    return (JSON.parse(ran.out) as { keys: Record<string, unknown>[] }).keys.map((key) => [
      key['name'],
      key['required'],
      key['chosen'],
      key['values']
    ])
  }
  expect(await keys()).toEqual([
    ['database', 'yes', null, ['example']],
    ['collection', 'no', null, []],
    ['query', 'no', null, []]
  ])
  expect(await keys('--param', 'database=example')).toEqual([
    ['database', 'no', 'example', ['example']],
    ['collection', 'one of several', null, ['users', 'orders']],
    ['query', 'one of several', null, []]
  ])
})

test('of both ends of a bulk sync: what can be copied, and what must be said of where it goes', async () => {
  const world = createSandbox({ files, env: { PW: 'p' } })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  world.requests()
  const ran = await world.run('targets', 'Big', '--bulk')
  expect(world.requests().at(-1)).toMatch(/^GET .*\/bulksync\/target$/)
  expect(ran.out).toMatch(/The `configuration` of `destination` takes:\n\nKEY\ndataset {2}required\n/)
  expect(await pasted(await world.run('targets', 'Big', '--bulk', '--yaml'))).toContain(
    '      connection: Big\n      configuration:\n        dataset: DATASET # required\n'
  )
  expect(await pasted(await world.run('targets', 'PG', '--bulk', '--yaml'))).toContain(
    '        # mirror_schemas: false\n'
  )
  const schemas = await world.run('sources', 'PG', '--bulk')
  expect(schemas.out).toMatch(/^schemas of "PG", for bulk syncs\n\nSCHEMA\npublic\.users\n/)
  expect(await pasted(await world.run('sources', 'PG', '--bulk', '--yaml'))).toContain(
    '    schemas:\n      - public.users\n'
  )
  for (const words of [
    ['targets', 'PG', 'public.users', '--bulk'],
    ['sources', 'PG', '--bulk', '--param', 'table=x']
  ]) {
    const wrong = await world.run(...words)
    expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining("'--bulk'")])
  }
})
