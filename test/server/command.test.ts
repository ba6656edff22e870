import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { openDoor } from '../../src/commands/door.ts'
import type { WorldIo } from '../../src/commands/io.ts'
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
  const streams = {
    out: (text: string) => {
      out.push(text)
      printing.resolve(text)
    },
    err: (text: string) => {
      err.push(text)
      printing.resolve('')
    }
  }
  const full = { port: 0, host: '127.0.0.1', format: 'text' as const, ...options }
  const terminal = { out: false, err: false, in: false, width: 80 }
  const door = openDoor({ ...streams, terminal, env } as unknown as WorldIo)
  const io: ServerCommandIo = {
    output: door.open(full),
    cwd,
    env,
    interrupted: interruption.promise,
    fetch: (request) => fetch(request)
  }
  const code = serverCommand(full, io).then((result) => door.end(result, full))
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

  const second = run(cwd, { latency: '1ms', rate: '20/s', shape: 'newest', user: { ada: 'adas-key' } })
  const known = await second.printed
  expect(known).toContain(` POLYTOMIC_API_KEY=$(cat ${cwd}/.polyctl/local/api-key)\n`)
  expect(known).toContain('\n  With     --latency 1ms, --rate 20/s, --shape newest, --user ada\n')
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

test('with an app of Salesforce it says what the app must have; half of an app is none', async () => {
  const app = { SALESFORCE_CLIENT_ID: 'id', SALESFORCE_CLIENT_SECRET: 'app-secret' }
  const command = run(folder(), { run: true }, app)
  const text = await command.printed
  const url = /http:\S+/.exec(text)?.[0] ?? ''
  expect(text).toContain(`  Signs in Salesforce, with the callback URL ${url}/connect/salesforce\n`)
  expect(text + command.err.join('')).not.toContain('app-secret')
  command.stop()
  await command.code
  for (const name of Object.keys(app)) {
    const half = run(folder(), { run: true }, { [name]: 'x' })
    expect(await half.code).toBe(3)
    expect(half.err.join('')).toMatch(
      /^SALESFORCE_\w+ is set, and SALESFORCE_\w+ is not: set both, or neither\n$/
    )
  }
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
  expect(third.err.join('')).toMatch(
    /^The folder .*file\/below cannot be used: a file is where a folder should be. Choose another with --data.\n$/
  )
})

test('options that make no sense are told in one line', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'faults.json'), '[{"fault":"explode"}]')
  const reported = async (options: Partial<ServerCommandOptions>): Promise<string> => {
    const command = run(cwd, options)
    expect(await command.code).toBe(3)
    return command.err.join('')
  }
  expect(await reported({ latency: 'soon' })).toBe(
    '--latency must be a time such as 100ms or 2s, not soon\n'
  )
  expect(await reported({ port: 99_999 })).toBe('--port must be from 0 to 65535, not 99999\n')
  expect(await reported({ rate: '0/s' })).toBe('--rate must be such as 20/s, not 0/s\n')
  expect(await reported({ faults: 'faults.json' })).toMatch(
    /faults\.json cannot be used: faults\[0\]\.fault must be/
  )
  expect(await reported({ faults: 'none.json' })).toMatch(/none\.json cannot be used: ENOENT/)
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
    /\n\d+ behaviours: \d+ documentation, \d+ sdk, (?:\d+ provider-test, )?\d+ provider, \d+ assumption\n$/
  )
  expect(text.out.join('')).toMatch(/^ {2}provider-test +seen with the tests that the official Terraform/m)
  const json = run(folder(), { ledger: true, format: 'json' })
  await json.code
  const { counts, rows } = JSON.parse(json.out.join('')) as {
    counts: Record<string, number>
    rows: unknown[]
  }
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(rows.length)
})

