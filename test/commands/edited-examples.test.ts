import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { applyAll, examples, expectSettled, secrets } from '../support/examples.ts'
import { placesInLists, without } from '../support/list-places.ts'
import { spread } from '../support/samples.ts'
import { createSandbox } from '../support/sandbox.ts'

const documents = Object.entries(examples)
  .map(([name, text]): [string, object] => [name, parse(text, { merge: true }) as object])
  .filter(([, document]) => placesInLists(document).length > 0)

// Of few samples every other one, and of those some places.
test.each(spread(documents, 2))(
  'whatever is taken out of %s and put back is carried out both times',
  async (_, whole) => {
    const world = createSandbox({ env: secrets, files: { 'configs/a.yaml': stringify(whole) } })
    await applyAll(world)
    let carriedOut = 0
    for (const place of spread(placesInLists(whole), 6)) {
      world.write({ 'configs/a.yaml': stringify(without(whole, place)) })
      const taken = await world.run('apply', '--yes')
      // Not everything can be spared: then the files are not valid, or the service refuses it.
      expect([0, 3, 5], `${place.join('.')}\n${taken.out}${taken.err}`).toContain(taken.code)
      if (taken.code === 0) await expectSettled(world, `without ${place.join('.')}`)
      if (taken.code === 0) carriedOut += 1
      world.write({ 'configs/a.yaml': stringify(whole) })
      const back = await world.run('apply', '--yes')
      expect(back.code, `${place.join('.')} again\n${back.out}${back.err}`).toBe(0)
      await expectSettled(world, `with ${place.join('.')} again`)
    }
    expect(carriedOut).toBeGreaterThan(0)
  }
)
