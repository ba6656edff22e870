import { describe, expect, test } from 'vitest'
import type { RequestResult } from '../../src/remote/failure.ts'
import { identify, organizationOf } from '../../src/remote/identity.ts'
import { namesakes } from '../../src/remote/namesakes.ts'
import { organizationsOf } from '../../src/remote/organizations.ts'
import { bounds } from '../../src/remote/policy.ts'
import type { Reader } from '../../src/remote/transport.ts'
import type { Json, JsonObject } from '../../src/state/value.ts'
import { at, diagnostic } from '../render/builders.ts'
import { gadget } from '../support/small-kind.ts'
import { waiting } from '../support/waiting.ts'

const done = (body: Json | undefined): RequestResult => ({ ok: true, status: 200, body })
const failed = (status: number): RequestResult => ({
  ok: false,
  failure: {
    code: status === 403 ? 'P605' : status === 401 ? 'P604' : 'P609',
    request: 'GET /x',
    status,
    words: 'w',
    refused: true,
    usedBy: []
  }
})

/** A service that answers its lists in turn, the last one for ever; and how long was waited between. */
function service({
  me = failed(500),
  lists = [failed(500)]
}: {
  me?: RequestResult
  lists?: RequestResult[]
}) {
  const slept: number[] = []
  let count = 0
  const reader: Reader = {
    version: '2025-09-18',
    get: async () => lists[Math.min(count++, lists.length - 1)]!,
    ask: () => Promise.reject(new Error('nobody asks here')),
    me: async () => me,
    ...waiting((ms) => slept.push(ms))
  }
  return { reader, slept }
}

const whose = async (body: Json | undefined) => await organizationOf(service({ me: done(body) }).reader)

describe('R4: whose key it is', () => {
  test('is its organization, its class and its user', async () => {
    const data = { organization_id: 'o1', organization_name: 'Acme' }
    expect(await whose({ data })).toEqual({ ok: true, id: 'o1', name: 'Acme' })
    expect(await whose({ data: { organization_id: 'o1' } })).toEqual({ ok: true, id: 'o1', name: 'o1' })
    for (const key of ['user', 'organization', 'partner', 'system'])
      expect(await whose({ data: { ...data, id: 'u1', [`is_${key}`]: true, is_other: false } })).toEqual({
        ok: true,
        id: 'o1',
        name: 'Acme',
        key,
        self: 'u1'
      })
  })

  test('is not understood where no organization is named', async () => {
    const strange = (words: string) => ({
      ok: false,
      failure: { code: 'P612', request: 'GET /api/me', words, refused: true, usedBy: [] }
    })
    const none = [undefined, 'text', {}, { data: {} }, { data: { organization_id: '' } }]
    for (const body of none) expect(await whose(body)).toEqual(strange('it names no organization'))
    expect(await whose({ data: { organization_id: 7 } })).toEqual(
      strange('data.organization_id: a text is expected, and `7` is there')
    )
    expect(await whose({ data: { organization_id: 'o1', is_user: [] } })).toEqual(
      strange('data.is_user: a text or a number is expected, and a list is there')
    )
  })

  test('must be who the files are for, by id in any case or by name', async () => {
    const me = done({ data: { organization_id: 'o1', organization_name: 'Acme' } })
    const reported = async (value?: string) =>
      await identify(
        service({ me }).reader,
        value === undefined ? {} : { organization: { value, span: at('a.yaml', 1) } }
      )
    for (const value of [undefined, 'O1', 'Acme'])
      expect(await reported(value)).toEqual({ ok: true, value: { id: 'o1', name: 'Acme' }, problems: [] })
    expect(await reported('acme')).toEqual({
      ok: false,
      problems: [
        diagnostic({
          code: 'P403',
          message: 'the key belongs to organization `Acme`, the files are for `acme`',
          labels: [{ span: at('a.yaml', 1), text: 'the files are for this organization' }],
          notes: ["the key's organization has the id o1"],
          help: ['use a key of the organization that the files name, or correct `workspace.organization`']
        })
      ]
    })
    expect(await identify(service({}).reader, {})).toMatchObject({
      ok: false,
      problems: [{ message: 'asking whose key this is: the service failed' }]
    })
  })
})

