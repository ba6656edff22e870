import { problem, warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kinds } from '../kinds/kind.ts'
import { addressText, type Desired, type LeftBehind, type Live, type LiveState } from '../state/resource.ts'
import type { Rule } from '../state/rule.ts'
import { referencesIn, type Json } from '../state/value.ts'
import type { Match } from './match.ts'
import type { DecideOptions } from './options.ts'
import { isKept, liveId } from './details.ts'
import type { Change, Delete, Rename, Update } from './plan.ts'
import { isNamed } from './select.ts'

/** The guards of a plan: problems with the codes P5xx, which stop it before anything is written. */

/** R18, R19: Returns the problems of the deletions and updates of a plan. */
export function guard(
  changes: readonly Change[],
  { live, kinds, match, options }: { live: LiveState; kinds: Kinds; match: Match; options: DecideOptions }
): Diagnostic[] {
  const many = tooManyUpdates(changes, kinds, options)
  const deletes = changes.filter((change) => change.action === 'delete')
  if (deletes.length === 0) return many
  // A declared resource will use what its change says; all others keep what they use now.
  const planned = new Set(changes.map(liveId))
  // A derived resource is deleted with the resource that it belongs to.
  const derived = new Set(
    kinds.managed.filter(({ api }) => api.access === 'derived').map(({ name }) => name)
  )
  const staying = live.resources.filter(({ id, kind }) => !planned.has(id) && !derived.has(kind))
  const idOf = (kind: string, id = ''): string => `${kind}\n${id}`
  const byId = new Map(live.resources.map((resource) => [idOf(resource.kind, resource.id), resource]))
  const users = [
    ...staying.map((resource) => ({
      text: `${addressText(resource)} (${resource.id})`,
      ids: resource.uses.map((use) => use.id)
    })),
    ...changes.filter(isKept).map((change) => ({
      text: addressText(change),
      ids: usedBy(change, byId.get(idOf(change.kind, liveId(change))), kinds, match)
    }))
  ]
  return [...broken(deletes, users, kinds, options), ...tooManyDeletes(deletes, live, options), ...many]
}

/**
 * Returns the ids of what a resource will use: what its files say, and what they leave as it is in the
 * service.
 */
function usedBy(
  change: Exclude<Change, Delete>,
  live: Live | undefined,
  kinds: Kinds,
  match: Match
): string[] {
  const fields = kinds.managed.find((kind) => kind.name === change.kind)?.fields ?? {}
  const there = live?.fields ?? {}
  const kept = Object.keys(fields).filter(
    (name) => fields[name]!.class === 'carried' && !(name in change.wanted)
  )
  const open = Object.entries(fields).flatMap(([name, { rule }]) =>
    rule.is === 'set' && rule.open ? unstated(rule, change.wanted[name], there[name]) : []
  )
  const references = [change.wanted, ...kept.map((name) => there[name]), ...open].flatMap(referencesIn)
  return references.flatMap((reference) => match.idOf(reference) ?? [])
}

/** Returns the items of open sets that no file states: they stay, with everything that they use. */
function unstated(
  { key }: Extract<Rule, { is: 'set' }>,
  wanted: Json | undefined,
  live: Json | undefined
): Json[] {
  const stated = new Set((Array.isArray(wanted) ? wanted : []).map(key))
  return (Array.isArray(live) ? live : []).filter((item) => !stated.has(key(item)))
}

/**
 * Returns the problem of a deletion that would break what still uses the resource, even where the service
 * would allow it: the syncs of a deleted model fail silently.
 */
function broken(
  deletes: readonly Delete[],
  staying: readonly { text: string; ids: string[] }[],
  kinds: Kinds,
  { forceDelete, selection }: DecideOptions
): Diagnostic[] {
  const cascading = new Set(
    kinds.managed.filter(({ api }) => api.access === 'listed' && api.cascades).map(({ name }) => name)
  )
  const usersOf = new Map<string, string[]>()
  for (const { text, ids } of staying)
    for (const id of new Set(ids)) {
      const known = usersOf.get(id)
      if (known) known.push(text)
      else usersOf.set(id, [text])
    }
  return deletes.flatMap((change) => {
    const users = usersOf.get(change.id) ?? []
    if (users.length === 0) return []
    return [
      problem('P502', `${addressText(change)} cannot be deleted: it is still used`, {
        labels: [{ span: change.span, text: 'this is to be deleted' }],
        notes: users
          .map((user) => `used by ${user}`)
          .toSorted()
          .slice(0, 10),
        help: [
          'let these use something else, or delete them too',
          ...(cascading.has(change.kind) && forceDelete !== true
            ? ['`--force-delete` deletes along with it what no file declares, and shows that first']
            : []),
          ...(forceDelete === true && selection
            ? ['what is not selected is not deleted along with it']
            : [])
        ]
      })
    ]
  })
}