test('keys come from variables and files too; an empty one is refused, wherever it stands', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'blank'), ' \n')
  writeFileSync(join(cwd, 'partner'), 'partner-from-file\n')
  writeFileSync(join(cwd, 'users'), 'ada=adas-key\n\nbob=bobs-key\n')
  const reported = async (options: Partial<ServerCommandOptions>, env = {}): Promise<string> => {
    const command = run(cwd, options, env)
    expect([options, await command.code]).toEqual([options, 3])
    return command.err.join('')
  }
  for (const [options, from] of [
    [{ apiKey: '' }, '--api-key'],
    [{ apiKey: '  ' }, '--api-key'],
    [{ apiKeyFile: 'blank' }, '--api-key-file'],
    [{ partnerKey: '' }, '--partner-key'],
    [{ partnerKeyFile: 'blank' }, '--partner-key-file'],
    [{ user: { X: '' } }, '--user X'],
    [{ userFile: 'blank', user: { X: '\t' } }, '--user X']
  ] as const) {
    expect(await reported(options)).toBe(
      `${from} has an empty key; leave it out, or give one of visible ASCII characters\n`
    )
  }
  for (const name of ['POLYTOMIC_API_KEY', 'POLYCTL_SERVER_PARTNER_KEY']) {
    expect(await reported({}, { [name]: '   ' })).toContain(`${name} has an empty key`)
  }
  expect(await reported({}, { POLYCTL_SERVER_USERS: 'X=' })).toContain(
    'POLYCTL_SERVER_USERS: X has an empty key'
  )
  expect(await reported({ userFile: 'partner' })).toBe(
    '--user-file has a line that is not written name=key\n'
  )
  expect(await reported({ partnerKeyFile: 'none' })).toMatch(
    /^--partner-key-file: the file none cannot be read: /
  )
  expect(await reported({ apiKey: 'k', partnerKey: 'k' })).toMatch(
    /have the same key; each needs its own\n$/
  )

  const command = run(
    cwd,
    { userFile: 'users', partnerKeyFile: 'partner' },
    { POLYTOMIC_API_KEY: 'k', POLYCTL_SERVER_USERS: 'eve=eves-key' }
  )
  const url = /http:\S+/.exec(await command.printed)?.[0] ?? ''
  for (const key of ['k', 'adas-key', 'bobs-key', 'eves-key', 'partner-from-file']) {
    const me = await fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${key}` } })
    expect([key, me.status]).toEqual([key, 200])
  }
  expect(command.err).toEqual([])
  command.stop()
  await command.code
})

test('a key that everybody on the machine can read is pointed out', async () => {
  const command = run(folder(), { partnerKey: 'a-partner-key' })
  await command.printed
  await expect
    .poll(() => command.err.join(''))
    .toMatch(/^Note: everybody .* keys of --partner-key in the list/)
  expect(command.err.join('')).not.toContain('a-partner-key')
  command.stop()
  await command.code
})

test('other machines are let in by a word alone, and it says what they can see', async () => {
  for (const host of ['0.0.0.0', '::', '0', '10.0.0.1', 'localhost.example']) {
    const refused = run(folder(), { host })
    expect([host, await refused.code]).toEqual([host, 3])
    expect(refused.err.join('')).toMatch(/lets other machines in; add --expose if you mean that/)
  }
  const nowhere = run(folder(), { host: '' })
  expect(await nowhere.code).toBe(3)
  const command = run(folder(), { host: '0.0.0.0', expose: true }, { POLYTOMIC_API_KEY: 'k' })
  const text = await command.printed
  const url = /POLYTOMIC_URL=(\S+)/.exec(text)?.[1] ?? ''
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect((await fetch(`${url}/api/me`, { headers: { authorization: 'Bearer k' } })).status).toBe(200)
  await expect
    .poll(() => command.err.join(''))
    .toMatch(/Warning: other machines can reach this server at port/)
  command.stop()
  await command.code
})

test('what is wrong with the folder is told as what it is', async () => {
  const cwd = folder()
  const first = run(cwd)
  await first.printed
  first.stop()
  await first.code
  const local = join(cwd, '.polyctl', 'local')
  const reported = async (): Promise<string> => {
    const command = run(cwd)
    expect(await command.code).toBe(1)
    expect(command.err.join('')).not.toMatch(/in use|has a bug|\bat .*:\d+/)
    return command.err.join('')
  }
  const garbage = 'this is no database, and long enough that nobody can take it for an empty one'.repeat(20)
  writeFileSync(join(local, 'lock.db'), garbage)
  expect(await reported()).toMatch(
    /lock\.db cannot be used: the database is damaged, or another program has/
  )
  rmSync(join(local, 'lock.db'))
  writeFileSync(join(local, 'polytomic.db'), garbage)
  expect(await reported()).toMatch(
    /polytomic\.db cannot be used: the database is damaged, or another program has/
  )
  rmSync(join(local, 'polytomic.db'))
  const other = new DatabaseSync(join(local, 'polytomic.db'))
  other.exec('CREATE TABLE recipes (name TEXT)')
  other.close()
  expect(await reported()).toMatch(/has a database of another program; use another folder/)
  rmSync(join(local, 'polytomic.db'))
  writeFileSync(join(local, 'api-key'), 'two words\n')
  expect(await reported()).toMatch(/api-key of the folder holds no key: remove it, and a new one is made/)
  rmSync(join(local, 'api-key'))
  const again = run(cwd)
  expect(await again.printed).toContain('(new; kept in ')
  again.stop()
  expect(await again.code).toBe(0)
})
