import { isError, problem, type Checked, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { ShownTexts } from '../config/shown-texts.ts'
import type { Understood, Witness } from '../config/understand.ts'
import { openReader, type Reader } from '../remote/transport.ts'
import { kinds } from '../kinds/index.ts'
import { flowsOf } from '../plan/flows.ts'
import type { PlanHeader } from '../render/header.ts'
import type { ViewContext } from '../render/view/changes.ts'
import type { DesiredState } from '../state/resource.ts'
import { Vault } from '../state/vault.ts'
import { earlyReading, type EarlyReading } from './early.ts'
import { textsIn, workspaceIn } from './environments.ts'
import { environmentVariables, understandFiles, type EnvironmentVariables } from './files.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions, Within } from './options.ts'
import type { Result } from './output.ts'
import { interruptedResult, nothingRead, problemsResult } from './result.ts'
import { openService, type Service } from './service.ts'

/** What a command works with once the files are understood and the service can be reached. */
export interface CommandContext {
  understood: Understood
  /** Path → text, for showing problems. What is read later is added. */
  texts: ShownTexts
  /** How many of them are configuration. */
  files: number
  service: Service
  header: PlanHeader
  /** What is told is made for this. */
  view: ViewContext
  env: Record<string, string | undefined>
  /** Warnings so far. Those about undeclared names are left out: the service knows better. */
  problems: Diagnostic[]
}

/**
 * What a command needs that others do not. Left out, files must be there, and the local server answers
 * without a port of its own.
 */
export interface ContextOptions {
  /** A browser must reach the local server. */
  reachable?: boolean
  /** The local server moves data, for the systems that it talks to. */
  moves?: boolean
  /** The command works without any file. */
  filesOptional?: boolean
  /** The command looks after Ctrl-C itself: what it writes must be brought to an end. */
  finishes?: boolean
  /** The command reads the lists of all kinds that the files declare, whatever else it does. */
  lists?: boolean
  /** Beside these, it reads the lists of the core kinds. */
  core?: boolean
  /** The command changes the files, and must know where all that they mean is written. */
  witness?: Witness
}

/**
 * Understands the files, opens the service, does the work, closes the service. Problems on the way
 * are the result.
 */
export async function withContext(
  io: CommandIo,
  options: ReadOptions,
  work: (context: CommandContext) => Promise<Result>,
  wants: ContextOptions = {}
): Promise<Result> {
  const found = environmentVariables(io, options)
  if (found.problems.some(isError)) return await problemsResult(io, found.problems, nothingRead)
  const place = workspaceIn(options, io, {})
  if (!place.ok) return await problemsResult(io, place.problems, { ...nothingRead, ...textsIn(options) })
  const { env, environmentFile } = found
  const early =
    wants.lists === true ? await earlyReading({ io, env, environmentFile, options }, wants.core) : undefined
  try {
    const opened = await opening(io, options, wants, found, early)
    if ('code' in opened) return opened
    try {
      if (wants.finishes === true) return await work(opened)
      return (await abortable(io, work(opened))) ?? (await interruptedResult())
    } finally {
      await opened.service.close()
    }
  } finally {
    await early?.end()
  }
}

/** The files, understood, and the service that they lead to; or the problems on the way, as the result. */
async function opening(
  io: CommandIo,
  options: ReadOptions,
  wants: ContextOptions,
  { env, environmentFile, problems: environmentProblems }: EnvironmentVariables,
  early: EarlyReading | undefined
): Promise<CommandContext | Result> {
  const understanding = await understandFiles(io, options, env, {
    meanwhile: early,
    witness: wants.witness
  })
  for (const [path, text] of options.chosen?.texts ?? []) understanding.texts.defer(path, () => text)
  const read = { texts: understanding.texts, files: understanding.files.length }
  const understood =
    wants.filesOptional === true && nothingThere(understanding.result)
      ? { ok: true as const, value: emptyWorkspace, problems: [] }
      : understanding.result
  if (!understood.ok) {
    const all = [...environmentProblems, ...understood.problems]
    return await problemsResult(io, all, read)
  }
  const { vault } = understood.value
  const place = workspaceIn(options, io, understood.value.desired.workspace)
  if (!place.ok) return await problemsResult(io, place.problems, read)
  const own = inOrganization({ ...understood.value.desired, workspace: place.value }, options.within)
  if (!own.ok) return await problemsResult(io, own.problems, read)
  const desired = options.local === true ? rehearsed(own.value) : own.value
  const local = { reachable: wants.reachable === true, moves: wants.moves === true }
  const { workspace } = desired
  const opened = await openService({ io, env, environmentFile, options, workspace, ...local })
  if (!opened.ok) return await problemsResult(io, opened.problems, read)
  const service = early?.adopted(opened.value) ?? opened.value
  const header: PlanHeader = {
    organization: '',
    service: service.name,
    apiVersion: service.remote.version,
    ...(options.chosen?.name === undefined ? {} : { environment: options.chosen.name }),
    ...(io.project.variables === undefined ? {} : { variables: io.project.variables }),
    files: understanding.files.length,
    resources: desired.resources.length
  }
  const undoubted = understood.problems.filter((problem) => problem.code !== 'P201')
  return {
    understood: { desired, vault },
    texts: understanding.texts,
    files: understanding.files.length,
    service,
    header,
    view: {
      kinds: kinds.managed.map(({ name }) => name),
      connects: authorized,
      now: io.now(),
      flows,
      sources: { texts: understanding.texts, hide: io.redaction.shown },
      reach: io.reach
    },
    env,
    problems: [...environmentProblems, ...undoubted]
  }
}

/**
 * What came of the work; nothing when the person did not want to wait for it. Only for what may be left in
 * its middle.
 */
export async function abortable<T>(io: CommandIo, work: Promise<T>): Promise<T | undefined> {
  return await Promise.race([work, io.interrupted.then(() => undefined)])
}

/** Reads the service; whoever watches is told how far that is. */
export async function reading<T>(
  { service }: CommandContext,
  { output }: CommandIo,
  work: (reader: Reader) => Promise<T>
): Promise<T> {
  return await output.reading((progress) => work(openReader({ ...service.remote, reading: progress })))
}

/** The kinds that do not work before a person has authorized them. */
export const authorized: ReadonlySet<string> = new Set(
  kinds.managed.filter(({ authorization }) => authorization !== undefined).map(({ name }) => name)
)

/** How data moves along the references of all kinds. */
export const flows = flowsOf(kinds)

/** The local Polytomic has an organization of its own, in which the files of any other can be tried. */
function rehearsed(desired: DesiredState): DesiredState {
  const { organization: _other, ...workspace } = desired.workspace
  return { ...desired, workspace }
}

/**
 * Of many organizations, the one that is worked on must be the one that the files name, if they name one.
 */
function inOrganization(desired: DesiredState, within: Within | undefined): Checked<DesiredState> {
  if (!within) return { ok: true, value: desired, problems: [] }
  const named = desired.workspace.organization
  const isItsName = named?.value === within.name && within.label === within.name
  if (named && named.value.toLowerCase() !== within.id.toLowerCase() && !isItsName)
    return { ok: false, problems: [otherOrganization(named, within)] }
  const organization = { value: within.id, span: named?.span ?? nowhere }
  const workspace = { ...desired.workspace, organization }
  return { ok: true, value: { ...desired, workspace }, problems: [] }
}

function otherOrganization(named: { value: string; span: Span }, { name, label, id }: Within): Diagnostic {
  if (named.value === name) {
    return problem('P403', `several organizations are called \`${name}\`, and the files do not say which`, {
      labels: [{ span: named.span, text: 'this is the name of several' }],
      notes: [`this one has the id ${id}`],
      help: ['write the id of the organization that is meant as `workspace.organization`']
    })
  }
  return problem('P403', `the files are for organization \`${named.value}\`, not for \`${label}\``, {
    labels: [{ span: named.span, text: 'the files are for this organization alone' }],
    help: ['take `workspace.organization` out of files that are for many organizations']
  })
}

const start = { line: 1, column: 1, offset: 0 }
/** The organization was named on the command line. */
const nowhere = { path: '--organization', start, end: start }

function nothingThere(result: Checked<Understood>): boolean {
  return !result.ok && result.problems.every((problem) => problem.code === 'P009')
}

const emptyWorkspace: Understood = {
  desired: { workspace: {}, resources: [], removed: [] },
  vault: new Vault()
}
