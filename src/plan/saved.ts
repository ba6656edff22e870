import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { compareText, problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kinds } from '../kinds/kind.ts'
import { addressText, type DesiredState, type Live, type LiveState } from '../state/resource.ts'
import { sortedText, type Json, type JsonObject } from '../state/value.ts'
import { fingerprint, fingerprintOfAll, movedPaths, type Fingerprint } from './fingerprint.ts'
import { withIgnored } from './ignore.ts'
import { pathText } from './path-node.ts'
import { wordsOf, type Words } from './wording.ts'
import { spellsOut, withLiterals, type LiteralSecrets } from './literal-secrets.ts'
import { detailsOf, type ChangeDetails } from './details.ts'
import type { Action, Plan } from './plan.ts'

/**
 * A saved plan: an approval that can be kept in a file. It holds hashes of what was to be done and of what
 * that was based on, and what was told of it, which has no secrets in it.
 */
export type SavedPlan = {
  /** 2 where it has no view. */
  format_version: 2 | 3
  polyctl: 'plan'
  organization: { id: string; name: string }
  service: string
  api_version: string
  /** The options of the plan: `apply` uses them again. */
  options: SavedOptions
  /** Hash of everything that the files declare. */
  configuration: string
  /** Hash of the key by which literal secrets were hashed. Absent where there are no such secrets. */
  secrets_key?: string
  resources: SavedResource[]
  /** What was told of it, for people who approve it: no secret is in that. Nothing else depends on it. */
  view?: Json
}

/** The options of `plan`, in the form in which a program can pass them again. */
export type SavedOptions = {
  files: string[]
  since: string | null
  prune: boolean
  only: string[]
  exclude: string[]
  kinds: string[]
  rotate: string[]
  allow_destroy: string[]
  force_delete: boolean
  max_deletes: number | null
  /** Absent in plans that older versions saved. */
  max_updates?: number | null
  /** What earlier applies left behind belongs to the plan. */
  remembered?: boolean
}

/** One change, and hashes of what it was based on. */
export type SavedResource = {
  address: string
  action: Action
  id: string | null
  /** Hash of its declaration. Null where the files do not declare it. */
  declared: string | null
  /** Hash of the action, the wanted fields and a previous name. */
  intended: string
  /** Hash of the ids that it refers to. */
  names: string
  /** Hash of each compared live field, by its path. */
  seen: Record<string, string>
}

/** The input of a saved plan, beside the plan itself. */
export interface SavedPlanInput {
  desired: DesiredState
  observed: LiveState
  kinds: Kinds
  service: string
  apiVersion: string
  options: SavedOptions
  literals: LiteralSecrets
}

/** R23: Returns the approval of a plan. The same plan gives the same bytes. */
export function savedPlan(plan: Plan, input: SavedPlanInput, view?: Json): SavedPlan {
  const { desired, service, apiVersion, options } = input
  const declared = new Map(
    desired.resources.map(({ fields, lifecycle, id = null, ...address }) => [
      addressText(address),
      hash({ fields: withLiterals(fields, input.literals), lifecycle: { ...lifecycle }, id })
    ])
  )
  const removed = desired.removed.map(addressText)
  return {
    format_version: view === undefined ? 2 : 3,
    polyctl: 'plan',
    organization: plan.organization,
    service,
    api_version: apiVersion,
    options,
    ...(desired.resources.some(({ fields }) => spellsOut(fields, input.literals)) && {
      secrets_key: input.literals.keyHash()
    }),
    configuration: hash({ declared: Object.fromEntries(declared), removed }),
    resources: plan.changes.map(detailsOf).map((change) => ({
      address: addressText(change),
      action: change.action,
      id: change.id ?? null,
      declared: declared.get(addressText(change)) ?? null,
      intended: hash({
        action: change.action,
        wanted: withoutIgnored(change.wanted, change, input.kinds),
        previousName: change.previousName ?? null
      }),
      names: hash(change.ids),
      seen: seenBy(change, input)
    })),
    ...(view === undefined ? {} : { view })
  }
}

function seenBy(change: ChangeDetails, input: SavedPlanInput): Record<string, string> {
  const found = [...comparedOf(change, input)].map(
    ([key, { text }]) => [storedKey(key), hash(text)] as const
  )
  return Object.fromEntries(found.toSorted(([a], [b]) => compareText(a, b)))
}

/** Returns the fingerprint of the live resource that a change is based on; empty for a create. */
function comparedOf(change: ChangeDetails, { kinds, observed }: SavedPlanInput): Fingerprint {
  const live = liveIn(observed).get(`${change.kind}\n${change.id}`)
  const kind = kinds.managed.find(({ name }) => name === change.kind)
  if (!live || !kind) return new Map()
  const context = { idOf: idIn(change), spanAt: () => change.span }
  const wanted = withoutIgnored(change.wanted, change, kinds)
  const there = withoutIgnored(live.fields, change, kinds)
  const found: Fingerprint =
    change.action === 'delete'
      ? fingerprintOfAll(kind, live.fields, context)
      : fingerprint(kind, wanted, there, context, change.spelling)
  return found.set('name', { label: 'name', text: live.name })
}

/** Returns what the comparison looks at of what a change asks for: it names items that are not live. */
function wantedOf(change: ChangeDetails, { kinds }: SavedPlanInput): Fingerprint {
  const kind = kinds.managed.find(({ name }) => name === change.kind)
  if (!kind || change.action === 'delete') return new Map()
  const wanted = withoutIgnored(change.wanted, change, kinds)
  const context = { idOf: idIn(change), spanAt: () => change.span }
  return fingerprint(kind, wanted, wanted, context, change.spelling)
}

