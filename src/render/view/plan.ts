import { detailsOf } from '../../plan/details.ts'
import { isDifference } from '../../plan/pending.ts'
import type { Action, Change, Plan } from '../../plan/plan.ts'
import type { PlanHeader } from '../header.ts'
import {
  commonOf,
  connectFirst,
  countsOf,
  coverageOf,
  fieldsBesideName,
  lastChangeText,
  waitsText,
  type ChangesView,
  type Closing,
  type Counts,
  type ImpactSum,
  type ResourceView,
  type ViewContext
} from './changes.ts'
import { inDataOrder } from './order.ts'
import { rowsOf } from './rows.ts'

/** What cannot be taken back comes first. */
const order: readonly Action[] = ['delete', 'create', 'rename', 'update']

const signs = { create: '+', update: '~', rename: '→', delete: '-', none: '=' } as const

/** Everything that apply would do, and why. */
export function planView(plan: Plan, header: PlanHeader, context: ViewContext = {}): ChangesView {
  const indexes = new Map(plan.changes.map((change, index) => [change, index]))
  const sorted = inDataOrder(plan.changes, plan.changes, header.kinds ?? [])
  const of = (group: ResourceView['group'], changes: readonly Change[]): ResourceView[] =>
    changes.map((change) => resourceOf(group, change, indexes.get(change) ?? 0, plan, context))
  const differing = sorted.filter(isDifference)
  const idle = sorted.filter(({ action }) => action === 'none')
  const resources = [
    ...of(
      'difference',
      order.flatMap((action) => differing.filter((change) => change.action === action))
    ),
    ...of(
      'pending',
      sorted.filter((change) => change.action !== 'none' && !isDifference(change))
    ),
    ...of(
      'waiting',
      idle.filter(({ waiting }) => waiting !== undefined)
    ),
    ...of(
      'same',
      idle.filter(({ waiting }) => waiting === undefined)
    )
  ]
  const counts = countsOf(plan)
  return {
    header,
    organization: plan.organization,
    since: plan.since,
    partial: plan.partial,
    counts,
    resources,
    impacts: impactsOf(differing),
    noLongerDeclared: plan.noLongerDeclared,
    unmanaged: plan.unmanaged,
    coverage: coverageOf(plan, true),
    closing: closingOf(plan, counts, resources)
  }
}

function resourceOf(
  group: ResourceView['group'],
  planned: Change,
  index: number,
  { since }: Plan,
  context: ViewContext
): ResourceView {
  const change = detailsOf(planned)
  const { action } = change
  const telling = { signs: action !== 'create' && action !== 'delete', turned: false }
  const last = action === 'create' ? undefined : lastChangeText(change.changed)
  return {
    group,
    sign: group === 'pending' || group === 'waiting' ? '⧗' : signs[action],
    index,
    ...commonOf(change, context),
    notes: [
      ...(change.reason === '' ? [] : [change.reason]),
      ...(last === undefined ? [] : [`last changed in the service ${last}`])
    ],
    rows: rowsOf(change, fieldsBesideName(change), telling, since)
  }
}

/** By kind and effect. */
function impactsOf(changes: readonly Change[]): ImpactSum[] {
  const creates = changes.filter(({ action }) => action === 'create')
  const all = creates.flatMap(({ kind, impacts }) => impacts.map((impact) => ({ kind, ...impact })))
  const groups = Map.groupBy(
    all.filter(({ effect }) => effect !== 'none'),
    ({ kind, effect, because }) => JSON.stringify([kind, effect, because])
  )
  return [...groups.values()].map((group) => {
    const [{ kind, effect, because }] = group as [(typeof group)[0]]
    return { kind, effect, because, resources: group.length }
  })
}

function closingOf(plan: Plan, counts: Counts, resources: readonly ResourceView[]): Closing {
  const waits = waitsText(counts)
  const differing = counts.create + counts.update + counts.rename + counts.delete
  if (differing === 0) {
    const isHeld = counts.none === 0 && waits !== ''
    const text = isHeld
      ? 'Nothing to do before a person acts.'
      : nothing(counts.none, plan.partial !== undefined)
    const next = connectFirst(resources)
    return { text: `${text}${waits}`, ...(next === undefined ? {} : { next: `${next} lets it work.` }) }
  }
  const renames = counts.rename > 0 ? [`${counts.rename} to rename`] : []
  const parts = [
    `${counts.create} to create`,
    `${counts.update} to update`,
    ...renames,
    `${counts.delete} to delete`
  ]
  return {
    text: `Plan: ${parts.join(', ')}; ${counts.none} unchanged.${waits}`,
    next: '`polyctl apply` with the same options carries this out.'
  }
}

function nothing(declared: number, isPartial: boolean): string {
  if (declared === 0 && isPartial) return 'Nothing to do: no declared resource is selected.'
  if (declared === 0) return 'Nothing to do: the files declare no resources.'
  const subject = declared === 1 ? 'the declared resource is' : `the ${declared} declared resources are`
  return `Nothing to do: ${subject} as the files say.`
}
