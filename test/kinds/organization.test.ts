import { derivedApi } from '../../src/kinds/kind.ts'
import { describe, expect, test } from 'vitest'
import { exchangeOf } from '../support/exchange.ts'
import { everything, problemsOf, read } from '../support/reading.ts'

describe('policies', () => {
  const { id, create, update, differences } = exchangeOf('policy')
  const role = (name: string) => id('role', name)
  const item = {
    policy_actions: [
      { action: 'Read', roles: ['A', 'B'] },
      { action: 'edit', roles: [] }
    ]
  }
  const live = {
    id: 'p',
    name: 'x',
    system: false,
    policy_actions: [
      { action: 'read', role_ids: [role('B'), role('A')] },
      { action: 'update', role_ids: null },
      { action: 'delete', role_ids: [role('C')] }
    ]
  }

  test('roles are sent by id; a policy without actions is made with none', () => {
    expect(create(item)).toEqual({
      policy_actions: [
        { action: 'Read', role_ids: [role('A'), role('B')] },
        { action: 'edit', role_ids: [] }
      ]
    })
    expect(create({})).toEqual({ policy_actions: [] })
  })

  test('actions match in any case, edit and update are one, and others are nobody’s business', () => {
    expect(differences(item, live)).toEqual([])
    expect(differences({ policy_actions: [{ action: 'delete', roles: [] }] }, live)).toEqual([
      'removed policy_actions.[delete].roles.[C]'
    ])
  })

  test('an update keeps the actions that nobody states', () => {
    expect(update(item, live)).toEqual({
      name: 'x',
      policy_actions: [
        { action: 'Read', role_ids: [role('A'), role('B')] },
        { action: 'edit', role_ids: [] },
        { action: 'delete', role_ids: [role('C')] }
      ]
    })
  })

  test('one action twice, and one role under two spellings', async () => {
    const yaml = `roles: [{ name: A }]
policies:
  - { name: P, policy_actions: [{ action: read, roles: [a, A] }, { action: READ, roles: [] }] }
`
    expect(await problemsOf(yaml)).toEqual(['P105 3:60 A', 'P105 3:76 READ'])
  })
})

describe('users', () => {
  const item = { email: 'Ada@Example.com', roles: ['admin'] }

  test('the newest version does not repeat the e-mail in an update, older ones do', () => {
    const live = {
      id: 'u',
      email: 'ada@example.com',
      name: 'ada@example.com',
      role: 'user',
      role_ids: null
    }
    const newest = exchangeOf('user')
    expect(newest.update(item, live)).toEqual({ role_ids: [newest.id('role', 'admin')] })
    expect(newest.kind.replacement(live, { name: 'a', role_ids: [] }, undefined, '2024-02-08')).toEqual({
      name: 'a',
      role_ids: []
    })
    expect(newest.differences(item, live)).toEqual(['added roles.[admin]'])
  })

  test('two spellings of an address are one person', async () => {
    const yaml = 'users:\n  - { email: a@b.c, roles: [x] }\n  - { email: A@b.c, roles: [x] }\n'
    expect(await problemsOf(yaml)).toEqual(['P202 3:14 A@b.c + 2:14 a@b.c'])
    expect(await problemsOf('users: [{ name: a@b.c, roles: [x] }]\n')).toEqual(['P101 1:11 name'])
    expect(await problemsOf('users: [{ email: nobody, roles: [x] }]\n')).toEqual(['P105 1:18 nobody'])
  })
})

