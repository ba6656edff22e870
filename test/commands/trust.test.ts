import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { samples, share } from '../support/samples.ts'
import { createSandbox, type Ran, type SandboxOptions } from '../support/sandbox.ts'

const key = 'planted-key-of-the-organization'
const connection = `
connections:
  - { name: Store, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u } }
`

interface Reached extends Ran {
  /** Origins that the key was sent to. */
  keyed: string[]
}

/** Runs a command where every request is answered 401, and tells where the key went. */
async function reach(words: string[], options: SandboxOptions): Promise<Reached> {
  const keyed: string[] = []
  const world = createSandbox({
    ...options,
    env: { POLYTOMIC_URL: undefined, POLYTOMIC_API_KEY: key, ...options.env },
    io: {
      fetch: async (request) => {
        if (request.headers.get('authorization') !== null) keyed.push(new URL(request.url).origin)
        return new Response('{"message":"no"}', { status: 401 })
      }
    }
  })
  return { ...(await world.run(...words)), keyed }
}

function declared(url: string): Record<string, string> {
  return { 'configs/a.yaml': `workspace: { url: ${JSON.stringify(url)} }\n${connection}` }
}

const commands = [
  ['plan'],
  ['drift'],
  ['apply', '--yes'],
  ['destroy', '--yes'],
  ['connect', 'Store', '--no-wait'],
  ['sources', 'Store'],
  ['targets', 'Store']
]

const spellings = [
  'http://other.example',
  'https://other.example',
  'other.example',
  'HTTPS://OTHER.EXAMPLE',
  'https://other.example:443/',
  'https://app.polytomic.com.other.example',
  'https://app.polytomic.com@other.example',
  'https://app.polytomic.com:x@other.example/',
  'https://other.example\\@app.polytomic.com',
  'https:\\\\other.example',
  'https:other.example',
  'https:///other.example',
  '//other.example',
  'https://other.example#.app.polytomic.com',
  'https://other.example?.app.polytomic.com',
  'https://other.example/app.polytomic.com',
  'https://app.polytomic.com.',
  'https://app.polytomic.com:8443',
  'http://app.polytomic.com',
  'http://app.polytomic.com:443',
  'https://app.polytоmic.com',
  'https://app。polytomic。com.other.example',
  'https://аpp.polytomic.com',
  'https://app\tpoly\ntomic.com',
  ' https://other.example ',
  'http://127.0.0.1:9',
  'http://127.1:9',
  'http://2130706433:9',
  'http://0x7f.0.0.1:9',
  'http://0177.0.0.1:9',
  'http://[::1]:9',
  'http://[::ffff:127.0.0.1]:9',
  'http://0.0.0.0:9',
  'http://localhost:9',
  'http://localhost.other.example',
  'http://127.0.0.1.other.example',
  'ftp://other.example',
  'javascript://other.example'
]

const pieces = [
  ...'http https : / // \\ @ # ? . [ ] %2e 0 x :9 \t \u3002 127.0.0.1 localhost'.split(' '),
  ' ',
  'app.polytomic.com',
  'other.example',
  '${env:HOST:-other.example}'
]

describe('an address that only a file names gets no key', () => {
  test.each(commands)('%s', async (...words) => {
    const command = commands.findIndex(([name]) => name === words[0])
    for (const url of share(spellings, command % 5, 5)) {
      const ran = await reach(words, { files: declared(url) })
      expect(ran.keyed, url).toEqual([])
      expect([3, 7], `${url}: ${ran.err}`).toContain(ran.code)
      expect(ran.err).toMatch(/error\[P(105|617|623)\]/)
      expect(ran.err).toContain('configs/a.yaml:1:')
    }
  })

  test.each(commands)(
    'nor one of an environment file, whatever else stands in it: %s',
    async (...words) => {
      for (const url of ['https://other.example', 'http://127.0.0.1:9']) {
        const { host } = new URL(url)
        const own = `A=1\nPOLYTOMIC_URL=${url}\nPOLYCTL_ALLOWED_HOSTS=${host}\n`
        const ran = await reach([...words, '--env-file', 'ci.env'], {
          files: { 'configs/a.yaml': connection, 'ci.env': own }
        })
        expect(ran).toMatchObject({ keyed: [], code: 7 })
        expect(ran.err).toContain('ci.env:2:1')
        const other = `POLYCTL_ALLOWED_HOSTS=${host}\nPOLYTOMIC_DEPLOYMENT_URL=${url}\n`
        const both = await reach([...words, '--env-file', 'ci.env'], {
          files: { ...declared(url), 'ci.env': other }
        })
        expect(both).toMatchObject({ keyed: [], code: 7 })
      }
    }
  )

  test('nor with a key of many organizations', async () => {
    const files = { 'configs/a.yaml': connection, 'ci.env': 'POLYTOMIC_URL=https://other.example' }
    const env = { POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: key }
    const ran = await reach(['plan', '--all-organizations', '--env-file', 'ci.env'], { files, env })
    expect(ran).toMatchObject({ keyed: [], code: 7 })
  })

  test('whatever is written there', async () => {
    const piece = fc.constantFrom(...pieces)
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 8 }), async (parts) => {
        const ran = await reach(['plan'], { files: declared(parts.join('')) })
        expect(ran.keyed.filter((origin) => origin !== 'https://app.polytomic.com')).toEqual([])
      }),
      samples(150)
    )
  })
})

