import type { Action, Change, Compared, Declared, Existing, FieldChange, ChangeHead } from './plan.ts'

/** All that any sort of change may have: for whoever tells of each the same. */
export interface ChangeDetails extends ChangeHead, Declared, Partial<Existing>, Compared {
  action: Action
  fields: FieldChange[]
  previousName?: string
}

/** A change with nothing in place of what its sort does not have. */
export function detailsOf(change: Change): ChangeDetails {
  return { ...nothing(), ...change }
}

/** The id of the live resource; none for what is to be made. */
export function liveId(change: Change): string | undefined {
  return change.action === 'create' ? undefined : change.id
}

/** What the files declare, and the service is to have: all but what goes. */
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
