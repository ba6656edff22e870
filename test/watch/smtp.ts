import { createServer, type Server, type Socket } from 'node:net'

/** A mail as it came in. */
export interface ReceivedMail {
  from: string
  to: string[]
  text: string
  user?: string
}

/** A small SMTP server: it takes mails, or says no to them. */
export async function startSmtp(refuses = false): Promise<{
  port: number
  mails: ReceivedMail[]
  close: () => Promise<void>
}> {
  const mails: ReceivedMail[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    talk(socket, mails, refuses)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mails,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => void server.close(resolve))
    }
  }
}

function talk(socket: Socket, mails: ReceivedMail[], refuses: boolean): void {
  let rest = ''
  let mail: ReceivedMail = { from: '', to: [], text: '' }
  let isData = false
  const say = (line: string): void => void socket.write(`${line}\r\n`)
  say('220 test')
  const take = (line: string): void => {
    const word = line.slice(0, 4).toUpperCase()
    if (word === 'EHLO') socket.write('250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n')
    else if (word === 'AUTH') {
      mail.user =
        Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .split('\0')[1] ?? ''
      say('235 yes')
    } else if (word === 'MAIL') {
      mail.from = line
      say('250 ok')
    } else if (word === 'RCPT') {
      mail.to.push(line.slice(8))
      say(refuses ? '550 no such user' : '250 ok')
    } else if (word === 'DATA') {
      isData = true
      say('354 go on')
    } else if (word === 'QUIT') {
      say('221 bye')
      socket.end()
    } else say('250 ok')
  }
  socket.on('error', () => undefined)
  socket.on('data', (bytes) => {
    rest += bytes.toString('utf8')
    for (;;) {
      const end = rest.indexOf(isData ? '\r\n.\r\n' : '\r\n')
      if (end < 0) return
      const part = rest.slice(0, end)
      rest = rest.slice(end + (isData ? 5 : 2))
      if (isData) {
        mails.push({ ...mail, text: part })
        mail = { from: '', to: [], text: '', ...(mail.user === undefined ? {} : { user: mail.user }) }
        isData = false
        say('250 taken')
      } else take(part)
    }
  })
}
