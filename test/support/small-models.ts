import { type Json, type JsonObject, textOf } from '../../src/state/value.ts'
import {
  bookkeeping,
  inOrder,
  isNothing,
  listOf,
  objects,
  present,
  unset,
  type Echo
} from './service-behaviour.ts'

/** What the service answers of roles, policies, users, webhooks, subscribers and keys. */

const actions = ['create', 'read', 'update', 'delete', 'sync_to', 'trigger', 'apply_policy']

const role: Echo = (body) => ({ ...bookkeeping('role', body), system: false })

/** Every policy has all actions; those that nobody gave roles have none. */
const policy: Echo = (body, behaviour) => {
  const sent = objects(body['policy_actions'])
  const known = new Set(sent.map((one) => textOf(one['action']).toLowerCase()))
  const others = actions
    .filter((action) => !known.has(action))
    .map((action): JsonObject => present({ action, role_ids: unset(behaviour, []) }))
  const stated = sent.map((one) => ({ ...one, role_ids: inOrder(listOf(one['role_ids']), behaviour) }))
  return {
    ...bookkeeping('policy', body),
    system: false,
    policy_actions: inOrder([...stated, ...others], behaviour)
  }
}

/** E-mails come back in lower case. An update of the newest version does not repeat it. */
const user: Echo = (body, behaviour, before) => {
  const email = textOf(body['name'] ?? before?.['email'] ?? '').toLowerCase()
  return {
    ...bookkeeping('user', { name: email }),
    email,
    role: 'user',
    role_ids: inOrder(listOf(body['role_ids']), behaviour)
  }
}

const webhook: Echo = (body, behaviour, before) =>
  present({
    ...bookkeeping('webhook', body),
    endpoint: body['name'],
    secret: body['secret'],
    disabled: body['disabled'] ?? before?.['disabled'] ?? unset(behaviour, false)
  })

const subscribers: Echo = (body, behaviour) => {
  const emails = listOf(body['emails'])
  return present({ emails: emails.length === 0 ? unset(behaviour, []) : inOrder(emails, behaviour) })
}

/** What is not said is removed. */
const recordLogging: Echo = (body, behaviour) =>
  present({
    enabled: body['enabled'] ?? false,
    deliveryConnectionId: body['deliveryConnectionId'] ?? unset(behaviour, ''),
    deliveryConnectionName: body['deliveryConnectionId'] === undefined ? undefined : 'a connection',
    deliveryPrefix: body['deliveryPrefix'] ?? unset(behaviour, '')
  })

/** Keys that were found are not told from those that were said. */
const keys: Echo = (body, behaviour) => {
  const said = new Set<Json>(objects(body['fields']).map((one) => textOf(one['field_id'])))
  const all = [...new Set<Json>([...said, 'id', 'email'])].map((id): JsonObject => ({
    id,
    name: id,
    type: 'string',
    ...(behaviour.unset === 'absent' && !said.has(id) ? {} : { is_primary_key: said.has(id) })
  }))
  return { name: 'a schema', fields: inOrder(all, behaviour) }
}

/** Fields of the source are in the same answers. What an added one does not say has a default. */
const describedFields: Echo = (body, behaviour) => {
  const said = objects(body['fields']).map((one): JsonObject =>
    present({
      id: one['field_id'],
      name: one['label'] ?? one['field_id'],
      type: one['type'] ?? 'string',
      path: isNothing(one['path']) ? unset(behaviour, '') : one['path'],
      type_spec: one['definition'] ?? unset(behaviour, null),
      user_managed: true
    })
  )
  const ids = new Set(said.map(({ id }) => id))
  const found = ['id', 'email']
    .filter((id) => !ids.has(id))
    .map((id) => present({ id, name: id, type: 'string', user_managed: unset(behaviour, false) }))
  return { name: 'a schema', fields: inOrder([...said, ...found], behaviour) }
}

export const smallEchoes: Readonly<Record<string, Echo>> = {
  role,
  policy,
  user,
  webhook,
  global_error_subscribers: subscribers,
  record_logging: recordLogging,
  schema_primary_keys: keys,
  schema_fields: describedFields
}
