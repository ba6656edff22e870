import type { Span } from '../../diagnostics/diagnostic.ts'
import type { Address } from '../../state/resource.ts'
import type { Json } from '../../state/value.ts'
import type { PlanHeader } from '../header.ts'

/**
 * What a person is told about a plan, as data. It has no layout, no colour and no width, and its text may
 * hold anything: each output format is one fold of it, which makes text harmless where it is shown.
 */
export interface View {
  header: PlanHeader
  /** What must not be overlooked by whoever reads on. */
  lead: Note[]
  entries: Entry[]
  /** What is told beside the changes. */
  sections: Section[]
  closing: string
  /** The command to go on with; absent when nothing is to be done. */
  next?: string
}

/** Notes, and resources that they are about. */
export interface Section {
  notes: Note[]
  entries: Entry[]
}

/** One resource: what is to be done with it, or what it has become. */
export interface Entry {
  address: Address
  /** Says all that the tone says, for those who see no colours. */
  sign: string
  tone: Tone
  /** What is told beside the address: the name that it had, or its size. */
  aside: string
  /** Where the files say so. */
  place: Span
  /** Why, and since when. */
  notes: Note[]
  rows: Row[]
  /** What follows from it, and what a person must do. */
  remarks: Note[]
}

/** A field with its difference, or a title for the rows below it, which are deeper. */
export interface Row {
  depth: number
  label: string
  /** What the last part of the path is called in the data: `Email` for `[Email]`. */
  key: string
  /** Empty for titles, and where all that is told of the resource is new. */
  sign: '+' | '-' | '~' | ''
  /** Absent for titles. */
  value?: Difference
  /** Absent where the resource itself, or the row above, is at the same place. */
  place?: Span
  /** Who moved, where that is known and not the same for all. */
  note?: Note
}

/** Both sides of a field. References and secrets are in their tagged form. */
export interface Difference {
  how: 'added' | 'removed' | 'changed'
  /** What the service has. */
  live?: Json
  /** What the files say. */
  wanted?: Json
  /** Which of them is the new one. */
  newer: 'live' | 'wanted'
  /** To be shown by lines: SQL and the like. */
  long: boolean
  /** An item of a set, whose label is its key. */
  isItem: boolean
}

/** Sentences without a full stop, by what they are about. */
export interface Note {
  about:
    | 'reason'
    | 'history'
    | 'detail'
    | 'impact'
    | 'left-alone'
    | 'waiting'
    | 'cause'
    | 'partial'
    | 'legend'
    | 'hint'
    | 'coverage'
    | 'unmanaged'
    | 'undeclared'
  tone: Tone
  sign?: string
  /** How the first sentence begins, where that is the gist of it. */
  gist?: string
  sentences: string[]
  /** What may be overlooked. */
  aside?: string
  names?: string[]
  /** The name of what a person must connect. */
  connect?: string
}

/** What a part of a view means to its reader. */
export type Tone = 'add' | 'remove' | 'change' | 'rename' | 'wait' | 'error' | 'warning' | 'dim' | 'plain'
