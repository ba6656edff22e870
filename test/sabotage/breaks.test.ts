import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { breaks } from './breaks.ts'

/** Whether the breaks are noticed, `npm run sabotage` tells: it takes minutes. Here it is told whether they can be tried at all. */
const root = join(import.meta.dirname, '../..')

test.each(breaks.map((one) => [one.what, one] as const))('%s: can be tried', (_what, one) => {
  const pieces = readFileSync(join(root, one.file), 'utf8').split(one.find)
  expect(pieces).toHaveLength(2)
  expect(one.replace).not.toBe(one.find)
  expect(one.noticedBy.length).toBeGreaterThan(0)
  expect(one.noticedBy.filter(({ file }) => !existsSync(join(root, file)))).toEqual([])
})

test('each break has words of its own', () => {
  const words = breaks.map(({ what }) => what)
  expect(words.toSorted()).toEqual([...new Set(words)].toSorted())
})
