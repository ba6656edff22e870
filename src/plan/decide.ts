import { checked, isError, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kind, Kinds } from '../kinds/kind.ts'
import {
  addressText,
  byAddress,
  type Desired,
  type DesiredState,
  type Live,
  type LiveState,
  type Path
} from '../state/resource.ts'
import { isEmpty, isObject, isSecret, textOf, type Json, type JsonObject } from '../state/value.ts'
import { additions, diff, type DiffContext } from './diff.ts'
import { withIgnored } from './ignore.ts'
import { fixedProblem, guard, protectedProblem, unknownAddress, type Limits } from './guard.ts'
import { match, type Match } from './match.ts'
import { ordered } from './order.ts'
import type { Change, Plan, UnmanagedKind } from './plan.ts'

/** What is to be done so that the service is as the files say. Pure: same input, same plan. */
export function decide(
  desired: DesiredState,
  live: LiveState,
  kinds: Kinds,
  limits: Limits = {}
): Checked<Plan> {
  const matched = match(desired, live, kinds)
  if (matched.problems.some(isError)) return { ok: false, problems: matched.problems }
  const problems: Diagnostic[] = [...matched.problems]
  const changes = desired.resources.map((resource) => {
    const kind = kindOf(resource.kind, kinds)
    const change = changeOf(resource, kind, matched.match)
    problems.push(...fixedProblems(resource, kind, matched.match))
    return change
  })
  const rotation = rotated(changes, limits.rotate ?? [])
  problems.push(...rotation.problems)
  const removed = removals(desired, live, matched.match)
  problems.push(...removed.problems)
  return finished(
    [...rotation.changes, ...removed.changes],
    { desired, live, kinds, match: matched.match, limits },
    problems
  )
}

/**
 * Secrets cannot be compared, so that they changed must be said: then the resource is written as it is,
 * secrets and all.
 */
function rotated(
  changes: Change[],
  asked: readonly string[]
): { changes: Change[]; problems: Diagnostic[] } {
  const isAsked = (change: Change, address: string): boolean =>
    [addressText(change), `${change.kind}/${change.name}`, change.name].includes(address)
  const unknown = asked.filter((address) => !changes.some((change) => isAsked(change, address)))
  const again = changes.map((change): Change => {
    const sent = change.action === 'none' && asked.some((address) => isAsked(change, address))
    return sent ? { ...change, action: 'update', reason: 'its secrets are to be sent again' } : change
  })
  return { changes: again, problems: unknown.map(unknownAddress) }
}

/** The deletion of everything that the files declare and the service has. */
export function decideDestroy(desired: DesiredState, live: LiveState, kinds: Kinds): Checked<Plan> {
  const matched = match({ ...desired, removed: [] }, live, kinds)
  const relevant = matched.problems.filter((problem) => problem.code !== 'P402')
  if (relevant.some(isError)) return { ok: false, problems: relevant }
  const doomed = desired.resources.filter((resource) => matched.match.liveOf(resource) !== undefined)
  const problems = doomed.filter((resource) => resource.lifecycle.preventDestroy).map(protectedProblem)
  const changes = doomed.map((resource) =>
    deletion(resource, matched.match.liveOf(resource)!, 'the files declare it, and all of that is to go')
  )
  // What is to be destroyed is what was asked for: the limit against surprises does not apply.
  const limits = { maxDeletes: Infinity }
  return finished(changes, { desired, live, kinds, match: matched.match, limits }, problems)
}

interface Case {
  desired: DesiredState
  live: LiveState
  kinds: Kinds
  match: Match
  limits: Limits
}

function finished(changes: Change[], given: Case, problems: Diagnostic[]): Checked<Plan> {
  const { desired, live, match } = given
  const plan: Plan = {
    organization: live.organization,
    changes: ordered(changes, desired, live, match),
    unmanaged: unmanaged(changes, desired, live, match)
  }
  return checked(plan, [...problems, ...guard(plan.changes, given)])
}

function kindOf(name: string, kinds: Kinds): Kind {
  const kind = kinds.managed.find((candidate) => candidate.name === name)
  if (!kind) throw new Error(`no kind ${name}`)
  return kind
}

function changeOf(resource: Desired, kind: Kind, matched: Match): Change {
  const live = matched.liveOf(resource)
  const context: DiffContext = { idOf: matched.idOf, spanAt: resource.spanAt }
  const ids = idsOfUses(resource, matched)
  if (!live) {
    const fields = additions(kind.fields, resource.fields, context)
    return {
      ...base(resource),
      action: 'create',
      fields,
      reason: 'the service has no such ' + spoken(kind.name),
      wanted: resource.fields,
      ids
    }
  }
  const wanted = withIgnored(resource.fields, resource.lifecycle.ignoreChanges, live.fields, kind)
  const { fields, unchanged } = diff(kind.fields, wanted, live.fields, context)
  const renamed = live.name !== resource.name && !sameInAnyCase(kind, live.name, resource.name)
  return {
    ...base(resource),
    ...fromLive(live),
    action: renamed ? 'rename' : fields.length > 0 ? 'update' : 'none',
    ...(renamed ? { previousName: live.name } : {}),
    fields,
    unchanged,
    reason: reasonOf(renamed, fields.length),
    wanted,
    ids,
    notStated: notStated(kind, wanted, live)
  }
}

