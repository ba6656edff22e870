import { expect, test } from 'vitest'
import { openQueue } from '../../src/apply/queue.ts'

/** Between what produces values and who awaits them nothing is lost, and nobody waits for ever. */

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function rest<T>(items: AsyncGenerator<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

test('what was put in comes out, in order, also after the end', async () => {
  const queue = openQueue<number>()
  queue.push(1)
  queue.push(2)
  queue.close()
  expect(await rest(queue.items)).toEqual([1, 2])
})

test('who waits is woken by what comes, and by the end', async () => {
  const queue = openQueue<number>()
  const all = rest(queue.items)
  for (const value of [1, 2]) {
    await turn()
    queue.push(value)
  }
  await turn()
  queue.close()
  expect(await all).toEqual([1, 2])
})
