import { mkdtempSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDisk } from '../../src/config/source/disk.ts'
import { readFiles } from '../../src/config/source/find-files.ts'
import { understand } from '../../src/config/understand.ts'
import { kinds } from '../../src/kinds/index.ts'
import { places } from '../support/reading.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'polyctl-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function write(path: string, text: string | Uint8Array = 'connections: []\n'): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true })
  writeFileSync(join(cwd, path), text)
}

async function found(files: string[] = [], stdin = ''): Promise<{ paths: string[]; codes: string[] }> {
  const { texts, problems } = await readFiles(
    files,
    openDisk(cwd, async () => stdin)
  )
  return { paths: [...texts.keys()], codes: problems.map(({ code, message }) => `${code} ${message}`) }
}

function run(files: string[] = [], env: Record<string, string> = {}) {
  const disk = openDisk(cwd, async () => '')
  return understand({ files, env, variables: {}, variableFiles: [], disk }, kinds)
}

test('folders are read at any depth, in one order, without hidden files and files of other sorts', async () => {
  for (const path of ['configs/b.yml', 'configs/a/z.yaml', 'configs/a.yaml', 'configs/readme.md'])
    write(path)
  for (const path of ['configs/.hidden.yaml', 'configs/.git/c.yaml', 'polytomic/other.yaml']) write(path)

  expect(await found()).toEqual({
    paths: ['configs/a.yaml', 'configs/a/z.yaml', 'configs/b.yml'],
    codes: []
  })
})

test('without configs, the folder polytomic is read', async () => {
  write('polytomic/a.yaml')
  expect(await found()).toEqual({ paths: ['polytomic/a.yaml'], codes: [] })
})

test('files that are named are read whatever they are called, and once, however often they are reached', async () => {
  write('configs/a.yaml')
  write('one.conf')
  symlinkSync(join(cwd, 'configs/a.yaml'), join(cwd, 'configs/link.yaml'))

  const { paths } = await found(['one.conf', './configs', 'configs/a.yaml', join(cwd, 'one.conf')])
  expect(paths).toEqual(['configs/a.yaml', 'one.conf'])
})

test('links that lead in a circle do no harm', async () => {
  write('configs/a.yaml')
  symlinkSync(join(cwd, 'configs'), join(cwd, 'configs/again'))
  symlinkSync('loop.yaml', join(cwd, 'configs/loop.yaml'))

  const { paths, codes } = await found()
  expect(paths).toEqual(['configs/a.yaml'])
  expect(codes).toEqual(['P008 `configs/loop.yaml` cannot be read: it is a link that leads in a circle'])
})

test('standard input is a file of its own', async () => {
  expect(await found(['-'], 'models: []')).toEqual({ paths: ['<stdin>'], codes: [] })
})

test('where there are no YAML files, the places that were searched are named', async () => {
  expect((await found()).codes).toEqual(['P009 there are no YAML files in `configs` or `polytomic`'])
  mkdirSync(join(cwd, 'empty'))
  expect((await found(['empty'])).codes).toEqual(['P009 there are no YAML files in `empty`'])
})

test('a path that does not exist is a problem, with similar names beside it', async () => {
  write('prod/a.yaml')
  const { problems } = await readFiles(
    ['prd', 'prod'],
    openDisk(cwd, async () => '')
  )
  expect(problems.map(({ code, message, help }) => [code, message, help])).toEqual([
    ['P008', '`prd` cannot be read: it does not exist', ['a path with a similar name exists: `prod`']]
  ])
})

test('a file that is not UTF-8 is a problem; a byte order mark is not', async () => {
  write('configs/latin.yaml', new Uint8Array([0x61, 0x3a, 0x20, 0xe9]))
  write('configs/mark.yaml', '\uFEFFconnections: []\n')

  const { paths, codes } = await found()
  expect(paths).toEqual(['configs/mark.yaml'])
  expect(codes).toEqual(['P008 `configs/latin.yaml` cannot be read: it is not text in UTF-8'])
  rmSync(join(cwd, 'configs/latin.yaml'))
  expect(places(await run())).toEqual([])
})

