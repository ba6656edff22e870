/** What a belief about the service rests on, the strongest first. */
export type Evidence = 'documentation' | 'sdk' | 'provider-test' | 'provider' | 'assumption'

/** What each of them means, in a few words. */
export const evidenceWords: Readonly<Record<Evidence, string>> = {
  documentation: "said in the vendor's documentation",
  sdk: 'follows from an official SDK',
  'provider-test': 'seen with the tests that the official Terraform provider runs against the service',
  provider: 'follows from the source of that provider',
  assumption: 'a guess'
}

/** One behaviour of this server, and why we believe that the service has it too. */
export interface LedgerRow {
  id: string
  /** In our own words. */
  behaviour: string
  /**
   * The best evidence: the vendor's documentation, an official SDK, seen with the tests that the official
   * Terraform provider runs against the service, its source, or only our guess.
   */
  evidence: Evidence
  /** A read-only request that would show it on the real service. */
  check?: string
}

type Line = readonly [id: string, evidence: Evidence, behaviour: string, check?: string]

/** Rows of one area, from lines that are short enough to be read as a table. */
export function rows(area: string, lines: readonly Line[]): LedgerRow[] {
  return lines.map(([id, evidence, behaviour, check]) => {
    const row = { id: `${area}.${id}`, behaviour, evidence }
    return check === undefined ? row : Object.assign(row, { check })
  })
}
