import { expect, test } from 'vitest'
import { secrets, twoConnections } from '../support/life.ts'
import type { Json } from '../../src/state/value.ts'
import { createSandbox } from '../support/sandbox.ts'

const copying = (schemas: string): string => `${twoConnections}
bulk_syncs:
  - name: B
    mode: replicate
    active: false
    source: { connection: Source }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    schemas: [public.orders, ${schemas}]
    default_schedule: manual
`
const chosen =
  '{ id: public.users, fields: [id, email], filters: [{ field_id: email, function: IsNotNull }] }'

test('a schema that was taken out is put back with all that was chosen of it', async () => {
  const world = createSandbox({ files: { 'configs/a.yaml': copying(chosen) }, env: secrets })
  for (const schemas of [chosen, 'public.customers', chosen]) {
    world.write({ 'configs/a.yaml': copying(schemas) })
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
  }
  const stored = world.server.store.all('bulk_sync')[0]!.schemas.filter(({ enabled }) => enabled)
  expect(Object.fromEntries(stored.map(({ id, filters }) => [id, filters.length]))).toEqual({
    'public.orders': 0,
    'public.users': 1
  })
  const users = stored.find(({ id }) => id === 'public.users')
  expect(users?.fields.filter(({ enabled }) => enabled).map(({ id }) => id)).toEqual(['id', 'email'])
})

test('what is switched on again by files that choose no fields keeps those that somebody chose', async () => {
  const world = createSandbox({ files: { 'configs/a.yaml': copying(chosen) }, env: secrets })
  await world.run('apply', '--yes')
  const [sync] = world.server.store.all('bulk_sync')
  world.server.store.edit('bulk_sync', sync!.id, {
    schemas: sync!.schemas.map((schema) =>
      schema.id === 'public.users'
        ? {
            ...schema,
            enabled: false,
            fields: schema.fields.map((field) => ({ ...field, obfuscated: true }))
          }
        : schema
    ) as unknown as Json
  })
  world.write({ 'configs/a.yaml': copying('public.users') })
  const ran = await world.run('apply', '--yes')
  expect(ran.code, ran.out + ran.err).toBe(0)
  const users = world.server.store.all('bulk_sync')[0]!.schemas.find(({ id }) => id === 'public.users')
  expect(users?.enabled).toBe(true)
  expect(users?.fields.filter(({ enabled, obfuscated }) => enabled && !obfuscated)).toEqual([])
  expect(users?.fields.filter(({ enabled }) => enabled).map(({ id }) => id)).toEqual(['id', 'email'])
})
