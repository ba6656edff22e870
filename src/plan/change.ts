import { isSameName, type Kind } from '../kinds/kind.ts'
import { addressText, type Desired, type Live } from '../state/resource.ts'
import { referencesIn } from '../state/value.ts'
import { additions } from './additions.ts'
import type { BaseIndex } from './base-index.ts'
import { causesOf } from './cause.ts'
import { Walk } from './compare.ts'
import { pairs } from './pairs.ts'
import { diff, type DiffContext } from './diff.ts'
import { withIgnored } from './ignore.ts'
import { noLongerStated, notStated, uncomparable } from './left-alone.ts'
import type { Match } from './match.ts'
import { namedBy } from './order.ts'
import type {
  Cause,
  Create,
  Declared,
  Delete,
  Existing,
  FieldChange,
  ChangeHead,
  Rename,
  Unchanged,
  Update
} from './plan.ts'
import { pathText } from './path-node.ts'
import { callingByName, wordsOf, type Words } from './wording.ts'

/** Returns the change that makes one declared resource what the files say. */
export function changeOf(
  resource: Desired,
  kind: Kind,
  match: Match,
  base: BaseIndex | undefined
): Create | Update | Rename | Unchanged {
  const live = match.liveOf(resource)
  const atBase = base?.declared(resource)
  const since: Since = { base, atBase }
  return live ? existing(resource, live, { kind, match, since }) : creation(resource, kind, match, since)
}

/**
 * The declaration at an earlier revision: the name of the revision, where there is one, and the resource
 * as it was declared there.
 */
interface Since {
  base?: BaseIndex | undefined
  atBase?: Desired | undefined
}

function creation(resource: Desired, kind: Kind, match: Match, { base, atBase }: Since): Create {
  const words = wordsFor(resource, match, wordsOf(kind, resource.spelling, resource.fields))
  return {
    ...planned(resource),
    ...spellingOf(resource),
    action: 'create',
    fields: words.fields(additions(kind.fields, resource.fields, contextOf(resource, match))),
    reason: reasonOfCreate(kind, base, atBase),
    ...(base && { cause: atBase ? 'drift' : 'config' }),
    ...(resource.id === undefined ? {} : { lostId: resource.id }),
    wanted: resource.fields,
    ids: idsOfUses(resource, match),
    ignored: resource.lifecycle.ignoreChanges
  }
}

/**
 * Returns the change of a resource that is live. It follows from what is given here alone: of the match only
 * what references stand for is used, and what is called by an id.
 */
export function existing(
  resource: Desired,
  live: Live,
  { kind, match, since }: { kind: Kind; match: Pick<Match, 'idOf' | 'nameOf'>; since: Since }
): Update | Rename | Unchanged {
  const { base, atBase } = since
  const { ignoreChanges } = resource.lifecycle
  const context = contextOf(resource, match)
  const wanted = withIgnored(resource.fields, [...ignoreChanges, ...(live.unread ?? [])], live.fields, kind)
  const meant = base && atBase && withIgnored(base.fields(atBase), ignoreChanges, live.fields, kind)
  const found = diff(kind.fields, wanted, live.fields, context, meant)
  const words = wordsFor(resource, match, wordsOf(kind, resource.spelling, wanted, live.fields))
  const named = words.fields(found.fields)
  // A resource that the files did not declare at the base differs because they declare it now.
  const fields =
    base && !atBase ? named.map((field): FieldChange => ({ ...field, cause: 'config' })) : named
  const renamed = !isSameName(kind, live.name, resource.name)
  const nameAtBase = renamed && atBase !== undefined && isSameName(kind, atBase.name, resource.name)
  const compared = {
    ...planned(resource),
    ...spellingOf(resource),
    ...ofLive(live),
    reason: reasonOf(renamed, fields, since, nameAtBase),
    ...(base && { cause: causeOf(fields, nameAtBase) }),
    wanted,
    ids: idsOfUses(resource, match),
    ignored: ignoreChanges,
    unchanged: found.unchanged,
    notStated: [
      ...notStated(kind, live.fields, found.unstated, meant, words),
      ...(meant ? noLongerStated(kind, meant, wanted) : [])
    ],
    notCompared: uncomparable(kind, wanted),
    notRead: live.unread ?? [],
    hidden: hidden(resource, kind, live, context).map((path) => pathText(words.path(path)))
  }
  if (renamed) return { ...compared, action: 'rename', previousName: live.name, fields }
  return fields.length > 0 ? { ...compared, action: 'update', fields } : { ...compared, action: 'none' }
}

