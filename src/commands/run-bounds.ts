import { problem, warning, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { assertionsIn } from '../executions/assertions.ts'
import { guardsOf, requestedWords, standingOf, type RequestedGuards } from '../executions/guards.ts'
import { keepsBounds, keptBounds } from '../executions/own-service.ts'
import type { Executable } from '../executions/start.ts'
import { failureProblem } from '../remote/failure.ts'
import type { Reader } from '../remote/transport.ts'
import { addressText, type Desired } from '../state/resource.ts'
import type { RunBounds, StandingBounds } from '../wire/local-start.ts'

/** The options that bound a run. */
export interface BoundOptions extends RequestedGuards {
  /** The most records that each sync writes. */
  limit?: number
}

/**
 * Gives each sync its bounds: what the files say of it, overruled by the options. Only polyctl's own server
 * keeps to them: elsewhere options are refused, and what files say is told.
 */
export async function bounded(
  executables: readonly Executable[],
  declared: readonly Desired[],
  options: BoundOptions,
  reader: Reader
): Promise<Checked<Executable[]>> {
  const requested = [
    ...(options.limit === undefined ? [] : [`--limit ${options.limit}`]),
    ...requestedWords(options)
  ]
  const owns = executables.map((one) => declaredOf(one, declared))
  const nothing: Checked<Executable[]> = { ok: true, value: [...executables], problems: [] }
  const isBound = (one: Executable, own: Desired | undefined): boolean =>
    requested.length > 0 || (own !== undefined && saysSomething(one, own))
  if (!executables.some((one, index) => isBound(one, owns[index]))) return nothing
  if (await keepsBounds(reader)) {
    // What no file here declares keeps to what was handed in with it, but for what is asked for.
    const isAsked = requested.length > 0 && owns.includes(undefined)
    const kept = isAsked ? await keptBounds(reader) : { ok: true as const, bounds: new Map() }
    if (!kept.ok)
      return { ok: false, problems: [failureProblem(kept.failure, 'asking which guards are kept')] }
    const value = executables.map((one, index) => {
      const own = owns[index]
      if (!isBound(one, own)) return one
      const standing = own === undefined ? (kept.bounds.get(one.live.id) ?? {}) : standingIn(own)
      return { ...one, bounds: { ...one.bounds, ...boundsOf(one, standing, options, requested) } }
    })
    return { ...nothing, value }
  }
  if (requested.length > 0) return { ok: false, problems: [notKept(requested)] }
  const problems = executables.flatMap((one) => {
    const own = declaredOf(one, declared)
    return (['guards', 'assert'] as const).flatMap((key) =>
      own?.own?.[key] === undefined ? [] : [notGuarded(own, key)]
    )
  })
  return { ...nothing, problems }
}

function declaredOf({ live }: Executable, declared: readonly Desired[]): Desired | undefined {
  const ofKind = declared.filter(({ kind }) => kind === live.kind)
  return (
    ofKind.find(({ id }) => id?.toLowerCase() === live.id.toLowerCase()) ??
    ofKind.find(({ id, name }) => id === undefined && name === live.name)
  )
}

/** What the files say of each execution of a sync. */
export function standingIn({ own }: Desired): StandingBounds {
  const assertions = assertionsIn(own?.assert)
  return { ...standingOf(own?.guards), ...(assertions.length > 0 && { assertions }) }
}

function saysSomething({ live, kind }: Executable, own: Desired): boolean {
  return Object.keys(standingIn(own)).length > 0 || kind.executions.removal(live.wire) !== undefined
}

function boundsOf(
  { live, kind }: Executable,
  standing: StandingBounds,
  options: BoundOptions,
  requested: string[]
): RunBounds {
  const { assertions } = standing
  return {
    guards: guardsOf(standing, kind.executions.removal(live.wire), options),
    ...(assertions && { assertions }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(requested.length > 0 && { requested })
  }
}

function notKept(requested: readonly string[]): Diagnostic {
  const options = requested.map((one) => `\`${one.split(' ', 1)[0] ?? ''}\``).join(' and ')
  return problem('P804', `the service cannot keep to ${options}`, {
    notes: ['its API has no words for it; only the server of polyctl counts before it writes'],
    help: [
      'leave it out, name records with `--identity`, or use `--local` or a `polyctl server --run` (`--url`)'
    ]
  })
}

function notGuarded(declared: Desired, key: string): Diagnostic {
  return warning('P805', `the \`${key}\` of ${addressText(declared)} are not kept to by this service`, {
    labels: [{ span: declared.spanAt([key]), text: 'these hold on the server of polyctl alone' }]
  })
}
