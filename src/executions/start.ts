import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kind } from '../kinds/kind.ts'
import { pathOfOne } from '../remote/address.ts'
import { failureProblem, type Failure } from '../remote/failure.ts'
import type { Reader, Writer } from '../remote/transport.ts'
import type { Execution, Executions, NamedRecord, StartRequest } from '../state/execution.ts'
import { addressText, type Live } from '../state/resource.ts'
import type { RunBounds } from '../wire/local-start.ts'
import { besideApi } from './own-service.ts'
import { misfit, type Shape } from '../state/shape.ts'
import { isObject, type Json } from '../state/value.ts'

/** A live sync that can be executed. */
export interface Executable {
  live: Live
  kind: Kind & { executions: Executions }
  /** How it is bounded, where the service is polyctl's own. Absent: it is started by the API alone. */
  bounds?: RunBounds
  /** The only records of it that are sent, in place of those that all are asked for. */
  identities?: readonly string[]
  /** The same of one that finds them by several fields. */
  records?: readonly NamedRecord[]
  /** When it was changed, in milliseconds by the clock of the service: what began later has the change. */
  changedAt?: number
}

/** What came of a start. */
export type Started =
  | { ok: true; execution: Execution; isJoined: boolean }
  | { ok: false; problem: Diagnostic; interrupted?: true }

/** What to do where one runs already: `begunAfter` is the time of the service in milliseconds. */
export interface Joining {
  /** Follow it, whoever started it. */
  any: boolean
  /** Follow it where it began after this: its schedule started it then, as it was going to be. */
  begunAfter?: number
}

/**
 * Starts an execution. All tries carry one idempotency key, so a lost answer starts no second one. Where one
 * runs already, it is joined if `joining` allows that, or if an answer was lost and it is most likely this
 * one; anything else is a problem.
 */
export async function started(
  { live, kind, bounds, identities, records }: Executable,
  requested: StartRequest,
  joining: Joining,
  writer: Writer
): Promise<Started> {
  const name = addressText(live)
  const request = { ...requested, ...(identities && { identities }), ...(records && { records }) }
  const wanted = kind.executions.start(live.wire, request, writer.version)
  if (!wanted.ok) return { ok: false, problem: unable(name, wanted.because) }
  const at = await pathOfOne(writer, kind, live.id)
  if (!at.ok) return failed(at.failure, `starting ${name}`)
  const key = writer.newKey()
  const path = `${bounds === undefined ? at.path : besideApi(at.path)}/executions`
  const answer = await writer.send('POST', path, {
    body: bounds === undefined ? wanted.body : { start: wanted.body, ...bounds },
    keys: { current: () => key },
    startsOnce: true
  })
  if (answer.ok) {
    const execution = executionIn(kind, answer.body)
    return execution.ok
      ? { ok: true, execution: execution.value, isJoined: false }
      : failed(strange(`POST ${path}`, execution.words), `starting ${name}`)
  }
  const { failure } = answer
  if (failure.status !== 409) return notStarted({ live, kind }, failure)
  const running = await current({ live, kind }, writer)
  if (running === undefined) return notStarted({ live, kind }, failure)
  const begun = Date.parse(running.startedAt ?? '')
  const isOurs = !failure.refused || (joining.begunAfter !== undefined && begun >= joining.begunAfter)
  if (joining.any || isOurs) return { ok: true, execution: running, isJoined: true }
  return { ok: false, problem: alreadyRunning(name, running) }
}

/** Returns the execution that runs now; undefined where none does, or nobody can tell. */
async function current({ live, kind }: Executable, reader: Reader): Promise<Execution | undefined> {
  const at = await pathOfOne(reader, kind, live.id)
  if (!at.ok) return undefined
  const answer = await reader.get(`${at.path}/status`)
  if (!answer.ok || !isObject(answer.body) || !isObject(answer.body.data)) return undefined
  const read = executionIn(kind, { data: answer.body.data.current_execution ?? null })
  return read.ok ? read.value : undefined
}

/** Returns the last execution that has ended, and the one that goes on; undefined where there is none. */
export async function lastExecution(
  { live, kind }: Executable,
  reader: Reader
): Promise<
  | { ok: true; last: Execution | undefined; current: Execution | undefined }
  | { ok: false; failure: Failure }
> {
  const at = await pathOfOne(reader, kind, live.id)
  if (!at.ok) return at
  const answer = await reader.get(`${at.path}/status`)
  if (!answer.ok) return answer
  const strangely = (words: string) => ({
    ok: false as const,
    failure: strange(`GET ${at.path}/status`, words)
  })
  const data = isObject(answer.body) ? answer.body.data : undefined
  if (!isObject(data)) return strangely('data: a mapping is expected')
  const found: (Execution | undefined)[] = []
  for (const member of [data.last_execution, data.current_execution]) {
    const read = (member ?? null) === null ? undefined : executionIn(kind, { data: member ?? null })
    if (read?.ok === false) return strangely(read.words)
    found.push(read?.value)
  }
  const [last, current] = found
  return { ok: true, last, current }
}

const shape: Shape = {
  members: {
    id: 'text',
    status: 'text',
    created_at: 'text',
    started_at: 'text',
    completed_at: 'text',
    counts: { each: 'scalar' },
    errors: { list: 'text' },
    status_message: 'text',
    schemas: { list: { members: { schema: 'text', status: 'text', status_message: 'text' } } }
  },
  needs: ['id', 'status']
}

/** Reads an execution from the body of an answer. */
export function executionIn(
  kind: Executable['kind'],
  body: Json | undefined
): { ok: true; value: Execution } | { ok: false; words: string } {
  const data = isObject(body) ? body.data : undefined
  const wrong = isObject(data) ? misfit(shape, data, 'data') : 'data: a mapping is expected'
  if (wrong !== undefined || !isObject(data)) return { ok: false, words: wrong ?? '' }
  return { ok: true, value: kind.executions.fromWire(data) }
}

/** An answer that is not understood. */
export function strange(request: string, words: string): Failure {
  return { code: 'P612', request, words, refused: false, usedBy: [] }
}

function failed(failure: Failure, attempted: string): Started {
  return {
    ok: false,
    problem: failureProblem(failure, attempted),
    ...(failure.interrupted && { interrupted: failure.interrupted })
  }
}

/** The service knows best why; why it does not run at all is said beside it, where that is known. */
function notStarted({ live, kind }: Executable, failure: Failure): Started {
  const name = addressText(live)
  const idle = kind.executions.idleReason(live.wire)
  if (failure.code !== 'P601') return failed(failure, `starting ${name}`)
  const refusal = failureProblem(failure, `starting ${name}`)
  return {
    ok: false,
    problem:
      idle === undefined
        ? { ...refusal, help: ['correct what the service names, then start it again'] }
        : { ...refusal, notes: [...refusal.notes, idle], help: [activation] }
  }
}

/** What to do about one that is not active. */
export const activation = 'write `active: true` in its file, and apply'

function unable(name: string, because: string): Diagnostic {
  return problem('P802', `${name} cannot be started like this: ${because}`, {
    help: ['start it without that option']
  })
}

function alreadyRunning(name: string, { id, status, startedAt }: Execution): Diagnostic {
  return problem('P801', `${name} runs already, and was not started again`, {
    notes: [`execution ${id} is ${status}${startedAt === undefined ? '' : `, since ${startedAt}`}`],
    help: ['wait until it ends, or follow it with `--join`']
  })
}
