import { compareText } from '../diagnostics/diagnostic.ts'
import { addressText, byAddress, type Address, type Live, type LiveState } from '../state/resource.ts'
import type { Kind, Kinds } from '../kinds/kind.ts'
import type { DataImpact, Effect } from '../state/impact.ts'
import { isKept, liveId } from './details.ts'
import type { Match } from './match.ts'
import type { DecideOptions } from './options.ts'
import { usersById } from './order.ts'
import type { Change, FieldChange, Impact } from './plan.ts'
import { usersOf } from './users.ts'
import { asShown } from './wording.ts'

/** What the impacts are worked out from. */
interface ImpactContext {
  live: LiveState
  kinds: Kinds
  match: Match
  options: Pick<DecideOptions, 'base'>
}

/** The context, with an index of users that is built once. */
interface ImpactIndex extends ImpactContext {
  usersOf: ReadonlyMap<string, readonly Live[]>
  /** Addresses of resources whose secrets differ from the base. */
  moved: ReadonlySet<string>
}

/** R22: Returns the changes with what each may do to data. Unchanged ones have no impact. */
export function withImpacts(changes: readonly Change[], context: ImpactContext): Change[] {
  const index: ImpactIndex = {
    ...context,
    usersOf: usersById(context.live),
    moved: new Set(context.options.base?.secretsMoved)
  }
  return changes.map((change) => ({ ...change, impacts: impactsOf(change, index) }))
}

function impactsOf(change: Change, context: ImpactIndex): Impact[] {
  if (change.action === 'none') return []
  const whole: FieldChange = { path: [], how: 'changed', span: change.span }
  const fields = change.action === 'update' || change.action === 'rename' ? change.fields : []
  const found = fields.map((field) => impactOf(field, change, context))
  const isOnlyWhole = change.action !== 'update'
  if (isOnlyWhole) found.unshift(impactOf(whole, change, context))
  // What a secret gives access to is unknown: it counts where it may be another one, or is sent again.
  const isOther = isExisting(change) && context.moved.has(addressText(change))
  if (isOther || found.length === 0)
    found.push({ effect: 'unknown', because: resent, paths: [], reaches: [] })
  return once(found).toSorted((a, b) => gravity.indexOf(a.effect) - gravity.indexOf(b.effect))
}

function isExisting({ action }: Change): boolean {
  return action === 'update' || action === 'rename'
}

const resent = 'its secrets are sent again: with other ones it may reach another account'

/** Merges impacts that differ in their fields only. */
function once(impacts: readonly Impact[]): Impact[] {
  const groups = Map.groupBy(impacts, ({ effect, because }) => `${effect}\n${because}`)
  return [...groups.values()].map((group) => ({ ...group[0]!, paths: group.flatMap(({ paths }) => paths) }))
}

const gravity: readonly Effect[] = [
  'may duplicate',
  'writes everything again',
  'first run',
  'unknown',
  'reads something else',
  'other records',
  'other values',
  'no longer written',
  'stops',
  'runs more often',
  'runs less often',
  'none'
]

/**
 * Returns the impact that the kind declares for a field: that of its deepest declared part. An empty path
 * stands for the resource as a whole. Undefined where nothing is declared.
 */
export function declaredImpact(
  kind: Kind | undefined,
  action: Change['action'],
  path: readonly string[]
): DataImpact | undefined {
  const [name, ...rest] = path
  if (!kind) return undefined
  if (name === undefined) return action === 'update' || action === 'none' ? undefined : kind.impacts[action]
  const field = kind.impacts.fields[name]
  const text = rest.join('.')
  const part = Object.entries(field?.parts ?? {}).find(([at]) => text === at || text.startsWith(`${at}.`))
  return part?.[1] ?? field
}

function impactOf(field: FieldChange, change: Change, context: ImpactIndex): Impact {
  const paths = field.path.length === 0 ? [] : [asShown(field).path]
  const kind = context.kinds.managed.find(({ name }) => name === change.kind)
  const declared = declaredImpact(kind, change.action, field.path)
  if (!declared)
    return { effect: 'unknown', because: 'nobody knows what this does to data', paths, reaches: [] }
  const { effect: rule, because, reaches } = declared
  const effect = typeof rule === 'string' ? rule : rule(field, isKept(change) ? change.wanted : {})
  if (reaches === undefined) return { effect, because, paths, reaches: [] }
  const unread = unreadUsers(change.kind, context)
  const limits = unread.length > 0 ? `; not read: ${unread.join(', ')}` : ''
  return { effect, because: `${because}${limits}`, paths, reaches: reachedBy(change, context) }
}

/**
 * Returns the kinds that may use resources of this kind, directly or through others, and that were not
 * read.
 */
function unreadUsers(kind: string, { kinds, live }: ImpactContext): string[] {
  const users = new Set([kind])
  for (const used of users) for (const name of usersOf(used, kinds)) users.add(name)
  const unread = kinds.managed.filter(({ name }) => users.has(name) && !live.kinds.includes(name))
  return unread.map(({ section }) => section.replaceAll('_', ' ')).toSorted(compareText)
}

/** Returns all live resources that use the resource, directly or through others. */
function reachedBy(change: Change, { match, usersOf }: ImpactIndex): string[] {
  const own = liveId(change) ?? ''
  const ids = new Set([own])
  const reached = new Map<string, Address>()
  for (const id of ids) {
    for (const user of usersOf.get(id) ?? []) {
      // The loop also visits what is added to the set meanwhile.
      ids.add(user.id)
      reached.set(user.id, match.declaredBy(user) ?? user)
    }
  }
  reached.delete(own)
  return [...reached.values()].toSorted(byAddress).map(addressText)
}
