import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { glanceAt } from '../../src/config/glance.ts'
import { kinds } from '../../src/kinds/index.ts'
import {
  apiRequest,
  createSandbox,
  tutorial,
  type Sandbox,
  type SandboxOptions
} from '../support/sandbox.ts'

/** Lists are asked for while files are still being understood. Nobody may notice anything but the time. */
const env = { MONGODB_PASSWORD: 'x' }
const lists = ['/api/me', '/api/connections', '/api/models', '/api/syncs']
const broken = tutorial.replace('mode: create', 'mode: crate')

interface SyncPage {
  data: { id: string; name: string }[]
  pagination?: { next_page_token?: string }
}

type Fetch = (request: Request, world: Sandbox) => Promise<Response>

/** A world whose network is told to `fetch`; `sent` is filled with what was sent, until the files are understood. */
function watched(fetch: Fetch, options: SandboxOptions = {}) {
  const sent: Request[] = []
  let [addresses, early] = [0, 0]
  const world: Sandbox = createSandbox({
    files: { 'configs/a.yaml': tutorial },
    ...options,
    env: { ...env, ...options.env },
    io: {
      fetch: (given, { cut } = {}) => {
        const request = new Request(given, cut ? { signal: cut } : {})
        sent.push(request)
        return fetch(request, world)
      },
      // Who asks for the way knows the address: before the files are read, and once they are understood.
      proxyFor: () => {
        addresses += 1
        if (addresses === 2) early = sent.length
        return ''
      },
      ...options.io
    }
  })
  return { world, sent, early: () => early, paths: () => sent.map(({ url }) => new URL(url).pathname) }
}

