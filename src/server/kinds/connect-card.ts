import type { ConnectCard, ConnectCardRequest, ConnectSession } from '../../wire/connection.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, mustActIn, mustBePart, organizationOf, referred, type Call, type Route } from '../call.ts'
import { createdBy } from '../records.ts'
import { invalid, Refusal } from '../refusal.ts'
import type { StoredConnectCard, StoredConnection } from '../stored.ts'
import { connectionType, connectionTypes } from './connection-configuration.ts'
import { mustBeAtHome } from './connection.ts'
import { lazily, mustFit } from './request-shape.ts'
import { returnAddress } from './return-address.ts'

/**
 * Routes of connect cards. A card is a page for a person without an account, who makes a connection
 * there.
 */
export const connectCardRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/connections/connect', access: 'organization', answer: create },
  // The token admits whoever has the address.
  { method: 'GET', path: '/api/connections/connect/session', access: 'open', answer: session }
]

const text = { type: ['string', 'null'] }
const usualLife = 300
const longestLife = 7 * 24 * 60 * 60
const requestShape = lazily<ConnectCardRequest>(() => ({
  type: 'object',
  required: ['name', 'redirect_url'],
  properties: {
    name: { type: 'string', minLength: 1 },
    redirect_url: { type: 'string', minLength: 1 },
    organization_id: text,
    connection: text,
    type: text,
    whitelist: { type: ['array', 'null'], items: { type: 'string' } },
    dark: { type: ['boolean', 'null'] },
    ttl: { type: ['integer', 'null'], minimum: 1, maximum: longestLife },
    use_organization_name: { type: ['boolean', 'null'] }
  }
}))

function create(call: Call): RouteResult {
  const { records, now, randomUUID } = call.context
  const request = mustFit(requestShape(), call.body, 422)
  mustActIn(call, request.organization_id)
  mustBePart(call, 'ttl', request.ttl)
  mustBePart(call, 'use_organization_name', request.use_organization_name)
  const { name, redirect_url } = request
  returnAddress(redirect_url)
  const existing = existingOf(call, request)
  const twin = records.named('connection', organizationOf(call), name).find(({ id }) => id !== existing?.id)
  if (twin !== undefined) throw invalid('name', `is taken by the connection ${twin.id}`)
  const at = now()
  const card: StoredConnectCard = {
    id: (randomUUID() + randomUUID()).replaceAll('-', ''),
    organization_id: organizationOf(call),
    name,
    redirect_url,
    types: typesOf(request, existing),
    ...(existing === undefined ? {} : { connection_id: existing.id }),
    dark: request.dark === true,
    used: false,
    expires_at: new Date(at.getTime() + (request.ttl ?? usualLife) * 1000).toISOString(),
    organization_name: request.use_organization_name === true ? organizationName(call) : '',
    ...createdBy(at, actorOf(call))
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

function organizationName(call: Call): string {
  return call.context.directory.organization(organizationOf(call))?.name ?? ''
}

/** Returns the card of a token, and whether it has expired; undefined for an unknown token. */
export function openCard(
  call: Call,
  token: string
): { card: StoredConnectCard; isOver: boolean } | undefined {
  const card = token === '' ? undefined : call.context.records.get('connect_card', token)
  if (card === undefined) return undefined
  const { expires_at } = card
  return { card, isOver: expires_at !== undefined && call.context.now().toISOString() >= expires_at }
}

/** Answers what a card is for, for clients with a page of their own. */
function session(call: Call): RouteResult {
  const opened = openCard(call, call.query.get('token') ?? '')
  if (opened === undefined || opened.isOver || opened.card.used)
    throw new Refusal(401, 'unauthorized', 'the token is unknown, used, or over')
  const { id, name, types, redirect_url, dark, organization_name, connection_id, expires_at } = opened.card
  const [only] = types.length === 1 ? types : []
  const answer: ConnectSession = {
    id,
    name,
    connection_id: connection_id ?? '',
    type: only ?? '',
    whitelist: types,
    redirect_url,
    organization_name: organization_name ?? '',
    logo: '',
    dark,
    expires_at: expires_at ?? null
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

/** Returns the types to choose from: the named one, those of the list, or all. */
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
