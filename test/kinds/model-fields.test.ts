import { expect, test } from 'vitest'
import { createSandbox } from '../support/sandbox.ts'

test('fields that somebody chose stay where the service knows no fields of the source', async () => {
  const api = (name: string): Record<string, string> => ({
    'configs/a.yaml': `
connections: [{ name: A, type: api, configuration: { url: "https://a.example" } }]
models:
  - name: ${name}
    connection: A
    configuration: { query: SELECT 1 }
${name === 'M' ? '    fields: [one, two]\n' : '    lifecycle: { renamed_from: M }\n'}`
  })
  const world = createSandbox({ files: api('M') })
  expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 })
  world.write(api('N'))
  expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 })
  const [model] = world.server.store.all('model')
  expect([model?.name, ...(model?.fields ?? []).map(({ name }) => name)]).toEqual(['N', 'one', 'two'])
})