/**
 * R19: Returns the problem of too many deletions. Only kinds with deletions count for the limit: which
 * others were read says nothing about them.
 */
function tooManyDeletes(deletes: readonly Change[], live: LiveState, options: DecideOptions): Diagnostic[] {
  const kinds = new Set(deletes.map(({ kind }) => kind))
  const there = live.resources.filter(({ kind }) => kinds.has(kind)).length
  const limit = options.maxDeletes ?? Math.max(3, Math.floor(there / 10))
  if (deletes.length <= limit) return []
  return [
    problem('P504', `${deletes.length} deletions are more than the limit of ${limit}`, {
      labels: [{ span: deletes[0]!.span, text: 'one of them is asked for here' }],
      help: [`if all of them are meant, pass \`--max-deletes ${deletes.length}\``]
    })
  ]
}

/**
 * R19: Returns the problem of too many updates, such as a wrong file of variables causes. Creates and
 * rotations that were asked for by name do not count. Where a person is shown the plan and asked, it is a
 * warning.
 */
function tooManyUpdates(
  changes: readonly Change[],
  kinds: Kinds,
  { maxUpdates, isUnattended = false, rotate = [] }: DecideOptions
): Diagnostic[] {
  const updates = updatesIn(changes).filter(
    (change) => change.fields.length > 0 || !rotate.some((pattern) => isNamed(change, pattern, kinds))
  )
  const there = changes.filter(({ action }) => action !== 'create' && action !== 'delete').length
  const limit = maxUpdates ?? Math.max(20, Math.floor(there / 4))
  if (updates.length <= limit) return []
  const isStop = maxUpdates !== undefined || isUnattended
  return [
    (isStop ? problem : warning)(
      'P512',
      `${updates.length} updates are more than the limit of ${limit}: ${there} declared resources are live`,
      {
        labels: [{ span: updates[0]!.span, text: 'this is one of them' }],
        notes: ['a wrong file of variables or of the environment looks like this'],
        help: [`if all of them are meant, pass \`--max-updates ${updates.length}\``]
      }
    )
  ]
}

/** Returns the changes that modify an existing resource and keep it. */
export function updatesIn(changes: readonly Change[]): (Update | Rename)[] {
  return changes.filter((change) => change.action === 'update' || change.action === 'rename')
}

/** Returns the problem of deleting a protected resource: the protection is lifted in the files alone. */
export function protectedProblem(resource: Desired): Diagnostic {
  return problem('P503', `${addressText(resource)} is protected from deletion`, {
    labels: [{ span: resource.spanAt(['lifecycle', 'prevent_destroy']), text: 'this protects it' }],
    help: ['remove `prevent_destroy` first, in a change of its own']
  })
}

/** R14: Returns the problem of deleting a resource that its declaration of then protected. */
export function protectedBeforeProblem(before: LeftBehind, change: Change): Diagnostic {
  const { kind, name, revision, protectedAt = before.span } = before
  const address = addressText({ kind, name })
  return problem('P503', `${addressText(change)} was protected from deletion at ${revision}`, {
    labels: [
      { span: change.span, text: 'this is to be deleted' },
      { span: protectedAt, text: 'this protected it' }
    ],
    notes: ['taking the block away does not take the protection away'],
    help: [`list it under \`removed:\` and pass \`--allow-destroy '${address}'\``]
  })
}

/**
 * Returns the problem of a field that the service cannot change in place: only a person can decide to
 * create the resource anew.
 */
export function fixedProblem(resource: Desired, field: string, live: string, wanted: string): Diagnostic {
  const name = addressText(resource)
  return problem(
    'P501',
    `the ${field} of ${name} is \`${live}\` in the service and cannot change to \`${wanted}\``,
    {
      labels: [{ span: resource.spanAt([field]), text: `it is \`${live}\` there` }],
      notes: [`the service has no way to change the ${field} of a ${resource.kind}`],
      help: ['give the new one another name, move what uses the old one over, then remove the old one']
    }
  )
}
