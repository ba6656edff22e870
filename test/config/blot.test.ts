import { expect, test } from 'vitest'
import { blotted } from '../../src/config/blot.ts'
import { read } from '../support/reading.ts'

async function shown(text: string): Promise<string> {
  const { result, texts } = await read(text)
  return [...blotted(texts, result.problems).values()].join('\n')
}

test.each([
  ['not YAML at all', 'connections: [ { password: canary-1, x: ['],
  [
    'a mistyped key',
    'connections:\n  - { name: a, type: mongodb, configuration: { passwrd: canary-1 } }\n'
  ],
  [
    'a list where text is wanted',
    'connections:\n  - { name: a, type: mongodb, configuration: { password: [canary-1] } }\n'
  ],
  [
    'a literal',
    'connections:\n  - { name: a, type: mongodb, configuration: { hosts: h, password: canary-1 } }\n'
  ],
  ['a file of variables', 'DB_PASSWORD=canary-1\nOTHER=canary-1\n'],
  ['a file of users', 'root:canary-1:19000\nbin:canary-1:19000\n']
])('%s is shown without its secret', async (_what, text) => {
  expect(await shown(text)).not.toContain('canary')
})

test('places stay true: every other character and line is where it was', async () => {
  const text =
    'connections:\n  - { name: a, type: mongodb, configuration: { hosts: h, password: canary-1 } }\n'
  expect(await shown(text)).toBe(text.replace('canary-1', '........'))
})

test('a typing error in a section is shown as it stands', async () => {
  expect(await shown('conections:\n  - name: x\n')).toBe('conections:\n  - name: x\n')
})
