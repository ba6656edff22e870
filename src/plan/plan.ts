import type { Span } from '../diagnostics/diagnostic.ts'
import type { Effect } from '../state/impact.ts'
import type { Address } from '../state/resource.ts'
import type { Json, JsonObject } from '../state/value.ts'

/**
 * R21: All that is to be done, in an order that respects references. Plain data: it survives being written
 * down.
 */
export interface Plan {
  organization: { id: string; name: string }
  /**
   * In the address order; `Change.after` gives the order of doing. Unchanged resources are in it too, with
   * action `none`.
   */
  changes: Change[]
  /** Live and not declared: counted and named, never touched. */
  unmanaged: UnmanagedKind[]
  /** The revision that the files were compared with, when there was one. */
  since?: string
  /** What was declared at that revision, is not any more, and stays, since nobody asked to prune. */
  noLongerDeclared: (Address & { id: string; span: Span })[]
  /** Present when only a part of the declared resources is planned. */
  partial?: { selected: number; left: number }
}

/** What is done to a resource. None is ever deleted to be made again: that is a decision of people. */
export type Action = 'create' | 'update' | 'rename' | 'delete' | 'none'

/** Who moved since the base: the files, the service, or both to different values. */
export type Cause = 'config' | 'drift' | 'conflict'

/** What a change may do to the data that moves, and why it is thought so. */
export interface Impact {
  effect: Effect
  /** One sentence, without a full stop. */
  because: string
  /** The fields that bring it; none for the resource as a whole. */
  paths: string[][]
  /** Addresses of what it reaches beyond the resource itself. */
  reaches: string[]
}

/**
 * What is done to one resource, and why. Closed: each sort has the members that mean something for it, and no
 * others.
 */
export type Change = Create | Update | Rename | Delete | Unchanged

/** The files declare it, and the service does not have it. */
export interface Create extends ChangeHead, Declared {
  action: 'create'
  /** Everything that is stated. */
  fields: FieldChange[]
  /** Who moved: the files declare it anew, or the service lost it. */
  cause?: Cause
}

/** It differs from what the files say; without fields, its secrets are sent again. */
export interface Update extends ChangeHead, Declared, Existing, Compared {
  action: 'update'
  /** What differs, in the order of display. */
  fields: FieldChange[]
}

/** It gets another name, whatever else differs. */
export interface Rename extends ChangeHead, Declared, Existing, Compared {
  action: 'rename'
  fields: FieldChange[]
  previousName: string
}

/** It is to go. */
export interface Delete extends ChangeHead, Existing {
  action: 'delete'
}

/** It is as the files say. */
export interface Unchanged extends ChangeHead, Declared, Existing, Compared {
  action: 'none'
}

/** What every change has. */
export interface ChangeHead extends Address {
  /** The place that asks for it. */
  span: Span
  /** One sentence: why this is to be done. */
  reason: string
  /** Addresses (as `addressText`) that must be done first. */
  after: string[]
  /** What it may do to data, the gravest first. */
  impacts: Impact[]
  /**
   * Why the live resource does not work yet: it waits for a person. Of what is to be made: what it needs
   * waits for one.
   */
  waiting?: string
}

/** What the files say of it. */
export interface Declared {
  /** In the kind's normal form: references by name, secrets by source. */
  wanted: JsonObject
  /**
   * Ids that its references stand for already, by `addressText`. Those of resources still to be made are
   * missing.
   */
  ids: Record<string, string>
  /** Paths of fields whose live value stays, whatever it is by the time of the change. */
  ignored: string[]
}

/** What is known of a live resource. */
export interface Existing {
  id: string
  /** Who touched it last, and when. */
  changed: { at?: string; by?: string }
}

/** What came of comparing it. */
export interface Compared {
  /** How many compared fields are equal. */
  unchanged: number
  /** Who moved, of all that differs: a conflict outweighs drift, and drift outweighs the files. */
  cause?: Cause
  /** Fields of the live resource that no file states and that differ from the documented default. */
  notStated: string[]
  /** Paths of secrets that the files state: the service does not answer them. */
  notCompared: string[]
  /** Fields that the service refused to tell. */
  notRead: string[]
  /** Paths of differences that `ignore_changes` hides. */
  hidden: string[]
}

/** One difference, with both sides. */
export interface FieldChange {
  /** `['fields', '[Email]', 'source', 'field']`: items of sets are named by their key, in brackets. */
  path: string[]
  how: 'added' | 'removed' | 'changed'
  /** What is live. Absent when added. References and secrets are in their tagged form. */
  before?: Json
  /** What is wanted. Absent when removed. */
  after?: Json
  /** Show by lines: SQL and the like. */
  long?: true
  /** Who moved since the base; absent when nothing tells. */
  cause?: Cause
  /** For a conflict: what the files said at the base. Absent when they said nothing. */
  base?: Json
  span: Span
}

/** How much of a kind the files cover. */
export interface UnmanagedKind {
  kind: string
  /** Live resources of the kind, and how many of them the files declare. */
  live: number
  declared: number
  names: string[]
}
