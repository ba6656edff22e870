import { problem, warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kinds } from '../kinds/kind.ts'
import { addressText, type Desired, type DesiredState, type LiveState } from '../state/resource.ts'
import type { Match } from './match.ts'
import { detailsOf, liveId } from './details.ts'
import { pathText } from './path-node.ts'
import type { Change } from './plan.ts'
import { asShown } from './wording.ts'

/** What cannot be changed with this key or in this organization: reported before anything is written. */

/**
 * R38: Returns one problem for each declared kind that the key may not manage, at the first place that
 * asks for it.
 */
export function notForThisKey(desired: DesiredState, live: LiveState, kinds: Kinds): Diagnostic[] {
  const { key, version } = live
  if (key === undefined || version === undefined) return []
  return kinds.managed.flatMap((kind) => {
    const may = kind.api.keys?.(version)
    const first = [...desired.resources, ...desired.removed].find((one) => one.kind === kind.name)
    if (!first || !may || may.includes(key)) return []
    return [
      problem('P509', `${keyNames[key]} may not manage ${kind.section.replaceAll('_', ' ')}`, {
        labels: [{ span: first.span, text: 'this needs another key' }],
        notes: [`version ${version} of the API wants ${may.map((one) => keyNames[one]).join(', or ')}`],
        help: ['use such a key, or a newer `workspace.api_version`']
      })
    ]
  })
}

const keyNames = {
  user: 'the key of a user',
  organization: 'the key of an organization',
  partner: 'the key of a partner',
  system: 'the key of a deployment'
} as const

/**
 * Returns the problems of changes to resources that this organization cannot change, and of declarations
 * of resources that can only be referred to.
 */
export function foreign(changes: readonly Change[], live: LiveState): Diagnostic[] {
  const readOnly = new Map(
    live.resources.flatMap(({ kind, id, readOnly: why }) => (why ? [[`${kind}\n${id}`, why] as const] : []))
  )
  return changes.flatMap((change) => {
    const why = readOnly.get(`${change.kind}\n${liveId(change) ?? ''}`)
    if (!why || (change.action === 'none' && why.nameOnly !== true)) return []
    const verb = change.action === 'delete' ? 'deleted' : why.nameOnly ? 'declared' : 'changed'
    return [
      problem('P510', `${addressText(change)} cannot be ${verb}: ${why.because}`, {
        labels: [{ span: change.span, text: 'this asks for it' }],
        notes: detailsOf(change)
          .fields.slice(0, 10)
          .map((field) => `different: ${pathText(asShown(field).path)}`),
        help: [
          why.nameOnly
            ? 'remove this: other resources may name it all the same'
            : 'write what is there, or change it where it belongs'
        ]
      })
    ]
  })
}

/** Returns the problem of deleting the user whose key is in use: the key would stop working at once. */
export function lockedOut(changes: readonly Change[], { self }: LiveState): Diagnostic[] {
  const own =
    self === undefined ? [] : changes.filter((change) => change.action === 'delete' && change.id === self)
  return own.map((change) =>
    problem('P511', `${addressText(change)} is the person whose key this is`, {
      labels: [{ span: change.span, text: 'this asks for the deletion' }],
      notes: ['its keys end with it, and nothing more could be done with this one'],
      help: ['declare it, or use the key of somebody else']
    })
  )
}

/** Returns a warning for each declared resource that exists and does not work. That is no difference. */
export function unhealthy(declared: readonly Desired[], match: Match): Diagnostic[] {
  return declared.flatMap((resource) => {
    const why = match.liveOf(resource)?.unhealthyReason
    if (why === undefined) return []
    return [
      warning('P410', `${addressText(resource)} does not work: ${why}`, {
        labels: [{ span: resource.span, text: 'the service says so' }],
        help: ['look at it in the web page: what uses it fails until it works again']
      })
    ]
  })
}
