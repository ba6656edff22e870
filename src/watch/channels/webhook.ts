import { createHmac } from 'node:crypto'
import { countsText, type Message } from '../message.ts'
import { postJson, type Channel, type Post } from './channel.ts'

/**
 * A webhook of whoever likes: JSON with what is told, signed like this: the header `polyctl-signature` is
 * `t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256, by the secret, of SECONDS, a point, and the body.
 */
export function webhookChannel(
  name: string,
  { url, secret }: { url: string; secret: string },
  { post, now }: { post: Post; now: () => number }
): Channel {
  return {
    name,
    type: 'webhook',
    send(message, signal) {
      const body = JSON.stringify(webhookBody(message))
      const seconds = Math.floor(now() / 1000)
      const headers = {
        'idempotency-key': message.id,
        'polyctl-signature': `t=${seconds},v1=${signatureOf(body, seconds, secret)}`
      }
      return postJson(post, url, { body, headers, signal })
    }
  }
}

/** The signature of a body that is sent at a time. */
export function signatureOf(body: string, seconds: number, secret: string): string {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
}

/** What a webhook is sent; schemas/watch-message.schema.json describes it. */
export function webhookBody({ id, at, news, open, link }: Message): unknown {
  return {
    format_version: 1,
    id,
    at: new Date(at).toISOString(),
    closing: countsText(news),
    open,
    ...(link === undefined ? {} : { link }),
    news: news.map(({ of, scope, at: toldAt, since, found, trouble }) => ({
      what: of,
      organization: { id: scope.id, name: scope.name },
      at: new Date(toldAt).toISOString(),
      since: new Date(since).toISOString(),
      ...(found === undefined
        ? {}
        : {
            finding: found.finding,
            cause: found.cause,
            kind: found.kind,
            name: found.name,
            place: found.place ?? null,
            notes: found.notes,
            lines: found.lines
          }),
      ...(trouble === undefined ? {} : { reasons: trouble.reasons })
    }))
  }
}
