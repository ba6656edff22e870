import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  serverCommand,
  type ServerCommandIo,
  type ServerCommandOptions
} from '../../src/commands/server.ts'

interface Run {
  code: Promise<number>
  /** Resolves with what was printed, once something was. */
  printed: Promise<string>
  stop(): void
  out: string[]
  err: string[]
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'polyctl-command-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function run(
  cwd: string,
  options: Partial<ServerCommandOptions> = {},
  env: Record<string, string> = {}
): Run {
  const out: string[] = []
  const err: string[] = []
  const interruption = Promise.withResolvers<void>()
  const printing = Promise.withResolvers<string>()
  const io: ServerCommandIo = {
    out: (text) => {
      out.push(text)
      printing.resolve(text)
    },
    err: (text) => {
      err.push(text)
      printing.resolve('')
    },
    cwd,
    env,
    interrupted: interruption.promise,
    fetch: (request) => fetch(request)
  }
  const code = serverCommand({ port: 0, host: '127.0.0.1', format: 'text', ...options }, io)
  return { code, printed: printing.promise, stop: () => interruption.resolve(), out, err }
}

test('it tells where it listens, shows a new key once, and runs until it is interrupted', async () => {
  const cwd = folder()
  const first = run(cwd)
  const text = await first.printed
  expect(text).toMatch(/^The local Polytomic listens at http:\/\/127\.0\.0\.1:\d+\n/)
  const [, key] = /API key {2}(\S+) \(new; kept in .*\.polyctl\/local\/api-key\)/.exec(text) ?? []
  const url = /http:\S+/.exec(text)?.[0] ?? ''
  const me = await fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${key}` } })
  expect(me.status).toBe(200)
  first.stop()
  expect(await first.code).toBe(0)
  await expect(fetch(`${url}/api/me`)).rejects.toThrow('fetch failed')

  const second = run(cwd)
  expect(await second.printed).not.toContain(key)
  second.stop()
  expect(await second.code).toBe(0)
})

test('the key of the environment is used, and never printed', async () => {
  const command = run(folder(), { format: 'json' }, { POLYTOMIC_API_KEY: 'from-environment' })
  const { url, ...rest } = JSON.parse(await command.printed) as { url: string }
  expect(rest).toEqual({
    directory: expect.stringMatching(/\.polyctl\/local$/),
    organization_id: expect.any(String)
  })
  const me = await fetch(`${url}/api/me`, { headers: { authorization: 'Bearer from-environment' } })
  expect(me.status).toBe(200)
  command.stop()
  expect(await command.code).toBe(0)
})

test('it tells what to set to reach it, and what it was started with, without a key that was given', async () => {
  const cwd = folder()
  const first = run(cwd)
  const fresh = await first.printed
  const [, url = '', key = ''] =
    /^ {2}export POLYTOMIC_URL=(\S+) POLYTOMIC_API_KEY=(\S+)$/m.exec(fresh) ?? []
  expect(fresh).not.toContain('  With ')
  const me = await fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${key}` } })
  expect(me.status).toBe(200)
  first.stop()
  await first.code

  const second = run(cwd, { latency: '1ms', rate: '20/s', user: { ada: 'adas-key' } })
  const known = await second.printed
  expect(known).toContain(` POLYTOMIC_API_KEY=$(cat ${cwd}/.polyctl/local/api-key)\n`)
  expect(known).toContain('\n  With     --latency 1ms, --rate 20/s, --user ada\n')
  expect(known).not.toContain('adas-key')
  second.stop()
  await second.code

  const third = run(cwd, { apiKey: 'a-given-key' })
  expect(await third.printed).toContain(' POLYTOMIC_API_KEY=…\n')
  expect(third.out.join('')).not.toContain('a-given-key')
  third.stop()
  await third.code
})

test('a port that is taken is told in one line', async () => {
  const other = createHttpServer()
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  const command = run(folder(), { port })
  expect(await command.code).toBe(1)
  expect(command.err).toEqual([
    `Port ${port} of 127.0.0.1 is taken. Choose another with --port, or 0 for any.\n`
  ])
})

test('a folder that is in use, or is none, is told in one line', async () => {
  const cwd = folder()
  const first = run(cwd)
  await first.printed
  const second = run(cwd)
  expect(await second.code).toBe(1)
  expect(second.err.join('')).toMatch(/^The folder .* is in use by another polyctl; [^\n]*\n$/)
  first.stop()
  await first.code
  writeFileSync(join(cwd, 'file'), '')
  const third = run(cwd, { data: 'file/below' })
  expect(await third.code).toBe(1)
  expect(third.err.join('')).toMatch(/^The folder .*file\/below cannot be used: [^\n]*\n$/)
})

test('options that make no sense are told in one line', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'faults.json'), '[{"fault":"explode"}]')
  const told = async (options: Partial<ServerCommandOptions>): Promise<string> => {
    const command = run(cwd, options)
    expect(await command.code).toBe(3)
    return command.err.join('')
  }
  expect(await told({ latency: 'soon' })).toBe('--latency must be a time such as 100ms or 2s, not soon\n')
  expect(await told({ port: 99_999 })).toBe('--port must be from 0 to 65535, not 99999\n')
  expect(await told({ rate: '0/s' })).toBe('--rate must be such as 20/s, not 0/s\n')
  expect(await told({ faults: 'faults.json' })).toMatch(
    /faults\.json cannot be used: faults\[0\]\.fault must be/
  )
  expect(await told({ faults: 'none.json' })).toMatch(/none\.json cannot be used: ENOENT/)
})

test('latency, rate and faults are what they are told to be', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'faults.json'), '[{"fault":"lost-response","on":"GET /api/me"}]')
  const command = run(
    cwd,
    { faults: 'faults.json', latency: '1ms', rate: '2/s' },
    { POLYTOMIC_API_KEY: 'k' }
  )
  const url = /http:\S+/.exec(await command.printed)?.[0] ?? ''
  const ask = (): Promise<Response> => fetch(`${url}/api/me`, { headers: { authorization: 'Bearer k' } })
  await expect(ask()).rejects.toThrow('fetch failed')
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 429])
  command.stop()
  await command.code
})

test('the ledger is printed with its counts', async () => {
  const text = run(folder(), { ledger: true })
  expect(await text.code).toBe(0)
  expect(text.out.join('')).toMatch(
    /\n\d+ behaviours: \d+ documentation, \d+ sdk, \d+ provider, \d+ assumption\n$/
  )
  const json = run(folder(), { ledger: true, format: 'json' })
  await json.code
  const { counts, rows } = JSON.parse(json.out.join('')) as {
    counts: Record<string, number>
    rows: unknown[]
  }
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(rows.length)
})
