import { problem, warning, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { assertionsIn } from '../executions/assertions.ts'
import { requestedWords, guardsOf, type RequestedGuards } from '../executions/guards.ts'
import { keepsBounds } from '../executions/own-service.ts'
import type { Executable } from '../executions/start.ts'
import type { Reader } from '../remote/transport.ts'
import { addressText, type Desired } from '../state/resource.ts'
import type { RunBounds } from '../wire/local-start.ts'

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
  const bounds = executables.map((one) => boundsOf(one, declaredOf(one, declared), options, requested))
  const nothing: Checked<Executable[]> = { ok: true, value: [...executables], problems: [] }
  if (bounds.every((one) => one === undefined)) return nothing
  if (await keepsBounds(reader)) {
    const value = executables.map((one, index) => {
      const own = bounds[index]
      return own === undefined ? one : { ...one, bounds: { ...one.bounds, ...own } }
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

function boundsOf(
  { live, kind }: Executable,
  declared: Desired | undefined,
  options: BoundOptions,
  requested: string[]
): RunBounds | undefined {
  const guards = guardsOf(declared?.own?.guards, kind.executions.removal(live.wire), options)
  const assertions = assertionsIn(declared?.own?.assert)
  if (Object.keys(guards).length + assertions.length === 0 && requested.length === 0) return undefined
  return {
    guards,
    ...(assertions.length > 0 && { assertions }),
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
