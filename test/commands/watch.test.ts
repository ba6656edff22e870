import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createSandbox, storeFiles } from '../support/sandbox.ts'
import { createWatchSandbox, watchEnv, watchFile } from '../watch/command.ts'

const roles = { 'configs/a.yaml': 'roles: [{ name: readers }, { name: writers }]\n' }

/** Deletes a role, as somebody would in the web page. */
function remove(box: ReturnType<typeof createWatchSandbox>, name: string): void {
  const role = box.server.store.all('role').find((one) => one.name === name)
  box.server.store.remove('role', role?.id ?? '')
}

describe('a watcher', () => {
  test('looks as drift does, tells each difference once, and ends with 130', async () => {
    const box = createWatchSandbox({ files: roles })
    await box.run('apply', '--yes')
    remove(box, 'readers')
    box.requests()
    const ran = await box.watch(40, '--every', '15m')
    expect(ran.code).toBe(130)
    expect(box.reported()).toEqual(['new readers'])
    const look = new Set(['GET /api/me', 'GET /api/permissions/roles'])
    const requests = box.requests().filter((request) => look.has(request))
    expect(requests).toHaveLength(6)
    await box.run('apply', '--yes')
    await box.watch(20)
    expect(box.reported()).toEqual(['resolved readers'])
    expect(ran.out).toContain('1 difference (1 new).')
    expect(ran.out).toContain('- role "readers" missing')
  })

  test('as lines of JSON it says each turn', async () => {
    const box = createWatchSandbox({ files: roles })
    const { out } = await box.watch(20, '--format', 'json')
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).toEqual({ watching: 'every 15m', url: null, tells: ['webhooks-1'] })
    expect(lines.slice(1).map(({ outcome, news }) => [outcome, news])).toEqual([
      ['drift', '2 new'],
      ['drift', '']
    ])
  })

  test('files that are mended in the meantime are read anew; what is wrong with them is told', async () => {
    const box = createWatchSandbox({ files: { 'configs/a.yaml': 'roles: [{ nme: readers }]\n' } })
    await box.watch(3)
    box.write({ 'configs/a.yaml': 'roles: []\n' })
    await box.watch(3)
    expect(box.reported()).toEqual(['failed', 'recovered'])
  })

  test('a service that is down is told once', async () => {
    let isDown = true
    const box = createWatchSandbox({
      files: roles,
      io: {
        fetch: async (request) => {
          if (isDown) throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
          return await box.server.fetch(request)
        }
      }
    })
    const ran = await box.watch(180)
    expect(box.reported()).toEqual(['failed'])
    expect(ran.out).toContain('Failed: ')
    isDown = false
    await box.watch(20)
    expect(box.reported()).toEqual(['recovered, new readers, new writers'])
  })

  test('over many organizations each is told by its name', async () => {
    const partner = { POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' }
    const box = createWatchSandbox({
      files: roles,
      env: partner,
      server: { partnerKey: 'partner-key-1', organizations: [{ name: 'Acme' }, { name: 'Beta' }] }
    })
    await box.watch(5, '--organization', 'Acme', '--organization', 'Beta')
    const [hook] = box.hooks
    expect(hook?.body.news.map(({ organization, name }) => `${organization.name} ${name}`)).toEqual([
      'Acme readers',
      'Acme writers',
      'Beta readers',
      'Beta writers'
    ])
  })

  test('nothing that is secret is in what it says, sends or keeps', async () => {
    const box = createWatchSandbox({
      files: storeFiles,
      io: { fetch: async () => new Response(JSON.stringify({ error: watchEnv.HOOK_URL }), { status: 500 }) }
    })
    const ran = await box.watch(30, '--debug')
    const folder = join(box.folder, '.polyctl/watch')
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    const all = [ran.out, ran.err, JSON.stringify(box.hooks.map(({ body }) => body)), ...kept].join('\n')
    for (const secret of ['planted-', box.server.apiKey]) expect(all).not.toContain(secret)
    expect(box.hooks).not.toEqual([])
  })

  test('its folder is for its owner alone', async () => {
    const box = createWatchSandbox({ files: roles })
    await box.watch(1, '--data', 'kept')
    const folder = join(box.folder, 'kept')
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0)
  })

  test('a second one in the same folder is refused, and hears whose it is and since when', async () => {
    const box = createWatchSandbox({ files: roles, io: { self: () => 'ada@host, process 7' } })
    let second = ''
    box.clock.outside(
      () => void box.begin('watch', '--no-web').then((ran) => void (second = `${ran.code} ${ran.err}`)),
      60_000 * 61
    )
    await box.watch(90)
    expect(second).toMatch(
      /^7 error\[P630\]: another watcher uses .*: ada@host, process 7, since 2026-01-05 08:00 UTC \(61 min\)/
    )
    // The one that was there is not disturbed, and one that has ended leaves nothing behind.
    expect((await box.watch(1)).code).toBe(130)
  })
})

