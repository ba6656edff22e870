import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openGit } from '../../src/config/source/git.ts'
import { makeRepository, needsGit } from '../support/repository.ts'

/** The advice for a repository of somebody else is followed to the letter, from a folder below its top. */
test.each(['plain', "it's a folder"])('git trusts %j after either advice', (name) => {
  needsGit()
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-trust-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const top = join(folder, name)
  const below = join(top, 'team/configs')
  mkdirSync(below, { recursive: true })
  mkdirSync(join(folder, 'home'))
  const path = process.env['PATH'] ?? ''
  execFileSync('git', ['init', '--quiet', top], { env: { PATH: path, HOME: folder } })
  const theirs = { PATH: path, GIT_CONFIG_NOSYSTEM: '1', GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }
  const refused = openGit(below, theirs)
  if (refused.ok) throw new Error('git did not refuse')
  expect(refused.reason).toContain('belongs to somebody else')

  const [, command = ''] = /`(git config .*?)`/.exec(refused.hint ?? '') ?? []
  const home = { ...theirs, HOME: join(folder, 'home') }
  execFileSync('sh', ['-c', command], { cwd: below, env: home })
  expect(openGit(below, home).ok).toBe(true)

  const [, variables = ''] = /set (GIT_CONFIG_COUNT=.*)$/.exec(refused.hint ?? '') ?? []
  const printed = execFileSync('sh', ['-c', `${variables} env`], { encoding: 'utf8', env: theirs })
  const set = Object.fromEntries(printed.split('\n').map((line) => line.split(/=(.*)/s)))
  expect(openGit(below, set as Record<string, string>).ok).toBe(true)
})

test.each([
  ['tree', 'HEAD^{tree}'],
  ['file', 'HEAD:a.yaml']
])('a repository that lacks a %s is broken: git says so, and what mends it is named', (_what, name) => {
  const { folder, git, commit } = makeRepository({ files: { 'a.yaml': 'roles: []\n' } })
  const head = commit()
  const id = git(['rev-parse', name]).trim()
  rmSync(join(folder, '.git/objects', id.slice(0, 2), id.slice(2)))
  const opened = openGit(folder, { PATH: process.env['PATH'] ?? '' })
  if (!opened.ok) throw new Error(opened.reason)
  const files = opened.value.files(head)
  const answer = files.ok ? opened.value.contents([id]) : files
  expect(answer).toMatchObject({ ok: false, hint: expect.stringContaining('git fsck') })
})
