import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSandbox, tutorial } from '../support/sandbox.ts'
import type { Connector } from '../../src/server/runner/connector.ts'
import { memoryConnectors, memorySystem } from '../server/runner/memory.ts'
import { ada, alan, grace, misfits, previewWorld, threePeople } from './preview-world.ts'

describe('on a terminal', () => {
  test('records are shown with their values, before and after, and nothing is written', async () => {
    const made = await threePeople({ isTerminal: true })
    expect(await made.run('preview', 'People')).toEqual({
      code: 0,
      out: `Local · polytomic.test · API 2025-09-18 · 3 resources in 1 file

sync "People"  4 records read: 1 to create, 2 to update (1 without a change), 1 skipped
  1 without a value that identifies it
  = a record  without a value that identifies it
  + ada.planted@example.com
      name   Ada
      phone  3
      email  ada.planted@example.com
  ~ alan.planted@example.com
      name  Alan → Alan Turing
  ~ grace.planted@example.com  has these values already

Preview: 1 to create, 2 to update (1 without a change), 1 skipped. Nothing was written.
Next: \`polyctl run "People"\` does it.
`,
      err: ''
    })
    expect(made.system.writes).toEqual([])
  })

  test('only what is looked at is shown, and counted as before', async () => {
    const made = await threePeople({ isTerminal: true })
    const { out } = await made.run('preview', 'People', '--fields', 'phone', '--identity', ada)
    expect(out).toContain('4 records read: 1 to create\n  + ada.planted@example.com\n      phone  3\n\n')
    const limited = await made.run('preview', 'People', '--limit', '1')
    expect(limited.out).toContain('1 to create, 1 skipped')
    expect(limited.out).not.toContain(alan)
  })

  test('of many records the first are shown, and all with --verbose', async () => {
    const made = await previewWorld({ isTerminal: true })
    made.source(...Array.from({ length: 30 }, (_one, index) => ({ email: `p${index}@example.com` })))
    const some = await made.run('preview', 'People')
    expect(some.out).toContain('p19@example.com')
    expect(some.out).not.toContain('p20@example.com')
    expect(some.out).toContain('  … 10 records more; --verbose shows all\n')
    const saved = await made.run('preview', 'People', '--out', 'p.json')
    expect(saved.out).toContain('  … 10 records more; --verbose shows all\n')
    const all = await made.run('preview', 'People', '--verbose')
    expect(all.out).toContain('p29@example.com')
  })

  test('what a run would do is what the next run does', async () => {
    const made = await threePeople({ isTerminal: true })
    await made.run('preview', 'People')
    expect((await made.run('run', 'People')).out).toContain('3 records, 1 created, 2 updated')
    const again = await made.run('preview', 'People')
    expect(again.out).toContain('4 records read: 1 skipped')
    expect(again.out).toContain('Preview: 1 skipped. Nothing was written.\n')
  })
})

test('a guard that would stop the run is named with what lets it go on, and ends it with 7', async () => {
  const made = await previewWorld({ isTerminal: true })
  const people = ['a', 'b', 'c', 'd'].map((name) => ({ email: `${name}@example.com`, name }))
  made.system.objects.set('people', new Map(people.map((one) => [one.name, one])))
  made.source(...people)
  made.change('configs/a.yaml', (text) => text.replace('mode: updateOrCreate', 'mode: remove'))
  await made.run('apply', '--yes', '--no-check', '--quiet')
  const { code, out } = await made.run('preview', 'People')
  expect(code).toBe(7)
  expect(out).toContain('it would remove 4 and may remove 3 (`polyctl run --max-removes 4`)')
  expect((await made.run('preview', 'People', '--limit', '3')).code).toBe(0)
})

