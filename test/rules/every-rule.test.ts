import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/**
 * The rules of reconciling have numbers, by which comments and tests call them. Most are held by the files of
 * this folder, one for each section; those of comparing by the tests of the kinds and of the differ.
 */
const rules = [...Array.from({ length: 32 }, (_, index) => `R${index + 1}`), 'R39']

/** `test('R14: …`, `describe('R31: …`, `test.each(…)('R5: …` */
const naming = /(?:\b(?:test|describe)|\))\(\s*['"`](R\d+)\b/g

test('every rule is named by a test', () => {
  const root = join(import.meta.dirname, '..')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.test.ts')
  )
  const named = new Set(
    files.flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(naming)].map((found) => found[1])
    )
  )
  expect(rules.filter((rule) => !named.has(rule))).toEqual([])
})
