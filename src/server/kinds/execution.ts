import type { Source, SyncStartRequest } from '../../wire/sync.ts'
import { data, type RouteResult } from '../answer.ts'
import { found, param, type Call, type Route } from '../call.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import type { StoredSync } from '../stored.ts'
import { mustFit } from './request-shape.ts'
import { identitiesOf } from './sync-identity.ts'
import { syncStartShape } from './sync-shape.ts'

const execution = '/api/syncs/:id/executions/:execution'
const logTypes = ['records', 'errors', 'inserts', 'updates', 'warnings', 'deletes']

/** What hangs on one execution. `logs` and `consolelog` are no types of records. */
const ofOne: readonly [method: Route['method'], path: string][] = [
  ['GET', execution],
  // Only 2024-02-08 has it; there is none to change in any version.
  ['PUT', execution],
  ['POST', `${execution}/cancel`],
  ['GET', `${execution}/logs`],
  ['GET', `${execution}/consolelog`],
  ...logTypes.flatMap((type): [Route['method'], string][] => [
    ['GET', `${execution}/${type}`],
    ['GET', `${execution}/${type}/:file`]
  ])
]

/** Executions are not faked: this server moves no data yet, so it starts none and has none to show. */
export const executionRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/syncs/:id/executions', access: 'organization', answer: start },
  {
    method: 'GET',
    path: '/api/syncs/:id/executions',
    access: 'organization',
    answer: (call) => none(call, data([]))
  },
  ...ofOne.map(([method, path]): Route => ({
    method,
    path,
    access: 'organization',
    anyVerb: true,
    answer: missing
  })),
  {
    method: 'GET',
    path: '/api/syncs/:id/status',
    access: 'organization',
    answer: (call) => none(call, data({ next_execution_time: null }))
  },
  {
    method: 'POST',
    path: '/api/syncs/:id/cancel',
    access: 'organization',
    bodyless: true,
    answer: (call) => none(call, data({ message: 'no execution is running' }))
  }
]

function start(call: Call): RouteResult {
  const sync = found(call, 'sync', param(call, 'id'))
  mustBeStartable(sync, mustFit(syncStartShape(), call.body, 400))
  throw new Refusal(
    409,
    'no_runner',
    `the sync "${sync.name}" was not started: this server does not run syncs yet`,
    { metadata: { sync_id: sync.id } }
  )
}

const mostIdentities = 1000

/** Checks which records a start may name before it says that nothing is started. */
function mustBeStartable(sync: StoredSync, request: SyncStartRequest): void {
  const { mappings, strategy } = identitiesOf(sync)
  const plain = request.identities ?? []
  const entries = request.source_identities ?? []
  if (plain.length > 0 && entries.length > 0)
    throw invalid('identities', 'cannot be given together with source_identities', 400)
  if (plain.length > 0 && mappings.length > 1)
    throw invalid('identities', 'names records by one field, and this sync has several mappings', 400)
  if (entries.length > mostIdentities)
    throw invalid('source_identities', `has more than ${mostIdentities} entries`, 400)
  const own = new Set(mappings.map(({ source }) => nameOf(source)))
  for (const [index, entry] of entries.entries()) {
    const where = `source_identities[${index}]`
    const named = new Set(entry.map(({ source }) => nameOf(source)))
    const foreign = entry.findIndex(({ source }) => !own.has(nameOf(source)))
    if (foreign >= 0) throw invalid(`${where}[${foreign}].source`, 'is not the source of a mapping', 400)
    if (new Set(entry.map(({ source }) => source.model_id)).size > 1)
      throw invalid(where, 'reads from more than one model', 400)
    if (entry.length === 0) throw invalid(where, 'names no record', 400)
    if (strategy === 'and' && [...own].some((name) => !named.has(name)))
      throw invalid(where, 'must have the source of every mapping', 400)
  }
}

function nameOf({ model_id, field }: Source): string {
  return JSON.stringify([model_id, field])
}

function none(call: Call, answer: RouteResult): RouteResult {
  found(call, 'sync', param(call, 'id'))
  return answer
}

function missing(call: Call): RouteResult {
  found(call, 'sync', param(call, 'id'))
  throw notFound('execution', param(call, 'execution'))
}
