import { describe, expect, test } from 'vitest'
import { faultNames, noMishaps, oneFault } from './faults.ts'
import { makeRandom } from './random.ts'
import { simulate } from './simulate.ts'
import { changes, creates, destroys, organization, schemas } from './small-worlds.ts'

/** Each fault at the first request, at the second, and so on, until a run ends without meeting it: nothing is left to chance. */

const worlds = { creates, changes, destroys, organization, schemas } as const

/** More requests than any of the worlds needs: a run that never ends must not go on for ever. */
const most = 100

describe.each(Object.entries(worlds))('%s', (name, world) => {
  test('without faults everything is done in one run, and each world asks for what it says', async () => {
    const seen = await simulate(world, { mishaps: () => noMishaps })
    expect(seen).toMatchObject({ is: 'planned', ended: 'finished', codes: [] })
    expect(seen.changes).toBe(
      { creates: 3, changes: 6, destroys: 3, organization: 5, schemas: 4 }[name as keyof typeof worlds]
    )
  })

  test.each(faultNames)('%s, at every request', { timeout: 120_000 }, async (fault) => {
    let at = 0
    for (let met = true; met; at++) {
      const random = makeRandom(at)
      const seen = await simulate(world, {
        isPlanned: true,
        mishaps: () => oneFault(fault, at, random, 3),
        again: `${fault} at request ${at} of the world "${name}"`
      })
      met = seen.met
      expect(at).toBeLessThan(most)
    }
    expect(at).toBeGreaterThan(5)
  })
})

test('somebody edits each thing, before each request', { timeout: 180_000 }, async () => {
  const things = changes.live.length
  let at = 0
  for (let met = true; met; at++) {
    for (let draw = 0; draw < things; draw++) {
      const way = [{ at, what: 'edit' as const, draw }]
      const again = `an edit of thing ${draw} before request ${at} of the world "changes"`
      const seen = await simulate(changes, { isPlanned: true, mishaps: () => ({ server: [], way }), again })
      met = seen.met
    }
    expect(at).toBeLessThan(most)
  }
  expect(at).toBeGreaterThan(15)
})
