import type { Address } from '../../state/resource.ts'

/** A sync whose last run failed, or met a condition. */
export interface BadRun {
  address: Address
  /** How it ended, or `degraded`. */
  is: string
  /** The conditions that it met. */
  met: string[]
  /** Sentences: what it met, and its numbers. The messages of the service are not among them. */
  notes: string[]
}

/** What was looked at beside what is declared. */
export interface LookedAt {
  /** Syncs whose last runs are not as they should be, where that was asked for. */
  badRuns?: readonly BadRun[]
}
