import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePreviewFile, previewFileText, type ListedSync } from '../../src/executions/preview-file.ts'
import { textOf } from '../../src/server/runner/value.ts'
import { samples } from '../support/samples.ts'
import { ada, alan, grace, misfits, previewWorld, threePeople, type PreviewWorld } from './preview-world.ts'

/** The same world with its preview saved. */
async function saved(...words: string[]): Promise<PreviewWorld> {
  const made = await threePeople()
  const ran = await made.run('preview', 'People', '--out', 'p.json', ...words)
  expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('Saved to p.json') })
  return made
}

/** Records that were written, by the values of a field. */
function written({ system }: PreviewWorld, field = 'email'): string[] {
  return system.writes.flatMap(({ operation, fields, records }) =>
    records.map(({ values }) => `${operation} ${textOf(values[fields.indexOf(field)])}`)
  )
}

describe('a run of a preview', () => {
  test('writes exactly what is listed; what came since waits, and is counted', async () => {
    const made = await saved('--limit', '2')
    const { err } = await made.run('preview', 'People', '--out', 'p.json', '--limit', '2')
    expect(err).toContain('`polyctl run p.json` writes exactly these 2 records, or refuses.')
    made.source(
      ...(made.system.rows.get('people') ?? []).map((row) => ({ ...row }) as Record<string, string>),
      { email: 'new@example.com', name: 'New', phone: '9' }
    )
    const ran = await made.run('run', 'p.json')
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('done        sync "People"  2 records, 1 created, 1 updated')
    expect(ran.out).toContain('2 other records wait for the next run')
    expect(written(made, 'name').toSorted()).toEqual(['insert Ada', 'update Alan Turing'])
    made.system.writes = []
    expect((await made.run('run', 'People')).code).toBe(0)
    expect(written(made, 'name').toSorted()).toEqual(['insert New', 'update Grace'])
  })

  test('is told in JSON, too', async () => {
    const made = await saved()
    const { out } = await made.run('run', 'p.json', '--format', 'json')
    expect(JSON.parse(out)).toMatchObject({ summary: { done: 1 }, runs: [{ state: 'done' }] })
  })

  test('holds the identities of records, and with --redact-keys not even these', async () => {
    const made = await saved()
    const plain = made.read('p.json')
    expect(plain).toContain(`"fields":["name","phone","email"],"identity":["${ada}"]`)
    for (const value of ['Alan Turing', 'Ada"', '"3"']) expect(plain).not.toContain(value)
    await made.run('preview', 'People', '--out', 'p.json', '--redact-keys')
    for (const value of [ada, alan, grace]) expect(made.read('p.json')).not.toContain(value)
    expect((await made.run('run', 'p.json')).code).toBe(0)
    expect(written(made)).toHaveLength(3)
  })

  test('with --redact-keys not even what was asked for is in it', async () => {
    const made = await saved('--identity', alan, '--redact-keys')
    expect(made.read('p.json')).not.toContain(alan)
    expect((await made.run('run', 'p.json')).code).toBe(0)
    expect(written(made, 'name')).toEqual(['update Alan Turing'])
  })

  test('the file is as its schema says, with identities and without', async () => {
    const made = await saved()
    for (const words of [[], ['--redact-keys']]) {
      await made.run('preview', 'People', '--out', 'p.json', ...words)
      expect(misfits('preview-file', JSON.parse(made.read('p.json')))).toBeNull()
    }
  })

  test('goes with the options of the preview', async () => {
    const made = await threePeople()
    await made.run('run', 'People')
    made.system.writes = []
    await made.run('preview', 'People', '--resync', '--identity', alan, '--out', 'p.json')
    expect((await made.run('run', 'p.json')).code).toBe(0)
    expect(written(made, 'name')).toEqual(['update Alan Turing'])
  })
})

