import { checked, compareText, type Checked } from '../diagnostics/diagnostic.ts'
import { isSameName, keyOf, type Kind, type Kinds } from '../kinds/kind.ts'
import type { Address, Desired, DesiredState, LeftBehind, LiveState } from '../state/resource.ts'
import { referredKinds } from '../state/rule.ts'
import { textOf, type JsonObject } from '../state/value.ts'
import { pathOfAll } from './address.ts'
import type { ApiVersion } from '../wire/common.ts'
import type { Failure } from './failure.ts'
import { identify } from './identity.ts'
import { EarlyLive, liveResources, type BesideReading, type Item, type ReadKind } from './live.ts'
import { listed, pages, type List } from './pages.ts'
import { isRefusal, itemOf, kindText, readDerived, unread } from './derived.ts'
import { readInFull, withParts } from './read.ts'
import type { Reader } from './transport.ts'
import type { Patience } from './tries.ts'

/** What to read beyond the resources that the files name. */
export interface ObserveOptions {
  /** Reads every kind that may use a declared one: deletions must see all users. */
  everything: boolean
  /** Reads each resource in full: undeclared ones may be deleted with what they use. */
  inFull?: boolean
  /** Reads the lists of the core kinds too, of which nothing may be declared. */
  core?: boolean
  /** The declarations of the base, which are looked for like those of now. */
  also?: readonly Desired[]
  /** What earlier applies left behind. */
  left?: readonly LeftBehind[]
  beside?: BesideReading
}

/**
 * R3, R9: Reads the live resources of the kinds that the files name. Lists are read to their end; a
 * single resource is requested only where it was matched and its list item is not complete. Kinds that
 * nothing names are not requested.
 */
export async function observe(
  reader: Reader,
  desired: DesiredState,
  kinds: Kinds,
  options: ObserveOptions
): Promise<Checked<LiveState>> {
  const { also = [] } = options
  const needed = neededKinds(desired, kinds, options)
  const deletes = deletedKinds(desired, kinds, options)
  const identity = identify(reader, desired.workspace)
  const early = new EarlyLive(reader, options.beside)
  const lists = needed
    .filter((kind) => !isDerived(kind))
    .map(async (kind) => {
      const hidesUse = mayHideUse(kind, deletes, reader.version)
      const read = await readKind(reader, kind, wantedOf(kind, desired, { ...options, hidesUse }), early)
      early.complete(read)
      return read
    })
  const [who, ...read] = await Promise.all([identity, ...lists])
  if (!who.ok) return who
  const { key, self, ...organization } = who.value
  // Derived resources are found by the ids of listed ones, so these come first.
  const derived = await readDerived(reader, needed.filter(isDerived), { desired, also, read, kinds })
  const named = new Set(neededKinds(desired, kinds, { ...options, core: false }))
  const all = [...read, ...derived].map((one) => (named.has(one.kind) ? one : onlyNamed(one)))
  const isUnread = (kind: Kind): boolean =>
    !named.has(kind) && all.some((one) => one.kind === kind && one.problems.length > 0)
  early.end()
  const state: LiveState = {
    organization,
    version: reader.version,
    ...(key === undefined ? {} : { key }),
    ...(self === undefined ? {} : { self }),
    resources: liveResources(all, reader, early),
    kinds: needed.filter((kind) => !isUnread(kind)).map((kind) => kind.name)
  }
  return checked(state, [...who.problems, ...all.flatMap((kind) => kind.problems)])
}

/**
 * A kind that is read only to name what no file declares: where the key may not read it, that is a remark,
 * and stops nobody.
 */
function onlyNamed(read: ReadKind): ReadKind {
  const [first] = read.problems
  if (first === undefined) return read
  const message = `${kindText(read.kind)}s cannot be listed: what of them no file declares is not known`
  return {
    ...read,
    problems: [{ ...first, severity: 'warning', message, notes: [first.message, ...first.notes] }]
  }
}

function neededKinds(desired: DesiredState, kinds: Kinds, options: ObserveOptions): Kind[] {
  const declared = desired.resources.map((resource) => resource.kind)
  const exclusive = options.everything ? (desired.workspace.exclusive?.kinds ?? []) : []
  const removed = [...[...desired.removed, ...before(options)].map(({ kind }) => kind), ...exclusive]
  const named = new Set([
    ...declared,
    ...desired.resources.flatMap((resource) => resource.uses.map((use) => use.kind)),
    ...removed,
    // Derived resources need the kinds that they belong to.
    ...kinds.managed.flatMap((kind) =>
      isDerived(kind) && removed.includes(kind.name) ? [...referredKinds(kind.fields)] : []
    )
  ])
  const toDelete = [...removed, ...(options.everything ? declared : [])]
  const all = options.everything && toDelete.length === 0
  const mayUse = (kind: Kind): boolean => {
    const referred = referredKinds(kind.fields)
    return !isDerived(kind) && (all || toDelete.some((one) => referred.has(one)))
  }
  return kinds.managed.filter(
    (kind) => named.has(kind.name) || mayUse(kind) || (options.core === true && kind.core === true)
  )
}

