import { problem, warning, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { betweenKinds, changedAt, notRunSince } from '../executions/changed.ts'
import { lastExecution, type Executable } from '../executions/start.ts'
import { kinds } from '../kinds/index.ts'
import type { Kinds } from '../kinds/kind.ts'
import { idlePatterns, isNamed, unknownAddress } from '../plan/select.ts'
import { failureProblem, type Failure } from '../remote/failure.ts'
import { observe } from '../remote/observe.ts'
import type { Reader } from '../remote/transport.ts'
import { addressText, idKey, type Live } from '../state/resource.ts'
import type { CommandContext } from './run.ts'

/** The live syncs that the words mean. */
export async function chosen(
  patterns: readonly string[],
  options: { kind: readonly string[]; failed?: boolean; changed?: boolean },
  reader: Reader,
  context: CommandContext
): Promise<Checked<Executable[]>> {
  const executable = kinds.managed.filter(({ executions }) => executions !== undefined)
  const managed = executable.filter((kind) => options.kind.length === 0 || isOneOf(kind, options.kind))
  if (managed.length === 0) return { ok: false, problems: [notExecutable(options.kind, executable)] }
  const wanted = options.changed === true ? [...managed, ...betweenKinds(kinds)] : managed
  const read = await liveOf(wanted, reader, context)
  if (!read.ok) return read
  const all = executablesIn(read.value)
  const lives = all.map(({ live }) => live)
  const byId = (pattern: string): Executable[] =>
    all.filter(({ live }) => live.id.toLowerCase() === pattern.toLowerCase())
  const idle = idlePatterns(lives, patterns, { managed }).filter((pattern) => byId(pattern).length === 0)
  const unsure = patterns.flatMap((pattern) => ambiguous(pattern, all))
  const problems = [
    ...idle.map((pattern) => unknownAddress(pattern, lives, { managed }, 'live')),
    ...unsure
  ]
  if (problems.length > 0) return { ok: false, problems }
  const meant = all.filter(
    ({ live }) =>
      patterns.length === 0 ||
      patterns.some(
        (pattern) => isNamed(live, pattern, { managed }) || byId(pattern).some((one) => one.live === live)
      )
  )
  if (options.changed === true) return await changed(meant, read.value, reader)
  return options.failed === true ? await notClean(meant, reader) : { ok: true, value: meant, problems: [] }
}

/** Reads what the service has of kinds. */
async function liveOf(
  managed: Kinds['managed'],
  reader: Reader,
  { understood }: CommandContext
): Promise<Checked<Live[]>> {
  const desired = { workspace: understood.desired.workspace, resources: [], removed: [] }
  const observed = await observe(reader, desired, { managed }, { everything: true })
  return observed.ok ? { ...observed, value: observed.value.resources } : observed
}

function executablesIn(resources: readonly Live[]): Executable[] {
  return resources.flatMap((live) => {
    const kind = kinds.managed.find(({ name }) => name === live.kind)
    return kind?.executions === undefined ? [] : [{ live, kind: { ...kind, executions: kind.executions } }]
  })
}

/** Those that an apply changed, or that use what it changed; `needs` says which. */
export async function needed(
  needs: (live: Live) => boolean,
  reader: Reader,
  context: CommandContext
): Promise<Checked<Executable[]>> {
  const executable = kinds.managed.filter(({ executions }) => executions !== undefined)
  const read = await liveOf([...executable, ...betweenKinds(kinds)], reader, context)
  if (!read.ok) return read
  const between = betweenOf(read.value)
  const meant = executablesIn(read.value).filter(({ live }) => needs(live))
  const dated = meant.map((one) => {
    const at = changedAt(one, between)
    return at === undefined ? one : { ...one, changedAt: at }
  })
  return onlyActive(dated)
}

function betweenOf(resources: readonly Live[]): Map<string, Live> {
  return new Map(resources.map((live) => [idKey(live), live]))
}

/** Those that were changed since they ran last. Where nobody can tell, none is started. */
async function changed(
  all: readonly Executable[],
  resources: readonly Live[],
  reader: Reader
): Promise<Checked<Executable[]>> {
  const between = betweenOf(resources)
  const times = all.map((one) => ({ one, at: changedAt(one, between) }))
  const known = times.flatMap(({ one, at }) => (at === undefined ? [] : [{ one, at }]))
  const { due, failures } = await notRunSince(known, reader)
  const problems = [
    ...times.flatMap(({ one, at }) => (at === undefined ? [undated(one)] : [])),
    ...failures.map(({ one, failure }) => unread(one, failure))
  ]
  return problems.length > 0 ? { ok: false, problems } : onlyActive(due)
}

/** What is not active was stopped by somebody: it is named, and started by its name alone. */
function onlyActive(all: readonly Executable[]): Checked<Executable[]> {
  const idle = all.filter(({ live }) => live.wire.active === false)
  const value = all.filter((one) => !idle.includes(one))
  return { ok: true, value, problems: idle.length > 0 ? [notActive(idle)] : [] }
}

function notActive(idle: readonly Executable[]): Diagnostic {
  const [first] = idle
  const name = idle.length === 1 && first !== undefined ? addressText(first.live) : `${idle.length} syncs`
  const [was, it] = idle.length === 1 ? ['was', 'it is'] : ['were', 'they are']
  return warning('P818', `${name} ${was} changed and not started: ${it} not active`, {
    notes: idle.length === 1 ? [] : namesOf(idle),
    help: ['set `active: true` and apply again, where that is not meant']
  })
}

const mostNamed = 10

function namesOf(all: readonly Executable[]): string[] {
  const more = all.length - mostNamed
  return [
    ...all.slice(0, mostNamed).map(({ live }) => addressText(live)),
    ...(more > 0 ? [`and ${more} more`] : [])
  ]
}

function undated({ live }: Executable): Diagnostic {
  return problem('P819', `the service does not tell when ${addressText(live)} was changed`, {
    help: ['name what is to run, or use `apply --run`, which knows what it changed']
  })
}

/** A name alone must mean one: a pattern may mean several, and says so. */
function ambiguous(pattern: string, all: readonly Executable[]): Diagnostic[] {
  const same = all.filter(({ live }) => live.name === pattern || addressText(live) === pattern)
  if (same.length < 2) return []
  return [
    problem('P401', `\`${pattern}\` matches ${same.length} live resources`, {
      notes: same.map(({ live }) => `live: ${addressText(live)}, ${live.id}`),
      help: ['give the address, or the id']
    })
  ]
}

/** Those whose last execution did not end well. One that never ran has not failed. */
async function notClean(all: readonly Executable[], reader: Reader): Promise<Checked<Executable[]>> {
  const looks = await Promise.all(all.map(async (one) => ({ one, seen: await lastExecution(one, reader) })))
  const problems = looks.flatMap(({ one, seen }) => (seen.ok ? [] : [unread(one, seen.failure)]))
  if (problems.length > 0) return { ok: false, problems }
  const value = looks.flatMap(({ one, seen }) => {
    const last = seen.ok ? seen.last : undefined
    if (last === undefined) return []
    const isClean =
      last.ended === 'completed' &&
      (last.counts.errors ?? 0) === 0 &&
      last.parts.every(({ hasFailed }) => !hasFailed)
    return isClean ? [] : [one]
  })
  return { ok: true, value, problems: [] }
}

/** Why the last execution of one could not be looked at. */
export function unread({ live }: Executable, failure: Failure): Diagnostic {
  return failureProblem(failure, `reading the last execution of ${addressText(live)}`)
}

function isOneOf({ name, section }: { name: string; section: string }, words: readonly string[]): boolean {
  return words.some((word) => [name, section].includes(word.replaceAll(/[ -]/g, '_')))
}

function notExecutable(words: readonly string[], executable: readonly { name: string }[]): Diagnostic {
  return problem('P803', `\`--kind ${words.join(', ')}\` is nothing that runs`, {
    help: [`write ${executable.map(({ name }) => `\`--kind ${name}\``).join(' or ')}`]
  })
}

/** Nothing was named, and silence does not mean all. */
export function nothingNamed(command: 'run' | 'preview'): Diagnostic {
  return problem('P803', 'nothing says which syncs are to run', {
    help: [
      `name them: polyctl ${command} Users, or a pattern: polyctl ${command} 'sync "Users*"'`,
      command === 'run'
        ? '`--failed` runs those whose last run was not clean, `--changed` those that were changed since, ' +
          'and `--all` all of them'
        : '`--all` previews all of them'
    ]
  })
}
