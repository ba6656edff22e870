import { spawnSync } from 'node:child_process'
import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { program } from '../support/program.ts'
import { createSandbox } from '../support/sandbox.ts'

/** `fmt` as it is installed, over files of every sort in one run: a process costs more than a file. */

const crooked = 'roles:\n    - {   name: "Ada" }   # kept\n'
const straight = 'roles:\n  - { name: Ada } # kept\n'

const files = {
  'configs/plain.yaml': crooked,
  'configs/marked.yaml': `\uFEFF${crooked}`,
  'configs/windows.yaml': crooked.replaceAll('\n', '\r\n'),
  'configs/several.yaml': `${crooked}---\n${crooked.replace('Ada', 'Bob')}`,
  'configs/broken.yaml': 'roles:\n  - name: "Ada\n',
  'configs/mine.yaml': crooked,
  'elsewhere/linked.yaml': crooked
}

function opened() {
  const world = createSandbox({ files })
  chmodSync(join(world.folder, 'configs/mine.yaml'), 0o444)
  symlinkSync('plain.yaml', join(world.folder, 'configs/link.yaml'))
  symlinkSync('../elsewhere/linked.yaml', join(world.folder, 'configs/out.yaml'))
  const others = createSandbox({ files: { 'theirs.yaml': crooked } }).folder
  symlinkSync(join(others, 'theirs.yaml'), join(world.folder, 'configs/theirs.yaml'))
  const run = (words: string[], input = '') => {
    const options = { cwd: world.folder, encoding: 'utf8', input } as const
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'fmt', ...words], options)
    return { status, stdout, stderr }
  }
  return { run, read: (path: string) => readFileSync(join(world.folder, path), 'utf8'), world }
}

test('--check names what would change and writes nothing', () => {
  const { run, read } = opened()
  const { status, stdout, stderr } = run(['--check'])
  expect([status, stderr]).toEqual([3, expect.stringMatching(/configs\/broken\.yaml:3:1\b/)])
  expect(stdout.split('\n')).toContain('configs/mine.yaml')
  for (const [path, text] of Object.entries(files)) expect(read(path)).toBe(text)
  expect(run(['--check', 'configs/plain.yaml']).status).toBe(2)
  expect(run(['configs/plain.yaml']).status).toBe(0)
  expect(run(['--check', 'configs/plain.yaml']).status).toBe(0)
})

test('marks, modes and links stay; what is broken, or is somebody else’s, is left', () => {
  const { run, read, world } = opened()
  const { status, stderr } = run([])
  expect([status, stderr]).toEqual([3, expect.stringMatching(/configs\/broken\.yaml:3:1\b/)])
  expect(stderr).toContain('P709')
  expect(Object.fromEntries(Object.keys(files).map((path) => [path, read(path)]))).toEqual({
    ...files,
    'configs/plain.yaml': straight,
    'configs/marked.yaml': `\uFEFF${straight}`,
    'configs/windows.yaml': read('configs/windows.yaml'),
    'configs/several.yaml': `${straight}---\n${straight.replace('Ada', 'Bob')}`,
    'configs/mine.yaml': straight,
    'elsewhere/linked.yaml': straight
  })
  expect(read('configs/windows.yaml').replaceAll('\r\n', '\n')).toBe(straight)
  expect(read('configs/theirs.yaml')).toBe(crooked)
  expect(statSync(join(world.folder, 'configs/mine.yaml')).mode & 0o777).toBe(0o444)
  for (const link of ['link', 'out', 'theirs'])
    expect(lstatSync(join(world.folder, `configs/${link}.yaml`)).isSymbolicLink()).toBe(true)
})

test('standard input is formatted to standard output, and a broken one gives none of it', () => {
  const { run } = opened()
  expect(run(['-'], crooked)).toEqual({ status: 0, stdout: straight, stderr: '' })
  expect(run(['-', '--check'], crooked).status).toBe(2)
  const broken = run(['-'], files['configs/broken.yaml'])
  expect([broken.status, broken.stderr]).toEqual([3, expect.stringMatching(/:3:1\b/)])
})