function wordsOfChange(change: ChangeDetails, { kinds, observed }: SavedPlanInput): Words | undefined {
  const kind = kinds.managed.find(({ name }) => name === change.kind)
  const live = liveIn(observed).get(`${change.kind}\n${change.id}`)
  return kind && wordsOf(kind, change.spelling, change.wanted, ...(live ? [live.fields] : []))
}

const indexes = new WeakMap<LiveState, Map<string, Live>>()

/** Indexes live resources by kind and id, once for each live state. */
function liveIn(observed: LiveState): Map<string, Live> {
  const index =
    indexes.get(observed) ?? new Map(observed.resources.map((one) => [`${one.kind}\n${one.id}`, one]))
  indexes.set(observed, index)
  return index
}

/**
 * Returns the key that is stored for a path. The key of an item may be a value of the user: only its hash
 * is stored then.
 */
function storedKey(key: string): string {
  return key.replaceAll(/\[([^\]]*)\]/g, (item, text: string) =>
    /^[\w.-]+$/.test(text) ? item : `[#${hash(text)}]`
  )
}

/** Leaves out what `ignore_changes` excludes: it may have any value when the plan is applied. */
function withoutIgnored(fields: JsonObject, change: ChangeDetails, kinds: Kinds): JsonObject {
  const kind = kinds.managed.find(({ name }) => name === change.kind)
  return kind ? withIgnored(fields, change.ignored, {}, kind) : fields
}

/**
 * Returns a function that resolves the references of a change to the ids that were known when it was
 * planned.
 */
export function idIn(
  change: ChangeDetails
): (reference: { $ref: string; name?: string; id?: string }) => string | undefined {
  return ({ $ref, name = '', id }) => id ?? change.ids[addressText({ kind: $ref, name })]
}

/** Hashes a value: equal values have equal hashes. */
export function hash(value: Json): string {
  return createHash('sha256').update(sortedText(value)).digest('base64url').slice(0, 22)
}

/**
 * Returns the problems that keep a saved plan from being applied: each resource of which something moved,
 * with the field and who moved it. Empty when what would be done now is exactly what was approved.
 */
export function staleness(saved: SavedPlan, plan: Plan, input: SavedPlanInput): Diagnostic[] {
  const now = savedPlan(plan, input)
  const before = new Map(saved.resources.map((one) => [one.address, one]))
  const after = new Map(now.resources.map((one) => [one.address, one]))
  const changes = new Map(plan.changes.map((change) => [addressText(change), detailsOf(change)]))
  const addresses = [...new Set([...before.keys(), ...after.keys()])].toSorted()
  const found = addresses.flatMap((address) => {
    const notes = movedOf(before.get(address), after.get(address), changes.get(address), input)
    return notes.length === 0 ? [] : [stale(address, notes, changes.get(address))]
  })
  if (found.length > 0 || saved.configuration === now.configuration) return found
  return [stale('the configuration', ['the files say something else'], undefined)]
}

function movedOf(
  saved: SavedResource | undefined,
  now: SavedResource | undefined,
  change: ChangeDetails | undefined,
  input: SavedPlanInput
): string[] {
  if (!saved) return now?.action === 'none' ? ['the files did not declare it'] : ['it was not in the plan']
  if (!now)
    return saved.action === 'none' ? ['it is gone'] : [`there is nothing to ${saved.action} any more`]
  const files = saved.declared === now.declared ? [] : ['the files say something else of it']
  if (saved.id !== now.id) return [...files, identity(saved, now)]
  if (saved.names !== now.names) return [...files, 'something that it names is another one now, or gone']
  const moved = isDeepStrictEqual(saved.seen, now.seen)
    ? []
    : movedPaths(labelled(saved.seen, change, input), labelled(now.seen, change, input))
  if (moved.length > 0)
    return [...files, ...moved.map((path) => `\`${path}\` changed in the service${who(change)}`)]
  if (files.length > 0 || (saved.intended === now.intended && saved.action === now.action)) return files
  return ['what would be done is something else now']
}

/** Gives hashes the labels of their fields, as far as the live resource tells them. */
function labelled(
  seen: Record<string, string>,
  change: ChangeDetails | undefined,
  input: SavedPlanInput
): Fingerprint {
  const known = change ? [...wantedOf(change, input), ...comparedOf(change, input)] : []
  const labels = new Map(known.map(([key, { label }]) => [storedKey(key), label]))
  const words = change && wordsOfChange(change, input)
  // Of an item that is gone and that no file states, only a hash was kept: its list is named.
  const lastKnownLabel = (key: string): string => {
    const path = key.replace(/\.?\[#.*$/s, '').split(/\.(?![^[]*\])/)
    return pathText(words?.path(path) ?? path)
  }
  return new Map(
    Object.entries(seen).map(([key, text]) => [
      key,
      { label: labels.get(key) ?? lastKnownLabel(key), text }
    ])
  )
}

function identity(saved: SavedResource, now: SavedResource): string {
  if (saved.id === null) return `it was to be made, and the service has one now: ${now.id}`
  if (now.id === null) return `it was there, and is gone from the service: ${saved.id}`
  return `it is another one now: ${now.id} instead of ${saved.id}`
}

function who(change: ChangeDetails | undefined): string {
  const { at, by } = change?.changed ?? {}
  return `${at === undefined ? '' : `, last at ${at}`}${by === undefined ? '' : ` by ${by}`}`
}

function stale(what: string, notes: string[], change: ChangeDetails | undefined): Diagnostic {
  return problem('P507', `${what} is not as it was when the plan was made`, {
    labels: change ? [{ span: change.span, text: 'this was approved on other grounds' }] : [],
    notes,
    help: ['make a new plan with `polyctl plan --out`, and have that approved']
  })
}
