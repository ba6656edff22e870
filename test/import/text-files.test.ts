import { lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { textOf } from '../../src/state/value.ts'
import { samples } from '../support/samples.ts'
import { apiRequest, createSandbox, type Sandbox } from '../support/sandbox.ts'
import { expectImported, filesIn } from './files.ts'

/** `--text-files`: long texts in files of their own, byte for byte or not at all. */

const long = ['select id,', '  email,', '  first_name', 'from users', "where email <> ''"].join('\n')

/** Creates a connection, and a model for each query. */
async function workspace(queries: readonly { name: string; query: string }[]): Promise<Sandbox> {
  const world = createSandbox()
  const configuration = { hostname: 'h', database: 'd', username: 'u', password: 'p' }
  const body = { name: 'Store', type: 'postgresql', configuration }
  const created = await world.server.fetch(apiRequest(world, 'POST', '/api/connections', body))
  const { data } = (await created.json()) as { data: { id: string } }
  for (const { name, query } of queries) {
    const model = { name, connection_id: data.id, configuration: { query } }
    const answer = await world.server.fetch(apiRequest(world, 'POST', '/api/models', model))
    expect(answer.status, await answer.text()).toBeLessThan(300)
  }
  return world
}

const options = ['--text-files', '--layout', 'one']
const path = 'configs/polytomic.yaml'

/** What a file of YAML says that each model reads. */
function queriesIn(world: Sandbox): Map<string, string> {
  const file = parse(filesIn(world)[path] ?? '') as {
    models?: { name: string; configuration: { query: string } }[]
  }
  return new Map((file.models ?? []).map(({ name, configuration }) => [name, configuration.query]))
}

function sqlIn(world: Sandbox): string[] {
  return Object.keys(filesIn(world, 'configs/sql')).map((one) => one.slice('configs/sql/'.length))
}

test('a long query is a file beside, in every layout; a short one stays where it is', async () => {
  const world = await workspace([
    { name: 'Long one', query: long },
    { name: 'Short', query: 'select 1' }
  ])
  for (const [layout, file, up] of [
    ['one', path, ''],
    ['kind', 'configs/models.yaml', ''],
    ['connection', 'configs/connections/store.yaml', '../']
  ]) {
    rmSync(join(world.folder, 'configs'), { recursive: true, force: true })
    const files = await expectImported(world, '--text-files', '--layout', layout ?? '')
    expect(files['configs/sql/long-one.sql']).toBe(`${long}\n`)
    expect(files[file ?? '']).toContain(`query: "\${file:${up}sql/long-one.sql}"`)
    expect(files[file ?? '']).toContain('query: select 1')
    expect(sqlIn(world)).toEqual(['long-one.sql'])
  }
})

describe('what a file would not give back byte for byte stays in the YAML', () => {
  test.each([
    ['line ends of Windows', long.replaceAll('\n', '\r\n'), false],
    ['a byte order mark', `\uFEFF${long}`, false],
    ['trailing blanks', long.replaceAll('\n', '  \t\n'), true],
    ['a line end at the end', `${long}\n`, true],
    ['several line ends at the end', `${long}\n\n\n`, true],
    ['blanks at the end', `${long}\n  `, true],
    ['placeholders', `${long}\n-- \${env:HOME} \${file:x} $\${var:y}`, true],
    ['other signs', `${long}\n-- größe, 名前, 👨‍👩‍👧‍👦, \u202e, \u2028`, true],
    ['a pointer of Git LFS', `version https://git-lfs.github.com/spec/v1\n${long}`, false]
  ])('%s', async (_what, query, isMoved) => {
    const world = await workspace([{ name: 'Awkward', query }])
    await expectImported(world, ...options)
    expect(sqlIn(world)).toEqual(isMoved ? ['awkward.sql'] : [])
    if (isMoved) expect(filesIn(world)['configs/sql/awkward.sql']).toBe(`${query}\n`)
    else expect(queriesIn(world).get('Awkward')).toBe(query)
  })
})

test('R33: any text comes back from its file, and a second import writes nothing', async () => {
  const line = fc.stringMatching(/^[ \ta-z,'"$#{}:\-\u00e9\r]{0,12}$/)
  const text = fc
    .array(line, { minLength: 4, maxLength: 9 })
    .map((lines) => `select 1\n${lines.join('\n')}`)
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), async (queries) => {
      const world = await workspace(queries.map((query, index) => ({ name: `Model ${index}`, query })))
      await expectImported(world, ...options)
    }),
    samples(12)
  )
})

