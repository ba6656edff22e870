import { checked, isError, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { isSameName, nameKeys, type Kind, type Kinds } from '../kinds/kind.ts'
import {
  byAddress,
  idKey,
  type Desired,
  type DesiredState,
  type Live,
  type LiveState
} from '../state/resource.ts'
import { isEmpty, textOf } from '../state/value.ts'
import { openBaseIndex } from './base-index.ts'
import { changeOf, deletion } from './change.ts'
import { cascadeOf, deletions, pruneProblems, renameSuggestions, type PlanInput } from './deletions.ts'
import { fixedProblem, guard, protectedProblem } from './guard.ts'
import { incomplete } from './incomplete.ts'
import { withImpacts } from './impact.ts'
import { lookalikes } from './lookalikes.ts'
import { match, type Match } from './match.ts'
import type { DecideOptions } from './options.ts'
import { ordered } from './order.ts'
import { withPending } from './pending.ts'
import type { Change, Plan, UnmanagedKind } from './plan.ts'
import { idleRotations, rotated } from './rotate.ts'
import { unhealthy, foreign, lockedOut, notForThisKey } from './rights.ts'
import { idlePatterns, isSelected, unknownAddress } from './select.ts'
import { unreachable } from './partial.ts'
import { newerThanService } from './newer.ts'
import { carriedUnknown } from './unknown.ts'

/**
 * R16: Returns the plan that makes the service what the files say. Pure: the same input gives the same
 * plan.
 */
export function decide(
  desired: DesiredState,
  live: LiveState,
  kinds: Kinds,
  options: DecideOptions = {}
): Checked<Plan> {
  const optionProblems = [...optionProblemsOf(desired, kinds, options), ...pruneProblems(desired, options)]
  const isPlanned = (resource: Desired): boolean => isSelected(resource, options.selection, kinds)
  const matched = match(readable(desired, live, options), live, kinds, {
    isPlanned,
    base: options.base?.resources,
    missingPins: options.missingPins === true
  })
  if ([...optionProblems, ...matched.problems].some(isError))
    return { ok: false, problems: [...optionProblems, ...matched.problems] }
  const selected = desired.resources.filter(isPlanned)
  const base = options.base && openBaseIndex(options.base, desired.resources, matched.match, kinds)
  const problems: Diagnostic[] = [
    ...optionProblems,
    ...matched.problems,
    ...unhealthy(selected, matched.match)
  ]
  const changes = selected.map((resource) => {
    const kind = kindOf(resource.kind, kinds)
    problems.push(...fixedProblems(resource, kind, matched.match))
    problems.push(...newerThanService(resource, kind, live, matched.match.liveOf(resource)))
    return earlyChange(resource, matched.match, options) ?? changeOf(resource, kind, matched.match, base)
  })
  const created = selected.filter((resource) => matched.match.liveOf(resource) === undefined)
  problems.push(...incomplete(created, kinds))
  const input: PlanInput = { desired, live, kinds, match: matched.match, options }
  const removals = deletions(input)
  problems.push(...removals.problems)
  problems.push(...unreachable(selected, input))
  const wanted = rotated(changes, input)
  problems.push(...idleRotations(changes, input))
  problems.push(...carriedUnknown(wanted, kinds.managed, liveOfChange(live)))
  const previous = [...removals.noLongerDeclared, ...removals.changes]
  const renames = renameSuggestions(wanted, previous, options.base, kinds)
  problems.push(...renames, ...lookalikes(wanted, input, renames))
  return finished([...wanted, ...removals.changes], removals.noLongerDeclared, input, problems)
}

/** A change that was worked out while others were read. With a base it would be another one. */
function earlyChange(
  resource: Desired,
  { liveOf, idOf }: Match,
  { early, base }: DecideOptions
): Change | undefined {
  const live = early && !base ? liveOf(resource) : undefined
  return live && early?.of(resource, live, idOf)
}

function liveOfChange({ resources }: LiveState): (change: Change) => Live | undefined {
  const byId = new Map(resources.map((one) => [idKey(one), one]))
  return (change) => ('id' in change ? byId.get(idKey(change)) : undefined)
}

/**
 * Returns the declared resources of the kinds that were read: a partial plan reads no others, and needs
 * no others. Each kind that was read is matched in full, so that a resource that is not selected does not
 * count as undeclared.
 */
function readable(desired: DesiredState, live: LiveState, { selection }: DecideOptions): DesiredState {
  if (!selection) return desired
  return { ...desired, resources: desired.resources.filter(({ kind }) => live.kinds.includes(kind)) }
}

/**
 * Returns a problem for each pattern that matches nothing: a misspelled pattern must not select
 * everything, or nothing.
 */
function optionProblemsOf(desired: DesiredState, kinds: Kinds, options: DecideOptions): Diagnostic[] {
  const { base, left = [], rotate, selection, allowDestroy } = options
  const before = [...(base?.resources ?? []), ...left]
  const all = [...desired.resources, ...desired.removed, ...before]
  return [
    ...idlePatterns(desired.resources, rotate, kinds),
    ...idlePatterns(all, selection?.only, kinds),
    ...idlePatterns(all, selection?.exclude, kinds),
    // A removal by id has a name too: the one under which the resource was declared.
    ...idlePatterns([...desired.removed, ...before], allowDestroy, kinds)
  ].map((pattern) => unknownAddress(pattern, all, kinds))
}

/**
 * Returns the plan that deletes everything that the files declare and the service has. Former names do
 * not count: once a resource was renamed, whatever has its former name belongs to somebody else.
 */
export function decideDestroy(
  declared: DesiredState,
  live: LiveState,
  kinds: Kinds,
  options: DecideOptions = {}
): Checked<Plan> {
  const desired = { ...declared, resources: declared.resources.map(withoutFormerNames) }
  const optionProblems = optionProblemsOf(desired, kinds, options)
  const matched = match({ ...desired, removed: [] }, live, kinds)
  // A name or id that matches nothing is no problem here: it is deleted already.
  const absent = new Set<Diagnostic['code']>(['P402', 'P404'])
  const relevant = [...optionProblems, ...matched.problems.filter((problem) => !absent.has(problem.code))]
  if (relevant.some(isError)) return { ok: false, problems: relevant }
  const toDelete = desired.resources.filter(
    (resource) =>
      isSelected(resource, options.selection, kinds) && isDeletable(matched.match.liveOf(resource))
  )
  const problems = toDelete.filter((resource) => resource.lifecycle.preventDestroy).map(protectedProblem)
  const changes = toDelete.map((resource) =>
    deletion(resource, matched.match.liveOf(resource)!, 'the files declare it, and all of that is to go')
  )
  // The limit of deletions does not apply: the command asks for all of them.
  const input = {
    desired,
    live,
    kinds,
    match: matched.match,
    options: { ...options, maxDeletes: Infinity, maxUpdates: Infinity }
  }
  const cascade = options.forceDelete === true ? cascadeOf(changes, input) : []
  return finished([...changes, ...cascade], [], input, problems)
}

function withoutFormerNames(resource: Desired): Desired {
  return { ...resource, lifecycle: { ...resource.lifecycle, renamedFrom: [] } }
}

function finished(
  changes: Change[],
  noLongerDeclared: Plan['noLongerDeclared'],
  input: PlanInput,
  problems: Diagnostic[]
): Checked<Plan> {
  const { desired, live, kinds, match, options } = input
  const left = desired.resources.filter(
    (resource) => !isSelected(resource, options.selection, kinds)
  ).length
  const plan: Plan = {
    organization: live.organization,
    changes: withImpacts(
      ordered(withPending(changes, desired, live, match), desired, live, match, kinds),
      input
    ),
    unmanaged: unmanaged(changes, input),
    noLongerDeclared,
    ...(options.base === undefined ? {} : { since: options.base.revision }),
    ...(options.selection === undefined
      ? {}
      : { partial: { selected: desired.resources.length - left, left } })
  }
  return checked(plan, [
    ...problems,
    ...notForThisKey(desired, live, input.kinds),
    ...foreign(plan.changes, live),
    ...lockedOut(plan.changes, live),
    ...guard(plan.changes, input)
  ])
}

/** Whether a live resource can be deleted: one that still has its initial state has nothing to delete. */
function isDeletable(live: Live | undefined): boolean {
  return live !== undefined && live.reset !== true
}

function kindOf(name: string, kinds: Kinds): Kind {
  const kind = kinds.managed.find((candidate) => candidate.name === name)
  if (!kind) throw new Error(`no kind ${name}`)
  return kind
}

function fixedProblems(resource: Desired, kind: Kind, matched: Match): Diagnostic[] {
  const live = matched.liveOf(resource)
  if (!live) return []
  const renamed = kind.naming?.fixed === true && !isSameName(kind, live.name, resource.name)
  if (renamed) return [fixedProblem(resource, nameKeys(kind).join(' and '), live.name, resource.name)]
  return fixedNames(kind).flatMap((name) => {
    const wanted = resource.fields[name]
    const found = live.fields[name]
    if (isEmpty(wanted) || wanted === found) return []
    return [fixedProblem(resource, name, textOf(found), textOf(wanted))]
  })
}

const knownFixed = new WeakMap<Kind, readonly string[]>()

/** Looked up once for a kind, and not for each of its resources. */
function fixedNames(kind: Kind): readonly string[] {
  const names =
    knownFixed.get(kind) ??
    Object.entries(kind.fields).flatMap(([name, field]) => (field.class === 'fixed' ? [name] : []))
  knownFixed.set(kind, names)
  return names
}

/**
 * Counts live resources for each kind that the files declare, and of the core kinds that were read. Those
 * that no file declares or removes are named, and left alone.
 */
function unmanaged(changes: readonly Change[], input: PlanInput): UnmanagedKind[] {
  const { desired, live, kinds, match, options } = input
  const removed = new Set(changes.flatMap((change) => (change.action === 'delete' ? change.id : [])))
  const core = options.selection ? [] : kinds.managed.filter((kind) => kind.core === true)
  const there = new Set(live.resources.map(({ kind }) => kind))
  const counted = new Set([
    ...desired.resources.map(({ kind }) => kind),
    ...core.flatMap(({ name }) => (there.has(name) ? [name] : []))
  ])
  return [...counted].toSorted().map((kind) => {
    // Resources that can only be referred to are not managed by anybody.
    const all = live.resources.filter(
      (resource) => resource.kind === kind && resource.readOnly?.nameOnly !== true
    )
    const others = all.filter((resource) => match.declaredBy(resource) === undefined)
    const left = others.filter((resource) => !removed.has(resource.id))
    const names = left.toSorted(byAddress).map((resource) => resource.name)
    return { kind, live: all.length, declared: all.length - others.length, names }
  })
}
