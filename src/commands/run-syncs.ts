import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Executable } from '../executions/start.ts'
import { identify } from '../remote/identity.ts'
import { openReader, openWriter } from '../remote/transport.ts'
import { chosen, nothingNamed } from './choose-syncs.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { interruptedResult, nothingRead, problemsResult } from './result.ts'
import {
  afterApproval,
  approvedOf,
  isPreviewFile,
  readPreviews,
  type Approved,
  type ReadPreviews
} from './run-approved.ts'
import { bounded, type BoundOptions } from './run-bounds.ts'
import { both, followedRuns, runningOdds, type RunningOptions } from './run-follow.ts'
import { downloads, onlyRejected } from './run-logs.ts'
import { reading, withContext, type CommandContext } from './run.ts'

/** As typed. Without names, `failed` or `all`, nothing is run. */
export interface RunCommandOptions extends ReadOptions, RunningOptions, BoundOptions {
  all?: boolean
  /** Names of kinds. */
  kind: string[]
  failed?: boolean
  /** Those that were changed since their last executions began. */
  changed?: boolean
  /** Only the records that their last executions were refused. */
  rejected?: boolean
  resync?: boolean
  test?: boolean
  identity: string[]
  /** How old a file of previews may be, in milliseconds. */
  maxAge: number
  /** Records are told by their names, whatever the format. */
  values?: boolean
}

/**
 * `polyctl run NAME…`: starts syncs of the service and follows them to their ends. What the service has is
 * run, declared or not.
 */
export async function runCommand(
  patterns: readonly string[],
  options: RunCommandOptions,
  io: CommandIo
): Promise<Result> {
  const isNamed =
    patterns.length > 0 || [options.all, options.failed, options.changed, options.rejected].includes(true)
  if (!isNamed) return await problemsResult(io, [nothingNamed('run')], nothingRead)
  const odds = atOdds(options)
  if (odds.length > 0) return await problemsResult(io, odds, nothingRead)
  const approved = patterns.some(isPreviewFile) ? readPreviews(patterns, options, io) : undefined
  if (approved?.ok === false) return await problemsResult(io, approved.problems, nothingRead)
  return await withContext(io, options, (context) => run(patterns, options, io, context, approved?.value), {
    filesOptional: true,
    finishes: true,
    moves: true
  })
}

/** What is to run, and who has asked for it. */
interface Chosen {
  executables: Executable[]
  approvals: ReadonlyMap<string, Approved>
  who: { id: string; name: string }
}

async function run(
  patterns: readonly string[],
  options: RunCommandOptions,
  io: CommandIo,
  context: CommandContext,
  previews: ReadPreviews | undefined
): Promise<Result> {
  const { service, understood } = context
  const read = await reading<Checked<Chosen>>(context, io, async (reader) => {
    const who = await identify(reader, understood.desired.workspace)
    if (!who.ok) return who
    const found = await chosen(previews === undefined ? patterns : [], options, reader, context)
    if (!found.ok) return found
    const meant =
      options.rejected === true ? await onlyRejected(found.value, reader, downloads(service.remote)) : found
    if (!meant.ok) return meant
    const handed =
      previews === undefined
        ? { ok: true as const, value: { executables: meant.value, approvals: new Map() } }
        : await approvedOf(previews, meant.value, who.value, reader, openWriter(service.remote))
    if (!handed.ok) return handed
    const { executables, approvals } = handed.value
    const within = await bounded(executables, understood.desired.resources, options, reader)
    const problems = [...found.problems, ...within.problems]
    return within.ok
      ? { ok: true, value: { executables: within.value, approvals, who: who.value }, problems }
      : { ok: false, problems }
  })
  if (service.remote.stop?.aborted === true)
    return await interruptedResult('Interrupted: nothing was started.')
  if (!read.ok) return await problemsResult(io, read.problems, context)
  const { executables, approvals, who } = read.value
  context.problems.push(...read.problems)
  const ran = await followedRuns(
    executables,
    { resync: options.resync === true, test: options.test === true, identities: options.identity },
    options,
    io,
    { ...context, header: { ...context.header, organization: who.name, organizationId: who.id } },
    async (runs) =>
      previews === undefined
        ? runs
        : await afterApproval(
            previews,
            tellsNames(options, io),
            runs,
            approvals,
            openReader(service.remote)
          )
  )
  return { code: ran.code, answer: { type: 'executions', view: ran.view } }
}

/** Names of records stay on a person's terminal, unless they are asked for. */
function tellsNames({ values }: RunCommandOptions, { output, terminal }: CommandIo): boolean {
  return values === true || (terminal.out && terminal.err && !output.isKept)
}

/** Options that exclude each other. */
function atOdds(options: RunCommandOptions): Diagnostic[] {
  const { rejected, identity, resync, changed, failed } = options
  const help = '`--rejected` sends what the last execution was refused, and nothing else'
  return [
    ...runningOdds(options),
    ...(rejected === true && identity.length > 0 ? [both('--rejected', '--identity', help)] : []),
    ...(rejected === true && resync === true ? [both('--rejected', '--resync', help)] : []),
    ...(changed === true && (failed === true || rejected === true)
      ? [both('--changed', failed === true ? '--failed' : '--rejected', 'run them one after the other')]
      : [])
  ]
}