function sameInAnyCase(kind: Kind, a: string, b: string): boolean {
  return kind.caselessNames === true && a.toLowerCase() === b.toLowerCase()
}

function spoken(kind: string): string {
  return kind.replaceAll('_', ' ')
}

function reasonOf(renamed: boolean, fields: number): string {
  if (renamed) return 'the files call it by a new name'
  if (fields === 0) return 'it is as the files say'
  // Without an earlier revision to compare with, nobody can tell whether the files or the service moved.
  return 'the files and the service differ'
}

function base(resource: Desired): Omit<Change, 'action' | 'reason'> {
  const { kind, name, span } = resource
  return {
    kind,
    name,
    span,
    fields: [],
    unchanged: 0,
    after: [],
    wanted: {},
    ids: {},
    notStated: [],
    ignored: resource.lifecycle.ignoreChanges
  }
}

function fromLive(live: Live): Pick<Change, 'id' | 'changed' | 'waiting'> {
  return {
    id: live.id,
    changed: live.changed,
    ...(live.waiting === undefined ? {} : { waiting: live.waiting })
  }
}

function idsOfUses(resource: Desired, matched: Match): Record<string, string> {
  const known = resource.uses.flatMap((use): [string, string][] => {
    const id = matched.idOf({ $ref: use.kind, name: use.name })
    return id === undefined ? [] : [[addressText(use), id]]
  })
  return Object.fromEntries(known)
}

function fixedProblems(resource: Desired, kind: Kind, matched: Match): Diagnostic[] {
  const live = matched.liveOf(resource)
  if (!live) return []
  return Object.entries(kind.fields).flatMap(([name, field]) => {
    const wanted = resource.fields[name]
    const found = live.fields[name]
    if (field.class !== 'fixed' || isEmpty(wanted) || wanted === found) return []
    return [fixedProblem(resource, name, textOf(found), textOf(wanted))]
  })
}

/**
 * Values that the service has, no file states, and nobody documents as the default: worth a note, not a
 * difference.
 */
function notStated(kind: Kind, wanted: JsonObject, live: Live): string[] {
  return Object.entries(kind.fields).flatMap(([name, field]) => {
    if (field.class !== 'carried') return []
    if (field.rule.is === 'stated') return unstatedKeys(kind, name, wanted[name], live)
    if (name in wanted || isEmpty(live.fields[name]) || live.fields[name] === false) return []
    if (kind.isDefault?.(live.fields, [name]) === true) return []
    return [name]
  })
}

function unstatedKeys(kind: Kind, name: string, wanted: Json | undefined, live: Live): string[] {
  const there = live.fields[name]
  if (!isObject(there)) return []
  const stated = isObject(wanted) ? wanted : {}
  const path = (key: string): Path => [name, key]
  return Object.keys(there)
    .filter(
      (key) => !(key in stated) && there[key] !== false && !isEmpty(there[key]) && !isSecret(there[key])
    )
    .filter((key) => kind.isDefault?.(live.fields, path(key)) !== true)
    .map((key) => `${name}.${key}`)
}

/**
 * Two live resources of a removed name are a stop, as everywhere: nobody said which. None is fine: it is
 * gone already.
 */
function removals(
  desired: DesiredState,
  live: LiveState,
  matched: Match
): { changes: Change[]; problems: Diagnostic[] } {
  const changes: Change[] = []
  const problems: Diagnostic[] = []
  for (const removed of desired.removed) {
    const free = live.resources.filter(
      (resource) => resource.kind === removed.kind && !matched.declaredBy(resource)
    )
    const byId = free.find((resource) => resource.id === removed.name.toLowerCase())
    const found = byId ? [byId] : free.filter((resource) => resource.name === removed.name)
    // Another resource may have the same name, and be declared: the id tells the two apart.
    const asked = byId ? { ...removed, name: `${byId.name} (${byId.id})` } : removed
    if (found.length > 1) problems.push(matched.ambiguous(removed, found))
    else if (found[0]) changes.push(deletion(asked, found[0], 'the files say that it is removed'))
  }
  return { changes, problems }
}

function deletion(asked: Pick<Desired, 'kind' | 'name' | 'span'>, live: Live, reason: string): Change {
  const { kind, name, span } = asked
  return {
    kind,
    name,
    span,
    ...fromLive(live),
    action: 'delete',
    fields: [],
    unchanged: 0,
    reason,
    after: [],
    wanted: {},
    ids: {},
    notStated: [],
    ignored: []
  }
}

/** Counts per kind that was read; what no file declares or removes is named and left alone. */
function unmanaged(
  changes: readonly Change[],
  desired: DesiredState,
  live: LiveState,
  matched: Match
): UnmanagedKind[] {
  const removed = new Set(changes.flatMap(({ action, id }) => (action === 'delete' ? (id ?? []) : [])))
  const kinds = new Set(desired.resources.map((resource) => resource.kind))
  return [...kinds].toSorted().map((kind) => {
    const all = live.resources.filter((resource) => resource.kind === kind)
    const others = all.filter((resource) => matched.declaredBy(resource) === undefined)
    const left = others.filter((resource) => !removed.has(resource.id))
    const names = left.toSorted(byAddress).map((resource) => resource.name)
    return { kind, live: all.length, declared: all.length - others.length, names }
  })
}
