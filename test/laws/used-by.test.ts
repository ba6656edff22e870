import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { makeRepository } from '../support/repository.ts'
import { spread } from '../support/samples.ts'
import { writes } from '../support/warehouse.ts'

/** R18: whatever nobody declares and uses a resource keeps that from being deleted, also where a list says little. */

const postgres =
  'type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "${env:PASSWORD}" }'
const declared = `connections: [{ name: E, ${postgres} }]\n`
const users = {
  connection: `connections: [{ name: User, ${postgres}, policies: [P] }]\n`,
  model: 'models: [{ name: User, connection: E, configuration: { table: public.users }, policies: [P] }]\n',
  sync: `models: [{ name: M, connection: E, configuration: { table: public.users } }]
syncs: [{ name: User, mode: create, model: M, identity: { source: email, target: email, function: Equality }, fields: [{ source: id, target: id }], target: { connection: E, object: public.users }, schedule: manual, policies: [P] }]\n`,
  bulk_sync:
    'bulk_syncs: [{ name: User, mode: replicate, source: { connection: E }, destination: { connection: E, configuration: { schema: raw } }, default_schedule: manual, policies: [P] }]\n'
}
const nothing = 'roles: []\n'
const ways = { 'removed:': [], '--prune': ['--prune', '--since', 'HEAD'], destroy: [] }

const cases = apiVersions.flatMap((version) =>
  Object.keys(users).flatMap((user) => Object.keys(ways).map((way) => [version, user, way] as const))
)

test.each(spread(cases, 5))(
  'in %s a policy that an undeclared %s carries is not deleted by %s',
  async (version, user, way) => {
    const workspace = `workspace: { api_version: "${version}" }\n`
    const policy = 'policies: [{ name: P, policy_actions: [] }]\n'
    const files = {
      'configs/a.yaml': workspace + declared,
      'configs/p.yaml': policy,
      'configs/u.yaml': users[user as keyof typeof users]
    }
    const world = makeRepository({ files, env: { PASSWORD: 'x' } })
    const applied = await world.run('apply', '--yes', '--quiet')
    expect(applied.code, applied.out + applied.err).toBe(0)
    world.write({ 'configs/u.yaml': nothing })
    world.commit()
    if (way !== 'destroy')
      world.write({ 'configs/p.yaml': way === '--prune' ? nothing : 'removed: { policies: [P] }\n' })
    else world.write({ 'configs/a.yaml': workspace, 'configs/p.yaml': policy })
    world.requests()
    const ran =
      way === 'destroy'
        ? await world.run('destroy', '--yes')
        : await world.run('apply', '--yes', ...ways[way as keyof typeof ways])
    expect([ran.code, writes(world)], ran.out + ran.err).toEqual([7, []])
    expect(ran.out + ran.err).toContain('"User"')
  }
)
