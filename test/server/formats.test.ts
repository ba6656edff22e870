import { expect, test } from 'vitest'
import { problemsOf } from '../support/reading.ts'
import { bulkWorld, hubspot } from './bulk-world.ts'
import { client, testServer } from './client.ts'

/** Whether files and requests take it. Both must say the same: a file that passes is not refused later. */
const emails: [string, boolean][] = [
  ['a@b.io', true],
  ['A.B@Example.IO', true],
  ['ünï+tag@exämple.io', true],
  ["o'x@x.io", true],
  ['日本@例え.テスト', true],
  ['a@xn--exmple-cua.io', true],
  [`${'x'.repeat(300)}@b.io`, true],
  ['e\u0301@e\u0301.io', true],
  ['a@b', false],
  ['a@b.io.', false],
  ['a@b..io', false],
  ['.a@b.io', false],
  ['a.@b.io', false],
  ['a@-b.io', false],
  ['a@b_c.io', false],
  ['a@[1.2.3.4]', false],
  ['"a b"@c.io', false],
  ['Ada <a@b.io>', false],
  ['a@b@c.io', false],
  ['@b.io', false],
  ['a@', false],
  ['a', false],
  [' a@b.io', false],
  ['a@b.io\n', false],
  ['a\u0000@b.io', false],
  ['a\u200b@b.io', false]
]

const instants: [string, boolean][] = [
  ['2026-01-31T08:00:00Z', true],
  ['2026-01-31T08:00:00.5Z', true],
  ['2026-01-31T08:00:00.123456789Z', true],
  ['2026-01-31T08:00:00+02:00', true],
  ['2026-01-31T08:00:00-00:00', true],
  ['2026-01-31T08:00:00+23:59', true],
  ['2024-02-29T23:59:59Z', true],
  ['0001-01-01T00:00:00Z', true],
  ['9999-12-31T23:59:59Z', true],
  ['2026-12-31T23:59:60Z', false],
  ['2026-12-31T22:59:60-01:00', false],
  ['2026-01-31t08:00:00Z', false],
  ['2026-01-31T08:00:00z', false],
  ['2026-01-31 08:00:00Z', false],
  ['2026-01-31T08:00:00+0200', false],
  ['2026-01-31T08:00:00+02', false],
  ['2026-01-31T08:00:00+24:00', false],
  ['2026-01-31T08:00:00', false],
  ['2026-01-31T08:00Z', false],
  ['2026-01-31', false],
  ['2026-02-29T08:00:00Z', false],
  ['2026-02-30T08:00:00Z', false],
  ['2026-13-01T08:00:00Z', false],
  ['2026-00-01T08:00:00Z', false],
  ['2026-01-31T24:00:00Z', false],
  ['2026-01-31T08:60:00Z', false],
  ['2026-01-31T08:00:00.Z', false],
  ['2026-01-31T08:00:00,5Z', false],
  ['+012026-01-31T08:00:00Z', false],
  ['2026-01-31T08:00:00Z\n', false],
  ['tomorrow', false]
]

const addresses: [string, boolean][] = [
  ['https://x.io', true],
  ['HTTPS://X.io/a?b=c#d', true],
  ['http://127.0.0.1:8080/', true],
  ['http://[::1]/a', true],
  ['https://exämple.io/ü/日本?q=🦆', true],
  ['https://x.io/a|b{c}', true],
  ['https://x.io/%zz', true],
  ['ftp://x.io', false],
  ['mailto:a@x.io', false],
  ['urn:a:b', false],
  ['//x.io', false],
  ['x.io', false],
  ['https://', false],
  ['https:x.io', false],
  ['http://[', false],
  ['https://x.io:99999/', false],
  ['https://x.io/ a', false],
  ['https://x.io/\r\nSet-Cookie: a=b', false],
  ['https://x.io/\u0000', false],
  [' https://x.io', false]
]

/** The codes of problems, without their places. */
function codes(problems: readonly string[]): string[] {
  return problems.map((problem) => problem.slice(0, 4))
}

test.each(emails)(
  'the e-mail address %j counts in files and in requests alike: %j',
  async (email, isGood) => {
    const user = `users:\n  - { email: ${JSON.stringify(email)}, roles: [Admin] }\n`
    const subscribers = `global_error_subscribers: { emails: [${JSON.stringify(email)}] }\n`
    expect(codes(await problemsOf(user))).toEqual(isGood ? [] : ['P105'])
    expect(codes(await problemsOf(subscribers))).toEqual(isGood ? [] : ['P105'])

    const api = client(testServer())
    const made = await api.post('/api/organization/users', { email, role: 'admin' })
    const reported = await api.put('/api/notifications/global-error-subscribers', { emails: [email] })
    expect([made.status, reported.status]).toEqual(isGood ? [200, 200] : [422, 400])
  }
)

test.each(instants)('the time %j counts in files and in requests alike: %j', async (time, isGood) => {
  const file = `
connections:
  - &E { name: E, type: postgresql, configuration: { hostname: h, database: d, username: u, password: '\${env:P}' } }
  - { <<: *E, name: F }
bulk_syncs:
  - name: B
    mode: replicate
    source: { connection: E }
    destination: { connection: F, configuration: { schema: raw } }
    default_schedule: manual
    data_cutoff_timestamp: ${JSON.stringify(time)}
`
  expect(codes(await problemsOf(file, { env: { P: 'secret-of-e' } }))).toEqual(isGood ? [] : ['P105'])

  const world = await bulkWorld()
  const reply = await world.api.post('/api/bulk/syncs', world.request({ data_cutoff_timestamp: time }))
  expect(reply.status).toBe(isGood ? 200 : 400)
  if (isGood) expect(reply.data['data_cutoff_timestamp']).toBe(time)
})

test.each(addresses)(
  'the address %j counts in files and in requests alike: %j',
  async (address, isGood) => {
    const text = JSON.stringify(address)
    const webhook = `webhooks:\n  - { endpoint: ${text}, secret: '\${env:P}' }\n`
    expect(codes(await problemsOf(webhook, { env: { P: 'secret-of-e' } }))).toEqual(isGood ? [] : ['P105'])
    const connection = `connections:\n  - { name: S, type: hubspot, redirect_url: ${text} }\n`
    expect(codes(await problemsOf(connection))).toEqual(isGood ? [] : ['P105'])

    const api = client(testServer())
    const reported = await api.post('/api/webhooks', { endpoint: address, secret: 's' })
    const made = await api.post('/api/connections', { ...hubspot, redirect_url: address })
    expect([reported.status, made.status]).toEqual(isGood ? [200, 200] : [422, 422])
  }
)
