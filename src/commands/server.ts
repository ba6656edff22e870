import { join, resolve } from 'node:path'
import {
  createServer,
  FolderProblem,
  readFaultPlan,
  readTextFile,
  type LocalServer
} from '../server/index.ts'
import { isHost, isLoopback, isWildcard } from '../server/host.ts'
import { evidenceWords, ledger, ledgerCounts } from '../server/ledger.ts'
import { listen, type Listening } from '../server/listen.ts'
import { reasonOfSaving } from '../config/source/index.ts'
import { thrownCode, thrownText } from '../diagnostics/thrown.ts'
import { shellWord } from '../render/shell.ts'
import { visible } from '../render/plain-text.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import { lookupResult } from './result.ts'
import { openKeys, readKeys, type GivenKeys, type KeyOptions } from './server-keys.ts'
import { callbackOf, signInApps, type SignInApp } from './sign-in-apps.ts'

/**
 * As typed. `latency` and `rate` are still text (`100ms`, `20/s`), so that what is wrong with them can be
 * told in one line; paths are relative to the working folder.
 */
export interface ServerCommandOptions extends KeyOptions {
  port: number
  host: string
  /** Lets other machines in: without it, `host` must be one of this machine alone. */
  expose?: boolean
  /** How people reach the server who do not use the address that it listens on. */
  publicUrl?: string
  data?: string
  latency?: string
  rate?: string
  faults?: string
  /** Lets syncs run: they read and write the systems of their connections. */
  run?: boolean
  /** Lets connections be looked into: their systems say what they hold, instead of the catalogue. */
  contact?: boolean
  /** With which members 2025-09-18 is answered. Absent: without those that were added to it. */
  shape?: 'older' | 'newest'
  ledger?: boolean
  format: 'text' | 'json'
}

/** The part of the world that this command touches. */
export type ServerCommandIo = Pick<CommandIo, 'output' | 'cwd' | 'env' | 'interrupted' | 'fetch' | 'moving'>

/** What stops the command, in one line. */
class Stop extends Error {}

/** The same, where what was typed is the reason. */
class WrongOption extends Stop {}

/** `polyctl server`: runs the local Polytomic until the person stops it. */
export async function serverCommand(options: ServerCommandOptions, io: ServerCommandIo): Promise<Result> {
  if (options.ledger === true) {
    const facts = { counts: ledgerCounts(), meanings: evidenceWords, rows: ledger }
    return lookupResult(exit.done, { of: 'words', facts, text: ledgerText() })
  }
  try {
    await run(options, io)
    return { code: exit.done }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    io.output.say(error.message)
    return { code: error instanceof WrongOption ? exit.invalid : exit.failure }
  }
}

/** The folder of `--local`, which is the same from each folder of the project. */
async function localFolder(cwd: string): Promise<string> {
  const { projectOf } = await import('./project.ts')
  return join(projectOf(cwd).folder, '.polyctl', 'local')
}

async function run(options: ServerCommandOptions, io: ServerCommandIo): Promise<void> {
  const directory = resolve(io.cwd, options.data ?? (await localFolder(io.cwd)))
  if (!(options.port >= 0 && options.port <= 65_535))
    throw new WrongOption(`--port must be from 0 to 65535, not ${options.port}`)
  mustBeMeant(options)
  const read = readKeys(options, io.cwd, io.env)
  if (!read.ok) throw new WrongOption(read.problem)
  const { keys } = read
  const apps =
    options.run === true || options.contact === true ? signInApps(io.env) : new Map<string, SignInApp>()
  if (typeof apps === 'string') throw new WrongOption(apps)
  const server = open(directory, keys, options, io, apps)
  try {
    const listening = await bind(server, options)
    const signsIn = apps.size > 0 ? callbackOf(options.publicUrl ?? listening.url) : undefined
    const { facts, text } = hello(server, listening, directory, keys.apiKey ?? '', { ...options, signsIn })
    io.output.announce(facts, text)
    for (const line of warnings(options, listening)) io.output.say(line)
    await io.interrupted
    await listening.close()
  } finally {
    server.close()
  }
}

