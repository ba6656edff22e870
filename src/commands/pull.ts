import { posix, resolve } from 'node:path'
import { openDisk, saveChanged, standardInput } from '../config/source/index.ts'
import { checked, problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds, shortened } from '../kinds/index.ts'
import type { DecideOptions } from '../plan/options.ts'
import { leftProblem, newVariable, notAdded, unwritable } from '../pull/left-problems.ts'
import { addedAddress, additionsOf } from '../pull/additions.ts'
import { soundPull, type Sound, type SoundInput } from '../pull/sound.ts'
import { WrittenFiles } from '../pull/written.ts'
import type { Reader } from '../remote/transport.ts'
import { plan as makePlan, type Planned } from '../reconcile.ts'
import { addressText } from '../state/resource.ts'
import type { ChangedFile } from '../render/view/pull.ts'
import { remembered } from './applied.ts'
import { decideOptionsOf, readsAllLists, type Decided } from './decide-options.ts'
import { exit } from './exit.ts'
import { understandChanged } from './files.ts'
import type { CommandIo } from './io.ts'
import type { OrganizationOptions, PlanningOptions, ReadOptions } from './options.ts'
import { isOverOrganizations, overOrganizations } from './organizations.ts'
import type { Result } from './output.ts'
import { nothingRead, problemsResult } from './result.ts'
import { reading, withContext, type CommandContext } from './run.ts'

/** `check` shows the patches and writes nothing. */
export interface PullOptions
  extends ReadOptions, Omit<PlanningOptions, 'check' | 'prune' | 'rotate'>, OrganizationOptions {
  check?: boolean
  removeMissing?: boolean
  unmanaged?: boolean
}

/**
 * `polyctl pull`: what the service has becomes patches of the files. What the files changed since the base is
 * not touched. Where no base is named it is what git remembers as applied last, else the last commit: nobody
 * loses what is not committed.
 */
export async function pullCommand(
  addresses: readonly string[],
  options: PullOptions,
  io: CommandIo
): Promise<Result> {
  const { check = false, ...rest } = options
  const planning = { ...rest, only: [...(options.only ?? []), ...addresses] }
  if (isOverOrganizations(planning)) {
    const shared = sharedFiles(planning)
    if (shared) return await problemsResult(io, [shared], nothingRead)
    const inOne: PullOptions = { ...planning, ...(check && { check }) }
    return await overOrganizations(inOne, io, async (own, ownIo) =>
      pullCommand([], { ...inOne, ...own }, ownIo)
    )
  }
  const written = new WrittenFiles(kinds)
  const wants = { lists: readsAllLists(planning), witness: written }
  return await withContext(
    io,
    planning,
    async (context) => pullIn({ context, written, check, options: planning, io }),
    wants
  )
}

interface Pulling {
  context: CommandContext
  written: WrittenFiles
  check: boolean
  options: Omit<PullOptions, 'check'>
  io: CommandIo
}

async function pullIn(pulling: Pulling): Promise<Result> {
  const { context, written, options, io } = pulling
  const decision = await reading(context, io, async (reader): Promise<Checked<Decided>> => {
    const requested = await baseAndOptions(pulling, reader)
    if (!requested.ok) return requested
    const deciding = { ...requested.value, missingPins: true }
    const planned = await makePlan(context.understood, reader, kinds, {
      ...deciding,
      inFull: options.unmanaged === true
    })
    if (!planned.ok) return { ok: false, problems: [...context.problems, ...planned.problems] }
    return checked({ planned: planned.value, requested: deciding }, planned.problems)
  })
  if (!decision.ok) return await problemsResult(io, decision.problems, context)
  const { planned, requested } = decision.value
  const { plan, observed } = planned
  const input: SoundInput = {
    plan,
    observed,
    desired: context.understood.desired,
    vault: context.understood.vault,
    base: requested.base,
    kinds,
    written,
    shorten: shortened,
    removeMissing: options.removeMissing === true,
    options: requested,
    read: async (texts, witness) =>
      understandChanged(io, options, context.env, { texts: withPiped(texts, written), witness })
  }
  const additions =
    options.unmanaged === true
      ? additionsOf(input, {
          selection: requested.selection,
          takenVariables: [...Object.keys(context.env), ...variablesIn(written)],
          ...exampleIn(io)
        })
      : []
  const sound = await soundPull({ ...input, additions })
  const added = new Set(sound.pulled.taken.flatMap((one) => (one.action === 'add' ? addressText(one) : [])))
  const variables = additions.flatMap((one) =>
    added.has(addressText(addedAddress(one))) ? one.variables : []
  )
  const problems = [...context.problems, ...decision.problems, ...variables.map(newVariable)]
  return await answered(pulling, planned, problems, sound)
}

