import { describe, expect, test } from 'vitest'
import { revealed } from '../../src/remote/body.ts'
import { Vault } from '../../src/state/vault.ts'

/** A vault of so many secrets, and how often each was opened. */
function vaultOf(size: number): { vault: Vault; opened: Map<string, number> } {
  const vault = new Vault()
  const opened = new Map<string, number>()
  for (let at = 0; at < size; at++) {
    const source = `env S${at}`
    vault.put(source, [], () => {
      opened.set(source, (opened.get(source) ?? 0) + 1)
      return { ok: true, value: `value ${at}` }
    })
  }
  return { vault, opened }
}

describe('a body', () => {
  test('opens its own secrets, once each, however many others there are', () => {
    const { vault, opened } = vaultOf(1000)
    for (let at = 0; at < 10; at++)
      expect(revealed({ name: 'A', password: { $secret: `env S${at}` } }, vault)).toEqual({
        ok: true,
        body: { name: 'A', password: `value ${at}` },
        secrets: [`value ${at}`]
      })
    expect([...opened.values()]).toEqual(Array.from({ length: 10 }, () => 1))
  })

  test('tells the values that nobody may be told, once each, at any depth', () => {
    const { vault } = vaultOf(2)
    const [a, b] = [{ $secret: 'env S0' }, { $secret: 'env S1' }]
    expect(revealed({ list: [a, { deep: b }, a] }, vault)).toEqual({
      ok: true,
      body: { list: ['value 0', { deep: 'value 1' }, 'value 0'] },
      secrets: ['value 0', 'value 1']
    })
  })

  test('sends a number where the field is one, and a long one in its own digits', () => {
    const vault = new Vault()
    vault.put('env PORT', [], () => ({ ok: true, value: '5432' }))
    const body = { port: { $secret: 'env PORT', as: 'integer' }, id: { $number: '12345678901234567890' } }
    const open = revealed(body, vault)
    expect(open.ok && JSON.stringify(open.body)).toBe('{"port":5432,"id":12345678901234567890}')
    expect(open.ok && open.secrets).toEqual(['5432'])
  })

  test('with secrets missing is none: each reason is told once, in order', () => {
    const { vault } = vaultOf(1)
    const of = (source: string) => ({ $secret: source })
    expect(revealed({ c: of('env Z'), a: of('env S0'), b: [of('env A'), of('env Z')] }, vault)).toEqual({
      ok: false,
      missing: ['env A is not known here', 'env Z is not known here']
    })
  })
})
