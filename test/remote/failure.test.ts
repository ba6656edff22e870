import { expect, test } from 'vitest'
import { usersOf } from '../../src/remote/failure.ts'

test('a refused deletion names who still uses the thing', () => {
  const body = { metadata: { used_by: [{ type: 'sync', name: 'My sync', id: 'abc' }, 'odd'] } }
  expect(usersOf(body)).toEqual(['sync "My sync" (abc)'])
  expect(usersOf({ metadata: null })).toEqual([])
  expect(usersOf('connection in use')).toEqual([])
})
