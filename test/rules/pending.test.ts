import { describe, expect, test } from 'vitest'
import { allow, createSandbox, type Sandbox } from '../support/sandbox.ts'

const file = 'configs/a.yaml'
const env = { PASSWORD: 'a password' }

const connections = `
connections:
  - { name: Inbound, type: hubspot, configuration: {} }
  - { name: Store, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" } }
`

const kinds = ['model', 'sync', 'bulk_sync', 'schema_primary_keys', 'schema_fields'] as const
type Used = (typeof kinds)[number]

/** A resource that uses the connection `Inbound`, before and after an edit of the files. */
function using(kind: Used, edited: boolean): string {
  const model = (identifier: string): string =>
    `models: [{ name: Contacts, connection: Inbound, configuration: { object: contacts }, identifier: ${identifier} }]`
  const texts: Record<Used, [before: string, after: string]> = {
    model: [model('hs_object_id'), model('email')],
    sync: ['manual', 'continuous'].map(
      (schedule) => `
models: [{ name: Users, connection: Store, configuration: { table: public.users } }]
syncs:
  - name: Out
    mode: create
    active: false
    model: Users
    identity: { source: email, target: email, function: Equality }
    fields: [{ source: first_name, target: firstname }]
    target: { connection: Inbound, object: contacts }
    schedule: ${schedule}
`
    ) as [string, string],
    bulk_sync: ['manual', 'continuous'].map(
      (schedule) => `
bulk_syncs:
  - name: All
    mode: replicate
    active: false
    source: { connection: Inbound }
    destination: { connection: Store, configuration: { schema: raw } }
    schemas: [{ id: contacts }]
    default_schedule: ${schedule}
`
    ) as [string, string],
    schema_primary_keys: ['hs_object_id', 'email'].map(
      (field) => `schema_primary_keys: [{ connection: Inbound, schema: contacts, fields: [${field}] }]\n`
    ) as [string, string],
    schema_fields: ['ZIP', 'Postcode'].map(
      (label) => `
schema_fields:
  - connection: Inbound
    schema: contacts
    fields: [{ id: zip_code, label: ${label}, type: string, path: $.zip, definition: string }]
`
    ) as [string, string]
  }
  return texts[kind][edited ? 1 : 0]
}

async function applied(text: string, code: number, world?: Sandbox): Promise<Sandbox> {
  const there = world ?? createSandbox({ env, server: { shape: 'newest' } })
  there.write({ [file]: text })
  const ran = await there.run('apply', '--yes')
  expect(ran.code, ran.out + ran.err).toBe(code)
  return there
}

/** The outcome of one kind of resource in the report of an apply. */
async function outcomeOf(world: Sandbox, kind: Used): Promise<{ code: number; outcome: unknown }> {
  const ran = await world.run('apply', '--yes', '--format', 'json')
  const { results } = JSON.parse(ran.out) as { results: Record<string, unknown>[] }
  const { outcome, because } = results.find((one) => one['kind'] === kind) ?? {}
  return { code: ran.code, outcome: { outcome, because } }
}

describe.each(kinds)('R29: a %s that uses a connection that nobody has authorized is pending', (kind) => {
  describe.each([true, false])('declared: %s', (declared) => {
    const files = (edited: boolean): string => `${declared ? connections : ''}${using(kind, edited)}`

    test('when it is created', async () => {
      const world = await applied(connections, 8)
      world.write({ [file]: files(false) })
      const { code, outcome } = await outcomeOf(world, kind)
      expect({ code, outcome }).toMatchObject({ code: 8, outcome: { outcome: 'pending' } })
    })

    test('when it is changed, and then it is done', async () => {
      const world = await applied(connections, 8)
      await allow(world, 'Inbound')
      await applied(`${connections}${using(kind, false)}`, 0, world)
      const { id } = world.server.store.all('connection').find(({ name }) => name === 'Inbound')!
      world.server.store.edit('connection', id, { status: 'unhealthy' })
      world.write({ [file]: files(true) })
      const plan = await world.run('plan', '--detailed-exitcode')
      // What describes a schema cannot be read before the authorization, so that no difference is known.
      expect(plan.code, plan.out).toBe(kind.startsWith('schema_') ? 0 : 2)
      expect(plan.out).toContain('connection "Inbound" waits for a person')
      const { code, outcome } = await outcomeOf(world, kind)
      expect({ code, outcome }).toMatchObject({ code: 8, outcome: { outcome: 'pending' } })
      await allow(world, 'Inbound')
      await applied(files(true), 0, world)
      expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
    })
  })
})
