import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { derivedApi, findingOf, type Kind, type Kinds } from '../kinds/kind.ts'
import { pairWithBase } from '../state/base-pairs.ts'
import { LiveIndex, pair } from '../state/pairing.ts'
import { addressText, type Desired, type DesiredState } from '../state/resource.ts'
import { textOf, type JsonObject, type Reference } from '../state/value.ts'
import { failureProblem, type Failure } from './failure.ts'
import type { Item, ReadKind } from './live.ts'
import { readInFull, type ReadResult } from './read.ts'
import type { Reader } from './transport.ts'

/**
 * Reads derived resources, which no list has. They are looked for where the files, the base or `removed:`
 * say that they are.
 */
export async function readDerived(
  reader: Reader,
  derived: readonly Kind[],
  sources: Sources
): Promise<ReadKind[]> {
  if (derived.length === 0) return []
  const idOf = idsOf(sources)
  return await Promise.all(derived.map((kind) => readKind(reader, kind, sources, idOf)))
}

/** The places at which derived resources may be, and what was read of the resources that they belong to. */
interface Sources {
  desired: DesiredState
  /** The declarations of the base. */
  also: readonly Desired[]
  read: readonly ReadKind[]
  kinds: Kinds
}

/** Resolves a reference that is declared now, or was at the base. */
type IdOf = (reference: Reference, from: 'now' | 'base') => string | undefined

async function readKind(
  reader: Reader,
  kind: Kind,
  { desired, also, kinds }: Sources,
  idOf: IdOf
): Promise<ReadKind> {
  const { key } = findingOf(kinds)
  const isOwn = (one: { kind: string }): boolean => one.kind === kind.name
  const places = new Map<string, Location>()
  const met = new Set<string>()
  const add = ({ name, fields, span }: Location, from: 'now' | 'base'): void => {
    const id = derivedApi(kind)?.id(fields, (reference) => idOf(reference, from))
    met.add(key({ kind: kind.name, name }))
    if (id !== undefined && !places.has(id)) places.set(id, { name, fields, span })
  }
  for (const one of desired.resources.filter(isOwn)) add(one, 'now')
  for (const one of also.filter(isOwn)) add(one, 'base')
  for (const one of desired.removed.filter(isOwn))
    if (!met.has(key({ kind: kind.name, name: one.name })))
      for (const fields of derivedApi(kind)?.fieldsOf(one.name) ?? []) add({ ...one, fields }, 'now')
  const answers = await Promise.all(
    Array.from(places, async ([id, { name, fields }]) => {
      const found = itemOf(await readInFull(reader, kind, id, fields))
      // The resource that it belongs to exists and is not ready: a write would fail with the reason.
      if (!found || ('code' in found && isRefusal(found))) return undefined
      return 'wire' in found ? { ...found, name } : found
    })
  )
  const failure = answers.find((answer): answer is Failure => answer !== undefined && 'code' in answer)
  const items = answers.filter((answer) => answer !== undefined && 'wire' in answer)
  return {
    kind,
    items,
    problems: [
      ...(failure ? unread(kind, failure, `reading ${kindText(kind)}`).problems : []),
      ...items.flatMap(({ wire }) => untold(kind, wire, places.get(textOf(wire['id']))))
    ]
  }
}

/** Where a derived resource may be, as the files say it. */
type Location = Pick<Desired, 'name' | 'fields' | 'span'>

/** Returns the problem of an answer that leaves open what is to be compared: it must not count as nothing. */
function untold(kind: Kind, wire: JsonObject, place: Location | undefined): Diagnostic[] {
  const what = derivedApi(kind)?.untold?.(wire)
  if (what === undefined || !place) return []
  return [
    problem('P114', `this service does not tell ${what} of ${addressText({ ...place, kind: kind.name })}`, {
      labels: [{ span: place.span, text: 'only newer services know this' }],
      notes: ['its answers have the older shape: nothing can be compared, and nothing is planned'],
      help: ['leave it out until the service is newer']
    })
  ]
}

/** Resolves names as the plan does later, so that nothing is read that belongs to another resource. */
function idsOf({ desired, also, read, kinds }: Sources): IdOf {
  const finding = findingOf(kinds)
  const live = read.flatMap(({ kind, items }) =>
    items.map(({ wire }) => ({ kind: kind.name, name: textOf(wire['name']), id: textOf(wire['id']) }))
  )
  const index = new LiveIndex(live, finding, desired)
  const before = new Set(also.map(finding.key))
  const isSettled = (resource: Desired): boolean => before.has(finding.key(resource))
  const pairs = pair({ declared: desired.resources, index, isSettled })
  const nowOf = new Map(
    Array.from(pairWithBase(desired.resources, also, finding.key), ([now, atBase]) => [
      finding.key(atBase),
      now
    ])
  )
  return (reference, from) => {
    const { $ref, name = '' } = reference
    const now = from === 'base' ? nowOf.get(finding.key({ kind: $ref, name })) : undefined
    return index.idOf(now ? { $ref, name: now.name } : reference, pairs)
  }
}

/**
 * Returns the item of a read result; undefined where the resource was deleted meanwhile, which is no
 * failure.
 */
export function itemOf(result: ReadResult): Item | Failure | undefined {
  if (result.ok) return { wire: result.wire, partial: false }
  return result.failure.status === 404 ? undefined : result.failure
}

/** Whether the service has the resource and refuses to answer it. */
export function isRefusal({ status }: Failure): boolean {
  return status === 400 || status === 403 || status === 422
}

/** Returns the problem of a kind that could not be read. */
export function unread(kind: Kind, failure: Failure, attempted: string): ReadKind {
  return { kind, items: [], problems: [failureProblem(failure, attempted)] }
}

/** Returns the name of a kind for people. */
export function kindText(kind: Kind): string {
  return kind.name.replaceAll('_', ' ')
}
