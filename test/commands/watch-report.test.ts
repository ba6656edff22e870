import { expect, test } from 'vitest'
import { createWatchSandbox } from '../watch/command.ts'

/** The report that a watcher shows: the page of `drift --format html`, for who has the token. */

const hostile = '<script>alert(1)</script>"\'&<img src=x onerror=alert(1)>'
const token = 'planted-token-of-the-page'
const password = 'planted-password'

const connection = (name: string): string =>
  `  - { name: ${JSON.stringify(name)}, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" } }\n`

test('a watcher shows the report of its last look', async () => {
  const url = Promise.withResolvers<string>()
  let stop = (): void => undefined
  let said = ''
  const box = createWatchSandbox({
    files: { 'configs/a.yaml': `connections:\n${connection(hostile)}${connection('Other')}` },
    env: { POLYCTL_WATCH_TOKEN: token },
    stopped: (stopping) => void (stop = stopping),
    out(text) {
      said += text
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (address !== undefined) url.resolve(address)
    }
  })
  await box.run('apply', '--yes')
  for (const { id, configuration } of box.server.store.all('connection'))
    box.server.store.edit('connection', id, {
      configuration: { ...(configuration as object), database: hostile }
    })
  const asked = (async () => {
    const address = await url.promise
    const get = async (path: string, authorization?: string): Promise<Response> =>
      await fetch(`${address}${path}`, { headers: authorization === undefined ? {} : { authorization } })
    try {
      for (;;) {
        const report = await get('/report', `Bearer ${token}`)
        if (report.status === 200)
          return {
            report,
            page: await report.text(),
            front: await (await get('/', `Bearer ${token}`)).text(),
            others: await get('/report')
          }
        expect(report.status).toBe(404)
      }
    } finally {
      stop()
    }
  })()
  const ran = await box.watch(0, '--every', '15m', '--port', '0')
  expect(ran.code, ran.err).toBe(130)
  const { report, page, front, others } = await asked
  expect(page).toMatch(/^<!doctype html>/)
  expect(page).toContain('2 changed')
  expect(page).not.toMatch(/<script>alert|<img/)
  for (const text of [page, front, said]) expect(text).not.toContain(password)
  // What the page says of itself is what the header says, and nobody may frame it.
  const [, inside = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
  const policy = inside.replaceAll('&#39;', "'").replaceAll('&#x27;', "'")
  expect(report.headers.get('content-security-policy')).toBe(`${policy}; frame-ancestors 'none'`)
  expect(front).toContain('<a href="report">')
  expect(others.status).toBe(401)
})
