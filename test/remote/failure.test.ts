import { describe, expect, test } from 'vitest'
import { codeOf, failureProblem, usersOf, wordsOf, type Failure } from '../../src/remote/failure.ts'
import { at, diagnostic } from '../render/builders.ts'

test('a refused deletion names who still uses the thing', () => {
  const body = { metadata: { used_by: [{ type: 'sync', name: 'My sync', id: 'abc' }, 'odd'] } }
  expect(usersOf(body)).toEqual(['sync "My sync" (abc)'])
  expect(usersOf({ metadata: null })).toEqual([])
  expect(usersOf({ metadata: { used_by: 'all' } })).toEqual([])
  expect(usersOf('connection in use')).toEqual([])
})

test.each([
  [400, 'P601'],
  [299, 'P601'],
  [300, 'P611'],
  [399, 'P611'],
  [401, 'P604'],
  [403, 'P605'],
  [404, 'P606'],
  [408, 'P613'],
  [409, 'P607'],
  [422, 'P601'],
  [429, 'P608'],
  [499, 'P601'],
  [500, 'P609'],
  [503, 'P609']
])('%i is %s', (status, code) => {
  expect(codeOf(status)).toBe(code)
})

test('the words of a service are in any of the shapes that its versions use', () => {
  expect(wordsOf({ message: 'm', error: 'e' })).toBe('m')
  expect(wordsOf({ message: '', error: 'e' })).toBe('e')
  expect(wordsOf({ message: 1, error: { message: 'inner' } })).toBe('inner')
  expect(wordsOf({ error: { error: 'inner' } })).toBe('inner')
  expect(wordsOf({ error: '' })).toBeUndefined()
  expect(wordsOf({ error: null })).toBeUndefined()
  expect(wordsOf({})).toBeUndefined()
  expect(wordsOf('text')).toBeUndefined()
})

describe('a failure as a problem', () => {
  const failure: Failure = {
    code: 'P606',
    request: 'GET /api/syncs',
    words: 'not found',
    refused: true,
    usedBy: []
  }
  const reported = (more: Partial<Failure> = {}) => failureProblem({ ...failure, ...more }, 'reading')

  test('says what was attempted, what was answered, and all that is known', () => {
    const more = {
      status: 404,
      address: 'https://x.test',
      waitedMs: 19_500,
      interrupted: true as const,
      usedBy: ['sync "S" (s1)']
    }
    expect(failureProblem({ ...failure, ...more, code: 'P601' }, 'reading', at('a.yaml', 1))).toEqual(
      diagnostic({
        code: 'P601',
        message: 'reading: the service refused it',
        labels: [{ span: at('a.yaml', 1), text: 'this is what was attempted' }],
        notes: [
          'GET /api/syncs answered 404: not found',
          'the address is https://x.test',
          'it was tried for 20 s',
          'it was interrupted while it waited',
          'used by sync "S" (s1)'
        ],
        help: ['correct what the service names, then plan again']
      })
    )
    const [plain] = [reported({ waitedMs: 19_400 })]
    expect([plain.labels, plain.notes]).toEqual([[], ['GET /api/syncs: not found']])
  })

  test('has the advice of the service before any other, and some where there is none', () => {
    expect(reported({ help: ['do this'] }).help).toEqual(['do this'])
    expect(reported({ code: 'P000' as Failure['code'] })).toMatchObject({
      message: 'reading: failed',
      help: []
    })
  })

  test('of a list that is not there is about the address; of one resource about what is in it', () => {
    const address = [
      'check the address of the service (`--url` or POLYTOMIC_URL) and `workspace.api_version`'
    ]
    const gone = ['it, or what it uses, was deleted meanwhile: plan again']
    const id = '248df4b7-aa70-47b8-a036-33ac447e668d'
    expect(reported().help).toEqual(address)
    expect(reported({ request: `GET /api/syncs/${id}` }).help).toEqual(gone)
    expect(reported({ request: `GET /api/syncs/${id.toUpperCase()}/x` }).help).toEqual(gone)
    expect(reported({ request: `GET /api/syncs/${id.slice(1)}` }).help).toEqual(address)
    expect(reported({ request: `GET /api/syncs/${id.slice(0, -1)}` }).help).toEqual(address)
    expect(reported({ request: 'GET /api/syncs?page=1' }).help).toEqual(gone)
    expect(reported({ request: 'POST /api/syncs' }).help).toEqual(gone)
  })

  test('of what is for partners says so', () => {
    const partners =
      'in this version of the API that is for the key of a partner: use one, or a newer `workspace.api_version`'
    for (const code of ['P605', 'P606'] as const) {
      expect(reported({ code, request: 'GET /api/organizations' }).help[0]).toBe(partners)
      expect(reported({ code, request: 'GET /api/organizations/1' }).help[0]).toBe(partners)
      expect(reported({ code, request: 'GET /api/organizations_of' }).help).not.toContain(partners)
      expect(reported({ code, request: 'GET /x/api/organizations' }).help).not.toContain(partners)
    }
    expect(reported({ code: 'P601', request: 'GET /api/organizations' }).help).not.toContain(partners)
    expect(reported({ code: 'P605', request: 'GET /api/organizations' }).help).toHaveLength(2)
  })
})
