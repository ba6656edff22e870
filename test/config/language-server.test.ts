import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { startService } from '../contract/service.ts'
import { makeAwkward } from '../import/awkward.ts'
import { filesIn } from '../import/files.ts'
import { examples } from '../support/examples.ts'
import { createSandbox } from '../support/sandbox.ts'

/** What people see while they type: the language server of most editors, with our schema, as editors run it. */

const root = new URL('../../', import.meta.url)
const schema = new URL('schemas/polyctl.schema.json', root).href
const require = createRequire(import.meta.url)
const program = join(
  dirname(require.resolve('yaml-language-server/package.json')),
  'bin/yaml-language-server'
)
const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] })
afterAll(() => void child.kill())

interface Message {
  id?: number
  method?: string
  params?: { uri?: string; diagnostics?: Problem[]; items?: { section?: string }[] }
  result?: unknown
}

interface Problem {
  message: string
  range: { start: { line: number; character: number } }
}

const settings: Record<string, unknown> = {
  yaml: {
    schemas: { [schema]: '*.yaml' },
    schemaStore: { enable: false },
    validate: true,
    hover: true,
    completion: true
  }
}

const answers = new Map<number, (result: unknown) => void>()
const published = new Map<string, (problems: Problem[]) => void>()
let received = Buffer.alloc(0)
let last = 0

function send(message: object): void {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message })
  child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
}

function ask(method: string, params: object): Promise<unknown> {
  const id = (last += 1)
  return new Promise((resolve) => {
    answers.set(id, resolve)
    send({ id, method, params })
  })
}

function take(message: Message): void {
  const { id, method, params, result } = message
  if (method === undefined) answers.get(id ?? 0)?.(result)
  else if (method === 'textDocument/publishDiagnostics')
    published.get(params?.uri ?? '')?.(params?.diagnostics ?? [])
  else if (method === 'workspace/configuration')
    send({ id, result: (params?.items ?? []).map(({ section }) => settings[section ?? ''] ?? null) })
  else if (id !== undefined) send({ id, result: null })
}

child.stdout.on('data', (chunk: Buffer) => {
  received = Buffer.concat([received, chunk])
  for (;;) {
    const head = received.indexOf('\r\n\r\n')
    const length = Number(
      /Content-Length: (\d+)/i.exec(received.subarray(0, Math.max(head, 0)).toString())?.[1]
    )
    if (head < 0 || received.length < head + 4 + length) return
    const body = received.subarray(head + 4, head + 4 + length).toString()
    received = received.subarray(head + 4 + length)
    take(JSON.parse(body) as Message)
  }
})

await ask('initialize', {
  processId: process.pid,
  rootUri: null,
  workspaceFolders: null,
  capabilities: {
    workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
    textDocument: {
      hover: { contentFormat: ['markdown'] },
      completion: { completionItem: { documentationFormat: ['markdown'] } }
    }
  }
})
send({ method: 'initialized', params: {} })
send({ method: 'workspace/didChangeConfiguration', params: { settings } })

let opened = 0

/** Opens a text as a file, and gives what is said of it. */
async function open(
  text: string,
  uri = `file:///folder/${(opened += 1)}.yaml`
): Promise<{ uri: string; problems: Problem[] }> {
  const problems = new Promise<Problem[]>((resolve) => published.set(uri, resolve))
  send({
    method: 'textDocument/didOpen',
    params: { textDocument: { uri, languageId: 'yaml', version: 1, text } }
  })
  return { uri, problems: await problems }
}

/** A text with `|` where the cursor stands. */
function cursor(marked: string): { text: string; position: { line: number; character: number } } {
  const before = marked.slice(0, marked.indexOf('|')).split('\n')
  return {
    text: marked.replace('|', ''),
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 }
  }
}

async function hoverAt(marked: string): Promise<string> {
  const { text, position } = cursor(marked)
  const { uri } = await open(text)
  const answer = (await ask('textDocument/hover', { textDocument: { uri }, position })) as {
    contents: { value: string }
  } | null
  return (answer?.contents.value ?? '').replaceAll(/\\(?=[^\w\s])|&emsp;|&nbsp;/g, '')
}

interface Item {
  label: string
  documentation?: string | { value: string }
}

async function completionsAt(marked: string): Promise<Map<string, string>> {
  const { text, position } = cursor(marked)
  const { uri } = await open(text)
  const answer = (await ask('textDocument/completion', { textDocument: { uri }, position })) as {
    items: Item[]
  }
  return new Map(
    answer.items.map(({ label, documentation: said }) => [
      label,
      typeof said === 'string' ? said : (said?.value ?? '')
    ])
  )
}

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
    expect(line).toMatch(/^# yaml-language-server: \$schema=https:/)
    expect((await open(text.replace(/\$schema=.*/, `$schema=${schema}`))).problems, text).toEqual([])
  }
})
