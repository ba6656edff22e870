import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Post } from '../../src/watch/channels/channel.ts'
import { emailChannel, mailOf } from '../../src/watch/channels/email.ts'
import { slackChannel } from '../../src/watch/channels/slack.ts'
import { teamsChannel } from '../../src/watch/channels/teams.ts'
import { webhookBody, webhookChannel } from '../../src/watch/channels/webhook.ts'
import { countsText, messageOf, summaryOf, type Message } from '../../src/watch/message.ts'
import type { News, NewsOf } from '../../src/watch/news.ts'
import { acme, found } from './fake.ts'
import { startSmtp } from './smtp.ts'

const at = Date.UTC(2026, 0, 5, 8, 0)
const hostile =
  '<!channel> *bold* `code` [link](https://x.example) \u202Egnp & "quotes"\r\nBcc: x@x.example'
const all: NewsOf[] = ['new', 'changed', 'resolved', 'healed', 'passed', 'open', 'failed', 'recovered']

function message(news: readonly Partial<News>[] = [{}], more: Partial<Message> = {}): Message {
  const whole = news.map((one, index): News => ({
    of: 'new',
    scope: acme,
    at,
    since: at,
    found: found(`S${index}`),
    ...one
  }))
  return messageOf(whole, { id: 'id-1', at, open: 2, organizations: 1, ...more })
}

/** All sorts of news at once, with names that would do harm. */
const everything = message([
  ...all.map((of, index): Partial<News> => ({
    of,
    found: found(`${hostile}${index}`, 'a\nb', { text: hostile })
  })),
  {
    of: 'failed',
    scope: { id: '', name: '' },
    trouble: { sort: 'exit 4', reasons: ['the service is down [P601]'] }
  }
])

interface Posted {
  url: string
  headers: Headers
  body: string
}

function receiver(status = 200, headers: Record<string, string> = {}): { post: Post; posted: Posted[] } {
  const posted: Posted[] = []
  return {
    posted,
    post: async (request) => {
      posted.push({ url: request.url, headers: request.headers, body: await request.text() })
      return new Response('ok', { status, headers })
    }
  }
}

const signal = new AbortController().signal
const url = 'https://hooks.example.com/services/T0/B0/planted'

describe('a webhook', () => {
  test('is sent JSON by its schema, with its id as the key, signed so that the receiver can tell', async () => {
    const { post, posted } = receiver()
    const channel = webhookChannel('own', { url, secret: 'planted-secret-0' }, { post, now: () => at })
    expect(await channel.send(everything, signal)).toEqual({ ok: true })
    const [{ headers, body } = { headers: new Headers(), body: '' }] = posted
    expect(headers.get('idempotency-key')).toBe('id-1')
    const [, seconds = '', hex = ''] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers.get('polyctl-signature') ?? '') ?? []
    expect(Number(seconds)).toBe(at / 1000)
    expect(hex).toBe(createHmac('sha256', 'planted-secret-0').update(`${seconds}.${body}`).digest('hex'))
    const ajv = new Ajv2020({ allowUnionTypes: true })
    addFormats.default(ajv)
    const valid = ajv.compile(
      JSON.parse(readFileSync('schemas/watch-message.schema.json', 'utf8')) as object
    )
    expect(valid(JSON.parse(body)) || valid.errors).toBe(true)
    expect(JSON.parse(body)).toEqual(webhookBody(everything))
  })

  test.each([[301], [400], [404], [500]])('an answer with %i is no yes', async (status) => {
    const { post } = receiver(status)
    const channel = webhookChannel('own', { url, secret: 'planted-secret-0' }, { post, now: () => at })
    expect(await channel.send(message(), signal)).toEqual({ ok: false, problem: `it answered ${status}` })
  })

  test('one that asks for time says for how much', async () => {
    const channel = slackChannel('s', url, receiver(429, { 'retry-after': '30' }).post)
    const sent = await channel.send(message(), signal)
    expect(sent).toEqual({ ok: false, problem: 'it answered 429', retryAfterMs: 30_000 })
  })
})

test('Slack gets blocks in which no name calls people, or is anything but a name', async () => {
  const { post, posted } = receiver()
  await slackChannel('s', url, post).send(everything, signal)
  const text = posted[0]?.body ?? ''
  expect(text).not.toContain('<!channel>')
  expect(text).toContain('&lt;!channel&gt;')
  const value = JSON.parse(text) as { text: string; blocks: { type: string }[] }
  expect(value.text).toBe(
    '❌ Polytomic watch: 2 failing, 1 new, 1 changed, 1 put back, 1 came and went, 1 resolved, 1 working again, 1 still open. 2 differences are open.'
  )
  expect(value.blocks.length).toBeLessThanOrEqual(50)
})

