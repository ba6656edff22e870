import type { Json, JsonObject } from '../../../wire/common.ts'
import {
  RunProblem,
  signedOut,
  type ConnectionFacts,
  type SignInApp,
  type SignInSteps
} from '../connector.ts'
import { members, text } from './answers.ts'
import { understood } from './errors.ts'
import { transportOf, type Transport } from './transport.ts'

/** What a connection is let in with. */
export interface Pass {
  instanceUrl: string
  accessToken: string
}

/** Returns what gets a new pass. Throws at once where the connection has nothing to get one by. */
export function signIn(
  connection: ConnectionFacts,
  app: SignInApp | undefined,
  transport: Transport
): () => Promise<Pass> {
  const { name, configuration } = connection
  const address = addressOf(name, configuration)
  const form = grantOf(connection, app)
  return async () => {
    const answer = await tokens(name, address, form, transport)
    return { instanceUrl: text(answer['instance_url']), accessToken: text(answer['access_token']) }
  }
}

/** Asks for tokens. The answer has those that work: a session, and where it is. */
async function tokens(
  name: string,
  address: string,
  form: Record<string, string>,
  transport: Transport
): Promise<Readonly<Record<string, unknown>>> {
  const { statusCode, body } = await transport.httpRequest({
    method: 'POST',
    url: `${address}/services/oauth2/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString()
  })
  const answer = jsonOf(body)
  if (statusCode === 200 && text(answer['instance_url']) !== '' && text(answer['access_token']) !== '')
    return answer
  const [error, description] = [text(answer['error']), text(answer['error_description'])]
  const why = error === '' ? `status ${statusCode}` : `${description || 'no reason'} (${error})`
  const isOver = form['grant_type'] === 'refresh_token' && error === 'invalid_grant'
  const next = isOver ? `; a person must authorize it again (${again(name)})` : ''
  throw new RunProblem(
    isOver ? signedOut : 'auth',
    `Salesforce refuses the connection "${name}": ${why}${next}`
  )
}

function again(name: string): string {
  return `polyctl connect ${JSON.stringify(name)}`
}

/** How a person lets the app of this server in. */
export const signInSteps: SignInSteps = {
  address: ({ name, configuration }, { clientId }, { state, challenge, callback }) => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: callback,
      scope: 'api refresh_token',
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256'
    })
    return `${addressOf(name, configuration)}/services/oauth2/authorize?${query.toString()}`
  },
  grant: async ({ name, configuration }, app, { code, verifier, callback }, parts) => {
    const address = addressOf(name, configuration)
    const form = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: callback,
      client_id: app.clientId,
      client_secret: app.clientSecret
    }
    const answer = await tokens(name, address, form, transportOf(parts, name)).catch((error: unknown) => {
      throw understood(error, name, 'read')
    })
    const refresh_token = text(answer['refresh_token'])
    if (refresh_token === '')
      throw new RunProblem(
        'auth',
        `Salesforce lets the connection "${name}" in, and gives it no refresh token: its app needs the ` +
          'scope "Perform requests at any time (refresh_token, offline_access)"'
      )
    return { refresh_token, address, client_id: app.clientId }
  }
}

function jsonOf(body: string): Readonly<Record<string, unknown>> {
  try {
    return members(JSON.parse(body))
  } catch {
    return {}
  }
}

function addressOf(name: string, { domain }: JsonObject): string {
  const given = text(domain).trim()
  // A name alone is the part of the address that an organization chose.
  const whole = /^(?!localhost$)[a-z\d][a-z\d-]*$/i.test(given) ? `${given}.my.salesforce.com` : given
  const address = /^https?:\/\//i.test(whole) ? whole : `https://${whole}`
  if (given === '' || !URL.canParse(address))
    throw new RunProblem('domain', `the domain of the connection "${name}" is no address`)
  const { origin, protocol } = new URL(address)
  if (protocol === 'http:' && !loopback.test(origin))
    throw new RunProblem('domain', `the domain of the connection "${name}" must begin with https://`)
  return origin
}

/** What is sent to this machine itself, nobody can read on the way. */
const loopback = /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?$/i

/** By what the connection gets a token. */
function grantOf(
  { name, configuration, grant }: ConnectionFacts,
  app: SignInApp | undefined
): Record<string, string> {
  const given = (key: string): string => text(configuration[key] satisfies Json | undefined)
  const own = { client_id: given('client_id'), client_secret: given('client_secret') }
  const token = given('oauth_refresh_token')
  const mode = given('connect_mode')
  if (own.client_id !== '' && own.client_secret !== '') {
    if (mode === 'clientcredentials') return { grant_type: 'client_credentials', ...own }
    if (token !== '') return { grant_type: 'refresh_token', refresh_token: token, ...own }
  }
  const isPersonal = token === '' && ['', 'browser', 'code'].includes(mode)
  if (isPersonal && app !== undefined) {
    const isSame = grant?.address === addressOf(name, configuration) && grant.client_id === app.clientId
    if (grant !== undefined && isSame) return refreshedBy(app, grant.refresh_token)
    throw new RunProblem(
      signedOut,
      grant === undefined
        ? `nobody has signed in to Salesforce for the connection "${name}" yet: ${again(name)}`
        : `the connection "${name}" was authorized at another domain, or for another app: ${again(name)}`
    )
  }
  throw new RunProblem(
    isPersonal ? signedOut : 'auth',
    `the connection "${name}" has nothing by which this server could sign in to Salesforce: set ` +
      `SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET for the server, and ${again(name)}; or give the ` +
      'connection connect_mode clientcredentials, client_id and client_secret; or connect_mode api, these ' +
      'two and oauth_refresh_token'
  )
}

function refreshedBy({ clientId, clientSecret }: SignInApp, refresh_token: string): Record<string, string> {
  return { grant_type: 'refresh_token', refresh_token, client_id: clientId, client_secret: clientSecret }
}
