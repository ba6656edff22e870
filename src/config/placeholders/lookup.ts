import type { Json } from '../../state/value.ts'

/**
 * The answer to one placeholder. `text` is true for values that came as text although a number may be
 * meant. `sources` names all that was looked at (`var x`, `env Y`), to find one source used both as a
 * secret and in the open.
 */
export type Lookup = { sources: string[] } & ({ ok: true; value: Json; text: boolean } | LookupFailure)

/** `name` and `code` together are one cause, to be reported once. */
export interface LookupFailure {
  ok: false
  code: 'P301' | 'P302' | 'P303' | 'P304' | 'P305' | 'P309' | 'P102' | 'P625'
  name: string
  reason: string
}

/** The answer to a whole text. A failure is the first; `others` are the rest of them. */
export type Evaluation = Lookup & { others: LookupFailure[] }