test('names of files are safe and different in any case, whatever models are called', async () => {
  const names = [
    'Users',
    'users',
    'USERS ',
    'a/b',
    '../../etc/passwd',
    'größe 名前',
    'CON',
    '🚀',
    'x'.repeat(300)
  ]
  const world = await workspace(names.map((name, index) => ({ name, query: `${long}\n-- ${index}` })))
  await expectImported(world, ...options)
  const files = sqlIn(world)
  expect(files).toHaveLength(names.length)
  expect(new Set(files.map((file) => file.normalize('NFKC').toLowerCase())).size).toBe(names.length)
  expect(files.filter((file) => !/^[\p{L}\p{N}\p{M}-]{1,76}\.sql$/u.test(file))).toEqual([])
  // Each model names the file with its own text.
  for (const [name, query] of queriesIn(world)) {
    const file = /^\$\{file:(.*)\}$/.exec(query)?.[1] ?? ''
    const text = readFileSync(join(world.folder, 'configs', file), 'utf8')
    expect(text, name).toBe(`${long}\n-- ${names.indexOf(name)}\n`)
  }
})

test('--check writes nothing, and what is there is not overwritten without --force', async () => {
  const world = await workspace([{ name: 'Long one', query: long }])
  expect((await world.run('import', '--check', ...options)).code).toBe(2)
  expect(filesIn(world)).toEqual({})
  await expectImported(world, ...options)
  expect((await world.run('import', '--check', ...options)).code).toBe(0)
  const before = filesIn(world)
  const sql = join(world.folder, 'configs/sql/long-one.sql')
  writeFileSync(sql, 'select mine\n')
  const refused = await world.run('import', ...options)
  expect([refused.code, refused.err]).toEqual([
    7,
    expect.stringContaining('it differs: configs/sql/long-one.sql')
  ])
  expect(readFileSync(sql, 'utf8')).toBe('select mine\n')
  expect((await world.run('import', '--check', ...options)).code).toBe(2)
  expect((await world.run('import', '--force', ...options)).code).toBe(0)
  expect(filesIn(world)).toEqual(before)
})

test('what is imported into files that are there takes none of their names', async () => {
  const world = await workspace([{ name: 'Long one', query: long }])
  world.write({ 'configs/sql/long-one.sql': 'of somebody else\n', 'configs/sql/Long-One-2.sql': 'too\n' })
  const ran = await world.run('import', '--unmanaged', ...options)
  expect(ran.code, ran.err).toBe(0)
  expect(filesIn(world)['configs/sql/long-one.sql']).toBe('of somebody else\n')
  expect(filesIn(world)['configs/sql/long-one-3.sql']).toBe(`${long}\n`)
  expect((await world.run('plan')).out).toContain('Nothing to do')
})

test('a query that people edit in the service is told, and the next import takes it', async () => {
  const world = await workspace([{ name: 'Long one', query: long }])
  await expectImported(world, ...options)
  const [model] = world.server.store.all('model')
  const edited = `${long}\n  and first_name is not null`
  const body = { name: 'Long one', connection_id: model?.connection_id, configuration: { query: edited } }
  const answer = await world.server.fetch(
    apiRequest(world, 'PUT', `/api/models/${textOf(model?.id ?? '')}`, body)
  )
  expect(answer.status).toBe(200)
  expect((await world.run('drift')).code).toBe(2)
  expect((await world.run('import', ...options)).code).toBe(7)
  await expectImported(world, '--force', ...options)
  expect(filesIn(world)['configs/sql/long-one.sql']).toBe(`${edited}\n`)
})

test('a link in place of a file is followed, and stays one', async () => {
  const world = await workspace([{ name: 'Long one', query: long }])
  world.write({ 'configs/sql/.keep': '', 'shared.sql': 'old\n' })
  symlinkSync('../../shared.sql', join(world.folder, 'configs/sql/long-one.sql'))
  expect((await world.run('import', '--force', ...options)).code).toBe(0)
  expect(readFileSync(join(world.folder, 'shared.sql'), 'utf8')).toBe(`${long}\n`)
  expect(lstatSync(join(world.folder, 'configs/sql/long-one.sql')).isSymbolicLink()).toBe(true)
})