const files = declared('https://other.example:8443/base')

describe('what a person says', () => {
  test.each<[string, string[], Record<string, string>, Record<string, string>, string | undefined]>([
    ['the hosted service', [], {}, declared('https://app.polytomic.com'), 'https://app.polytomic.com'],
    ['the option', ['--url', 'https://mine.example'], {}, files, 'https://mine.example'],
    ['a variable', [], { POLYTOMIC_URL: 'mine.example' }, files, 'https://mine.example'],
    ['the other', [], { POLYTOMIC_DEPLOYMENT_URL: 'mine.example' }, files, 'https://mine.example'],
    ['--allow-host', ['--allow-host', 'other.example:8443'], {}, files, 'https://other.example:8443'],
    ['any case', ['--allow-host', 'OTHER.example:8443'], {}, files, 'https://other.example:8443'],
    [
      'a list',
      [],
      { POLYCTL_ALLOWED_HOSTS: 'a.example, other.example:8443' },
      files,
      'https://other.example:8443'
    ],
    ['another port', ['--allow-host', 'other.example'], {}, files, undefined],
    ['another host', ['--allow-host', 'another.example:8443'], {}, files, undefined],
    ['a part of it', ['--allow-host', 'example:8443'], {}, files, undefined],
    ['a dot behind', ['--allow-host', 'other.example.:8443'], {}, files, undefined],
    [
      'another address',
      ['--url', 'https://mine.example', '--allow-host', 'other.example'],
      {},
      files,
      'https://mine.example'
    ]
  ])('%s', async (_what, words, env, all, origin) => {
    const ran = await reach(['plan', ...words], { files: all, env })
    expect([...new Set(ran.keyed)]).toEqual(origin === undefined ? [] : [origin])
    expect(ran.code).toBe(origin === undefined ? 7 : 4)
  })

  test.each(['*', '*.example', 'https://other.example:8443', 'other.example/x', 'a@b', ' ', 'a b'])(
    'no pattern is a host: %s',
    async (host) => {
      const ran = await reach(['plan', '--allow-host', host], { files })
      expect(ran).toMatchObject({ keyed: [], code: 3 })
      expect(ran.err).toContain('P617')
    }
  )

  test('following the advice works', async () => {
    const { err } = await reach(['plan'], { files })
    expect(err).toContain('-->')
    const advised = /`(--allow-host \S+)`/.exec(err)?.[1]?.split(' ') ?? []
    expect((await reach(['plan', ...advised], { files })).keyed).not.toEqual([])
    const variable = /set POLYCTL_ALLOWED_HOSTS=(\S+)/.exec(err)?.[1] ?? ''
    const env = { POLYCTL_ALLOWED_HOSTS: variable }
    expect((await reach(['plan'], { files, env })).keyed).not.toEqual([])
    const url = /`(--url \S+)`/.exec(err)?.[1]?.split(' ') ?? []
    expect((await reach(['plan', ...url], { files })).keyed).not.toEqual([])
  })
})

