/**
 * The page of a connect card: a person chooses a type, fills in how to reach the system, and goes back to
 * where they came from with a connection made. Scripts may post the same form.
 */
import type { ConnectionType } from '../../wire/connection-types.ts'
import type { ConnectionReply, ConnectionRequest } from '../../wire/connection.ts'
import type { RouteResult } from '../answer.ts'
import type { Call, Route } from '../call.ts'
import { openCard } from '../kinds/connect-card.ts'
import { connectionType } from '../kinds/connection-configuration.ts'
import { createConnection, updateConnection } from '../kinds/connection.ts'
import { headerAddress } from '../kinds/return-address.ts'
import { Refusal } from '../refusal.ts'
import type { StoredConnectCard } from '../stored.ts'
import { fieldsOf, filledIn } from './card-form.ts'
import { escaped, page } from './html.ts'

/**
 * Open without a key, because a browser sends none. They are protected by the `token` in the address,
 * which cannot be guessed and is good for one connection.
 */
export const cardRoutes: readonly Route[] = [
  { method: 'GET', path: '/connect', access: 'open', answer: ask },
  { method: 'POST', path: '/connect', access: 'open', form: true, answer: connect }
]

interface Chosen {
  card: StoredConnectCard
  typeId: string
  type: ConnectionType
}

/** Returns the form of the address; an answer where there is none. */
function chosen(call: Call): Chosen | RouteResult {
  const token = call.query.get('token') ?? ''
  const opened = openCard(call, token)
  if (opened === undefined) return messagePage(404, 'Nothing to connect', 'This address is not known here.')
  const { card, isOver } = opened
  if (card.used) {
    return messagePage(
      410,
      'Already connected',
      'A connection was made here. An address can be used only once.'
    )
  }
  if (isOver)
    return messagePage(410, 'Too late', 'This address could be used for a while only. Ask for a new one.')
  const [only] = card.types.length === 1 ? card.types : []
  const typeId = only ?? call.query.get('type') ?? ''
  const type = connectionType(typeId)
  if (typeId === '') return picker(card)
  if (type === undefined || !card.types.includes(typeId)) {
    return messagePage(404, 'Not among the choices', 'Connections of this type cannot be made here.')
  }
  return { card, typeId, type }
}

function picker(card: StoredConnectCard): RouteResult {
  const links = card.types.map((id) => {
    const query = new URLSearchParams({ type: id, token: card.id })
    return `<li><a href="?${escaped(query.toString())}">${escaped(connectionType(id)?.name ?? id)}</a></li>`
  })
  return page(
    200,
    'Connect a system',
    `${theme(card)}<p>Which system shall <strong>${escaped(card.name)}</strong> connect?</p>
<ul>
${links.join('\n')}
</ul>`
  )
}

function ask(call: Call): RouteResult {
  const form = chosen(call)
  return 'card' in form ? formPage(call, form, 200) : form
}

function formPage(call: Call, { card, type, typeId }: Chosen, status: number, problem = ''): RouteResult {
  const stored = card.connection_id && call.context.records.get('connection', card.connection_id)
  const known = stored ? stored.configuration : undefined
  return page(
    status,
    `Connect ${type.name}`,
    `${theme(card)}<p>This makes the connection <strong>${escaped(card.name)}</strong>. It is the local
Polytomic: what you type in stays on this machine.</p>
${problem === '' ? '' : `<p role="alert"><strong>${escaped(problem)}</strong></p>\n`}<form method="post">
${fieldsOf(typeId, type, known)}
<p><button name="decision" value="connect" class="yes">Connect</button>
<button name="decision" value="cancel" formnovalidate>Cancel</button></p>
</form>`
  )
}

function theme({ dark }: StoredConnectCard): string {
  return dark ? '<style>:root { color-scheme: dark }</style>\n' : ''
}

function connect(call: Call): RouteResult {
  const form = chosen(call)
  if (!('card' in form)) return form
  const { card, typeId, type } = form
  const { decision } = call.body
  if (decision === 'cancel') return sentTo(card.redirect_url)
  if (decision !== 'connect') {
    return messagePage(
      400,
      'No decision',
      'The form must be sent with decision=connect or decision=cancel.'
    )
  }
  try {
    const reply = carriedOut(call, card, { typeId, type })
    call.context.records.put('connect_card', { ...card, used: true })
    // Where the system asks the person itself, its page redirects them back.
    return sentTo(reply.auth_url ?? card.redirect_url)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return formPage(call, form, error.status, error.message)
  }
}

function sentTo(address: string): RouteResult {
  return { status: 303, headers: { location: headerAddress(address) ?? '/' } }
}

/** Carries out the request that the form stands for, as the caller who asked for the card. */
function carriedOut(
  call: Call,
  card: StoredConnectCard,
  { typeId, type }: Omit<Chosen, 'card'>
): ConnectionReply {
  const { records } = call.context
  const stored =
    card.connection_id === undefined ? undefined : records.get('connection', card.connection_id)
  if (card.connection_id !== undefined && stored === undefined) {
    throw new Refusal(410, 'gone', 'the connection has been deleted')
  }
  const request = {
    name: card.name,
    configuration: filledIn(type, call.body, stored?.configuration),
    ...(stored === undefined ? { type: typeId, redirect_url: card.redirect_url } : { reconnect: true })
  } satisfies ConnectionRequest
  const inner: Call = {
    ...call,
    caller: {
      class: 'organization',
      organizationId: card.organization_id,
      actor: card.created_by,
      scope: ''
    },
    body: request,
    params: stored === undefined ? {} : { id: stored.id }
  }
  const reply = stored === undefined ? createConnection(inner) : updateConnection(inner)
  const changed = stored && records.get('connection', stored.id)
  if (changed) records.put('connection', { ...changed, redirect_url: card.redirect_url })
  return reply
}

function messagePage(status: number, title: string, sentence: string): RouteResult {
  return page(status, title, `<p>${sentence}</p>`)
}
