import type { Json, JsonObject } from '../../../wire/common.ts'
import { RunProblem, type ConnectionFacts } from '../connector.ts'
import { members, text } from './answers.ts'
import type { Transport } from './transport.ts'

/** What a connection is let in with. */
export interface Pass {
  instanceUrl: string
  accessToken: string
}

/** Returns what gets a new pass. Throws at once where the connection has nothing to get one by. */
export function signIn(
  { name, configuration }: ConnectionFacts,
  transport: Transport
): () => Promise<Pass> {
  const address = addressOf(name, configuration)
  const form = new URLSearchParams(grantOf(name, configuration)).toString()
  return async () => {
    const { statusCode, body } = await transport.httpRequest({
      method: 'POST',
      url: `${address}/services/oauth2/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form
    })
    const answer = jsonOf(body)
    const [instanceUrl, accessToken] = [text(answer['instance_url']), text(answer['access_token'])]
    if (statusCode === 200 && instanceUrl !== '' && accessToken !== '') return { instanceUrl, accessToken }
    const [error, description] = [text(answer['error']), text(answer['error_description'])]
    const why = error === '' ? `status ${statusCode}` : `${description || 'no reason'} (${error})`
    throw new RunProblem('auth', `Salesforce refuses the connection "${name}": ${why}`)
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
  const address = /^https?:\/\//i.test(given) ? given : `https://${given}`
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
function grantOf(name: string, configuration: JsonObject): Record<string, string> {
  const given = (key: string): string => text(configuration[key] satisfies Json | undefined)
  const app = { client_id: given('client_id'), client_secret: given('client_secret') }
  const token = given('oauth_refresh_token')
  if (app.client_id !== '' && app.client_secret !== '') {
    if (configuration['connect_mode'] === 'clientcredentials')
      return { grant_type: 'client_credentials', ...app }
    if (token !== '') return { grant_type: 'refresh_token', refresh_token: token, ...app }
  }
  throw new RunProblem(
    'auth',
    `the connection "${name}" has nothing by which this server could sign in to Salesforce: give it ` +
      'connect_mode clientcredentials, client_id and client_secret; or connect_mode api, these two and ' +
      'oauth_refresh_token'
  )
}
