import type { ImportedVariable } from '../import/index.ts'
import type { Kind, Kinds } from '../kinds/kind.ts'
import type { FieldChange, Plan } from '../plan/plan.ts'
import type { Address, Base, Desired, DesiredState, Live, LiveState } from '../state/resource.ts'
import type { Rule } from '../state/rule.ts'
import type { Json, JsonObject } from '../state/value.ts'
import type { Vault } from '../state/vault.ts'
import type { Obstacle } from './take-over.ts'
import type { WrittenFiles } from './written.ts'

/** Everything that a pull is made from. */
export interface PullInput {
  plan: Plan
  desired: DesiredState
  /** The secrets of the files as they are. */
  vault: Vault
  observed: LiveState
  base: Base | undefined
  kinds: Kinds
  written: WrittenFiles
  shorten(rule: Rule, value: Json): Json | undefined
  /** Blocks of resources that the service has no more are removed. */
  removeMissing: boolean
  /** What no file declares is added; absent where nothing is. */
  additions?: readonly Addition[]
}

/** What is taken over from the service for one resource. */
export interface Taken extends Address {
  action: 'update' | 'rename' | 'remove' | 'add'
  fields: FieldChange[]
}

/** What differs, and stays as it is in the files. */
export interface Left {
  resource: Desired
  reason: Obstacle | { is: 'conflict' } | { is: 'missing'; id?: string } | { is: 'check' }
  /** Absent where the resource as a whole is meant. */
  field?: FieldChange
}

/** The files as they are to be, with what is taken over and what is left. */
export interface Pulled {
  texts: ReadonlyMap<string, string | undefined>
  taken: Taken[]
  left: Left[]
  notAdded: NotAdded[]
  /** Differences that the files made, which nobody applied yet. */
  ahead: number
  /** What each resource that was touched is to mean, by its address of then. */
  fields: ReadonlyMap<string, JsonObject>
  /** The new names of resources that the service renamed, by their addresses of then. */
  names: ReadonlyMap<string, string>
}

/** A live resource that no file declares, and the item that declares it. */
export interface Addition {
  kind: Kind
  live: Live
  /** The item with filled values: a secret is the source that the file is to name for it. */
  item: JsonObject
  variables: readonly ImportedVariable[]
}

/** A live resource that is not added, and why: half a sentence. */
export interface NotAdded extends Address {
  because: string
}