/** Nobody lets other machines in by a slip: it takes an option that says so. */
function mustBeMeant({ host, expose, publicUrl }: ServerCommandOptions): void {
  if (!isHost(host)) throw new WrongOption(`--host must be a name or an address, not "${visible(host)}"`)
  if (publicUrl !== undefined && !(URL.canParse(publicUrl) && /^https?:\/\//i.test(publicUrl)))
    throw new WrongOption(`--public-url must be an http or https address, not ${visible(publicUrl)}`)
  if (isLoopback(host) || expose === true) return
  throw new WrongOption(
    `--host ${visible(host)} lets other machines in; add --expose if you mean that, or leave --host out`
  )
}

/** What others can see, and how to keep it from them. Never a key. */
function warnings(options: ServerCommandOptions, { url }: Listening): string[] {
  const typed = openKeys(options).join(', ')
  return [
    ...(isLoopback(options.host)
      ? []
      : [
          `Warning: other machines can reach this server at port ${new URL(url).port}. It speaks plain ` +
            'http: keys and passwords can be read on the way, and whoever has a key can change everything. ' +
            'Open without a key: /connect/…, connection types, and tests of configurations.'
        ]),
    ...(isWildcard(options.host) && options.publicUrl === undefined
      ? [
          'Note: it listens on all addresses of this machine; the address above is for this machine. Give ' +
            '--public-url when others reach it by a name.'
        ]
      : []),
    ...(typed === ''
      ? []
      : [
          `Note: everybody on this machine can read the keys of ${typed} in the list of processes; ` +
            'a variable or a file keeps them (see --help).'
        ])
  ]
}

function open(
  directory: string,
  { apiKey, users, partnerKey }: GivenKeys,
  options: ServerCommandOptions,
  { cwd, fetch: post, moving = () => undefined }: ServerCommandIo,
  apps: Map<string, SignInApp>
): LocalServer {
  const latencyMs = options.latency === undefined ? 0 : milliseconds(options.latency)
  const ratePerSecond = options.rate === undefined ? undefined : perSecond(options.rate)
  const faults = options.faults === undefined ? undefined : faultPlan(resolve(cwd, options.faults))
  try {
    return createServer({
      directory,
      ...(apiKey === undefined ? {} : { apiKey }),
      users,
      ...(partnerKey === undefined ? {} : { partnerKey }),
      ...(options.publicUrl === undefined ? {} : { publicUrl: () => options.publicUrl ?? '' }),
      latencyMs,
      ...(options.shape === undefined ? {} : { shape: options.shape }),
      post,
      ...(options.contact === true
        ? { contact: { fetch: post, localFiles: options.expose !== true, apps } }
        : {}),
      ...(options.run === true
        ? { run: { fetch: post, localFiles: options.expose !== true, moving, schedules: true, apps } }
        : {}),
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      ...(faults === undefined ? {} : { faults })
    })
  } catch (error) {
    if (error instanceof FolderProblem) throw new Stop(error.message, { cause: error })
    if (thrownCode(error) === undefined) throw error
    const why = reasonOfFolder(error)
    throw new Stop(`The folder ${visible(directory)} cannot be used: ${why}. Choose another with --data.`, {
      cause: error
    })
  }
}

/** The database has words of its own. */
function reasonOfFolder(error: unknown): string {
  return thrownCode(error)?.startsWith('E') === true && !thrownCode(error)?.startsWith('ERR_')
    ? reasonOfSaving(error)
    : thrownText(error)
}

async function bind(server: LocalServer, options: ServerCommandOptions): Promise<Listening> {
  const { port, host, publicUrl } = options
  try {
    return await listen(server, { port, host, ...(publicUrl === undefined ? {} : { publicUrl }) })
  } catch (error) {
    const why =
      thrownCode(error) === 'EADDRINUSE'
        ? `Port ${port} of ${host} is taken. Choose another with --port, or 0 for any.`
        : `Cannot listen on port ${port} of ${host}: ${thrownText(error)}`
    throw new Stop(why, { cause: error })
  }
}

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? []
  if (number === undefined)
    throw new WrongOption(`--latency must be a time such as 100ms or 2s, not ${visible(text)}`)
  return Number(number) * (unit === 's' ? 1000 : 1)
}

function perSecond(text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text) ?? []
  if (number === undefined || Number(number) <= 0)
    throw new WrongOption(`--rate must be such as 20/s, not ${visible(text)}`)
  return Number(number)
}

