import type { RecordLogging, RecordLoggingRequest } from '../../wire/organization.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, organizationOf, referred, type Call, type Route } from '../call.ts'
import { createdBy } from '../records.ts'
import { invalid, notFound } from '../refusal.ts'
import type { StoredRecordLogging } from '../stored.ts'
import { isLogStore } from './connection-type.ts'
import { lazily, mustFit } from './request-shape.ts'

const path = '/api/organization/record-logging'

/** Routes for the destination of record logs. This server runs no syncs, so it delivers none. */
export const recordLoggingRoutes: readonly Route[] = [
  { method: 'GET', path, access: 'organization', answer: (call) => data(shown(call)) },
  { method: 'PUT', path, access: 'organization', anyVerb: true, answer: replace }
]

const maybeText = { type: ['string', 'null'] }
const shape = lazily<RecordLoggingRequest>(() => ({
  type: 'object',
  required: ['enabled'],
  properties: {
    enabled: { type: 'boolean' },
    deliveryConnectionId: maybeText,
    deliveryPrefix: maybeText
  },
  answered: ['deliveryConnectionName']
}))

function shown(call: Call): RecordLogging {
  const stored = call.context.records.get('record_logging', organizationOf(call))
  const { connection_id: id, prefix } = stored ?? {}
  const connection = id === undefined ? undefined : referred(call, 'connection', id)
  return {
    enabled: stored?.enabled ?? false,
    ...(id === undefined ? {} : { deliveryConnectionId: id }),
    ...(connection === undefined ? {} : { deliveryConnectionName: connection.name }),
    ...(prefix === undefined ? {} : { deliveryPrefix: prefix })
  }
}

/** Stores the settings; members that are left out, null or empty are removed. */
function replace(call: Call): RouteResult {
  const request = mustFit(shape(), call.body, 422)
  const wanted = request.deliveryConnectionId ?? ''
  const connection = wanted === '' ? undefined : referred(call, 'connection', wanted)
  if (wanted !== '' && connection === undefined) throw notFound('connection', wanted)
  if (connection !== undefined && !isLogStore(connection.type)) {
    const message = `leads to a connection of type ${connection.type}, which keeps no files`
    throw invalid('deliveryConnectionId', message)
  }
  const id = organizationOf(call)
  const prefix = request.deliveryPrefix ?? ''
  const stored: StoredRecordLogging = {
    id,
    organization_id: id,
    name: '',
    enabled: request.enabled,
    ...(connection === undefined ? {} : { connection_id: connection.id }),
    ...(prefix === '' ? {} : { prefix }),
    ...createdBy(call.context.now(), actorOf(call))
  }
  call.context.records.put('record_logging', stored)
  return data(shown(call))
}
