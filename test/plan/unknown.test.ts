import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { apiVersions } from '../../src/wire/common.ts'
import { client } from '../server/client.ts'
import { organization } from '../support/organization.ts'
import { env, file, warehouse } from '../support/warehouse.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** R8: what a newer service answers is told where an update carries it back, and nothing that the API has is taken for newer. */

const shapes = ['older', 'newest'] as const

/** Answers of syncs have members more, also deep in them. */
function newerWorld(text: string): Sandbox {
  const world: Sandbox = createSandbox({
    files: { [file]: text },
    env,
    io: {
      async fetch(request) {
        const asked = request.method === 'PUT' ? await without(request) : request
        const response = await world.server.fetch(asked)
        if (!/\/api\/syncs\/[0-9a-f-]{36}$/.test(request.url)) return response
        const { data, ...rest } = (await response.json()) as { data: Record<string, unknown> }
        const more = { ...data, later: 1, target: { ...(data['target'] as object), shade: 'red' } }
        return Response.json({ ...rest, data: more }, { status: response.status })
      }
    }
  })
  return world
}

/** The service behind it knows nothing of them. */
async function without(request: Request): Promise<Request> {
  const { method, url, headers } = request
  const body = (await request.text()).replace(/"later":1,?/, '').replace(/"shade":"red",?/, '')
  return new Request(url, { method, headers, body: body.replaceAll(',}', '}') })
}

test('an update of what has members that nobody knows says so, once; what is unchanged says nothing', async () => {
  const text = warehouse()
  const world = newerWorld(text)
  expect((await world.run('apply', '--yes')).code).toBe(0)
  const unchanged = await world.run('plan')
  expect(unchanged.out + unchanged.err).not.toContain('P413')
  world.write({ [file]: text.replaceAll('mode: updateOrCreate', 'mode: update') })
  const { code, out, err } = await world.run('plan')
  expect(code).toBe(0)
  expect((out + err).match(/P413/g)).toHaveLength(1)
  expect(out + err).toContain('the service also has `later`, `target.shade` of a sync that is updated')
  expect((out + err).match(/this is updated/g)).toHaveLength(2)
  // It does not stop anything.
  expect((await world.run('apply', '--yes')).code).toBe(0)
})

describe.each(shapes)('the API in its %s shape', (shape) => {
  test.each(apiVersions)('has nothing that is taken for newer (%s)', async (version) => {
    const world = createSandbox({
      files: { [file]: `${warehouse()}${organization}` },
      env,
      server: { shape }
    })
    const applied = await world.run('apply', '--yes')
    expect(applied.code, applied.err).toBe(0)
    const me = (await client(world.server).get('/api/me')).data
    const api = client(world.server, version)
    for (const kind of kinds.managed) {
      if (kind.api.access !== 'listed' || (kind.api.since ?? '') > version) continue
      const path = (kind.api.olderPaths?.[version] ?? kind.api.path).replace(
        '{organization}',
        String(me['organization_id'])
      )
      const { list } = await api.get(path)
      expect(list, kind.name).not.toEqual([])
      for (const item of list) {
        const { data } = await api.get(`${path}/${item.id}`)
        expect(data.id).toBe(item.id)
        const found = data as unknown as Parameters<NonNullable<typeof kind.unknownIn>>[0]
        expect(kind.unknownIn?.(found) ?? [], `${kind.name} ${version}`).toEqual([])
      }
    }
  })
})
