import type { Base, LeftBehind } from '../state/resource.ts'
import type { EarlyChanges } from './early-changes.ts'
import type { Selection } from './select.ts'

/** The options of a plan. All of them are off by default. */
export interface DecideOptions {
  /** The limit of deletions. Default: the larger of 3 and a tenth of the live resources of their kinds. */
  maxDeletes?: number
  /**
   * The limit of updates. Default: the larger of 20 and a quarter of the declared resources that are
   * live.
   */
  maxUpdates?: number
  /**
   * True where no person confirms the plan: more updates than the default limit are then an error as
   * well.
   */
  isUnattended?: boolean
  /** Addresses of declared resources whose secrets are sent again although nothing else differs. */
  rotate?: readonly string[]
  /** The declarations at an earlier revision. */
  base?: Base
  /** What earlier applies left behind, beside what the base declared. */
  left?: readonly LeftBehind[]
  /**
   * Deletes what the files declared at the base and declare no more, and undeclared resources of
   * exclusive kinds.
   */
  prune?: boolean
  /** Deletes undeclared resources that use a deleted connection, rather than refusing. */
  forceDelete?: boolean
  /** Addresses that `removed:` may delete although they were protected. */
  allowDestroy?: readonly string[]
  /** The part of the declared resources to plan. */
  selection?: Selection
  /**
   * A resource whose pinned id the service does not have is missing, like one of no pin. Only for who makes
   * nothing anew: an id that leads nowhere must not become another resource.
   */
  missingPins?: boolean
  /** Changes that were worked out while the service was read: the plan is the same without them. */
  early?: EarlyChanges
}
