import type { Base } from '../state/resource.ts'
import type { Selection } from './select.ts'

/** What a person asks of a plan, beside what the files say. Nothing of it is asked for by default. */
export interface DecideOptions {
  /** How many deletions are too many. Default: the larger of 3 and a tenth of what is live of their kinds. */
  maxDeletes?: number
  /** How many updates are too many. Default: the larger of 20 and a quarter of what is declared and live. */
  maxUpdates?: number
  /** Nobody will be asked whether so many updates are meant: more than the default limit are a stop, too. */
  isUnattended?: boolean
  /** Addresses of declared resources whose secrets are to be sent again, though nothing else differs. */
  rotate?: readonly string[]
  /** What the files meant at an earlier revision. */
  base?: Base
  /** Delete what the files declared then and do no longer, and what is not declared of exclusive kinds. */
  prune?: boolean
  /** Delete what uses a deleted connection and is declared nowhere, rather than refuse. */
  forceDelete?: boolean
  /** Addresses that `removed:` may delete although they were protected. */
  allowDestroy?: readonly string[]
  /** Plan only a part of what the files declare. */
  selection?: Selection
}
