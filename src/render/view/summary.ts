import type { Span } from '../../diagnostics/diagnostic.ts'
import type { Address } from '../../state/resource.ts'
import type { ResourceView } from './changes.ts'
import type { Graph } from './graph.ts'
import type { ProblemView } from './problems.ts'
import type { PatchView } from './pull.ts'
import type { RowView } from './rows.ts'

/**
 * Any answer in the parts that a report for people has, in the order in which they are read: what it is
 * about, what it comes to, an entry for each resource, remarks, and problems. Markdown, chat messages, test
 * reports and the like lay them out, and add no words of their own about the plan. All texts are on one line
 * and harmless on a terminal; each format escapes what is special in it.
 */
export interface Summary {
  of:
    | 'plan'
    | 'drift'
    | 'report'
    | 'pull'
    | 'executions'
    | 'preview'
    | 'tests'
    | 'findings'
    | 'organizations'
    | 'graph'
  title: string
  /** Where it was looked, in a line; empty where that is not known. */
  about: string
  outcome: 'fine' | 'differs' | 'waits' | 'failed'
  closing: string
  next?: string
  entries: Entry[]
  /** What is not looked at, left alone, or in no file. */
  remarks: string[]
  problems: ProblemView[]
  patches: PatchView[]
  /** One for each organization, of many. */
  organizations: { label: string; summary: Summary }[]
  /** What data moves through, where that is known. */
  graph?: () => Graph | undefined
}

/** What is reported of one resource. */
export interface Entry {
  address: Address
  /** `sync "Users"`, with the previous name where it is renamed. */
  text: string
  /** What is to be done, has become of it, or was done: `create`, `missing`, `created`, … */
  word: string
  sign: ResourceView['sign'] | '!' | '»'
  tone: 'add' | 'change' | 'remove' | 'wait' | 'same' | 'failed'
  place?: Span
  notes: string[]
  /** What the change may do to data. */
  impacts: string[]
  /** How many rows of fields it has. */
  rows: number
  /** The fields as lines of text, each with its sign in the first column: of many, few are shown. */
  lines: () => string[]
  /** The same as data; turned, the service's side is the new one. */
  fields?: { rows: readonly RowView[]; turned: boolean }
}
