import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { applyAll, examples, secrets } from '../support/examples.ts'
import { placesInLists, without } from '../support/list-places.ts'
import { spread } from '../support/samples.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/**
 * What somebody takes out of a resource in the web page, or puts back, is taken over into the examples as
 * they are published, with their comments and anchors.
 */

const documents = Object.entries(examples)
  .map(([name, text]): [string, string, object] => [
    name,
    text,
    parse(text, { merge: true, maxAliasCount: -1 }) as object
  ])
  .filter(([, , document]) => placesInLists(document).length > 0)

const own = 'configs/a.yaml'
const edited = 'edited/a.yaml'

/** Makes the service what a document says, as somebody would in the web page; false if it cannot be said. */
async function becomes(world: Sandbox, document: object): Promise<boolean> {
  world.write({ [edited]: stringify(document, { aliasDuplicateObjects: false }) })
  const { code, out, err } = await world.run('apply', '--yes', '--file', edited)
  expect([0, 3, 5], out + err).toContain(code)
  return code === 0
}

/** Takes over what differs. What comes by `<<` is told instead, and left to people. */
async function takeOver(world: Sandbox, about: string): Promise<void> {
  const before = readFileSync(join(world.folder, own), 'utf8')
  const { out, err, code } = await world.run('pull', '--since', 'none')
  const isMerged = /^warning\[P701\][^]*this comes by <</m.test(err)
  expect(code, `${about}\n${out}${err}`).toBe(isMerged ? 5 : 0)
  const comments = before.split('\n').filter((line) => line.trim().startsWith('#'))
  expect(readFileSync(join(world.folder, own), 'utf8').split('\n'), about).toEqual(
    expect.arrayContaining(comments)
  )
  if (isMerged) return
  const plan = await world.run('plan', '--detailed-exitcode', '--no-check')
  expect(plan.code, `${about}\n${out}${err}${plan.out}${plan.err}`).toBe(0)
}

test.each(spread(documents, 3))(
  'R34: what is taken out of %s in the service, and put back',
  async (_, text, whole) => {
    const world = createSandbox({ env: secrets, files: { [own]: text } })
    await applyAll(world)
    for (const place of spread(placesInLists(whole), 6)) {
      const about = place.join('.')
      world.write({ [own]: text })
      if (await becomes(world, without(whole, place))) {
        await takeOver(world, `without ${about}`)
        expect(await becomes(world, whole)).toBe(true)
        await takeOver(world, `with ${about} again`)
      }
      expect(await becomes(world, whole)).toBe(true)
    }
  }
)
