import { isWebAddress } from '../../wire/formats.ts'
import type { Webhook, WebhookRequest } from '../../wire/webhook.ts'
import { data, type RouteResult } from '../answer.ts'
import {
  actorOf,
  found,
  isNewest,
  listed,
  mustActIn,
  organizationOf,
  param,
  type Call,
  type Route
} from '../call.ts'
import { createdBy } from '../records.ts'
import { invalid } from '../refusal.ts'
import type { StoredWebhook } from '../stored.ts'
import { lazily, mustFit } from './request-shape.ts'

const path = '/api/webhooks'

/** Routes of the webhook of an organization, which has one at most. */
export const webhookRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    access: 'organization',
    answer: (call) => data(listed(call, 'webhook').map((webhook) => shown(call, webhook)))
  },
  { method: 'POST', path, access: 'organization', answer: create },
  {
    method: 'GET',
    path: `${path}/:id`,
    access: 'organization',
    answer: (call) => data(shown(call, found(call, 'webhook', param(call, 'id'))))
  },
  { method: 'PUT', path: `${path}/:id`, access: 'organization', answer: update },
  { method: 'PATCH', path: `${path}/:id`, access: 'organization', answer: update },
  { method: 'DELETE', path: `${path}/:id`, access: 'organization', answer: remove },
  {
    method: 'POST',
    path: `${path}/:id/disable`,
    access: 'organization',
    bodyless: true,
    answer: (call) => changed(call, { disabled: true, disabled_at: call.context.now().toISOString() })
  },
  {
    method: 'POST',
    path: `${path}/:id/enable`,
    access: 'organization',
    bodyless: true,
    answer: (call) => changed(call, { disabled: false })
  }
]

const requestShape = lazily<WebhookRequest>(() => ({
  type: 'object',
  required: ['endpoint', 'secret'],
  properties: {
    endpoint: { type: 'string', minLength: 1 },
    secret: { type: 'string', minLength: 1 },
    organization_id: { type: ['string', 'null'] }
  },
  answered: ['id', 'disabled', 'created_at', 'disabled_at', 'disabled_reason']
}))

/**
 * Returns the webhook with its secret in clear, like the service: receivers need it to check signatures.
 */
function shown(call: Call, webhook: StoredWebhook): Webhook {
  const { id, organization_id, endpoint, secret, disabled, created_at, disabled_at = null } = webhook
  const reason = disabled ? 'disabled by a request' : null
  return {
    id,
    organization_id,
    endpoint,
    secret,
    disabled,
    created_at,
    ...(isNewest(call) ? { disabled_at: disabled ? disabled_at : null, disabled_reason: reason } : {})
  }
}

function readRequest(call: Call, isDisabled: boolean): Pick<WebhookRequest, 'endpoint' | 'secret'> {
  const request = mustFit(requestShape(), call.body, 422)
  mustActIn(call, call.body['organization_id'])
  const { disabled = isDisabled } = call.body
  if (disabled !== isDisabled)
    throw invalid('disabled', 'is not changed by a write: POST to `/disable` or `/enable` of the webhook')
  const { endpoint, secret } = request
  if (!isWebAddress(endpoint)) throw invalid('endpoint', 'must be an http or https address')
  return { endpoint, secret }
}

function create(call: Call): RouteResult {
  const request = readRequest(call, false)
  const [other] = call.context.records.list('webhook', organizationOf(call))
  if (other !== undefined) {
    throw invalid('endpoint', `is one too many: the organization has the webhook ${other.id}`)
  }
  const webhook: StoredWebhook = {
    id: call.context.randomUUID(),
    organization_id: organizationOf(call),
    name: '',
    ...request,
    disabled: false,
    ...createdBy(call.context.now(), actorOf(call))
  }
  call.context.records.put('webhook', webhook)
  return data(shown(call, webhook))
}

function update(call: Call): RouteResult {
  const { disabled } = found(call, 'webhook', param(call, 'id'))
  return changed(call, readRequest(call, disabled))
}

function changed(call: Call, change: Partial<StoredWebhook>): RouteResult {
  const webhook: StoredWebhook = {
    ...found(call, 'webhook', param(call, 'id')),
    ...change,
    updated_at: call.context.now().toISOString(),
    updated_by: actorOf(call)
  }
  call.context.records.put('webhook', webhook)
  return data(shown(call, webhook))
}

function remove(call: Call): RouteResult {
  call.context.records.remove('webhook', found(call, 'webhook', param(call, 'id')).id)
  return {}
}
