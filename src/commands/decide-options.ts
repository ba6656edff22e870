import { checked, problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { kinds } from '../kinds/index.ts'
import type { Reader } from '../remote/transport.ts'
import type { DecideOptions } from '../plan/options.ts'
import type { SavedOptions } from '../plan/saved.ts'
import type { Selection } from '../plan/select.ts'
import type { LeftBehind } from '../state/resource.ts'
import { isByDefault, noBase, remembered } from './applied.ts'
import { understandThen } from './files.ts'
import type { CommandIo } from './io.ts'
import type { FileOptions, PlanningOptions, ServiceOptions } from './options.ts'
import { plan, type Planned, type PlanRequest } from '../reconcile.ts'
import { reading, type CommandContext } from './run.ts'

/**
 * What the options ask of the planner. Reads the files of `--since`, or of what git remembers as applied
 * last, too: their texts are added to those of the context, for problems may be in them.
 */
export async function decideOptionsOf(
  context: CommandContext,
  options: FileOptions & PlanningOptions & Pick<ServiceOptions, 'chosen'>,
  io: CommandIo,
  reader: Reader
): Promise<Checked<DecideOptions>> {
  const selection = selectionOf(options)
  if (!selection.ok) return selection
  const { maxDeletes, maxUpdates, rotate, prune, forceDelete, allowDestroy } = options
  const requested: DecideOptions = {
    ...(maxDeletes === undefined ? {} : { maxDeletes }),
    ...(maxUpdates === undefined ? {} : { maxUpdates }),
    ...(rotate === undefined ? {} : { rotate }),
    ...(prune === undefined ? {} : { prune }),
    ...(forceDelete === undefined ? {} : { forceDelete }),
    ...(allowDestroy === undefined ? {} : { allowDestroy }),
    ...(selection.value === undefined ? {} : { selection: selection.value })
  }
  const memory = await remembered(options, io, reader)
  const since = options.since ?? options.chosen?.since ?? memory.ref
  if (!memory.left.ok && prune === true) return { ok: false, problems: [notRemembered(memory.left.reason)] }
  const left = memory.left.ok ? memory.left.value : []
  const untold = memory.left.ok ? [] : notCompared([notRemembered(memory.left.reason)])
  if (since === undefined || since === noBase)
    return { ok: true, value: withLeft(requested, left), problems: untold }
  const then = await understandThen(io, options, context.env, since, context.understood)
  context.texts.adopt(then.texts)
  if (!then.result.ok) {
    // Nobody asked for this base: without it, the plan is the one of a workspace that git knows nothing of.
    if (isByDefault(options) && prune !== true)
      return {
        ok: true,
        value: withLeft(requested, left),
        problems: [...untold, ...notCompared(then.result.problems)]
      }
    return then.result
  }
  const here = left.filter((one) => then.isMovedOut?.(one) !== true)
  return { ok: true, value: { ...withLeft(requested, here), base: then.result.value }, problems: untold }
}

function withLeft(requested: DecideOptions, left: readonly LeftBehind[]): DecideOptions {
  return left.length === 0 ? requested : { ...requested, left }
}

function notRemembered(reason: string): Diagnostic {
  return problem('P310', `git does not tell what earlier applies left behind: ${reason}`, {
    help: [
      "bring it from where it is right: `git fetch origin '+refs/polyctl/*:refs/polyctl/*'`",
      'or forget it: `polyctl apply --since none`'
    ]
  })
}

/** A plan, and what was asked of the planner. */
export interface Decided {
  planned: Planned
  requested: DecideOptions
}

/** What the command decides. `meanwhile` is called while the first answers are awaited. */
interface DecisionOptions extends Omit<PlanRequest, keyof DecideOptions> {
  isUnattended?: boolean
  missingPins?: boolean
  meanwhile?: () => void
}

/** Reads the service and decides. Base and plan are of one reading: whose key it is, is asked once. */
export async function makeDecision(
  context: CommandContext,
  options: Parameters<typeof decideOptionsOf>[1],
  io: CommandIo,
  { meanwhile, ...how }: DecisionOptions
): Promise<Checked<Decided>> {
  return await reading(context, io, async (reader): Promise<Checked<Decided>> => {
    const requested = await decideOptionsOf(context, options, io, reader)
    if (!requested.ok) return requested
    const turn = io.turn ? { turn: io.turn } : {}
    const planning = plan(context.understood, reader, kinds, { ...requested.value, ...how, ...turn })
    meanwhile?.()
    const planned = await planning
    if (!planned.ok) return planned
    const problems = [...requested.problems, ...planned.problems]
    return checked({ planned: planned.value, requested: requested.value }, problems)
  })
}

/** Why the plan has no base, as a warning: the first problem says it, the others are details. */
function notCompared(problems: readonly Diagnostic[]): Diagnostic[] {
  return problems.slice(0, 1).map((problem) => ({ ...problem, severity: 'warning' }))
}

/** The part that the options choose; undefined where that is all. */
export function selectionOf({
  only = [],
  exclude = [],
  kind = []
}: PlanningOptions): Checked<Selection | undefined> {
  if (readsAllLists({ only, exclude, kind })) return { ok: true, value: undefined, problems: [] }
  const named = kindsNamed(kind)
  return named.ok ? { ...named, value: { only, exclude, kinds: named.value } } : named
}

/** Returns the names of kinds that are given as kinds or sections. */
export function kindsNamed(given: readonly string[]): Checked<string[]> {
  const unknown: Diagnostic[] = []
  const names = given.flatMap((text) => {
    const found = kinds.managed.find(({ name, section }) =>
      [name, section].includes(text.replaceAll(' ', '_'))
    )
    if (!found) unknown.push(noKind(text))
    return found?.name ?? []
  })
  return unknown.length > 0 ? { ok: false, problems: unknown } : { ok: true, value: names, problems: [] }
}

function noKind(text: string): Diagnostic {
  const names = kinds.managed.map(({ name }) => name)
  const similar = similarNames(text, names)
  return problem('P406', `there is no kind \`${text}\``, {
    help: [
      similar.length > 0
        ? `a kind with a similar name exists: \`${similar.join('`, `')}\``
        : `there is: \`${names.join('`, `')}\``
    ]
  })
}

/** Whether the lists of all declared kinds are read: a selection may leave some out. */
export function readsAllLists({ only = [], exclude = [], kind = [] }: PlanningOptions): boolean {
  return only.length + exclude.length + kind.length === 0
}

/** The options as they are kept in a saved plan; the revision as the commit that it was. */
export function savedOptions(
  options: FileOptions & PlanningOptions,
  requested: DecideOptions
): SavedOptions {
  return {
    files: options.file,
    since: requested.base?.commit ?? null,
    prune: options.prune === true,
    only: options.only ?? [],
    exclude: options.exclude ?? [],
    kinds: options.kind ?? [],
    rotate: options.rotate ?? [],
    allow_destroy: options.allowDestroy ?? [],
    force_delete: options.forceDelete === true,
    max_deletes: options.maxDeletes ?? null,
    max_updates: options.maxUpdates ?? null,
    ...(requested.left === undefined ? {} : { remembered: true })
  }
}

/** The options of a saved plan, to be asked for again. */
export function optionsOf(saved: SavedOptions): PlanningOptions & { file: string[] } {
  return {
    file: saved.files,
    since: saved.since ?? noBase,
    ...(saved.remembered === true ? { remembered: true } : {}),
    ...(saved.prune ? { prune: true } : {}),
    only: saved.only,
    exclude: saved.exclude,
    kind: saved.kinds,
    rotate: saved.rotate,
    allowDestroy: saved.allow_destroy,
    ...(saved.force_delete ? { forceDelete: true } : {}),
    ...(saved.max_deletes === null ? {} : { maxDeletes: saved.max_deletes }),
    ...(typeof saved.max_updates === 'number' ? { maxUpdates: saved.max_updates } : {})
  }
}
