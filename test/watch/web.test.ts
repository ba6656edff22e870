import { describe, expect, test } from 'vitest'
import type { PageFacts } from '../../src/watch/page.ts'
import { isLetIn } from '../../src/watch/token.ts'
import { openWeb, type WebOptions } from '../../src/watch/web.ts'
import { acme, found } from './fake.ts'

const token = 'a-long-token-of-letters'
const at = Date.UTC(2026, 0, 5, 8, 0)
const hostile = '<script>alert(1)</script>"\'&<img src=x onerror=alert(1)>'

const facts: PageFacts = {
  schedule: 'every 15m',
  version: '1.2.3',
  now: at,
  known: [
    {
      scope: { ...acme, name: hostile },
      since: at,
      digest: '',
      found: found('S', hostile, { text: hostile, notes: [hostile], place: hostile })
    }
  ],
  troubles: [{ scope: acme, since: at, trouble: { sort: 'exit 4', reasons: [hostile] } }],
  turns: [
    { at, tookMs: 1234, outcome: 'drift', closing: hostile, open: 1, news: 1, requests: 7, throttled: 2 }
  ],
  deliveries: { pending: 1, sent: 2, given_up: 3 },
  undelivered: [{ channel: hostile, problem: hostile, attempts: 3 }]
}

function web(more: Partial<WebOptions> = {}) {
  const answer = openWeb({
    token: undefined,
    open: true,
    health: () => undefined,
    readiness: () => undefined,
    metrics: async () => ({ type: 'text/plain; version=0.0.4; charset=utf-8', body: 'x 1\n' }),
    page: () => facts,
    report: async () => ({
      body: '<!doctype html>Acme',
      allows: "default-src 'none'; script-src 'sha256-x'"
    }),
    ...more
  })
  return async (path: string, authorization?: string) =>
    await answer(
      new Request(`http://127.0.0.1:4280${path}`, {
        headers: authorization === undefined ? {} : { authorization }
      })
    )
}

describe('who may see what', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

  test('on this machine, without a token, everybody may see all', async () => {
    const ask = web()
    for (const path of ['/', '/report', '/metrics', '/healthz', '/readyz'])
      expect((await ask(path)).status, path).toBe(200)
    expect((await ask('/other')).status).toBe(404)
  })

  test.each([[undefined], [token]])('others see health and nothing else (token: %s)', async (own) => {
    const ask = web({ open: false, token: own })
    for (const path of ['/healthz', '/readyz']) expect((await ask(path)).status, path).toBe(200)
    for (const path of ['/', '/report', '/metrics', '/other', '/healthz/x', '//', '/%2e%2e/metrics']) {
      const answer = await ask(path)
      expect(answer.status, path).toBe(401)
      expect(await answer.text()).not.toContain('Acme')
    }
  })

  test('who has the token sees all, as a program or with a browser', async () => {
    const ask = web({ open: false, token })
    for (const one of [
      `Bearer ${token}`,
      `bearer  ${token}`,
      basic(`anybody:${token}`),
      basic(`:${token}`)
    ])
      for (const path of ['/metrics', '/report']) expect((await ask(path, one)).status, one).toBe(200)
    const wrong = [
      'Bearer',
      'Bearer ',
      `Bearer ${token}x`,
      token,
      basic(token.slice(1)),
      basic('x:'),
      'Basic !',
      `Digest ${token}`
    ]
    for (const one of wrong) expect((await ask('/metrics', one)).status, one).toBe(401)
  })

  test('a token of other letters or another length is none', () => {
    expect(isLetIn(`Bearer ${token}`, token)).toBe(true)
    for (const other of ['', 'é', `${token}${token}`, token.toUpperCase()])
      expect(isLetIn(`Bearer ${other}`, token)).toBe(false)
    expect(isLetIn(undefined, token)).toBe(false)
  })
})

test('what is not healthy or not ready says why, and names nothing', async () => {
  const ask = web({
    open: false,
    health: () => 'it does nothing any more',
    readiness: () => 'the last turn failed'
  })
  const [health, ready] = [await ask('/healthz'), await ask('/readyz')]
  expect([health.status, await health.text()]).toEqual([503, 'it does nothing any more\n'])
  expect([ready.status, await ready.text()]).toEqual([503, 'the last turn failed\n'])
})

test('the page holds hostile names as texts, runs nothing, and asks for nothing from elsewhere', async () => {
  const answer = await web()('/')
  const page = await answer.text()
  expect(page).not.toMatch(/<script|<img|onerror=alert\(1\)>/)
  expect(page.split('&lt;script&gt;').length).toBeGreaterThan(8)
  expect(page).not.toMatch(/<[^>]*(src|href)=/)
  expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/)
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

test('the report comes with the rules of its own page, and only when there is one', async () => {
  const answer = await web()('/report')
  expect(answer.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'sha256-x'; frame-ancestors 'none'"
  )
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  const none = await web({ report: async () => undefined })('/report')
  expect([none.status, await none.text()]).toEqual([404, 'no look has come to its end yet\n'])
  expect(none.headers.get('content-security-policy')).toContain("default-src 'none'; style-src")
})

test('the page leads to the report, and nowhere else', async () => {
  const page = await (await web({ page: () => ({ ...facts, reportAt: at }) })('/')).text()
  expect(page.match(/<[^>]*(src|href)=[^>]*>/g)).toEqual(['<a href="report">'])
  expect(page).toContain('Report of the last look</a> (2026-01-05 08:00 UTC)')
})

test('the page of a watcher that has just begun', async () => {
  const nothing = {
    known: [],
    troubles: [],
    turns: [],
    undelivered: [],
    deliveries: { pending: 0, sent: 0, given_up: 0 }
  }
  const page = await (await web({ page: () => ({ ...facts, ...nothing }) })('/')).text()
  expect(page).toContain('<title>Starting – polyctl watch</title>')
  expect(page).toContain('No turn has ended yet.')
  expect(page).not.toContain('<table>')
})

test('how it stands is said once', async () => {
  const stateOf = async (closing: string, open: number): Promise<string> => {
    const [turn] = facts.turns
    const turns = [{ ...turn!, closing }]
    const known = facts.known.slice(0, open)
    const page = await (await web({ page: () => ({ ...facts, troubles: [], known, turns }) })('/')).text()
    const [, state = ''] = /role="status">([\s\S]*?)<\/p>/.exec(page) ?? []
    return state.trim().replaceAll(/\s+/g, ' ')
  }
  const when = '(2026-01-05 08:00 UTC)'
  expect(await stateOf('1 difference (1 new).', 1)).toBe(`<strong>1 difference</strong> (1 new). ${when}`)
  expect(await stateOf('No drift (2 resolved).', 0)).toBe(`<strong>No drift</strong> (2 resolved). ${when}`)
  expect(await stateOf('Put back.', 0)).toBe(`<strong>No drift.</strong> Put back. ${when}`)
})
