import { describe, expect, test } from 'vitest'
import { startService } from '../contract/service.ts'
import { makeAwkward } from '../import/awkward.ts'
import { filesIn } from '../import/files.ts'
import { examples } from '../support/examples.ts'
import { startLanguageServer } from '../support/language-server.ts'
import { createSandbox } from '../support/sandbox.ts'

/** What people see while they type: the language server of most editors, with our schema, as editors run it. */

const root = new URL('../../', import.meta.url)
const schema = new URL('schemas/polyctl.schema.json', root).href
const { open, hoverAt, completionsAt } = await startLanguageServer(schema)

const sync = (rest: string) => `syncs:
  - name: S
    mode: create
    target: { connection: C }
${rest}`

// The server waits a while before it looks at a text: for many at once.
describe.concurrent('while the pointer stands over it', () => {
  test.each([
    ['con|nections: []\n', 'Systems to read from and to write to'],
    ['connections:\n  - name: C\n    ty|pe: mongodb\n', 'The system, e.g. mongodb'],
    [
      'connections:\n  - name: C\n    type: mongodb\n    configuration:\n      hos|ts: h\n',
      'The host of the server'
    ],
    [sync('    sche|dule: manual\n'), 'When it runs'],
    [sync('    schedule:\n      freq|uency: daily\n      hour: 5\n      minute: 0\n'), 'How often it runs'],
    [
      sync('    schedule: manual\n    filters:\n      - field: a\n        func|tion: IsNull\n'),
      'How the field is compared'
    ],
    [
      'models:\n  - name: M\n    connection: C\n    configuration: { table: t }\n    identi|fier: id\n',
      'The field that is unique'
    ]
  ])('%#: a key is explained', async (marked, said) => {
    expect(await hoverAt(marked)).toContain(said)
  })

  test('a fixed word is explained', async () => {
    expect(
      await hoverAt(sync('    schedule: manual\n').replace('mode: create', 'mode: cre|ate'))
    ).toContain('Adds records that the target does not have yet')
  })
})

describe.concurrent('what is offered while typing', () => {
  test.each([
    ['|\n', 'syncs', 'What is written where'],
    ['connections:\n  - name: C\n    |\n', 'type', 'The system'],
    ['connections:\n  - name: C\n    type: mongodb\n    configuration:\n      |\n', 'hosts', 'Required.'],
    ['connections:\n  - name: C\n    type: mong|\n', 'mongodb', ''],
    [sync('    |\n'), 'schedule', 'All times are UTC'],
    [
      sync('    schedule: manual\n').replace('mode: create', 'mode: |'),
      'updateOrCreate',
      'adds the others'
    ],
    [sync('    schedule:\n      frequency: |\n'), 'weekly', 'one day of each week'],
    [
      sync('    schedule: manual\n    filters:\n      - field: a\n        function: |\n'),
      'StringOneOf',
      'one of a list'
    ]
  ])('%#: %s offers %s', async (marked, label, said) => {
    const items = await completionsAt(marked)
    expect([...items.keys()]).toContain(label)
    expect(items.get(label)).toContain(said)
  })
})

describe.concurrent('what is marked as wrong', () => {
  test.each([
    [
      'a daily schedule without its minute',
      sync('    schedule: { frequency: daily, hour: 5 }\n'),
      /minute/
    ],
    ['an unknown type', 'connections:\n  - name: C\n    type: mongdb\n', /Value is not accepted|not match/],
    [
      'a required setting that is missing',
      'connections:\n  - name: C\n    type: postgresql\n    configuration: { hostname: h }\n',
      /username/
    ],
    ['all required settings', 'connections:\n  - name: C\n    type: stripe\n', /configuration/]
  ])('%s', async (_what, text, said) => {
    const { problems } = await open(text)
    expect(problems.map(({ message }) => message).join('\n')).toMatch(said)
  })

  test.each(Object.entries(examples))('nothing in %s', async (name, text) => {
    // Each names the schema by its own path.
    expect((await open(text, new URL(`configs/${name}`, root).href)).problems).toEqual([])
  })

  test('nothing of what exists, or is authorized by a person', async () => {
    const text = `connections:
  - { name: A, type: postgresql, id: 5ba0e6bb-a26e-4a5e-b0b6-d3b0f2a3ff4e }
  - { name: B, type: salesforce }
`
    expect((await open(text)).problems).toEqual([])
  })
})

test('R33: nothing in what is imported of an awkward workspace', async () => {
  const service = await startService()
  await makeAwkward(service)
  const world = createSandbox({
    env: { POLYTOMIC_API_KEY: service.server.apiKey },
    io: { fetch: (request) => service.server.fetch(request) }
  })
  await world.run('import', '--layout', 'kind')
  for (const text of Object.values(filesIn(world))) {
    const [line = ''] = text.split('\n')
    expect(line).toBe('# yaml-language-server: $schema=../.polyctl/schema.json')
    expect((await open(text.replace(/\$schema=.*/, `$schema=${schema}`))).problems, text).toEqual([])
  }
})
