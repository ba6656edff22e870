import { expect, test } from 'vitest'
import type { Case } from './case.ts'
import { laws } from './invariants.ts'
import type { Exchange, OutsideEdit } from './network.ts'

/** What the laws take for broken. */

const path = '/api/webhooks/w'
const exchange = (number: number, method: string, taken: number): Exchange => ({
  number,
  at: number,
  method,
  path,
  query: '',
  taken,
  status: 200,
  strangers: [],
  underWay: 1
})
const edit: OutsideEdit = { kind: 'webhook', id: 'w', how: 'edit', at: 1, taken: 3, fields: ['disabled'] }
const change = { kind: 'webhook', name: 'https://h.example', action: 'delete', id: 'w', after: [] }

test.each([
  ['it was read after the edit, and deleted all the same', 3, ['disabled']],
  ['it was sent after the edit, and read before it', 2, []]
])('law 11: %s', (_what, taken, fields) => {
  const run = {
    planning: 0,
    plan: { changes: [change] },
    exchanges: [exchange(2, 'GET', taken), exchange(3, 'DELETE', 4)],
    outsideEdits: [edit]
  }
  const known = { scene: { world: { declared: [] } }, run } as unknown as Case
  const [, judge] = Object.entries(laws).find(([law]) => law.startsWith('11 '))!
  const wrong = fields.map(
    (field) => `${field} of webhook "https://h.example" was changed by somebody, and overwritten`
  )
  expect(judge(known)).toEqual(wrong)
})
