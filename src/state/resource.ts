import { compareText, type Span } from '../diagnostics/diagnostic.ts'
import type { ApiVersion } from '../wire/common.ts'
import type { JsonObject } from './value.ts'

/** A kind and a name: how people and plans name a resource. */
export interface Address {
  kind: string
  name: string
}

/** `sync "Mongo to Salesforce Sync"`: unique, and what people read. */
export function addressText(address: Address): string {
  return `${address.kind.replaceAll('_', ' ')} ${JSON.stringify(address.name)}`
}

/** What resources are found by that are known by their id: ids match in any case. */
export function idKey({ kind, id }: { kind: string; id: string }): string {
  return `${kind}\n${id.toLowerCase()}`
}

/** The one order of everything that leaves a function. */
export function byAddress(a: Address, b: Address): number {
  return compareText(a.kind, b.kind) || compareText(a.name, b.name)
}

/** A path inside a resource's fields; numbers are positions in lists. */
export type Path = readonly (string | number)[]

/**
 * A resource as the configuration means it. Its fields are in the kind's normal form: the same form as live
 * ones.
 */
export interface Desired extends Address {
  fields: JsonObject
  /** Pins the live resource. */
  id?: string
  lifecycle: Lifecycle
  /** Where the name is written. */
  span: Span
  /**
   * The smallest place in the files that says this; of its parent, when nothing is written for the path
   * itself.
   */
  spanAt: (path: Path) => Span
  /** What its references name, with the places that say so. */
  uses: Use[]
}

/** What one reference of a resource names, and where it says so. */
export interface Use extends Address {
  span: Span
  path: Path
}

/** How polyctl treats a resource, beside what it is. */
export interface Lifecycle {
  renamedFrom: string[]
  preventDestroy: boolean
  /** Paths of fields whose live value stays. */
  ignoreChanges: string[]
}

/** `removed:` asks for a deletion, in words that can be reviewed. */
export interface Removed extends Address {
  span: Span
}

/** A resource as the service has it. */
export interface Live extends Address {
  id: string
  fields: JsonObject
  /** As the service answered: updates start from it, so that nothing is lost that we do not manage. */
  wire: JsonObject
  /** Ids of what it uses, by kind. */
  uses: { kind: string; id: string }[]
  changed: { at?: string; by?: string }
  createdAt?: string
  /** Says why it does not work yet, e.g. that a person must authorize it. */
  pendingReason?: string
  /** Says why it does not work, although nobody is waited for. */
  unhealthyReason?: string
  /** Says why this organization cannot change it; `nameOnly` where even to declare it means nothing. */
  readOnly?: { because: string; nameOnly?: true }
  /** There is nothing to delete: it is as it was before anybody said anything. */
  reset?: true
  /** Fields that the service refused to tell: they are not compared. */
  unread?: string[]
  /** True when only the list was read: `fields` are not complete. */
  partial: boolean
}

/** Everything that the configuration means. */
export interface DesiredState {
  workspace: Workspace
  resources: Desired[]
  removed: Removed[]
}

/**
 * What the files meant at an earlier revision: it tells whether the files or the service moved since, and
 * what was declared then and is no longer. Git keeps it, so there is no state file.
 */
export interface Base {
  /** As people name it: an abbreviated commit. */
  revision: string
  /** In full: abbreviations do not stay unique. */
  commit: string
  /** Their places are those of then: `abc1234:configs/a.yaml`. */
  resources: Desired[]
  /** Addresses (as `addressText`) of what is declared now and whose secrets come from elsewhere than then. */
  secretsMoved: string[]
  /** The same of other fields that the service never answers, and that the files changed. */
  unansweredMoved?: string[]
}

/** Which organization the files are about, and how it is spoken to. */
export interface Workspace {
  organization?: { value: string; span: Span }
  apiVersion?: { value: string; span: Span }
  url?: { value: string; span: Span }
  /** Kinds of which the files declare all that there is: pruning deletes the others. */
  exclusive?: { kinds: string[]; span: Span }
}

/** Everything that was read from the service, of the kinds that were needed. */
export interface LiveState {
  organization: { id: string; name: string }
  /** In which version of the API it was read. */
  version?: ApiVersion
  /** Whose key it was read with, where the service tells. */
  key?: 'user' | 'organization' | 'partner' | 'system'
  /** The id of the person whose key it is. */
  self?: string
  resources: Live[]
  /** Kinds whose lists were read to the end. */
  kinds: string[]
}
