import { describe, expect, test } from 'vitest'
import { addressText } from '../../src/state/resource.ts'
import { makeClock } from '../simulation/clock.ts'
import { makeScene } from '../simulation/scene.ts'
import { drawWorld, planted } from '../simulation/world.ts'
import { isFew } from '../support/samples.ts'
import { pullIn } from './pulled.ts'

/**
 * The bar of pulling: whatever the files say and whatever is live, for every kind and version, the files say
 * afterwards what is live, and a plan has nothing to change.
 */

describe('what is live is taken over into the files', () => {
  const seeds = Array.from({ length: isFew ? 6 : 150 }, (_, index) => index + 1)

  test.each(seeds)('world %i', async (seed) => {
    const clock = makeClock()
    await clock.until(
      (async () => {
        const scene = await makeScene(drawWorld(seed), clock)
        // Every second world takes what no file declares along.
        const made = await pullIn(scene, seed, { adds: seed % 2 === 0 })
        scene.service.server.close()
        if (!made) return
        const left = made.sound.pulled.left.filter(
          ({ reason }) => !['missing', 'secret', 'lock'].includes(reason.is)
        )
        const others = left.map(
          ({ resource, reason, field }) =>
            `${addressText(resource)} ${field?.path.join('.') ?? ''}: ${JSON.stringify(reason)} ${JSON.stringify(field?.before)} ${JSON.stringify(field?.after)}`
        )
        expect(others).toEqual([])
        const secret = new Set(made.sound.pulled.left.map(({ resource }) => addressText(resource)))
        expect(made.differing.filter((address) => !secret.has(address))).toEqual([])
        expect(made.disturbed).toEqual([])
        expect(made.sound.pulled.notAdded).toEqual([])
        expect(seed % 2 === 0 ? made.undeclared : []).toEqual([])
        expect(JSON.stringify(made.files)).not.toContain(planted)
      })()
    )
  })
})
