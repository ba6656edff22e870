import { join, resolve } from 'node:path'
import about from '../../package.json' with { type: 'json' }
import { isError, problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { thrownCode, thrownText } from '../diagnostics/thrown.ts'
import { reasonOf } from '../remote/network-error.ts'
import { visible } from '../render/plain-text.ts'
import { isHost, isLoopback } from '../server/host.ts'
import { listen, type Listening } from '../server/listen.ts'
import { countsText, instantText } from '../watch/message.ts'
import { openMetrics } from '../watch/metrics.ts'
import type { News } from '../watch/news.ts'
import { openWatchStore, type Owner } from '../watch/open.ts'
import type { WatchStore } from '../watch/store.ts'
import type { Turn } from '../watch/turn.ts'
import { Watcher } from '../watch/watcher.ts'
import { openWeb } from '../watch/web.ts'
import { exit } from './exit.ts'
import { environmentVariables } from './files.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import { nothingRead, problemsResult } from './result.ts'
import type { WatchOptions } from './watch-options.ts'
import { watchSettings, type WatchSettings } from './watch-settings.ts'
import { openLook, type Looking } from './watch-look.ts'
import { openReport, type WatchReport } from './watch-report.ts'

/**
 * `polyctl watch`: looks for drift when it is time to, until it is stopped, and tells what is new. It ends
 * with 130, as all that is stopped; with another code it never began.
 */
export async function watchCommand(options: WatchOptions, io: CommandIo): Promise<Result> {
  const { env, problems } = environmentVariables(io, options)
  if (problems.some(isError)) return await problemsResult(io, problems, nothingRead)
  const settings = await watchSettings(options, io, env)
  const found = [...(settings.ok ? [] : settings.problems), ...wrongAddress(options)]
  if (!settings.ok || found.length > 0)
    return await problemsResult(io, found, { files: 0, texts: settings.texts })
  const store = openStore(options, io)
  if (!store.ok) return await problemsResult(io, store.problems, nothingRead)
  try {
    const { failOn } = settings.value
    return await watch({ ...options, failOn }, settings.value, store.value, io)
  } finally {
    store.value.close()
  }
}

async function watch(
  options: WatchOptions,
  settings: WatchSettings,
  store: WatchStore,
  io: CommandIo
): Promise<Result> {
  const metrics = openMetrics(about.version)
  const { publicUrl } = options
  const report = openReport(() => io.now().getTime())
  const watcher = new Watcher({
    ...settings,
    store,
    metrics,
    ...(publicUrl === undefined ? {} : { link: publicUrl }),
    now: () => io.now().getTime(),
    timer: (ring, ms) => io.timer(ring, ms),
    random: () => io.random(),
    newId: () => io.newKey(),
    stopped: io.interrupted,
    look: openLook({
      options,
      io,
      metrics,
      secrets: settings.secrets,
      ...(options.web && { keep: report.keep }),
      ...writing(options, io)
    }),
    words: (error) =>
      visible(io.redaction.words(error instanceof Error ? reasonOf(error) : thrownText(error))),
    report: (turn, news) => io.output.announce(factsOf(turn, news), textOf(turn, news)),
    say: (line) => io.output.say(line)
  })
  const web = await openPage(options, settings, { watcher, metrics, report, io })
  if (!web.ok) return await problemsResult(io, web.problems, nothingRead)
  try {
    tellBeginning(options, settings, web.value, io)
    await watcher.run()
    return { code: exit.interrupted }
  } finally {
    await web.value?.close()
  }
}

/** What is done with what a look found, beside telling it. */
function writing(options: WatchOptions, io: CommandIo): Pick<Looking, 'afterwards'> {
  if (options.apply === true)
    return {
      afterwards: async (looked, turnIo) =>
        await (await import('./watch-heal.ts')).putBack(looked, options, turnIo)
    }
  if (options.pull === undefined || options.pull === false) return {}
  const data = folderOf(options, io)
  return {
    afterwards: async (looked, turnIo) =>
      await (await import('./watch-pull.ts')).pullToBranch(looked, { data, options, io: turnIo })
  }
}

function folderOf(options: WatchOptions, io: CommandIo): string {
  return resolve(io.cwd, options.data ?? join(io.project.folder, '.polyctl', 'watch'))
}

function openStore(options: WatchOptions, io: CommandIo): Checked<WatchStore> {
  const path = folderOf(options, io)
  const now = io.now().getTime()
  const opened = openWatchStore(path, { who: io.self?.() ?? 'somebody', since: now })
  if (opened.ok) return { ok: true, value: opened.store, problems: [] }
  if (opened.owner !== undefined) return { ok: false, problems: [inUse(path, opened.owner, now)] }
  const help = ['choose another folder with `--data`']
  return {
    ok: false,
    problems: [problem('P629', `the folder ${path} cannot be used: ${opened.reason}`, { help })]
  }
}

function inUse(path: string, { who, since }: Owner, now: number): Diagnostic {
  const minutes = Math.max(0, Math.round((now - since) / 60_000))
  const age = since === 0 ? '' : `, since ${instantText(since)} (${minutes} min)`
  return problem('P630', `another watcher uses ${path}: ${visible(who)}${age}`, {
    help: ['stop that one first, or use another folder with `--data`']
  })
}

interface Shown {
  watcher: Watcher
  metrics: ReturnType<typeof openMetrics>
  report: WatchReport
  io: CommandIo
}

async function openPage(
  { web, port, host, publicUrl }: WatchOptions,
  { token }: WatchSettings,
  { watcher, metrics, report, io }: Shown
): Promise<Checked<Listening | undefined>> {
  if (!web) return { ok: true, value: undefined, problems: [] }
  const answer = openWeb({
    token,
    open: isLoopback(host) && token === undefined,
    health: () => watcher.health(),
    readiness: () => watcher.readiness(),
    metrics: () => metrics.text(),
    page: () => io.redaction.data({ ...watcher.facts(), version: about.version, reportAt: report.at() }),
    report: () => report.page()
  })
  try {
    return {
      ok: true,
      value: await listen(
        { fetch: answer },
        { port, host, ...(publicUrl === undefined ? {} : { publicUrl }) }
      ),
      problems: []
    }
  } catch (error) {
    const isTaken = thrownCode(error) === 'EADDRINUSE'
    const why = isTaken ? 'it is taken' : thrownText(error)
    const help = ['choose another with `--port`, 0 for any, or `--no-web` for none']
    return {
      ok: false,
      problems: [problem('P629', `port ${port} of ${host} cannot be used: ${why}`, { help })]
    }
  }
}

function wrongAddress({ host, port, publicUrl }: WatchOptions): Diagnostic[] {
  const isUrl = publicUrl === undefined || (URL.canParse(publicUrl) && /^https?:\/\//i.test(publicUrl))
  return [
    ...(isHost(host)
      ? []
      : [problem('P629', `${visible(JSON.stringify(host))} is no address to listen on`)]),
    ...(port <= 65_535 ? [] : [problem('P629', `${port} is no port: they go to 65535`)]),
    ...(isUrl ? [] : [problem('P629', `${visible(JSON.stringify(publicUrl))} is no address of a page`)])
  ]
}

function tellBeginning(
  { host }: WatchOptions,
  { schedule, channels, token }: WatchSettings,
  listening: Listening | undefined,
  { output }: CommandIo
): void {
  const names = channels.map(({ name }) => name)
  const facts = { watching: schedule.text, url: listening?.url ?? null, tells: names }
  const where =
    listening === undefined
      ? ''
      : `  Page     ${listening.url}/ (and /report, /metrics, /healthz, /readyz)\n`
  const whom = names.length === 0 ? 'nobody: see `polyctl help watching`' : names.join(', ')
  output.announce(
    facts,
    `Watching ${schedule.text}.\n${where}  Tells    ${visible(whom)}\n\nStop it with Ctrl-C.\n\n`
  )
  if (listening !== undefined && !isLoopback(host) && token === undefined)
    output.say('Warning: no token is set, so that only health is answered. Set POLYCTL_WATCH_TOKEN.')
}

const mostLines = 20

function textOf({ at, closing, requests, tookMs }: Turn, news: readonly News[]): string {
  const lines = news.flatMap(({ of, found, trouble, scope }) => {
    if (found !== undefined)
      return [`  ${of === 'new' ? found.sign : '='} ${found.text} ${of === 'new' ? found.word : of}`]
    return (trouble?.reasons ?? []).map(
      (reason) => `  ! ${scope.name === '' ? '' : `${scope.name}: `}${reason}`
    )
  })
  const left = lines.length - mostLines
  const shown = left > 0 ? [...lines.slice(0, mostLines), `  … and ${left} more`] : lines
  const head = `${instantText(at)}  ${closing} ${requests} requests in ${(tookMs / 1000).toFixed(1)} s.`
  return [head, ...shown].map((line) => `${visible(line)}\n`).join('')
}

function factsOf(turn: Turn, news: readonly News[]): unknown {
  const { at, outcome, closing, open, requests, throttled, tookMs } = turn
  return {
    at: new Date(at).toISOString(),
    outcome,
    closing,
    open,
    news: countsText(news),
    requests,
    throttled,
    took_ms: tookMs
  }
}
