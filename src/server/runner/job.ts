import type { ExecutionCounts } from '../../wire/execution.ts'
import type { RunBounds } from '../../wire/local-start.ts'
import type { SyncStartRequest } from '../../wire/sync.ts'
import type { StoredModel, StoredSync } from '../stored.ts'
import type { Assertions } from './assertions.ts'
import { digest } from './codec.ts'
import type { Source, TargetFacts, TargetReader } from './connector.ts'
import { withoutValues } from './cut-values.ts'
import { identityText } from './identity.ts'
import type { IdentityPlan, Mapping } from './mapping.ts'
import type { ErrorSummary, RunLog } from './run-log.ts'
import type { Stage } from './stage.ts'
import type { StateReader } from './state.ts'
import { textOf, type Row } from './value.ts'

/** One sync that is run or previewed, with all that its phases share. It has no way to write. */
export interface Job {
  sync: StoredSync
  model: StoredModel
  request: SyncStartRequest
  /** What it was told beside that, which the API has no words for. */
  bounds: RunBounds
  source: Source
  target: TargetReader
  facts: TargetFacts
  mapping: Mapping
  state: StateReader
  stage: Stage
  log: RunLog
  counts: ExecutionCounts
  assertions: Assertions
  /** How many records of the source the filters let pass. */
  passed: number
  errors: ErrorSummary
  /** Fires when it is to stop. */
  signal: AbortSignal
}

/** The reason of a signal that stops a run: somebody asked for it. */
export class Canceled extends Error {}

/** Throws when the run is to stop. */
export function mustGoOn({ signal }: Pick<Job, 'signal'>): void {
  if (signal.aborted) throw new Canceled('canceled')
}

/** Whether records are found in the target, rather than added or sent to it in any case. */
export function looksUp({ sync, facts, mapping }: Pick<Job, 'sync' | 'facts' | 'mapping'>): boolean {
  return (
    facts.isBlind !== true &&
    sync.mode !== 'append' &&
    sync.mode !== 'replace' &&
    mapping.identity.matches.length > 0
  )
}

/**
 * Whether a record that its target refused is left until it changes: the sync says so. A start that names
 * records wants these all the same.
 */
export function isGivenUp({ sync, request }: Pick<Job, 'sync' | 'request'>): boolean {
  const isNamed = request.identities?.length || request.source_identities?.length
  return sync.error_handling?.auto_retry_record_errors === false && !isNamed
}

/** By which a record that was refused is remembered: it counts as changed for all who do not leave it. */
export function givenUp(hash: string): string {
  return digest(`refused ${hash}`)
}

/** Identity values as texts that are equal where the target cannot tell the values apart. */
export function identityTexts(values: Row, { matches }: IdentityPlan, facts: TargetFacts): string[] {
  return values.map((value, index) => {
    const name = matches[index]?.target
    return identityText(
      value,
      facts.fields?.find((field) => field.name === name)
    )
  })
}

/** Which records a log entry is about. */
export function namesOf(mapped: Row, { matches, at }: IdentityPlan): string[] {
  return mapped.slice(at, at + matches.length).map(textOf)
}

/** ExecutionCounts and logs a record that is not written because of itself. */
export function refuse(job: Job, mapped: Row, code: string, message: string, row?: number): void {
  job.counts.error += 1
  job.errors.add(code, withoutValues(message, mapped))
  const entry = { identity: namesOf(mapped, job.mapping.identity), code, message }
  job.log.entry('errors', row === undefined ? entry : { ...entry, row })
}

/** The same for one that is left out without being wrong. */
export function warn(job: Job, mapped: Row, code: string, message: string): void {
  job.counts.warnings += 1
  job.log.entry('warnings', { identity: namesOf(mapped, job.mapping.identity), code, message })
}
