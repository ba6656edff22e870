import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { decide } from '../../src/plan/decide.ts'
import type { DecideOptions } from '../../src/plan/options.ts'
import { declared, service } from '../plan/world.ts'
import { writes } from '../support/warehouse.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../support/sandbox.ts'

/** Many updates at once are more often a wrong file of variables than a wish. */

describe('R19: how many updates are too many', () => {
  const model = (index: number, table: string) =>
    declared('model', `M${index}`, { connection: 'C', configuration: { table } })
  const reported = (live: number, updates: number, options: DecideOptions = {}, creates = 0): string[] => {
    const rows = Array.from({ length: live }, (_, index): [string, string, string, object] => [
      'model',
      `M${index}`,
      `m${index}`,
      { connection_id: 'c', configuration: { table: 'before' } }
    ])
    const resources = Array.from({ length: live + creates }, (_, index) =>
      model(index, index < updates ? 'after' : 'before')
    )
    const found = decide(
      { workspace: {}, resources, removed: [] },
      service(['connection', 'C', 'c', { type: { id: 'csv' } }], ...rows),
      kinds,
      options
    )
    return found.problems
      .filter(({ code }) => code === 'P512')
      .map(({ severity, message }) => `${severity} ${message}`)
  }

  test.each([
    [20, 20],
    [83, 20],
    [84, 21],
    [200, 50]
  ])('of %i live ones, %i may change', (live, most) => {
    const options = { isUnattended: true }
    expect(reported(live, most, options)).toEqual([])
    if (most < live)
      expect(reported(live, most + 1, options)).toEqual([
        `error ${most + 1} updates are more than the limit of ${most}: ${live} declared resources are live`
      ])
  })

  test('what is new does not count', () => {
    expect(reported(20, 20, { isUnattended: true }, 500)).toEqual([])
    expect(reported(0, 0, { isUnattended: true }, 500)).toEqual([])
  })

  test('what was asked for by name does not count, though all of it is sent again', () => {
    expect(reported(100, 0, { isUnattended: true, rotate: ['*'] })).toEqual([])
    expect(reported(100, 30, { isUnattended: true, rotate: ['*'] })).toHaveLength(1)
  })

  test('where somebody is asked, it is told; a limit that was given is a stop everywhere', () => {
    expect(reported(100, 26)[0]).toMatch(/^warning 26 updates/)
    expect(reported(100, 26, { maxUpdates: 26 })).toEqual([])
    expect(reported(100, 26, { maxUpdates: 25 })[0]).toMatch(
      /^error 26 updates are more than the limit of 25/
    )
    expect(reported(1, 1, { maxUpdates: 0 })[0]).toMatch(/^error 1 update/)
  })
})

/** A database and many models, all of which read the table that a variable names. */
const many = `variables: { table: { default: users } }
connections:
  - name: C
    type: postgresql
    configuration: { hostname: h.example.net, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
models:
${Array.from({ length: 40 }, (_, index) => `  - { name: M${index}, connection: C, configuration: { query: "select ${index} from \${var:table}" } }\n`).join('')}`

async function applied(io: SandboxOptions['io'] = {}): Promise<Sandbox> {
  const world = createSandbox({ files: { 'configs/all.yaml': many }, env: { PASSWORD: 'planted' }, io })
  // That everything is new bothers nobody.
  const first = await world.run('apply', '--yes', '--quiet')
  expect(first.code, first.out + first.err).toBe(0)
  world.requests()
  return world
}

const wrong = ['--var', 'table=contacts']

describe('R19: a wrong variable', () => {
  test('is refused where nobody is asked, and the number to pass is told', async () => {
    const world = await applied()
    const refused = await world.run('apply', '--yes', ...wrong)
    expect(refused.code).toBe(7)
    expect(refused.err).toContain('[P512]')
    expect(refused.err).toContain('--max-updates 40')
    expect(writes(world)).toEqual([])
    expect((await world.run('apply', '--yes', ...wrong, '--max-updates', '39')).code).toBe(7)
    expect((await world.run('apply', '--yes', ...wrong, '--max-updates', '40')).code).toBe(0)
  })

  test('is shown by plan, with a warning; drift is not bothered', async () => {
    const world = await applied()
    const planned = await world.run('plan', ...wrong)
    expect(planned.code).toBe(0)
    expect(planned.out).toContain('40 to update')
    expect(planned.err).toContain('warning[P512]')
    const drift = await world.run('drift', ...wrong)
    expect(drift.code).toBe(2)
    expect(drift.err).toBe('')
  })

  test('is asked about with its number', async () => {
    const prompts: string[] = []
    const world = await applied({
      terminal: { out: false, err: false, in: true, width: 100 },
      ask: async (prompt: string) => {
        prompts.push(prompt)
        return 'yes'
      }
    })
    expect((await world.run('apply', ...wrong)).code).toBe(0)
    expect((await world.run('apply', '--var', 'table=users', '--only', 'M1*')).code).toBe(0)
    expect(prompts).toEqual([
      'Apply these changes, 40 updates among them? Type yes: ',
      'Apply these changes? Type yes: '
    ])
  })

  test('is in no approval that does not say so', async () => {
    const world = await applied()
    expect((await world.run('plan', ...wrong, '--out', 'plan.json')).code).toBe(0)
    expect((await world.run('apply', 'plan.json', ...wrong)).code).toBe(7)
    await world.run('plan', ...wrong, '--max-updates', '40', '--out', 'plan.json')
    const done = await world.run('apply', 'plan.json', ...wrong)
    expect(done.code, done.out + done.err).toBe(0)
  })
})

test('R19: what else the files mention does not change how much may be deleted', async () => {
  const world = await applied()
  const rest = many.replaceAll(/ {2}- \{ name: M[0-4],.*\n/g, '')
  const roles = Array.from({ length: 60 }, (_, index) => `{ name: R${index} }`).join(', ')
  world.write({ 'configs/roles.yaml': `roles: [${roles}]\n` })
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  world.write({ 'configs/all.yaml': `${rest}removed: { models: [M0, M1, M2, M3, M4] }\n` })
  const refused = await world.run('plan')
  expect([refused.code, refused.err.includes('5 deletions are more than the limit of 4')]).toEqual([
    7,
    true
  ])
  world.write({ 'configs/roles.yaml': 'roles: []\n' })
  const alike = await world.run('plan')
  expect([alike.code, alike.err]).toEqual([refused.code, refused.err])
})
