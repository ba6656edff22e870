import { describe, expect, test } from 'vitest'
import { examples, secrets } from '../support/examples.ts'
import { createSandbox } from '../support/sandbox.ts'

const incomplete = `connections:
  - name: One
    type: postgresql
    configuration:
      hostname: db.example.com
  - name: Two
    type: snowflake
  - { name: Three, type: hubspot }
`
const files = { 'configs/a.yaml': incomplete }

describe('a new connection that lacks what its type requires', () => {
  test('stops the plan, all of them at once, and nothing is written', async () => {
    const world = createSandbox({ files })
    const { code, err } = await world.run('plan')
    expect(code).toBe(3)
    expect(err.match(/error\[P116\]/g)).toHaveLength(2)
    expect(err).toContain('configs/a.yaml:4:5')
    expect(err).toContain('needs `username`, `password` and `database`')
    expect(err).toContain('password: "${env:POSTGRESQL_PASSWORD}"')
    expect(err).toContain('configs/a.yaml:6:5')
    expect((await world.run('apply', '--yes')).code).toBe(3)
    expect(world.requests().filter((line) => !line.startsWith('GET'))).toEqual([])
  })

  test('is a warning of validate, whose last line says what follows', async () => {
    const world = createSandbox({ files })
    const { code, out, err } = await world.run('validate')
    expect(code).toBe(0)
    expect(err.match(/warning\[P116\]/g)).toHaveLength(2)
    expect(out).toBe(
      'Valid: 3 resources in 1 file.\n' +
        '2 warnings: a plan stops there, unless the service has what they are about already.\n'
    )
    expect(world.requests()).toEqual([])
  })

  test('is nothing to tell of where it exists, or is pinned to what exists', async () => {
    const world = createSandbox({ files, env: { PW: 'p' } })
    const whole = '      port: 5432\n      database: d\n      username: u\n      password: ${env:PW}\n'
    const first = incomplete.slice(0, incomplete.indexOf('  - name: Two')) + whole
    world.write({ 'configs/a.yaml': first })
    expect((await world.run('apply', '--yes')).code).toBe(0)
    world.write({ 'configs/a.yaml': first.replace(/ {6}password.*\n/, '') })
    expect(await world.run('plan', '--strict')).toMatchObject({ code: 0, err: '' })
    const [{ id } = { id: '' }] = world.server.store.all('connection')
    world.write({
      'configs/a.yaml': incomplete.slice(0, 100).replace('name: One', `name: One\n    id: ${id}`)
    })
    expect((await world.run('validate')).err).not.toContain('P116')
  })

  test('stops where a file empties what a live one needs; leaving it out keeps it', async () => {
    const whole = (hostname: string): string =>
      `connections:\n  - name: One\n    type: postgresql\n    configuration:\n${hostname}` +
      '      database: d\n      username: u\n      password: ${env:PW}\n'
    const world = createSandbox({
      files: { 'configs/a.yaml': whole('      hostname: h\n') },
      env: { PW: 'p' }
    })
    expect((await world.run('apply', '--yes')).code).toBe(0)
    world.write({ 'configs/a.yaml': whole('      hostname: ""\n') })
    const { code, err } = await world.run('plan')
    expect([code, err.match(/error\[.*|-->.*/g)]).toEqual([
      3,
      ['error[P116]: connection "One" needs `hostname`, which is empty', '--> configs/a.yaml:5:17']
    ])
    expect((await world.run('apply', '--yes', '--no-check')).out).toContain('hostname is required')
    world.write({ 'configs/a.yaml': whole('') })
    expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
  })

  test('need not be completed to be only looked at or removed', async () => {
    const world = createSandbox({ files })
    expect((await world.run('destroy', '--yes')).code).toBe(0)
  })
})

describe('--strict', () => {
  const doubtful = {
    'configs/a.yaml': 'models: [{ name: M, connection: Nowhere, configuration: { table: t } }]\n'
  }
  test('makes errors of warnings in validate, and only then', async () => {
    const world = createSandbox({ files: doubtful })
    const loose = await world.run('validate')
    expect(loose.code).toBe(0)
    expect(loose.out).toContain(
      '1 warning: a plan stops there, unless the service has what it is about already.'
    )
    const strict = await world.run('validate', '--strict')
    expect(strict.code).toBe(3)
    expect(strict.err).toContain('error[P201]')
    const document = JSON.parse((await world.run('validate', '--strict', '--format', 'json')).out) as object
    expect(document).toMatchObject({ problems: [{ severity: 'error', code: 'P201' }] })
  })

  test('makes errors of warnings in plan: nothing is saved', async () => {
    const world = createSandbox({
      files: {
        'configs/a.yaml':
          'connections: [{ name: M, type: mongodb, configuration: { hosts: h, password: "${env:PW}" } }]\n'
      }
    })
    expect((await world.run('plan')).code).toBe(0)
    const { code, err } = await world.run('plan', '--strict', '--out', 'p')
    expect(code).toBe(3)
    expect(err).toContain('error[P615]')
    expect((await world.run('apply', 'p')).err).toContain('p')
    expect((await world.run('apply', 'p')).code).toBe(3)
  })

  test('of a warning that stops no plan, it is said that it goes on', async () => {
    const text =
      'connections: [{ name: M, type: mongodb, configuration: { hosts: h, password: swordfish } }]\n'
    const world = createSandbox({ files: { 'configs/a.yaml': text } })
    expect((await world.run('validate')).out).toContain('1 warning: a plan goes on all the same.')
    expect((await world.run('plan')).code).toBe(0)
  })
})

test.each(Object.entries(examples))('%s lacks nothing, and has no doubt in it', async (name, text) => {
  const world = createSandbox({ files: { [`configs/${name}`]: text }, env: secrets })
  expect(await world.run('validate', '--strict')).toMatchObject({ code: 0, err: '' })
})