describe('elsewhere', () => {
  const formats = ['text', 'json', 'markdown', 'github', 'slack', 'junit', 'sarif', 'html']
  const planted = [ada, alan, grace, 'Alan Turing', 'Grace']

  test.each(formats)('%s tells operations, fields and counts, and no record', async (format) => {
    const made = await threePeople()
    const { out, err, code } = await made.run('preview', 'People', '--format', format)
    expect(code).toBe(0)
    for (const text of planted) expect(out + err).not.toContain(text)
    // Messages are short.
    if (format === 'slack') return
    expect(out).toMatch(/phone/)
    const asked = await made.run('preview', 'People', '--values', '--format', format)
    expect(asked.out).toContain(ada)
    expect(asked.out).toMatch(/Alan Turing/)
  })

  test('a file of text is no terminal, even beside one', async () => {
    const made = await threePeople({ isTerminal: true })
    const words = formats.flatMap((format) => ['--format', `${format}=${format}.out`])
    const { out } = await made.run('preview', 'People', ...words)
    expect(out).toContain(ada)
    for (const format of formats)
      for (const text of planted) expect(made.read(`${format}.out`)).not.toContain(text)
  })

  test('planted addresses are in no file but the store, through preview, approval and run', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'polyctl-test-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const system = memorySystem({
      before: ({ records }) =>
        records.map(({ values }) =>
          values.includes('Ada')
            ? { state: 'rejected', code: 'INVALID', message: `Email: invalid email address: ${ada}` }
            : { state: 'done' }
        )
    })
    const made = await threePeople({ system, server: { directory } })
    const files = formats.map((format) => ['--format', `${format}=out/${format}`])
    mkdirSync(join(made.folder, 'out'))
    const reported: string[] = []
    const run = async (...words: string[]): Promise<number> => {
      const { code, out, err } = await made.run(...words)
      reported.push(out, err, ...textsIn(join(made.folder, 'out')))
      return code
    }
    expect(
      await run('preview', 'People', '--out', 'p.json', '--redact-keys', '--debug', ...files.flat())
    ).toBe(0)
    expect(readdirSync(join(made.folder, 'out')).toSorted()).toEqual(formats.toSorted())
    expect(await run('run', 'p.json', '--debug', ...files.flat())).toBe(5)
    made.source({ email: ada, name: 'Ada!', phone: '3' })
    expect(await run('preview', 'People', '--out', 'q.json', '--redact-keys')).toBe(0)
    made.source({ email: ada, name: 'Ada!!', phone: '3' })
    expect(await run('run', 'q.json', ...files.flat())).toBe(6)
    const all = [...reported, ...textsIn(made.folder), ...textsIn(directory).filter(isNoStore)]
    for (const text of planted) expect(all.filter((one) => one.includes(text))).toEqual([])
  })

  test('JSON is as its schema says', async () => {
    const made = await threePeople()
    for (const words of [[], ['--values'], ['--fields', 'name'], ['--out', 'p.json']]) {
      const { out } = await made.run('preview', 'People', '--format', 'json', ...words)
      expect(misfits('preview', JSON.parse(out))).toBeNull()
    }
  })

  test('Markdown says it in a few lines', async () => {
    const made = await threePeople()
    const { out } = await made.run('preview', 'People', '--format', 'markdown')
    expect(out).toBe(`### 📝 Polytomic: preview

**Preview: 1 to create, 2 to update (1 without a change), 1 skipped. Nothing was written.**

Local · polytomic.test · API 2025-09-18 · 3 resources in 1 file

Next: \`polyctl run "People"\` does it.

#### Resource by resource

<details><summary><code>~</code> changes <code>sync "People"</code></summary>

- 4 records read: 1 to create, 2 to update (1 without a change), 1 skipped
- 1 without a value that identifies it

\`\`\`diff
  name: 1 new, 1 changed
  phone: 1 new
  email: 1 new
\`\`\`

</details>

`)
  })
})

const more = `
  - name: Elsewhere
    active: true
    mode: updateOrCreate
    model: Tables
    identity: { source: email, target: email, function: Equality }
    fields: [{ source: name, target: name }]
    target: { connection: Store, object: people }
    schedule: manual
bulk_syncs:
  - name: Other
    source: { connection: Store }
    destination: { connection: Store }
    mode: replicate
    default_schedule: manual
---
connections:
  - name: My
    type: mysql
    configuration: { hostname: h, account: u, passwd: "\${env:PASSWORD}", dbname: d, port: 3306 }
models:
  - name: Tables
    connection: My
    configuration: { table: people }
    fields: [email, name]
`

