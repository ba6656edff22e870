import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { addressText } from '../../src/state/resource.ts'
import { makeClock, type Clock } from '../simulation/clock.ts'
import { noFaults } from '../simulation/faults.ts'
import { plainDatabase } from '../simulation/items.ts'
import { editDeclared } from '../simulation/live-edits.ts'
import { run, understood } from '../simulation/program.ts'
import { makeRandom } from '../simulation/random.ts'
import { makeScene, type Scene } from '../simulation/scene.ts'
import { base } from '../simulation/small-worlds.ts'
import { drawWorld, planted, type Thing, type World } from '../simulation/world.ts'
import { isFew } from '../support/samples.ts'
import { shapes, type Shape } from '../support/shapes.ts'
import { pullIn } from './pulled.ts'
import { strays } from './strays.ts'

/**
 * R34, over the worlds of the simulation: what the files say is applied, then somebody changes some of it in the web
 * page, and the files take that over. A plan has nothing to do then, and of the YAML nothing else differs.
 */

/** Applies the files until there is nothing left to do; false where they cannot be applied. */
async function isApplied(scene: Scene, clock: Clock): Promise<boolean> {
  const wanted = await understood(scene)
  if (!wanted.value) return false
  const random = makeRandom(scene.world.seed)
  for (let apply = 0; apply < 3; apply++) {
    const made = await run(scene, wanted.value, noFaults, { clock, random })
    if (made.ended !== 'finished') return false
    if (made.plan?.changes.every(({ action }) => action === 'none')) return true
  }
  return false
}

/** Of each four seeds one draws a world of the newest shape, where its version has that. */
function seedOf(shape: Shape, index: number): number {
  return 4 * index + (shape === 'newest' ? 3 : index % 3)
}

const parts = [0, 1, 2, 3, 4]
const each = isFew ? 2 : 30
const cases = shapes.flatMap((shape) => parts.map((part): [Shape, number] => [shape, part]))
const seen = { changed: 0, taken: 0 }

describe('what people change after an apply is taken over, and nothing else', () => {
  test.each(cases)('in the %s shape, part %i', async (shape, part) => {
    await expectAllTakenOver(shape, part)
  })

  test('there was something to take over', () => {
    expect(seen.changed).toBeGreaterThan(each)
    expect(seen.taken).toBeGreaterThan(each)
  })
})

async function expectAllTakenOver(shape: Shape, part: number): Promise<void> {
  for (let index = part * each; index < (part + 1) * each; index++) {
    const clock = makeClock()
    const world: World = { ...drawWorld(seedOf(shape, index)), operation: 'apply' }
    if (world.shape === shape) await clock.until(expectTakenOver(world, clock))
  }
}

async function expectTakenOver(world: World, clock: Clock): Promise<void> {
  const scene = await makeScene(world, clock)
  try {
    if (!(await isApplied(scene, clock))) return
    const random = makeRandom(world.seed ^ 0xed17)
    const changed = await editDeclared(scene, random, 1 + random.below(3))
    const made = await pullIn(scene, world.seed, { adds: false })
    const about = `seed ${world.seed}, ${world.shape}: ${changed.map(addressText).join(', ')}`
    expect(made, about).toBeDefined()
    const { sound, differing, disturbed, files } = made!
    seen.changed += changed.length
    seen.taken += sound.pulled.taken.length
    const mayStay = sound.pulled.left.filter(({ reason }) => ['secret', 'lock'].includes(reason.is))
    const others = sound.pulled.left.filter((one) => !mayStay.includes(one))
    const left = new Set(mayStay.map(({ resource }) => addressText(resource)))
    expect(
      {
        left: others.map((one) => [addressText(one.resource), one.reason, one.field]),
        differing: differing.filter((address) => !left.has(address)),
        disturbed,
        strays: strays(made!),
        unasked: sound.pulled.taken
          .map(addressText)
          .filter((one) => !changed.map(addressText).includes(one))
      },
      about
    ).toEqual({ left: [], differing: [], disturbed: [], strays: [], unasked: [] })
    expect(JSON.stringify(files)).not.toContain(planted)
  } finally {
    scene.service.server.close()
  }
}

test('what stands twice in a set, and is live no more, goes from both places', async () => {
  const connection: Thing = { kind: 'connection', name: 'a', item: plainDatabase }
  const model = (labels: string[]): Thing => ({
    kind: 'model',
    name: 'm',
    item: { connection: 'a', configuration: { table: 'public.users' }, labels }
  })
  const world: World = {
    ...base,
    operation: 'apply',
    live: [connection, model(['b'])],
    declared: [
      { ...connection, was: 0 },
      { ...model(['x', 'b', 'y', 'x', 'y']), was: 1 }
    ],
    removed: []
  }
  const clock = makeClock()
  await clock.until(
    (async () => {
      const scene = await makeScene(world, clock)
      const { sound, differing, files } = (await pullIn(scene, 1, { adds: false }))!
      scene.service.server.close()
      expect([sound.pulled.left, differing]).toEqual([[], []])
      expect(sound.pulled.taken.flatMap(({ fields }) => fields.map(({ path }) => path.join(' ')))).toEqual([
        'labels [y]',
        'labels [x]'
      ])
      expect(parse(Object.values(files).join('\n'), { strict: false })).toMatchObject({
        models: [{ labels: ['b'] }]
      })
    })()
  )
})
