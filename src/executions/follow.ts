import { failureProblem } from '../remote/failure.ts'
import { pathOfOne } from '../remote/address.ts'
import type { Reader, Writer } from '../remote/transport.ts'
import type { Execution } from '../state/execution.ts'
import { addressText } from '../state/resource.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { executionIn, strange, type Executable } from './start.ts'

/** How often an execution is looked at, in milliseconds: it takes longer the longer it runs. */
const pauses = { first: 500, factor: 1.5, longest: 15_000 }

/** A new execution may not be found everywhere at once. */
const mostMissing = 3

/** How following ended: `left` by an interrupt. */
export type Followed = { is: 'ended' | 'left'; execution: Execution } | { is: 'lost'; problem: Diagnostic }

/** Follows an execution until it has ended, or until an interrupt. A word that is not known goes on. */
export async function followed(
  executable: Executable,
  begun: Execution,
  reader: Reader,
  changed: (execution: Execution) => void
): Promise<Followed> {
  let execution = begun
  let missing = 0
  for (
    let pause = pauses.first;
    execution.ended === undefined;
    pause = Math.min(pause * pauses.factor, pauses.longest)
  ) {
    if (!(await reader.sleep(pause))) return { is: 'left', execution }
    const seen = await looked(executable, execution.id, reader)
    if (seen.ok) {
      if (isOther(execution, seen.execution)) changed(seen.execution)
      execution = seen.execution
      continue
    }
    if (seen.interrupted) return { is: 'left', execution }
    missing = seen.isMissing ? missing + 1 : mostMissing
    if (missing >= mostMissing) return { is: 'lost', problem: seen.problem }
  }
  return { is: 'ended', execution }
}

type Look =
  | { ok: true; execution: Execution }
  | { ok: false; problem: Diagnostic; isMissing: boolean; interrupted: boolean }

async function looked({ live, kind }: Executable, id: string, reader: Reader): Promise<Look> {
  const at = await pathOfOne(reader, kind, live.id)
  const request = at.ok ? `${at.path}/executions/${encodeURIComponent(id)}` : ''
  const answer = at.ok ? await reader.get(request) : at
  const attempted = `following execution ${id} of ${addressText(live)}`
  if (!answer.ok) {
    const { failure } = answer
    return {
      ok: false,
      problem: failureProblem(failure, attempted),
      isMissing: failure.status === 404,
      interrupted: failure.interrupted === true
    }
  }
  const read = executionIn(kind, answer.body)
  if (read.ok) return { ok: true, execution: read.value }
  const problem = failureProblem(strange(`GET ${request}`, read.words), attempted)
  return { ok: false, problem, isMissing: false, interrupted: false }
}

function isOther(before: Execution, now: Execution): boolean {
  return before.status !== now.status || JSON.stringify(before.counts) !== JSON.stringify(now.counts)
}

/**
 * Asks that an execution be stopped, which the service does when it can. 2024-02-08 cancels what runs of the
 * sync, and 2023-04-25 nothing.
 */
export async function cancel({ live, kind }: Executable, id: string, writer: Writer): Promise<boolean> {
  const at = await pathOfOne(writer, kind, live.id)
  if (!at.ok || writer.version === '2023-04-25') return false
  const one = writer.version === '2024-02-08' ? '' : `/executions/${encodeURIComponent(id)}`
  const answer = await writer.send('POST', `${at.path}${one}/cancel`, { repeatable: true })
  return answer.ok
}
