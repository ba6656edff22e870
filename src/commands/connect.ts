import { problem } from '../diagnostics/diagnostic.ts'
import { authorized, type Waited } from '../apply/authorize.ts'
import { reconnect } from '../apply/reconnect.ts'
import { kinds } from '../kinds/index.ts'
import { failureProblem } from '../remote/failure.ts'
import { openReader, openWriter } from '../remote/transport.ts'
import { liveOf } from './enumerate.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { interruptedResult, lookupResult, nothingRead, problemsResult } from './result.ts'
import { abortable, withContext, type CommandContext } from './run.ts'

/** `wait` is true unless `--no-wait` is given. */
export interface ConnectOptions extends ReadOptions {
  wait: boolean
}

/**
 * `polyctl connect CONNECTION`: prints the link by which a person authorizes it, and waits until that is
 * done.
 */
export async function connectCommand(
  name: string,
  options: ConnectOptions,
  io: CommandIo
): Promise<Result> {
  if (options.local === true && !options.wait) {
    const help = ['leave `--no-wait` out, or start `polyctl server` and use `--url`']
    const notes = ['the page is served by this command, and would be gone with it']
    const both = problem('P617', '`--no-wait` cannot be used with `--local`', { notes, help })
    return await problemsResult(io, [both], nothingRead)
  }
  const wants = { filesOptional: true, reachable: true, finishes: true }
  return await withContext(io, options, (context) => connect(name, options, io, context), wants)
}

const authorizable = kinds.managed.filter(({ authorization }) => authorization !== undefined)

async function connect(
  name: string,
  options: ConnectOptions,
  io: CommandIo,
  context: CommandContext
): Promise<Result> {
  const found = await abortable(io, liveOf(authorizable, name, openReader(context.service.remote), context))
  if (found === undefined) return await interruptedResult()
  if (!found.ok) return await problemsResult(io, found.problems, context)
  const { live, kind } = found
  const outcome = outcomesOf(live.name, io)
  if (live.pendingReason === undefined) return outcome.works()
  const writer = openWriter(context.service.remote)
  const declared = context.understood.desired.resources.find(
    (resource) => resource.kind === kind.name && resource.name === live.name
  )
  const requested = await reconnect(
    writer,
    kind,
    live.wire,
    declared?.fields ?? {},
    context.understood.vault
  )
  if (!requested.ok) {
    if (requested.failure.interrupted) return await interruptedResult()
    const failure = failureProblem(requested.failure, `asking for a link for ${live.name}`)
    return await problemsResult(io, [failure], context)
  }
  const link = kind.authorization?.link(requested.wire)
  if (!link) return outcome.noLink()
  outcome.link(link.url, link.code)
  if (!options.wait) return outcome.left()
  io.output.say('Waiting until it is authorized (Ctrl-C stops waiting) …')
  return outcome.waited(await authorized(writer, kind, live.id, io.interrupted))
}

/** What is said on the way, and what is the end of it. */
function outcomesOf(name: string, { output }: CommandIo) {
  const quoted = JSON.stringify(name)
  let authorize: { url: string; code: string | null } | null = null
  const end = (code: number, text: string): Result => {
    const facts = { format_version: 1, connection: name, authorized: code === exit.done, authorize }
    return lookupResult(code, { of: 'words', facts, text })
  }
  return {
    works: () => end(exit.done, `${quoted} works: nothing is to be authorized.\n`),
    noLink() {
      output.say('The service gave no link. Authorize the connection in its web page.')
      return end(exit.waiting, '')
    },
    link(url: string, code?: string) {
      authorize = { url, code: code ?? null }
      output.prompt(`Open this in a browser to authorize ${quoted}:\n\n  ${url}\n\n`)
      if (code !== undefined) output.prompt(`The code to enter is ${code}.\n\n`)
    },
    left: () => end(exit.waiting, ''),
    waited(waited: Waited) {
      if (waited.ok) return end(exit.done, `${quoted} is authorized.\n`)
      return end(waited.interrupted ? exit.interrupted : exit.waiting, `${quoted}: ${waited.because}.\n`)
    }
  }
}
