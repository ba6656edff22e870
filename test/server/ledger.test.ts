import { expect, test } from 'vitest'
import { ledger, ledgerCounts } from '../../src/server/ledger.ts'

test('every behaviour has an id of its own and a sentence', () => {
  expect(new Set(ledger.map(({ id }) => id)).size).toBe(ledger.length)
  for (const { id, behaviour } of ledger) {
    expect(id).toMatch(/^[a-z]+(\.[a-z0-9-]+)+$/)
    expect(behaviour.length).toBeGreaterThan(15)
  }
})

test('assumptions are counted: a new one is a decision, one turned into a fact a success', () => {
  expect(ledgerCounts()).toMatchInlineSnapshot(`
    {
      "assumption": 268,
      "documentation": 104,
      "provider": 44,
      "provider-test": 20,
      "sdk": 120,
    }
  `)
})
