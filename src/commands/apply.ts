import type { Report } from '../apply/events.ts'
import { checked, problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import { updatesIn } from '../plan/guard.ts'
import { missingSecrets } from '../plan/missing-secrets.ts'
import type { Change } from '../plan/plan.ts'
import type { SavedPlan } from '../plan/saved.ts'
import { planDestroy, type Planned } from '../reconcile.ts'
import { identify } from '../remote/identity.ts'
import { openReader } from '../remote/transport.ts'
import { quoted } from '../render/change-text.ts'
import { count } from '../render/plain-text.ts'
import type { ReportExtras } from '../render/view/report.ts'
import { carriedOut } from './apply-follow.ts'
import { handedOver } from './apply-guards.ts'
import { applyRunOdds, runApplied, withRuns, type ApplyRunOptions } from './apply-run.ts'
import { isLocking, openLock, type ApplyLock } from './apply-lock.ts'
import { noBase, openMemory, type Remembering } from './applied.ts'
import { makeDecision, decideOptionsOf, optionsOf, readsAllLists } from './decide-options.ts'
import { exit, exitOfReport } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { WriteOptions } from './options.ts'
import { isOverOrganizations, overOrganizations } from './organizations.ts'
import type { Result } from './output.ts'
import { interruptedResult, lookupResult, nothingRead, problemsResult } from './result.ts'
import { reading, abortable, withContext, type CommandContext } from './run.ts'
import { readSaved, refusals } from './saved-plan.ts'

/**
 * `polyctl apply`: plans, asks, carries out the plan that was shown. With a saved plan nobody is asked: it
 * is the answer already, and what would be done now must be exactly what it says.
 */
export async function applyCommand(
  file: string | undefined,
  options: WriteOptions & ApplyRunOptions,
  io: CommandIo,
  given: readonly string[] = []
): Promise<Result> {
  const odds = applyRunOdds(options)
  if (odds.length > 0) return await problemsResult(io, odds, nothingRead)
  const opened = openLock(options, io)
  if (!opened.ok) return await problemsResult(io, opened.problems, nothingRead)
  const lock = opened.value
  if (isOverOrganizations(options)) {
    if (options.yes !== true && file === undefined)
      return await problemsResult(io, [unasked()], nothingRead)
    return await overOrganizations(
      options,
      io,
      (own, ownIo, saved) => applyCommand(saved, { ...options, ...own }, ownIo, given),
      file
    )
  }
  const read = file === undefined ? undefined : readSaved(file, given, io)
  if (read?.ok === false) return await problemsResult(io, read.problems, nothingRead)
  const saved = read?.value
  const { file: files, ...rest } = saved ? optionsOf(saved.options) : { file: [] }
  const full: WriteOptions & ApplyRunOptions = {
    ...options,
    ...rest,
    ...(saved ? { yes: true } : {}),
    file: options.file.length > 0 ? options.file : files
  }
  const memory = openMemory(full, io)
  const question: Question = {
    prompt: promptFor,
    answer: () => 'yes',
    help: 'type the whole word yes',
    ...(memory && { remember: memory.keep }),
    ...(lock && { lock }),
    keepsGuards: true,
    ...(full.run === true && {
      afterwards: async ({ plan }, report, context) =>
        await runApplied(plan.changes, report, full, io, context)
    })
  }
  const decide = async (context: CommandContext): Promise<Checked<Planned>> => {
    const held = lock === undefined ? nothingHeld : await locked(context, lock)
    if (!held.ok) return held
    const decided = await decidedToApply(context, full, io, saved)
    return { ...decided, problems: [...held.problems, ...decided.problems] }
  }
  const work = async (context: CommandContext): Promise<Result> => {
    try {
      return await shownAndDone(context, full, io, decide, question)
    } finally {
      lock?.release()
    }
  }
  return await withContext(io, full, work, {
    reachable: options.wait === true,
    moves: options.run === true,
    finishes: true,
    // What is read before the lock is ours, another apply may still change.
    lists: readsAllLists(full) && !isLocking(full)
  })
}

const nothingHeld = { ok: true as const, problems: [] }

/** Takes the lock of the organization that the key opens. */
async function locked(
  { service, understood }: CommandContext,
  lock: ApplyLock
): Promise<Checked<undefined>> {
  const who = await identify(openReader(service.remote), understood.desired.workspace)
  return who.ok ? lock.take(who.value.id) : who
}

async function decidedToApply(
  context: CommandContext,
  options: WriteOptions,
  io: CommandIo,
  saved: SavedPlan | undefined
): Promise<Checked<Planned>> {
  const decision = await makeDecision(context, options, io, {
    isUnattended: options.yes === true,
    // What was approved has been checked, or was approved without.
    checks: !saved && options.check !== false
  })
  if (!decision.ok) return decision
  const { planned } = decision.value
  // A change that fails after others were made would leave the service half-way.
  const missing = missingSecrets(planned.plan, context.understood, 'error')
  const stopping =
    missing.length > 0 || !saved ? missing : refusals(saved, { ...decision.value, context, options })
  return checked(planned, [...decision.problems, ...stopping])
}

function unasked(): Diagnostic {
  return problem('P505', 'many organizations are applied without asking for each', {
    help: [
      'look at `polyctl plan` over the same organizations, then pass `--yes`',
      'or save what was approved with `plan --out plans/{organization}.json`, and apply that'
    ]
  })
}

/** `polyctl destroy`: deletes what the files declare, dependents first. */
export async function destroyCommand(options: WriteOptions, io: CommandIo): Promise<Result> {
  const memory = openMemory(options, io)
  const question: Question = {
    ...(memory && { remember: memory.forget }),
    prompt: ({ plan: { changes, organization } }: Planned) =>
      `Type ${quoted(organization.name)} to delete ${count(changesIn(changes).length, 'resource')}: `,
    answer: (planned: Planned) => planned.plan.organization.name,
    help: 'type the name of the organization, as the question shows it',
    nothing: 'Nothing to destroy: the service has nothing that the files declare.'
  }
  const decide = async (context: CommandContext): Promise<Checked<Planned>> => {
    return await reading(context, io, async (reader): Promise<Checked<Planned>> => {
      const requested = await decideOptionsOf(context, { ...options, since: noBase }, io, reader)
      if (!requested.ok) return requested
      return await planDestroy(context.understood, reader, kinds, requested.value)
    })
  }
  return await withContext(io, options, (context) => shownAndDone(context, options, io, decide, question), {
    finishes: true,
    lists: readsAllLists(options)
  })
}

/** What a person would not expect is said once more, beside the question. */
function promptFor({ plan: { changes } }: Planned, reported: readonly Diagnostic[]): string {
  const many = reported.some(({ code }) => code === 'P512')
  const number = many ? `, ${updatesIn(changes).length} updates among them` : ''
  return `Apply these changes${number}? Type yes: `
}

interface Question {
  prompt: (planned: Planned, reported: readonly Diagnostic[]) => string
  answer: (planned: Planned) => string
  /** What to do after another answer. */
  help: string
  /** What is said when there is nothing to do, in place of a plan. */
  nothing?: string
  /** Is given back as soon as all is done. */
  lock?: ApplyLock
  /** What files say of the runs of syncs is handed over to the server of polyctl. */
  keepsGuards?: boolean
  /** What follows where all was done: syncs that are started. */
  afterwards?: (planned: Planned, report: Report, context: CommandContext) => ReturnType<typeof runApplied>
  /** Tells git what was done in an organization, where all of it was. */
  remember?: (done: Planned, hasChanged: boolean) => Remembering
}

async function shownAndDone(
  context: CommandContext,
  options: WriteOptions,
  io: CommandIo,
  decide: (context: CommandContext) => Promise<Checked<Planned>>,
  question: Question
): Promise<Result> {
  const release = (): Diagnostic[] => question.lock?.release() ?? []
  const decided = await abortable(io, decide(context))
  if (decided === undefined) return await nothingChanged(release())
  const problems = [...context.problems, ...decided.problems]
  if (!decided.ok) return await problemsResult(io, [...problems, ...release()], context)
  const { id, name } = decided.value.plan.organization
  const header = { ...context.header, organization: name, organizationId: id }
  const full = { ...context, header, problems }
  const isIdle = changesIn(decided.value.plan.changes).length === 0
  const isPlanTold = !isIdle || question.nothing === undefined
  const idle = isPlanTold ? await tellPlan(full, options, io, decided.value) : question.nothing
  if (!isIdle) {
    const answer = await confirmation(options, io, question, { planned: decided.value, problems })
    if (answer === 'stopped') return await nothingChanged(release())
    // Beside the plan the others were told.
    const untold = io.output.isDocument ? problems : []
    if (answer !== 'yes') return await problemsResult(io, [...untold, answer, ...release()], context)
  }
  const report = await carriedOut(full, options, io, decided.value)
  const quiet = options.quiet === true
  const { changes } = decided.value.plan
  const unkept =
    question.keepsGuards === true
      ? await handedOver(changes, report, full, { output: io.output, quiet })
      : []
  const isWhole = readsAllLists(options) && (await exitOfReport(report)) === exit.done
  const kept = isWhole ? question.remember?.(decided.value, report.counts.done > 0) : undefined
  const extras = { problems, isPlanTold, ...(idle === undefined ? {} : { idle }), ...kept?.reported }
  const beside = [...(report.problems ?? []), ...unkept, ...(kept?.problems ?? []), ...release()]
  const result = await reported({ ...report, problems: beside }, full, extras)
  const { afterwards } = question
  if (afterwards === undefined) return result
  return await withRuns(result, io, async () => await afterwards(decided.value, report, full))
}

/** However it looks: what was done must be known. */
async function reported(report: Report, context: CommandContext, extras: ReportExtras): Promise<Result> {
  let code: number = exit.partial
  try {
    code = await exitOfReport(report)
    const { reportView } = await import('../render/view/report.ts')
    const view = reportView(report, context.header, context.view, extras)
    return { code, answer: { type: 'report', view } }
  } catch {
    return lookupResult(code, { of: 'document', facts: report })
  }
}

function changesIn(changes: readonly Change[]): Change[] {
  return changes.filter((change) => change.action !== 'none')
}

/** Whoever stops it before anything was sent hears just that. */
async function nothingChanged(beside: readonly Diagnostic[]): Promise<Result> {
  const sentences = beside.map(({ message, help }) => ` ${[message, ...help].join('; ')}.`)
  return await interruptedResult(`Interrupted: nothing was changed.${sentences.join('')}`)
}

/** Tells the plan before anybody is asked; gives the sentence that it comes to. */
async function tellPlan(
  { header, problems, files, view: viewContext }: CommandContext,
  options: WriteOptions,
  { output }: CommandIo,
  { plan, observed, unchecked }: Planned
): Promise<string> {
  const isIdle = changesIn(plan.changes).length === 0
  const { planView } = await import('../render/view/plan.ts')
  const view = planView(plan, header, viewContext, {
    problems,
    isAsked: !isIdle,
    observed,
    unchecked
  })
  const isUnasked = options.yes === true || isIdle
  if (options.quiet === true && options.yes === true && !isIdle) {
    const { resources } = header
    const findings = { files, resources, problems: view.problems, interrupted: false }
    await output.tell({ type: 'findings', view: findings })
    // Nobody is asked to confirm what was not shown; where nothing is to be done, that is the result.
  } else await output.tell({ type: 'plan', view }, { inFull: !isUnasked })
  return view.closing.text
}

/** Nobody is asked where nobody can answer: then the flag that says yes is named. */
async function confirmation(
  options: WriteOptions,
  io: CommandIo,
  question: Question,
  { planned, problems }: { planned: Planned; problems: readonly Diagnostic[] }
): Promise<'yes' | 'stopped' | Diagnostic> {
  if (options.yes === true) return 'yes'
  if (!io.terminal.in || io.output.isDocument) {
    const notes = ['standard input is not a terminal, or the answer is JSON']
    return problem('P505', 'these changes need a yes, and nobody can be asked', {
      notes,
      help: ['pass `--yes` to go on without asking']
    })
  }
  const answer = await abortable(io, io.ask(question.prompt(planned, problems)))
  if (answer === undefined) return 'stopped'
  if (answer?.trim() === question.answer(planned).trim()) return 'yes'
  return problem('P505', 'not confirmed: nothing was changed', { help: [question.help] })
}
