import { expect, test } from 'vitest'
import { createSandbox } from '../support/sandbox.ts'
import { meaning, read } from '../support/reading.ts'

/** The text of a file is the same value on every machine, whatever its checkout does to the ends of lines. */

const model = 'models:\n  - { name: M, connection: S, configuration: { query: "${file:q.sql}" } }\n'

test.each([
  ['select 1', 'select 1'],
  ['select 1\n', 'select 1'],
  ['select 1\r\n', 'select 1'],
  ['select 1\r\nfrom t\r\n', 'select 1\nfrom t'],
  ['select 1\n\n', 'select 1\n'],
  ['select 1\r\n\r\n', 'select 1\n'],
  ['\r\nselect 1', '\nselect 1'],
  ['select 1\rfrom t', 'select 1\rfrom t']
])('%j means %j', async (text, query) => {
  const files = { 'configs/a.yaml': model, 'configs/q.sql': text }
  const desired = await meaning(files, { files: ['configs/a.yaml'] })
  expect(desired.resources[0]?.fields['configuration']).toEqual({ query })
})

test('a file that is the default of a variable has the same text as one that is named at its place', async () => {
  const files = {
    'configs/a.yaml': `variables: { q: { default: "\${file:q.sql}" } }\n${model.replace('file:q.sql', 'var:q')}`,
    'configs/q.sql': 'select 1\r\nfrom t\r\n'
  }
  const desired = await meaning(files, { files: ['configs/a.yaml'] })
  expect(desired.resources[0]?.fields['configuration']).toEqual({ query: 'select 1\nfrom t' })
})

test('of a secret every byte counts but the last line end', async () => {
  const { result } = await read(
    {
      'configs/a.yaml':
        'connections:\n  - { name: S, type: mongodb, configuration: { hosts: h, password: "${file:pw}" } }\n',
      'configs/pw': 'one\r\ntwo\r\n'
    },
    { files: ['configs/a.yaml'] }
  )
  expect(result.ok && result.value.vault.known()).toEqual(['one\r\ntwo'])
})

const store =
  'connections:\n  - { name: S, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "${env:PW}" } }\n'

test('a checkout with other line ends is no change, and a last line end is shown as what it is', async () => {
  const world = createSandbox({
    files: { 'configs/a.yaml': store + model, 'configs/q.sql': 'select 1\nfrom t\n' },
    env: { PW: 'pw' }
  })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  world.write({
    'configs/q.sql': 'select 1\r\nfrom t\r\n',
    'configs/a.yaml': (store + model).replaceAll('\n', '\r\n')
  })
  expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
  const { id } = world.server.store.all('model')[0]!
  world.server.store.edit('model', id, { configuration: { query: 'select 1\nfrom t\n' } })
  const plan = await world.run('plan', '--detailed-exitcode')
  expect(plan.code).toBe(2)
  expect(plan.out).toContain('-   | (a line end at the end)')
})
