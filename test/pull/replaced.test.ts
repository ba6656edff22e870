import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSandbox } from '../support/sandbox.ts'

/** R34: a value from elsewhere is not replaced by its text, nor is the item that holds it. */

const roles = 'roles: [{ name: A }, { name: B }, { name: C }]\n'
const update = '{ action: update, roles: [A] }'
const file = (head: string, list: string): string =>
  `${head}${roles}policies:
  - name: P
    policy_actions:
      - action: read
        roles: ${list}
      - ${update}
`

test.each([
  ['an alias', 'x-r: &r [A, B]\n', '*r'],
  ['an anchor that others use', '', '&r [A, B]'],
  ['a variable in a list', 'variables: { who: { default: B } }\n', '["A", "${var:who}"]']
])('%s in a list of items that are known by a key', async (_what, head, list) => {
  const tail = list.startsWith('&') ? 'x-r: *r\n' : ''
  const text = `${file(head, list)}${tail}`
  const world = createSandbox({ files: { 'configs/a.yaml': text } })
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  world.write({ 'live.yml': file('', '[A]') })
  expect((await world.run('apply', '--yes', '--quiet', '--file', 'live.yml')).code).toBe(0)
  const ran = await world.run('pull', '--since', 'none')
  const after = readFileSync(join(world.folder, 'configs/a.yaml'), 'utf8')
  // The rest of the file is as it was: at most the item of the list that is gone goes.
  expect(after, ran.out + ran.err).toBe(text)
  expect(ran.err).toContain('P70')
})
