import { describe, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** R24: models that name each other, or themselves, are made in two steps. */

const source = `connections:
  - name: Source
    type: postgresql
    configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
models:
`
const model = (name: string, ...to: string[]): string =>
  `  - name: ${name}
    connection: Source
    configuration: { table: public.users }
    relations: [${to.map((other) => `{ from: id, to: { model: ${other}, field: id } }`).join(', ')}]
`
const env = { PASSWORD: 'p' }

function worldOf(...models: string[]): Sandbox {
  return createSandbox({ files: { 'configs/a.yaml': source + models.join('') }, env })
}

async function expectSettled(world: Sandbox): Promise<void> {
  const { code, out, err } = await world.run('apply', '--yes')
  expect(code, out + err).toBe(0)
  expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
  expect((await world.run('drift')).code).toBe(0)
}

/** Which models each model names, by name. */
function joins(world: Sandbox): Record<string, string[]> {
  const all = world.server.store.all('model')
  const nameOf = new Map(all.map(({ id, name }) => [id, name]))
  return Object.fromEntries(
    all.map((one) => {
      const relations = (one['relations'] ?? []) as { to: { model_id: string } }[]
      return [one.name, relations.map(({ to }) => String(nameOf.get(to.model_id)))]
    })
  )
}

const writes = (world: Sandbox): string[] =>
  world
    .requests()
    .filter((one) => /^(POST|PUT|PATCH|DELETE) \/api\/models/.test(one))
    .map((one) => one.replace(/\/[0-9a-f-]{36}/, '/ID'))

describe('models in a circle', () => {
  test.each<[string, string[], Record<string, string[]>, number]>([
    ['one that names itself', [model('A', 'A')], { A: ['A'] }, 1],
    ['two', [model('A', 'B'), model('B', 'A')], { A: ['B'], B: ['A'] }, 1],
    [
      'three, one of them in two circles',
      [model('A', 'B', 'A'), model('B', 'C'), model('C', 'A'), model('D', 'A')],
      { A: ['B', 'A'], B: ['C'], C: ['A'], D: ['A'] },
      2
    ]
  ])(
    '%s: each is made once, and only what closes it is set later',
    async (_what, models, wanted, later) => {
      const world = worldOf(...models)
      expect((await world.run('validate')).code).toBe(0)
      const { out } = await world.run('plan', '--verbose')
      expect(out).toContain('`relations` is set when all that it names is made')
      world.requests()
      await expectSettled(world)
      expect(joins(world)).toEqual(wanted)
      const sent = writes(world)
      expect(sent.filter((one) => one === 'POST /api/models')).toHaveLength(models.length)
      expect(sent.filter((one) => one === 'PUT /api/models/ID')).toHaveLength(later)
      const gone = await world.run('destroy', '--yes')
      expect(gone.code, gone.out + gone.err).toBe(0)
    }
  )

  test('of what is live, nothing waits for each other', async () => {
    const world = worldOf(model('A'), model('B'))
    await expectSettled(world)
    world.write({
      'configs/a.yaml': source + model('A', 'B', 'A', 'C') + model('B', 'A') + model('C', 'B')
    })
    await expectSettled(world)
    expect(joins(world)).toEqual({ A: ['B', 'A', 'C'], B: ['A'], C: ['B'] })
  })

  test('a saved plan is carried out', async () => {
    const world = worldOf(model('A', 'B'), model('B', 'A'))
    expect((await world.run('plan', '--out', 'saved.json')).code).toBe(0)
    const { code, out, err } = await world.run('apply', 'saved.json')
    expect(code, out + err).toBe(0)
    expect(joins(world)).toEqual({ A: ['B'], B: ['A'] })
  })

  test('that another one fails is told of what is made, and the next apply goes on', async () => {
    const world = worldOf(model('A', 'B'), model('B', 'A'))
    world.server.faults.add({
      fault: 'error-before',
      status: 422,
      on: 'POST /api/models',
      times: 0,
      skip: 1
    })
    const { code, err, out } = await world.run('apply', '--yes')
    expect(code).toBe(5)
    expect(out + err).toContain('error[P628]: model "A" is made, and without `relations` yet')
    expect(joins(world)).toEqual({ A: [] })
    world.server.faults.clear()
    await expectSettled(world)
    expect(joins(world)).toEqual({ A: ['B'], B: ['A'] })
  })

  test('are imported from the service, and plan finds nothing to do', async () => {
    const world = worldOf(model('A', 'B', 'A'), model('B', 'A'))
    await expectSettled(world)
    const other = createSandbox({
      env: { ...env, POLYTOMIC_API_KEY: world.server.apiKey },
      io: { fetch: (request) => world.server.fetch(request) }
    })
    const imported = await other.run('import')
    expect(imported.out).not.toContain('in no file')
    expect((await other.run('plan', '--detailed-exitcode')).code).toBe(0)
  })
})
