import { expect, test } from 'vitest'
import { read } from '../support/reading.ts'
import { createSandbox, type Ran } from '../support/sandbox.ts'

const files = {
  'configs/a.yaml': `connections:
  - { name: PG, type: postgresql, configuration: { hostname: h, database: d, username: u, password: "\${env:PW}" } }
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
  expect(first).toMatch(/configuration:\n {6}table: public\.\w+\n$/)
  const model = await pasted(
    await world.run('sources', 'PG', '--param', 'table=public.customers', '--yaml')
  )
  expect(model).toContain('    configuration:\n      table: public.customers\n    identifier: id\n')
  expect(model).toContain('    fields:\n      - id\n      - email\n')
  const sync = await pasted(await world.run('targets', 'PG', 'public.users', '--yaml'))
  expect(sync).toContain('    identity: { source: FIELD, target: id, function: Equality }\n')
  expect(sync).toContain('      connection: PG\n      object: public.users\n')
})
