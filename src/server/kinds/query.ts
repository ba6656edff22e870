import type { QueryLinks, QueryResult } from '../../wire/query.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, found, organizationOf, param, type Call, type Route } from '../call.ts'
import { mustBeAuthorized } from '../enumeration/authorized.ts'
import { queryRows } from '../enumeration/query-rows.ts'
import { createdBy } from '../records.ts'
import { invalid, notFound } from '../refusal.ts'
import type { StoredQuery } from '../stored.ts'
import { lazily, mustFit } from './request-shape.ts'

/** Routes of queries. A query runs when it is sent; its results exist when they are first asked for. */
export const queryRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/connections/:id/query', access: 'organization', answer: run },
  { method: 'GET', path: '/api/queries/:id', access: 'organization', answer: results }
]

const requestShape = lazily(() => ({ type: 'object', properties: { query: {} } }))

const pageSize = 100
/** Milliseconds for which results can be read. */
const lifetime = 24 * 60 * 60 * 1000

/** Reads the query from the body or from the address, as clients differ; the body takes precedence. */
function run(call: Call): RouteResult {
  const { records, now, randomUUID, catalogue } = call.context
  const connection = found(call, 'connection', param(call, 'id'))
  mustBeAuthorized(connection)
  mustFit(requestShape(), call.body, 400)
  const sent = call.body['query']
  const query = (typeof sent === 'string' && sent !== '' ? sent : call.query.get('query')) ?? ''
  if (query.trim() === '') throw invalid('query', 'is required', 400)
  const at = now()
  for (const previous of records.list('query', organizationOf(call))) {
    if (isOver(previous, at)) records.remove('query', previous.id)
  }
  const stored: StoredQuery = {
    id: randomUUID(),
    organization_id: organizationOf(call),
    name: '',
    fields: [],
    results: [],
    ...queryRows(query, catalogue.of(connection)),
    expires: new Date(at.getTime() + lifetime).toISOString(),
    ...createdBy(at, actorOf(call))
  }
  records.put('query', stored)
  const answer: QueryResult = { id: stored.id, status: 'created' }
  return data(answer)
}

function isOver({ expires }: StoredQuery, at: Date): boolean {
  return Date.parse(expires) <= at.getTime()
}

/** Returns the query of the caller; for others it does not exist. */
function results(call: Call): RouteResult {
  const query = found(call, 'query', param(call, 'id'))
  if (query.created_by.id !== actorOf(call).id || isOver(query, call.context.now())) {
    throw notFound('query', query.id)
  }
  const { id, error, fields, results, expires } = query
  if (error !== undefined) {
    const failed: QueryResult = { id, status: 'failed', error, expires }
    return data(failed)
  }
  const page = pageOf(call)
  const shown = results.slice(page * pageSize, (page + 1) * pageSize)
  const answer: QueryResult = {
    id,
    status: 'done',
    count: results.length,
    fields,
    results: shown,
    expires
  }
  const links: QueryLinks = {
    ...((page + 1) * pageSize < results.length ? { next: address(id, page + 1) } : {}),
    ...(page > 0 ? { previous: address(id, page - 1) } : {})
  }
  return data(answer, { links })
}

function address(id: string, page: number): string {
  const token = Buffer.from(String(page)).toString('base64')
  return `/api/queries/${id}?page=${encodeURIComponent(token)}`
}

function pageOf(call: Call): number {
  const token = call.query.get('page') ?? ''
  if (token === '') return 0
  const page = Buffer.from(token, 'base64').toString('utf8')
  if (/^\d{1,9}$/.test(page)) return Number(page)
  throw invalid('page', 'is not one that this server gave', 400)
}
