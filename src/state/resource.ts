import { compareText, type Span } from '../diagnostics/diagnostic.ts'
import type { ApiVersion } from '../wire/common.ts'
import type { JsonObject } from './value.ts'

/** A kind and a name: how people and plans name a resource. */
export interface Address {
  kind: string
  name: string
  /** The id, where the files declare several of this name: then only both say which one is meant. */
  pin?: string
}

/** `sync "Mongo to Salesforce Sync"`: unique, and what people read. */
export function addressText(address: Address): string {
  const { kind, name, pin } = address
  return `${kind.replaceAll('_', ' ')} ${JSON.stringify(name)}${pin === undefined ? '' : ` (${pin})`}`
}

/** Returns a key for the id of a resource: ids match in any case. */
export function idKey({ kind, id }: { kind: string; id: string }): string {
  return `${kind}\n${id.toLowerCase()}`
}

/** Compares addresses: the order of everything that functions return. */
export function byAddress(a: Address, b: Address): number {
  const byName = compareText(a.kind, b.kind) || compareText(a.name, b.name)
  return byName || compareText(a.pin ?? '', b.pin ?? '')
}

/** A path inside a resource's fields; numbers are positions in lists. */
export type Path = readonly (string | number)[]

/**
 * A resource as the configuration means it. Its fields are in the kind's normal form: the same form as live
 * ones.
 */
export interface Desired extends Address {
  fields: JsonObject
  /** The id of the live resource, where the files pin it. */
  id?: string
  lifecycle: Lifecycle
  /** What files say of it to polyctl alone, by keys: the service never gets it. */
  own?: JsonObject
  /** The place of the name. */
  span: Span
  /**
   * Returns the smallest place in the files that states a path; that of its parent where the path itself
   * is not written.
   */
  spanAt: (path: Path) => Span
  /** How the file spells it, as far as names of fields depend on that. */
  spelling?: JsonObject
  /** The references of its fields, with their places. */
  uses: Use[]
}

/** One reference of a resource, and its place. */
export interface Use extends Address {
  span: Span
  path: Path
}

/** How polyctl treats a resource, apart from its content. */
export interface Lifecycle {
  renamedFrom: string[]
  preventDestroy: boolean
  /** Paths of fields whose live values stay. */
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
  /** The answer of the service: updates start from it, so that no unmanaged value is lost. */
  wire: JsonObject
  /** The ids that it uses, by kind. */
  uses: { kind: string; id: string }[]
  changed: { at?: string; by?: string }
  createdAt?: string
  /** Why it waits for a person, such as for an authorization. */
  pendingReason?: string
  /** Why it does not work although it waits for nobody. */
  unhealthyReason?: string
  /** Why this organization cannot change it; `nameOnly` where it can only be referred to. */
  readOnly?: { because: string; nameOnly?: true }
  /** True for a derived resource in its initial state: there is nothing to delete. */
  reset?: true
  /** Fields that the service refused to answer: they are not compared. */
  unread?: string[]
  /** True when only its list item was read: `fields` are incomplete. */
  partial: boolean
}

/**
 * What the files declared when they were applied, declare no more, and the service still has. Git remembers
 * it until it is gone or declared again.
 */
export interface LeftBehind extends Address {
  /** Absent where several had the name. */
  id?: string
  /** The place in the commit that declared it. */
  span: Span
  /** That commit, abbreviated. */
  revision: string
  /** Where it was protected from deletion, if it was. */
  protectedAt?: Span
}

/** Everything that the configuration means. */
export interface DesiredState {
  workspace: Workspace
  resources: Desired[]
  removed: Removed[]
}

/**
 * The declarations at an earlier revision. They show whether the files or the service moved since, and
 * what is declared no more. Git keeps them, so there is no state file.
 */
export interface Base {
  /** The revision as people name it: an abbreviated commit. */
  revision: string
  /** The full commit id: an abbreviation may become ambiguous. */
  commit: string
  /** The resources with places at the revision: `abc1234:configs/a.yaml`. */
  resources: Desired[]
  /**
   * Addresses (as `addressText`) of declared resources whose secrets have another source than at the
   * base.
   */
  secretsMoved: string[]
  /** Addresses of declared resources with changes in other fields that the service never answers. */
  unansweredMoved?: string[]
}

/** The organization that the files are for, and the connection to its service. */
export interface Workspace {
  organization?: { value: string; span: Span }
  apiVersion?: { value: string; span: Span }
  /** `by` is who says it; absent where it is `workspace.url`. */
  url?: { value: string; span: Span; by?: string }
  /** Kinds that the files declare completely: pruning deletes all others of these. */
  exclusive?: { kinds: string[]; span: Span }
}

/** Everything that was read from the service, of the kinds that were needed. */
export interface LiveState {
  organization: { id: string; name: string }
  /** The version of the API that was used. */
  version?: ApiVersion
  /** The class of the key, where the service tells it. */
  key?: 'user' | 'organization' | 'partner' | 'system'
  /** The id of the user that the key belongs to. */
  self?: string
  resources: Live[]
  /** Kinds whose lists were read to the end. */
  kinds: string[]
}
