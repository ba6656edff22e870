import { data, type RouteResult } from '../answer.ts'
import { found, param, type Call, type Route } from '../call.ts'
import { notFound, Refusal } from '../refusal.ts'
import { mustFit } from './request-shape.ts'
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
  mustFit(syncStartShape(), call.body, 400)
  throw new Refusal(
    409,
    'no_runner',
    `the sync "${sync.name}" was not started: this server does not run syncs yet`,
    { metadata: { sync_id: sync.id } }
  )
}

function none(call: Call, answer: RouteResult): RouteResult {
  found(call, 'sync', param(call, 'id'))
  return answer
}

function missing(call: Call): RouteResult {
  found(call, 'sync', param(call, 'id'))
  throw notFound('execution', param(call, 'execution'))
}
