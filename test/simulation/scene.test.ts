import { expect, test } from 'vitest'
import { makeClock } from './clock.ts'
import { noFaults } from './faults.ts'
import { plainDatabase } from './items.ts'
import { makeScene } from './scene.ts'
import { simulate } from './simulate.ts'
import { base } from './small-worlds.ts'
import { drawWorld, type Thing, type World } from './world.ts'

/** What of a drawn world is made, and what must come of it. */

const connection: Thing = { kind: 'connection', name: 'a', item: plainDatabase }
const users = (field: { label?: string; path?: string }): Thing => ({
  kind: 'schema_fields',
  name: 'a public.users',
  item: { connection: 'a', schema: 'public.users', fields: [{ id: 'zip', type: 'string', ...field }] }
})

test('what is at one place and was drawn twice is there once, and what is declared is over that one', async () => {
  const world: World = {
    ...base,
    shape: 'newest',
    operation: 'apply',
    removed: [],
    live: [connection, users({ label: 'First' }), users({ path: '$.zip' })],
    declared: [
      { ...connection, was: 0 },
      { ...users({}), was: 2 }
    ]
  }
  const clock = makeClock()
  const scene = await clock.until(makeScene(world, clock))
  scene.service.server.close()
  expect(scene.world.live).toEqual([connection, users({ label: 'First' })])
  expect(scene.world.declared.map(({ was }) => was)).toEqual([0, 1])
  expect(await simulate(world, { faults: () => noFaults })).toMatchObject({ is: 'planned', codes: [] })
})

test('of two with one name, of which the service takes one, that one is declared', async () => {
  const drawn: World = {
    ...base,
    operation: 'apply',
    removed: [],
    live: [{ ...connection, item: { ...plainDatabase, redirect_url: 'https://a.example' } }, connection],
    declared: [{ ...connection, was: 1 }]
  }
  const clock = makeClock()
  const scene = await clock.until(makeScene(drawn, clock))
  scene.service.server.close()
  expect([scene.world.live.length, scene.world.declared.map(({ was }) => was)]).toEqual([1, [0]])
  const renamed = { ...connection, name: 'b', renamedFrom: 'a', was: 0 }
  const later = await clock.until(
    makeScene({ ...drawn, declared: [renamed, { ...connection, was: 1 }] }, clock)
  )
  later.service.server.close()
  expect(later.world.declared.map(({ name, was }) => [name, was])).toEqual([
    ['b', 0],
    ['a', undefined]
  ])
})

test('files declare an address once, whatever is renamed to what', () => {
  // In the first of them a database was renamed to what another one was declared as.
  for (const seed of [752002739, ...Array.from({ length: 200 }, (_, index) => index)]) {
    const addresses = drawWorld(seed).declared.map(({ kind, name }) => `${kind} ${name}`)
    expect([seed, addresses.length]).toEqual([seed, new Set(addresses).size])
  }
})
