import { resolve } from 'node:path'
import {
  createServer,
  FolderProblem,
  readFaultPlan,
  readTextFile,
  type LocalServer
} from '../server/index.ts'
import { ledger, ledgerCounts } from '../server/ledger.ts'
import { listen, type Listening } from '../server/listen.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'

/**
 * As typed. `latency` and `rate` are still text (`100ms`, `20/s`), so that what is wrong with them can be
 * told in one line; paths are relative to the working folder.
 */
export interface ServerCommandOptions {
  port: number
  host: string
  data?: string
  apiKey?: string
  /** Name to key. */
  user?: Record<string, string>
  partnerKey?: string
  latency?: string
  rate?: string
  faults?: string
  ledger?: boolean
  format: 'text' | 'json'
}

/** The part of the world that this command touches. */
export type ServerCommandIo = Pick<CommandIo, 'out' | 'err' | 'cwd' | 'env' | 'interrupted'>

/** What stops the command, in one line. */
class Stop extends Error {}

/** `polyctl server`: runs the local Polytomic until the person stops it. */
export async function serverCommand(options: ServerCommandOptions, io: ServerCommandIo): Promise<number> {
  if (options.ledger === true) {
    io.out(
      options.format === 'json'
        ? `${JSON.stringify({ counts: ledgerCounts(), rows: ledger }, null, 2)}\n`
        : ledgerText()
    )
    return exit.done
  }
  try {
    await run(options, io)
    return exit.done
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    io.err(`${error.message}\n`)
    return exit.failure
  }
}

async function run(options: ServerCommandOptions, io: ServerCommandIo): Promise<void> {
  const directory = resolve(io.cwd, options.data ?? '.polyctl/local')
  const apiKey = options.apiKey ?? io.env['POLYTOMIC_API_KEY'] ?? ''
  const server = open(directory, apiKey, options, io.cwd)
  try {
    const listening = await bind(server, options)
    io.out(hello(server, listening, directory, apiKey, options.format))
    await io.interrupted
    await listening.close()
  } finally {
    server.close()
  }
}

function open(directory: string, apiKey: string, options: ServerCommandOptions, cwd: string): LocalServer {
  const latencyMs = options.latency === undefined ? 0 : milliseconds(options.latency)
  const ratePerSecond = options.rate === undefined ? undefined : perSecond(options.rate)
  const faults = options.faults === undefined ? undefined : faultPlan(resolve(cwd, options.faults))
  try {
    return createServer({
      directory,
      apiKey,
      users: Object.entries(options.user ?? {}).map(([name, key]) => ({ name, key })),
      ...(options.partnerKey === undefined ? {} : { partnerKey: options.partnerKey }),
      latencyMs,
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      ...(faults === undefined ? {} : { faults })
    })
  } catch (error) {
    if (error instanceof FolderProblem) throw new Stop(error.message, { cause: error })
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Stop(`The folder ${directory} cannot be used: ${message}`, { cause: error })
  }
}

async function bind(server: LocalServer, { port, host }: ServerCommandOptions): Promise<Listening> {
  try {
    return await listen(server, { port, host })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why =
      code === 'EADDRINUSE'
        ? `Port ${port} of ${host} is taken. Choose another with --port, or 0 for any.`
        : `Cannot listen on port ${port} of ${host}: ${message}`
    throw new Stop(why, { cause: error })
  }
}

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? []
  if (number === undefined) throw new Stop(`--latency must be a time such as 100ms or 2s, not ${text}`)
  return Number(number) * (unit === 's' ? 1000 : 1)
}

function perSecond(text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text) ?? []
  if (number === undefined || Number(number) <= 0)
    throw new Stop(`--rate must be such as 20/s, not ${text}`)
  return Number(number)
}

function faultPlan(path: string): ReturnType<typeof readFaultPlan> {
  try {
    return readFaultPlan(readTextFile(path))
  } catch (error) {
    throw new Stop(`The file of faults ${path} cannot be used: ${(error as Error).message}`, {
      cause: error
    })
  }
}

function hello(
  server: LocalServer,
  { url }: Listening,
  directory: string,
  givenKey: string,
  format: ServerCommandOptions['format']
): string {
  const keyFile = resolve(directory, 'api-key')
  const fresh = server.apiKeyIsNew ? server.apiKey : undefined
  if (format === 'json') {
    const facts = {
      url,
      directory,
      organization_id: server.organizationId,
      ...(givenKey === '' ? { api_key_file: keyFile } : {}),
      ...(fresh === undefined ? {} : { api_key: fresh })
    }
    return `${JSON.stringify(facts)}\n`
  }
  const key =
    fresh !== undefined
      ? `${fresh} (new; kept in ${keyFile})`
      : givenKey === ''
        ? `in ${keyFile}`
        : 'as you gave it'
  return `The local Polytomic listens at ${url}
  Data     ${directory}
  API key  ${key}
Stop it with Ctrl-C.
`
}

function ledgerText(): string {
  const counts = ledgerCounts()
  const width = Math.max(...ledger.map(({ id }) => id.length))
  const lines = ledger.map(
    ({ id, evidence, behaviour }) => `${id.padEnd(width)}  ${evidence.padEnd(13)}  ${behaviour}`
  )
  const total = Object.entries(counts).map(([evidence, count]) => `${count} ${evidence}`)
  return `${lines.join('\n')}\n\n${ledger.length} behaviours: ${total.join(', ')}\n`
}
