import { expect, test } from 'vitest'
import { problemsOf, read } from '../support/reading.ts'
import { smallKinds as kinds } from '../support/small-kind.ts'

const ids = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']

test('several may have one name, where each says by its id which it is', async () => {
  const text = `gadgets:\n${ids.map((id) => `  - { name: Twin, id: ${id} }\n`).join('')}`
  const { result } = await read(text, { kinds })
  expect(result.problems).toEqual([])
  expect(result.ok && result.value.desired.resources.map(({ name, pin }) => [name, pin])).toEqual(
    ids.map((id) => ['Twin', id])
  )
})

test('one without an id, or one id twice, are two blocks for one resource', async () => {
  const [id = ''] = ids
  expect(
    await problemsOf(`gadgets: [{ name: Twin, id: ${id} }, { name: Twin }]\n`, { kinds })
  ).toHaveLength(1)
  expect(
    await problemsOf(`gadgets: [{ name: Twin, id: ${id} }, { name: Twin, id: ${id} }]\n`, { kinds })
  ).toHaveLength(1)
})

test('a reference to such a name is told which ids there are', async () => {
  const text = `gadgets:\n${ids.map((id) => `  - { name: Twin, id: ${id} }\n`).join('')}  - { name: A, needs: Twin }\n`
  const { result } = await read(text, { kinds })
  expect(result.problems).toMatchObject([
    {
      code: 'P201',
      severity: 'warning',
      message: 'gadget "A" uses gadget "Twin", of which several are declared'
    }
  ])
  expect(await problemsOf(text.replace('needs: Twin', `needs: ${ids[1]}`), { kinds })).toEqual([])
})

test('a name with blanks or control characters is what is meant, where an id stands beside it', async () => {
  const [id = ''] = ids
  for (const name of ['  a ', ' ', 'a\nb', 'a\tb']) {
    const item = `name: ${JSON.stringify(name)}`
    expect(await problemsOf(`gadgets: [{ ${item} }]\n`, { kinds })).toHaveLength(1)
    expect(await problemsOf(`gadgets: [{ ${item}, id: ${id} }]\n`, { kinds })).toEqual([])
  }
})