/** The stated fields of resources of a kind, by each name and id that they may have. */
interface Wanted {
  key: (name: string) => string
  names: Map<string, JsonObject | 'anything'>
  ids: Map<string, JsonObject>
  /** The fields of the only resource of its kind, whatever its name. */
  singleton?: JsonObject
  /** Names and ids of resources that may be missing, and that are read in full where they exist. */
  others: Set<string>
  /** True where each resource is read in full, for any of them may be deleted. */
  all: boolean
}

function before({ also = [], left = [] }: ObserveOptions): (Desired | LeftBehind)[] {
  return [...also, ...left]
}

/** Returns the kinds of which resources may be deleted. */
function deletedKinds(desired: DesiredState, kinds: Kinds, options: ObserveOptions): Set<string> {
  const { also, left = [], everything } = options
  const key = keyOf(kinds)
  const declared = new Set(desired.resources.map(key))
  const vanished = [...(also ?? []).filter((one) => !declared.has(key(one))), ...left]
  return new Set([
    ...desired.removed.map(({ kind }) => kind),
    ...(everything ? vanished.map(({ kind }) => kind) : []),
    ...(everything ? (desired.workspace.exclusive?.kinds ?? []) : []),
    ...(everything && also === undefined ? desired.resources.map(({ kind }) => kind) : [])
  ])
}

/**
 * R18: Whether list items may hide that an undeclared resource uses one that is to be deleted. Then each
 * of them is read in full.
 */
function mayHideUse({ api, fields }: Kind, deletes: ReadonlySet<string>, version: ApiVersion): boolean {
  if (api.access !== 'listed' || api.lightList?.(version) !== true) return false
  const { lightUses = [] } = api
  const referred = referredKinds(fields)
  return [...deletes].some((kind) => referred.has(kind) && !lightUses.includes(kind))
}

function wantedOf(
  kind: Kind,
  desired: DesiredState,
  options: ObserveOptions & { hidesUse: boolean }
): Wanted {
  const others: (Address & { id?: string })[] = [...desired.removed, ...before(options)]
  const declared = desired.resources.filter((resource) => resource.kind === kind.name)
  const keyIn = keyOf({ managed: [kind] })
  const key = (name: string): string => keyIn({ kind: kind.name, name })
  const singleton = kind.singleton === true ? declared[0]?.fields : undefined
  return {
    key,
    names: byEachName(declared, key),
    ids: new Map(
      declared.flatMap(({ id, fields }) => (id === undefined ? [] : [[key(id), fields] as const]))
    ),
    ...(singleton ? { singleton } : {}),
    others: new Set(
      others.filter((one) => one.kind === kind.name).flatMap(({ name, id = name }) => [key(name), key(id)])
    ),
    all:
      options.inFull === true ||
      options.hidesUse ||
      (options.everything && desired.workspace.exclusive?.kinds.includes(kind.name) === true)
  }
}

/**
 * Merges the stated fields of all resources that one name may mean, so that no field is left out.
 * Matching happens later, when everything has been read.
 */
function byEachName(declared: readonly Desired[], key: (name: string) => string): Wanted['names'] {
  const names: Wanted['names'] = new Map()
  for (const { name, fields, lifecycle } of declared)
    for (const one of new Set([...lifecycle.renamedFrom, name].map(key)))
      names.set(one, names.has(one) ? 'anything' : fields)
  return names
}

