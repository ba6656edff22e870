import { expect, test } from 'vitest'
import { createSandbox } from '../support/sandbox.ts'

const files = {
  'configs/a.yaml': `connections:
  - name: One
    type: postgresql
    configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PW}" }
  - name: Two
    type: api
    configuration:
      url: https://a.example
      headers:
        - { name: plain, value: "\${env:HEADER}" }
        - { name: other, value: "\${env:PW}" }
  - name: Three
    type: mongodb
    configuration: { hosts: h, username: u, password: "\${file:secret.txt}" }
roles: [{ name: R }]
`
}

test('plan tells what apply will need, at each place, and says no less than before', async () => {
  const world = createSandbox({ files })
  const { code, out, err } = await world.run('plan')
  expect(code).toBe(0)
  expect(out).toContain('connection "One"')
  expect(err.match(/warning\[P615\]/g)).toHaveLength(3)
  expect(err).toContain('configs/a.yaml:4:')
  expect(err).toContain('configs/a.yaml:10:')
  expect(err).toContain('connection "Two" sends this')
  expect(err).toMatch(/PW.*apply needs it for 2 resources/)
  expect(err).toMatch(/HEADER.*apply needs it for connection "Two"/)
})

test('apply stops before its first write, with all of them', async () => {
  const world = createSandbox({ files })
  const ran = await world.run('apply', '--yes')
  expect(ran.code).toBe(3)
  expect(ran.err.match(/error\[P615\]/g)).toHaveLength(3)
  expect(world.requests().filter((line) => !line.startsWith('GET'))).toEqual([])

  world.write({ 'configs/secret.txt': 's' })
  const set = createSandbox({
    files: { ...files, 'configs/secret.txt': 's' },
    env: { PW: 'p', HEADER: 'h' }
  })
  expect((await set.run('apply', '--yes')).code).toBe(0)
})

test('nothing is needed for what is not sent', async () => {
  const env: Record<string, string | undefined> = { PW: 'p', HEADER: 'h' }
  const world = createSandbox({ files: { ...files, 'configs/secret.txt': 's' }, env })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  const without = createSandbox({
    files: { ...files, 'configs/secret.txt': 's' },
    env: { POLYTOMIC_API_KEY: world.server.apiKey },
    io: { fetch: (request) => world.server.fetch(request) }
  })
  expect(await without.run('plan')).toMatchObject({ code: 0, err: expect.not.stringContaining('P615') })
  expect(await without.run('apply', '--yes')).toMatchObject({ code: 0 })

  // An update of one resource sends its secrets, and no others.
  without.write({ 'configs/a.yaml': files['configs/a.yaml'].replace('hostname: h,', 'hostname: i,') })
  const { code, err } = await without.run('apply', '--yes')
  expect(code).toBe(3)
  expect(err.match(/error\[P615\]/g)).toHaveLength(1)
  expect(err).toContain('PW')
  expect(err).not.toContain('HEADER')

  expect(await without.run('drift')).toMatchObject({ code: 2, err: expect.not.stringContaining('P615') })
})

test('a secret that stays as it is live is not needed', async () => {
  const env = { PW: 'p', HEADER: 'h' }
  const world = createSandbox({ files: { ...files, 'configs/secret.txt': 's' }, env })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  const changed = files['configs/a.yaml']
    .replace('name: One\n', 'name: One\n    lifecycle: { ignore_changes: [configuration.password] }\n')
    .replace('hostname: h,', 'hostname: i,')
  const without = createSandbox({
    files: { 'configs/a.yaml': changed, 'configs/secret.txt': 's' },
    env: { POLYTOMIC_API_KEY: world.server.apiKey },
    io: { fetch: (request) => world.server.fetch(request) }
  })
  expect(await without.run('apply', '--yes')).toMatchObject({ code: 0 })
})
