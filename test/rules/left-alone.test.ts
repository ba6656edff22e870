import { describe, expect, test } from 'vitest'
import { fieldLines } from '../../src/render/field-tree.ts'
import { declared, planFor, service } from '../plan/world.ts'
import { look, removed } from '../render/builders.ts'
import { env, file, idOf, parts, warehouse } from '../support/warehouse.ts'
import { allow, createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'
import { renderReport } from '../support/rendered.ts'

/** That nothing differs does not mean that all is equal: what is not compared, sent, or changed is told. */

interface Reported {
  summary: Record<string, number>
  changes?: Entry[]
  resources?: Entry[]
}

interface Entry {
  address: string
  not_stated: string[]
  not_compared: string[]
  waiting: string | null
}

async function json(world: Sandbox, ...words: string[]): Promise<Reported> {
  return JSON.parse((await world.run(...words, '--format', 'json')).out) as Reported
}

async function applied(text = warehouse()): Promise<Sandbox> {
  const world = createSandbox({ files: { [file]: text }, env })
  const ran = await world.run('apply', '--yes', '--quiet')
  expect(ran.code, ran.out + ran.err).toBe(0)
  world.requests()
  return world
}

describe('R31: secrets are not compared', () => {
  test.each(['plan', 'drift'])('%s says how many', async (command) => {
    const world = await applied()
    const { out } = await world.run(command)
    expect(out).toContain('2 secrets cannot be compared (`polyctl apply --rotate` sends them again)')
    const reported = await json(world, command)
    expect(reported.summary['secrets_not_compared']).toBe(2)
    const source = (reported.changes ?? reported.resources)!.find(
      ({ address }) => address === 'connection "Source"'
    )
    expect(source?.not_compared).toEqual(['configuration.password'])
    expect((await world.run(command, '--verbose')).out).toContain(
      'cannot be compared: configuration.password'
    )
  })

  test('what is sent needs no comparing, and what is new neither', async () => {
    const world = await applied()
    const { out } = await world.run('plan', '--rotate', 'Source')
    expect(out).toContain('1 secret cannot be compared (`polyctl apply --rotate` sends it again)')
    const fresh = createSandbox({ files: { [file]: warehouse() }, env })
    expect((await fresh.run('plan')).out).not.toContain('compared')
  })

  test('where there are none, nothing is said of them', async () => {
    const world = await applied('roles: [{ name: R }]\n')
    expect((await world.run('plan')).out).not.toContain('compared')
  })
})

describe('P411: a rotation that sends nothing', () => {
  const kept = warehouse().replace(
    'name: Source\n',
    'name: Source\n    lifecycle: { ignore_changes: [configuration] }\n'
  )

  test('is told, where `ignore_changes` keeps the secret', async () => {
    const world = await applied(kept)
    const ran = await world.run('plan', '--rotate', 'Source')
    expect(ran.err).toContain('warning[P411]')
    expect(ran.err).toContain('not sent: configuration.password')
    expect((await world.run('plan', '--rotate', 'Store')).err).toBe('')
  })

  test('is told, where there is no secret, unless many were named at once', async () => {
    const world = await applied()
    expect((await world.run('plan', '--rotate', 'model "Users"')).err).toContain('warning[P411]')
    expect((await world.run('plan', '--rotate', '*')).err).toBe('')
  })
})

describe('R16: what looks like something that is there', () => {
  const people = parts.users.replace('name: Users\n', 'name: People\n')

  test('P407: by its content, without any revision', async () => {
    const world = await applied(warehouse({ source: parts.source, users: parts.users }))
    world.write({ [file]: warehouse({ source: parts.source, users: people }) })
    const ran = await world.run('plan')
    expect(ran.err).toContain('model "People" looks like the live model "Users" under a new name')
    expect(ran.err).toContain('write `lifecycle: { renamed_from: "Users" }` there')
    const renamed = people.replace(
      'name: People\n',
      'name: People\n    lifecycle: { renamed_from: Users }\n'
    )
    world.write({ [file]: warehouse({ source: parts.source, users: renamed }) })
    const mended = await world.run('plan')
    expect([mended.err, mended.out.includes('→ model "People"')]).toEqual(['', true])
  })

  test('P407: not where it is declared, is different, or too little is said', async () => {
    const world = await applied(warehouse({ source: parts.source, users: parts.users }))
    world.write({ [file]: warehouse({ source: parts.source, users: parts.users + people }) })
    expect((await world.run('plan')).err).toBe('')
    const other = people.replace('from users', 'from people')
    world.write({ [file]: warehouse({ source: parts.source, users: other }) })
    expect((await world.run('plan')).err).toBe('')
    world.write({
      [file]: `${warehouse({ source: parts.source, users: parts.users })}roles: [{ name: New }]\n`
    })
    expect((await world.run('plan')).err).toBe('')
  })

  test.each([
    ['users', 'case'],
    ['U sers', 'blanks'],
    ['\u200bUsers', 'case, blanks, or the form of its letters'],
    ['Ｕsers', 'case, blanks, or the form of its letters']
  ])('P412: %j and `Users` differ by %s', async (name, what) => {
    const world = await applied(warehouse({ source: parts.source, users: parts.users }))
    const users = parts.users.replace('name: Users\n', `name: ${JSON.stringify(name)}\n`)
    world.write({ [file]: warehouse({ source: parts.source, users }) })
    const ran = await world.run('plan')
    expect(ran.err).toContain('warning[P412]')
    expect(ran.err).toContain(`the same but for ${what}`)
    expect(ran.err).toContain('a live model is called "Users"')
    const id = idOf(world, 'model', 'Users')
    expect(ran.err).toContain(`pin it with \`id: ${id}\``)
    world.write({
      [file]: warehouse({ source: parts.source, users: users.replace('- name', `- id: ${id}\n    name`) })
    })
    expect((await world.run('plan')).err).toBe('')
  })

  test('P412: letters that are composed otherwise', async () => {
    const world = await applied(
      'models: []\nroles: [{ name: Équipe }]\n'.replace('É', 'É'.normalize('NFC'))
    )
    world.write({ [file]: `roles: [{ name: ${'Équipe'.normalize('NFD')} }]\n` })
    expect((await world.run('plan')).err).toContain('the same but for the form of its letters')
  })
})

describe('R7: what goes on though no file says it', () => {
  const bulk = (more: string) => `${warehouse({ source: parts.source, store: parts.store })}bulk_syncs:
  - name: B
    mode: replicate
    source: { connection: Source }
    destination: { connection: Store, configuration: { schema: raw } }
    default_schedule: manual
${more}`

  test('schemas that are copied because new ones are, and others that no file lists', async () => {
    const world = await applied(bulk(''))
    world.write({
      [file]: bulk('    schemas: [public.users]\n    automatically_add_new_objects: all\n')
    })
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    const reported = await json(world, 'drift')
    const entry = reported.resources!.find(({ address }) => address === 'bulk sync "B"')!
    expect(entry.not_stated.filter((path) => path.startsWith('schemas['))).not.toEqual([])
    expect((await world.run('plan')).out).toMatch(/left\salone \(`--verbose` names them\)/)
    expect((await world.run('plan', '--verbose')).out).toContain('left as they are: schemas[')
  })

  test('actions of a policy that somebody gave to others', async () => {
    const text =
      'roles: [{ name: R }]\npolicies: [{ name: P, policy_actions: [{ action: read, roles: [R] }] }]\n'
    const world = await applied(text)
    const policy = world.server.store.all('policy').find(({ name }) => name === 'P')!
    const role = world.server.store.all('role').find(({ name }) => name === 'Member')!
    const before = await json(world, 'drift')
    const pathsOf = ({ resources }: Reported): string[] =>
      resources!.find(({ address }) => address === 'policy "P"')!.not_stated
    world.server.store.edit('policy', policy.id, {
      policy_actions: [
        ...(policy as unknown as { policy_actions: { action: string }[] }).policy_actions.filter(
          ({ action }) => action !== 'update'
        ),
        { action: 'update', role_ids: [role.id] }
      ]
    })
    expect(pathsOf(before)).toEqual([])
    expect(pathsOf(await json(world, 'drift'))).toEqual(['policy_actions[update]'])
  })
})

test('R22: a folded plan still says what its changes do to data', async () => {
  const many = Array.from({ length: 25 }, (_, index) => parts.ordersOut.replace('Orders out', `S${index}`))
  const world = createSandbox({ files: { [file]: warehouse({ ...parts, ordersOut: many.join('') }) }, env })
  const { out } = await world.run('plan')
  expect(out).toContain('are folded')
  expect(out.match(/! first run/g)).toHaveLength(1)
  expect(out).toContain('! first run (26 syncs): a new sync writes all records')
})

describe('R29: what waits for a person', () => {
  async function waiting(): Promise<Sandbox> {
    const world = createSandbox({
      files: { [file]: tutorial, 'configs/more.yaml': 'roles: []\n' },
      env: { MONGODB_PASSWORD: 'planted' }
    })
    expect((await world.run('apply', '--yes')).code).toBe(8)
    return world
  }

  test('is no drift, and nothing to create', async () => {
    const world = await waiting()
    const drift = await world.run('drift')
    expect(drift.code, drift.out).toBe(0)
    expect(drift.out).toContain('2 wait for a person.')
    expect(drift.out).not.toContain('not in the service')
    const planned = await world.run('plan', '--detailed-exitcode')
    expect(planned.code).toBe(0)
    expect(planned.out).toContain('connection "Salesforce Connection" waits for a person')
    expect(planned.out).not.toContain('to create')
    const reported = await json(world, 'plan')
    expect(reported.summary).toMatchObject({ create: 1, waiting: 2 })
  })

  test('is counted alike by plan and apply, beside what is to be done', async () => {
    const world = await waiting()
    world.write({ 'configs/more.yaml': 'roles: [{ name: R }]\n' })
    expect((await world.run('plan')).out).toContain(
      'Plan: 1 to create, 0 to update, 0 to delete; 3 unchanged. 2 wait'
    )
    const ran = await world.run('apply', '--yes')
    expect(ran.err).toContain('applying 1 change; 2 wait for a person')
    expect(ran.out).toContain('Applied: 1 done, 2 pending.')
  })

  test('is not what is to be deleted, however it got there', async () => {
    const removed = await waiting()
    removed.write({ [file]: 'removed: { connections: [Salesforce Connection] }\n' })
    const plan = await removed.run('plan')
    expect(plan.out).toContain('1 to delete')
    expect(plan.out).not.toContain('for a person')
    const destroyed = await (await waiting()).run('destroy', '--yes')
    expect([destroyed.code, destroyed.out]).toEqual([0, expect.not.stringContaining('for a person')])
  })

  test('is not called done, and not called unchanged once it is done', async () => {
    const world = await waiting()
    expect((await world.run('apply', '--yes')).out).toContain('Nothing is finished yet: 2 pending.')
    await allow(world, 'Salesforce Connection')
    const drift = await world.run('drift')
    expect([drift.code, drift.out.includes('not in the service')]).toEqual([2, true])
    expect((await world.run('apply', '--yes')).code).toBe(0)
  })

  test('waits though its connection is in no file', async () => {
    const world = await waiting()
    const others = tutorial.slice(tutorial.indexOf('models:'))
    world.write({ [file]: others })
    const planned = await world.run('plan')
    expect(planned.out, planned.err).toContain('⧗ sync "Mongo to Salesforce Sync"')
    expect(planned.out).toContain('1 waits for a person.')
  })

  test('is found through what is there, and through what is to be made', () => {
    const state = service(
      ['connection', 'C', 'c', { type: { id: 'csv' } }],
      ['model', 'There', 'm', { connection_id: 'c', configuration: {} }]
    )
    state.resources[0]!.pendingReason = 'nobody has authorized it yet'
    const sync = (model: string) =>
      declared('sync', `S ${model}`, { model, fields: [{ source: 'a', target: 'b' }], mode: 'create' })
    const plan = planFor([sync('There'), declared('model', 'New', { connection: 'C' }), sync('New')], state)
    const waiting = Array.isArray(plan) ? plan : plan.changes.map((change) => [change.name, change.waiting])
    const why = 'connection "C" waits for a person'
    expect(waiting).toEqual([
      ['New', why],
      ['S New', why],
      ['S There', why]
    ])
  })
})

test('P412: a live name that ends with a space', async () => {
  const world = await applied(warehouse({ source: parts.source, users: parts.users }))
  world.server.store.edit('model', idOf(world, 'model', 'Users'), { name: 'Users ' })
  const ran = await world.run('plan')
  expect(ran.err).toContain('a live model is called "Users "')
  expect(ran.err).toContain('the same but for blanks')
})

test('a schema that is no longer listed is one line', () => {
  const schema = {
    id: 'public.users',
    enabled: true,
    user_output_name: 'people',
    fields: [{ id: 'email' }]
  }
  const lines = fieldLines([removed(['schemas', '[public.users]'], schema)])
  expect(lines.map(({ label }) => label)).toEqual(['schemas[public.users]'])
})

test('what a person has just authorized is not called unchanged', () => {
  const address = { kind: 'connection', name: 'C' }
  const outcome = { outcome: 'done' as const, id: 'c', notes: [] }
  const counts = { done: 1, failed: 0, skipped: 0, pending: 0 }
  const settled = [{ address, action: 'none' as const, outcome }]
  const text = renderReport({ settled, counts, interrupted: false }, new Map(), look)
  expect(text).toContain('authorized connection "C"')
  expect(text).not.toContain('unchanged')
})

test('nothing is called applied in part where nothing was done', () => {
  const address = { kind: 'role', name: 'R' }
  const counts = { done: 0, failed: 0, skipped: 1, pending: 0 }
  const settled = [
    { address, action: 'create' as const, outcome: { outcome: 'skipped' as const, because: 'x' } }
  ]
  const text = renderReport({ settled, counts, interrupted: false }, new Map(), look)
  expect(text).toContain('Nothing was applied: 1 skipped.')
})
