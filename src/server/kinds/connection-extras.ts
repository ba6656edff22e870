/** What hangs on a connection beside its configuration: its proxy, what it was used for, and its log. */
import type { ConnectionUsage, ProxySettings } from '../../wire/connection.ts'
import { data, type RouteResult } from '../answer.ts'
import { found, param, type Call, type Route } from '../call.ts'
import { invalid } from '../refusal.ts'
import type { StoredConnection } from '../stored.ts'
import { connectionType } from './connection-configuration.ts'
import { lazily, mustFit } from './request-shape.ts'

const settings = '/api/connections/:id/proxy/settings'

/**
 * Routes beside the configuration. This server contacts nobody, so there are no calls to count, and no
 * log.
 */
export const connectionExtraRoutes: readonly Route[] = [
  { method: 'GET', path: settings, access: 'organization', answer: (call) => data(proxySettings(call)) },
  { method: 'PUT', path: settings, access: 'organization', anyVerb: true, answer: setProxy },
  { method: 'GET', path: '/api/connections/:id/usage', access: 'organization', answer: usage },
  {
    method: 'GET',
    path: '/api/connections/:id/ingest/consolelog',
    access: 'organization',
    answer: (call) => {
      connectionOf(call)
      return data({ entries: [], next_cursor: '' })
    }
  }
]

function connectionOf(call: Call): StoredConnection {
  return found(call, 'connection', param(call, 'id'))
}

/** Returns the connection that holds the setting: the parent of a shared one. */
function keeper(call: Call, connection: StoredConnection): StoredConnection {
  const { parent_connection_id: parent } = connection
  return (parent === undefined ? undefined : call.context.records.get('connection', parent)) ?? connection
}

/** Whether requests can be sent through the connection: systems that are authorized over the web are. */
function hasProxy({ type }: StoredConnection): boolean {
  return connectionType(type)?.oauth === true
}

function proxySettings(call: Call): ProxySettings {
  const connection = connectionOf(call)
  const { parent_connection_id: parent } = connection
  return {
    connectionId: connection.id,
    ...(parent === undefined ? {} : { parentConnectionId: parent }),
    backendType: connection.type,
    enabled: keeper(call, connection).proxy_enabled ?? false,
    supported: hasProxy(connection)
  }
}

const shape = lazily<{ enabled: boolean }>(() => ({
  type: 'object',
  required: ['enabled'],
  properties: { enabled: { type: 'boolean' } },
  answered: ['connectionId', 'parentConnectionId', 'backendType', 'supported']
}))

function setProxy(call: Call): RouteResult {
  const { enabled } = mustFit(shape(), call.body, 400)
  const connection = connectionOf(call)
  if (enabled && !hasProxy(connection))
    throw invalid('enabled', `cannot be true: a connection of type ${connection.type} has no proxy`, 400)
  const kept = call.context.records.get('connection', keeper(call, connection).id) ?? connection
  call.context.records.put('connection', { ...kept, proxy_enabled: enabled })
  return data(proxySettings(call))
}

function usage(call: Call): RouteResult {
  const { id } = connectionOf(call)
  const answer: ConnectionUsage = {
    connectionId: id,
    callsLast24h: 0,
    reportsSyncStats: false,
    bySync: []
  }
  return data(answer)
}
