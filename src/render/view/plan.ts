import type { Action, Change, Plan } from '../../plan/plan.ts'
import {
  connectFirst,
  fieldsBesideName,
  seenFrom,
  waitsText,
  type Closing,
  type Counts,
  type ImpactSum,
  type ResourceView,
  type ToldChange
} from './changes.ts'
import { lastChangeText } from './last-change.ts'
import { rowsOf, type RowView, type Telling } from './rows.ts'

/** What cannot be taken back comes first; what is not to be done follows what is. */
const actions: readonly Action[] = ['delete', 'create', 'rename', 'update']
const groups: readonly ResourceView['group'][] = ['difference', 'pending', 'waiting', 'same']

/** Everything that apply would do, and why. */
export const planView = seenFrom({
  signs: { create: '+', update: '~', rename: '→', delete: '-', none: '=' },
  rank: (group, action) =>
    groups.indexOf(group) * actions.length + (group === 'difference' ? actions.indexOf(action) : 0),
  notes({ action, reason, changed }) {
    const last = action === 'create' ? undefined : lastChangeText(changed)
    return [
      ...(reason === '' ? [] : [reason]),
      ...(last === undefined ? [] : [`last changed in the service ${last}`])
    ]
  },
  telling,
  impacts: impactsOf,
  sends: true,
  closing: closingOf
})

function telling(action: Action): Telling {
  return { signs: action !== 'create' && action !== 'delete', turned: false }
}

/** The fields of a change as rows, as plans tell them. */
export function planRows(change: ToldChange, since: string | undefined): RowView[] {
  return rowsOf(change, fieldsBesideName(change), telling(change.action), since)
}

/** By kind and effect. */
function impactsOf(changes: readonly Change[]): ImpactSum[] {
  const creates = changes.filter(({ action }) => action === 'create')
  const all = creates.flatMap(({ kind, impacts }) => impacts.map((impact) => ({ kind, ...impact })))
  const alike = Map.groupBy(
    all.filter(({ effect }) => effect !== 'none'),
    ({ kind, effect, because }) => JSON.stringify([kind, effect, because])
  )
  return [...alike.values()].flatMap((group) =>
    group
      .slice(0, 1)
      .map(({ kind, effect, because }) => ({ kind, effect, because, resources: group.length }))
  )
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
