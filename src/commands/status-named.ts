import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Condition } from '../executions/conditions.ts'
import type { SyncRun } from '../executions/events.ts'
import { durationOf } from '../executions/run.ts'
import { lastExecution, type Executable } from '../executions/start.ts'
import { identify } from '../remote/identity.ts'
import { openReader, type Reader } from '../remote/transport.ts'
import { chosen, unread } from './choose-syncs.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { problemsResult } from './result.ts'
import { exitOfRuns, runsView } from './run-follow.ts'
import { withContext, type CommandContext } from './run.ts'

/**
 * `polyctl status NAME…`: how the last execution of each of these syncs ended, or how far it is. Ends with
 * another code than 0 only where conditions are given.
 */
export async function namedStatusCommand(
  patterns: readonly string[],
  options: ReadOptions & { failOn: Condition[] },
  io: CommandIo
): Promise<Result> {
  return await withContext(io, options, (context) => runs(patterns, options, io, context), {
    filesOptional: true
  })
}

async function runs(
  patterns: readonly string[],
  options: { failOn: Condition[] },
  io: CommandIo,
  context: CommandContext
): Promise<Result> {
  const { service, understood, header } = context
  const reader = openReader(service.remote)
  const who = await identify(reader, understood.desired.workspace)
  if (!who.ok) return await problemsResult(io, who.problems, context)
  const found = await chosen(patterns, { kind: [] }, reader, context)
  if (!found.ok) return await problemsResult(io, found.problems, context)
  context.problems.push(...found.problems)
  const looks = await Promise.all(
    found.value.map(async (one) => await lastRun(one, options.failOn.length > 0, reader))
  )
  const problems = looks.flatMap((look) => (look.ok ? [] : [look.problem]))
  if (problems.length > 0) return await problemsResult(io, problems, context)
  const { name: organization, id: organizationId } = who.value
  const view = await runsView(
    looks.flatMap((look) => (look.ok ? [look.value] : [])),
    options,
    { ...context, header: { ...header, organization, organizationId } },
    true
  )
  const code = options.failOn.length === 0 ? exit.done : await exitOfRuns(view)
  return { code, answer: { type: 'executions', view } }
}

async function lastRun(
  one: Executable,
  isJudged: boolean,
  reader: Reader
): Promise<{ ok: true; value: SyncRun } | { ok: false; problem: Diagnostic }> {
  const { kind, name, id } = one.live
  const reported = (run: SyncRun['run']) => ({
    ok: true as const,
    value: { address: { kind, name }, id, run }
  })
  const seen = await lastExecution(one, reader)
  if (!seen.ok) return { ok: false, problem: unread(one, seen.failure) }
  const { last, current } = seen
  // Conditions are about what has ended.
  if (current !== undefined && (last === undefined || !isJudged))
    return reported({ outcome: 'running', execution: current, isJoined: false })
  if (last === undefined) return reported({ outcome: 'none' })
  return reported({ outcome: 'ended', execution: last, ...durationOf(last), isJoined: false, stops: [] })
}
