import { expect, test } from 'vitest'
import { everyFault, mostRequests } from './every-fault.ts'
import { simulate } from './simulate.ts'
import { changes, creates, destroys } from './small-worlds.ts'

/** Worlds of connections, models and syncs. */

everyFault('creates', creates, 3)
everyFault('changes', changes, 6)
everyFault('destroys', destroys, 3)

test('somebody edits each thing, before each request', async () => {
  const things = changes.live.length
  let at = 0
  for (let met = true; met; at++) {
    for (let thing = 0; thing < things; thing++) {
      // Another of its settings at each request: which of them are compared is the kind's to say.
      const way = [{ at, what: 'edit' as const, draw: thing + things * (at % 4) }]
      const again = `an edit of thing ${thing} before request ${at} of the world "changes"`
      const seen = await simulate(changes, { isPlanned: true, faults: () => ({ server: [], way }), again })
      met = seen.met
    }
    expect(at).toBeLessThan(mostRequests)
  }
  expect(at).toBeGreaterThan(15)
})
