import { problem, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { findingOf, keyOf, type Kind, type Kinds } from '../kinds/kind.ts'
import { addressText, type Address, type Desired, type DesiredState } from '../state/resource.ts'
import type { Live, LiveState } from '../state/resource.ts'
import { LiveIndex, pair, type Pairs } from '../state/pairing.ts'
import { isId, type Reference } from '../state/value.ts'
import { ambiguousName, type Chooser } from './ambiguity.ts'
import { diff } from './diff.ts'
import { openUsers, type Users } from './users.ts'

/** The result of matching: the live resource of each declared one, and what each name stands for. */
export interface Match {
  /** Returns the live resource of a declared one; undefined when it is to be created. */
  liveOf(desired: Desired): Live | undefined
  /** Returns the id that a reference names; undefined when that is unknown, or still to be created. */
  idOf(reference: Reference): string | undefined
  /** Returns the name of what an id stands for that the files have in place of a name. */
  nameOf(reference: Reference): string | undefined
  declaredBy(live: Live): Desired | undefined
  /** Returns the problem of a name that several live resources have, one of which is to be deleted. */
  ambiguous(of: Address & { span: Span }, candidates: readonly Live[]): Diagnostic
}

/** Options of matching. */
export interface MatchOptions {
  /**
   * Whether a resource is planned at all. What others refer to may not have been read in a partial plan,
   * so their references are not checked.
   */
  isPlanned?: (resource: Desired) => boolean
  /**
   * The declarations of the base: a former name that was given to another resource by then is not given
   * away again.
   */
  base?: readonly Desired[] | undefined
  /** Whether an id that the service does not have means that the resource is missing. */
  missingPins?: boolean
}

/**
 * R1, R2: Pairs declared resources with live ones: by pinned id, by a former name, by exact name.
 * Ambiguity is a problem, never a choice.
 */
export function match(
  desired: DesiredState,
  live: LiveState,
  kinds: Kinds,
  { isPlanned = () => true, base = [], missingPins = false }: MatchOptions = {}
): { match: Match; problems: Diagnostic[] } {
  const finding = findingOf(kinds)
  const { key } = finding
  const index = new LiveIndex(live.resources, finding, desired)
  const before = new Set(base.map(key))
  const isSettled = (resource: Desired): boolean => before.has(key(resource))
  const pairs = pair({ declared: desired.resources, index, isSettled })
  const found: Match = {
    liveOf: (resource) => pairs.liveOf.get(resource),
    idOf: (reference) => index.idOf(reference, pairs),
    nameOf: (reference) => {
      const { name } = reference
      const live = name !== undefined && isId(name) ? index.withId(name) : undefined
      return live?.kind === reference.$ref && index.idOf(reference, pairs) === live.id
        ? live.name
        : undefined
    },
    declaredBy: (resource) => pairs.declaredBy.get(resource),
    ambiguous: (of, candidates) => twins.ambiguous(of, of.name, 'removal', candidates)
  }
  const twins = new Twins(openUsers(live, kinds), kinds, found)
  const similar = similarIn([...desired.resources, ...live.resources], kinds)
  const references = desired.resources
    .filter(isPlanned)
    .flatMap((resource) => referenceProblems(resource, { pairs, index, twins, similar }))
  const removed = desired.removed.flatMap((one) => keptAndRemoved(one, index, pairs))
  // An id of another kind is a mistake of the files, whoever looks.
  const wrongPins = pairs.unknownPins.filter(
    ({ id }) => !missingPins || (id !== undefined && index.withId(id) !== undefined)
  )
  const unpaired = pairProblems({ ...pairs, unknownPins: wrongPins }, twins)
  return { match: found, problems: [...unpaired, ...removed, ...references] }
}

function pairProblems(pairs: Pairs<Live>, twins: Twins): Diagnostic[] {
  return [
    ...pairs.unknownPins.map(unknownPin),
    ...pairs.ambiguous.map(({ resource, name, candidates }) => twins.declared(resource, name, candidates)),
    ...pairs.shared.map(({ resource, otherClaimant, live }) => sameLive(resource, otherClaimant, live)),
    ...pairs.cycles.map(exchangedNames)
  ]
}

/** Makes the problems of names that several live resources have, and says what tells those apart. */
class Twins {
  readonly #users: Users
  readonly #kinds: ReadonlyMap<string, Kind>
  readonly #match: Match

  constructor(users: Users, kinds: Kinds, found: Match) {
    this.#users = users
    this.#kinds = new Map(kinds.managed.map((kind) => [kind.name, kind]))
    this.#match = found
  }

  ambiguous(
    of: Address & { span: Span },
    name: string,
    chooser: Chooser,
    candidates: readonly Live[]
  ): Diagnostic {
    const known = candidates.map((live) => ({ live, usedBy: this.#users.countOf(live) }))
    return ambiguousName({ kind: of.kind, name, span: of.span }, chooser, known)
  }

  /** Suggests one of the candidates where the declaration fits that one only. */
  declared(resource: Desired, name: string, candidates: readonly Live[]): Diagnostic {
    const own = candidates.filter((live) => live.readOnly?.nameOnly !== true)
    const equal = own.filter((live) => this.#isEqual(resource, live))
    const using = own.filter((live) => this.#usesTheSame(resource, live))
    const used = [...new Set(resource.uses.map(addressText))].join(', ')
    const fitting =
      equal.length === 1
        ? { live: equal[0], fits: 'this one is as the file says' }
        : using.length === 1
          ? { live: using[0], fits: `only this one uses ${used}, as the file says` }
          : undefined
    const known = candidates.map((live) => ({
      live,
      usedBy: this.#users.countOf(live),
      ...(live === fitting?.live && { fits: fitting.fits })
    }))
    return ambiguousName({ kind: resource.kind, name, span: resource.span }, 'declaration', known)
  }

  #isEqual(resource: Desired, live: Live): boolean {
    const kind = this.#kinds.get(resource.kind)
    if (!kind || live.partial) return false
    const context = { idOf: this.#match.idOf, spanAt: resource.spanAt }
    return diff(kind.fields, resource.fields, live.fields, context).fields.length === 0
  }

  #usesTheSame(resource: Desired, live: Live): boolean {
    const used = new Set(live.uses.map(({ id }) => id))
    const named = resource.uses.map((use) => this.#match.idOf({ $ref: use.kind, name: use.name }))
    return named.length > 0 && named.every((id) => id !== undefined && used.has(id))
  }
}

function unknownPin(resource: Desired): Diagnostic {
  return problem('P404', `${addressText(resource)} is pinned to an id that no live ${resource.kind} has`, {
    labels: [{ span: resource.spanAt(['id']), text: `${resource.id} is not there` }],
    help: ['remove `id` to match by name, or correct it']
  })
}

function sameLive(resource: Desired, otherClaimant: Desired, live: Live): Diagnostic {
  return problem(
    'P405',
    `${addressText(resource)} and ${addressText(otherClaimant)} are the same live ${resource.kind}`,
    {
      labels: [
        { span: resource.span, text: `this is ${live.id} in the service` },
        { span: otherClaimant.span, text: 'and so is this' }
      ],
      help: ['keep one of the two, or correct `id` or `lifecycle.renamed_from`']
    }
  )
}

/**
 * Returns the problem of an exchange of names: the same names exist before and after it, so only ids can
 * say which resource is which.
 */
function exchangedNames(circle: readonly { resource: Desired; former: Live }[]): Diagnostic {
  const all = circle.map(({ resource }) => addressText(resource)).join(', ')
  return problem('P405', `${all}: each was another of them, and all are live by these names`, {
    labels: circle.map(({ resource, former }) => ({
      span: resource.spanAt(['lifecycle', 'renamed_from']),
      text: `\`${former.name}\` is ${former.id} in the service now`
    })),
    notes: ['whether the names were exchanged already cannot be told from names'],
    help: [
      `to exchange them, pin each: ${circle
        .map(({ resource, former }) => `\`id: ${former.id}\` for \`${resource.name}\``)
        .join(', ')}`,
      'if that was done already, take `renamed_from` out of them'
    ]
  })
}

/** Returns the problem of a resource that is declared by its name and removed by its id. */
function keptAndRemoved(
  removed: Address & { span: Span },
  index: LiveIndex<Live>,
  pairs: Pairs<Live>
): Diagnostic[] {
  const live = isId(removed.name) ? index.withId(removed.name) : undefined
  const owner = live && live.kind === removed.kind ? pairs.declaredBy.get(live) : undefined
  if (!owner) return []
  return [
    problem('P206', `${addressText(owner)} is both declared and removed`, {
      labels: [
        { span: removed.span, text: 'removed here, by its id' },
        { span: owner.span, text: 'declared here' }
      ],
      help: ['to delete it, remove its declaration', 'to keep it, take it out of `removed`']
    })
  ]
}

interface Naming {
  pairs: Pairs<Live>
  index: LiveIndex<Live>
  twins: Twins
  similar: (use: Address) => string[]
}

function referenceProblems(resource: Desired, { pairs, index, twins, similar }: Naming): Diagnostic[] {
  return resource.uses.flatMap((use) => {
    if (index.declared(use)) return []
    const candidates = index.named(use.kind, use.name)
    if (candidates.length > 1) return [twins.ambiguous(use, use.name, 'reference', candidates)]
    const owner = candidates[0] && pairs.declaredBy.get(candidates[0])
    if (owner) return [formerName(resource, use, owner)]
    if (
      candidates.length === 1 ||
      (isId(use.name) && (index.withId(use.name)?.kind ?? use.kind) === use.kind)
    )
      return []
    return [unknownReference(resource, use, similar(use), index)]
  })
}

/** Explains a reference to a former name: it is still there, and gone once the files are applied. */
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

/** Similar names are looked up for this many unknown names at most. */
const manyMistakes = 100

/**
 * Looks up the names that a reference probably meant. Each name is looked up once, however many resources
 * use it.
 */
function similarIn(all: readonly Address[], kinds: Kinds): (use: Address) => string[] {
  const known = new Map<string, string[]>()
  const names = new Map<string, string[]>()
  const key = keyOf(kinds)
  const namesOf = (kind: string): string[] => {
    const found = names.get(kind) ?? [
      ...new Set(all.filter((one) => one.kind === kind).map(({ name }) => name))
    ]
    names.set(kind, found)
    return found
  }
  return (use) => {
    const found = known.get(key(use))
    if (found || known.size >= manyMistakes) return found ?? []
    const similar = similarNames(use.name, namesOf(use.kind))
    known.set(key(use), similar)
    return similar
  }
}

function unknownReference(
  resource: Desired,
  use: Desired['uses'][number],
  similar: readonly string[],
  index: LiveIndex<Live>
): Diagnostic {
  const kind = use.kind.replaceAll('_', ' ')
  const isNone = !index.kinds.has(use.kind)
  return problem(
    'P402',
    `${addressText(resource)} uses ${kind} \`${use.name}\`, which is neither declared nor in the service`,
    {
      labels: [{ span: use.span, text: `no ${kind} has this name` }],
      notes: isNone ? [`the service has no ${kind}`] : [],
      help: [
        similar.length > 0
          ? `a ${kind} with a similar name exists: \`${similar.join('`, `')}\``
          : 'declare it, or correct the name'
      ]
    }
  )
}
