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
  { method: 'GET', path: '/connect/:type', access: 'open', answer: ask, ahead: cameBack },
  { method: 'POST', path: '/connect/:type', access: 'open', form: true, answer: decide, ahead: sentAway }
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
<p>${whatFollows(call, connection, typeName)}</p>
<form method="post">
<button name="decision" value="allow" class="yes">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>`
  )
}

function whatFollows({ context }: Call, connection: StoredConnection, typeName: string): string {
  const signIns = context.signIns
  if (signIns?.isReal(connection) === true)
    return `This is the local Polytomic. ${escaped(typeName)} itself asks you next who you are, and whether
you agree; what it gives stays on this machine.`
  const words = 'This is the local Polytomic: no account is contacted, and no data leaves this machine.'
  if (signIns?.lacksApp(connection) !== true) return words
  return `${words} Syncs of this connection cannot run yet: this server has no app by which people sign in
to ${escaped(typeName)} (<code>polyctl help local</code>).`
}

/** A person who agrees goes to the system itself, where this server can send them there. */
async function sentAway(call: Call): Promise<Route['answer'] | undefined> {
  const question = openRequest(call)
  const signIns = call.context.signIns
  if (!('authorization' in question) || call.body['decision'] !== 'allow') return undefined
  const { connection } = question
  if (signIns?.isReal(connection) !== true) return undefined
  const callback = `${call.publicUrl}/connect/${encodeURIComponent(connection.type)}`
  const begun = await signIns.begin(connection, callback)
  return () => {
    if ('problem' in begun) return messagePage(400, 'Nowhere to sign in', `${escaped(begun.problem)}.`)
    // It may have been decided meanwhile.
    const now = openRequest(call)
    if (!('authorization' in now)) return now
    call.context.records.put('authorization', { ...now.authorization, sign_in: begun.requested })
    return { status: 303, headers: { location: begun.address } }
  }
}

/** A browser comes back from the system itself: with a code, or with the reason why there is none. */
async function cameBack(call: Call): Promise<Route['answer'] | undefined> {
  const { query, context } = call
  const [code, error] = [query.get('code'), query.get('error')]
  if (code === null && error === null) return undefined
  const question = requestOfState(call)
  const requested = 'authorization' in question ? question.authorization.sign_in : undefined
  if (!('authorization' in question) || requested === undefined)
    return () => messagePage(404, 'Nothing to authorize', nobodyAsked)
  const { connection, typeName } = question
  const granted =
    code === null || error !== null ? undefined : await context.signIns?.finish(connection, requested, code)
  return () => {
    // Another request may have used the same state meanwhile.
    const now = requestOfState(call)
    if (!('authorization' in now)) return now
    const { sign_in: _used, ...authorization } = now.authorization
    if (granted !== undefined && !('problem' in granted))
      return decidedPage(call, { ...now, authorization }, 'allow', granted)
    if (error === 'access_denied') return decidedPage(call, { ...now, authorization }, 'deny')
    // The page of this server may be used again.
    context.records.put('authorization', authorization)
    const reason = [error ?? '', query.get('error_description') ?? ''].filter(Boolean).join(': ')
    const why = granted === undefined ? `${typeName} says ${reason || 'nothing'}` : granted.problem
    return messagePage(400, 'Not authorized', `${escaped(why)}. You can try again where you began.`)
  }
}

const nobodyAsked =
  'Nobody was sent from here to sign in with this address, or it was used already. Begin again where ' +
  'you came from.'

/** Returns the authorization that a browser comes back to; its state is good once. */
function requestOfState(call: Call): Asked | RouteResult {
  const { records } = call.context
  const state = call.query.get('state') ?? ''
  const authorization = records
    .all('authorization')
    .find(({ sign_in, decision }) => decision === undefined && sign_in?.state === state)
  const connection = records.get('connection', authorization?.connection_id ?? '')
  if (authorization === undefined || connection === undefined || connection.type !== call.params['type'])
    return messagePage(404, 'Nothing to authorize', nobodyAsked)
  return { authorization, connection, typeName: connectionType(connection.type)?.name ?? connection.type }
}

function decide(call: Call): RouteResult {
  const question = openRequest(call)
  if (!('authorization' in question)) return question
  const { decision } = call.body
  if (decision !== 'allow' && decision !== 'deny') {
    return messagePage(400, 'No decision', 'The form must be sent with decision=allow or decision=deny.')
  }
  return decidedPage(call, question, decision)
}

function decidedPage(
  call: Call,
  { authorization, connection, typeName }: Asked,
  decision: 'allow' | 'deny',
  grant?: StoredConnection['grant']
): RouteResult {
  call.context.records.put('authorization', { ...authorization, decision })
  call.context.records.put('connection', decided(call, connection, decision, grant))
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
function decided(
  call: Call,
  connection: StoredConnection,
  decision: 'allow' | 'deny',
  grant: StoredConnection['grant']
): StoredConnection {
  const { status_error: _before, ...rest } = connection
  const updated_at = call.context.now().toISOString()
  if (grant !== undefined) return { ...rest, grant, status: 'healthy', updated_at }
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
