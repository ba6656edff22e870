import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where a demo is played: the real programs, in a folder of its own that is gone afterwards. */
export interface Stage {
  folder: string
  /** The local Polytomic, once it is started. */
  url(): string
  /** Starts it with a second person, whose key is `keys.ada`. */
  startServer(): Promise<void>
  /** Runs `polyctl …` as a user would type it; the demo ends when it exits otherwise than expected. */
  polyctl(words: string[], expected: number): Promise<void>
  /** Starts it without waiting for its end. */
  start(words: string[]): ChildProcess
  /** A request to the API in the name of Ada Lovelace, as the web page sends them. */
  asAda(method: string, path: string, body?: unknown): Promise<{ data: never }>
  show(words: string[]): void
  say(text: string): void
}

const root = join(import.meta.dirname, '..', '..')
const launcher = join(root, '.runtime', 'polyctl.cjs')
const keys = { own: 'demo-key-of-this-laptop', ada: 'demo-key-of-ada-lovelace' }

/** The examples of the repository. */
export const examples = join(root, 'configs')

/** Plays a story. Every command is printed; it ends with 0 only if each step ended as it should. */
export async function play(
  story: (stage: Stage) => Promise<void>,
  env: Record<string, string> = {}
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-demo-'))
  const children = new Set<ChildProcess>()
  mkdirSync(join(folder, 'configs'))
  try {
    await story(openStage(folder, children, env))
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    console.error(`\nThe demo did not go as it should: ${words}`)
    process.exitCode = 1
  } finally {
    for (const child of children) child.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
}

function openStage(folder: string, children: Set<ChildProcess>, env: Record<string, string>): Stage {
  let url = ''
  const start = (words: string[]): ChildProcess => {
    const child = spawn(process.execPath, [launcher, ...words], {
      cwd: folder,
      env: { ...process.env, ...env, POLYTOMIC_URL: url, POLYTOMIC_API_KEY: keys.own },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    children.add(child)
    child.on('close', () => children.delete(child))
    return child
  }
  return {
    folder,
    url: () => url,
    start,
    show,
    say: (text) => console.log(`\n── ${text}`),
    async startServer() {
      const words = ['server', '--port', '0', '--data', 'polytomic', '--api-key', keys.own]
      show(['server', '--port', '0', '--data', 'polytomic', '--user', '"Ada Lovelace=…"', '&'])
      url = await addressOf(start([...words, '--user', `Ada Lovelace=${keys.ada}`]))
      console.log(`The local Polytomic is at ${url}\n`)
      console.log(`$ export POLYTOMIC_URL=${url} POLYTOMIC_API_KEY=…`)
    },
    async polyctl(words, expected) {
      show(words)
      const child = start(words)
      child.stdout!.pipe(process.stdout, { end: false })
      child.stderr!.pipe(process.stderr, { end: false })
      await ended(child, expected, words.join(' '))
    },
    async asAda(method, path, body) {
      const headers = {
        authorization: `Bearer ${keys.ada}`,
        'x-polytomic-version': '2025-09-18',
        'content-type': 'application/json'
      }
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const reply = await fetch(`${url}${path}`, { method, headers, ...sent })
      if (!reply.ok) throw new Error(`the edit was refused: ${await reply.text()}`)
      return (await reply.json()) as { data: never }
    }
  }
}

function show(words: string[]): void {
  const typed = words.map((word) => (/^[^'"].* /.test(word) ? JSON.stringify(word) : word))
  console.log(`\n$ polyctl ${typed.join(' ')}`)
}

/** Where a server listens, as it says itself. */
async function addressOf(child: ChildProcess): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    let output = ''
    const read = (chunk: unknown): void => {
      output += String(chunk)
      const found = /http:\/\/[\d.]+:\d+/.exec(output)
      if (found) resolve(found[0])
    }
    child.stdout!.on('data', read)
    child.stderr!.on('data', read)
    child.on('close', () => reject(new Error(`the server ended: ${output}`)))
  })
}

/** Waits for the end of a process; throws when it is not the expected one. */
export async function ended(child: ChildProcess, expected: number, what: string): Promise<void> {
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  if (code !== expected) throw new Error(`polyctl ${what} ended with ${String(code)}, not with ${expected}`)
}
