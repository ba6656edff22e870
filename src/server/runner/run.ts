import { apply, type Writing } from './apply.ts'
import { RunProblem, type TargetWriter } from './connector.ts'
import type { GuardStop } from '../../wire/local-start.ts'
import { extract } from './extract.ts'
import type { Hold } from './hold.ts'
import { Stopped, stopsOf } from './guards.ts'
import { givenUp, isGivenUp, looksUp, type Job } from './job.ts'
import { makingWords } from './makes.ts'
import { plan, type Decision } from './plan.ts'
import { replaceAll } from './replace.ts'
import type { StateStore } from './state.ts'

/**
 * The algorithm on one page. A preview is the first two phases and a run all three, with the same code: what
 * a run writes is what the preview listed.
 *
 * 1. extract: read the source in batches, and stage what is new or changed by its hash.
 * 2. plan: look the staged records up in the target, and decide what is done with each.
 * 3. apply: write in batches, and settle each record on its own result.
 *
 * A run that is killed leaves nothing to resume: the next one derives from what was settled what is left, and
 * finds in the target what was written without being settled.
 */
export async function run(writing: Writing, hold?: Hold): Promise<void> {
  const { job, store, writer } = writing
  const { sync, stage } = job
  if (sync.skip_initial_backfill === true && !store.hasBaseline(sync.id)) {
    hold?.mustHold()
    return baselineOnly(writing)
  }
  mustBePossible(job)
  const { known } = await extract(job)
  const isForgotten = isWhole(job) && sync.mode !== 'replace' && store.count(sync.id) > known
  job.counts.total = stage.count()
  job.log.say('INFO', `${stage.seen.size} records read, ${job.counts.total} of them new or changed`)
  if (sync.mode !== 'replace') {
    const decided = (decision: Decision): void => {
      if (hold === undefined) keep(job, store, decision)
      else hold.take(job, decision)
    }
    const count = await plan(job, decided, hold !== undefined)
    job.counts.total = hold === undefined ? count : hold.listed
    job.log.say('INFO', plannedWords(job))
  }
  const stops = await stopsOf(job)
  if (stops.length > 0) throw new Stopped(stops)
  hold?.mustHold()
  await makeMissing(job, writer)
  if (sync.mode === 'replace') await replaceAll(job, writer)
  else await apply(writing)
  await foldAll(writing)
  store.transaction(() => {
    if (isForgotten) store.forgetUnseen(sync.id, stage.seen)
    if (isWhole(job)) store.setBaseline(sync.id)
  })
}

/**
 * Shows what a run would do, and returns the guards that would stop it. It was given nothing that could
 * write.
 */
export async function preview(job: Job, show: (decision: Decision) => void): Promise<Previewed> {
  const { sync, state } = job
  if (sync.skip_initial_backfill === true && !state.hasBaseline(sync.id))
    return { stops: [], isBaseline: true }
  mustBePossible(job)
  await extract(job)
  job.counts.total = await plan(job, show, true)
  return { stops: await stopsOf(job), isBaseline: false }
}

/** What a preview comes to beside its records. */
export interface Previewed {
  stops: GuardStop[]
  /** Its first run notes all records as they are, and sends none. */
  isBaseline: boolean
}

/** Makes what the target lacks and the sync asked for. Where it is there, nothing is done. */
async function makeMissing({ sync, facts, log }: Job, writer: TargetWriter): Promise<void> {
  if (facts.makes === undefined || writer.make === undefined) return
  const object = sync.target.object ?? ''
  await writer.make(object)
  log.say('INFO', `made: ${makingWords(object, facts.makes)}`)
}

/** Remembers all records as they are now, and writes none. */
async function baselineOnly(writing: Writing): Promise<void> {
  const { job, store } = writing
  if (job.bounds.limit !== undefined)
    throw new RunProblem('limit', 'its first run sends nothing (skip_initial_backfill), limited or not')
  await extract(job, (key, hash) => store.record(job.sync.id, key, { hash, id: undefined }))
  await foldAll(writing)
  if (isWhole(job)) store.setBaseline(job.sync.id)
  job.log.say('INFO', `${job.stage.seen.size} records noted as they are; the next run sends what changes`)
}

/** Folds in what was recorded, with a breath in between: the server has other things to do. */
async function foldAll({ job, store, sleep }: Writing): Promise<void> {
  while (store.fold(job.sync.id)) await sleep(0, job.signal).catch(() => undefined)
}

function mustBePossible(job: Job): void {
  const { sync, facts, mapping } = job
  const { mode } = sync
  // Some in place of all would remove the others.
  if (mode === 'replace' && !isWhole(job))
    throw new RunProblem('limit', 'its mode replace writes all records or none, and never some of them')
  if (!facts.modes.some((one) => one === mode))
    throw new RunProblem('mode', `this server has no mode ${mode} for its target`)
  if (['update', 'updateOrCreate', 'remove'].includes(mode) && !looksUp(job) && facts.isBlind !== true)
    throw new RunProblem('identity', `its mode ${mode} needs an identity`)
  const unknown = mapping.identity.matches.find((match) => !facts.functions.includes(match.function))
  if (unknown !== undefined && looksUp(job))
    throw new RunProblem('identity', `this server cannot look up its target by ${unknown.function}`)
}

/**
 * A record that exists already needs no more looking in mode `create`, until it changes in the source; nor
 * does one that is refused, where the sync says so.
 */
function keep(job: Job, store: StateStore, { operation, reason, record, hit }: Decision): void {
  const { id } = job.sync
  if (operation === 'refuse' && isGivenUp(job))
    store.record(id, record.key, { hash: givenUp(record.hash), id: undefined })
  if (operation === 'skip' && reason === 'exists')
    store.record(id, record.key, { hash: record.hash, id: hit?.id })
}

function plannedWords({ stage }: Job): string {
  const words = (['insert', 'update', 'delete'] as const).map((one) => `${stage.planned(one)} to ${one}`)
  return `planned: ${words.join(', ')}`
}

/** Whether all records of the source were looked at. */
function isWhole({ request, bounds }: Job): boolean {
  const isNamed = request.identities?.length || request.source_identities?.length
  return !isNamed && bounds.limit === undefined
}
