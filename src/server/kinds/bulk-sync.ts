import { data } from '../answer.ts'
import type { Route } from '../call.ts'

/** This server has no bulk syncs yet, and says so truthfully: the list is empty. */
export const bulkSyncRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/bulk/syncs', access: 'organization', answer: () => data([]) }
]
