import { readEnvironments } from '../config/environments.ts'
import { openDisk } from '../config/source/index.ts'
import type { DeclaredReceiver, DeclaredWatch, SecretVariable } from '../config/watching.ts'
import { problem, type Checked, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { conditionForms, conditionOf, type Condition } from '../executions/conditions.ts'
import { kinds } from '../kinds/index.ts'
import type { Channel, Post } from '../watch/channels/channel.ts'
import { findings, reportedByDefault, type FindingName } from '../watch/items.ts'
import type { QuietTime } from '../watch/quiet.ts'
import {
  cronSchedule,
  everySchedule,
  isTimeZone,
  readDuration,
  type WatchSchedule
} from '../watch/schedule.ts'
import { isLoopback } from './address.ts'
import type { CommandIo } from './io.ts'
import { proxyOf } from './proxy.ts'
import type { WatchOptions } from './watch-options.ts'

/** What a watcher is to do, with all that is secret in it opened. */
export interface WatchSettings {
  schedule: WatchSchedule
  reported: readonly FindingName[]
  /** What the last runs of syncs may not be. */
  failOn: readonly Condition[]
  remindMs?: number
  quiet: readonly QuietTime[]
  channels: readonly Channel[]
  /** Who asks with it may see all. */
  token?: string
  /** All that is in variables and must be shown nowhere. */
  secrets: readonly string[]
}

/** Settings, and the texts that problems with them are in. */
type ReadSettings = Checked<WatchSettings> & { texts: ReadonlyMap<string, string> }

/** Reads options, `watch` of `polyctl.yaml`, and the variables that it names. */
export async function watchSettings(
  options: WatchOptions,
  io: CommandIo,
  env: Readonly<Record<string, string | undefined>>
): Promise<ReadSettings> {
  const problems: Diagnostic[] = []
  const { declared, texts } = declaredIn(io)
  const schedule = scheduleOf(options, io, problems)
  const remind = options.remind ?? declared.remind
  const remindMs = remind === undefined ? undefined : readDuration(remind)
  if (remind !== undefined && remindMs === undefined)
    problems.push(
      wrong(`${JSON.stringify(remind)} is no time after which to remind`, ['write `7d` or `12h`'])
    )
  for (const { timeZone, span } of declared.quiet)
    if (!isTimeZone(timeZone))
      problems.push(wrong(`there is no time zone \`${timeZone}\``, ['write it like `Europe/Berlin`'], span))
  const failOn = declared.failOn.flatMap(({ text, span }) => {
    const read = conditionOf(text)
    if (read === undefined)
      problems.push(
        wrong(`\`${text}\` is no condition on a run`, [`its parts are: ${conditionForms}`], span)
      )
    return read ?? []
  })
  const token = tokenOf(options, env, problems)
  const secrets = token === undefined ? [] : [token]
  const channels = await channelsOf(declared.receivers, { io, env, options, problems, secrets })
  io.redaction.add(secrets)
  if (schedule === undefined || problems.length > 0) return { ok: false, problems, texts }
  const named = findings.filter((one) => declared.findings?.includes(one))
  const value: WatchSettings = {
    schedule,
    failOn: [...failOn, ...(options.failOn ?? [])],
    reported: [...(named.length > 0 ? named : reportedByDefault), 'degraded'],
    ...(remindMs === undefined ? {} : { remindMs }),
    quiet: declared.quiet,
    channels,
    secrets,
    ...(token === undefined ? {} : { token })
  }
  return { ok: true, value, problems, texts }
}

/** What is wrong with the file itself was told before. */
function declaredIn(io: CommandIo): { declared: DeclaredWatch; texts: ReadonlyMap<string, string> } {
  const nothing = { failOn: [], quiet: [], receivers: [] }
  const { environments } = io.project
  if (environments === undefined) return { declared: nothing, texts: new Map() }
  const { result, texts } = readEnvironments(environments, openDisk(io.cwd, io.stdin), kinds)
  return { declared: (result.ok ? result.value.watch : undefined) ?? nothing, texts }
}

function scheduleOf(
  { every, cron, timeZone }: WatchOptions,
  io: CommandIo,
  problems: Diagnostic[]
): WatchSchedule | undefined {
  if (cron === undefined && timeZone !== undefined)
    problems.push(wrong('`--time-zone` is for `--cron`', ['leave it out, or give `--cron`']))
  const read =
    cron === undefined ? everySchedule(every ?? '15m', io.now().getTime()) : cronSchedule(cron, timeZone)
  if (read.ok) return read.schedule
  problems.push(
    wrong(read.reason, ["write `--every 15m`, or `--cron '0 7 * * *' --time-zone Europe/Berlin`"])
  )
  return undefined
}

const shortestToken = 16

function tokenOf(
  { token: name = 'POLYCTL_WATCH_TOKEN', ...options }: WatchOptions,
  env: Readonly<Record<string, string | undefined>>,
  problems: Diagnostic[]
): string | undefined {
  const value = env[name]?.trim() ?? ''
  if (value === '' && !('token' in options) && name === 'POLYCTL_WATCH_TOKEN') return undefined
  if (value.length >= shortestToken) return value
  const why = value === '' ? 'is not set' : `holds fewer than ${shortestToken} letters`
  problems.push(wrong(`the variable of the token, ${name}, ${why}`, ['set it to a long random text']))
  return undefined
}

interface Opening {
  io: CommandIo
  env: Readonly<Record<string, string | undefined>>
  options: WatchOptions
  problems: Diagnostic[]
  secrets: string[]
}

async function channelsOf(receivers: readonly DeclaredReceiver[], opening: Opening): Promise<Channel[]> {
  const seen = new Map<string, Span>()
  const channels: Channel[] = []
  for (const receiver of receivers) {
    const { name, span } = receiver
    const before = seen.get(name)
    if (before) opening.problems.push(twoOfOneName(name, span, before))
    seen.set(name, span)
    const channel = await channelOf(receiver, opening)
    if (channel) channels.push(channel)
  }
  return channels
}

async function channelOf(receiver: DeclaredReceiver, opening: Opening): Promise<Channel | undefined> {
  const { name } = receiver
  const { io } = opening
  if (receiver.type === 'email') {
    const server = opened(receiver.server, opening, isMailServer)
    if (server === undefined) return undefined
    const { emailChannel } = await import('../watch/channels/email.ts')
    opening.secrets.push(decodeURIComponent(new URL(server).password))
    return emailChannel(name, { ...receiver, server })
  }
  const url = opened(receiver.url, opening, (text) => isWebhook(text, opening.options))
  if (url === undefined) return undefined
  const proxy = proxyOf(io, new URL(url))
  if (!proxy.ok) opening.problems.push(...proxy.problems)
  const post: Post = (request) => io.fetch(request, { proxy: proxy.ok ? proxy.value?.uri : undefined })
  if (receiver.type === 'webhook') {
    const secret = opened(receiver.secret, opening, (text) =>
      text.length < shortestToken ? `holds fewer than ${shortestToken} letters` : undefined
    )
    if (secret === undefined) return undefined
    const { webhookChannel } = await import('../watch/channels/webhook.ts')
    return webhookChannel(name, { url, secret }, { post, now: () => io.now().getTime() })
  }
  if (receiver.type === 'slack')
    return (await import('../watch/channels/slack.ts')).slackChannel(name, url, post)
  return (await import('../watch/channels/teams.ts')).teamsChannel(name, url, post)
}

/** The value of a variable that holds a secret: from here on it is shown nowhere. */
function opened(
  { variable, span }: SecretVariable,
  { io, env, problems, secrets }: Opening,
  wrongIn: (value: string) => string | undefined
): string | undefined {
  const value = env[variable]?.trim() ?? ''
  secrets.push(value)
  // What is wrong with it is told before all of them are known.
  io.redaction.add([value])
  const why = value === '' ? 'is not set' : wrongIn(value)
  if (why === undefined) return value
  problems.push(wrong(`the variable ${variable} ${why}`, [`set ${variable}, or take this out`], span))
  return undefined
}

function isWebhook(text: string, { insecureHttp }: WatchOptions): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) return 'holds no address such as https://…'
  const isOpen = url.protocol === 'http:' && !isLoopback(url) && insecureHttp !== true
  return isOpen ? 'holds an address of plain http, which `--insecure-http` allows' : undefined
}

function isMailServer(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isServer = url !== undefined && /^smtps?:$/.test(url.protocol) && url.hostname !== ''
  return isServer ? undefined : 'holds no server such as smtps://user:password@smtp.example.com'
}

function wrong(message: string, help: string[], span?: Span): Diagnostic {
  return problem('P629', message, {
    ...(span ? { labels: [{ span, text: 'it is needed here' }] } : {}),
    help: [...help, '`polyctl help watching` shows all that can be said']
  })
}

function twoOfOneName(name: string, span: Span, before: Span): Diagnostic {
  return problem('P629', `two receivers are called \`${name}\``, {
    labels: [
      { span, text: 'this one' },
      { span: before, text: 'and this one' }
    ],
    help: ['give each a `name:` of its own']
  })
}