/** The revision that tells who moved; without any, nothing is taken over before the person says so. */
async function baseAndOptions(
  { context, options, io }: Pulling,
  reader: Reader
): Promise<Checked<DecideOptions>> {
  const named = options.since ?? options.chosen?.since
  // What is committed and not applied yet is newer than what the service has, and stays.
  const since = named ?? (await remembered(options, io, reader)).ref ?? 'HEAD'
  const isRemembered = named === undefined
  const wholePlan = {
    ...options,
    since,
    remembered: isRemembered,
    maxDeletes: Infinity,
    maxUpdates: Infinity
  }
  const requested = await decideOptionsOf(context, wholePlan, io, reader)
  if (requested.ok || named !== undefined) return requested
  const [first] = requested.problems
  if (first?.code !== 'P310' && first?.code !== 'P311') return requested
  return {
    ok: false,
    problems: [
      problem('P706', 'nothing tells what the service changed from what the files did', {
        notes: [first.message.replace(`\`--since ${since}\``, 'what was applied last'), ...first.notes],
        help: [
          'commit the files, or name the revision that was applied last with `--since`',
          'or take over whatever differs, also where the files are newer: `--since none`'
        ]
      })
    ]
  }
}

/** Names that people gave to variables before: the secret of a resource keeps its own. */
function exampleIn({ cwd, stdin, project }: CommandIo): { example?: string } {
  const read = openDisk(cwd, stdin).read(posix.join(project.folder, '.env.example'))
  return read.ok ? { example: read.text } : {}
}

/** Variables that the files name already. */
function variablesIn({ all }: WrittenFiles): string[] {
  return all.flatMap(({ source }) =>
    Array.from(source.text.matchAll(/\$\{env:(\w+)/g), ([, name = '']) => name)
  )
}

/** Standard input was read to its end, and is read again from what was kept. */
function withPiped(texts: ReadonlyMap<string, string>, { all }: WrittenFiles): ReadonlyMap<string, string> {
  const piped = all.find(({ source }) => source.path === standardInput.shown)
  return piped && !texts.has(standardInput.shown)
    ? new Map([...texts, [standardInput.shown, piped.source.text]])
    : texts
}

async function answered(
  { context, written, check, io }: Pulling,
  { plan }: Planned,
  problems: Diagnostic[],
  { pulled, after }: Sound
): Promise<Result> {
  const failures: Diagnostic[] = []
  const files: ChangedFile[] = []
  for (const [path, text] of pulled.texts) {
    const before = written.all.find(({ source }) => source.path === path)?.source.text
    if (text === undefined || before === undefined || text === before) continue
    const reason = check ? undefined : saveChanged(resolve(io.cwd, path), before, text)
    if (reason !== undefined) failures.push(unwritable(path, reason))
    files.push({
      path,
      before: written.shownText(path),
      after: after?.shownText(path) ?? '',
      isWritten: !check && reason === undefined
    })
  }
  const { pullView } = await import('../render/view/pull.ts')
  const left = [...pulled.left.map(leftProblem), ...pulled.notAdded.map(notAdded)]
  const view = pullView({
    header: {
      ...context.header,
      organization: plan.organization.name,
      organizationId: plan.organization.id
    },
    since: plan.since,
    isCheck: check,
    taken: pulled.taken,
    files,
    ahead: pulled.ahead,
    left,
    problems,
    failures,
    sources: context.view.sources
  })
  return { code: codeOf(check, pulled, failures), answer: { type: 'pull', view } }
}

/** A conflict is for people to settle, whatever else there is. */
function codeOf(
  check: boolean,
  { taken, left, notAdded: others }: Sound['pulled'],
  failures: readonly Diagnostic[]
): number {
  const kept = left.length + others.length
  if (failures.length > 0) return exit.partial
  if (left.some(({ reason }) => reason.is === 'conflict')) return exit.conflict
  if (check) return taken.length + kept > 0 ? exit.differences : exit.done
  return kept > 0 ? exit.partial : exit.done
}

/** Of many organizations, each must have files of its own. */
function sharedFiles({ file, organization = [], allOrganizations }: PullOptions): Diagnostic | undefined {
  const isOne = allOrganizations !== true && organization.length === 1 && !organization[0]?.includes('*')
  const areApart = file.length > 0 && file.every((path) => path.includes('{organization}'))
  if (isOne || areApart) return undefined
  return problem('P708', 'several organizations cannot be pulled into the same files', {
    help: ['name the files of each with `--file "configs/{organization}"`, or choose one organization']
  })
}
