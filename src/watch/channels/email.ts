import { createTransport, type Transporter } from 'nodemailer'
import type { Entry } from '../../render/view/summary.ts'
import { summaryOf, type Message } from '../message.ts'
import type { Channel } from './channel.ts'

/** An SMTP server, with what is needed to be let in, and who writes to whom. */
export interface EmailOptions {
  /** `smtp://user:password@smtp.example.com:587`, or `smtps://…`. */
  server: string
  from: string
  to: readonly string[]
}

/** How long the server is waited for, in milliseconds. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }

/** E-mail through an SMTP server. */
export function emailChannel(name: string, options: EmailOptions): Channel {
  let transport: Transporter | undefined
  return {
    name,
    type: 'email',
    async send(message, signal) {
      transport ??= transportOf(options.server)
      await transport.sendMail({ ...mailOf(message, options), signal })
      return { ok: true }
    }
  }
}

function transportOf(server: string): Transporter {
  const { protocol, hostname, port, username, password } = new URL(server)
  const secure = protocol === 'smtps:'
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const isHere = host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)
  return createTransport({
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    // A password does not cross a network in the open.
    requireTLS: !secure && username !== '' && !isHere,
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...patience
  })
}

const mostLetters = 100_000

/** The mail of a message: a subject of one line, and text. */
export function mailOf(message: Message, { from, to }: Omit<EmailOptions, 'server'>) {
  const { closing, about, entries, next } = summaryOf(message)
  const text = [
    closing,
    '',
    ...entries.flatMap((entry) => [...entryLines(entry), '']),
    ...(next === undefined ? [] : [next, '']),
    about
  ].join('\n')
  return {
    from,
    to: [...to],
    subject: `Polytomic watch: ${closing}`,
    text: text.length > mostLetters ? `${text.slice(0, mostLetters)}\n…\n` : `${text}\n`,
    // Mail programs show two of one id once.
    messageId: `<${message.id}@${
      from
        .replace(/>?\s*$/, '')
        .split('@')
        .at(-1) ?? ''
    }>`,
    headers: { 'Auto-Submitted': 'auto-generated' }
  }
}

function entryLines({ sign, text, word, notes, lines }: Entry): string[] {
  return [
    `${sign} ${text} ${word}`,
    ...notes.map((note) => `    ${note}`),
    ...lines().map((line) => `    ${line}`)
  ]
}
