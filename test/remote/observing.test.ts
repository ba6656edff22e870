import { describe, expect, test } from 'vitest'
import type { DerivedApi, ListedApi } from '../../src/kinds/api.ts'
import type { Kind, Kinds } from '../../src/kinds/kind.ts'
import type { RequestResult } from '../../src/remote/failure.ts'
import { findByName, observe, type ObserveOptions } from '../../src/remote/observe.ts'
import type { Reader } from '../../src/remote/transport.ts'
import type { Desired, DesiredState, Workspace } from '../../src/state/resource.ts'
import { reference, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { at, diagnostic } from '../render/builders.ts'
import { gadget } from '../support/small-kind.ts'
import { waiting } from '../support/waiting.ts'

/** What is requested for which files, and what is made of the answers. */

function listedKind(
  name: string,
  uses: string[],
  api: Partial<ListedApi> = {},
  more: Partial<Kind> = {}
): Kind {
  const fields = uses.map(
    (used) => [used, { class: 'owned', rule: { is: 'reference', kind: used } }] as const
  )
  return {
    ...gadget,
    name,
    section: `${name}s`,
    fields: Object.fromEntries(fields),
    api: { ...gadget.api, path: `/${name}`, ...api },
    ...more
  }
}

const lidApi: DerivedApi = {
  access: 'derived',
  path: '/box',
  id: ({ box }, idOf) => {
    const id = idOf(box as ReturnType<typeof reference>)
    return id === undefined ? undefined : `${id}/lid`
  },
  fieldsOf: (name) => [{ box: reference('box', name) }],
  updates: () => [],
  resets: () => [],
  isReset: ({ color }) => color === 'none'
}

const box = listedKind('box', [])
const label = listedKind('label', [])
/** Its list leaves out what is compared, and the labels that it uses. */
const shelf = listedKind('big_shelf', ['box', 'label'], { lightList: () => true, lightUses: ['box'] })
const room = listedKind('room', ['big_shelf'])
const crown = listedKind('crown', [], { lightList: () => true }, { singleton: true })
const lid: Kind = {
  ...gadget,
  name: 'lid',
  section: 'lids',
  fields: { box: { class: 'owned', rule: { is: 'reference', kind: 'box' } } },
  api: lidApi
}
const kinds: Kinds = { managed: [box, label, shelf, room, crown, lid] }

function declared(kind: string, name: string, more: Partial<Desired> & { was?: string[] } = {}): Desired {
  const { was = [], ...rest } = more
  return {
    kind,
    name,
    fields: {},
    lifecycle: { renamedFrom: was, preventDestroy: false, ignoreChanges: [] },
    span: at('a.yaml', 1),
    spanAt: () => at('a.yaml', 1),
    uses: [],
    ...rest
  }
}

const use = (kind: string, name: string) => ({ kind, name, span: at('a.yaml', 1), path: [] })
const gone = (kind: string, name: string) => ({ kind, name, span: at('a.yaml', 2) })
const exclusive = (...names: string[]): Workspace => ({
  exclusive: { kinds: names, span: at('a.yaml', 3) }
})

type Answers = Record<string, Json | number>

/** A service: a list or a resource for each path, or the status of a refusal. */
function service(answers: Answers = {}) {
  const asked: string[] = []
  const progress: string[] = []
  const reader: Reader = {
    version: '2025-09-18',
    async get(path): Promise<RequestResult> {
      asked.push(path)
      const found = answers[path] ?? (path.lastIndexOf('/') === 0 ? [] : 404)
      if (typeof found !== 'number') return { ok: true, status: 200, body: { data: found } }
      const [code, words] = found === 404 ? (['P606', 'gone'] as const) : (['P609', 'no'] as const)
      return {
        ok: false,
        failure: { code, request: `GET ${path}`, status: found, words, refused: true, usedBy: [] }
      }
    },
    ask: () => Promise.reject(new Error('nobody asks here')),
    me: async () => ({
      ok: true,
      status: 200,
      body: { data: { organization_id: 'o', organization_name: 'Acme' } }
    }),
    ...waiting(),
    reading: (kind, done, of) => progress.push(`${kind} ${done}/${of}`)
  }
  return { reader, asked, progress }
}

async function observed(
  desired: Partial<DesiredState>,
  answers: Answers = {},
  options: Partial<ObserveOptions> = {}
) {
  const { reader, asked, progress } = service(answers)
  const all = { workspace: {}, resources: [], removed: [], ...desired }
  const result = await observe(reader, all, kinds, { everything: false, ...options })
  return { result, asked: asked.toSorted(), progress }
}

const requests = async (...asking: Parameters<typeof observed>): Promise<string[]> =>
  (await observed(...asking)).asked

describe('R3: the lists that are read are those', () => {
  test('of declared resources, and of what these name', async () => {
    expect(await requests({})).toEqual([])
    expect(await requests({ resources: [declared('box', 'B')] })).toEqual(['/box'])
    const uses = [use('label', 'L')]
    expect(await requests({ resources: [declared('room', 'R', { uses })] })).toEqual(['/label', '/room'])
  })

  test('of what is to be deleted, and of whatever may use it', async () => {
    expect(await requests({ removed: [gone('label', 'L')] })).toEqual(['/big_shelf', '/label'])
    expect(await requests({}, {}, { also: [declared('big_shelf', 'S')] })).toEqual(['/big_shelf', '/room'])
    expect(await requests({ removed: [gone('lid', 'B')] })).toEqual(['/box'])
    expect(await requests({ removed: [gone('room', 'R')] })).toEqual(['/room'])
  })

  test('of everything that may use what is declared, where all of that may be deleted', async () => {
    const resources = [declared('label', 'L')]
    expect(await requests({ resources })).toEqual(['/label'])
    expect(await requests({ resources }, {}, { everything: true })).toEqual(['/big_shelf', '/label'])
    expect(await requests({ workspace: exclusive('room') })).toEqual([])
    expect(await requests({ workspace: exclusive('room') }, {}, { everything: true })).toEqual(['/room'])
    const lists = ['/big_shelf', '/box', '/crown', '/label', '/room']
    expect(await requests({}, {}, { everything: true })).toEqual(lists)
  })
})

describe('R3: of a list that leaves out what is compared, those are read one by one', () => {
  const wire = (id: string, name: string): JsonObject => ({ id, name })
  const items = [wire('1', 'A'), wire('2', 'B'), wire('3', 'C')]
  const answers = {
    '/big_shelf': items,
    ...Object.fromEntries(items.map((one) => [`/big_shelf/${textOf(one.id)}`, one]))
  }
  const single = async (...[desired, options]: [Partial<DesiredState>, Partial<ObserveOptions>?]) =>
    (await requests(desired, answers, options)).filter((path) => path.startsWith('/big_shelf/'))

  test('that are declared: by name, former name and id', async () => {
    expect(await single({ resources: [declared('big_shelf', 'A')] })).toEqual(['/big_shelf/1'])
    expect(await single({ resources: [declared('big_shelf', 'X', { was: ['B'] })] })).toEqual([
      '/big_shelf/2'
    ])
    expect(await single({ resources: [declared('big_shelf', 'X', { id: '3' })] })).toEqual(['/big_shelf/3'])
    expect(await single({ resources: [declared('room', 'R', { uses: [use('big_shelf', 'A')] })] })).toEqual(
      []
    )
  })

  test('but not those of another kind that have such a name', async () => {
    const other = declared('room', 'A', { id: '2', was: ['C'], uses: [use('big_shelf', 'B')] })
    expect(await single({ resources: [other] })).toEqual([])
  })

  test('that are removed, or were declared at the base', async () => {
    expect(await single({ removed: [gone('big_shelf', 'B')] })).toEqual(['/big_shelf/2'])
    expect(await single({}, { also: [declared('big_shelf', 'C')] })).toEqual(['/big_shelf/3'])
    expect(await single({}, { also: [declared('big_shelf', 'X', { id: '1' })] })).toEqual(['/big_shelf/1'])
    expect(await single({}, { also: [declared('room', 'A')], everything: true })).toEqual([])
  })

  test('all, where any of them may be deleted', async () => {
    const all = ['/big_shelf/1', '/big_shelf/2', '/big_shelf/3']
    const one = { resources: [declared('big_shelf', 'A')] }
    expect(await single(one, { inFull: true })).toEqual(all)
    expect(await single({ ...one, workspace: exclusive('big_shelf') }, { everything: true })).toEqual(all)
    expect(await single({ ...one, workspace: exclusive('box') }, { everything: true })).toEqual([
      '/big_shelf/1'
    ])
    expect(await single({ ...one, workspace: exclusive('big_shelf') })).toEqual(['/big_shelf/1'])
  })

  test('R18: all, where the list hides that they use what is to be deleted', async () => {
    const all = ['/big_shelf/1', '/big_shelf/2', '/big_shelf/3']
    expect(await single({ removed: [gone('label', 'L')] })).toEqual(all)
    expect(await single({ removed: [gone('box', 'L')] })).toEqual([])
    const vanished = { also: [declared('label', 'L')] }
    expect(await single({}, { ...vanished, everything: true })).toEqual(all)
    expect(await single({}, vanished)).toEqual([])
    const still = { resources: [declared('label', 'L')] }
    expect(await single(still, { ...vanished, everything: true })).toEqual([])
    // Without a base nobody knows what was declared: all that is declared may be meant.
    expect(await single(still, { everything: true })).toEqual(all)
    expect(await single({ workspace: exclusive('label') }, { everything: true })).toEqual(all)
  })

  test('the only one of its kind, whatever its name', async () => {
    const there = { '/crown': [wire('7', 'old')], '/crown/7': wire('7', 'old') }
    expect(await requests({ resources: [declared('crown', 'new')] }, there)).toEqual(['/crown', '/crown/7'])
  })

  test('and how many of them there are is told', async () => {
    const { progress } = await observed({}, answers, { inFull: true, also: [declared('big_shelf', 'A')] })
    expect(progress).toEqual([
      'big shelfs 0/1',
      'big shelfs 0/2',
      'big shelfs 0/3',
      'big shelfs 1/3',
      'big shelfs 2/3',
      'big shelfs 3/3'
    ])
  })
})

describe('what is made of the answers', () => {
  const failed = (path: string, status = 500) => `GET ${path} answered ${status}: no`

  test('is the state of each resource; names of references are those that were read', async () => {
    const full: Kind = {
      ...room,
      fromWire: ({ of }, { reference: named }) => ({ of: named('box', textOf(of)) }),
      uses: ({ of }) => [{ kind: 'box', id: textOf(of) }],
      pendingReason: ({ pending }) => textOf(pending),
      unhealthyReason: ({ ill }) => textOf(ill),
      readOnly: ({ shared }) => (shared === true ? { because: 'it is shared' } : undefined)
    }
    const wires: JsonObject[] = [
      { id: 'r1', name: 'R', of: 'b1', updated_at: 't2', updated_by: { name: 'Ada' }, created_at: 't1' },
      {
        id: 'r2',
        name: 'S',
        of: 'b2',
        updated_at: '',
        updated_by: {},
        pending: 'wait',
        ill: 'no',
        shared: true
      }
    ]
    const { reader } = service({ '/room': wires, '/box': [{ id: 'b1', name: 'B' }] })
    const desired = {
      workspace: {},
      resources: [declared('room', 'R', { uses: [use('box', 'B')] })],
      removed: []
    }
    const state = await observe(reader, desired, { managed: [box, full] }, { everything: false })
    expect(state).toMatchObject({ ok: true, problems: [] })
    const one = { kind: 'room', changed: {}, partial: false }
    expect(state.ok && state.value).toEqual({
      organization: { id: 'o', name: 'Acme' },
      version: '2025-09-18',
      kinds: ['box', 'room'],
      resources: [
        {
          kind: 'box',
          name: 'B',
          id: 'b1',
          uses: [],
          changed: {},
          partial: false,
          fields: { id: 'b1', name: 'B' },
          wire: { id: 'b1', name: 'B' }
        },
        {
          ...one,
          name: 'R',
          id: 'r1',
          wire: wires[0],
          uses: [{ kind: 'box', id: 'b1' }],
          fields: { of: { $ref: 'box', name: 'B', id: 'b1' } },
          changed: { at: 't2', by: 'Ada' },
          createdAt: 't1'
        },
        {
          ...one,
          name: 'S',
          id: 'r2',
          wire: wires[1],
          uses: [{ kind: 'box', id: 'b2' }],
          fields: { of: { $ref: 'box', id: 'b2' } },
          pendingReason: 'wait',
          unhealthyReason: 'no',
          readOnly: { because: 'it is shared' }
        }
      ]
    })
  })

  test('of what nothing names is the list item, without fields where the list leaves some out', async () => {
    const answers = {
      '/big_shelf': [
        { id: '1', name: 'A' },
        { id: '2', name: 'B' }
      ],
      '/big_shelf/1': { id: '1', name: 'A', color: 'red' }
    }
    const { result } = await observed({ resources: [declared('big_shelf', 'A')] }, answers)
    expect(result.ok && result.value.resources).toMatchObject([
      { name: 'A', partial: false, fields: { color: 'red' } },
      { name: 'B', partial: true, fields: {} }
    ])
  })

  test('leaves out what is gone meanwhile, and one that a later page has again', async () => {
    const twice = [
      { id: '1', name: 'A' },
      { id: '1', name: 'A' },
      { id: '2', name: 'B' }
    ]
    const { result, asked } = await observed(
      { resources: ['A', 'B'].map((name) => declared('big_shelf', name)) },
      { '/big_shelf': twice, '/big_shelf/2': { id: '2', name: 'B' } }
    )
    expect(asked).toEqual(['/big_shelf', '/big_shelf/1', '/big_shelf/2'])
    expect(result.ok && result.value.resources.map(({ id }) => id)).toEqual(['2'])
  })

  test('is a problem for each kind that cannot be read, and says what was attempted', async () => {
    const { result } = await observed(
      {
        resources: [
          declared('big_shelf', 'A'),
          declared('box', 'B'),
          declared('lid', 'B', { fields: { box: reference('box', 'C') } })
        ]
      },
      { '/big_shelf': [{ id: '1', name: 'A' }], '/big_shelf/1': 500, '/box': 500 }
    )
    expect(result.problems.map(({ message, notes }) => [message, ...notes])).toEqual([
      ['reading all of /box: the service failed', failed('/box')],
      ['reading big shelfs: the service failed', failed('/big_shelf/1')]
    ])
    const lids = await observed(
      {
        resources: [
          declared('lid', 'B', { fields: { box: reference('box', 'B') }, uses: [use('box', 'B')] })
        ]
      },
      { '/box': [{ id: 'b', name: 'B' }], '/box/b/lid': 500 }
    )
    expect(lids.result.problems.map(({ message, notes }) => [message, ...notes])).toEqual([
      ['reading lid: the service failed', failed('/box/b/lid')]
    ])
  })

  test('of a part that the service refuses is that it was not read; a failure is one', async () => {
    const parted: Kind = {
      ...box,
      api: { ...gadget.api, path: '/box', parts: [{ key: 'more', field: 'extra', paths: () => ['/more'] }] }
    }
    const read = async (status: number) => {
      const { reader } = service({ '/box': [{ id: 'b', name: 'B' }], '/box/b/more': status })
      const desired = { workspace: {}, resources: [declared('box', 'B')], removed: [] }
      return await observe(reader, desired, { managed: [parted] }, { everything: false })
    }
    for (const status of [400, 403, 422])
      expect(await read(status)).toMatchObject({
        ok: true,
        value: {
          resources: [
            { partial: false, unread: ['extra'], unhealthyReason: 'what belongs to it cannot be read: no' }
          ]
        }
      })
    expect(await read(404)).toMatchObject({ ok: true, value: { resources: [] } })
    expect(await read(500)).toMatchObject({ ok: false, problems: [{ code: 'P609' }] })
  })

  test('of what is in no list is looked for where the files, the base or a removal say that it is', async () => {
    const there = {
      '/box': ['1', '2', '3', '4'].map((id) => ({ id, name: `B${id}` })),
      '/box/1/lid': { color: 'none' },
      '/box/2/lid': { color: 'red' },
      '/box/3/lid': 403
    }
    const of = (name: string) => ({ fields: { box: reference('box', name) }, uses: [use('box', name)] })
    const { result, asked } = await observed(
      {
        resources: [declared('lid', 'B1', of('B1')), declared('lid', 'New', of('New'))],
        removed: [gone('lid', 'B2'), gone('lid', 'B1')]
      },
      there,
      { also: [declared('lid', 'B3', of('B3')), declared('lid', 'old', of('B1')), declared('room', 'R')] }
    )
    expect(asked).toEqual(['/box', '/box/1/lid', '/box/2/lid', '/box/3/lid', '/room'])
    expect(result.ok && result.value.resources.filter(({ kind }) => kind === 'lid')).toMatchObject([
      { name: 'B1', id: '1/lid', reset: true },
      { name: 'B2', id: '2/lid', fields: { color: 'red' } }
    ])
  })
})

describe('what is in no list, and belongs to what was renamed', () => {
  const on = (name: string) => ({ fields: { box: reference('box', name) }, uses: [use('box', name)] })
  const there = {
    '/box': [{ id: 'b', name: 'Old' }],
    '/box/b/lid': { color: 'red' }
  }
  const renamed = declared('box', 'New', { was: ['Old'] })

  test('is where the base says, under the name of now', async () => {
    const { asked } = await observed({ resources: [renamed] }, there, {
      also: [declared('box', 'Old'), declared('lid', 'L', on('Old'))]
    })
    expect(asked).toEqual(['/big_shelf', '/box', '/box/b/lid'])
  })

  test('is not there for who means a new one by the former name', async () => {
    const resources = [renamed, declared('box', 'Old'), declared('lid', 'L', on('Old'))]
    const { asked } = await observed({ resources }, there, { also: [declared('box', 'Old')] })
    expect(asked).toEqual(['/big_shelf', '/box'])
  })
})

test('what an answer does not tell is a problem: it does not count as nothing', async () => {
  const older: Kind = {
    ...lid,
    api: { ...lidApi, untold: ({ color }) => (color === undefined ? 'its color' : undefined) }
  }
  const read = async (answer: JsonObject) => {
    const { reader } = service({ '/box': [{ id: 'b', name: 'B' }], '/box/b/lid': answer })
    const resources = [
      declared('lid', 'L', { fields: { box: reference('box', 'B') }, uses: [use('box', 'B')] })
    ]
    const all = { workspace: {}, resources, removed: [] }
    return await observe(reader, all, { managed: [box, older] }, { everything: true })
  }
  expect((await read({ color: 'red' })).problems).toEqual([])
  expect((await read({})).problems).toEqual([
    diagnostic({
      code: 'P114',
      message: 'this service does not tell its color of lid "L"',
      labels: [{ span: at('a.yaml', 1), text: 'only newer services know this' }],
      notes: ['its answers have the older shape: nothing can be compared, and nothing is planned'],
      help: ['leave it out until the service is newer']
    })
  ])
})

test('R3: the front of a list that moved is read again where something is missing, by name or by id', async () => {
  const pagesFor = async (...resources: Desired[]) => {
    const { reader } = service()
    const asked: string[] = []
    const page = (id: string, next?: string): RequestResult => ({
      ok: true,
      status: 200,
      body: {
        data: [{ id, name: id.toUpperCase() }],
        ...(next !== undefined && { pagination: { next_page_token: next } })
      }
    })
    const paged: Reader = {
      ...reader,
      async get(_path, query) {
        asked.push(query?.['page_token'] ?? 'front')
        return query?.['page_token'] === undefined ? page('a', 'two') : page('b')
      }
    }
    await observe(paged, { workspace: {}, resources, removed: [] }, kinds, { everything: false })
    return asked
  }
  expect(await pagesFor(declared('box', 'A'), declared('box', 'X', { id: 'b' }))).toEqual([
    'front',
    'two',
    'front'
  ])
  expect(await pagesFor(declared('box', 'A'), declared('box', 'B', { id: 'b' }))).toEqual(['front', 'two'])
  expect(await pagesFor(declared('box', 'A', { id: 'none' }))).toEqual(['front', 'two', 'front'])
  expect(await pagesFor(declared('box', 'New'))).toEqual(['front', 'two', 'front'])
})

describe('kinds at the core, which are read only to name what no file declares', () => {
  const core = { managed: [{ ...box, core: true as const }, label] }
  const read = async (answers: Answers, resources: Desired[] = []) => {
    const { reader, asked } = service(answers)
    const desired = { workspace: {}, resources, removed: [] }
    return { state: await observe(reader, desired, core, { everything: false, core: true }), asked }
  }

  test('are read, whatever the files say', async () => {
    const { state, asked } = await read({ '/box': [{ id: 'b', name: 'B' }] })
    expect(asked).toEqual(['/box'])
    expect(state).toMatchObject({
      ok: true,
      problems: [],
      value: { kinds: ['box'], resources: [{ name: 'B' }] }
    })
  })

  test('stop nobody where they cannot be listed, unless a file declares one', async () => {
    const { state } = await read({ '/box': 500 })
    expect(state.ok && state.value.kinds).toEqual([])
    expect(state.problems).toMatchObject([
      {
        code: 'P609',
        severity: 'warning',
        message: 'boxs cannot be listed: what of them no file declares is not known',
        notes: ['reading all of /box: the service failed', 'GET /box answered 500: no']
      }
    ])
    expect((await read({ '/box': 500 }, [declared('box', 'B')])).state).toMatchObject({
      ok: false,
      problems: [{ severity: 'error' }]
    })
  })
})

test('of a name, all are found that are called so, in the order of their ids', async () => {
  const found = [
    { id: '2', name: 'B' },
    { id: '1', name: 'B' },
    { id: '3', name: 'b' },
    { id: '2', name: 'B' }
  ]
  const { reader } = service({ '/box': found })
  expect(await findByName(reader, box, 'B')).toEqual({ ok: true, found: [found[1], found[0]] })
  const { reader: broken } = service({ '/box': 500 })
  expect(await findByName(broken, box, 'B')).toMatchObject({ ok: false, failure: { status: 500 } })
})