describe('webhooks', () => {
  test('the secret is sent, and is in nothing that is told or compared', async () => {
    const { create, read: fromWire, differences } = exchangeOf('webhook')
    const secret = { $secret: 'env HOOK' }
    expect(create({ secret, disabled: true })).toEqual({ secret, disabled: true })
    expect(fromWire({ id: 'w', endpoint: 'x', secret: 'in the clear', disabled: null })).toEqual({
      disabled: null
    })
    expect(differences({ secret }, { id: 'w', endpoint: 'x', secret: 'other', disabled: true })).toEqual([])
    const yaml = 'webhooks: [{ endpoint: "https://a.example", secret: planted-text }]\n'
    const understood = await read(yaml)
    expect(everything(understood)).not.toContain('planted-text')
  })

  test('a secret that the files leave alone is sent as it is: no write goes without', () => {
    const { replacement } = exchangeOf('webhook').kind
    const live = { id: 'w', endpoint: 'x', secret: 'theirs' }
    expect(replacement(live, { endpoint: 'y' }, {}, '2025-09-18')).toEqual({
      endpoint: 'y',
      secret: 'theirs'
    })
    const secret = { $secret: 'env HOOK' }
    expect(replacement(live, { secret }, {}, '2025-09-18')).toEqual({ secret })
  })

  test('it is switched on and off at addresses of its own', () => {
    const { requests } = exchangeOf('webhook').kind.api.followUps!
    expect(requests({ disabled: true }, { disabled: false }, '2025-09-18')).toEqual([
      { method: 'POST', path: '/disable' }
    ])
    expect(requests({ disabled: false }, { disabled: true }, '2025-09-18')).toEqual([
      { method: 'POST', path: '/enable' }
    ])
    expect(requests({ disabled: false }, {}, '2025-09-18')).toEqual([])
  })
})

describe('global error subscribers', () => {
  test('case counts, order does not, and nothing is nobody', () => {
    const { create, differences } = exchangeOf('global_error_subscribers')
    expect(differences({ emails: ['A@b.c', 'd@e.f'] }, { emails: ['d@e.f', 'A@b.c'] })).toEqual([])
    expect(differences({ emails: ['A@b.c'] }, { emails: ['a@b.c'] })).toHaveLength(2)
    expect(differences({ emails: [] }, { emails: null })).toEqual([])
    expect(create({ emails: [] })).toEqual({ emails: [] })
  })

  test('it is a section, not a list, and there is one of it', async () => {
    expect(await problemsOf('global_error_subscribers: { emails: [a@b.c] }\n')).toEqual([])
    expect(await problemsOf('global_error_subscribers: [a@b.c]\n')).toEqual(['P102 1:27 [a@b.c]'])
    const twice = {
      'configs/a.yaml': 'global_error_subscribers: { emails: [] }\n',
      'configs/b.yaml': 'global_error_subscribers: { emails: [] }\n'
    }
    expect((await problemsOf(twice)).map((one) => one.slice(0, 4))).toEqual(['P202'])
    expect(await problemsOf('removed: { global_error_subscribers: [organization] }\n')).toEqual([])
    expect(await problemsOf('removed: { global_error_subscribers: [x] }\n')).toEqual(['P104 1:39 x'])
  })
})

describe('primary keys of a schema', () => {
  const { kind, id, create, read: fromWire, differences } = exchangeOf('schema_primary_keys')
  const item = { connection: 'C', schema: 'a/b', fields: ['x', 'y'] }

  test('where they are is made of the connection and the schema, and leads back to them', () => {
    const place = derivedApi(kind)!.id(kind.fromYaml(item), (reference) =>
      id('connection', reference.name!)
    )
    expect(place).toBe(`${id('connection', 'C')}/schemas/a%2Fb`)
    const wire = {
      id: place!,
      fields: [{ id: 'y', is_primary_key: true }, { id: 'x', is_primary_key: true }, { id: 'z' }]
    }
    expect(fromWire(wire)).toMatchObject({ schema: 'a/b', fields: ['x', 'y'], connection: { name: 'C' } })
    expect(differences(item, wire)).toEqual([])
    expect(derivedApi(kind)!.id(kind.fromYaml(item), () => undefined)).toBeUndefined()
    expect(kind.api.isConverged!(create(item), wire)).toBe(true)
    expect(kind.api.isConverged!(create(item), { ...wire, fields: [] })).toBe(false)
  })

  test('all of a body', () => {
    expect(create(item)).toEqual({
      fields: [
        { field_id: 'x', is_primary_key: true },
        { field_id: 'y', is_primary_key: true }
      ]
    })
  })
})
