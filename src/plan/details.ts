import type { Action, Change, Compared, Declared, Existing, FieldChange, ChangeHead } from './plan.ts'

/** All members that any sort of change may have, for code that treats all sorts alike. */
export interface ChangeDetails extends ChangeHead, Declared, Partial<Existing>, Compared {
  action: Action
  fields: FieldChange[]
  previousName?: string
}

/** Fills in an empty value for each member that this sort of change does not have. */
export function detailsOf(change: Change): ChangeDetails {
  return { ...nothing(), ...change }
}

/** The id of the live resource; none for what is to be made. */
export function liveId(change: Change): string | undefined {
  return change.action === 'create' ? undefined : change.id
}

/** Whether the resource exists after the change: every sort but a deletion. */
export function isKept(change: Change): change is Exclude<Change, { action: 'delete' }> {
  return change.action !== 'delete'
}

function nothing(): Omit<ChangeDetails, keyof ChangeHead | 'action'> {
  return {
    wanted: {},
    ids: {},
    ignored: [],
    fields: [],
    unchanged: 0,
    notStated: [],
    notCompared: [],
    notRead: [],
    hidden: []
  }
}
