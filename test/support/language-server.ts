import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

/** The language server of most editors, with a schema, as editors run it. */

const require = createRequire(import.meta.url)
const program = join(
  dirname(require.resolve('yaml-language-server/package.json')),
  'bin/yaml-language-server'
)

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

interface Item {
  label: string
  documentation?: string | { value: string }
}

interface Opened {
  uri: string
  problems: Problem[]
}

/** What an editor is told of texts in which `|` marks where the cursor stands. */
export interface LanguageServer {
  /** Opens a text as a file, and gives what is said of it. */
  open(text: string, uri?: string): Promise<Opened>
  hoverAt(marked: string): Promise<string>
  completionsAt(marked: string): Promise<Map<string, string>>
}

/** Starts the server with a schema for all files; it ends with the tests of the file. */
export async function startLanguageServer(schema: string): Promise<LanguageServer> {
  const settings = {
    yaml: {
      schemas: { [schema]: '*.yaml' },
      schemaStore: { enable: false },
      validate: true,
      hover: true,
      completion: true
    }
  }
  const { ask, send, published } = connection(settings)
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
  const open: LanguageServer['open'] = async (text, uri = `file:///folder/${(opened += 1)}.yaml`) => {
    const problems = new Promise<Problem[]>((resolve) => published.set(uri, resolve))
    const textDocument = { uri, languageId: 'yaml', version: 1, text }
    send({ method: 'textDocument/didOpen', params: { textDocument } })
    return { uri, problems: await problems }
  }
  return {
    open,
    async hoverAt(marked) {
      const { text, position } = cursor(marked)
      const { uri } = await open(text)
      const answer = (await ask('textDocument/hover', { textDocument: { uri }, position })) as {
        contents: { value: string }
      } | null
      return (answer?.contents.value ?? '').replaceAll(/\\(?=[^\w\s])|&emsp;|&nbsp;/g, '')
    },
    async completionsAt(marked) {
      const { text, position } = cursor(marked)
      const { uri } = await open(text)
      const answer = (await ask('textDocument/completion', { textDocument: { uri }, position })) as {
        items: Item[]
      }
      return new Map(
        answer.items.map(({ label, documentation: words }) => [
          label,
          typeof words === 'string' ? words : (words?.value ?? '')
        ])
      )
    }
  }
}

/** A process of the server that is handed these settings. */
function connection(settings: Record<string, unknown>) {
  const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] })
  afterAll(() => void child.kill())
  const answers = new Map<number, (result: unknown) => void>()
  const published = new Map<string, (problems: Problem[]) => void>()
  let received = Buffer.alloc(0)
  let last = 0
  const send = (message: object): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }
  const take = ({ id, method, params, result }: Message): void => {
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
  const ask = (method: string, params: object): Promise<unknown> => {
    const id = (last += 1)
    return new Promise((resolve) => {
      answers.set(id, resolve)
      send({ id, method, params })
    })
  }
  return { ask, send, published }
}

/** A text with `|` where the cursor stands. */
function cursor(marked: string): { text: string; position: { line: number; character: number } } {
  const before = marked.slice(0, marked.indexOf('|')).split('\n')
  return {
    text: marked.replace('|', ''),
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 }
  }
}
