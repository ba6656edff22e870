import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import about from '../../package.json' with { type: 'json' }

/** The program as it is published: built, packed, and unpacked where no package is near that it could lean on. */

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'polyctl-packed-'))
const unpacked = join(folder, 'package')

beforeAll(() => {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, stdio: 'pipe' })
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  execFileSync('tar', ['-xzf', archive ?? 'no archive'], { cwd: folder })
}, 0)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function packed(words: string[], env: Record<string, string> = {}) {
  const bin = join(unpacked, about.bin.polyctl)
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], {
    cwd: folder,
    encoding: 'utf8',
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

test('the package holds what was built, and no sources or tests', () => {
  expect(readdirSync(unpacked).toSorted()).toEqual([
    '.dist',
    '.runtime',
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'configs',
    'package.json',
    'schemas'
  ])
  expect(readdirSync(join(unpacked, '.runtime')).toSorted()).toEqual(['check-node.cjs', 'polyctl.cjs'])
  expect(existsSync(join(unpacked, 'node_modules'))).toBe(false)
})

test('it tells its version', () => {
  expect(packed(['--version'])).toEqual({ status: 0, stdout: `${about.version}\n`, stderr: '' })
})

test('every command prints its help', () => {
  const { stdout } = packed(['--help'])
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name = '']) => name)
  expect(commands).toContain('apply')
  const failed = commands.filter((name) => packed([name, '--help']).status !== 0)
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

test('it tells what is wrong as the sources do', () => {
  const path = join(folder, 'wrong.yaml')
  writeFileSync(path, 'models:\n  - { name: Users, conection: Store }\n')
  const args = ['validate', '--format', 'json', '-f', path]
  const sources = spawnSync(process.execPath, [join(root, '.runtime', 'polyctl.cjs'), ...args], {
    cwd: folder,
    encoding: 'utf8'
  })
  const { status, stdout } = packed(args)
  expect({ status, stdout }).toEqual({ status: sources.status, stdout: sources.stdout })
  expect(status).toBe(3)
})
