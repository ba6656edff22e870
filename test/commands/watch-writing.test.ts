import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createWatchSandbox, watchFile, type WatchSandbox } from '../watch/command.ts'

const roles = (...names: string[]): string =>
  `roles:\n${names.map((name) => `  - name: ${name}\n`).join('')}`

function remove(box: WatchSandbox, ...names: string[]): void {
  for (const role of box.server.store.all('role'))
    if (names.includes(role.name)) box.server.store.remove('role', role.id)
}

const live = (box: WatchSandbox): string[] =>
  box.server.store
    .all('role')
    .map(({ name }) => name)
    .filter((name) => /^r\d+$/.test(name))
    .toSorted()

function git(box: WatchSandbox, ...words: string[]): string {
  const own = ['-c', 'user.name=a', '-c', 'user.email=a@example.com']
  return execFileSync('git', [...own, ...words], { cwd: box.folder, encoding: 'utf8', stdio: 'pipe' })
}

/** A repository with what is applied. */
async function applied(text: string): Promise<WatchSandbox> {
  const box = createWatchSandbox({
    files: { 'configs/a.yaml': text, '.gitignore': '.polyctl\n' },
    env: { PATH: process.env['PATH'] }
  })
  git(box, 'init', '-q', '-b', 'main')
  git(box, 'add', '-A')
  git(box, 'commit', '-qm', 'first')
  expect((await box.run('apply', '--yes')).code).toBe(0)
  return box
}

describe('--apply', () => {
  test('puts back what drifted, and tells that it did', async () => {
    const box = createWatchSandbox({ files: { 'configs/a.yaml': roles('r1', 'r2') } })
    await box.run('apply', '--yes')
    remove(box, 'r1')
    const ran = await box.watch(5, '--apply')
    expect(live(box)).toEqual(['r1', 'r2'])
    expect(box.reported()).toEqual(['healed r1'])
    expect(ran.out).toContain('No drift (1 new, 1 put back).')
    // There is nothing to tell when it stays so.
    await box.watch(20, '--apply')
    expect(box.reported()).toEqual([])
  })

  test('keeps the limits of apply: what is refused is told once, and stays as it is', async () => {
    const text = Array.from({ length: 6 }, (_, index) => `r${index}`)
    const box = createWatchSandbox({ files: { 'configs/a.yaml': roles(...text) } })
    await box.run('apply', '--yes')
    box.write({ 'configs/a.yaml': `${roles('r0')}removed:\n  roles: [r1, r2, r3, r4, r5]\n` })
    const ran = await box.watch(40, '--apply', '--max-deletes', '1')
    expect(live(box)).toEqual(text)
    const reported = box.reported()
    expect(reported).toHaveLength(1)
    expect(reported[0]).toContain('failed')
    expect(ran.out).toContain('failing: Local: apply (5 deletions are more than the limit of 1 [P504]).')
    await box.watch(3, '--apply', '--max-deletes', '5')
    expect(live(box)).toEqual(['r0'])
    expect(box.reported()[0]).toContain('recovered')
  })

  test('leaves to people what the files changed and nobody applied', async () => {
    const box = await applied(roles('r1', 'r2'))
    box.write({ 'configs/a.yaml': roles('r1', 'r2', 'r3') })
    remove(box, 'r2')
    await box.watch(3, '--apply')
    expect(live(box)).toEqual(['r1', 'r2'])
    expect(box.reported()).toEqual(['healed r2'])
  })

  test('over many organizations each is put back by itself', async () => {
    const box = createWatchSandbox({
      files: { 'configs/a.yaml': roles('r1') },
      env: { POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' },
      server: { partnerKey: 'partner-key-1', organizations: [{ name: 'Acme' }, { name: 'Beta' }] }
    })
    await box.watch(3, '--apply', '--organization', 'Acme', '--organization', 'Beta')
    expect(live(box)).toEqual(['r1', 'r1'])
    expect(box.reported()).toEqual(['healed r1, healed r1'])
  })
})

describe('--pull', () => {
  const connection = `connections:
  - name: Shop # the one
    type: postgresql
    configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
`
  const edit = (box: WatchSandbox, database: string): void => {
    const [shop] = box.server.store.all('connection')
    box.server.store.edit('connection', shop?.id ?? '', {
      configuration: { ...(shop?.configuration as object), database }
    })
  }

  test('writes a branch with what changed; what is checked out, and whatever state it is in, stays', async () => {
    const box = await applied(connection)
    edit(box, 'archive')
    const dirty = connection.replace('# the one', '# not committed')
    writeFileSync(join(box.folder, 'configs/a.yaml'), dirty)
    const before = git(box, 'status', '--porcelain')
    const ran = await box.watch(3, '--pull')
    expect(ran.out).toContain('The branch polyctl/drift has what changed.')
    expect(git(box, 'show', 'polyctl/drift:configs/a.yaml')).toBe(
      connection.replace('database: d', 'database: archive')
    )
    expect(git(box, 'log', '-1', '--format=%s%n%b', 'polyctl/drift')).toContain(
      'Take over what changed in Polytomic'
    )
    expect(git(box, 'rev-parse', 'polyctl/drift^')).toBe(git(box, 'rev-parse', 'HEAD'))
    expect(readFileSync(join(box.folder, 'configs/a.yaml'), 'utf8')).toBe(dirty)
    expect([git(box, 'status', '--porcelain'), git(box, 'branch', '--show-current')]).toEqual([
      before,
      'main\n'
    ])
    expect(git(box, 'worktree', 'list').trim().split('\n')).toHaveLength(1)
    expect(box.reported()).toEqual(['new Shop'])
  })

  test('the same again is no new commit; something else is a branch anew', async () => {
    const box = await applied(connection)
    edit(box, 'archive')
    await box.watch(3, '--pull', 'from-service')
    const first = git(box, 'rev-parse', 'from-service')
    await box.watch(20, '--pull', 'from-service')
    expect(git(box, 'rev-parse', 'from-service')).toBe(first)
    edit(box, 'other')
    await box.watch(3, '--pull', 'from-service')
    expect(git(box, 'show', 'from-service:configs/a.yaml')).toContain('database: other')
    expect(git(box, 'rev-list', '--count', 'main..from-service').trim()).toBe('1')
  })

  test('a branch of somebody, or one that is checked out, is told and left', async () => {
    const box = await applied(connection)
    edit(box, 'archive')
    git(box, 'branch', 'mine')
    const ran = await box.watch(3, '--pull', 'mine')
    expect(ran.out).toContain('the branch `mine` has commits of others')
    expect(git(box, 'rev-parse', 'mine')).toBe(git(box, 'rev-parse', 'main'))
    expect((await box.watch(3, '--pull', 'main')).out).toContain('the branch `main` is checked out')
    expect((await box.watch(3, '--pull', 'a..b')).out).toContain('`a..b` is no name of a branch')
  })

  test('without a repository that is told, and looking goes on', async () => {
    const box = createWatchSandbox({
      files: { 'configs/a.yaml': roles('r1'), 'polyctl.yaml': watchFile },
      env: { PATH: process.env['PATH'] }
    })
    const ran = await box.watch(3, '--pull')
    expect(ran.out).toContain('the working folder is in no git repository')
    expect(box.reported()[0]).toContain('new r1')
  })
})
