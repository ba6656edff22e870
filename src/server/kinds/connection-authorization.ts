import type { JsonObject } from '../../wire/common.ts'
import type { ConnectionType } from '../../wire/connection-types.ts'
import type { ServerContext } from '../call.ts'
import { createdBy } from '../records.ts'
import type { StoredConnection } from '../stored.ts'

/** Types that a person can authorize although the list of types does not say so. */
const alsoByPerson = new Set(['greenhouse', 'xero'])
const tokens = ['oauth_refresh_token', 'oauth_access_token']

/**
 * Whether a person has to complete the connection in a browser: its type can be authorized, its mode says
 * so, and it has no token.
 */
export function needsPerson(typeId: string, type: ConnectionType, configuration: JsonObject): boolean {
  if (type.oauth !== true && !alsoByPerson.has(typeId)) return false
  if (tokens.some((token) => typeof configuration[token] === 'string' && configuration[token] !== ''))
    return false
  for (const key of ['connect_mode', 'auth_method', 'auth_mode']) {
    const field = type.fields[key]
    if (field === undefined) continue
    const personal = ['browser', 'code', 'oauth'].filter((mode) => field.enum?.includes(mode))
    if (personal.length === 0) continue
    const mode = configuration[key] ?? field.default ?? personal[0]
    return typeof mode === 'string' && personal.includes(mode)
  }
  return true
}

/** Returns what a type requires in a mode without a person, beside its required fields. */
export function alsoMissing(typeId: string, configuration: JsonObject): string[] {
  if (
    typeId === 'salesforce' &&
    configuration['connect_mode'] === 'api' &&
    !configuration['oauth_refresh_token']
  ) {
    return ['oauth_refresh_token']
  }
  return []
}

/** Opens an authorization, and returns the address of its page. */
export function openAuthorization(
  context: ServerContext,
  connection: StoredConnection,
  publicUrl: string
): string {
  const id = (context.randomUUID() + context.randomUUID()).replaceAll('-', '')
  for (const other of pending(context, connection)) {
    context.records.put('authorization', { ...other, decision: 'superseded' })
  }
  context.records.put('authorization', {
    id,
    organization_id: connection.organization_id,
    name: '',
    connection_id: connection.id,
    ...createdBy(context.now(), connection.updated_by)
  })
  return address(publicUrl, connection, id)
}

/** Returns the address of the pending authorization, or of a new one. */
export function currentAuthorization(
  context: ServerContext,
  connection: StoredConnection,
  publicUrl: string
): string {
  const [open] = pending(context, connection)
  return open === undefined
    ? openAuthorization(context, connection, publicUrl)
    : address(publicUrl, connection, open.id)
}

function pending(
  context: ServerContext,
  connection: StoredConnection
): ReturnType<typeof context.records.list<'authorization'>> {
  return context.records
    .list('authorization', connection.organization_id)
    .filter((one) => one.connection_id === connection.id && one.decision === undefined)
}

function address(publicUrl: string, connection: StoredConnection, state: string): string {
  return `${publicUrl}/connect/${encodeURIComponent(connection.type)}?state=${state}`
}

/** Values of read-only fields that the service fills: they say for whom a connection acts. */
const identities: Readonly<Record<string, string>> = {
  username: 'local.user@example.com',
  user_name: 'Local User',
  user_email: 'local.user@example.com',
  connected_user: 'local.user@example.com',
  connected_org: 'Example',
  hub_user: 'local.user@example.com',
  hub_domain: 'example.hubspot.test',
  workspace_name: 'Example',
  tenant_name: 'Example',
  tenant_type: 'ORGANISATION'
}

/** Returns the identity fields of a type, as they are after an authorization. */
export function identityOf(type: ConnectionType): JsonObject {
  return Object.fromEntries(
    Object.entries(identities).filter(([key]) => type.fields[key]?.readOnly === true)
  )
}

/** Returns the read-only fields that the service fills when a connection is created. */
export function issued(typeId: string, type: ConnectionType, context: ServerContext): JsonObject {
  const values: JsonObject = {}
  if (type.fields['external_id']?.readOnly === true) values['external_id'] = context.randomUUID()
  if (type.fields['aws_user']?.readOnly === true)
    values['aws_user'] = 'arn:aws:iam::000000000000:user/local-polytomic'
  if (typeId === 'webhook') values['secret'] = context.randomUUID()
  return values
}
