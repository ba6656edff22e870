import { describe, expect, test } from 'vitest'
import type { DerivedApi, ListedApi } from '../../src/kinds/api.ts'
import { derivedApi, type Kind } from '../../src/kinds/kind.ts'
import type { RequestResult } from '../../src/remote/failure.ts'
import { survey, type SurveyOptions } from '../../src/remote/survey.ts'
import type { Reader } from '../../src/remote/transport.ts'
import { reference, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { gadget } from '../support/small-kind.ts'
import { waiting } from '../support/waiting.ts'

/** What is requested to see everything that is live, and what is made of the answers. */

const listedKind = (name: string, api: Partial<ListedApi> = {}, more: Partial<Kind> = {}): Kind => ({
  ...gadget,
  name,
  api: { ...gadget.api, path: `/${name}`, ...api },
  ...more
})

const derivedKind = (name: string, api: Partial<DerivedApi>, more: Partial<Kind> = {}): Kind => ({
  ...gadget,
  name,
  fields: { box: { class: 'owned', rule: { is: 'reference', kind: 'box' } } },
  api: {
    access: 'derived',
    path: '/box',
    id: () => undefined,
    fieldsOf: () => [],
    updates: () => [],
    resets: () => [],
    isReset: () => false,
    ...api
  },
  ...more
})

const box = listedKind('box')
const label = listedKind('label', { since: '2025-09-18' })
/** Its list leaves out what is compared. */
const shelf = listedKind('big_shelf', { lightList: () => true })
const settings = derivedKind(
  'settings',
  { path: '/all', id: () => 'of/settings' },
  { naming: { keys: [], only: 'organization' }, fields: {} }
)
/** Several of them are on each box that is not open. */
const lid = derivedKind(
  'big_lid',
  {
    search: {
      parents: (wires) =>
        wires('box').flatMap((wire) => (wire['open'] === true ? [] : [textOf(wire['id'])])),
      path: (parent) => `/box/${parent}/lids`,
      found: (parent, { lids }) =>
        Array.isArray(lids) ? lids.map((own) => ({ id: `${parent}/lid/${textOf(own)}` })) : undefined
    }
  },
  {
    naming: { keys: ['box', 'lid'] },
    fromWire: ({ id }, context) => ({ box: context.reference('box', textOf(id).split('/')[0]!) })
  }
)

type Answers = Record<string, Json | number>

const failure = (path: string, status: number) =>
  ({ code: 'P609', request: `GET ${path}`, status, words: 'no', refused: true, usedBy: [] }) as const

function service(answers: Answers) {
  const asked: string[] = []
  const progress: string[] = []
  const reader: Reader = {
    version: '2025-09-18',
    async get(path): Promise<RequestResult> {
      asked.push(path)
      const found = answers[path] ?? (path.lastIndexOf('/') === 0 ? [] : 404)
      return typeof found === 'number'
        ? { ok: false, failure: failure(path, found) }
        : { ok: true, status: 200, body: { data: found } }
    },
    ask: () => Promise.reject(new Error('nobody asks here')),
    me: async () => ({
      ok: true,
      status: 200,
      body: { data: { id: 'u', organization_id: 'o', organization_name: 'Acme', is_user: true } }
    }),
    ...waiting(),
    reading: (kind, done, of) => progress.push(`${kind} ${done}/${of}`)
  }
  return { reader, asked, progress }
}

async function surveyed(
  managed: readonly Kind[],
  answers: Answers,
  options: Partial<SurveyOptions> = {},
  more: Partial<Reader> = {}
) {
  const { reader, asked, progress } = service(answers)
  const result = await survey(
    { ...reader, ...more },
    {
      workspace: {},
      kinds: { managed: [...managed] },
      choose: (listed) => new Set(listed),
      searches: () => true,
      ...options
    }
  )
  return { result, asked: asked.toSorted(), progress }
}

type Surveyed = Awaited<ReturnType<typeof surveyed>>['result']

const value = (result: Surveyed) => (result.ok ? result.value : expect.unreachable('it failed'))
const names = (result: Surveyed) => value(result).state.resources.map(({ name }) => name)
const problems = (result: Surveyed) => result.problems.map(({ message, notes }) => [message, ...notes])

const items = (...all: string[]): JsonObject[] => all.map((name) => ({ id: name.toLowerCase(), name }))

describe('everything that is live', () => {
  test('is all that lists have, what is chosen in full, and what belongs to it', async () => {
    const { result, asked, progress } = await surveyed(
      [box, shelf, lid, settings],
      {
        '/box': [{ id: 'b', name: 'B' }],
        '/box/b/lids': { lids: ['top%20one'] },
        '/big_shelf': items('S', 'T'),
        '/big_shelf/s': { id: 's', name: 'S', color: 'red' },
        '/all/of/settings': { color: 'blue' }
      },
      { choose: (listed) => new Set(listed.filter(({ name }) => name !== 'T')) }
    )
    expect(asked).toEqual(['/all/of/settings', '/big_shelf', '/big_shelf/s', '/box', '/box/b/lids'])
    expect(progress).toEqual(['big shelfs 0/1', 'big shelfs 1/1'])
    const plain = { uses: [], changed: {}, partial: false }
    const [b, s, t] = [items('B')[0]!, { id: 's', name: 'S', color: 'red' }, items('T')[0]!]
    const [own, top] = [
      { color: 'blue', id: 'of/settings', name: 'organization' },
      { id: 'b/lid/top%20one' }
    ]
    expect(value(result)).toEqual({
      state: {
        organization: { id: 'o', name: 'Acme' },
        version: '2025-09-18',
        key: 'user',
        self: 'u',
        kinds: ['box', 'big_shelf', 'big_lid', 'settings'],
        resources: [
          { ...plain, kind: 'box', name: 'B', id: 'b', fields: b, wire: b },
          { ...plain, kind: 'big_shelf', name: 'S', id: 's', fields: s, wire: s },
          { ...plain, kind: 'big_shelf', name: 'T', id: 't', fields: {}, wire: t, partial: true },
          {
            ...plain,
            kind: 'big_lid',
            name: 'B top one',
            id: 'b/lid/top%20one',
            fields: { box: { ...reference('box', 'B'), id: 'b' } },
            wire: top
          },
          { ...plain, kind: 'settings', name: 'organization', id: 'of/settings', fields: own, wire: own }
        ]
      },
      refused: [],
      passed: []
    })
    expect(result.problems).toEqual([])
  })

  test('has each resource once, as it was first, although a later page has it again', async () => {
    const { result, asked } = await surveyed([box], {
      '/box': [
        { id: 'b', name: 'B' },
        { id: 'b', name: 'B2' },
        { id: 'c', name: 'C' }
      ]
    })
    expect(names(result)).toEqual(['B', 'C'])
    expect(asked).toEqual(['/box'])
  })

  test('is read of the kinds that this version of the API has, and searched for where it is asked to', async () => {
    const older = { version: '2024-02-08' } as const
    expect((await surveyed([box, label], {}, {}, older)).asked).toEqual(['/box'])
    expect((await surveyed([box, label], {})).asked).toEqual(['/box', '/label'])
    const searches = (kind: Kind): boolean => kind.name === 'settings'
    expect((await surveyed([box, settings, lid], { '/box': items('B') }, { searches })).asked).toEqual([
      '/all/of/settings',
      '/box'
    ])
  })

  test('is not known where nobody says whose key it is', async () => {
    const me: Reader['me'] = async () => ({ ok: false, failure: failure('/api/me', 500) })
    const { result } = await surveyed([box], {}, {}, { me })
    expect(result).toMatchObject({ ok: false, problems: [{ code: 'P609' }] })
  })
})

describe('a list', () => {
  test.each([400, 403, 404, 422])('that is refused with %i is told, and stops nobody', async (status) => {
    const { result, asked } = await surveyed([box, label], { '/box': status, '/label': items('L') })
    expect(value(result)).toMatchObject({
      refused: [{ kind: 'box', because: 'no' }],
      state: { kinds: ['label'], resources: [{ name: 'L' }] }
    })
    expect(result.problems).toEqual([])
    expect(asked).toEqual(['/box', '/label'])
  })

  test('that fails is a problem', async () => {
    const { result } = await surveyed([box, shelf], { '/box': 500, '/big_shelf': 500 })
    expect(result.ok).toBe(false)
    expect(problems(result)).toEqual([
      ['reading all boxs: the service failed', 'GET /box answered 500: no'],
      ['reading all big shelfs: the service failed', 'GET /big_shelf answered 500: no']
    ])
  })

  test('whose path nobody knows is a problem as well', async () => {
    const path = '/of/{organization}/box'
    let asked = 0
    const me: Reader['me'] = async () =>
      asked++ === 0 ? await service({}).reader.me() : { ok: false, failure: failure('/api/me', 500) }
    const { result } = await surveyed([listedKind('box', { path })], {}, {}, { me })
    expect(problems(result)).toEqual([
      ['reading all boxs: the service failed', 'GET /api/me answered 500: no']
    ])
  })
})

describe('what is chosen', () => {
  const there = { '/big_shelf': items('S', 'T'), '/big_shelf/t': { id: 't', name: 'T' } }

  test('and gone meanwhile is left out; one that cannot be read is a problem', async () => {
    expect(names((await surveyed([shelf], there)).result)).toEqual(['T'])
    const { result } = await surveyed([shelf], { ...there, '/big_shelf/s': 500 })
    expect(problems(result)).toEqual([
      ['reading big shelfs: the service failed', 'GET /big_shelf/s answered 500: no']
    ])
  })

  test('is read again where it has parts, and only then', async () => {
    const parts = [{ key: 'labels', field: 'labels', paths: () => ['/labels'] }]
    const answers = { '/box': items('B', 'C'), '/box/b/labels': ['x'] }
    const choose: SurveyOptions['choose'] = (listed) => new Set(listed.slice(0, 1))
    const parted = await surveyed([listedKind('box', { parts })], answers, { choose })
    expect(parted.asked).toEqual(['/box', '/box/b/labels'])
    expect(value(parted.result).state.resources.map(({ fields }) => fields)).toEqual([
      { id: 'b', name: 'B', labels: ['x'] },
      { id: 'c', name: 'C' }
    ])
    expect((await surveyed([box], answers, { choose })).asked).toEqual(['/box'])
  })

  test('is not what has its id in another kind', async () => {
    const { asked } = await surveyed(
      [box, shelf],
      { '/box': items('S'), '/big_shelf': items('S') },
      { choose: (listed) => new Set(listed.filter(({ kind }) => kind === 'box')) }
    )
    expect(asked).toEqual(['/big_shelf', '/box'])
  })
})

describe('the only one of its kind', () => {
  const only = async (answer: Json | number) =>
    (await surveyed([settings], { '/all/of/settings': answer })).result

  test('may be refused, which is told; or not be there', async () => {
    expect(value(await only(403))).toMatchObject({
      refused: [{ kind: 'settings', because: 'no' }],
      state: { kinds: [], resources: [] }
    })
    expect(value(await only(404))).toMatchObject({
      refused: [],
      state: { kinds: ['settings'], resources: [] }
    })
  })

  test('that cannot be read is a problem', async () => {
    expect(problems(await only(500))).toEqual([
      ['reading settingss: the service failed', 'GET /all/of/settings answered 500: no']
    ])
  })
})

describe('what is looked for in its parents', () => {
  const boxes = items('A', 'B', 'C', 'D')
  const found = async (answers: Answers, options: Partial<SurveyOptions> = {}, managed = [box, lid]) =>
    await surveyed(managed, { '/box': boxes, ...answers }, options)

  test('is looked for in those that may have some, and are chosen', async () => {
    const choose: SurveyOptions['choose'] = (listed) => new Set(listed.filter(({ name }) => name !== 'B'))
    const { asked, result } = await found(
      { '/box': [...boxes.slice(0, 2), { ...boxes[2]!, open: true }], '/box/a/lids': { lids: ['x', 'y'] } },
      { choose }
    )
    expect(asked).toEqual(['/box', '/box/a/lids'])
    expect(names(result)).toEqual(['A', 'B', 'C', 'A x', 'A y'])
    expect(value(result).refused).toEqual([])
  })

  test('is asked for once, although several kinds are in the answer', async () => {
    const { asked, result } = await found({ '/box': items('A'), '/box/a/lids': { lids: ['x'] } }, {}, [
      box,
      lid,
      { ...lid, name: 'cap' }
    ])
    expect(asked).toEqual(['/box', '/box/a/lids'])
    expect(value(result).state.resources.map(({ kind, name }) => [kind, name])).toEqual([
      ['box', 'A'],
      ['big_lid', 'A x'],
      ['cap', 'A x']
    ])
  })

  test('and not told, or refused, leaves the kind open: the first of these parents are named', async () => {
    const words = (more: string): string =>
      `the service does not tell what people have set in "A", "B", ${more}`
    const open = { '/box/a/lids': {}, '/box/b/lids': 403, '/box/c/lids': 404 }
    const three = value((await found({ ...open, '/box/d/lids': { lids: ['x'] } })).result)
    expect(three.refused).toEqual([{ kind: 'big_lid', because: words('"C"') }])
    expect(three.state.kinds).toEqual(['box'])
    expect(three.state.resources.map(({ name }) => name)).toEqual(['A', 'B', 'C', 'D', 'D x'])
    const four = value((await found({ ...open, '/box/d/lids': [] })).result)
    expect(four.refused).toEqual([{ kind: 'big_lid', because: words('"C" and 1 more') }])
  })

  test('is looked for in all others that count where it is called for, and these are named elsewhere', async () => {
    const api = derivedApi(lid)!
    const search = { ...api.search!, parents: () => ['a'], unlikely: 'nobody opens' }
    const rare: Kind = { ...lid, api: { ...api, search } }
    const lids = { '/box/a/lids': { lids: [] }, '/box/b/lids': { lids: ['x'] }, '/box/c/lids': 500 }
    const looksIn: SurveyOptions['looksIn'] = ({ name }) => name !== 'D'
    const passing = await found(lids, { looksIn, choose: () => new Set() }, [box, rare])
    expect(passing.asked).toEqual(['/box', '/box/a/lids'])
    expect(value(passing.result).passed).toEqual([
      { kind: 'big_lid', because: 'nobody opens "B", "C", where only `--kind big_lid` looks' }
    ])
    const all = await found(lids, { looksIn, searchesAll: () => true }, [box, rare])
    expect(all.asked).toEqual(['/box', '/box/a/lids', '/box/b/lids', '/box/c/lids'])
    expect(value(all.result)).toMatchObject({
      refused: [{ because: 'the service does not tell what people have set in "C"' }],
      passed: []
    })
    expect(names(all.result)).toContain('B x')
  })

  test('and cannot be read is a problem', async () => {
    const { result } = await found({ '/box/a/lids': 403, '/box/b/lids': 500, '/box/c/lids': 404 })
    expect(problems(result)).toEqual([
      ['looking for big lid: the service failed', 'GET /box/b/lids answered 500: no']
    ])
  })
})
