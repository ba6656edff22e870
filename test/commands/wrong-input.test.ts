import { chmodSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createSandbox, tutorial, type Ran, type Sandbox } from '../support/sandbox.ts'

const root = process.getuid?.() === 0

/** One outcome: a code, a frame with the place where there is one, an exit code, and never a stack. */
function expectProblem(ran: Ran, code: string, exitCode: number, place?: string): void {
  const seen = ran.out + ran.err
  expect(seen).toContain(`[${code}]`)
  expect(ran.code, seen).toBe(exitCode)
  if (place !== undefined) expect(seen).toContain(`--> ${place}`)
  expect(seen).not.toMatch(/ {4}at .*:\d+:\d+/)
}

const texts: [what: string, text: string, code: string, place: string][] = [
  ['bad YAML', 'connections: [\n', 'P001', 'configs/a.yaml:2:1'],
  ['a tab', 'connections:\n\t- name: x\n', 'P002', 'configs/a.yaml:2:1'],
  [
    'a duplicate key',
    'connections:\n  - name: x\n    name: y\n    type: mongodb\n',
    'P003',
    'configs/a.yaml:3:5'
  ],
  ['an unknown field', 'connections:\n  - { name: x, typ: mongodb }\n', 'P101', 'configs/a.yaml:2:16'],
  [
    'a wrong type',
    'connections:\n  - { name: x, type: postgresql, configuration: { port: many } }\n',
    'P102',
    'configs/a.yaml:2:57'
  ],
  [
    'an unknown connection type',
    'connections:\n  - { name: x, type: mongo }\n',
    'P106',
    'configs/a.yaml:2:22'
  ],
  [
    'a missing variable',
    'connections:\n  - { name: "${var:who}", type: mongodb }\n',
    'P305',
    'configs/a.yaml:2:14'
  ],
  [
    'a missing environment variable',
    'connections:\n  - { name: x, type: mongodb, configuration: { hosts: "${env:NO_SUCH}" } }\n',
    'P301',
    'configs/a.yaml:2:56'
  ],
  ['an empty file', '', 'P010', 'configs/a.yaml:1:1'],
  [
    'a name used twice',
    'connections:\n  - { name: x, type: mongodb }\n  - { name: x, type: mongodb }\n',
    'P202',
    'configs/a.yaml:3:13'
  ],
  [
    'a circle',
    `connections: [{ name: C, type: mongodb, configuration: { hosts: h } }]
models: [{ name: M, connection: C, configuration: {} }]
syncs:
  - &one
    name: a
    schedule: { frequency: runafter, run_after: { syncs: [b] } }
    mode: create
    model: M
    fields: [{ source: x, target: X }]
    target: { connection: C, object: O }
  - { <<: *one, name: b, schedule: { frequency: runafter, run_after: { syncs: [a] } } }
`,
    'P203',
    'configs/a.yaml:6:59'
  ]
]

describe('wrong files', () => {
  test.each(texts)('%s', async (_what, text, code, place) => {
    const world = createSandbox({ files: { 'configs/a.yaml': text } })
    for (const command of ['validate', 'plan', 'apply', 'drift'])
      expectProblem(await world.run(command), code, 3, place)
    // Lists may be asked for while files are still being read.
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })

  test('an unknown name is told with the place and what is similar', async () => {
    const world = createSandbox({
      files: {
        'configs/a.yaml': tutorial.replace(
          'connection: MongoDB Connection',
          'connection: MongoDB Conection'
        )
      }
    })
    expectProblem(await world.run('plan'), 'P402', 3, 'configs/a.yaml:11:17')
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })

  test('an ambiguous name is told with every id, and nothing is written', async () => {
    const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env: { MONGODB_PASSWORD: 'x' } })
    await world.run('apply', '--yes')
    const [first, second] = world.server.store.all('connection')
    world.server.store.edit('connection', first!.id, { name: 'MongoDB Connection' })
    world.server.store.edit('connection', second!.id, { name: 'MongoDB Connection' })
    world.requests()
    const ran = await world.run('apply', '--yes')
    expectProblem(ran, 'P401', 3, 'configs/a.yaml:3:11')
    expect(ran.err).toContain(first!.id)
    expect(ran.err).toContain(second!.id)
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })

  test('a file over 10 MB', async () => {
    const world = createSandbox({ files: { 'configs/big.yaml': `# ${'x'.repeat(11 * 1024 * 1024)}\n` } })
    expectProblem(await world.run('validate'), 'P007', 3)
  })

  test('a folder without files, and no folder at all', async () => {
    const world = createSandbox()
    expectProblem(await world.run('validate'), 'P009', 3)
    mkdirSync(join(world.folder, 'configs'))
    expectProblem(await world.run('plan'), 'P009', 3)
    expectProblem(await world.run('plan', '-f', 'nowhere'), 'P008', 3)
  })

  test('a link to nothing cannot be read', async () => {
    const world = createSandbox({ files: { 'configs/a.yaml': tutorial } })
    symlinkSync('nowhere.yaml', join(world.folder, 'configs/b.yaml'))
    expectProblem(await world.run('plan'), 'P008', 3, 'configs/b.yaml')
  })

  // The superuser may read everything, so this shows nothing for that user.
  test.skipIf(root)('a file that cannot be read', async () => {
    const world = createSandbox({ files: { 'configs/a.yaml': tutorial } })
    chmodSync(join(world.folder, 'configs/a.yaml'), 0)
    expectProblem(await world.run('validate'), 'P008', 3)
  })
})

