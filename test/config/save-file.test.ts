import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { saveFile } from '../../src/config/source/save.ts'

let folder = ''
const at = (name: string): string => join(folder, name)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'polyctl-save-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test.each([0o600, 0o640, 0o664, 0o755])('a file keeps its mode %o, and nothing else is left', (mode) => {
  writeFileSync(at('plan.json'), 'before')
  chmodSync(at('plan.json'), mode)
  expect(saveFile(at('plan.json'), 'after')).toBeUndefined()
  expect(readFileSync(at('plan.json'), 'utf8')).toBe('after')
  expect(statSync(at('plan.json')).mode & 0o7777).toBe(mode)
  expect(readdirSync(folder)).toEqual(['plan.json'])
})

test('links are followed, one after the other, also to a file that is still to be made', () => {
  mkdirSync(at('real'))
  writeFileSync(at('real/plan.json'), 'before')
  chmodSync(at('real/plan.json'), 0o600)
  symlinkSync('plan.json', at('real/near.json'))
  symlinkSync('real/near.json', at('far.json'))
  symlinkSync('real/new.json', at('new.json'))
  for (const [link, real] of [
    ['far.json', 'real/plan.json'],
    ['new.json', 'real/new.json']
  ] as const) {
    expect(saveFile(at(link), 'after')).toBeUndefined()
    expect(lstatSync(at(link)).isSymbolicLink()).toBe(true)
    expect(readFileSync(at(real), 'utf8')).toBe('after')
  }
  expect(statSync(at('real/plan.json')).mode & 0o7777).toBe(0o600)
})

test('a file with two names gets the text under both, and keeps both', () => {
  writeFileSync(at('a.json'), 'before, and longer')
  chmodSync(at('a.json'), 0o640)
  linkSync(at('a.json'), at('b.json'))
  expect(saveFile(at('b.json'), 'after')).toBeUndefined()
  expect(['a.json', 'b.json'].map((name) => readFileSync(at(name), 'utf8'))).toEqual(['after', 'after'])
  expect(statSync(at('a.json'))).toMatchObject({ ino: statSync(at('b.json')).ino, nlink: 2 })
  expect(statSync(at('a.json')).mode & 0o7777).toBe(0o640)
})

test('a link in a circle and a folder are refused', () => {
  symlinkSync('b', at('a'))
  symlinkSync('a', at('b'))
  mkdirSync(at('folder'))
  expect(saveFile(at('a'), 'x')).toBe('it is a link that leads in a circle')
  expect(saveFile(at('folder'), 'x')).toBe('it is a folder')
  expect(saveFile(at('none/plan.json'), 'x')).toBe('its folder does not exist')
  expect(readdirSync(folder).toSorted()).toEqual(['a', 'b', 'folder'])
})

test('a socket is refused, and stays one', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(at('socket'), resolve))
  expect(saveFile(at('socket'), 'after')).toMatch(/^it /)
  expect(lstatSync(at('socket')).isSocket()).toBe(true)
  await new Promise((resolve) => server.close(resolve))
})

test('a pipe gets the text, and stays a pipe', async () => {
  execFileSync('sh', ['-c', 'mkfifo "$0"', at('pipe')])
  const reader = spawn('cat', [at('pipe')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  reader.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise((resolve) => reader.on('close', resolve))
  expect(saveFile(at('pipe'), 'after')).toBeUndefined()
  await ended
  expect(Buffer.concat(chunks).toString()).toBe('after')
  expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
})

test('what somebody keeps beside it, a link to a file above all, is left alone', () => {
  writeFileSync(at('precious'), 'theirs')
  symlinkSync('precious', at('plan.json.part'))
  expect(saveFile(at('plan.json'), 'after')).toBeUndefined()
  expect(readFileSync(at('precious'), 'utf8')).toBe('theirs')
  expect(readdirSync(folder).toSorted()).toEqual(['plan.json', 'plan.json.part', 'precious'])
})