describe('what cannot be previewed', () => {
  test('is reported in a sentence, with its code', async () => {
    const made = await threePeople()
    const codes = async (...words: string[]): Promise<[number, string]> => {
      const { code, err } = await made.run('preview', ...words)
      return [code, err.split('\n', 1)[0] ?? '']
    }
    expect(await codes()).toEqual([3, 'error[P803]: nothing says which syncs are to run'])
    expect(await codes('Peple')).toEqual([3, expect.stringContaining('error[P')])
    expect(await codes('People', '--fields', 'nam')).toEqual([
      3,
      'error[P810]: `--fields nam` is no field that is written'
    ])
    expect(await codes('People', '--limit', '0')).toEqual([3, expect.stringContaining('--limit')])
    expect(await codes('People', '--redact-keys')).toEqual([
      3,
      'error[P810]: `--redact-keys` is for the file of `--out`'
    ])
    expect(made.system.writes).toEqual([])
  })

  test('a service that is not the one of polyctl has none', async () => {
    const made = await threePeople()
    made.hide()
    const { code, err } = await made.run('preview', 'People')
    expect([code, err.split('\n', 1)[0]]).toEqual([
      3,
      'error[P808]: the service at polytomic.test has no preview of records'
    ])
  })

  test('a server that moves no data says how it would', async () => {
    const made = createSandbox({ files: { 'configs/a.yaml': tutorial }, env: { MONGODB_PASSWORD: 'p' } })
    await made.run('apply', '--yes', '--no-check', '--quiet')
    const { code, err } = await made.run('preview', '--all')
    expect(code).toBe(3)
    expect(err).toContain('error[P808]: this server moves no data')
    expect(err).toContain('polyctl server --run')
  })

  test('several of one name, bulk syncs and types that it does not run are each named', async () => {
    const made = await threePeople()
    const first = async (...words: string[]): Promise<[number, string]> => {
      const { code, err } = await made.run('preview', ...words)
      return [code, err]
    }
    made.change(
      'configs/a.yaml',
      (text) => text.replace('name: People\n    active', 'name: Other\n    active') + more
    )
    expect(await made.run('apply', '--yes', '--no-check', '--quiet')).toMatchObject({ code: 0, err: '' })
    expect(await first('Other')).toEqual([3, expect.stringContaining('error[P401]: `Other` matches 2')])
    expect(await first('bulk sync "Other"')).toEqual([
      3,
      expect.stringContaining('error[P808]: bulk sync "Other" cannot be previewed')
    ])
    expect(await first('Elsewhere')).toEqual([
      3,
      expect.stringMatching(
        /error\[P808\]: sync "Elsewhere" cannot.*nothing here reads connections of type mysql/s
      )
    ])
    // The others are previewed all the same.
    const all = await made.run('preview', '--all')
    expect(all.code).toBe(3)
    expect(all.out).toContain('sync "Other"  4 records read: 1 to create, 2 to update')
    expect(all.out).toContain('; 2 could not be previewed. Nothing was written.')
  })

  test('a person who stops it is heard at once, and the server reads no further', async () => {
    const stop = Promise.withResolvers<void>()
    const end = Promise.withResolvers<void>()
    const system = memorySystem()
    const connectors = memoryConnectors(system)
    const [known] = connectors.values()
    const endless: Connector = {
      ...(await known?.load()),
      source: async () => ({
        objects: async () => [],
        fields: async () => [],
        async *rows() {
          try {
            for (;;) {
              stop.resolve()
              yield [[ada, 'Ada', null]]
              await new Promise((resolve) => setImmediate(resolve))
            }
          } finally {
            end.resolve()
          }
        },
        close: async () => undefined
      })
    }
    const entry = { source: true, target: true, load: async () => endless }
    const made = await threePeople({
      io: { interrupted: stop.promise },
      server: { run: { fetch: (request) => fetch(request), connectors: new Map([['postgresql', entry]]) } }
    })
    const { code, out, err } = await made.run('preview', 'People')
    expect(code).toBe(130)
    expect(out + err).toContain('Interrupted: nothing was written.')
    await end.promise
  })

  test('a source that is away is named', async () => {
    const made = await threePeople()
    made.system.rows = new Proxy(made.system.rows, {
      get() {
        throw new TypeError('no')
      }
    })
    const { code, err } = await made.run('preview', 'People')
    expect(code).toBe(1)
    expect(err).toContain('error[P809]: the preview of sync "People" did not come to its end')
  })
})

test('it costs a few requests, and none that writes', async () => {
  const made = await threePeople()
  await made.run('preview', 'People', '--out', 'p.json')
  const requests = made.requests().map((line) => line.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'ID'))
  expect([...new Set(requests)].toSorted()).toEqual([
    'GET /api/bulk/syncs',
    'GET /api/me',
    'GET /api/syncs',
    'GET /polyctl/previews/ID',
    'GET /polyctl/runner',
    'POST /polyctl/previews/ID/end',
    'POST /polyctl/syncs/ID/previews'
  ])
  expect(statSync(join(made.folder, 'p.json')).mode & 0o777).toBe(0o600)
})

/** Texts of all files of a folder, each with its path. */
function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .map((path) => `${path}\n${readFileSync(path, 'latin1')}`)
}

/** The store holds what the runner needs, for its owner alone. */
function isNoStore(text: string): boolean {
  return !/(?:runner|polytomic)\.db/.test(text.split('\n', 1)[0] ?? '')
}
