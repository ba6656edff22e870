import type { ConnectCard, ConnectCardRequest } from '../../wire/connection.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, mustActIn, organizationOf, referred, type Call, type Route } from '../call.ts'
import { made } from '../records.ts'
import { invalid } from '../refusal.ts'
import type { StoredConnectCard, StoredConnection } from '../stored.ts'
import { connectionType, connectionTypes } from './connection-configuration.ts'
import { mustBeAtHome } from './connection.ts'
import { lazily, mustFit } from './request-shape.ts'
import { returnAddress } from './return-address.ts'

/** A card is a page that is handed to a person, who makes a connection there without an account here. */
export const connectCardRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/connections/connect', access: 'organization', answer: create }
]

const text = { type: ['string', 'null'] }
const requestShape = lazily(() => ({
  type: 'object',
  required: ['name', 'redirect_url'],
  properties: {
    name: { type: 'string', minLength: 1 },
    redirect_url: { type: 'string', minLength: 1 },
    organization_id: text,
    connection: text,
    type: text,
    whitelist: { type: ['array', 'null'], items: { type: 'string' } },
    dark: { type: ['boolean', 'null'] }
  },
  absent: ['ttl', 'use_organization_name']
}))

function create(call: Call): RouteResult {
  const { records, now, randomUUID } = call.context
  mustFit(requestShape(), call.body, 422)
  mustActIn(call, call.body['organization_id'])
  const request = call.body as unknown as ConnectCardRequest
  const { name, redirect_url } = request
  returnAddress(redirect_url)
  const existing = existingOf(call, request)
  const twin = records.named('connection', organizationOf(call), name).find(({ id }) => id !== existing?.id)
  if (twin !== undefined) throw invalid('name', `is taken by the connection ${twin.id}`)
  const card: StoredConnectCard = {
    id: (randomUUID() + randomUUID()).replaceAll('-', ''),
    organization_id: organizationOf(call),
    name,
    redirect_url,
    types: typesOf(request, existing),
    ...(existing === undefined ? {} : { connection_id: existing.id }),
    dark: request.dark === true,
    used: false,
    ...made(now(), actorOf(call))
  }
  records.put('connect_card', card)
  const [only] = card.types.length === 1 ? card.types : []
  const query = new URLSearchParams({ ...(only === undefined ? {} : { type: only }), token: card.id })
  const answer: ConnectCard = {
    redirect_url: `${call.publicUrl}/connect?${query.toString()}`,
    token: card.id
  }
  return data(answer)
}

function existingOf(call: Call, { connection: id }: ConnectCardRequest): StoredConnection | undefined {
  if (!id) return undefined
  const connection = referred(call, 'connection', id)
  if (connection === undefined) throw invalid('connection', `is not a connection: ${id}`)
  mustBeAtHome(connection)
  return connection
}

/** The one type that is named, or those of the list; without either, the person may choose from all. */
function typesOf(
  { type, whitelist }: ConnectCardRequest,
  existing: StoredConnection | undefined
): string[] {
  if (existing !== undefined) return [existing.type]
  const named = type ? [type] : (whitelist ?? [])
  for (const [index, id] of named.entries()) {
    const field = type ? 'type' : `whitelist[${index}]`
    if (connectionType(id) === undefined) throw invalid(field, `is not a connection type: ${id}`)
  }
  return named.length === 0 ? Object.keys(connectionTypes) : [...new Set(named)]
}
