import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import about from '../../package.json' with { type: 'json' }
import { connectionTypes } from '../../src/kinds/connection-types.ts'
import { kinds } from '../../src/kinds/index.ts'
import { isObject, type Json, type JsonObject } from '../../src/state/value.ts'
import { fromSchema } from '../support/from-schema.ts'
import { isBuilt } from '../support/program.ts'
import { isFew, spread } from '../support/samples.ts'
import { createSandbox } from '../support/sandbox.ts'

/** The program as it is published: built, packed, and unpacked where no package is near that it could lean on. */

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'polyctl-packed-'))
const unpacked = join(folder, 'package')

beforeAll(() => {
  const words = ['pack', '--silent', '--pack-destination', folder, ...(isBuilt ? ['--ignore-scripts'] : [])]
  execFileSync('npm', words, { cwd: root, stdio: 'pipe' })
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  execFileSync('tar', ['-xzf', archive ?? 'no archive'], { cwd: folder })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function packed(words: string[], env: Record<string, string> = {}) {
  const bin = join(unpacked, about.bin.polyctl)
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, POLYTOMIC_URL: '', POLYTOMIC_API_KEY: '', NO_COLOR: '1', ...env }
  })
  return { status, stdout, stderr }
}

const files = `
connections:
  - { name: Store, type: postgresql, configuration: { hostname: pg.example.com, database: d, username: u, password: "\${env:PW}" } }
models:
  - { name: Users, connection: Store, configuration: { schema: public, table: users }, identifier: id }
`

test('no part of the program imports by itself: Node would warn of it on the screen', () => {
  const parts = readdirSync(join(unpacked, '.dist')).filter((name) => name.endsWith('.cjs'))
  const importing = parts.filter((name) =>
    /\bimport\(/.test(readFileSync(join(unpacked, '.dist', name), 'utf8'))
  )
  expect(parts.length).toBeGreaterThan(10)
  expect(importing).toEqual([])
})

test('the package holds what was built, and no sources or tests', () => {
  expect(readdirSync(unpacked).toSorted()).toEqual([
    '.dist',
    '.github',
    '.runtime',
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'configs',
    'package.json',
    'schemas'
  ])
  expect(readdirSync(join(unpacked, '.runtime')).toSorted()).toEqual([
    'check-node.cjs',
    'load.cjs',
    'polyctl.cjs'
  ])
  expect(existsSync(join(unpacked, 'node_modules'))).toBe(false)
})

test('it tells its version', () => {
  expect(packed(['--version'])).toEqual({ status: 0, stdout: `${about.version}\n`, stderr: '' })
})

test('every command prints its help', () => {
  const { stdout } = packed(['--help'])
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name = '']) => name)
  expect(commands).toContain('apply')
  const failed = spread(commands, 4).filter((name) => packed([name, '--help']).status !== 0)
  expect(failed).toEqual([])
})

test('it reads files, and plans against its own server', () => {
  const path = join(folder, 'files.yaml')
  writeFileSync(path, files)
  const validated = packed(['validate', '-f', path], { PW: 'x' })
  expect(validated).toEqual({ status: 0, stdout: 'Valid: 2 resources in 1 file.\n', stderr: '' })
  const planned = packed(['plan', '--local', '-f', path], { PW: 'x' })
  expect(planned.stderr).toBe('')
  expect(planned.stdout).toContain('2 to create')
})

/** Every field of every kind and of every type of connection, with all that it may not be, and some that it may. */
function wrongResources(): JsonObject {
  const values: Json[] = [
    1,
    1.5,
    '',
    'text',
    true,
    [],
    ['text'],
    {},
    { text: 1 },
    null,
    'https://a.example',
    'a@b'
  ]
  const broken = (schema: { properties?: unknown }): JsonObject[] => {
    const keys = Object.keys(schema.properties ?? {})
    return spread(values, 5).map((value) => Object.fromEntries(keys.map((key) => [key, value])))
  }
  const typed = Object.keys(connectionTypes).flatMap((type) =>
    broken({ properties: { unknown_setting: true, ...connectionTypes[type]!.fields } }).map(
      (configuration, index) => ({ name: `${type} ${index}`, type, configuration })
    )
  )
  const sections = kinds.managed.map(({ name, section, schema }, index): [string, JsonObject[]] => [
    section,
    [
      ...broken(schema),
      ...fc.sample(fromSchema(schema), { numRuns: isFew ? 3 : 12, seed: index }).filter(isObject),
      ...(name === 'connection' ? typed : [])
    ]
  ])
  return Object.fromEntries(sections)
}

test('its validators, compiled before, say of each mistake what those of the sources say', async () => {
  const wrong = { ...wrongResources(), variables: { '1': 2, host: { type: 'text', other: 1 } }, unknown: 1 }
  const path = join(folder, 'wrong.yaml')
  writeFileSync(path, JSON.stringify(wrong))
  const words = ['validate', '--format', 'json', '-f', path]
  const sources = await createSandbox({ io: { cwd: folder } }).run(...words)
  const { status, stdout } = packed(words)
  expect(status).toBe(3)
  const { problems } = JSON.parse(stdout) as { problems: unknown[] }
  expect(problems.length).toBeGreaterThan(isFew ? 700 : 5_000)
  expect(stdout === sources.out).toBe(true)
})

