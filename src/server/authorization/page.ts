/**
 * The page where a person allows, or denies, that a connection acts for them. Scripts may post the same
 * form.
 */
import type { RouteResult } from '../answer.ts'
import type { Call, Route } from '../call.ts'
import { connectionType } from '../kinds/connection-configuration.ts'
import { identityOf } from '../kinds/connection-authorization.ts'
import type { StoredAuthorization, StoredConnection } from '../stored.ts'
import { headerAddress } from '../kinds/return-address.ts'
import { escaped, page } from './html.ts'

/**
 * Open without a key, because a browser sends none. They are protected by the `state` in the address,
 * which cannot be guessed.
 */
export const authorizationRoutes: readonly Route[] = [
  { method: 'GET', path: '/connect/:type', access: 'open', answer: ask },
  { method: 'POST', path: '/connect/:type', access: 'open', form: true, answer: decide }
]

interface Asked {
  authorization: StoredAuthorization
  connection: StoredConnection
  typeName: string
}

/** Returns the pending authorization of the address; an answer where there is none. */
function openRequest(call: Call): Asked | RouteResult {
  const { records } = call.context
  const state = call.query.get('state') ?? ''
  const authorization = state === '' ? undefined : records.get('authorization', state)
  const connection =
    authorization === undefined ? undefined : records.get('connection', authorization.connection_id)
  if (authorization === undefined || connection === undefined) {
    return messagePage(
      404,
      'Nothing to authorize',
      'This address is not known here, or its connection has been deleted.'
    )
  }
  const name = escaped(connection.name)
  if (authorization.decision === undefined) {
    return { authorization, connection, typeName: connectionType(connection.type)?.name ?? connection.type }
  }
  if (authorization.decision === 'superseded') {
    return messagePage(
      410,
      'This address is out of date',
      `A newer address was made for the connection ${name}. Use that one.`
    )
  }
  const word = authorization.decision === 'allow' ? 'allowed' : 'denied'
  return messagePage(
    410,
    'Already decided',
    `The connection ${name} was ${word} before. An address can be used only once.`
  )
}

function ask(call: Call): RouteResult {
  const question = openRequest(call)
  if (!('authorization' in question)) return question
  const { connection, typeName } = question
  const name = escaped(connection.name)
  return page(
    200,
    `Authorize ${typeName}`,
    `<p>The connection <strong>${name}</strong> asks to act for you in
<strong>${escaped(typeName)}</strong>.</p>
<p>This is the local Polytomic: no account is contacted, and no data leaves this machine.</p>
<form method="post">
<button name="decision" value="allow" class="yes">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>`
  )
}

function decide(call: Call): RouteResult {
  const question = openRequest(call)
  if (!('authorization' in question)) return question
  const { authorization, connection, typeName } = question
  const { decision } = call.body
  if (decision !== 'allow' && decision !== 'deny') {
    return messagePage(400, 'No decision', 'The form must be sent with decision=allow or decision=deny.')
  }
  call.context.records.put('authorization', { ...authorization, decision })
  call.context.records.put('connection', decided(call, connection, decision))
  const back = headerAddress(connection.redirect_url ?? '')
  if (back !== undefined) return { status: 303, headers: { location: back } }
  const name = escaped(connection.name)
  return decision === 'allow'
    ? messagePage(
        200,
        'Allowed',
        `The connection ${name} may now act for you in ${escaped(typeName)}. You can close this page.`
      )
    : messagePage(
        200,
        'Denied',
        `The connection ${name} may not act for you in ${escaped(typeName)}. You can close this page.`
      )
}

/**
 * Stores the decision. A denied connection that worked before goes on working: its tokens are not
 * revoked.
 */
function decided(call: Call, connection: StoredConnection, decision: 'allow' | 'deny'): StoredConnection {
  const { status_error: _before, ...rest } = connection
  const updated_at = call.context.now().toISOString()
  if (decision === 'allow') {
    const type = connectionType(connection.type) ?? { name: connection.type, fields: {} }
    const configuration = { ...connection.configuration, ...identityOf(type) }
    return { ...rest, configuration, status: 'healthy', updated_at }
  }
  if (connection.status === 'healthy') return connection
  return { ...rest, status: 'unhealthy', status_error: 'a person denied the authorization', updated_at }
}

function messagePage(status: number, title: string, sentence: string): RouteResult {
  return page(status, title, `<p>${sentence}</p>`)
}