const answering: Fetch = (request, world) => world.server.fetch(request)
const never: Fetch = ({ signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
const refusing: Fetch = async () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
  throw new TypeError('fetch failed', { cause })
}

test('whose key it is and the lists of what is declared are asked for before the files are understood', async () => {
  const { world, sent, early, paths } = watched(answering)
  expect((await world.run('plan')).code).toBe(0)
  // Of what moves data and no file declares, the lists are read as well.
  const looking = ['/api/bulk/syncs', ...lists]
  expect(early()).toBe(looking.length)
  expect(paths().toSorted()).toEqual(looking.toSorted())
  expect(sent.every(({ method }) => method === 'GET')).toBe(true)
})

test('what is asked early is asked once, and again after something was written', async () => {
  const { world, early, paths } = watched(answering)
  // A connection waits for a person.
  expect((await world.run('apply', '--yes')).code).toBe(8)
  expect(early()).toBe(lists.length)
  expect(paths().filter((path) => path === '/api/me')).toHaveLength(1)
  const asked = paths().length
  expect((await world.run('plan')).code).toBe(0)
  expect(paths().slice(asked, asked + lists.length + 1)).toEqual(expect.arrayContaining(lists))
})

describe('what the first pages lead to is asked for once the files are parsed', () => {
  const declaring = (names: readonly string[], end = ''): string =>
    [
      'variables: { first: { default: S0 } }',
      'connections:',
      '  - { name: P, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "${env:MONGODB_PASSWORD}" } }',
      'models:',
      '  - { name: M, connection: P, configuration: { schema: public, table: users }, identifier: id }',
      'syncs:',
      ...names.map(
        (name) =>
          `  - { name: "${name}", mode: replace, active: false, model: M, fields: [{ source: email, target: email }], target: { connection: P, object: public.users }, schedule: manual }`
      ),
      end
    ].join('\n')
  const all = Array.from({ length: 60 }, (_, index) => `S${index}`)

  /** A workspace in which all sixty are live; then `text` is in the files, and `asked` is what one run sends. */
  async function run(text: string, ...words: string[]) {
    const log: string[] = []
    let isMade = false
    const world: Sandbox = createSandbox({
      files: { 'configs/a.yaml': declaring(all) },
      env,
      io: {
        fetch: async (request) => {
          log.push(request.url.replace(/^.*(?=\/api\/)/, ''))
          return await world.server.fetch(request)
        },
        proxyFor: () => (log.push('address'), ''),
        // While files are read, the service has the time to answer.
        turn: async () => {
          if (isMade) await setTimeout(20)
        }
      }
    })
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    isMade = true
    const ids = new Map<string, string>()
    for (let path: string | undefined = '/api/syncs'; path !== undefined;) {
      const answer = await world.server.fetch(apiRequest(world, 'GET', path))
      const { data, pagination } = (await answer.json()) as SyncPage
      for (const { id, name } of data) ids.set(name, `/api/syncs/${id}`)
      const token = pagination?.next_page_token
      path = token === undefined || token === '' ? undefined : `/api/syncs?page_token=${token}`
    }
    world.write({ 'configs/a.yaml': text })
    log.length = 0
    const { code } = await world.run('plan', ...words)
    const known = log.lastIndexOf('address')
    const asked = log.filter((line) => line !== 'address')
    return { code, asked, ids, early: log.slice(1, known) }
  }
  const idsOf = (paths: readonly string[]): string[] =>
    paths.filter((path) => path.startsWith('/api/syncs/'))

  test('the second pages, and what is declared and not told in full: each once', async () => {
    const names = all.slice(0, 58).map((name, index) => (index === 0 ? '${var:first}' : name))
    const { code, asked, ids, early } = await run(declaring(names))
    expect(code).toBe(0)
    expect(early.filter((path) => path.startsWith('/api/syncs?page_token='))).toHaveLength(1)
    expect(idsOf(early).length).toBeGreaterThan(0)
    // It could be another sync, for all that is known then.
    expect(early).not.toContain(ids.get('S0'))
    expect(new Set(idsOf(asked))).toEqual(new Set(all.slice(0, 58).map((name) => ids.get(name))))
    expect(new Set(asked).size).toBe(asked.length)
  })

  test('of files that turn out to be wrong, no more than the first page tells', async () => {
    const { code, asked } = await run(declaring(all, '  - { name: S99, mode: crate }'))
    expect(code).toBe(3)
    expect(idsOf(asked).length).toBeLessThanOrEqual(50)
    expect(asked.filter((path) => path.includes('page_token')).length).toBeLessThanOrEqual(1)
  })

  test('nothing of files that cannot be parsed, nor where not all that is declared is looked at', async () => {
    const broken = await run(declaring(all, '  - { name: [ }'))
    expect(broken.code).toBe(3)
    expect(broken.asked.filter((path) => /syncs[/?]/.test(path))).toEqual([])
    const some = await run(declaring(all), '--only', 'sync "S7"')
    expect(idsOf(some.asked)).toEqual([some.ids.get('S7')])
    expect(some.early).toEqual([])
  })
})

describe('files that are broken', () => {
  const services: [name: string, fetch: Fetch][] = [
    ['answers', answering],
    ['never answers', never],
    ['cannot be reached', refusing],
    ['fails', async () => new Response('{"error":"down"}', { status: 500 })],
    ['asks to slow down', async () => new Response('{}', { status: 429, headers: { 'retry-after': '5' } })],
    ['is none', async () => new Response('<!doctype html><title>Hello</title>', { status: 404 })],
    ['does not know the key', async () => new Response('{"error":"no such key"}', { status: 401 })]
  ]
  test.each(services)('nothing but their problems is told: the service %s', async (_name, fetch) => {
    const { world, sent } = watched(fetch, { files: { 'configs/a.yaml': broken } })
    const validated = await world.run('validate')
    expect(validated.code).toBe(3)
    for (const command of ['plan', 'drift', 'apply', 'destroy'])
      expect(await world.run(command)).toEqual(validated)
    expect(sent.every(({ method }) => method === 'GET')).toBe(true)
  })

  test('what was asked is not waited for', async () => {
    const { world, sent } = watched(never, { files: { 'configs/a.yaml': broken } })
    await world.run('plan')
    expect(sent.length).toBeGreaterThan(0)
    expect(sent.map(({ signal }) => signal.aborted)).toEqual(sent.map(() => true))
  })
})

describe('a service that fails', () => {
  test('is told of as ever', async () => {
    const { world } = watched(refusing)
    const { code, err } = await world.run('plan')
    expect(code).not.toBe(0)
    expect(err).toContain('error[P603]')
    expect(err.match(/P603/g)).toHaveLength(1)
  })

  test('what it asked to wait is told when the files are understood', async () => {
    let refused = 0
    const { world } = watched((request, at) =>
      (refused += 1) === 1
        ? Promise.resolve(new Response('{}', { status: 429, headers: { 'retry-after': '5' } }))
        : at.server.fetch(request)
    )
    const { code, err } = await world.run('plan')
    expect(code).toBe(0)
    expect(err).toContain('throttled by the service')
  })
})

describe('nothing is asked early', () => {
  const assertNothingSent = async (options: SandboxOptions, ...words: string[]): Promise<void> => {
    const { world, sent } = watched(answering, options)
    await world.run('plan', ...words)
    expect(sent).toEqual([])
  }
  const files = { 'configs/a.yaml': broken }

  test('where no person says the address: a file might (R35)', async () => {
    const url = 'workspace: { url: https://elsewhere.test }\n'
    const noAddress = { POLYTOMIC_URL: undefined }
    await assertNothingSent({ files, env: noAddress })
    await assertNothingSent({ files: { 'configs/a.yaml': `${url}${broken}` }, env: noAddress })
    await assertNothingSent(
      { files: { ...files, 'e.env': 'POLYTOMIC_URL=https://elsewhere.test\n' }, env: noAddress },
      '--env-file',
      'e.env'
    )
  })

  test('without a key, and with one that needs an organization that files name', async () => {
    await assertNothingSent({ files, env: { POLYTOMIC_API_KEY: undefined } })
    const organization = 'workspace: { organization: 11111111-1111-1111-1111-111111111111 }\n'
    const partner = { POLYTOMIC_API_KEY: undefined, POLYTOMIC_PARTNER_KEY: 'partner' }
    await assertNothingSent({ files: { 'configs/a.yaml': `${organization}${broken}` }, env: partner })
  })

  test('where files may say the version of the API: it goes with each request', async () => {
    const version = 'workspace: { api_version: "2024-02-08" }\n'
    await assertNothingSent({ files: { 'configs/a.yaml': `${version}${broken}` } })
    const { world, sent, early } = watched(answering, {
      files: { 'configs/a.yaml': `${version}${tutorial}` }
    })
    await world.run('plan')
    expect(early()).toBe(0)
    expect(new Set(sent.map(({ headers }) => headers.get('x-polytomic-version')))).toEqual(
      new Set(['2024-02-08'])
    )
  })

  test('where not all that is declared is looked at', async () => {
    await assertNothingSent({ files }, '--only', 'sync *')
    await assertNothingSent({ files }, '--kind', 'model')
  })

  test('where files cannot be read', async () => {
    await assertNothingSent({}, '-f', 'configs/a.yaml', '-f', 'missing.yaml')
  })
})

describe('a glance at the files', () => {
  const seen = (text: string): string[] => glanceAt([text], kinds).kinds.map(({ name }) => name)

  test('sees sections that have an item', () => {
    expect(seen(tutorial)).toEqual(['connection', 'model', 'sync'])
    expect(seen(tutorial.replaceAll('\n', '\r\n'))).toEqual(['connection', 'model', 'sync'])
    expect(seen('syncs: # all\n\n  # the first\n- name: A\n')).toEqual(['sync'])
  })

  test('sees nothing that is not there', () => {
    for (const text of [
      'syncs: []\n',
      'syncs:\nmodels:\n',
      'syncs:\n# - name: A\n',
      '# syncs:\n#  - name: A\n',
      'x-notes: |\n  syncs:\n    - name: A\n',
      'x-defaults:\n  syncs:\n    - name: A\n',
      'removed:\n  syncs:\n    - A\n',
      'old-syncs:\n  - name: A\n',
      'syncs:\n  name: A\n'
    ])
      expect([text, seen(text)]).toEqual([text, []])
  })
})
