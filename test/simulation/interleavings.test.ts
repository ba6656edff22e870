import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { noFaults, oneFault } from './faults.ts'
import { makeRandom } from './random.ts'
import { simulate, type Scheduler } from './simulate.ts'
import { changes, creates, destroys } from './small-worlds.ts'
import type { World } from './world.ts'
import { samples } from '../support/samples.ts'

/** Which answer comes first is decided by fast-check: whatever the order, the laws hold. */

function inThatOrder(scheduler: fc.Scheduler): Scheduler {
  return {
    schedule: (answer) => scheduler.schedule(answer),
    async release() {
      if (scheduler.count() === 0) return false
      await scheduler.waitNext(1)
      return true
    }
  }
}

const wide = (world: World): World => ({ ...world, parallelism: 10 })

test.each([
  ['creates', creates],
  ['changes', changes],
  ['destroys', destroys]
])('%s, in any order of answers', async (_name, world) => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const seen = await simulate(wide(world), {
        isPlanned: true,
        faults: () => noFaults,
        scheduler: inThatOrder(scheduler)
      })
      expect(seen).toMatchObject({ is: 'planned', ended: 'finished', codes: [] })
    }),
    samples(30, 3)
  )
})

test('a lost answer in any order of answers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.nat(20), async (scheduler, at) => {
      const faults = () => oneFault('lost-response', at, makeRandom(at))
      const seen = await simulate(wide(changes), {
        isPlanned: true,
        faults,
        scheduler: inThatOrder(scheduler)
      })
      expect(seen.is).toBe('planned')
    }),
    samples(30, 3)
  )
})
