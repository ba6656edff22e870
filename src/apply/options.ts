import type { Kinds } from '../kinds/kind.ts'
import type { LiveState } from '../state/resource.ts'
import type { Vault } from '../state/vault.ts'

/** How a plan is carried out: what the person wishes, and what must be known beside the plan itself. */
export interface ApplyOptions {
  kinds: Kinds
  vault: Vault
  /** What was observed when the plan was made: it names what ids stand for. */
  observed: LiveState
  /** How many changes may be under way at once. */
  parallelism: number
  /** Start nothing more after the first failure. */
  failFast: boolean
  /** Wait until a person has authorized a connection, rather than leave it pending. */
  wait: boolean
  /** Whether the links to authorize lead anywhere after this: those of an embedded server do not. */
  links: boolean
  /** Resolves when the person wants to stop: what is under way is finished, nothing more is started. */
  interrupted: Promise<void>
}
