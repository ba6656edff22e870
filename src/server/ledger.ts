/**
 * What this server does, one row per behaviour, with what makes us believe that the real service does the
 * same.
 */
import { bulkSyncs } from './ledger/bulk-syncs.ts'
import { connections } from './ledger/connections.ts'
import { models } from './ledger/models.ts'
import { organization } from './ledger/organization.ts'
import { syncExecutions } from './ledger/sync-executions.ts'
import { syncs } from './ledger/syncs.ts'
import type { Evidence, LedgerRow } from './ledger/row.ts'
import { transport } from './ledger/transport.ts'

export { evidenceWords, type Evidence, type LedgerRow } from './ledger/row.ts'

/** All rows, by area. Nothing that the server does may be missing here. */
export const ledger: readonly LedgerRow[] = [
  ...transport,
  ...organization,
  ...connections,
  ...models,
  ...syncs,
  ...syncExecutions,
  ...bulkSyncs
]

/** How many rows rest on what. */
export function ledgerCounts(rows: readonly LedgerRow[] = ledger): Record<Evidence, number> {
  const counts: Record<Evidence, number> = {
    documentation: 0,
    sdk: 0,
    'provider-test': 0,
    provider: 0,
    assumption: 0
  }
  for (const row of rows) counts[row.evidence] += 1
  return counts
}