async function readKind(reader: Reader, kind: Kind, wanted: Wanted, early: EarlyLive): Promise<ReadKind> {
  const list = await listOf(reader, kind)
  if (!list.ok) return unread(kind, list.failure, `reading ${kindText(kind)}s`)
  const { path } = list
  const byId = new Map<string, Promise<Item | Failure | undefined>>()
  const missing = { names: new Set(wanted.names.keys()), ids: new Set(wanted.ids.keys()) }
  const isComplete = (): boolean => missing.names.size === 0 && missing.ids.size === 0
  const read = countOf(reader, kind)
  for await (const page of listed(reader, list, isComplete)) {
    if (!page.ok) return unread(kind, page.failure, `reading all of ${path}`)
    for (const wire of page.items) {
      const id = textOf(wire['id'])
      // The list is ordered by the last change: a resource that changes meanwhile can be on a later page
      // again.
      if (byId.has(id)) continue
      const [idKey, nameKey] = [wanted.key(id), wanted.key(textOf(wire['name']))]
      const fields = wantedFields(wanted, idKey, nameKey)
      missing.ids.delete(idKey)
      missing.names.delete(nameKey)
      const item = readItem(reader, kind, wire, path, fields)
      const counted = fields === undefined ? item : read(item)
      // It is awaited after the last page: until then its error must not end the process.
      void counted.then((found) => {
        if (found && 'wire' in found) early.arrived(kind, found)
      }, noop)
      byId.set(id, counted)
    }
  }
  const answers = await Promise.all(byId.values())
  const failure = answers.find((answer): answer is Failure => answer !== undefined && 'code' in answer)
  const items = answers.filter((answer) => answer !== undefined && 'wire' in answer)
  const failed = failure ? unread(kind, failure, `reading ${kindText(kind)}s`).problems : []
  return { kind, items, problems: failed }
}

function noop(): void {}

/** Counts the resources that are requested one by one, and reports the progress. */
export function countOf(reader: Reader, kind: Kind): <T>(item: Promise<T>) => Promise<T> {
  let [done, of] = [0, 0]
  return async (item) => {
    reader.reading(`${kindText(kind)}s`, done, (of += 1))
    const result = await item
    reader.reading(`${kindText(kind)}s`, (done += 1), of)
    return result
  }
}

/**
 * Returns the stated fields of a list item: none where it is only to be deleted, and undefined where
 * nothing names it.
 */
function wantedFields(wanted: Wanted, id: string, name: string): JsonObject | 'anything' | undefined {
  const declared = wanted.ids.get(id) ?? wanted.names.get(name) ?? wanted.singleton
  if (declared || wanted.all || wanted.others.has(name) || wanted.others.has(id)) return declared ?? {}
  return undefined
}

/** Returns the list of a kind: where it is, and what its items are called. */
export async function listOf(
  reader: Reader,
  kind: Kind
): Promise<({ ok: true } & List) | { ok: false; failure: Failure }> {
  const all = await pathOfAll(reader, kind)
  if (!all.ok) return all
  const { answer = 'anything' } = kind.api
  return { ok: true, path: all.path, nameKey: kind.naming?.wire ?? 'name', answer }
}

/**
 * Reads one resource: for an undeclared one the list item is enough. One that was deleted meanwhile
 * counts as missing, which is no failure.
 */
export async function readItem(
  reader: Reader,
  kind: Kind,
  wire: JsonObject,
  path: string,
  wanted: JsonObject | 'anything' | undefined
): Promise<Item | Failure | undefined> {
  const light = kind.api.access === 'listed' && kind.api.lightList?.(reader.version) === true
  if (wanted === undefined) return { wire, partial: light }
  const id = textOf(wire['id'])
  const isAny = wanted === 'anything'
  const fields = isAny ? undefined : wanted
  if (light) return itemOf(await readInFull(reader, kind, id, fields, isAny))
  const full = await withParts(reader, kind, wire, `${path}/${encodeURIComponent(id)}`, fields, isAny)
  if (full.ok || !isRefusal(full.failure)) return itemOf(full)
  // A part that cannot be read, such as the schemas of a broken source, must not keep others from being
  // compared.
  return { wire, partial: false, unread: full.failure.words }
}

function isDerived(kind: Kind): boolean {
  return kind.api.access === 'derived'
}

/** Returns the resources of a name, for code that looks before it writes. */
export async function findByName(
  reader: Reader,
  kind: Kind,
  name: string,
  patience?: () => Patience
): Promise<{ ok: true; found: JsonObject[] } | { ok: false; failure: Failure }> {
  const list = await listOf(reader, kind)
  if (!list.ok) return list
  const found = new Map<string, JsonObject>()
  for await (const page of pages(reader, list, true, patience)) {
    if (!page.ok) return page
    for (const wire of page.items)
      if (isSameName(kind, textOf(wire['name']), name)) found.set(textOf(wire['id']), wire)
  }
  return {
    ok: true,
    found: [...found.values()].toSorted((a, b) => compareText(textOf(a['id']), textOf(b['id'])))
  }
}