/** Returns the deletion of a live resource, and which request in the files it comes from. */
export function deletion(
  address: Pick<Desired, 'kind' | 'name' | 'span'>,
  live: Live,
  reason: string
): Delete {
  return { ...planned(address), ...ofLive(live), action: 'delete', reason }
}

function spellingOf({ spelling }: Desired): Pick<Declared, 'spelling'> {
  return spelling === undefined ? {} : { spelling }
}

function wordsFor({ fields }: Desired, match: Pick<Match, 'nameOf'>, words: Words): Words {
  const names = new Map<string, string>()
  for (const reference of referencesIn(fields)) {
    const name = match.nameOf(reference)
    if (name !== undefined && reference.name !== undefined) names.set(reference.name.toLowerCase(), name)
  }
  return callingByName(words, names)
}

function contextOf(resource: Desired, { idOf }: Pick<Match, 'idOf'>): DiffContext {
  return { idOf, spanAt: resource.spanAt }
}

function reasonOfCreate(kind: Kind, base: BaseIndex | undefined, atBase: Desired | undefined): string {
  const noun = kind.name.replaceAll('_', ' ')
  if (!base) return `the service has no such ${noun}`
  if (!atBase) return `the files declare it since ${base.revision}`
  return `the files declared it at ${base.revision} already, and the service has no such ${noun} any more`
}

/** A rename to a name that the files already had at the base means that the service moved. */
function causeOf(fields: readonly FieldChange[], nameMovedInService: boolean): Cause {
  const { cause } = causesOf(fields)
  return cause === 'config' && nameMovedInService ? 'drift' : cause
}

function reasonOf(
  renamed: boolean,
  fields: readonly FieldChange[],
  { base, atBase }: Since,
  nameAtBase: boolean
): string {
  if (renamed) {
    return base && nameAtBase
      ? `the service gave it another name, the files did not since ${base.revision}`
      : 'the files call it by a new name'
  }
  if (fields.length === 0) return 'it is as the files say'
  // Without a base it cannot be told whether the files or the service moved.
  if (!base) return 'the files and the service differ'
  if (!atBase) return `the files declare it since ${base.revision}, and the service has another`
  const sentences = {
    config: `the files changed since ${base.revision}`,
    drift: `the service changed, the files did not since ${base.revision}`,
    conflict: `the files and the service both changed since ${base.revision}`,
    several: `the files changed some of it since ${base.revision}, the service the rest`
  }
  const { cause, several } = causesOf(fields)
  return sentences[several ? 'several' : cause]
}

/** Returns the members of a change that are known before its order and its impacts are worked out. */
function planned({
  kind,
  name,
  pin,
  span
}: Pick<Desired, 'kind' | 'name' | 'pin' | 'span'>): Omit<ChangeHead, 'reason'> {
  return { kind, name, ...(pin === undefined ? {} : { pin }), span, after: [], impacts: [] }
}

function ofLive({ id, changed, pendingReason: waiting }: Live): Existing & { waiting?: string } {
  return { id, changed, ...(waiting === undefined ? {} : { waiting }) }
}

function idsOfUses(resource: Desired, match: Pick<Match, 'idOf'>): Record<string, string> {
  const known = namedBy(resource).flatMap((use): [string, string][] => {
    const id = match.idOf({ $ref: use.kind, name: use.name })
    return id === undefined ? [] : [[addressText(use), id]]
  })
  return Object.fromEntries(known)
}

/** Returns the paths that would differ if `ignore_changes` did not exclude them. */
function hidden(resource: Desired, kind: Kind, live: Live, context: DiffContext): string[][] {
  const { ignoreChanges } = resource.lifecycle
  if (ignoreChanges.length === 0) return []
  const left = withIgnored(resource.fields, ignoreChanges, live.fields, kind)
  const paths: string[][] = []
  const sides = { wanted: resource.fields, base: left, live: live.fields }
  const walk = new Walk(kind.fields, sides, context, {
    point({ node, pairs: differing }) {
      if ((differing & withoutIgnoring) === pairs.difference) paths.push(node.path)
    }
  })
  for (const name of Object.keys(kind.fields)) walk.field(name, withoutIgnoring)
  return paths
}

/** The pairs to ask for: what differs before `ignore_changes` is applied, and what moved in the service. */
const withoutIgnoring = pairs.difference | pairs.service
