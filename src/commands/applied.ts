import { relative, resolve, sep } from 'node:path'
import {
  appliedRefs,
  committedState,
  openDisk,
  pushApplied,
  remember,
  rememberLeft,
  type AppliedPlace,
  type AppliedRefs
} from '../config/source/index.ts'
import { warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import { leftAfter } from '../plan/left-behind.ts'
import type { Plan } from '../plan/plan.ts'
import type { Planned } from '../reconcile.ts'
import { organizationOf } from '../remote/identity.ts'
import type { Reader } from '../remote/transport.ts'
import type { ReportExtras } from '../render/view/report.ts'
import type { CommandIo } from './io.ts'
import type { FileOptions, PlanningOptions, ServiceOptions } from './options.ts'

/** What of the options decides about the revision that was applied last. */
type Options = FileOptions & PlanningOptions & Pick<ServiceOptions, 'chosen'>

/** In place of a revision: nothing says what was applied last. */
export const noBase = 'none'

/** Git is asked where there is a repository, and where files are read that it knows. */
function placeIn(io: CommandIo, options: FileOptions): AppliedPlace | undefined {
  const { top } = io.project
  if (top === undefined || options.file.includes('-')) return undefined
  const disk = openDisk(io.cwd, io.stdin, io.project.folder)
  const prefix = relative(resolve(io.cwd, top), io.cwd).replaceAll(sep, '/')
  return { cwd: io.cwd, prefix, env: io.env, files: options.file, disk }
}

/** Whether git decides what was applied last: nobody named a revision, or none. */
export function isByDefault({ since, chosen }: Options): boolean {
  return since === undefined && chosen?.since === undefined
}

/** What git remembers of earlier applies. */
type Remembered = ReturnType<AppliedRefs['of']>

/**
 * What git remembers of the organization that the key opens: the ref of what was applied last, and what
 * applies left behind. Whose key it is, is asked once: the plan takes the same answer.
 */
export async function remembered(options: Options, io: CommandIo, reader: Reader): Promise<Remembered> {
  const nothing: Remembered = { left: { ok: true, value: [] } }
  const place = isByDefault(options) || options.remembered === true ? placeIn(io, options) : undefined
  if (place === undefined) return nothing
  const refs = appliedRefs(place)
  if (refs.isEmpty) return nothing
  const who = await organizationOf(reader)
  // The plan asks the same, and tells what is wrong.
  return who.ok ? refs.of(who.id) : nothing
}

/** For the first line of a plan: that it compares with what was applied last, which nobody asked for. */
export function appliedHeader({ since }: Pick<Plan, 'since'>, options: Options): { appliedLast?: string } {
  return since !== undefined && isByDefault(options) ? { appliedLast: since } : {}
}

/** What git was told of an apply, for the report. */
export interface Remembering {
  reported: Pick<ReportExtras, 'appliedRevision' | 'unremembered'>
  problems: Diagnostic[]
}

/** Remembers what was applied in an organization. */
interface Memory {
  /**
   * After all was done: the commit is remembered, if the files are still what it says. If they are not, and
   * something was changed, nothing is.
   */
  keep: (done: Planned, hasChanged: boolean) => Remembering
  /** After all was deleted: nothing is applied any more. */
  forget: (done: Planned) => Remembering
}

/** Looks at the repository before the files are read; undefined where there is none to remember anything. */
export function openMemory(
  options: Options & { pushApplied?: boolean },
  io: CommandIo
): Memory | undefined {
  const place = placeIn(io, options)
  if (place === undefined) return undefined
  const state = committedState(place)
  const push = options.pushApplied === true
  return {
    keep({ plan, observed }, hasChanged) {
      const organization = plan.organization.id
      const isToldAll = isByDefault(options) || options.since === noBase || options.remembered === true
      const before = isToldAll ? undefined : appliedRefs(place).of(organization).left
      const untold = before?.ok === true ? before.value : []
      // First: what is told twice after a kill does no harm.
      const left = rememberLeft(place, organization, leftAfter(plan, observed, untold, kinds))
      const unremembered = (because: string): Remembering => {
        // What was remembered is not what was applied last any more.
        if (hasChanged) remember(place, organization, undefined)
        return { reported: { unremembered: because }, problems: push ? [notPushed(because)] : [] }
      }
      if (!left.ok) return unremembered(left.reason)
      if (!state.ok) return unremembered(state.reason)
      const now = committedState(place)
      if (!now.ok) return unremembered(now.reason)
      if (state.value !== now.value) return unremembered('another commit was checked out meanwhile')
      const kept = remember(place, organization, now.value)
      if (!kept.ok) return unremembered(kept.reason)
      const pushed = push ? pushApplied(place, organization) : undefined
      const problems = pushed?.ok === false ? [notPushed(pushed.reason)] : []
      return { reported: { appliedRevision: now.value }, problems }
    },
    forget({ plan }) {
      remember(place, plan.organization.id, undefined)
      return { reported: {}, problems: [] }
    }
  }
}

function notPushed(reason: string): Diagnostic {
  return warning('P312', `what was applied is not pushed: ${reason}`, {
    notes: ['other machines do not know it yet, and compare with what they know'],
    help: ['mend it, and run the same apply again: it does nothing else, and pushes']
  })
}
