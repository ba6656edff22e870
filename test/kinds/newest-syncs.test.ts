import { describe, expect, test } from 'vitest'
import { client } from '../server/client.ts'
import { named, secrets, syncOfUsers } from '../support/life.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { share } from '../support/samples.ts'
import { shapes, type Shape } from '../support/shapes.ts'
import { expectSettled, run } from '../support/settled.ts'

/** Syncs in both spellings of the files, against the local server in both of its shapes. */

const worldOf = (shape: Shape, files: string) =>
  createSandbox({ files: { 'configs/a.yaml': files }, env: secrets, server: { shape } })

const syncIn = async (world: Sandbox) => {
  const { id } = await named(client(world.server), '/api/syncs', 'S')
  return (await client(world.server).get(`/api/syncs/${id}`)).data
}

const users = (more: string) => syncOfUsers(more).replace(/ {4}identity: .*\n/, '')
const one = '    identity: { source: email, target: email, function: Equality }\n'
const oneOfSeveral = `    identities:
      mappings: [{ source: email, target: email, function: Equality }]
`
const two = (strategy: string, first = 'email', second = 'last_name') => `    identities:
      strategy: ${strategy}
      mappings:
        - { source: ${first}, target: ${first}, function: Equality }
        - { source: ${second}, target: ${second}, function: Equality }
`
const separate = (name = 'IsNotNull') => `    model_filters:
      conditions:
        - { source: email, function: ${name} }
        - { source: last_name, function: Equality, value: x }
      logic: A OR B
    target_filters:
      conditions:
        - { field: email, function: IsNotNull, label: known }
        - { field: last_name, function: IsNull }
        - { field: first_name, function: IsNull }
      logic: known AND (B OR C)
`
const mixed = `    filters:
      - { field_id: email, field_type: Target, function: IsNotNull }
      - { field: email, function: IsNotNull }
      - { field: last_name, function: Equality, value: x }
      - { field_id: last_name, field_type: Target, function: IsNull }
      - { field_id: first_name, field_type: Target, function: IsNull }
    filter_logic: B OR C
`
const withTargetLogic = (text: string) =>
  text.replace('object: public.users }', 'object: public.users, filter_logic: "A AND (D OR E)" }')

describe.each(shapes)('a service of the %s shape', (shape) => {
  test('both spellings mean the same: to write the other changes nothing', async () => {
    const older = withTargetLogic(users(one + mixed))
    const world = worldOf(shape, older)
    await expectSettled(world, older)
    const before = await syncIn(world)
    const newer = users(oneOfSeveral + separate())
    world.write({ 'configs/a.yaml': newer })
    await run(world, 0, 'validate')
    await run(world, 0, 'plan', '--detailed-exitcode')
    expect(await syncIn(world)).toEqual(before)
    const fresh = worldOf(shape, newer)
    await expectSettled(fresh, newer)
    fresh.write({ 'configs/a.yaml': older })
    await run(fresh, 0, 'plan', '--detailed-exitcode')
  })

  const changes: [what: string, changed: string][] = [
    ['a filter', users(one + separate('IsNull'))],
    ['all filters', users(one)],
    ['one sort of them', users(one + separate().slice(0, separate().indexOf('    target_filters')))],
    ['the identity', users(one).replace('function: Equality', 'function: ISubstring')],
    ['the schedule', users(one + separate()).replace('schedule: manual', 'schedule: continuous')],
    [
      'a mapping',
      users(one + separate()).replace(
        '{ source: first_name, target: first_name }',
        '{ source: last_name, target: first_name }'
      )
    ],
    ['whether it runs', users(one + separate()).replace('active: false', 'active: true')]
  ]
  // Of few samples each change is met by one of the shapes.
  test.each(share(changes, shapes.indexOf(shape), 2))(
    'after a change of %s the plan is empty',
    async (_what, changed) => {
      const files = users(one + separate())
      const world = worldOf(shape, files)
      await expectSettled(world, files)
      await expectSettled(world, changed)
      await expectSettled(world, files)
    }
  )
})

