import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { apiRequest, createSandbox, type Sandbox } from '../support/sandbox.ts'

/** What the page `never` says that polyctl never does: each of its sentences is tried here, in its own words. */

const secret = 'planted-secret-zq7'
const env = { PW: secret }
const connection = (name: string): string =>
  `  - { name: ${name}, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PW}" } }\n`
const model = (table: string, name = 'Users'): string =>
  `  - { name: ${name}, connection: Store, configuration: { table: ${table} } }\n`
const store = `connections:\n${connection('Store')}`
const files = (text: string): Record<string, string> => ({ 'configs/a.yaml': text })

async function applied(text: string): Promise<Sandbox> {
  const world = createSandbox({ files: files(text), env })
  expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 })
  world.requests()
  return world
}

const writes = (world: Sandbox): string[] =>
  world.requests().filter((line) => !/^GET |\/(source|target)\/fields$/.test(line))

const promises: Record<string, () => Promise<void>> = {
  "It deletes nothing that nobody asked for, nothing that something else still uses, and not many things at once (`destroy` is the exception, it asks for the organization's name).":
    async () => {
      const world = await applied(`${store}models:\n${model('public.users')}`)
      world.write(files(store))
      expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 })
      world.write(files('removed: { connections: [Store] }\n'))
      expect((await world.run('apply', '--yes')).code).toBe(7)
      expect(writes(world)).toEqual([])

      const many = ['A', 'B', 'C', 'D', 'E']
      const crowd = await applied(`connections:\n${many.map(connection).join('')}`)
      crowd.write(files(`removed: { connections: [${many.join(', ')}] }\n`))
      expect((await crowd.run('apply', '--yes')).code).toBe(7)
      expect(writes(crowd)).toEqual([])
    },

  'It overwrites nothing that changed after it was planned.': async () => {
    const world = await applied(`${store}models:\n${model('public.users')}`)
    world.write(files(`${store}models:\n${model('public.orders')}`))
    expect((await world.run('plan', '--out', 'plan.json')).code).toBe(0)
    const { id } = world.server.store.all('model')[0]!
    world.server.store.edit('model', id, { configuration: { table: 'public.people' } })
    world.requests()
    expect((await world.run('apply', 'plan.json')).code).toBe(6)
    expect(writes(world)).toEqual([])
  },

  'It never picks one of two resources with the same name: that is a stop, with both ids.': async () => {
    const world = await applied(
      `${store}models:\n${model('public.users')}${model('public.orders', 'Others')}`
    )
    const [one, other] = world.server.store.all('model').map(({ id }) => id)
    world.server.store.edit('model', other!, { name: 'Users' })
    world.server.store.edit('model', one!, { name: 'Users' })
    world.write(files(`${store}models:\n${model('public.people')}`))
    const { code, err, out } = await world.run('apply', '--yes')
    expect(code).not.toBe(0)
    expect(out + err).toContain(one)
    expect(out + err).toContain(other)
    expect(writes(world)).toEqual([])
  },

  'It never changes what comes with the service, or what another organization shares, and never deletes the person whose key it uses.':
    async () => {
      const world = createSandbox({ files: files('removed: { roles: [Admin] }\n'), env })
      expect((await world.run('apply', '--yes')).code).not.toBe(0)
      world.write(files('roles: [{ name: Admin, lifecycle: { renamed_from: Member } }]\n'))
      expect((await world.run('apply', '--yes')).code).not.toBe(0)
      const { data } = (await (await world.server.fetch(apiRequest(world, 'GET', '/api/me'))).json()) as {
        data: { email: string }
      }
      world.write(files(`removed: { users: ["${data.email}"] }\n`))
      expect((await world.run('apply', '--yes')).code).not.toBe(0)
      expect(writes(world)).toEqual([])

      const lent = await applied(store)
      const { id } = lent.server.store.all('connection')[0]!
      lent.server.store.edit('connection', id, { parent_connection_id: id })
      lent.write(files(store.replace('hostname: h', 'hostname: other')))
      expect((await lent.run('apply', '--yes')).code).not.toBe(0)
      expect(writes(lent)).toEqual([])
    },

  'It never makes a resource twice: a create whose outcome is not known is looked for by name, several times, before it is tried again.':
    async () => {
      const world = createSandbox({
        files: files('policies: [{ name: A, policy_actions: [] }]\n'),
        env,
        server: {
          faults: {
            faults: [{ fault: 'error-after', status: 503, on: 'POST /api/permissions/policies', times: 1 }]
          }
        }
      })
      await world.run('apply', '--yes')
      expect(world.server.store.all('policy').filter(({ name }) => name === 'A')).toHaveLength(1)
    },

  'It never loses a setting that the files do not mention: updates start from what is live, at every depth.':
    async () => {
      const world = await applied(`${store}models:\n${model('public.users')}`)
      const { id } = world.server.store.all('model')[0]!
      world.server.store.edit('model', id, { tracking_columns: ['email'] })
      world.write(
        files(`${store}models:\n${model('public.users').replace(' }\n', ', identifier: id }\n')}`)
      )
      expect((await world.run('apply', '--yes')).code).toBe(0)
      expect(world.server.store.all('connection')[0]!.configuration).toMatchObject({ password: secret })
    },

  'It never prints, stores or compares a secret. A secret that cannot be read back is no reason to write either.':
    async () => {
      const world = await applied(store)
      const seen = [
        await world.run('plan', '--verbose', '--out', 'plan.json'),
        await world.run('drift', '--format', 'json'),
        await world.run('apply', '--yes', '--debug')
      ]
      expect(JSON.stringify(seen)).not.toContain(secret)
      expect(readFileSync(join(world.folder, 'plan.json'), 'utf8')).not.toContain(secret)
      expect(writes(world)).toEqual([])
    },

  'It never sends the key to an address that only a file names.': async () => {
    let asked = 0
    const world = createSandbox({
      files: files(`workspace: { url: "https://other.example" }\n${store}`),
      env: { ...env, POLYTOMIC_URL: undefined },
      io: { fetch: async () => ((asked += 1), Response.json({})) }
    })
    expect((await world.run('plan')).code).not.toBe(0)
    expect(asked).toBe(0)
  }
}

test('each sentence of the reference about what never happens is tried', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'configs/help/never.md'), 'utf8')
  const items = page.match(/^- .*(?:\n {2}\S.*)*/gm) ?? []
  const sentences = items.map((item) => item.slice(2).replaceAll(/\n */g, ' '))
  expect(Object.keys(promises).toSorted()).toEqual(sentences.toSorted())
})

test.each(Object.entries(promises))('%s', async (_sentence, keep) => {
  expect.hasAssertions()
  await keep()
})