function faultPlan(path: string): ReturnType<typeof readFaultPlan> {
  try {
    return readFaultPlan(readTextFile(path))
  } catch (error) {
    const why = visible(thrownText(error))
    throw new WrongOption(`--faults: the file ${visible(path)} cannot be used: ${why}`, { cause: error })
  }
}

function hello(
  server: LocalServer,
  { url }: Listening,
  directory: string,
  givenKey: string,
  options: ServerCommandOptions & { signsIn: string | undefined }
): { facts: unknown; text: string } {
  const keyFile = resolve(directory, 'api-key')
  const fresh = server.apiKeyIsNew ? server.apiKey : undefined
  const facts = {
    url,
    directory,
    organization_id: server.organizationId,
    ...(givenKey === '' ? { api_key_file: keyFile } : {}),
    ...(fresh === undefined ? {} : { api_key: fresh })
  }
  const key =
    fresh !== undefined
      ? `${fresh} (new; kept in ${keyFile})`
      : givenKey === ''
        ? `in ${keyFile}`
        : 'as you gave it'
  const shellKey = givenKey === '' ? `$(cat ${shellWord(keyFile)})` : '…'
  const inForce = extras(options)
  const text = `The local Polytomic listens at ${url}
  Data     ${directory}
  API key  ${key}
${inForce === '' ? '' : `  With     ${inForce}\n`}${movesLines(options)}
To use it from another terminal:
  export POLYTOMIC_URL=${shellWord(url)} POLYTOMIC_API_KEY=${fresh ?? shellKey}

Stop it with Ctrl-C.
`
  return { facts, text }
}

/** What runs by itself, and what an app of this server must have, for people to come back from Salesforce. */
function movesLines({ run, signsIn }: Pick<ServerCommandOptions, 'run'> & { signsIn: string | undefined }) {
  const schedules =
    '  Moves    data: schedules start active syncs while it is up, and make up for nothing\n'
  const callback = `  Signs in Salesforce, with the callback URL ${signsIn}\n`
  return `${run === true ? schedules : ''}${signsIn === undefined ? '' : callback}`
}

/** What makes this server unlike the usual one. Names of users only: their keys are never printed. */
function extras({ latency, rate, faults, run, contact, shape, user }: ServerCommandOptions): string {
  return [
    ...(latency === undefined ? [] : [`--latency ${latency}`]),
    ...(rate === undefined ? [] : [`--rate ${rate}`]),
    ...(faults === undefined ? [] : [`--faults ${visible(faults)}`]),
    ...(run === true ? ['--run'] : []),
    ...(contact === true ? ['--contact'] : []),
    ...(shape === 'newest' ? ['--shape newest'] : []),
    ...Object.keys(user ?? {}).map((name) => `--user ${visible(name)}`)
  ].join(', ')
}

function ledgerText(): string {
  const counts = ledgerCounts()
  const width = Math.max(...ledger.map(({ id }) => id.length))
  const lines = ledger.map(
    ({ id, evidence, behaviour }) => `${id.padEnd(width)}  ${evidence.padEnd(13)}  ${behaviour}`
  )
  const total = Object.entries(counts).map(([evidence, count]) => `${count} ${evidence}`)
  const meanings = Object.entries(evidenceWords).map(
    ([evidence, words]) => `  ${evidence.padEnd(13)}  ${words}`
  )
  const closing = `${ledger.length} behaviours: ${total.join(', ')}\n`
  return `${lines.join('\n')}\n\n${meanings.join('\n')}\n\n${closing}`
}
