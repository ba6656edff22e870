import { describe, expect, test } from 'vitest'
import { faultNames, noFaults, oneFault } from './faults.ts'
import { makeRandom } from './random.ts'
import { simulate } from './simulate.ts'
import type { World } from './world.ts'

/** More requests than any of the worlds needs: a run that never ends must not go on for ever. */
export const mostRequests = 100

/**
 * Each fault at the first request, at the second, and so on, until a run ends without meeting it: nothing is
 * left to chance. `asks` is how many changes the world is about.
 */
export function everyFault(name: string, world: World, asks: number): void {
  describe.each([[name, world] as const])('%s', (_name, world) => {
    test('without faults everything is done in one run, and each world asks for what it says', async () => {
      const seen = await simulate(world, { faults: () => noFaults })
      expect(seen).toMatchObject({ is: 'planned', ended: 'finished', codes: [] })
      expect(seen.changes).toBe(asks)
    })

    test.each(faultNames)('%s, at every request', { timeout: 0 }, async (fault) => {
      let at = 0
      for (let met = true; met; at++) {
        const random = makeRandom(at)
        const seen = await simulate(world, {
          isPlanned: true,
          faults: () => oneFault(fault, at, random, 3),
          again: `${fault} at request ${at} of the world "${name}"`
        })
        met = seen.met
        expect(at).toBeLessThan(mostRequests)
      }
      expect(at).toBeGreaterThan(5)
    })
  })
}