describe('is refused with 6, and writes nothing', () => {
  const stale = async (made: PreviewWorld, ...words: string[]): Promise<string> => {
    made.system.writes = []
    const { code, err } = await made.run('run', 'p.json', ...words)
    expect({ code, writes: made.system.writes }).toEqual({ code: 6, writes: [] })
    expect(err).toContain('error[P806]: `p.json`')
    return err
  }

  test('when a listed record has other values, or is gone: the lines are named', async () => {
    const made = await saved()
    made.source({ email: ada, name: 'Ada L.', phone: '3' }, { email: grace, name: 'Grace', phone: '2' })
    const err = await stale(made)
    expect(err).toContain('`p.json` is stale: 2 of its 3 records of sync "People" moved')
    expect(err).toMatch(/p\.json:\d+ would be written otherwise now/)
    expect(err).toMatch(/p\.json:\d+ would not be written any more/)
    expect(err).not.toContain(ada)
    const line = Number(/p\.json:(\d+) would be written otherwise/.exec(err)?.[1])
    expect(made.read('p.json').split('\n')[line - 1]).toContain(ada)
    expect(await stale(made, '--values')).toContain(`(${ada}) would be written otherwise now`)
  })

  test('and not taken for one that was started', async () => {
    const made = await saved()
    made.source()
    const { out } = await made.run('run', 'p.json')
    expect(out).toContain('not started sync "People"\n\nRun: 1 not started.\n')
    made.change('configs/a.yaml', (text) => text.replace('active: true', 'active: false'))
    await made.run('apply', '--yes', '--no-check', '--quiet')
    // That it is not active has nothing to do with the preview.
    expect(await made.run('run', 'p.json')).toMatchObject({ code: 1, err: expect.stringContaining('P601') })
  })

  test('when what it would write over has changed', async () => {
    const made = await saved()
    Object.assign(made.target(alan) ?? {}, { name: 'A. M. Turing' })
    expect(await stale(made)).toContain('1 of its 3 records')
  })

  test('of many that moved the first ten are named', async () => {
    const made = await previewWorld()
    const rows = (name: string) =>
      Array.from({ length: 15 }, (_one, index) => ({ email: `p${index}@example.com`, name }))
    made.source(...rows('a'))
    await made.run('preview', 'People', '--out', 'p.json')
    made.source(...rows('b'))
    const err = await stale(made)
    expect(err.match(/would be written otherwise now/g)).toHaveLength(10)
    expect(err).toContain('and 5 more')
  })

  test('when it was used already, also if that run failed in the middle', async () => {
    const made = await saved()
    await made.run('run', 'p.json')
    expect(await stale(made)).toContain('it was used already, by execution')
    const failing = await saved()
    failing.system.before = () => {
      throw new Error('no')
    }
    expect((await failing.run('run', 'p.json')).code).toBe(1)
    expect(await stale(failing)).toContain('it was used already, by execution')
  })

  test.each<[what: string, from: string, to: string]>([
    ['mode', 'mode: updateOrCreate', 'mode: create'],
    ['fields', '{ source: phone, target: phone }', '{ source: phone, target: age }'],
    ['identity', '{ source: email, target: email', '{ source: email, target: age'],
    [
      'filters',
      'schedule: manual',
      'schedule: manual\n    filters: [{ field: name, function: IsNotNull }]'
    ],
    [
      'overrides',
      'schedule: manual',
      'schedule: manual\n    overrides: [{ field: name, function: IsNull, override: x }]'
    ],
    ['sync_all_records', 'schedule: manual', 'schedule: manual\n    sync_all_records: true'],
    ['model', 'configuration: { table: people }', 'configuration: { table: others }']
  ])('when the sync was changed: %s', async (_what, from, to) => {
    const made = await saved()
    made.change('configs/a.yaml', (text) => {
      expect(text).toContain(from)
      return text.replace(from, to)
    })
    const { code, out, err } = await made.run('apply', '--yes', '--no-check')
    expect([code, code === 0 ? '' : out + err]).toEqual([0, ''])
    expect(await stale(made)).toContain('the sync "People" was changed after it was previewed')
  })

  test('when the sync was deleted', async () => {
    const made = await saved()
    await made.run('destroy', '--yes', '--quiet')
    expect(await stale(made)).toContain('sync "People" does not exist any more')
  })

  test('when it is of another organization, or of another server', async () => {
    const [made, other] = [await saved(), await threePeople()]
    other.write({ 'p.json': made.read('p.json') })
    expect(await stale(other)).toContain('is of another organization')
  })

  test('when it is older than it may be', async () => {
    const made = await saved()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await stale(made, '--max-age', '0.001s')).toContain('is older than 0 s')
    made.change('p.json', (text) =>
      text.replaceAll(/"made_at":\s?"20\d\d/g, (found) => `${found.slice(0, -4)}2020`)
    )
    expect(await stale(made)).toContain('it was changed after it was written')
  })

  test('when anything of it was edited', async () => {
    const made = await saved()
    const text = made.read('p.json')
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom('x', '0', ' ', '"', ''), async (at, by) => {
        const edited = text.slice(0, at) + by + text.slice(at + 1)
        // Spaces between the members are nobody's business.
        if (edited === text || JSON.stringify(parsed(edited)) === JSON.stringify(parsed(text))) return
        made.write({ 'p.json': edited })
        const { code } = await made.run('run', 'p.json')
        expect([3, 6]).toContain(code)
        expect(made.system.writes).toEqual([])
      }),
      samples(300, 40)
    )
    made.write({ 'p.json': text })
    expect((await made.run('run', 'p.json')).code).toBe(0)
  })

  test('when somebody edited it and sealed it again: the server knows what it signed', async () => {
    const made = await saved()
    const read = parsePreviewFile(made.read('p.json'))
    const [sync] = read.ok ? read.file.lists : []
    const [first, ...others] = sync?.records ?? []
    if (!read.ok || sync === undefined || first === undefined) throw new Error('it was not read')
    const forged: Partial<ListedSync>[] = [
      { records: others },
      { records: [{ ...first, identity: ['somebody@example.com'] }, ...others] },
      { records: [{ ...first, operation: 'delete' }, ...others] },
      { records: [...others, first] },
      { records: others, seal: { ...sync.seal, listed: others.length } },
      { seal: { ...sync.seal, made_at: '2099-01-01T00:00:00Z' } },
      { seal: { ...sync.seal, resync: true } }
    ]
    for (const change of forged) {
      made.write({ 'p.json': previewFileText({ ...read.file, lists: [{ ...sync, ...change }] }) })
      expect(await stale(made)).toMatch(/by this server|not the one that was previewed/)
    }
  })

  test('when it is cut off anywhere', async () => {
    const made = await saved()
    const text = made.read('p.json')
    for (const part of [0.2, 0.5, 0.9, 0.99]) {
      made.write({ 'p.json': text.slice(0, Math.floor(text.trimEnd().length * part)) })
      expect(await stale(made)).toContain('not all of it is there')
    }
  })
})

