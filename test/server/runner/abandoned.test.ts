import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { createServer } from '../../../src/server/index.ts'
import { openRunnerState } from '../../../src/server/runner/state.ts'
import { client } from '../client.ts'
import { memorySystem } from './memory.ts'
import { memory, memorySync, people } from './service.ts'

const start = {
  start: {},
  most: { written: 10, others: 10 },
  tells: { identities: false, values: false },
  redacted: true
}

test('a preview that nobody asks for any more is ended, and lets others in', async () => {
  let now = Date.parse('2026-03-02T09:00:00Z')
  const system = memorySystem({ rows: new Map([['people', people]]) })
  const options = memory(system)
  const server = createServer({ apiKey: 'test-key', ...options, now: () => new Date(now) })
  onTestFinished(() => {
    server.close()
  })
  const api = client(server)
  const sync = await memorySync(api)
  const begin = async (): Promise<string> =>
    (await api.post(`/polyctl/syncs/${sync.id}/previews`, start)).data.id
  const status = async (id: string): Promise<number> => (await api.get(`/polyctl/previews/${id}`)).status
  const [left, used] = [await begin(), await begin()]
  now += 9 * 60_000
  expect(await status(used)).toBe(200)
  now += 2 * 60_000
  const last = await begin()
  expect([await status(left), await status(used), await status(last)]).toEqual([404, 200, 200])
})

test('what was killed in the middle of a preview leaves none of its records behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-abandoned-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [file, temporary] = [join(folder, 'state.db'), join(folder, 'tmp')]
  mkdirSync(temporary)
  const child = spawn(process.execPath, [new URL('abandoned-child.ts', import.meta.url).pathname, file], {
    env: { ...process.env, SQLITE_TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  expect(readdirSync(temporary)).toEqual([])
  for (const name of readdirSync(folder).filter((one) => one.startsWith('state.db')))
    expect(readFileSync(join(folder, name)).includes('planted')).toBe(false)
  openRunnerState(file, () => 'secret').close()
  const database = new DatabaseSync(file)
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
  database.close()
  expect(tables.filter(({ name }) => /^(list|run)_/.test(String(name)))).toEqual([])
})
