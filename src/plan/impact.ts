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

/** What it takes to know what a change reaches. */
interface ImpactContext {
  live: LiveState
  kinds: Kinds
  match: Match
  options: Pick<DecideOptions, 'base'>
}

/** The same, with who uses what: asked for each change, and worked out once. */
interface ImpactIndex extends ImpactContext {
  usersOf: ReadonlyMap<string, readonly Live[]>
  /** Addresses of what has other secrets than at the base. */
  moved: ReadonlySet<string>
}

/** R22: Each change with what it may do to data. Unchanged ones do nothing. */
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
  // Of secrets nobody knows what they open: other ones, or those of something that is sent again as it is.
  const isOther = isExisting(change) && context.moved.has(addressText(change))
  if (isOther || found.length === 0)
    found.push({ effect: 'unknown', because: resent, paths: [], reaches: [] })
  return once(found).toSorted((a, b) => gravity.indexOf(a.effect) - gravity.indexOf(b.effect))
}

function isExisting({ action }: Change): boolean {
  return action === 'update' || action === 'rename'
}

const resent = 'its secrets are sent again: with other ones it may reach another account'

/** Fields that do the same for the same reason are told together. */
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
 * What the kind declares of a whole resource, where the path is empty, or of a field: of its deepest
 * part that is declared. Undefined: it declares nothing.
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
  const paths = field.path.length === 0 ? [] : [field.path]
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

/** What may use things of the kind, directly or through others, and was not read. */
function unreadUsers(kind: string, { kinds, live }: ImpactContext): string[] {
  const users = new Set([kind])
  for (const used of users) for (const name of usersOf(used, kinds)) users.add(name)
  const unread = kinds.managed.filter(({ name }) => users.has(name) && !live.kinds.includes(name))
  return unread.map(({ section }) => section.replaceAll('_', ' ')).toSorted(compareText)
}

/** Everything live that uses it, directly or through others. */
function reachedBy(change: Change, { match, usersOf }: ImpactIndex): string[] {
  const own = liveId(change) ?? ''
  const ids = new Set([own])
  const reached = new Map<string, Address>()
  for (const id of ids) {
    for (const user of usersOf.get(id) ?? []) {
      // A set that grows while it is walked is walked to its end.
      ids.add(user.id)
      reached.set(user.id, match.declaredBy(user) ?? user)
    }
  }
  reached.delete(own)
  return [...reached.values()].toSorted(byAddress).map(addressText)
}
