import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

const files = {
  'configs/a.yaml': `
variables: { host: {} }
connections:
  - name: Store
    type: postgresql
    configuration: { hostname: "\${var:host}", port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
models:
  - { name: Users, connection: Store, configuration: { table: public.users } }
`
}
const names = ['Acme', 'Beta', 'Gamma Inc', 'Delta/../x']
const own = Object.fromEntries(
  ['Acme', 'Beta', 'Gamma Inc'].map((name) => [
    `tenants/${name}.yaml`,
    `host: ${name.replace(' ', '')}.example.com\n`
  ])
)
const over = ['--var-file', 'tenants/{organization}.yaml']

function tenants(more: Record<string, string> = own): Sandbox {
  return createSandbox({
    files: { ...files, ...more },
    env: { PASSWORD: 'planted-secret', POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' },
    server: { partnerKey: 'partner-key-1', organizations: names.map((name) => ({ name })) }
  })
}

const counted = (requests: string[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(requests, (request) => request)].map(([request, all]) => [request, all.length])
  )

describe('many organizations', () => {
  test('a plan over some of them asks each for the same, once, and who they are', async () => {
    const world = tenants()
    const ran = await world.run('plan', '--organization', 'Acme', '--organization', 'G*', ...over)
    expect(ran.err).toBe('')
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('hostname    Acme.example.com')
    expect(ran.out).toContain('hostname    GammaInc.example.com')
    expect(ran.out).not.toContain('Beta')
    expect(ran.out).toMatch(/2 organizations: 2 went through\.\n$/)
    expect(counted(world.requests())).toEqual({
      'GET /api/organizations': 1,
      'GET /api/me': 2,
      'GET /api/connections': 2,
      'GET /api/models': 2,
      // Who looks hears of what moves data and no file declares.
      'GET /api/syncs': 2,
      'GET /api/bulk/syncs': 2
    })
  })

  test('a wrong key is called by its name', async () => {
    const world = createSandbox({
      files: { ...files, ...own },
      env: { POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'planted-wrong-key' },
      server: { partnerKey: 'partner-key-1' }
    })
    const ran = await world.run('plan', '--all-organizations', ...over)
    expect(ran.code).toBe(4)
    expect(ran.err).toContain('help: check POLYTOMIC_PARTNER_KEY or POLYTOMIC_DEPLOYMENT_KEY')
    expect(ran.err).not.toContain('POLYTOMIC_API_KEY')
    expect(ran.err).not.toContain('planted-wrong-key')
  })

  test('some and all are not asked for at once', async () => {
    const world = tenants()
    const ran = await world.run('apply', '--organization', 'Acme', '--all-organizations', '--yes', ...over)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain("'--all-organizations' cannot be used with option '--organization <name>'")
    expect(world.requests()).toEqual([])
  })

  test('one that fails does not stop the others, and is told by name', async () => {
    const world = tenants()
    const ran = await world.run('apply', '--all-organizations', '--yes', ...over)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('── Delta/../x\nerror[P008]')
    expect(ran.out).toMatch(/^Acme +Applied: 2 done\.$/m)
    expect(ran.out).toMatch(/^Delta\/\.\.\/x +failed: the files or an option are wrong$/m)
    expect(ran.out).toMatch(/5 organizations: 3 went through, 2 failed\.\n$/)
    expect(
      world.server.store.all('connection').map(({ configuration }) => configuration['hostname'])
    ).toEqual(expect.arrayContaining(['Acme.example.com', 'Beta.example.com', 'GammaInc.example.com']))
    expect(`${ran.out}${ran.err}`).not.toContain('planted-secret')
    expect(`${ran.out}${ran.err}`).not.toContain('partner-key-1')
  })

  test('after apply every plan is empty, and a second apply sends nothing', async () => {
    const world = tenants()
    const some = ['--organization', 'Acme', '--organization', 'Beta', ...over]
    expect((await world.run('apply', '--yes', ...some)).code).toBe(0)
    expect((await world.run('plan', '--detailed-exitcode', ...some)).code).toBe(0)
    world.requests()
    expect((await world.run('apply', '--yes', ...some)).code).toBe(0)
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })

  test('the JSON of all is as its schema says, and holds what each says alone', async () => {
    const world = tenants()
    const ran = await world.run('plan', '--all-organizations', '--format', 'json', ...over)
    const schema = JSON.parse(readFileSync('schemas/organizations.schema.json', 'utf8')) as object
    const value = JSON.parse(ran.out) as {
      summary: object
      organizations: { organization: { name: string }; exit_code: number; result: { summary: object } }[]
    }
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema)
    expect(validate(value) || validate.errors).toBe(true)
    expect(value.summary).toEqual({ organizations: 5, exit_codes: { 0: 3, 3: 2 } })
    const acme = value.organizations.find(({ organization }) => organization.name === 'Acme')
    expect(acme?.result.summary).toMatchObject({ create: 2 })
  })

  test('each plan is saved under its own name, and that is what is applied', async () => {
    const world = tenants()
    const some = ['--organization', 'Acme', '--organization', 'Beta', ...over]
    expect((await world.run('plan', '--out', '{organization}.json', ...some)).code).toBe(0)
    const applied = await world.run('apply', '{organization}.json', ...some)
    expect(applied.code, applied.out + applied.err).toBe(0)
    expect(world.server.store.all('model')).toHaveLength(2)
    const one = await world.run('plan', '--out', 'all.json', ...some)
    expect(one.code).toBe(3)
    expect(one.err).toContain('P508')
  })

  test.each([
    ['a name that nobody has', ['plan', '--organization', 'Acmee'], 3, 'P409'],
    ['no yes', ['apply', '--all-organizations'], 7, 'P505'],
    ['the local Polytomic of --local', ['plan', '--local', '--all-organizations'], 3, 'P617']
  ])('%s is told before anything is asked of any of them', async (_what, words, code, problem) => {
    const world = tenants()
    const ran = await world.run(...words)
    expect(ran.code, ran.err).toBe(code)
    expect(ran.err).toContain(problem)
    expect(world.requests().filter((request) => request !== 'GET /api/organizations')).toEqual([])
  })

  test('the key of one organization is no key for many', async () => {
    const world = createSandbox({ files })
    const ran = await world.run('plan', '--all-organizations')
    expect(ran.code).toBe(4)
    expect(ran.err).toContain('P616')
    expect(world.requests()).toEqual([])
  })

  test('files for one organization are refused for the others', async () => {
    const world = tenants({ ...own, 'configs/w.yaml': 'workspace: { organization: Acme }\n' })
    const ran = await world.run('plan', '--organization', 'Acme', '--organization', 'Beta', ...over)
    expect(ran.code).toBe(4)
    expect(ran.err).toContain('── Beta\nerror[P403]')
    expect(ran.err).not.toContain('── Acme')
  })

  test('what waits for its turn when a person stops is not begun', async () => {
    const world = createSandbox({
      files: { ...files, ...own },
      env: { PASSWORD: 'x', POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' },
      server: { partnerKey: 'partner-key-1', organizations: names.map((name) => ({ name })) },
      io: { interrupted: Promise.resolve() }
    })
    const ran = await world.run('apply', '--all-organizations', '--yes', ...over)
    expect(ran.code).toBe(130)
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })

  test('a mistake of the program itself in one of them does not stop the others', async () => {
    let count = 0
    const at = 4
    const world = createSandbox({
      files: { ...files, ...own },
      env: { PASSWORD: 'x', POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' },
      server: { partnerKey: 'partner-key-1', organizations: names.map((name) => ({ name })) },
      io: {
        now: () => {
          // Not while the organizations are listed, and in the first of them.
          if (count++ === at) throw new RangeError('a mistake')
          return new Date()
        }
      }
    })
    const some = ['--organization', 'Acme', '--organization', 'Beta', ...over]
    const ran = await world.run('apply', '--yes', ...some)
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('failed in a way that it should not: a mistake')
    expect(ran.out).toMatch(/2 organizations: 1 went through, 1 failed\.\n$/)
    expect(world.server.store.all('model')).toHaveLength(1)
  })
})
