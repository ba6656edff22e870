import type { Kinds } from '../kinds/kind.ts'
import type { LiveState } from '../state/resource.ts'
import type { Vault } from '../state/vault.ts'

/** The options of carrying out a plan, and what must be known beside it. */
export interface ApplyOptions {
  kinds: Kinds
  vault: Vault
  /** The state on which the plan was made; it tells what ids stand for. */
  observed: LiveState
  /** The number of changes that may run at the same time. */
  parallelism: number
  /** Starts no further change after the first failure. */
  failFast: boolean
  /** Waits until a person has authorized a connection, rather than leaving it pending. */
  wait: boolean
  /** Whether links for authorization work after this run: those of an embedded server do not. */
  links: boolean
  /** Resolves on an interrupt: running changes are finished, and no more are started. */
  interrupted: Promise<void>
}
