import type { Span } from '../diagnostics/diagnostic.ts'
import type { Effect } from '../state/impact.ts'
import type { Address, LeftBehind } from '../state/resource.ts'
import type { Json, JsonObject } from '../state/value.ts'

/**
 * R21: All changes, in an order that respects references. A plan is plain data: it can be written as JSON
 * and read back.
 */
export interface Plan {
  organization: { id: string; name: string }
  /**
   * All changes by address, with those that change nothing (action `none`); `Change.after` gives the
   * order of execution.
   */
  changes: Change[]
  /** Live resources that are not declared: counted and named, never touched. */
  unmanaged: UnmanagedKind[]
  /** The base revision, where one was compared. */
  since?: string
  /** What was declared once, is declared no more, and stays, since `--prune` was not given. */
  noLongerDeclared: NoLongerDeclared[]
  /** Present when only a part of the declared resources is planned. */
  partial?: { selected: number; left: number }
}

/** A live resource that the files declared once. */
export interface NoLongerDeclared extends LeftBehind {
  id: string
  /** Several have the name, and nothing says which one was declared. */
  isOneOfSeveral?: boolean
}

/** The action of a change. Replacing a resource by a new one is none of them: people decide that. */
export type Action = 'create' | 'update' | 'rename' | 'delete' | 'none'

/** The side that moved since the base: the files, the service, or both to different values. */
export type Cause = 'config' | 'drift' | 'conflict'

/** What a change may do to the data that syncs move, and why. */
export interface Impact {
  effect: Effect
  /** One sentence, without a full stop. */
  because: string
  /** The fields that cause it; empty for the resource as a whole. */
  paths: string[][]
  /** Addresses of other resources that it affects. */
  reaches: string[]
}

/**
 * One change and its reason. A closed union: each action has just the members that mean something for it.
 */
export type Change = Create | Update | Rename | Delete | Unchanged

/** The files declare the resource, and the service does not have it. */
export interface Create extends ChangeHead, Declared {
  action: 'create'
  /** Every stated field. */
  fields: FieldChange[]
  /** Who moved: the files declare it anew, or the service lost it. */
  cause?: Cause
  /** The files pin an id that the service does not have. Nothing is made for it: only a drift has such. */
  lostId?: string
  /** It is made without these fields, which name what is made after it; `after` are the addresses of that. */
  follows?: { fields: string[]; after: string[] }
}

/** The resource differs from what the files say. Without fields, only its secrets are sent again. */
export interface Update extends ChangeHead, Declared, Existing, Compared {
  action: 'update'
  /** The differences in the order of display. */
  fields: FieldChange[]
}

/** The resource gets another name, and perhaps other values. */
export interface Rename extends ChangeHead, Declared, Existing, Compared {
  action: 'rename'
  fields: FieldChange[]
  previousName: string
}

/** The resource is deleted. */
export interface Delete extends ChangeHead, Existing {
  action: 'delete'
}

/** The resource is what the files say. */
export interface Unchanged extends ChangeHead, Declared, Existing, Compared {
  action: 'none'
}

/** The members of every change. */
export interface ChangeHead extends Address {
  /** The place in the files that asks for it. */
  span: Span
  /** One sentence that says why it is done. */
  reason: string
  /** Addresses (as `addressText`) of the changes that must be done first. */
  after: string[]
  /** Its impacts on data, the gravest first. */
  impacts: Impact[]
  /** Why the live resource waits for a person, or else why something that the change needs does. */
  waiting?: string
}

/** The declared side. */
export interface Declared {
  /** The wanted fields in the normal form of the kind: references by name, secrets by source. */
  wanted: JsonObject
  /**
   * Ids of its references, by `addressText`. Those of resources that are still to be created are missing.
   */
  ids: Record<string, string>
  /** How the file spells it, as far as names of fields depend on that. */
  spelling?: JsonObject
  /**
   * Paths of `ignore_changes`: their live values stay, whatever these are when the change is carried out.
   */
  ignored: string[]
}

/** The live side. */
export interface Existing {
  id: string
  /** Who changed it last, and when (an RFC 3339 time). */
  changed: { at?: string; by?: string }
}

/** The result of the comparison. */
export interface Compared {
  /** How many compared fields are equal. */
  unchanged: number
  /** The gravest cause of its differences: a conflict before drift, drift before the files. */
  cause?: Cause
  /** Paths of live values that no file states and that differ from the documented default. */
  notStated: string[]
  /** Paths of stated secrets, which the service does not answer. */
  notCompared: string[]
  /** Fields that the service refused to answer. */
  notRead: string[]
  /** Paths of differences that `ignore_changes` hides. */
  hidden: string[]
}

/** One difference with both sides. */
export interface FieldChange {
  /** `['fields', '[Email]', 'source', 'field']`: items of sets are named by their key, in brackets. */
  path: string[]
  how: 'added' | 'removed' | 'changed'
  /** The live value. Absent for an addition. References and secrets are in their tagged form. */
  before?: Json
  /** The wanted value. Absent for a removal. */
  after?: Json
  /** True for texts of many lines, such as SQL, which are shown as a diff by lines. */
  long?: true
  /** Who moved since the base. Absent without a base. */
  cause?: Cause
  /** For a conflict, the value that the files had at the base. Absent when they had none. */
  base?: Json
  /** Its path and values in the words in which it is told, where these are others. */
  shown?: Pick<FieldChange, 'path' | 'before' | 'after' | 'base'>
  span: Span
}

/** How many resources of a kind the files cover. */
export interface UnmanagedKind {
  kind: string
  /** The number of live resources of the kind, and how many of them the files declare. */
  live: number
  declared: number
  names: string[]
}
