import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { KeySet } from '../../../src/server/runner/key-set.ts'

const keyOf = (number: number): Buffer =>
  createHash('sha256').update(String(number)).digest().subarray(0, 16)

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
  expect(set.has(Buffer.alloc(16))).toBe(false)
  expect(set.add(Buffer.alloc(16))).toBe(true)
  expect(set.add(Buffer.alloc(16))).toBe(false)
})