describe('the organizations of a partner', () => {
  const reported = async (list: RequestResult) => await organizationsOf(service({ lists: [list] }).reader)

  test('are told by name, and by id where names are equal', async () => {
    const data = ['3 B', '2 A', '1 B', '2 A'].map((text) => ({ id: text[0]!, name: text[2]!, more: 1 }))
    expect(await reported(done({ data }))).toEqual({
      ok: true,
      value: ['2 A', '1 B', '3 B'].map((text) => ({ id: text[0], name: text[2] })),
      problems: []
    })
  })

  test('are for some keys only', async () => {
    const whoseKey =
      'check POLYTOMIC_PARTNER_KEY or POLYTOMIC_DEPLOYMENT_KEY: only these keys are told of organizations'
    for (const status of [401, 403])
      expect(await reported(failed(status))).toMatchObject({ ok: false, problems: [{ help: [whoseKey] }] })
    const other = await reported(failed(500))
    expect(other.problems).toMatchObject([{ message: 'listing the organizations: the service failed' }])
    expect(other.problems[0]?.help).not.toContain(whoseKey)
  })
})

describe('R27: others of one name', () => {
  const [a, b] = [
    { name: 'A', id: '1' },
    { name: 'B', id: '2' }
  ]
  const list = (...items: JsonObject[]) => done({ data: items })
  const found = async (lists: RequestResult[], created = [a, b]) => {
    const { reader, slept } = service({ lists })
    return { twins: await namesakes(reader, gadget, created), slept }
  }

  test('are told with all their ids; what is alone is not', async () => {
    const { twins, slept } = await found([list(a, b, { name: 'A', id: '3' }, { name: 'C', id: '4' })])
    expect(twins).toEqual([
      {
        created: a,
        failure: {
          code: 'P401',
          request: 'GET /api/gadgets',
          words: '2 have this name: 1, 3',
          refused: false,
          usedBy: []
        }
      }
    ])
    expect(slept).toEqual([])
  })

  test('are looked for until the list shows all that was made, and no longer than it may be stale', async () => {
    const { twins, slept } = await found([list(a), list(b), list(a, b, { name: 'B', id: '3' })])
    expect(twins.map(({ created }) => created)).toEqual([b])
    expect(slept).toEqual(bounds.looksMs.slice(0, 2))
    const never = await found([list(a)])
    expect([never.twins, never.slept]).toEqual([[], [...bounds.looksMs]])
    const other = await found([list({ name: 'A', id: '3' })], [a])
    expect(other.twins).toMatchObject([{ failure: { words: '2 have this name: 1, 3' } }])
  })

  test('are not told of lists that cannot be read', async () => {
    expect(await found([failed(500)])).toEqual({ twins: [], slept: [] })
    const { reader } = service({ lists: [list(a, b, { name: 'A', id: '3' })] })
    const kind = { ...gadget, api: { ...gadget.api, path: '/api/{organization}/gadgets' } }
    expect(await namesakes(reader, kind, [a])).toEqual([])
  })

  test('are compared as names of their kind are', async () => {
    const { reader } = service({ lists: [list(a, { name: 'a', id: '3' })] })
    expect(await namesakes(reader, gadget, [a])).toEqual([])
    const caseless = { ...gadget, caselessNames: true as const }
    expect(
      await namesakes(service({ lists: [list(a, { name: 'a', id: '3' })] }).reader, caseless, [a])
    ).toHaveLength(1)
    const named = { ...gadget, naming: { keys: ['title'], wire: 'title' } }
    const titles = list({ id: '1', title: 'A' }, { id: '3', title: 'A' })
    expect(await namesakes(service({ lists: [titles] }).reader, named, [a])).toHaveLength(1)
  })
})
