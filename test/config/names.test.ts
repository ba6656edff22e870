import { expect, test } from 'vitest'
import type { Kinds } from '../../src/kinds/kind.ts'
import { places, problemsOf, read } from '../support/reading.ts'
import { gadget, smallKinds } from '../support/small-kind.ts'

const kinds = smallKinds

/** `a>b` is a gadget named a that needs b. */
function gadgets(...links: string[]): string {
  const items = links.map((link) => {
    const [name, needs] = link.split('>')
    return `  - { name: ${name}${needs ? `, needs: ${needs}` : ''} }\n`
  })
  return `gadgets:\n${items.join('')}`
}

test('a name is used once within its kind, over all files', async () => {
  const files = {
    'configs/b.yaml': gadgets('one', 'two'),
    'configs/a.yaml': gadgets('two', 'three', 'three')
  }
  expect(await problemsOf(files, { kinds })).toEqual([
    'P202 configs/a.yaml:4:13 three + configs/a.yaml:3:13 three',
    'P202 configs/b.yaml:3:13 two + configs/a.yaml:2:13 two'
  ])
})

test('names differ by case, except where the kind says otherwise', async () => {
  expect(await problemsOf(gadgets('One', 'one>ONE'), { kinds })).toEqual(['wP201 3:25 ONE + 2:13 One'])
  const caseless: Kinds = { managed: [{ ...gadget, caselessNames: true }] }
  expect(await problemsOf(gadgets('One', 'two>ONE'), { kinds: caseless })).toEqual([])
  expect(await problemsOf(gadgets('One', 'one'), { kinds: caseless })).toEqual(['P202 3:13 one + 2:13 One'])
})

test('items that borrow one name from an alias are told apart by where they stand', async () => {
  const yaml = 'x-a: &a { name: A }\ngadgets:\n  - *a\n  - *a\n  - <<: *a\n'
  expect(await problemsOf(yaml, { kinds })).toEqual(['P202 4:5 *a + 3:5 *a', 'P202 5:5 <<: *a + 3:5 *a'])
})

test('what is declared cannot be removed', async () => {
  const yaml = `${gadgets('one', 'two')}removed:\n  gadgets: [two, three]\n`
  expect(await problemsOf(yaml, { kinds })).toEqual(['P206 5:13 two + 3:13 two'])
  expect(await problemsOf('removed: { gadget: [x], gadgets: x }', { kinds })).toEqual([
    'P101 1:12 gadget',
    'P102 1:34 x'
  ])
})

test('a reference that no file declares is a warning, with a similar name beside it', async () => {
  expect(await problemsOf(gadgets('gear', 'box>geer', 'lid>nothing'), { kinds })).toEqual([
    'wP201 3:25 geer + 2:13 gear',
    'wP201 4:25 nothing'
  ])
})

test('thousands of references to nothing are told, each of them', async () => {
  const items = Array.from({ length: 1500 }, (_, index) => [
    `gadget number ${index}`,
    `gadget nombre ${index}`
  ])
  const yaml = gadgets(...items.map(([name, needs]) => `${name}>${needs}`))
  expect(await problemsOf(yaml, { kinds })).toHaveLength(1500)
})

test('an id in place of a name, and kinds that files cannot declare, are left to the service', async () => {
  const id = '248df4b7-aa70-47b8-a036-33ac447e668d'
  expect(await problemsOf(gadgets(`box>${id}`), { kinds })).toEqual([])
  expect(await problemsOf('connections: [{ name: C, type: mongodb, policies: [Nobody] }]')).toEqual([])
})

test('a reference to what is removed says so', async () => {
  expect(await problemsOf(`${gadgets('box>gear')}removed: { gadgets: [gear] }\n`, { kinds })).toEqual([
    'wP201 2:25 gear + 3:22 gear'
  ])
})

test('the model that a sync names once is shown once, where it is named', async () => {
  const yaml = `
syncs:
  - name: S
    mode: create
    model: Nobody
    identity: { source: id, target: Id, function: Equality }
    fields: [{ source: a, target: A }, { source: { model: Other, field: b }, target: B }]
    target: { connection: C, object: O }
    schedule: manual
`
  expect(await problemsOf(yaml)).toEqual(['wP201 5:12 Nobody', 'wP201 7:59 Other', 'wP201 8:27 C'])
})

test('a circle is told from its least member, with its links in order and nobody else', async () => {
  const understanding = await read(gadgets('d>a', 'c>b', 'b>a', 'a>c', 'e>e', 'f>g', 'g'), { kinds })
  expect(places(understanding)).toEqual(['P203 5:23 c + 3:23 b + 4:23 a', 'P203 6:23 e'])
  expect(
    understanding.result.problems.map(({ message, labels }) => [message, labels.map(({ text }) => text)])
  ).toEqual([
    [
      'these 3 gadgets depend on each other in a circle',
      ['1: a needs c', '2: c needs b', '3: b needs a, and the circle closes']
    ],
    ['gadget "e" depends on itself', ['it names itself']]
  ])
})

test('a chain of ten thousand is no circle, and a circle of ten thousand is one', async () => {
  const count = 10_000
  const chain = Array.from({ length: count }, (_, index) => `g${index}>g${index + 1}`)
  expect(await problemsOf(gadgets(...chain, `g${count}`), { kinds })).toEqual([])
  const { result } = await read(gadgets(...chain, `g${count}>g0`), { kinds })
  expect(result.problems.map(({ code, labels }) => [code, labels.length])).toEqual([['P203', count + 1]])
})

test('the workspace is written once', async () => {
  const files = {
    'configs/a.yaml': 'workspace: { organization: A }',
    'configs/b.yaml': 'workspace: { url: "https://a.b" }'
  }
  expect(await problemsOf(files)).toEqual([
    'P110 configs/b.yaml:1:1 workspace + configs/a.yaml:1:1 workspace'
  ])
})

test('a kind of which there is one has no second, whatever it is called', async () => {
  const single: Kinds = { managed: [{ ...gadget, singleton: true }] }
  expect(await problemsOf(gadgets('one', 'two'), { kinds: single })).toEqual(['P202 3:13 two + 2:13 one'])
  const { result } = await read(gadgets('one', 'one'), { kinds: single })
  expect(result.problems.map(({ message }) => message)).toEqual(['gadget "one" is declared twice'])
})
