import { describe, expect, test } from 'vitest'
import { makeClock } from '../simulation/clock.ts'
import { makeScene } from '../simulation/scene.ts'
import { ourKey } from '../simulation/service.ts'
import { changes, creates, organization, schemas } from '../simulation/small-worlds.ts'
import { drawWorld, type World } from '../simulation/world.ts'
import { createSandbox } from '../support/sandbox.ts'
import { samples } from '../support/samples.ts'
import { expectImported } from './files.ts'

/** What is live in a world is imported into an empty folder; returns the files, and what is live. */
async function imported(world: World, layout: string): Promise<{ text: string; live: World['live'] }> {
  const clock = makeClock()
  const scene = await clock.until(makeScene(world, clock))
  const { server } = scene.service
  scene.service.settle()
  server.faults.clear()
  const sandbox = createSandbox({
    files: { 'configs/workspace.yaml': `workspace: { api_version: "${world.version}" }\n` },
    env: { POLYTOMIC_API_KEY: ourKey },
    io: { fetch: (request) => server.fetch(request) }
  })
  const files = await expectImported(sandbox, '--layout', layout)
  server.close()
  return { text: Object.values(files).join('\n'), live: scene.world.live }
}

const layouts = ['connection', 'kind', 'one']

describe('R33: each world is imported, and a plan finds no difference', () => {
  test.each(Object.entries({ changes, creates, organization, schemas }))('%s', async (_name, world) => {
    expect((await imported(world, 'connection')).text).toContain('$schema=')
  })

  test('keys and fields of schemas that people have set, where the service tells them', async () => {
    const fields = {
      kind: 'schema_fields',
      name: 'a public.users',
      item: {
        connection: 'a',
        schema: 'public.users',
        fields: [{ id: 'extra', type: 'string', label: 'An extra one' }]
      }
    }
    const { text } = await imported(
      { ...schemas, shape: 'newest', live: [...schemas.live, fields] },
      'connection'
    )
    expect(text).toContain(
      'schema_primary_keys:\n  - connection: a\n    schema: public.users\n    fields: [id]\n'
    )
    expect(text).toContain('    fields:\n      - { id: extra, label: An extra one, type: string }\n')
  })

  const count = samples(60).numRuns ?? 60
  test.each(Array.from({ length: count }, (_, index) => 31_000 + index))(
    'the world of seed %i',
    async (seed) => {
      const { text, live } = await imported(drawWorld(seed), layouts[seed % layouts.length] ?? 'one')
      // Nothing is left out in silence: each name is in the files.
      for (const { name, kind } of live.filter((one) => !one.kind.startsWith('schema_')))
        expect(
          kind === 'global_error_subscribers' || kind === 'record_logging' || text.includes(name),
          `${kind} ${name}\n${text}`
        ).toBe(true)
    }
  )
})
