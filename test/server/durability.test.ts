import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createServer } from '../../src/server/index.ts'
import { client, decide, mongo, salesforce } from './client.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'polyctl-server-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('what was answered is there after kill -9, keys and outcomes included', async () => {
  const directory = folder()
  const child = spawn(process.execPath, [new URL('child.ts', import.meta.url).pathname, directory], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const ended = once(child, 'exit')
  let url = ''
  for await (const chunk of child.stdout) {
    url += String(chunk)
    if (url.includes('\n')) break
  }
  const answered = await writeUntilKilled(url.trim(), child)
  await ended

  const server = createServer({ directory, apiKey: 'k' })
  onTestFinished(() => server.close())
  const stored = new Map(server.store.all('connection').map(({ name, id }) => [name, id]))
  expect(answered.size).toBeGreaterThanOrEqual(30)
  for (const [name, id] of answered) expect([name, stored.get(name)]).toEqual([name, id])

  // What was stored without being answered is told to who asks again with the key, and is not made twice.
  const before = stored.size
  for (const [name, id] of stored) {
    const again = await client(server).post(
      '/api/connections',
      { ...mongo, name },
      { 'idempotency-key': keyOf(name) }
    )
    expect([again.status, again.data.id]).toEqual([200, id])
  }
  expect(server.store.all('connection')).toHaveLength(before)
})

function keyOf(name: string): string {
  return `key-of-${name.replaceAll(' ', '-')}`
}

/** Four clients that create until the server dies, which it does in the middle of their work. */
async function writeUntilKilled(url: string, child: ChildProcess): Promise<Map<string, string>> {
  const answered = new Map<string, string>()
  let next = 0
  const work = async (): Promise<void> => {
    for (;;) {
      const name = `Connection ${(next += 1)}`
      try {
        const response = await fetch(`${url}/api/connections`, {
          method: 'POST',
          headers: { authorization: 'Bearer k', 'idempotency-key': keyOf(name) },
          body: JSON.stringify({ ...mongo, name })
        })
        const { data } = (await response.json()) as { data: { id: string } }
        answered.set(name, data.id)
      } catch {
        return
      }
      if (answered.size >= 30) child.kill('SIGKILL')
    }
  }
  await Promise.all([work(), work(), work(), work()])
  return answered
}

test('everything of a folder is readable by its owner alone', async () => {
  const directory = join(folder(), 'data')
  const server = createServer({ directory })
  await client(server).post('/api/connections', mongo)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  const files = readdirSync(directory)
  expect(files).toEqual(expect.arrayContaining(['api-key', 'polytomic.db', 'polytomic.db-wal']))
  for (const file of files)
    expect([file, statSync(join(directory, file)).mode & 0o777]).toEqual([file, 0o600])
  server.close()
})

test('Git leaves a folder of our making alone, unless somebody said otherwise', () => {
  const directory = join(folder(), 'made')
  const text = (): string => readFileSync(join(directory, '.gitignore'), 'utf8')
  createServer({ directory }).close()
  expect(text()).toBe('*\n')
  writeFileSync(join(directory, '.gitignore'), '*\n!catalogue.json\n')
  createServer({ directory }).close()
  expect(text()).toBe('*\n!catalogue.json\n')
})

test('a folder that was there is not hidden from Git', () => {
  const directory = folder()
  createServer({ directory }).close()
  expect(existsSync(join(directory, '.gitignore'))).toBe(false)
})

test('a random key is made once, and stays that of the folder', () => {
  const directory = folder()
  const first = createServer({ directory })
  expect([first.apiKeyIsNew, readFileSync(join(directory, 'api-key'), 'utf8')]).toEqual([
    true,
    `${first.apiKey}\n`
  ])
  first.close()
  const second = createServer({ directory })
  expect([second.apiKey, second.apiKeyIsNew]).toEqual([first.apiKey, false])
  expect(second.organizationId).toBe(first.organizationId)
  second.close()
})

test('organizations, their keys and a waiting authorization survive a restart', async () => {
  const directory = folder()
  const first = createServer({ directory, apiKey: 'k' })
  const other = first.store.addOrganization('Other')
  const partner = first.store.addPartnerKey()
  const { data } = await client(first).post('/api/connections', salesforce)
  first.close()

  const server = createServer({ directory, apiKey: 'k' })
  onTestFinished(() => server.close())
  const me = await client(server, '2025-09-18', `Bearer ${other.key}`).get('/api/me')
  expect(me.data['organization_name']).toBe('Other')
  expect(
    (await client(server, '2025-09-18', `Bearer ${partner}`).get('/api/organizations')).list
  ).toHaveLength(2)
  await decide(server, data['auth_url'])
  expect((await client(server).get(`/api/connections/${data.id}`)).data['status']).toBe('healthy')
})

test('a folder serves one server at a time', () => {
  const directory = folder()
  const server = createServer({ directory })
  expect(() => createServer({ directory })).toThrow(/is in use by another polyctl; wait .* `--url`$/)
  server.close()
  createServer({ directory }).close()
})
