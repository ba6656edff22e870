import { checked, compareText, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { FromWire, Kind, Kinds, Lookup } from '../kinds/kind.ts'
import type { Address, DesiredState, Live, LiveState } from '../state/resource.ts'
import { isObject, textOf, type JsonObject, type Reference } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'
import { failureProblem, type Failure } from './failure.ts'
import { identify } from './identity.ts'
import { listed, pages } from './pages.ts'
import type { Reader } from './transport.ts'

/** How much to read beyond what the files name. */
export interface ObserveOptions {
  /** Read every managed kind, declared or not: deletions must see who uses what. */
  everything: boolean
  /** Read each resource in full: what nobody declares may be deleted with what it uses. */
  inFull?: boolean
  /** What was declared once: it is looked for like what is declared. */
  also?: readonly (Address & { id?: string })[]
}

/**
 * What the service has of the kinds that the files name. Lists are read to their end; a resource is read by
 * itself only where it was matched and the list does not tell all. Kinds that nothing names are not asked
 * for.
 */
export async function observe(
  reader: Reader,
  desired: DesiredState,
  kinds: Kinds,
  options: ObserveOptions
): Promise<Checked<LiveState>> {
  const needed = neededKinds(desired, kinds, options)
  const identity = identify(reader, desired.workspace)
  const lists = needed.map((kind) => readKind(reader, kind, wantedOf(kind.name, desired, options)))
  const [who, ...read] = await Promise.all([identity, ...lists])
  if (!who.ok) return who
  const problems = read.flatMap((kind) => kind.problems)
  const state: LiveState = {
    organization: who.value,
    resources: liveResources(read, reader.version),
    kinds: needed.map((kind) => kind.name)
  }
  return checked(state, [...who.problems, ...problems])
}

function neededKinds(desired: DesiredState, kinds: Kinds, options: ObserveOptions): (Kind | Lookup)[] {
  const named = new Set([
    ...desired.resources.flatMap((resource) => [resource.kind, ...resource.uses.map((use) => use.kind)]),
    ...[...desired.removed, ...(options.also ?? [])].map(({ kind }) => kind)
  ])
  const everything = options.everything || desired.removed.length > 0
  return [
    ...kinds.managed.filter((kind) => everything || named.has(kind.name)),
    ...kinds.lookups.filter((kind) => named.has(kind.name))
  ]
}

interface Wanted {
  names: Set<string>
  ids: Set<string>
  /** Names and ids of what need not be there, and is read in full where it is. */
  others: Set<string>
  /** Read each in full, for any may be deleted. */
  all: boolean
}

function wantedOf(kind: string, desired: DesiredState, options: ObserveOptions): Wanted {
  const others: (Address & { id?: string })[] = [...desired.removed, ...(options.also ?? [])]
  const declared = desired.resources.filter((resource) => resource.kind === kind)
  return {
    names: new Set(
      declared
        .flatMap((resource) => [resource.name, ...resource.lifecycle.renamedFrom])
        .map((name) => name.toLowerCase())
    ),
    ids: new Set(declared.flatMap((resource) => resource.id?.toLowerCase() ?? [])),
    others: new Set(
      others
        .filter((one) => one.kind === kind)
        .flatMap(({ name, id = name }) => [name.toLowerCase(), id.toLowerCase()])
    ),
    all:
      options.inFull === true ||
      (options.everything && desired.workspace.exclusive?.kinds.includes(kind) === true)
  }
}

interface ReadKind {
  kind: Kind | Lookup
  items: { wire: JsonObject; partial: boolean }[]
  problems: Diagnostic[]
}

async function readKind(reader: Reader, kind: Kind | Lookup, wanted: Wanted): Promise<ReadKind> {
  const managed = isManaged(kind)
  const path = managed ? kind.api.path : kind.path
  const light = managed && kind.api.lightList(reader.version)
  const byId = new Map<string, Promise<{ wire: JsonObject; partial: boolean } | Failure | undefined>>()
  const missing = { names: new Set(wanted.names), ids: new Set(wanted.ids) }
  const isComplete = (): boolean => missing.names.size === 0 && missing.ids.size === 0
  for await (const page of listed(reader, path, isComplete)) {
    if (!page.ok)
      return { kind, items: [], problems: [failureProblem(page.failure, `reading all of ${path}`)] }
    for (const wire of page.items) {
      const id = textOf(wire['id'])
      // The list is ordered by the last change: a resource that changes meanwhile can be met again on a
      // later page.
      if (byId.has(id)) continue
      const name = textOf(wire['name']).toLowerCase()
      const isOther = wanted.all || wanted.others.has(name) || wanted.others.has(id.toLowerCase())
      const matched = isOther || wanted.ids.has(id.toLowerCase()) || wanted.names.has(name)
      missing.ids.delete(id.toLowerCase())
      missing.names.delete(name)
      byId.set(
        id,
        light && matched
          ? readOne(reader, `${path}/${encodeURIComponent(id)}`)
          : Promise.resolve({ wire, partial: light })
      )
    }
  }
  const answers = await Promise.all(byId.values())
  const failures = answers.filter((answer): answer is Failure => answer !== undefined && 'code' in answer)
  const items = answers.filter((answer) => answer !== undefined && 'wire' in answer)
  return {
    kind,
    items,
    problems: failures
      .slice(0, 1)
      .map((failure) => failureProblem(failure, `reading ${kind.name.replaceAll('_', ' ')}s`))
  }
}

/** Gone meanwhile is not a failure: then it is not there. */
async function readOne(
  reader: Reader,
  path: string
): Promise<{ wire: JsonObject; partial: boolean } | Failure | undefined> {
  const answer = await reader.get(path)
  if (!answer.ok) return answer.failure.status === 404 ? undefined : answer.failure
  const wire = isObject(answer.body) ? answer.body['data'] : undefined
  if (isObject(wire) && typeof wire['id'] === 'string') return { wire, partial: false }
  return {
    code: 'P612',
    request: `GET ${path}`,
    words: 'there is no `data` with an id in it',
    refused: true,
    usedBy: []
  }
}

function isManaged(kind: Kind | Lookup): kind is Kind {
  return 'api' in kind
}

/** Names are known only when every list has been read, so answers become fields in a second pass. */
function liveResources(read: readonly ReadKind[], version: ApiVersion): Live[] {
  const wires = new Map(read.map(({ kind, items }) => [kind.name, items.map((item) => item.wire)]))
  const context = fromWireContext(wires, version)
  return read.flatMap(({ kind, items }) =>
    items.map(({ wire, partial }) => liveResource(kind, wire, partial, context))
  )
}

/** Turns ids into names by what was read. */
export function fromWireContext(
  wires: ReadonlyMap<string, readonly JsonObject[]>,
  version: ApiVersion
): FromWire {
  const names = new Map<string, string>()
  for (const [kind, items] of wires) {
    for (const item of items) names.set(`${kind}\n${textOf(item['id'])}`, textOf(item['name']))
  }
  return {
    version,
    reference(kind, id): Reference {
      const name = names.get(`${kind}\n${id}`)
      return { $ref: kind, ...(name === undefined ? {} : { name }), id }
    },
    wire: (kind) => wires.get(kind) ?? []
  }
}

function liveResource(kind: Kind | Lookup, wire: JsonObject, partial: boolean, context: FromWire): Live {
  const waiting = isManaged(kind) ? kind.waiting?.(wire) : undefined
  const by = isObject(wire['updated_by']) ? wire['updated_by']['name'] : undefined
  return {
    kind: kind.name,
    name: textOf(wire['name']),
    id: textOf(wire['id']),
    fields: isManaged(kind) && !partial ? kind.fromWire(wire, context) : {},
    wire,
    uses: isManaged(kind) ? kind.uses(wire) : [],
    changed: { ...optional('at', wire['updated_at']), ...optional('by', by) },
    ...optional('createdAt', wire['created_at']),
    ...(waiting === undefined ? {} : { waiting }),
    partial
  }
}

function optional<K extends string>(key: K, value: unknown): { [name in K]?: string } {
  return typeof value === 'string' && value !== '' ? ({ [key]: value } as { [name in K]: string }) : {}
}

/** Resources of a name, for those who must look before they write. */
export async function findByName(
  reader: Reader,
  kind: Kind,
  name: string
): Promise<{ ok: true; found: JsonObject[] } | { ok: false; failure: Failure }> {
  const found = new Map<string, JsonObject>()
  for await (const page of pages(reader, kind.api.path, true)) {
    if (!page.ok) return page
    for (const wire of page.items) if (wire['name'] === name) found.set(textOf(wire['id']), wire)
  }
  return {
    ok: true,
    found: [...found.values()].toSorted((a, b) => compareText(textOf(a['id']), textOf(b['id'])))
  }
}