describe('plain http', () => {
  const far = [
    'http://other.example',
    'http://127.0.0.1.other.example',
    'http://localhost.other.example',
    'http://10.0.0.1'
  ]
  const odd = [
    'http://localhost.',
    'http://0.0.0.0',
    'http://[::]',
    'http://[::ffff:7f00:1]',
    'http://1270.0.0.1.x'
  ]
  const near = [
    'http://127.0.0.1:9',
    'http://localhost:9',
    'http://[::1]:9',
    'http://127.255.1.2',
    'http://2130706433'
  ]
  test.each([...far, ...odd])('beyond this machine needs a word: %s', async (url) => {
    const named = await reach(['plan', '--url', url], { files: { 'configs/a.yaml': connection } })
    expect(named).toMatchObject({ keyed: [], code: 7 })
    expect(named.err).toContain('--insecure-http')
    const set = await reach(['plan'], { files: declared(url), env: { POLYTOMIC_URL: url } })
    expect(set).toMatchObject({ keyed: [], code: 7 })
    const said = await reach(['plan', '--url', url, '--insecure-http'], {
      files: { 'configs/a.yaml': connection }
    })
    expect(said.keyed).not.toEqual([])
    const declaredOnly = await reach(['plan', '--insecure-http'], { files: declared(url) })
    expect(declaredOnly).toMatchObject({ keyed: [], code: 7 })
  })

  test.each(near)('to this machine needs none: %s', async (url) => {
    const ran = await reach(['plan', '--url', url], { files: { 'configs/a.yaml': connection } })
    expect(ran.keyed).not.toEqual([])
  })
})

test('each source that is set, but empty, is called by its name', async () => {
  for (const name of ['POLYTOMIC_URL', 'POLYTOMIC_DEPLOYMENT_URL']) {
    const ran = await reach(['plan'], { files: { 'configs/a.yaml': connection }, env: { [name]: '' } })
    expect(ran).toMatchObject({ keyed: [], code: 3 })
    expect(ran.err).toContain(`${name} is set, but empty`)
  }
})

describe('a key of polyctl itself stands nowhere', () => {
  const names = [
    'POLYTOMIC_API_KEY',
    'POLYTOMIC_PARTNER_KEY',
    'POLYTOMIC_DEPLOYMENT_KEY',
    'polytomic_api_key'
  ]
  const places: [string, (text: string) => string][] = [
    ['an open field', (text) => `roles: [{ name: "${text}" }]`],
    ['a piece of one', (text) => `roles: [{ name: "a ${text} b" }]`],
    [
      'a secret',
      (text) =>
        `connections: [{ name: a, type: mongodb, configuration: { hosts: h, password: "${text}" } }]`
    ],
    ['the address', (text) => `workspace: { url: "https://${text}.other.example" }\nroles: [{ name: a }]`],
    ['what is removed', (text) => `removed: { roles: ["${text}"] }`],
    ['a default', (text) => `variables: { x: { default: "${text}" } }\nroles: [{ name: "\${var:x}" }]`]
  ]
  test.each(places)('%s', async (_where, place) => {
    for (const name of names) {
      for (const text of [`\${env:${name}}`, `\${env:${name}:-nothing}`]) {
        const ran = await reach(['plan'], {
          files: { 'configs/a.yaml': place(text) },
          env: { [name]: key }
        })
        expect(ran, text).toMatchObject({ keyed: [], code: 3 })
        expect(ran.err).toContain('error[P625]')
        expect(ran.err).toMatch(/^ *--> configs\/a\.yaml:/m)
        expect(ran.err).toMatch(/POLYTOMIC_API_KEY|needed here/)
        expect(ran.out + ran.err).not.toContain(key)
      }
    }
  })

  test.each<[string, string, string[]]>([
    ['another variable', '${env:COPY}', []],
    ['a variable of the files', '${var:x}', ['--var', `x=${key}`]],
    ['a file of variables', '${var:x}', ['--var-file', 'vars.yaml']],
    ['an environment file', '${file:../ci.env}', []],
    ['an environment file that is read', '${env:COPY2}', ['--env-file', 'ci.env']]
  ])('by way of %s', async (_what, text, words) => {
    const ran = await reach(['plan', ...words], {
      files: {
        'configs/a.yaml': `variables: { x: {} }\nroles: [{ name: "${text}" }]`,
        'ci.env': `COPY2=${key}\n`,
        'vars.yaml': 'x: "${env:POLYTOMIC_API_KEY}"\n'
      },
      env: { COPY: key }
    })
    expect(ran).toMatchObject({ keyed: [], code: 3 })
    expect(ran.err).toContain('error[P625]')
    expect(ran.out + ran.err).not.toContain(key)
  })
})