test('Teams gets an adaptive card within its limit, however much there is', async () => {
  const { post, posted } = receiver()
  const many = message(
    Array.from({ length: 400 }, (_, index) => ({
      found: found(`${hostile}${index}`, '', { text: hostile.repeat(20) })
    })),
    { link: 'https://watch.example.com/' }
  )
  await teamsChannel('t', url, post).send(many, signal)
  const text = posted[0]?.body ?? ''
  expect(Buffer.byteLength(text)).toBeLessThan(28_000)
  const value = JSON.parse(text) as {
    type: string
    attachments: { contentType: string; content: { body: { text: string }[] } }[]
  }
  expect(value.type).toBe('message')
  expect(value.attachments[0]?.contentType).toBe('application/vnd.microsoft.card.adaptive')
  const lines = value.attachments[0]?.content.body.map((block) => block.text) ?? []
  expect(lines.some((line) => /… and \d+ more lines/.test(line))).toBe(true)
  expect(lines.join('\n')).not.toMatch(/(?<!\\)[*`[\]]/)
})

describe('e-mail', () => {
  test('goes through an SMTP server, with the id by which mail programs tell copies', async () => {
    const smtp = await startSmtp()
    onTestFinished(smtp.close)
    const server = `smtp://ada:planted%20secret@127.0.0.1:${smtp.port}`
    const channel = emailChannel('mail', {
      server,
      from: 'Watch <w@example.com>',
      to: ['a@example.com', 'b@example.com']
    })
    expect(await channel.send(everything, signal)).toEqual({ ok: true })
    expect(smtp.mails).toHaveLength(1)
    const [mail] = smtp.mails
    expect(mail?.user).toBe('ada')
    expect(mail?.to).toEqual(['<a@example.com>', '<b@example.com>'])
    expect(mail?.text).toContain('Message-ID: <id-1@example.com>')
    expect(mail?.text).toMatch(/^Subject: Polytomic watch: /m)
    // No name makes a header of its own.
    expect(mail?.text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im)
  })

  test('one that is refused, or whose server is away, is a failure', async () => {
    const smtp = await startSmtp(true)
    onTestFinished(smtp.close)
    const to = { from: 'w@example.com', to: ['a@example.com'] }
    const refused = emailChannel('mail', { server: `smtp://127.0.0.1:${smtp.port}`, ...to })
    await expect(refused.send(message(), signal)).rejects.toThrow('550')
    await smtp.close().catch(() => undefined)
    const away = emailChannel('mail', { server: `smtp://127.0.0.1:${smtp.port}`, ...to })
    await expect(away.send(message(), signal)).rejects.toThrow('ECONNREFUSED')
  })

  test('it is text that a person reads', () => {
    const { subject, text } = mailOf(
      message([{}, { of: 'resolved' }], { link: 'https://watch.example.com/' }),
      { from: 'w@example.com', to: [] }
    )
    expect(subject).toBe('Polytomic watch: 1 new, 1 resolved. 2 differences are open.')
    expect(text).toBe(`1 new, 1 resolved. 2 differences are open.

~ sync "S0" changed
    at configs/a.yaml:3:5
    

= sync "S1" resolved
    since 2026-01-05 08:00 UTC

polyctl plan shows what apply would put back; polyctl pull keeps what is there.

Acme · https://watch.example.com/
`)
  })
})

test('of several organizations each line says which one it is about', () => {
  const beta = { id: 'o-2', name: 'Beta' }
  const { entries, about } = summaryOf(message([{}, { scope: beta }], { organizations: 2 }))
  expect(entries.map(({ text }) => text)).toEqual(['Acme: sync "S0"', 'Beta: sync "S1"'])
  expect(about).toBe('Acme · Beta')
})

test('what is over asks nobody to do anything', () => {
  const summary = summaryOf(message([{ of: 'resolved' }], { open: 0 }))
  expect([summary.outcome, summary.next, summary.closing]).toEqual([
    'fine',
    undefined,
    '1 resolved. Nothing is open.'
  ])
  expect(countsText([])).toBe('')
})
