import type { Actor } from '../../wire/common.ts'
import { createdBy } from '../records.ts'
import type { StoredBase } from '../stored.ts'

/** The members that each execution has when it is stored, of a sync or a bulk sync. */
type NewExecution<T> = StoredBase & {
  sync_id: string
  type: T
  status: 'created'
  log_secret: string
  base_url: string
}

/** Returns a new execution, as far as all are alike. `by` is who started it, `baseUrl` where they did. */
export function newExecution<T extends 'manual' | 'scheduled'>(
  { now, randomUUID }: { now: () => Date; randomUUID: () => string },
  sync: Pick<StoredBase, 'id' | 'organization_id'>,
  { type, by, baseUrl }: { type: T; by: Actor; baseUrl: string }
): NewExecution<T> {
  return {
    id: randomUUID(),
    organization_id: sync.organization_id,
    name: '',
    sync_id: sync.id,
    type,
    status: 'created',
    log_secret: randomUUID(),
    base_url: baseUrl,
    ...createdBy(now(), by)
  }
}