describe('a wrong service', () => {
  const files = { 'configs/a.yaml': tutorial }

  test('a key that is refused', async () => {
    const world = createSandbox({ files, env: { POLYTOMIC_API_KEY: 'wrong' } })
    expectProblem(await world.run('plan'), 'P604', 4)
  })

  test('no key at all', async () => {
    const world = createSandbox({ files, env: { POLYTOMIC_API_KEY: '' } })
    expectProblem(await world.run('plan'), 'P616', 4)
    expect(world.requests()).toEqual([])
  })

  test('a key of another organization', async () => {
    const world = createSandbox({
      files: { 'configs/a.yaml': `workspace: { organization: Acme }\n${tutorial}` }
    })
    expectProblem(await world.run('apply', '--yes'), 'P403', 4, 'configs/a.yaml:1:28')
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })

  test.each([
    'ftp://example.com',
    'not an address',
    'https://user:pass@example.com',
    'https://example.com/?q=1'
  ])('the address %s', async (url) => {
    const world = createSandbox({ files })
    const ran = await world.run('plan', '--url', url)
    expectProblem(ran, 'P617', 3)
    expect(ran.err).not.toContain('pass@')
  })

  test('an address where nobody listens', async () => {
    const world = createSandbox({ files, io: { fetch: (request) => fetch(request) } })
    expectProblem(await world.run('plan', '--url', 'http://127.0.0.1:1'), 'P603', 4)
  })

  const answers: [what: string, answer: () => Response, code: string][] = [
    [
      'a web page',
      () =>
        new Response('<!doctype html><title>Sign in</title>', { headers: { 'content-type': 'text/html' } }),
      'P610'
    ],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.example.com/' } }),
      'P611'
    ],
    ['JSON of another shape', () => Response.json({ hello: 'world' }), 'P612'],
    ['nothing', () => new Response(null, { status: 204 }), 'P612'],
    ['403', () => Response.json({ message: 'no' }, { status: 403 }), 'P605'],
    ['404', () => Response.json({ message: 'no' }, { status: 404 }), 'P606'],
    [
      '422 with words',
      () => Response.json({ message: 'the words of the service' }, { status: 422 }),
      'P601'
    ],
    ['429 for ever', () => Response.json({ message: 'slow' }, { status: 429 }), 'P608'],
    ['500 for ever', () => new Response('oops', { status: 500 }), 'P609'],
    [
      'the old shape of 401',
      () => Response.json({ code: 1, error: 'bad key', status: 'Unauthorized' }, { status: 401 }),
      'P604'
    ]
  ]
  test.each(answers)('that answers %s', async (_what, answer, code) => {
    const world = createSandbox({ files, io: { fetch: async () => answer() } })
    expectProblem(await world.run('plan'), code, 4)
  })

  test('a list that never ends is left', async () => {
    const fetch = async (request: Request): Promise<Response> =>
      request.url.endsWith('/me')
        ? Response.json({ data: { organization_id: 'o', organization_name: 'O' } })
        : Response.json({ data: [{ id: 'a', name: 'a' }], pagination: { next_page_token: 'again' } })
    const world = createSandbox({ files, io: { fetch } })
    expectProblem(await world.run('plan'), 'P612', 4)
  })

  test('an answer that never comes', async () => {
    const world = createSandbox({
      files,
      io: {
        fetch: (_request, { cut } = {}) =>
          new Promise((_, reject) => cut?.addEventListener('abort', () => reject(cut.reason as Error)))
      }
    })
    expectProblem(await world.run('plan', '--timeout', '1'), 'P613', 4)
  })
})