test('it reads a broken file with the parser that it loads for it alone', () => {
  const path = join(folder, 'broken.yaml')
  writeFileSync(path, 'models: [\n')
  const { status, stderr } = packed(['validate', '-f', path])
  expect(status).toBe(3)
  expect(stderr).toContain('error[P001]: `[` is not closed')
})

test.each([
  ['--help', ['--help']],
  ['validate of a good file', ['validate', '-f', 'good.yaml']]
])('%s loads nothing of Node that it does not need', (_name, words) => {
  writeFileSync(join(folder, 'good.yaml'), 'roles: [{ name: readers }]\n')
  // The first run of a command keeps its code for the others.
  packed(words)
  const list = join(folder, 'loaded.txt')
  const preload = join(root, 'test', 'support', 'loaded-modules.cjs')
  const run = packed(words, { LOADED_MODULES: list, NODE_OPTIONS: `--require ${JSON.stringify(preload)}` })
  expect(run.status, run.stderr).toBe(0)
  const loaded = new Set(readFileSync(list, 'utf8').split('\n'))
  expect(loaded).toContain('NativeModule fs')
  const heavy = [
    'child_process',
    'crypto',
    'http',
    'https',
    'v8',
    'internal/fs/promises',
    'internal/fs/streams'
  ]
  expect(heavy.filter((name) => loaded.has(`NativeModule ${name}`))).toEqual([])
})

describe('the code that is kept between runs', () => {
  const good = join(folder, 'kept.yaml')
  /** Runs `validate`, and returns the file with its code, if there is one. */
  const run = (
    cache: string,
    words: string[] = ['validate', '-f', good],
    env: Record<string, string> = {}
  ) => {
    writeFileSync(good, 'roles: [{ name: readers }]\n')
    const { status, stderr } = packed(words, { NODE_COMPILE_CACHE: cache, ...env })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return inside(cache)
  }
  const inside = (cache: string): string[] => {
    const all = existsSync(cache) ? readdirSync(cache, { recursive: true, encoding: 'utf8' }) : []
    return all.filter((name) => /polyctl-[^/\\]*$/.test(name)).map((name) => join(cache, name))
  }
  /** What the first run keeps: made once, for all that begin after it. */
  const first = join(folder, 'cache-first')
  const kept = (cache: string): string => {
    const [file = ''] = existsSync(first) ? inside(first) : run(first)
    const own = join(cache, relative(first, file))
    mkdirSync(dirname(own), { recursive: true, mode: 0o700 })
    copyFileSync(file, own)
    return own
  }
  const identityOf = (file: string) => {
    const { ino, mtimeMs, size } = statSync(file)
    return { ino, mtimeMs, size }
  }

  test('is written by the first run, and taken by the next', () => {
    const cache = join(folder, 'cache-once')
    const file = kept(cache)
    const before = identityOf(file)
    expect(before.size).toBeGreaterThan(200_000)
    expect(run(cache)).toEqual([file])
    expect(identityOf(file)).toEqual(before)
    expect(run(cache, ['validate', '-f', good, '--format', 'json'])).toEqual([file])
    // What only this run needed came to it.
    expect(statSync(file).size).toBeGreaterThan(before.size)
  })

  test('is another for each command', () => {
    const cache = join(folder, 'cache-commands')
    const [one = ''] = run(cache)
    expect(run(cache, ['--help']).filter((file) => file !== one)).toEqual([
      expect.stringMatching(/-other$/)
    ])
  })

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1_000)],
    ['empty', () => Buffer.alloc(0)],
    ['of another version of V8', (bytes: Buffer) => garbled(bytes)]
  ])('is made again where it is %s', (name, spoil) => {
    const cache = join(folder, `cache-${name}`)
    const file = kept(cache)
    const spoiled = spoil(readFileSync(file))
    writeFileSync(file, spoiled)
    expect(run(cache)).toEqual([file])
    const again = readFileSync(file)
    expect(again.length).toBeGreaterThan(200_000)
    expect(again.equals(spoiled)).toBe(false)
  })

  test.skipIf(process.platform === 'win32')('is not taken where others could have written it', () => {
    const cache = join(folder, 'cache-others')
    const file = kept(cache)
    chmodSync(file, 0o666)
    expect(run(cache)).toEqual([file])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('is the same for large files, for which a flag of V8 is changed on the way', () => {
    const cache = join(folder, 'cache-flags')
    const large = join(folder, 'large.yaml')
    // A mebibyte is large, whatever it says.
    writeFileSync(large, `${'# much to read\n'.repeat(80_000)}roles: [{ name: readers }]\n`)
    const [file = ''] = run(cache, ['validate', '-f', large])
    const before = identityOf(file)
    run(cache)
    run(cache, ['validate', '-f', large])
    expect(identityOf(file)).toEqual(before)
  })

  test('is neither written nor read where Node is not to keep any', () => {
    expect(run(join(folder, 'cache-none'), undefined, { NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual([])
  })
})

/** The same file, with every code in it from elsewhere. */
function garbled(bytes: Buffer): Buffer {
  const table = bytes.readUInt32LE(4)
  return Buffer.concat([bytes.subarray(0, 16), bytes.subarray(16, table).fill(7), bytes.subarray(table)])
}
