import pLimit from 'p-limit'
import { problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { servesRuns } from '../executions/own-service.ts'
import { previewed, type PreviewRequest, type SyncPreview } from '../executions/preview.ts'
import { inOrder } from '../executions/run.ts'
import { activation, type Executable } from '../executions/start.ts'
import { identify } from '../remote/identity.ts'
import { openReader } from '../remote/transport.ts'
import { shellName } from '../render/shell.ts'
import type { PreviewsView } from '../render/view/preview.ts'
import { addressText } from '../state/resource.ts'
import { savePreviews } from './approval.ts'
import { exit, exitOfProblems } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { interruptedResult, nothingRead, problemsResult } from './result.ts'
import { bounded } from './run-bounds.ts'
import { reading, withContext, type CommandContext } from './run.ts'
import { chosen, nothingNamed } from './choose-syncs.ts'

/** As typed. */
export interface PreviewCommandOptions extends ReadOptions {
  all?: boolean
  /** The most records that each sync would write. */
  limit?: number
  identity: string[]
  resync?: boolean
  /** The fields that are looked at. */
  fields: string[]
  /** Names and values of records are told, whatever the format. */
  values?: boolean
  /** The file for the list of records. */
  out?: string
  /** The list is without the identities of records. */
  redactKeys?: boolean
}

/** So many records of a sync are shown unless all are asked for. */
const mostShown = 20
const everything = 1_000_000_000
const atOnce = 4

/** `polyctl preview SYNC…`: which records a run would write. It has no way to write any. */
export async function previewCommand(
  patterns: readonly string[],
  options: PreviewCommandOptions,
  io: CommandIo
): Promise<Result> {
  if (patterns.length === 0 && options.all !== true)
    return await problemsResult(io, [nothingNamed('preview')], nothingRead)
  if (options.redactKeys === true && options.out === undefined)
    return await problemsResult(io, [nothingToRedact()], nothingRead)
  return await withContext(io, options, (context) => preview(patterns, options, io, context), {
    filesOptional: true,
    finishes: true,
    moves: true
  })
}

async function preview(
  patterns: readonly string[],
  options: PreviewCommandOptions,
  io: CommandIo,
  context: CommandContext
): Promise<Result> {
  const { service, understood } = context
  const { stop: _stop, unwanted: _unwanted, ...patient } = service.remote
  const done = await reading<Checked<Previewed>>(context, io, async (reader) => {
    const who = await identify(reader, understood.desired.workspace)
    if (!who.ok) return who
    const found = await chosen(patterns, { kind: [] }, reader, context)
    if (!found.ok) return found
    const serves = await servesRuns(reader)
    if (serves !== 'yes') return { ok: false, problems: [notHere(serves, service.name)] }
    const { limit } = options
    const within = await bounded(
      found.value,
      understood.desired.resources,
      limit === undefined ? {} : { limit },
      reader
    )
    if (!within.ok) return within
    const request = requestOf(options, io)
    const place = pLimit(atOnce)
    const previews = await Promise.all(
      inOrder(within.value).map(({ one }) =>
        place(async () => ({
          address: { kind: one.live.kind, name: one.live.name },
          id: one.live.id,
          preview: await previewed(one, request, reader, openReader(patient))
        }))
      )
    )
    const idle = within.value.filter(
      ({ live, kind }) => kind.executions.idleReason(live.wire) !== undefined
    )
    return { ok: true, value: { previews, idle, who: who.value }, problems: [] }
  })
  if (!done.ok && service.remote.stop?.aborted === true)
    return await interruptedResult('Interrupted: nothing was written.')
  if (!done.ok) return await problemsResult(io, done.problems, context)
  const { previews, idle, who } = done.value
  const header = { ...context.header, organization: who.name, organizationId: who.id }
  const unknown = unknownFields(options.fields, previews)
  if (unknown.length > 0) return await problemsResult(io, unknown, context)
  return await answered({ previews, idle, who }, { ...context, header }, options, io)
}

interface Previewed {
  previews: SyncPreview[]
  /** Those that the service would not start. */
  idle: Executable[]
  who: { id: string; name: string }
}

function requestOf(options: PreviewCommandOptions, io: CommandIo): PreviewRequest {
  const { identity, resync, out, redactKeys, values, verbose } = options
  const isDocument = io.output.isDocument
  const isTold = values === true || (io.terminal.out && !isDocument)
  const shown = verbose === true || (isDocument && values === true) ? everything : mostShown
  return {
    identities: identity,
    resync: resync === true,
    most: {
      written: out !== undefined ? everything : isTold ? shown : 0,
      others: isTold ? shown : 0
    },
    tells: {
      identities: isTold || (out !== undefined && redactKeys !== true),
      values: isTold
    },
    redacted: redactKeys === true
  }
}

async function answered(
  { previews, idle, who }: Previewed,
  context: CommandContext,
  options: PreviewCommandOptions,
  io: CommandIo
): Promise<Result> {
  const organization = { id: who.id, name: who.name }
  const interrupted = previews.some((one) => one.preview.outcome === 'interrupted')
  const isWhole = previews.every((one) => one.preview.outcome === 'previewed')
  const saved =
    options.out === undefined || !isWhole
      ? undefined
      : savePreviews(options.out, previews, organization, options.redactKeys === true, context, io)
  const { previewsView } = await import('../render/view/preview.ts')
  const view = previewsView(previews, context.header, context.view, {
    problems: [...context.problems, ...(saved !== undefined && 'failure' in saved ? [saved.failure] : [])],
    fields: options.fields,
    interrupted,
    ...(saved !== undefined && 'saved' in saved ? { saved: saved.saved } : {}),
    // A name that was typed belongs into no document.
    ...(options.out === undefined && previews.length <= 3 && options.identity.length === 0
      ? { next: nextStep(previews, idle, options, context) }
      : {})
  })
  const code = interrupted ? exit.interrupted : await exitOf(view)
  return {
    code,
    answer: { type: 'preview', view: shortened(view, options, io), values: options.values === true }
  }
}

/** The run that does it; or what is to be done before, where the service would not start one of them. */
function nextStep(
  previews: readonly SyncPreview[],
  idle: readonly Executable[],
  options: PreviewCommandOptions,
  { view }: CommandContext
): string {
  const names = previews.map(({ address }) => shellName(address.name)).join(' ')
  const command = `\`polyctl run ${names}${sameWords(options)}${view.reach ?? ''}\` does it`
  const [first] = idle
  if (first === undefined) return `${command}.`
  const some = idle.length === 1 ? addressText(first.live) : `${idle.length} of these`
  return `${command} once ${some} ${idle.length === 1 ? 'is' : 'are'} active: ${activation}.`
}

/** What a run must be told to do the same. */
function sameWords({ limit, resync }: PreviewCommandOptions): string {
  return [
    ...(limit === undefined ? [] : [` --limit ${limit}`]),
    ...(resync === true ? [' --resync'] : [])
  ].join('')
}

/** All is listed where it is saved; as much is shown as without. */
function shortened(view: PreviewsView, options: PreviewCommandOptions, io: CommandIo): PreviewsView {
  if (options.out === undefined || options.verbose === true || io.output.isDocument) return view
  return {
    ...view,
    previews: view.previews.map((one) => ({ ...one, records: one.records.slice(0, mostShown) }))
  }
}

async function exitOf({ previews, problems }: PreviewsView): Promise<number> {
  if (problems.problems.some(({ code }) => code === 'P809')) return exit.failure
  if (problems.errors > 0) return await exitOfProblems(problems.problems)
  return previews.some(({ state }) => state === 'stopped') ? exit.refused : exit.done
}

/** A field that none of them writes is a slip of the finger. */
function unknownFields(fields: readonly string[], previews: readonly SyncPreview[]): Diagnostic[] {
  const answers = previews.flatMap(({ preview }) =>
    preview.outcome === 'previewed' ? [preview.answer] : []
  )
  const known = [...new Set(answers.flatMap(({ columns }) => columns))]
  if (answers.length === 0) return []
  return fields
    .filter((field) => !known.includes(field))
    .map((field) => {
      const near = similarNames(field, known)
      const names = (near.length > 0 ? near : known).map((one) => `\`${one}\``).join(', ')
      const help = [near.length > 0 ? `did you mean ${names}?` : `written are ${names}`]
      return problem('P810', `\`--fields ${field}\` is no field that is written`, { help })
    })
}

function nothingToRedact(): Diagnostic {
  return problem('P810', '`--redact-keys` is for the file of `--out`', {
    help: ['give it together with `--out FILE`, or leave it out']
  })
}

/** Which records a run would write is known to polyctl's own server alone. */
function notHere(serves: 'no' | 'other', service: string): Diagnostic {
  if (serves === 'no')
    return problem('P808', 'this server moves no data, so it previews nothing', {
      help: ['start it with `polyctl server --run`']
    })
  return problem('P808', `the service at ${service} has no preview of records`, {
    notes: ['its API says what a run did, and not what one would do'],
    help: [
      'use the server of polyctl with your own connections: `--local`, or `polyctl server --run` and `--url`'
    ]
  })
}