test('a pointer of Git LFS is no configuration: it is told how to get the file', async () => {
  write('configs/a.yaml', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n')
  expect((await found()).codes).toEqual([
    'P008 `configs/a.yaml` cannot be read: it is a pointer of Git LFS; `git lfs pull` gets the file itself'
  ])
})

test('a file over 10 MiB is not read', async () => {
  write('configs/a.yaml')
  truncateSync(join(cwd, 'configs/a.yaml'), 10 * 1024 * 1024 + 1)
  expect((await found()).codes).toEqual(['P007 `configs/a.yaml` is larger than 10 MiB'])
})

test('files that say nothing are a problem, each of them', async () => {
  write('configs/empty.yaml', '')
  write('configs/comment.yaml', '# to do\n')
  write('configs/compose.yaml', 'services: {}\n')
  write('configs/documents.yaml', '---\n---\nconnections: []\n---\n')

  expect(places(await run())).toEqual([
    'P010 configs/comment.yaml:1:1',
    'P010 configs/compose.yaml:1:1 services',
    'P010 configs/empty.yaml:1:1'
  ])
})

test('problems of all files are told in one run', async () => {
  write('configs/a.yaml', 'a: [')
  write('configs/b.yaml', 'x: &a 1\ny: *b\n')
  write('configs/c.yaml', 'connections: []\n')

  const understanding = await run()
  expect(places(understanding)).toEqual(['P001 configs/a.yaml:1:5', 'P004 configs/b.yaml:2:4 ..'])
  expect(understanding.files).toEqual(['configs/a.yaml', 'configs/b.yaml', 'configs/c.yaml'])
})

test('a file of a placeholder is found beside the file that names it, and its last line end is dropped', async () => {
  write('configs/deep/buyers.sql', 'select 1\n\n')
  write(
    'configs/deep/a.yaml',
    'models: [{ name: M, connection: C, configuration: { query: "${file:buyers.sql}" } }]'
  )

  const { result } = await run()
  expect(result.ok && result.value.desired.resources[0]?.fields['configuration']).toEqual({
    query: 'select 1\n'
  })
})

test('a file outside of the working folder is read for a secret, and for nothing else', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'polyctl-secret-'))
  writeFileSync(join(outside, 'password'), 'hunter2\n')
  symlinkSync(join(outside, 'password'), join(cwd, 'link'))
  const secret = join(outside, 'password')
  write(
    'configs/a.yaml',
    `connections: [{ name: C, type: mongodb, configuration: { password: "\${file:${secret}}" } }]`
  )
  const { result } = await run()
  expect(result.problems).toEqual([])
  expect(result.ok && result.value.vault.reveal(`file ${secret}`)).toEqual({ ok: true, value: 'hunter2' })

  for (const path of [secret, '../link']) {
    write(
      'configs/a.yaml',
      `connections: [{ name: C, type: mongodb, configuration: { username: "\${file:${path}}" } }]`
    )
    const refused = await run()
    expect(places(refused).map((place) => place.slice(0, 4))).toEqual(['P303'])
    expect(JSON.stringify(refused.result)).not.toContain('hunter2')
  }
  rmSync(outside, { recursive: true })
})

test('from a folder below, files of the whole repository may be shown, but for those that hold keys', async () => {
  const top = mkdtempSync(join(tmpdir(), 'polyctl-repository-'))
  const files = {
    '.git/config': 'extraheader = planted\n',
    '.polyctl/local/api-key': 'planted\n',
    'sql/q.sql': 'select 1\n',
    'team/.git-like/q.sql': 'select 2\n'
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(top, path, '..'), { recursive: true })
    writeFileSync(join(top, path), text)
  }
  symlinkSync(join(top, '.git'), join(top, 'link'))
  const reading = async (path: string, folder: string) => {
    const text = `models: [{ name: M, connection: C, configuration: { query: "\${file:${path}}" } }]`
    mkdirSync(join(top, folder), { recursive: true })
    writeFileSync(join(top, folder, 'a.yaml'), text)
    const disk = openDisk(join(top, folder), async () => '')
    const read = { files: ['a.yaml'], env: {}, variables: {}, variableFiles: [], disk }
    return (await understand(read, kinds)).result
  }
  for (const path of ['../sql/q.sql', '.git-like/q.sql'])
    expect(JSON.stringify(await reading(path, 'team'))).toContain(
      path.includes('like') ? 'select 2' : 'select 1'
    )
  const barred = [
    '../.git/config',
    '../.polyctl/local/api-key',
    '../link/config',
    '../../q.sql',
    '../.GIT/config'
  ]
  for (const path of barred) {
    const found = JSON.stringify(await reading(path, 'team'))
    expect(found).toContain('P303')
    expect(found).not.toContain('planted')
  }
  for (const path of ['.git/config', '.polyctl/local/api-key'])
    expect(JSON.stringify(await reading(path, '.'))).not.toContain('planted')
  rmSync(top, { recursive: true })
})
