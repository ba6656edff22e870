import { expect, test } from 'vitest'
import { Stopped } from '../../../src/server/runner/guards.ts'
import type { RecordGuards } from '../../../src/wire/local-start.ts'
import { memoryConnectors, memorySystem, objectOf, type MemorySystem } from './memory.ts'
import { runnerWorld, syncFacts, type Done } from './world.ts'

const people = (count: number): { email: string; name: string }[] =>
  Array.from({ length: count }, (_one, index) => ({ email: `p${index}@example.com`, name: 'P' }))

function systemWith(rows: number, there: number): MemorySystem {
  const records = people(there).map((one, index) => [`t${index}`, { ...one, name: 'old' }] as const)
  return memorySystem({
    rows: new Map([['people', people(rows)]]),
    objects: new Map([['people', new Map(records)]])
  })
}

function stopsIn({ problem }: Done): unknown {
  return problem instanceof Stopped ? problem.stops : problem
}

test.each<[mode: string, rows: number, there: number, guards: RecordGuards, stops: unknown]>([
  ['create', 5, 0, { creates: { most: 5 } }, undefined],
  ['create', 5, 0, { creates: { most: 4 } }, [{ guard: 'creates', count: 5, allowed: 4 }]],
  ['create', 5, 3, { creates: { most: 2 } }, undefined],
  // A share is of what was read, also where a part of it needs nothing.
  ['create', 10, 9, { creates: { share: 0.1 } }, undefined],
  ['create', 10, 8, { creates: { share: 0.1 } }, [{ guard: 'creates', count: 2, allowed: 1 }]],
  ['create', 10, 7, { creates: { share: 0.1, most: 3 } }, undefined],
  // 0.29 of 100 is 28.999… in floating point.
  ['create', 100, 71, { creates: { share: 0.29 } }, undefined],
  [
    'update',
    4,
    4,
    { updates: { most: 3 }, creates: { most: 0 } },
    [{ guard: 'updates', count: 4, allowed: 3 }]
  ],
  [
    'updateOrCreate',
    4,
    2,
    { updates: { most: 1 }, creates: { most: 1 } },
    [
      { guard: 'creates', count: 2, allowed: 1 },
      { guard: 'updates', count: 2, allowed: 1 }
    ]
  ],
  ['append', 3, 1, { creates: { most: 2 } }, [{ guard: 'creates', count: 3, allowed: 2 }]],
  // Of removed records a share is of what the target holds.
  ['remove', 10, 100, { removes: { share: 0.1 } }, undefined],
  ['remove', 11, 100, { removes: { share: 0.1 } }, [{ guard: 'removes', count: 11, allowed: 10 }]],
  ['remove', 3, 3, { removes: { most: 3, share: 0.1 } }, undefined],
  ['remove', 4, 4, { removes: { most: 3, share: 0.1 } }, [{ guard: 'removes', count: 4, allowed: 3 }]],
  // A replacement removes as many as there are fewer afterwards.
  ['replace', 90, 100, { removes: { most: 3, share: 0.1 } }, undefined],
  [
    'replace',
    89,
    100,
    { removes: { most: 3, share: 0.1 } },
    [{ guard: 'removes', count: 11, allowed: 10 }]
  ],
  [
    'replace',
    0,
    3,
    { removes: { most: 3 }, empty_source: true },
    [{ guard: 'empty_source', count: 0, allowed: 0 }]
  ],
  ['replace', 0, 3, { removes: { most: 3 } }, undefined],
  ['updateOrCreate', 0, 3, { empty_source: true }, [{ guard: 'empty_source', count: 0, allowed: 0 }]]
])('mode %s, %d rows, %d records there, %j', async (mode, rows, there, guards, stops) => {
  const system = systemWith(rows, there)
  const { run, preview, state } = runnerWorld(memoryConnectors(system))
  const facts = syncFacts({ sync: { mode } })
  const before = [...objectOf(system, 'people').values()]
  const shown = await preview(facts, {}, { guards })
  expect(shown.stops).toEqual(stops ?? [])
  const done = await run(facts, {}, undefined, { guards })
  expect(stopsIn(done)).toEqual(stops)
  if (stops !== undefined) {
    expect(system.writes).toEqual([])
    expect([...objectOf(system, 'people').values()]).toEqual(before)
    // Nothing was noted as written: without the guard all is done.
    const { counts } = await run(facts)
    expect(counts.insert + counts.update + counts.delete > 0).toBe(rows > 0 || mode === 'replace')
  }
  state.close()
})

test('a webhook that does not tell creates from updates keeps to both limits', async () => {
  const system = systemWith(3, 0)
  system.isBlind = true
  const { run, state } = runnerWorld(memoryConnectors(system))
  const facts = syncFacts()
  const updates = await run(facts, {}, undefined, { guards: { updates: { most: 2 } } })
  const creates = await run(facts, {}, undefined, { guards: { creates: { most: 2 } } })
  expect([stopsIn(updates), stopsIn(creates)]).toEqual([
    [{ guard: 'updates', count: 3, allowed: 2 }],
    [{ guard: 'creates', count: 3, allowed: 2 }]
  ])
  state.close()
})

test('where a target cannot count, a share of removes is of what was read', async () => {
  const system = systemWith(10, 100)
  system.counts = false
  const { run, state } = runnerWorld(memoryConnectors(system))
  const done = await run(syncFacts({ sync: { mode: 'remove' } }), {}, undefined, {
    guards: { removes: { share: 0.5 } }
  })
  expect(stopsIn(done)).toEqual([{ guard: 'removes', count: 10, allowed: 5 }])
  state.close()
})

test('a limit that has no meaning ends the run before it reads', async () => {
  const system = systemWith(3, 0)
  const { run, state } = runnerWorld(memoryConnectors(system))
  const limited = async (sync: object): Promise<unknown> =>
    (await run(syncFacts({ sync }), {}, undefined, { limit: 1 })).problem
  expect(String(await limited({ mode: 'replace' }))).toContain('all records or none')
  expect(String(await limited({ skip_initial_backfill: true }))).toContain('its first run sends nothing')
  expect(system.writes).toEqual([])
  // The first run is still to come.
  await run(syncFacts({ sync: { skip_initial_backfill: true } }))
  expect(system.writes).toEqual([])
  state.close()
})

test('a limited run forgets no record that it did not look at', async () => {
  const system = systemWith(4, 0)
  const { run, state } = runnerWorld(memoryConnectors(system))
  await run()
  system.rows.set('people', people(5))
  const { counts } = await run(undefined, {}, undefined, { limit: 1 })
  expect(counts).toMatchObject({ total: 1, insert: 1 })
  expect((await run()).counts).toMatchObject({ total: 0 })
  state.close()
})
