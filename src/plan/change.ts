import { isSameName, type Kind } from '../kinds/kind.ts'
import { addressText, type Desired, type Live } from '../state/resource.ts'
import { additions } from './additions.ts'
import { causesOf } from './cause.ts'
import { pairs, Walk } from './compare.ts'
import { diff, type DiffContext } from './diff.ts'
import { withIgnored } from './ignore.ts'
import { notStated, secretPaths } from './left-alone.ts'
import type { Match } from './match.ts'
import { namedBy } from './order.ts'
import type { Cause, Change, FieldChange } from './plan.ts'
import type { Then } from './then.ts'

/** What is to be done to one declared resource. `base` is what was declared at an earlier revision. */
export function changeOf(resource: Desired, kind: Kind, matched: Match, base: Then | undefined): Change {
  const live = matched.liveOf(resource)
  const context: DiffContext = { idOf: matched.idOf, spanAt: resource.spanAt }
  const ids = idsOfUses(resource, matched)
  const then = base?.of(resource)
  if (!live) {
    const fields = additions(kind.fields, resource.fields, context)
    const reason = reasonOfCreate(kind, base, then)
    const cause = base ? { cause: then ? ('drift' as const) : ('config' as const) } : {}
    return { ...plain(resource), action: 'create', fields, reason, ...cause, wanted: resource.fields, ids }
  }
  const ignored = [...resource.lifecycle.ignoreChanges, ...(live.unread ?? [])]
  const wanted = withIgnored(resource.fields, ignored, live.fields, kind)
  const meant =
    then && withIgnored(base!.fieldsOf(then), resource.lifecycle.ignoreChanges, live.fields, kind)
  const found = diff(kind.fields, wanted, live.fields, context, meant)
  const renamed = !isSameName(kind, live.name, resource.name)
  const isNamedThere = renamed && then !== undefined && isSameName(kind, then.name, resource.name)
  const fields =
    base && !then ? found.fields.map((field): FieldChange => ({ ...field, cause: 'config' })) : found.fields
  return {
    ...plain(resource),
    ...fromLive(live),
    action: renamed ? 'rename' : fields.length > 0 ? 'update' : 'none',
    ...(renamed ? { previousName: live.name } : {}),
    fields,
    unchanged: found.unchanged,
    reason: reasonOf(renamed, fields, base, then, isNamedThere),
    ...(base && { cause: causeOf(fields, isNamedThere) }),
    wanted,
    ids,
    notStated: notStated(kind, live.fields, found.unstated),
    notCompared: secretPaths(wanted),
    notRead: live.unread ?? [],
    hidden: hidden(resource, kind, live, context)
  }
}

/** A deletion, asked for at a place. */
export function deletion(
  asked: Pick<Desired, 'kind' | 'name' | 'span'>,
  live: Live,
  reason: string
): Change {
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
    notCompared: [],
    notRead: [],
    ignored: [],
    hidden: [],
    impacts: []
  }
}

function reasonOfCreate(kind: Kind, base: Then | undefined, then: Desired | undefined): string {
  const noun = kind.name.replaceAll('_', ' ')
  if (!base) return `the service has no such ${noun}`
  if (!then) return `the files declare it since ${base.revision}`
  return `the files declared it at ${base.revision} already, and the service has no such ${noun} any more`
}

/** A new name that the files had at the base already was taken back in the service. */
function causeOf(fields: readonly FieldChange[], nameMovedInService: boolean): Cause {
  const { cause } = causesOf(fields)
  return cause === 'config' && nameMovedInService ? 'drift' : cause
}

function reasonOf(
  renamed: boolean,
  fields: readonly FieldChange[],
  base: Then | undefined,
  then: Desired | undefined,
  isNamedThere: boolean
): string {
  if (renamed) {
    return base && isNamedThere
      ? `the service gave it another name, the files did not since ${base.revision}`
      : 'the files call it by a new name'
  }
  if (fields.length === 0) return 'it is as the files say'
  // Without an earlier revision to compare with, nobody can tell whether the files or the service moved.
  if (!base) return 'the files and the service differ'
  if (!then) return `the files declare it since ${base.revision}, and the service has another`
  const sentences = {
    config: `the files changed since ${base.revision}`,
    drift: `the service changed, the files did not since ${base.revision}`,
    conflict: `the files and the service both changed since ${base.revision}`,
    several: `the files changed some of it since ${base.revision}, the service the rest`
  }
  const { cause, several } = causesOf(fields)
  return sentences[several ? 'several' : cause]
}

function plain(resource: Desired): Omit<Change, 'action' | 'reason'> {
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
    notCompared: [],
    notRead: [],
    ignored: resource.lifecycle.ignoreChanges,
    hidden: [],
    impacts: []
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
  const known = namedBy(resource).flatMap((use): [string, string][] => {
    const id = matched.idOf({ $ref: use.kind, name: use.name })
    return id === undefined ? [] : [[addressText(use), id]]
  })
  return Object.fromEntries(known)
}

/** The paths at which something would differ if `ignore_changes` did not say to leave it. */
function hidden(resource: Desired, kind: Kind, live: Live, context: DiffContext): string[] {
  const { ignoreChanges } = resource.lifecycle
  if (ignoreChanges.length === 0) return []
  const left = withIgnored(resource.fields, ignoreChanges, live.fields, kind)
  const paths: string[] = []
  const sides = { wanted: resource.fields, base: left, live: live.fields }
  const walk = new Walk(kind.fields, sides, context, {
    point({ node, pairs: differing }) {
      if ((differing & withoutIgnoring) === pairs.difference) paths.push(node.path.join('.'))
    }
  })
  for (const name of Object.keys(kind.fields)) walk.field(name, withoutIgnoring)
  return paths
}

/** What differs from what is live: what the files say, and what is left of that. */
const withoutIgnoring = pairs.difference | pairs.service
