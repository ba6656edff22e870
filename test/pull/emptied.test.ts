import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { client } from '../server/client.ts'
import { named, secrets } from '../support/life.ts'
import { makeRepository } from '../support/repository.ts'

/** R34: what is always there, and has nothing of its own any more, counts as missing. */

test('fields of a schema that are all away in the service are missing, and their block goes when asked', async () => {
  const declared = `connections:
  - name: Source
    type: postgresql
    configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
schema_fields:
  # ours
  - connection: Source
    schema: public.users
    fields: [{ id: zip, type: string }]
roles: [{ name: Readers }]
`
  const world = makeRepository({
    files: { 'configs/a.yaml': declared },
    env: secrets,
    server: { shape: 'newest' }
  })
  const applied = await world.run('apply', '--yes')
  expect(applied.code, applied.out + applied.err).toBe(0)
  const text = (): string => readFileSync(join(world.folder, 'configs/a.yaml'), 'utf8')
  const { id } = await named(client(world.server), '/api/connections', 'Source')
  await client(world.server).delete(`/api/connections/${id}/schemas/public.users/fields/zip`)
  const plain = await world.run('pull')
  expect(plain.err).toContain('warning[P705]: schema fields "Source public.users" is declared')
  expect(text()).toBe(declared)
  const removing = await world.run('pull', '--remove-missing')
  expect(removing.code, removing.out + removing.err).toBe(0)
  expect(text()).not.toContain('zip')
  expect((await world.run('plan')).out).toContain('Nothing to do')
})