describe('wrong words', () => {
  test.each([
    [['plam'], 'plan'],
    [['plan', '--detailed-exit-code'], '--detailed-exitcode'],
    [['plan', '--format', 'xml'], 'json'],
    [['plan', '--parallelism', 'many'], 'whole number'],
    [['plan', '--var', 'novalue'], 'name=value'],
    [['connect'], 'connection'],
    [['explain', 'P999'], 'explain']
  ])('%j: exit 3, with what would be right', async (words, hint) => {
    const ran = await createSandbox().run(...words)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain(hint)
  })

  test('help is no error', async () => {
    const world = createSandbox()
    for (const words of [['--help'], ['help', 'plan'], ['apply', '--help'], ['--version']]) {
      const ran = await world.run(...words)
      expect(ran.code).toBe(0)
      expect(ran.err).toBe('')
    }
  })

  test('the version is that of the package', async () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')
    const { version } = JSON.parse(text) as { version: string }
    expect((await createSandbox().run('--version')).out).toBe(`${version}\n`)
  })

  test('every command has an example in its help', async () => {
    const world = createSandbox()
    const overview = (await world.run('--help')).out
    const commands = [...overview.matchAll(/^ {2}([a-z]+) /gm)]
      .map((found) => found[1]!)
      .filter((name) => name !== 'help')
    expect(commands.length).toBeGreaterThan(10)
    for (const name of commands) expect((await world.run(name, '--help')).out, name).toContain('Example')
  })
})

describe('commands that read', () => {
  test('send no write, whatever there is to see', async () => {
    const world: Sandbox = createSandbox({
      files: { 'configs/a.yaml': tutorial },
      env: { MONGODB_PASSWORD: 'x' }
    })
    const reading = [
      ['validate'],
      ['plan'],
      ['drift'],
      ['plan', '--format', 'json'],
      ['sources', 'MongoDB Connection'],
      ['targets', 'MongoDB Connection'],
      ['explain', 'P101'],
      ['schema']
    ]
    const all = async (): Promise<void> => {
      for (const words of reading) await world.run(...words)
    }
    await all()
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
    await world.run('apply', '--yes')
    world.requests()
    await all()
    world.write({
      'configs/a.yaml': tutorial.replace('LastName', 'Title').replace('username: user', 'username: other')
    })
    await all()
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })
})

test('what was typed does not act on the terminal, and a value that was meant for a variable is not repeated', async () => {
  const world = createSandbox({ files: {} })
  const odd = await world.run('validate', '--\u001b[31mred\u202e')
  expect(odd.code).toBe(3)
  expect(odd.err).toContain('\\x1b[31mred\\u202e')
  expect(odd.out + odd.err).not.toMatch(/[\p{Cf}]|(?!\n)\p{Cc}/u)
  for (const format of ['text', 'json']) {
    for (const words of [
      ['validate', '--var', 'S3cretHunter2'],
      ['sources', 'E', '--param', 'S3cretHunter2']
    ]) {
      const ran = await world.run(...words, '--format', format)
      expect(ran.code).toBe(3)
      expect(ran.out + ran.err).toContain(`option '${words.at(-2)}' is written name=value`)
      expect(ran.out + ran.err).not.toContain('S3cretHunter2')
    }
  }
})

test('without a command the help is what was wanted: nothing is wrong', async () => {
  const { code, out, err } = await createSandbox().run()
  expect(code).toBe(0)
  expect(out + err).toContain('Usage: polyctl')
  expect(out + err).not.toContain('Run it with --help')
})

test.each(['validate', 'plan', 'apply', 'drift'])(
  'the options of %s stand in groups, with examples',
  async (name) => {
    const { out, code } = await createSandbox().run(name, '--help')
    expect(code).toBe(0)
    expect(out).toMatch(
      /^Files:\n {2}-f, --file[\s\S]*^Output:\n {2}--format[\s\S]*^Examples:\n {2}polyctl .*\n {2}polyctl /m
    )
  }
)
