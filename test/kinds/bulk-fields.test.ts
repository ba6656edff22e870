import { expect, test } from 'vitest'
import { createSandbox } from '../support/sandbox.ts'

const files = (field: string): Record<string, string> => ({
  'configs/a.yaml': `
connections:
  - { name: A, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: p } }
  - { name: B, type: postgresql, configuration: { hostname: i, port: 5432, database: d, username: u, password: p } }
bulk_syncs:
  - name: Copy
    mode: replicate
    source: { connection: A }
    destination: { connection: B, configuration: { schema: raw } }
    default_schedule: manual
    schemas:
      - { id: public.users, fields: [id, ${field}] }
`
})

test.each([
  ['another name', '{ id: email, enabled: false, user_output_name: mail }'],
  ['hidden', '{ id: email, enabled: false, obfuscate: true }'],
  ['on', '{ id: email, user_output_name: mail }'],
  ['left out', 'first_name']
])('what is said of a field that is off is kept as well: %s', async (_what, then) => {
  const first = files('{ id: email, enabled: false, obfuscate: false }')
  const world = createSandbox({ files: first })
  expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 })
  for (const field of [then, '{ id: email, enabled: false }']) {
    world.write(files(field))
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(await world.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 })
  }
})