describe('what cannot be done is told before anything is', () => {
  const start = (text: string, ...words: string[]) =>
    createWatchSandbox({ files: { ...roles, 'polyctl.yaml': text } }).watch(1, ...words)

  test.each([
    [['--cron', '99 * * * *'], '"99 * * * *" is no cron pattern: Invalid value for minute: 99'],
    [['--cron', '0 7 * * *', '--time-zone', 'Mars'], '"Mars" is no time zone such as Europe/Berlin'],
    [['--time-zone', 'UTC'], '`--time-zone` is for `--cron`'],
    [['--every', 'often'], '"often" is no time such as 15m'],
    [['--remind', '1'], '"1" is no time after which to remind'],
    [['--host', 'a b'], '"a b" is no address to listen on'],
    [['--port', '70000'], '70000 is no port'],
    [['--public-url', 'ftp://x'], '"ftp://x" is no address of a page'],
    [['--token', 'NO_SUCH'], 'the variable of the token, NO_SUCH, is not set'],
    [['--token', 'SHORT'], 'the variable of the token, SHORT, holds fewer than 16 letters']
  ])('%j', async (words, message) => {
    const box = createWatchSandbox({ files: roles, env: { SHORT: 'planted-short' } })
    const ran = await box.watch(1, ...words)
    expect([ran.code, ran.err]).toEqual([3, expect.stringContaining(`error[P629]: ${message}`)])
    expect(ran.err).not.toContain('planted-short')
    expect(box.requests()).toEqual([])
  })

  test('a variable that is not set, or holds no address, is told at its place, and never its value', async () => {
    for (const [value, why] of [
      ['', 'is not set'],
      ['planted-nonsense', 'holds no address such as https://…'],
      ['http://planted.example.com/x', 'holds an address of plain http, which `--insecure-http` allows']
    ]) {
      const box = createWatchSandbox({ files: roles, env: { HOOK_URL: value } })
      const ran = await box.watch(1)
      expect(ran.code).toBe(3)
      expect(ran.err).toContain(`error[P629]: the variable HOOK_URL ${why}`)
      expect(ran.err).toContain('polyctl.yaml:4:')
      expect(ran.err).not.toContain('planted')
    }
  })

  test.each([
    ['watch: { quiet: [{ from: "25:00", to: "07:00" }] }', 'P105', '`from` is not well formed'],
    ['watch: { quiet: [{ days: [tues] }] }', 'P104', '`days[0]`'],
    ['watch: { findings: [everything] }', 'P104', 'findings'],
    ['watch: { remind: soon }', 'P105', '`remind` is not well formed'],
    ['watch: { slack: [] }', 'P101', '`slack`'],
    ['watch: { notify: { webhooks: [{ url: "${env:A}" }] } }', 'P103', '`secret`'],
    [
      'watch: { notify: { email: [{ server: "${env:A}", from: x, to: [a@example.com] }] } }',
      'P105',
      '`from` is not well formed'
    ]
  ])('%s: %s', async (text, code, words) => {
    const ran = await start(`${text}\n`)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain(`error[${code}]`)
    expect(ran.err).toContain(words)
    expect(ran.err).toMatch(/polyctl\.yaml:1:\d+/)
  })

  test('an address that stands in the file is refused, and not shown', async () => {
    const url = 'https://hooks.example.com/services/planted'
    const ran = await start(`watch: { notify: { slack: [{ url: "${url}" }] } }\n`)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('written ${env:NAME} here')
    expect(ran.err).not.toContain('planted')
    expect(ran.err).not.toContain('hooks.example.com')
  })

  test('a time zone that nobody knows, and two receivers of one name', async () => {
    const zone = await start('watch: { quiet: [{ days: [sat], time_zone: Mars/X }] }\n')
    expect(zone.err).toContain('error[P629]: there is no time zone `Mars/X`')
    const twice =
      watchFile.replace('{ url', '{ name: a, url') +
      watchFile.split('\n')[3]?.replace('{ url', '{ name: a, url')
    expect((await start(`${twice}\n`)).err).toContain('error[P629]: two receivers are called `a`')
  })

  test('`watch` stands in `polyctl.yaml` alone', async () => {
    const ran = await createSandbox({ files: { 'configs/a.yaml': 'watch: {}\nroles: []\n' } }).run(
      'validate'
    )
    expect(ran.err).toContain('`watch` stands in `polyctl.yaml` only')
  })
})
