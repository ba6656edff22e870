import { spawn, type ChildProcess } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * `npm run demo`: the tutorial from first plan to healed drift, with the real programs, in a folder of its own that is gone afterwards.
 * Every command is printed as a user would type it. It ends with 0 only if each step ended as it should.
 */
const root = join(import.meta.dirname, '..', '..')
const launcher = join(root, '.runtime', 'polyctl.cjs')
const folder = mkdtempSync(join(tmpdir(), 'polyctl-demo-'))
const children = new Set<ChildProcess>()
const keys = { own: 'demo-key-of-this-laptop', ada: 'demo-key-of-ada-lovelace' }
let url = ''

try {
  await story()
  say('That is the whole idea. Your own files go into ./configs; `--local` needs no server to be started.')
} catch (error) {
  console.error(
    `\nThe demo did not go as it should: ${error instanceof Error ? error.message : String(error)}`
  )
  process.exitCode = 1
} finally {
  for (const child of children) child.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}

async function story(): Promise<void> {
  mkdirSync(join(folder, 'configs'))
  copyFileSync(
    join(root, 'configs', 'mongodb-to-salesforce.yaml'),
    join(folder, 'configs', 'mongodb-to-salesforce.yaml')
  )
  say('A folder with one file, configs/mongodb-to-salesforce.yaml, and a local Polytomic beside it.')
  await startServer()
  await polyctl(['validate'], 0)
  say('What would be done? Nothing is touched yet.')
  await polyctl(['plan'], 0)
  say(
    'Do it. Salesforce must be authorized by a person, so this ends with exit code 8: done, but somebody has to act.'
  )
  await polyctl(['apply', '--yes'], 8)
  await authorize('Salesforce Connection')
  say('Now the rest can be made. What is there already is left alone.')
  await polyctl(['apply', '--yes'], 0)
  await polyctl(['plan'], 0)
  await editBehindOurBack()
  say('In the morning: what changed, and who did it? Exit code 2 says that there is drift.')
  await polyctl(['drift'], 2)
  say('The file is right, so apply puts it back.')
  await polyctl(['apply', '--yes'], 0)
  await polyctl(['drift'], 0)
}

async function startServer(): Promise<void> {
  const words = [
    'server',
    '--port',
    '0',
    '--data',
    'polytomic',
    '--api-key',
    keys.own,
    '--user',
    `Ada Lovelace=${keys.ada}`
  ]
  show(['server', '--port', '0', '--data', 'polytomic', '--user', '"Ada Lovelace=…"', '&'])
  const child = start(words)
  url = await new Promise<string>((resolve, reject) => {
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
  console.log(`The local Polytomic is at ${url}\n`)
  console.log(`$ export POLYTOMIC_URL=${url} POLYTOMIC_API_KEY=…`)
}

async function authorize(connection: string): Promise<void> {
  show(['connect', JSON.stringify(connection)])
  const child = start(['connect', connection])
  let output = ''
  let pressed: Promise<unknown> | undefined
  child.stdout!.on('data', (chunk) => {
    output += String(chunk)
    const link = /http:\/\/\S+/.exec(output)?.[0]
    if (link === undefined || pressed) return
    console.log(`${output.trimEnd()}\n\n(A person opens the link and presses Allow.)\n`)
    pressed = fetch(link, { method: 'POST', body: new URLSearchParams({ decision: 'allow' }) })
    output = ''
  })
  await ended(child, 0, `connect ${connection}`)
  await pressed
  console.log(output.trim())
}

async function editBehindOurBack(): Promise<void> {
  say('Meanwhile Ada Lovelace maps another field, in the web page.')
  const headers = {
    authorization: `Bearer ${keys.ada}`,
    'x-polytomic-version': '2025-09-18',
    'content-type': 'application/json'
  }
  const list = (await (await fetch(`${url}/api/syncs`, { headers })).json()) as { data: { id: string }[] }
  const path = `${url}/api/syncs/${list.data[0]?.id ?? ''}`
  const { data } = (await (await fetch(path, { headers })).json()) as {
    data: { fields: { target: string; source: { field: string } }[] }
  }
  const fields = data.fields.map((field) =>
    field.target === 'LastName' ? { ...field, source: { ...field.source, field: 'company' } } : field
  )
  const reply = await fetch(path, { method: 'PUT', headers, body: JSON.stringify({ ...data, fields }) })
  if (!reply.ok) throw new Error(`the edit was refused: ${await reply.text()}`)
}

async function polyctl(words: string[], expected: number): Promise<void> {
  show(words)
  const child = start(words)
  child.stdout!.pipe(process.stdout, { end: false })
  child.stderr!.pipe(process.stderr, { end: false })
  await ended(child, expected, words.join(' '))
}

function start(words: string[]): ChildProcess {
  const env = { ...process.env, POLYTOMIC_URL: url, POLYTOMIC_API_KEY: keys.own }
  const child = spawn(process.execPath, [launcher, ...words], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  children.add(child)
  child.on('close', () => children.delete(child))
  return child
}

async function ended(child: ChildProcess, expected: number, what: string): Promise<void> {
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  if (code !== expected) throw new Error(`polyctl ${what} ended with ${String(code)}, not with ${expected}`)
}

function show(words: string[]): void {
  console.log(`\n$ polyctl ${words.join(' ')}`)
}

function say(text: string): void {
  console.log(`\n── ${text}`)
}
