import { expect, test } from 'vitest'
import { digest } from '../../../src/server/runner/codec.ts'
import { KeySet } from '../../../src/server/runner/key-set.ts'

const keyOf = (number: number): string => digest(String(number))

test('has what was added, each once, and nothing else, however many there are', () => {
  const set = new KeySet()
  for (let number = 0; number < 30_000; number += 1) expect(set.add(keyOf(number))).toBe(true)
  expect(set.size).toBe(30_000)
  for (let number = 0; number < 30_000; number += 1) expect(set.add(keyOf(number))).toBe(false)
  for (let number = 30_000; number < 60_000; number += 1) expect(set.has(keyOf(number))).toBe(false)
  expect(set.size).toBe(30_000)
})

test('a key of nothing but zeros is one like others', () => {
  const set = new KeySet()
  const zeros = 'A'.repeat(22)
  expect(set.has(zeros)).toBe(false)
  expect(set.add(zeros)).toBe(true)
  expect(set.add(zeros)).toBe(false)
})

test('each of the first 64 bits counts', () => {
  const set = new KeySet()
  const keys = Array.from({ length: 64 }, (_, bit) =>
    Buffer.from((1n << BigInt(bit)).toString(16).padStart(16, '0').padEnd(32, '0'), 'hex').toString(
      'base64url'
    )
  )
  for (const key of ['B'.repeat(22), ...keys]) expect(set.add(key)).toBe(true)
  expect(set.size).toBe(65)
})
