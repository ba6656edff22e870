import type { KeptBounds } from '../../wire/local-start.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, found, listed, organizationOf, param, type Call, type Route } from '../call.ts'
import { createdBy } from '../records.ts'
import { standingShape } from './local-start-shape.ts'
import { mustFit } from './request-shape.ts'

/**
 * What polyctl's files say of each execution of a sync, beside the API: the runner keeps to it also where a
 * schedule starts one. It is kept whether or not this server runs syncs now.
 */
export const guardRoutes: readonly Route[] = [
  { method: 'GET', path: '/polyctl/guards', access: 'organization', answer: (call) => data(kept(call)) },
  {
    method: 'PUT',
    path: '/polyctl/syncs/:id/guards',
    access: 'organization',
    anyVerb: true,
    answer: replace
  }
]

function kept(call: Call): KeptBounds[] {
  return listed(call, 'sync_guards').map(({ id, guards, without, assertions }) => ({
    sync_id: id,
    ...(guards && { guards }),
    ...(without && { without }),
    ...(assertions && { assertions })
  }))
}

/** How many syncs of the organization have some; none where the key acts in no organization. */
export function guardsKept({ caller, context }: Call): number {
  const { organizationId } = caller
  return organizationId === undefined ? 0 : context.records.list('sync_guards', organizationId).length
}

/** What says nothing is not kept. */
function replace(call: Call): RouteResult {
  const { id, name } = found(call, 'sync', param(call, 'id'))
  const { records, now } = call.context
  const bounds = mustFit(standingShape(), call.body, 400)
  if (Object.values(bounds).every((part) => Object.keys(part).length === 0))
    records.remove('sync_guards', id)
  else
    records.put('sync_guards', {
      ...bounds,
      id,
      name,
      organization_id: organizationOf(call),
      ...createdBy(now(), actorOf(call))
    })
  return data({ id })
}