test('what is no preview, or does not go with one, is told with 3', async () => {
  const made = await saved()
  const first = async (...words: string[]): Promise<[number, string | undefined]> => {
    const { code, err } = await made.run('run', ...words)
    return [code, err.split('\n', 1)[0]]
  }
  made.write({ 'no.json': '{}', 'old.json': '{"polyctl": "preview", "format_version": 99}' })
  expect(await first('gone.json')).toEqual([
    3,
    expect.stringContaining('error[P807]: the preview `gone.json` cannot be read')
  ])
  expect(await first('no.json')).toEqual([
    3,
    expect.stringContaining('error[P807]: `no.json` is no preview')
  ])
  expect(await first('old.json')).toEqual([
    3,
    expect.stringContaining('another version of polyctl wrote it')
  ])
  expect(await first('p.json', 'People')).toEqual([3, 'error[P807]: a preview is run alone'])
  for (const option of ['--resync', '--all', '--detach', '--test'])
    expect(await first('p.json', option)).toEqual([
      3,
      `error[P807]: \`${option}\` cannot be given with a preview`
    ])
  expect(await first('p.json', '--limit', '1')).toEqual([
    3,
    'error[P807]: `--limit` cannot be given with a preview'
  ])
  expect(await first('p.json', '--max-age', 'soon')).toEqual([3, expect.stringContaining('--max-age')])
  made.hide()
  expect(await first('p.json')).toEqual([3, 'error[P807]: only the server of polyctl runs a preview'])
  expect(made.system.writes).toEqual([])
})

test('nothing to write is nothing to approve, and what replaces all has no list', async () => {
  const made = await threePeople()
  await made.run('run', 'People')
  const none = await made.run('preview', 'People', '--out', 'p.json')
  expect(none).toMatchObject({ code: 0, err: expect.stringContaining('Nothing was saved to p.json') })
  made.change('configs/a.yaml', (text) => text.replace('mode: updateOrCreate', 'mode: replace'))
  await made.run('apply', '--yes', '--no-check', '--quiet')
  const all = await made.run('preview', 'People', '--out', 'p.json')
  expect(all.code).toBe(3)
  expect(all.err).toContain(
    'error[P807]: the preview cannot be written to `p.json`: sync "People" replaces all'
  )
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