describe('what only the newer shape can say', () => {
  const compared = (value: string) => `${one}    target_filters:
      conditions: [{ field: email, function: Equality, ${value} }]
`
  test('several identities: made, moved, joined and taken away again', async () => {
    const world = worldOf('newest', users(one))
    for (const said of [
      two('priority'),
      two('and'),
      two('and', 'last_name', 'email'),
      one,
      two('priority'),
      oneOfSeveral
    ])
      await expectSettled(world, users(said))
    const fresh = worldOf('newest', users(two('and')))
    expect(await run(fresh, 0, 'plan')).toContain('P114')
    await expectSettled(fresh, users(two('and')))
    expect((await syncIn(fresh))['identities']).toMatchObject({
      strategy: 'and',
      mappings: [{ target: 'email' }, { target: 'last_name' }]
    })
  })

  test('a filter of the target that compares with a field of a model', async () => {
    const world = worldOf('newest', users(compared('value: x')))
    await expectSettled(world, users(compared('value: x')))
    await expectSettled(world, users(compared('value_source: email')))
    expect((await syncIn(world))['target_filters']).toMatchObject({
      conditions: [{ field: 'email', value_source: { field: 'email' } }]
    })
    const older = `${one}    filters: [{ field_id: email, field_type: Target, function: Equality, value_field: email }]\n`
    world.write({ 'configs/a.yaml': users(older) })
    await run(world, 0, 'plan', '--detailed-exitcode')
    await expectSettled(world, users(compared('value_source: last_name')))
    await expectSettled(world, users(compared('value: y')))
  })

  test.each([
    ['several identities', two('priority'), 'a.yaml:19:5'],
    ['a filter that compares with a field of a model', compared('value_source: email'), 'a.yaml:21:70']
  ])('%s: an older service is told nothing of it', async (what, more, place) => {
    const world = worldOf('older', users(one))
    await expectSettled(world, users(one))
    world.write({ 'configs/a.yaml': users(more) })
    await run(world, 0, 'validate')
    for (const command of [['plan'], ['apply', '--yes']]) {
      world.requests()
      const reported = await run(world, 3, ...command)
      expect(reported).toContain(`P114`)
      expect(reported).toContain(`this service does not know ${what} of sync "S"`)
      expect(reported).toContain(place)
      expect(world.requests().filter((request) => !request.startsWith('GET'))).toEqual([])
    }
    // One that is new is judged by the others.
    world.write({
      'configs/a.yaml': users(one),
      'configs/b.yaml': users(more).slice(users(more).indexOf('syncs:')).replace('name: S', 'name: T')
    })
    expect(await run(world, 3, 'plan')).toContain(`does not know ${what} of sync "T"`)
  })

  test('an older service that drops it in silence is found out by what is read back', async () => {
    const world = worldOf('older', users(two('priority')))
    const applied = await world.run('apply', '--yes')
    expect(applied.code).not.toBe(0)
    expect(applied.out + applied.err).toContain('different: identities.mappings[1]')
    expect(applied.out + applied.err).not.toMatch(/\bidentity\b.*others/)
  })

  test.each([
    [two('priority').replace(/ {6}strategy: .*\n/, ''), 'need a `strategy`'],
    [one + two('priority'), '`identity` beside `identities`'],
    [`${one}${separate()}    filter_logic: A\n`, '`filter_logic` beside `model_filters`'],
    [one + separate().replace('logic: A OR B', 'logic: A'), 'does not name the filter `B`'],
    [one + separate().replace('logic: A OR B', 'logic: a OR B'), 'labels are compared exactly'],
    [one + separate().replace('label: known', 'label: C'), 'two filters have the label `C`'],
    [compared('value: x, value_source: email'), 'not with both'],
    [
      `${one}    filters: [{ field: email, function: Equality, value_field: email }]\n`,
      'only a filter of the target compares with a field'
    ],
    [two('priority', 'first_name'), '`first_name` is mapped by the identity already']
  ])('validate tells of what does not fit together (%#)', async (more, words) => {
    const reported = await worldOf('newest', users(more)).run('validate')
    expect(reported.code).toBe(words.includes('already') ? 0 : 3)
    expect(reported.out + reported.err).toContain(words)
  })

  test('an older version of the API does not have it', async () => {
    const files = `workspace: { api_version: "2024-02-08" }\n${users(two('priority'))}`
    expect(await run(worldOf('older', files), 3, 'plan')).toContain('`strategy` of a sync needs version')
  })

  test('what a plan names can be ignored by that name, in parts and as a whole', async () => {
    const files = users(two('priority') + separate())
    const changed = files
      .replace('{ source: email, function: IsNotNull }', '{ source: email, function: IsNull }')
      .replace('known AND (B OR C)', 'known OR B OR C')
      .replace('target: last_name, function: Equality', 'target: last_name, function: ISubstring')
    const world = worldOf('newest', files)
    await expectSettled(world, files)
    world.write({ 'configs/a.yaml': changed })
    const { changes } = JSON.parse(await run(world, 0, 'plan', '--format', 'json')) as {
      changes: { name: string; fields: { path: string[] }[] }[]
    }
    const paths = changes.find(({ name }) => name === 'S')!.fields.map(({ path }) => path.join('.'))
    expect(paths).toEqual([
      'identities.mappings.[1].function',
      'model_filters.conditions.[Users.email IsNotNull]',
      'model_filters.conditions.[Users.email IsNull]',
      'target_filters.logic'
    ])
    const ignoring = (names: string[]) => {
      const list = `    lifecycle: { ignore_changes: ${JSON.stringify(names)} }\n`
      world.write({ 'configs/a.yaml': changed.replace('    schedule:', `${list}    schedule:`) })
    }
    for (const names of [
      paths,
      ['identities', 'model_filters', 'target_filters'],
      ['identities.mappings', 'model_filters', 'target_filters.logic']
    ]) {
      ignoring(names)
      await run(world, 0, 'plan', '--detailed-exitcode')
    }
    ignoring(['identities', 'target_filters'])
    const left = await run(world, 2, 'plan', '--detailed-exitcode', '--verbose')
    expect(left).toContain('model_filters')
    expect(left).toContain(
      'ignored, and left as they are: identities.mappings[1].function, target_filters.logic'
    )
    ignoring(['model_filters.condition'])
    expect(await run(world, 3, 'validate')).toContain('`model_filters` has no such part')
  })

  test('a mapping that makes room for a fixed value among the mappings is told beside it', async () => {
    const files = users(one)
    const world = worldOf('newest', files)
    await expectSettled(world, files)
    const changed = files.replace(
      '{ source: first_name, target: first_name }',
      '{ target: first_name, override_value: x }'
    )
    expect(changed).not.toBe(files)
    world.write({ 'configs/a.yaml': changed })
    const planned = await run(world, 2, 'plan', '--detailed-exitcode')
    expect(planned).not.toContain('override_fields')
    expect(planned).toMatch(/^ +\+ +\[?first_name.*x/m)
    expect(planned).toMatch(/^ +- +\[?first_name.*Users · first_name/m)
    await expectSettled(world, changed)
  })

  test('a sync that cannot run says why, in plan and drift', async () => {
    const files = users(one)
    const world = worldOf('newest', files)
    await expectSettled(world, files)
    const api = client(world.server)
    const { id } = await named(api, '/api/models', 'Users')
    await api.delete(`/api/models/${id}`)
    const said =
      /warning\[P410\]: sync "S" does not work: it cannot run: there is no model .* \(at `identities/
    expect(await run(world, 0, 'plan')).toMatch(said)
    expect(await run(world, 2, 'drift')).toMatch(said)
    await expectSettled(world, files)
    expect(await run(world, 0, 'plan')).not.toContain('P410')
  })
})
