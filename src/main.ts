import { fstatSync, writeSync } from 'node:fs'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { getProxyForUrl } from 'proxy-from-env'
import { Unwritable, type WorldIo } from './commands/io.ts'
import { createProgram, type Program } from './commands/program.ts'
import { openThrift } from './thrift.ts'

/** The edge of the program: the only file that touches the process. */
async function main(): Promise<void> {
  // A reader that leaves early (`| head`) is no failure of ours.
  process.stdout.on('error', quietly)
  process.once('beforeExit', unfinished)
  const stop = interruption()
  try {
    const program = createProgram(world(stop))
    const words = process.argv.slice(2)
    let isLost = false
    process.on('uncaughtException', (error) => {
      // What else fails while the first is told says nothing new.
      if (!isLost) void lost(error, program, words)
      isLost = true
    })
    process.exitCode = await Promise.race([program.run(words), overdue(stop.requested, program, words)])
    process.removeListener('beforeExit', unfinished)
    // Who was asked to stop says so, whatever came of it. What was left in its middle would keep the process.
    if (stop.isRequested() || process.exitCode === 130) process.exit(130)
  } catch (error) {
    process.removeListener('beforeExit', unfinished)
    if (stop.isRequested()) process.exit(130)
    process.exitCode = 1
    tell(error)
  }
}

/** Reports what the program did not see coming. The stack is shown only to whoever asks for it. */
function tell(error: unknown): void {
  const words = error instanceof Error ? error.message : String(error)
  if (error instanceof Unwritable) {
    standardError().write(`error: the output cannot be written: ${words}\n`)
    return
  }
  standardError().write(`error: polyctl failed in a way that it should not: ${words}\n`)
  if (process.env['POLYCTL_STACK'] !== undefined && error instanceof Error)
    standardError().write(`${error.stack}\n`)
  else standardError().write('Set POLYCTL_STACK=1 to see where, and please report it.\n')
}

/** What nothing awaited, or a timer threw: nobody knows what is missing now, so nothing goes on. */
async function lost(error: Error, program: Program, words: string[]): Promise<void> {
  tell(error)
  await program.giveUp(words)
  process.exit(1)
}

/** Opened when something is first written to it: most commands never do. */
function standardError(): NodeJS.WriteStream {
  if (!process.stderr.listeners('error').includes(quietly)) process.stderr.on('error', quietly)
  return process.stderr
}

function quietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return
  standardError().write(`error: the output cannot be written: ${error.message}\n`, () => process.exit(1))
}

/** Nothing is left that could go on, and the command has not ended: that must never look like success. */
function unfinished(): void {
  standardError().write('error: polyctl stopped in its middle, which it should not: please report it\n')
  process.exitCode = 1
}

/** Commands end by themselves when they are asked to. This is for what cannot. */
async function overdue(requested: Promise<void>, program: Program, words: string[]): Promise<number> {
  await requested
  await sleep(overdueMs)
  await program.giveUp(words)
  standardError().write('Interrupted: what was under way did not come to its end.\n')
  return 130
}

/** Longer than anything under way is waited for, and still soon. */
const overdueMs = 8_000

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile()
  } catch {
    return false
  }
}

/** On a disk that fills up only a part is written at first: Node's stream would take that for all. */
function toFile(text: string): void {
  const bytes = Buffer.from(text)
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at)
  } catch (error) {
    throw new Unwritable(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Asked of the system: to open a stream only for this takes a part of what `--help` may take. */
const terminal = {
  get out() {
    return isatty(1)
  },
  get err() {
    return isatty(2)
  },
  get in() {
    return isatty(0)
  },
  get width() {
    return widthOf(process.stdout) ?? widthOf(process.stderr) ?? 100
  }
}

function world(stop: Interruption): WorldIo {
  return {
    out: isFile(1) ? toFile : (text) => void process.stdout.write(text),
    err: (text) => void standardError().write(text),
    cwd: process.cwd(),
    env: process.env,
    terminal,
    async ask(question, { isHidden = false } = {}) {
      const { createInterface } = await import('node:readline/promises')
      const lines = createInterface({
        input: process.stdin,
        ...(isHidden ? await withoutEcho() : { output: standardError() })
      })
      if (isHidden) standardError().write(question)
      // On a terminal Ctrl-C is a key like others while a line is read.
      lines.on('SIGINT', stop.request)
      const left = new Promise<null>((resolve) => void lines.once('close', () => resolve(null)))
      const stopped = stop.requested.then(() => undefined)
      try {
        const answer = await Promise.race([stopped, lines.question(question), left])
        // The question's line is still open.
        if (typeof answer !== 'string' || isHidden) standardError().write('\n')
        return answer
      } finally {
        lines.close()
      }
    },
    async stdin() {
      const read = async (): Promise<string> => {
        const chunks: Buffer[] = await process.stdin.toArray()
        return Buffer.concat(chunks).toString('utf8')
      }
      const stopped = stop.requested.then(() => {
        throw new Error('interrupted')
      })
      return await Promise.race([read(), stopped])
    },
    interrupted: stop.requested,
    now: () => new Date(),
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, signal ? { signal } : {})
    },
    timer(ring, ms) {
      const timer = setTimeout(ring, ms)
      return () => clearTimeout(timer)
    },
    random: () => Math.random(),
    fetch: async (request, { proxy, cut } = {}) => {
      if (proxy === undefined) return await (await import('./direct.ts')).direct(request, cut)
      const { throughProxy } = await import('./network.ts')
      return await throughProxy(request, proxy, cut)
    },
    proxyFor: (url) => getProxyForUrl(url),
    backoffMs: 300,
    newKey: () => crypto.randomUUID(),
    self: selfText,
    turn: async () => {
      await turn()
    },
    ...openThrift((work) => process.prependOnceListener('exit', work))
  }
}

/** Whose process this is. Who has no name on this machine has a number. */
function selfText(): string {
  const { hostname, userInfo } = process.getBuiltinModule('node:os')
  const user = (): string => {
    try {
      return userInfo().username
    } catch {
      return String(process.getuid?.() ?? 'somebody')
    }
  }
  return `${user()}@${hostname()}, process ${process.pid}`
}

/**
 * Columns of a terminal at this moment. Node hears of another width by a signal, and a timer may come first:
 * what was drawn for the old width then would be torn. A terminal that does not know its width says 0.
 */
function widthOf(stream: NodeJS.WriteStream & { _refreshSize?: () => void }): number | undefined {
  stream._refreshSize?.()
  return stream.columns > 0 ? stream.columns : undefined
}

/** The terminal leaves all echo to the reader of lines, and what that writes goes nowhere. */
async function withoutEcho() {
  const { Writable } = await import('node:stream')
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  return { output, terminal: true, historySize: 0 }
}

/** How the person, or whoever runs us, asks to stop. */
interface Interruption {
  requested: Promise<void>
  isRequested(): boolean
  request(): void
}

/** The first Ctrl-C asks to stop in order, the second stops at once. */
function interruption(): Interruption {
  const { promise: requested, resolve } = Promise.withResolvers<void>()
  let isRequested = false
  const request = (): void => {
    if (isRequested) process.exit(130)
    isRequested = true
    resolve()
  }
  process.on('SIGINT', request)
  process.on('SIGTERM', request)
  return { requested, isRequested: () => isRequested, request }
}

void main()
