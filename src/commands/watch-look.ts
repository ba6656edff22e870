import { thrownText } from '../diagnostics/thrown.ts'
import { isError } from '../diagnostics/diagnostic.ts'
import type { HttpAnswer } from '../remote/options.ts'
import { visible } from '../render/plain-text.ts'
import { closingOf, type Answer } from '../render/view/answer.ts'
import type { ProblemsView } from '../render/view/problems.ts'
import { openRedaction } from '../state/redaction.ts'
import { foundIn } from '../watch/items.ts'
import type { Metrics } from '../watch/metrics.ts'
import type { Scope, Trouble } from '../watch/news.ts'
import type { Looked, TurnResult } from '../watch/turn.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import { driftCommand } from './plan.ts'
import type { WatchOptions } from './watch-options.ts'
import { unread } from './watch-output.ts'

/** Makes looks at the service, each like a run of `polyctl drift`. */
export interface Looking {
  options: WatchOptions
  io: CommandIo
  /** What must be shown nowhere, beside what a turn gets to know. */
  secrets: readonly string[]
  metrics: Pick<Metrics, 'request'>
  /** Is given what a look that came to its end found; no secret is in it. */
  keep?: (answer: Answer) => void
  /** What is done after a look, such as to put back what drifted. */
  afterwards?: (looked: Looked[], turnIo: CommandIo) => Promise<Pick<TurnResult, 'looked' | 'notes'>>
}

/** A function that looks once. Nothing comes back where it was stopped. */
export function openLook({
  options,
  io,
  metrics,
  secrets,
  keep,
  afterwards
}: Looking): () => Promise<TurnResult | undefined> {
  let stop: (() => void) | undefined
  let isStopped = false
  // One reaction for all turns: each would be kept as long as the process runs.
  void io.interrupted.then(() => {
    isStopped = true
    stop?.()
  })
  return async () => {
    const { promise: interrupted, resolve } = Promise.withResolvers<void>()
    stop = resolve
    if (isStopped) resolve()
    const counted = { requests: 0, throttled: 0 }
    // What a turn knows of secrets, and of files, goes with it.
    const redaction = openRedaction()
    redaction.add(secrets)
    const turnIo: CommandIo = {
      ...io,
      interrupted,
      redaction,
      output: unread(),
      terminal: { ...io.terminal, in: false, err: false },
      fetch: async (request, way) => {
        counted.requests += 1
        const answer = await answered(io.fetch(request, way), metrics)
        if (answer.status === 429) counted.throttled += 1
        return answer
      }
    }
    const first = await lookOnce(options, turnIo, keep)
    if (first === undefined) return undefined
    if (!Array.isArray(first)) return { looked: [], trouble: first, ...counted, notes: [] }
    const done = await afterwards?.(first, turnIo)
    return { ...(done ?? { looked: first, notes: [] }), ...counted }
  }
}

async function answered(answer: Promise<HttpAnswer>, metrics: Looking['metrics']): Promise<HttpAnswer> {
  try {
    const came = await answer
    metrics.request(came.status)
    return came
  } catch (error) {
    metrics.request('none')
    throw error
  }
}

/** One look at all organizations that are watched; or why there was none to look at. */
export async function lookOnce(
  options: WatchOptions,
  io: CommandIo,
  keep?: (answer: Answer) => void
): Promise<Looked[] | Trouble | undefined> {
  try {
    const {
      every: _every,
      cron: _cron,
      apply: _apply,
      pull: _pull,
      failOn: lastRuns = [],
      ...reading
    } = options
    const { answer, code } = io.redaction.data(await driftCommand({ ...reading, lastRuns }, io))
    if (code === exit.interrupted) return undefined
    if (answer?.type === 'drift' || answer?.type === 'organizations') keep?.(answer)
    if (answer?.type !== 'organizations') {
      const one = lookedOf(undefined, { code, ...(answer && { answer }) })
      if (one === undefined) return undefined
      return one.ok ? [one] : one.trouble
    }
    const all = answer.view.organizations.map(({ id, label, ...result }) =>
      lookedOf({ id, name: label }, result)
    )
    return all.every((one) => one !== undefined) ? all : undefined
  } catch (error) {
    return { sort: 'mistake', reasons: [visible(io.redaction.words(thrownText(error)))] }
  }
}

function lookedOf(scope: Scope | undefined, { code, answer }: Result): Looked | undefined {
  if (code === exit.interrupted) return undefined
  if (answer?.type === 'drift') {
    const { organization, organizationId = '' } = answer.view.header
    return {
      scope: scope ?? { id: organizationId, name: organization },
      ok: true,
      found: foundIn(answer.view),
      isAhead: answer.view.resources.some(
        ({ group, change }) => group === 'difference' && change.cause === 'config'
      )
    }
  }
  return { scope: scope ?? { id: '', name: '' }, ok: false, trouble: troubleOf(code, answer) }
}

const mostReasons = 3

/**
 * Two failures are of one sort where they end with one exit code: those of a service that is down may each
 * look different.
 */
export function troubleOf(code: number, answer: Answer | undefined): Trouble {
  const views: ProblemsView[] =
    answer?.type === 'findings'
      ? [answer.view.problems]
      : answer?.type === 'pull'
        ? [answer.view.problems, answer.view.failures]
        : answer?.type === 'report'
          ? [answer.view.failures, answer.view.beside, answer.view.problems]
          : []
  const errors = views.flatMap(({ problems }) => problems).filter(isError)
  const reasons = errors.slice(0, mostReasons).map(({ code, message, notes }) => {
    const [note] = notes
    return visible(`${message}${note === undefined ? '' : ` (${note})`} [${code}]`)
  })
  const more = errors.length - reasons.length
  if (more > 0) reasons.push(`and ${more} more`)
  return {
    sort: `exit ${code}`,
    reasons: reasons.length > 0 ? reasons : [visible(closingOf(answer)) || `it ended with ${code}`]
  }
}
