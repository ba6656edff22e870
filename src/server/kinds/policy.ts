import { policyActions, type Policy, type PolicyAction, type PolicyRequest } from '../../wire/permission.ts'
import { data, type RouteResult } from '../answer.ts'
import {
  actorOf,
  found,
  listed,
  mustActIn,
  organizationOf,
  param,
  referred,
  type Call,
  type Route
} from '../call.ts'
import { createdBy } from '../records.ts'
import { forbidden, invalid } from '../refusal.ts'
import type { StoredPolicy } from '../stored.ts'
import { lazily, mustFit } from './request-shape.ts'

const path = '/api/permissions/policies'

/** Policies are kept and answered, and not enforced: every key may do everything in its organization. */
export const policyRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    access: 'organization',
    answer: (call) => data(listed(call, 'policy').map(shown))
  },
  { method: 'POST', path, access: 'organization', answer: create },
  {
    method: 'GET',
    path: `${path}/:id`,
    access: 'organization',
    answer: (call) => data(shown(found(call, 'policy', param(call, 'id'))))
  },
  { method: 'PUT', path: `${path}/:id`, access: 'organization', answer: update },
  { method: 'PATCH', path: `${path}/:id`, access: 'organization', answer: update },
  { method: 'DELETE', path: `${path}/:id`, access: 'organization', answer: remove }
]

/**
 * The two spellings of the action that changes a thing: product and service differ, and both are
 * accepted.
 */
const editActions = ['edit', 'update']
const actionNames = [...policyActions, 'edit']

const requestShape = lazily<PolicyRequest>(() => ({
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1 },
    organization_id: { type: ['string', 'null'] },
    policy_actions: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        required: ['action'],
        properties: {
          action: { enum: actionNames },
          role_ids: { type: ['array', 'null'], items: { type: 'string' } }
        }
      }
    }
  },
  answered: ['id', 'system']
}))

function shown({ id, name, organization_id, system, policy_actions }: StoredPolicy): Policy {
  return { id, name, organization_id, system, policy_actions }
}

function readRequest(call: Call): PolicyRequest {
  const request = mustFit(requestShape(), call.body, 400)
  mustActIn(call, call.body['organization_id'])
  return request
}

/**
 * Returns all actions, each with its roles in the request. Roles must exist, unless the policy named them
 * before: they may have been deleted since.
 */
function bindings(call: Call, { policy_actions }: PolicyRequest, before?: StoredPolicy): PolicyAction[] {
  const known = new Set(before?.policy_actions.flatMap(({ role_ids }) => role_ids))
  const roles = new Map<string, Set<string>>()
  for (const [index, { action, role_ids }] of (policy_actions ?? []).entries()) {
    const of = roles.get(action) ?? new Set()
    roles.set(action, of)
    for (const [position, id] of (role_ids ?? []).entries()) {
      if (!known.has(id) && referred(call, 'role', id) === undefined) {
        throw invalid(`policy_actions[${index}].role_ids[${position}]`, `is not a role: ${id}`, 400)
      }
      of.add(id)
    }
  }
  const spelled = editActions.find((action) => roles.has(action)) ?? 'update'
  const both = editActions.every((action) => roles.has(action))
  const actions = policyActions.flatMap((action) =>
    action !== 'update' ? [action] : both ? editActions : [spelled]
  )
  return actions.map((action) => ({ action, role_ids: [...(roles.get(action) ?? [])] }))
}

function create(call: Call): RouteResult {
  const request = readRequest(call)
  const policy: StoredPolicy = {
    id: call.context.randomUUID(),
    organization_id: organizationOf(call),
    name: request.name,
    system: false,
    policy_actions: bindings(call, request),
    ...createdBy(call.context.now(), actorOf(call))
  }
  call.context.records.put('policy', policy)
  return data(shown(policy))
}

function update(call: Call): RouteResult {
  const stored = own(call)
  const request = readRequest(call)
  const policy: StoredPolicy = {
    ...stored,
    name: request.name,
    policy_actions: bindings(call, request, stored),
    updated_at: call.context.now().toISOString(),
    updated_by: actorOf(call)
  }
  call.context.records.put('policy', policy)
  return data(shown(policy))
}

/**
 * Deletes a policy, and detaches it from everything: things that name a missing policy could not be
 * updated.
 */
function remove(call: Call): RouteResult {
  const { id } = own(call)
  const { records } = call.context
  for (const kind of ['connection', 'model', 'sync', 'bulk_sync'] as const) {
    for (const thing of records.list(kind, organizationOf(call))) {
      if (thing.policies?.includes(id) !== true) continue
      records.put(kind, { ...thing, policies: thing.policies.filter((other) => other !== id) })
    }
  }
  records.remove('policy', id)
  return {}
}

/** Returns a policy that is not built in, or throws 403. */
function own(call: Call): StoredPolicy {
  const policy = found(call, 'policy', param(call, 'id'))
  if (policy.system) throw forbidden(`the policy "${policy.name}" is built in and cannot be changed`)
  return policy
}
