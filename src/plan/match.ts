import { problem, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { keyOf, type Kinds } from '../kinds/kind.ts'
import {
  addressText,
  type Address,
  type Desired,
  type DesiredState,
  type Live,
  type LiveState
} from '../state/resource.ts'
import { isId, type Reference } from '../state/value.ts'

/** Which live resource each declared one is, and what every name stands for. */
export interface Match {
  /** The live resource of a declared one; none when it is to be made. */
  liveOf(desired: Desired): Live | undefined
  /** The id of what a reference names; undefined when that is declared and still to be made, or unknown. */
  idOf(reference: Reference): string | undefined
  declaredBy(live: Live): Desired | undefined
  /** The problem of a name that several live resources have. */
  ambiguous(of: Address & { span: Span }, candidates: readonly Live[]): Diagnostic
}

/**
 * Pairs declared resources with live ones: by pinned id, by exact name, by a former name. Ambiguity is a
 * problem, never a choice. `isPlanned` says of which resources the references matter: in a partial plan, what
 * the others name may not have been read.
 */
export function match(
  desired: DesiredState,
  live: LiveState,
  kinds: Kinds,
  isPlanned: (resource: Desired) => boolean = () => true
): { match: Match; problems: Diagnostic[] } {
  // What is removed by its id is spoken for as well: of two with one name, the other is then meant.
  const removedIds = desired.removed.flatMap((removed) => (isId(removed.name) ? [removed.name] : []))
  const pins = [...desired.resources.flatMap((resource) => resource.id ?? []), ...removedIds]
  const index = new LiveIndex(live, kinds, pins)
  const problems: Diagnostic[] = []
  const pairs = new Map<Desired, Live>()
  const taken = new Map<Live, Desired>()
  for (const resource of desired.resources) {
    const found = find(resource, index)
    problems.push(...found.problems)
    if (!found.live) continue
    const rival = taken.get(found.live)
    if (rival) problems.push(sameLive(resource, rival, found.live))
    pairs.set(resource, found.live)
    taken.set(found.live, resource)
  }
  const declared = new Map(desired.resources.map((resource) => [index.key(resource), resource]))
  const idOf = (reference: Reference): string | undefined => {
    if (reference.id !== undefined) return reference.id
    const name = reference.name ?? ''
    const resource = declared.get(index.key({ kind: reference.$ref, name }))
    if (resource) return pairs.get(resource)?.id
    return index.named(reference.$ref, name)[0]?.id ?? (isId(name) ? name.toLowerCase() : undefined)
  }
  const similar = similarIn([...desired.resources, ...live.resources])
  const references = desired.resources
    .filter(isPlanned)
    .flatMap((resource) => referenceProblems(resource, declared, taken, index, similar))
  return {
    match: {
      liveOf: (resource) => pairs.get(resource),
      idOf,
      declaredBy: (resource) => taken.get(resource),
      ambiguous: (of, candidates) => ambiguous(of, of.name, of.span, candidates, index)
    },
    problems: [...problems, ...references]
  }
}

class LiveIndex {
  readonly #byName = new Map<string, Live[]>()
  readonly #byId = new Map<string, Live>()
  readonly #users = new Map<string, number>()
  readonly key: (address: Address) => string
  readonly #pinned: Set<string>
  readonly #alone: Set<string>
  readonly all: LiveState

  constructor(live: LiveState, kinds: Kinds, pins: readonly string[]) {
    this.all = live
    this.#alone = new Set(kinds.managed.filter((kind) => kind.alone).map((kind) => kind.name))
    this.#pinned = new Set(pins.map((id) => id.toLowerCase()))
    this.key = keyOf(kinds)
    for (const resource of live.resources) {
      const key = this.key(resource)
      this.#byName.set(key, [...(this.#byName.get(key) ?? []), resource])
      this.#byId.set(resource.id.toLowerCase(), resource)
      for (const use of resource.uses) this.#users.set(use.id, (this.#users.get(use.id) ?? 0) + 1)
    }
  }

  /** Where several have the name, those that a pin gives to somebody else do not count. */
  named(kind: string, name: string): Live[] {
    const all = this.#byName.get(this.key({ kind, name })) ?? []
    return all.length > 1 ? all.filter((live) => !this.#pinned.has(live.id.toLowerCase())) : all
  }

  withId(id: string): Live | undefined {
    return this.#byId.get(id.toLowerCase())
  }

  /** The live one of a kind of which there is at most one. */
  only(kind: string): Live | undefined {
    return this.#alone.has(kind) ? this.all.resources.find((live) => live.kind === kind) : undefined
  }

  users(id: string): number {
    return this.#users.get(id) ?? 0
  }
}

function find(resource: Desired, index: LiveIndex): { live?: Live; problems: Diagnostic[] } {
  if (resource.id !== undefined) {
    const pinned = index.withId(resource.id)
    return pinned?.kind === resource.kind
      ? { live: pinned, problems: [] }
      : { problems: [unknownPin(resource)] }
  }
  const names = [resource.name, ...resource.lifecycle.renamedFrom]
  for (const name of names) {
    const candidates = index.named(resource.kind, name)
    if (candidates.length > 1)
      return { problems: [ambiguous(resource, name, resource.span, candidates, index)] }
    if (candidates[0]) return { live: candidates[0], problems: [] }
  }
  const only = index.only(resource.kind)
  return only ? { live: only, problems: [] } : { problems: [] }
}

function ambiguous(
  of: Address,
  name: string,
  span: Span,
  candidates: readonly Live[],
  index: LiveIndex
): Diagnostic {
  const first = candidates.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return problem(
    'P401',
    `${of.kind.replaceAll('_', ' ')} \`${name}\` matches ${candidates.length} live resources`,
    {
      labels: [{ span, text: `which of the ${candidates.length} is this?` }],
      notes: [
        ...first.map((live) => {
          const made =
            live.createdAt === undefined ? '' : `  created ${live.createdAt.slice(0, 19).replace('T', ' ')}`
          const by = live.changed.by === undefined ? '' : `  last changed by ${live.changed.by}`
          return `live: ${live.id}${made}${by}  used by ${index.users(live.id)}`
        }),
        'names are not unique in the service, so a name alone cannot choose'
      ],
      help: [
        `pin one with \`id: ${first[0]!.id}\`, or rename one of them in the service`,
        'to delete one, list its id under `removed:`'
      ]
    }
  )
}

function unknownPin(resource: Desired): Diagnostic {
  return problem('P404', `${addressText(resource)} is pinned to an id that no live ${resource.kind} has`, {
    labels: [{ span: resource.spanAt(['id']), text: `${resource.id} is not there` }],
    help: ['remove `id` to match by name, or correct it']
  })
}

function sameLive(resource: Desired, rival: Desired, live: Live): Diagnostic {
  return problem(
    'P405',
    `${addressText(resource)} and ${addressText(rival)} are the same live ${resource.kind}`,
    {
      labels: [
        { span: resource.span, text: `this is ${live.id} in the service` },
        { span: rival.span, text: 'and so is this' }
      ],
      help: ['keep one of the two, or correct `id` or `lifecycle.renamed_from`']
    }
  )
}

function referenceProblems(
  resource: Desired,
  declared: ReadonlyMap<string, Desired>,
  taken: ReadonlyMap<Live, Desired>,
  index: LiveIndex,
  similar: (use: Address) => string[]
): Diagnostic[] {
  return resource.uses.flatMap((use) => {
    if (declared.has(index.key(use))) return []
    const candidates = index.named(use.kind, use.name)
    if (candidates.length > 1) return [ambiguous(use, use.name, use.span, candidates, index)]
    const owner = candidates[0] && taken.get(candidates[0])
    if (owner) return [formerName(resource, use, owner)]
    if (
      candidates.length === 1 ||
      (isId(use.name) && (index.withId(use.name)?.kind ?? use.kind) === use.kind)
    )
      return []
    return [unknownReference(resource, use, similar(use), index)]
  })
}

/** The name is still there, and is gone as soon as the files are applied: then nothing has it. */
function formerName(resource: Desired, use: Desired['uses'][number], owner: Desired): Diagnostic {
  const kind = use.kind.replaceAll('_', ' ')
  return problem(
    'P402',
    `${addressText(resource)} uses ${kind} \`${use.name}\`, which the files rename to \`${owner.name}\``,
    {
      labels: [
        { span: use.span, text: 'this is its former name' },
        { span: owner.span, text: 'here it is renamed' }
      ],
      help: [`write \`${owner.name}\``]
    }
  )
}

/** Names that a reference probably meant. Many resources may make one mistake: it is looked up once. */
function similarIn(all: readonly Address[]): (use: Address) => string[] {
  const known = new Map<string, string[]>()
  return ({ kind, name }) => {
    const key = `${kind}\n${name}`
    const names = () => [...new Set(all.filter((one) => one.kind === kind).map((one) => one.name))]
    const found = known.get(key) ?? similarNames(name, names())
    known.set(key, found)
    return found
  }
}

function unknownReference(
  resource: Desired,
  use: Desired['uses'][number],
  similar: readonly string[],
  index: LiveIndex
): Diagnostic {
  const kind = use.kind.replaceAll('_', ' ')
  const names = index.all.resources.filter((live) => live.kind === use.kind).map((live) => live.name)
  return problem(
    'P402',
    `${addressText(resource)} uses ${kind} \`${use.name}\`, which is neither declared nor in the service`,
    {
      labels: [{ span: use.span, text: `no ${kind} has this name` }],
      notes: names.length === 0 ? [`the service has no ${kind}`] : [],
      help: [
        similar.length > 0
          ? `a ${kind} with a similar name exists: \`${similar.join('`, `')}\``
          : 'declare it, or correct the name'
      ]
    }
  )
}
