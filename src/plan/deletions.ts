import { problem, warning, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { derivedApi, keyOf, type Kinds } from '../kinds/kind.ts'
import {
  addressText,
  byAddress,
  idKey,
  type Address,
  type Base,
  type Desired,
  type DesiredState,
  type LeftBehind,
  type Live,
  type LiveState
} from '../state/resource.ts'
import { sortedText, type JsonObject } from '../state/value.ts'
import { deletion } from './change.ts'
import { protectedBeforeProblem } from './guard.ts'
import { leftBehind, protectedBefore } from './left-behind.ts'
import type { Match } from './match.ts'
import type { DecideOptions } from './options.ts'
import type { Change, Delete, NoLongerDeclared, Plan } from './plan.ts'
import { isNamed, isSelected } from './select.ts'

/**
 * The outcome of looking for deletions: the deletions themselves, what was declared once and stays, and
 * the problems that keep them from being decided.
 */
export interface Deletions {
  changes: Delete[]
  noLongerDeclared: Plan['noLongerDeclared']
  problems: Diagnostic[]
}

/** The input of the decision. */
export interface PlanInput {
  desired: DesiredState
  live: LiveState
  kinds: Kinds
  match: Match
  options: DecideOptions
}

/**
 * R12, R17: The only places from which deletions come: what `removed:` lists; with `prune`, what the files
 * declared at the base and do no longer, and what nobody declares of exclusive kinds; with `forceDelete`,
 * what uses a connection that goes.
 */
export function deletions(input: PlanInput): Deletions {
  const { desired, options } = input
  const removals = new Removals(input)
  const problems: Diagnostic[] = []
  for (const removed of desired.removed.filter((one) => isSelected(one, options.selection, input.kinds)))
    problems.push(...removals.byRemoved(removed))
  const stay = new Map<string, NoLongerDeclared>()
  for (const before of leftBehind(input)) {
    const candidates = removals.called(before)
    if (options.prune !== true)
      for (const live of candidates) {
        const named = { ...before, name: live.name, id: live.id, isOneOfSeveral: candidates.length > 1 }
        if (!stay.has(idKey(live))) stay.set(idKey(live), named)
      }
    else if (candidates.length > 1) problems.push(input.match.ambiguous(before, candidates))
    else if (candidates[0]) removals.take(before, candidates[0], reasonOfPrune(before))
  }
  if (options.prune === true) removals.exclusive()
  if (options.forceDelete === true) removals.cascade()
  return {
    changes: removals.changes,
    noLongerDeclared: [...stay.values()].toSorted(byAddress),
    problems: [...problems, ...protection(removals.changes, input)]
  }
}

/** Returns the deletions of undeclared resources that use the connections to be destroyed. */
export function cascadeOf(destroyed: readonly Delete[], input: PlanInput): Delete[] {
  const removals = new Removals(input)
  removals.changes.push(...destroyed)
  removals.cascade()
  return removals.changes.slice(destroyed.length)
}

/** Collects deletions of live resources. None is collected twice, and none that is declared. */
class Removals {
  readonly changes: Delete[] = []
  readonly #input: PlanInput
  readonly #taken = new Set<string>()
  readonly #key: (address: Address) => string
  readonly #addresses: Set<string>
  readonly #byName: Map<string, Live[]>
  readonly #byId: Map<string, Live[]>
  readonly #declaredOnce: Map<string, Desired>

  constructor(input: PlanInput) {
    this.#input = input
    const key = (this.#key = keyOf(input.kinds))
    this.#addresses = new Set(input.desired.resources.map(key))
    this.#byName = Map.groupBy(input.live.resources, key)
    this.#byId = Map.groupBy(input.live.resources, idKey)
    this.#declaredOnce = new Map(
      (input.options.base?.resources ?? []).map((atBase) => [key(atBase), atBase])
    )
  }

  #isFree = (live: Live): boolean =>
    live.reset !== true && !this.#input.match.declaredBy(live) && !this.#taken.has(live.id)

  free(kind: string): Live[] {
    return this.#input.live.resources.filter((live) => live.kind === kind && this.#isFree(live))
  }

  /**
   * Returns the undeclared live resources that an address means: the one with its id where it has one,
   * else those with its name.
   */
  called({ kind, name, id }: Address & { id?: string }): Live[] {
    const all =
      id === undefined ? this.#byName.get(this.#key({ kind, name })) : this.#byId.get(idKey({ kind, id }))
    const found = this.#input.kinds.managed.find((one) => one.name === kind)
    const isAsDeclared = found && derivedApi(found)?.isAsDeclared
    const atBase = isAsDeclared && this.#declaredOnce.get(this.#key({ kind, name }))
    const isOurs = (live: Live): boolean => !atBase || isAsDeclared(live.fields, atBase.fields)
    return (all ?? []).filter((live) => this.#isFree(live) && isOurs(live))
  }

  /** Adds a deletion. Its id is added to the address where another resource has the same one. */
  take(request: Address & { span: Span }, live: Live, reason: string): void {
    const { kind, span } = request
    const plain = { kind, name: live.name, span }
    const isUnclear = this.#addresses.has(this.#key(plain)) || request.name === live.id
    const named = isUnclear ? { ...plain, name: `${live.name} (${live.id})` } : plain
    this.#taken.add(live.id)
    this.#addresses.add(this.#key(named))
    this.changes.push(deletion(named, live, reason))
  }

  /**
   * Collects what an entry of `removed:` means. Two live resources of that name are a problem, for nobody
   * said which; none is fine, for it is deleted already.
   */
  byRemoved(removed: DesiredState['removed'][number]): Diagnostic[] {
    const [byId] = this.called({ ...removed, id: removed.name })
    const candidates = byId ? [byId] : this.called(removed)
    if (candidates.length > 1) return [this.#input.match.ambiguous(removed, candidates)]
    const request = { ...removed, name: byId?.id ?? removed.name }
    if (candidates[0]) this.take(request, candidates[0], 'the files say that it is removed')
    return []
  }

  exclusive(): void {
    const { desired, kinds, options } = this.#input
    const { exclusive } = desired.workspace
    for (const kind of exclusive?.kinds ?? []) {
      const request = { kind, name: '', span: exclusive!.span }
      const reason = 'no file declares it, and the files are to declare all of its kind'
      for (const live of this.free(kind).toSorted(byAddress))
        if (live.readOnly === undefined && isSelected(live, options.selection, kinds))
          this.take(request, live, reason)
    }
  }

  /**
   * Collects what uses a deleted connection, and what uses that in turn, so that the plan shows all of
   * it. What is not selected is not collected: its connection then counts as still used.
   */
  cascade(): void {
    const { live, match, kinds, options } = this.#input
    const cascading = new Set(
      kinds.managed.filter(({ api }) => api.access === 'listed' && api.cascades).map(({ name }) => name)
    )
    const managed = new Set(kinds.managed.map(({ name }) => name))
    const toDelete = this.changes.filter((change) => cascading.has(change.kind))
    for (const above of toDelete) {
      const users = live.resources.filter(
        (one) =>
          managed.has(one.kind) &&
          !match.declaredBy(one) &&
          !this.#taken.has(one.id) &&
          isSelected(one, options.selection, kinds) &&
          one.uses.some((use) => use.id === above.id)
      )
      for (const user of users.toSorted(byAddress)) {
        this.take({ ...user, span: above.span }, user, `it uses ${addressText(above)}, which is deleted`)
        // The loop also visits what is appended to the list meanwhile.
        toDelete.push(this.changes.at(-1)!)
      }
    }
  }
}

function reasonOfPrune({ revision }: LeftBehind): string {
  return `the files declared it at ${revision} and do no longer`
}

/**
 * Returns the problem of deleting a resource that was protected at the base and whose block is gone. Only
 * `removed:` together with `--allow-destroy` lifts that protection.
 */
function protection(
  changes: readonly Delete[],
  { desired, live, kinds, options }: PlanInput
): Diagnostic[] {
  const { allowDestroy = [] } = options
  const key = keyOf(kinds)
  const guarded = new Map(
    protectedBefore(options).map((before) => [
      before.id === undefined ? key(before) : idKey({ ...before, id: before.id }),
      before
    ])
  )
  const removed = new Set(desired.removed.map(key))
  const liveById = new Map(live.resources.map((one) => [`${one.kind}\n${one.id}`, one]))
  return changes.flatMap((change) => {
    const { name } = liveById.get(`${change.kind}\n${change.id}`) ?? change
    const called = [name, change.id].map((one) => ({ kind: change.kind, name: one }))
    const before = guarded.get(key({ ...change, name })) ?? guarded.get(idKey({ ...change, id: change.id }))
    if (!before) return []
    const isRemoved = called.some((address) => removed.has(key(address)))
    const isAllowed = allowDestroy.some((pattern) =>
      called.some((address) => isNamed(address, pattern, kinds))
    )
    return isRemoved && isAllowed ? [] : [protectedBeforeProblem(before, change)]
  })
}

/**
 * Suggests a rename where a name vanishes from the files while an equal body appears under another name.
 * Only people can know that, so nothing is done.
 */
export function renameSuggestions(
  changes: readonly Change[],
  removed: readonly (Address & { span: Span })[],
  base: Base | undefined,
  kinds: Kinds
): Diagnostic[] {
  const key = keyOf(kinds)
  const declaredAtBase = new Map((base?.resources ?? []).map((atBase) => [key(atBase), atBase]))
  const bodyKey = ({ kind }: Address, fields: JsonObject): string => `${kind}\n${sortedText(fields)}`
  const creates = changes.filter((change) => change.action === 'create')
  const byBody = Map.groupBy(creates, (created) => bodyKey(created, created.wanted))
  return removed.flatMap((previous) => {
    const atBase = declaredAtBase.get(key(previous))
    const [created, ...others] = (atBase && byBody.get(bodyKey(atBase, atBase.fields))) ?? []
    if (!created || others.length > 0) return []
    return [
      warning('P407', `${addressText(created)} looks like ${addressText(previous)} under a new name`, {
        labels: [
          { span: created.span, text: 'this would be made anew' },
          { span: previous.span, text: 'the same was declared here' }
        ],
        notes: ['a rename keeps the id, and with it everything that uses it'],
        help: [
          `if it is the same, write \`lifecycle: { renamed_from: ${JSON.stringify(previous.name)} }\` there`
        ]
      })
    ]
  })
}

/**
 * Returns the problem of `--prune` without a base revision and without kinds that the workspace declares
 * exclusively: then nothing tells what was ours.
 */
export function pruneProblems(desired: DesiredState, options: DecideOptions): Diagnostic[] {
  const isFounded = options.base !== undefined || (desired.workspace.exclusive?.kinds.length ?? 0) > 0
  if (options.prune !== true || isFounded) return []
  return [
    problem('P506', '`--prune` does not know what was declared before', {
      notes: ['only what was declared once, or is of an exclusive kind, may be pruned'],
      help: [
        'pass `--since` with the revision that was applied last',
        'or list kinds that the files declare in full: `workspace: { exclusive: [syncs] }`'
      ]
    })
  ]
}
