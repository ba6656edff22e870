import type { Json } from '../../state/value.ts'

/**
 * The result for one placeholder. `text` is true for a value that came as text although a number may be
 * meant. `sources` names every source that was read (`var x`, `env Y`), so that a source which is used both
 * for a secret and for a value that is shown can be reported.
 */
export type Lookup = { sources: string[] } & ({ ok: true; value: Json; text: boolean } | LookupFailure)

/** Failures with one `code` and one `name` have one cause, which is reported once. */
export interface LookupFailure {
  ok: false
  code: 'P301' | 'P302' | 'P303' | 'P304' | 'P305' | 'P309' | 'P102' | 'P625'
  name: string
  reason: string
}

/**
 * The result for a whole text. It is the first failure, if there are any; `others` has the rest of them.
 */
export type Evaluation = Lookup & { others: LookupFailure[] }
