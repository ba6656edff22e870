/**
 * The app by which people sign in to Salesforce on the local server. The variables have the names that a
 * Polytomic on premises takes.
 */
const [idName, secretName] = ['SALESFORCE_CLIENT_ID', 'SALESFORCE_CLIENT_SECRET'] as const

/** An app: its id, and what proves that it is this one. */
export interface SignInApp {
  clientId: string
  clientSecret: string
}

/** Where the local server listens, unless somebody says otherwise. */
export const defaultPort = 4242

/** Returns the apps by types of connections; a sentence where half of one is set. */
export function signInApps(env: Record<string, string | undefined>): Map<string, SignInApp> | string {
  const [clientId = '', clientSecret = ''] = [env[idName]?.trim(), env[secretName]?.trim()]
  if (clientId === '' && clientSecret === '') return new Map()
  if (clientSecret === '') return `${idName} is set, and ${secretName} is not: set both, or neither`
  if (clientId === '') return `${secretName} is set, and ${idName} is not: set both, or neither`
  return new Map([['salesforce', { clientId, clientSecret }]])
}

/** The address to which Salesforce sends people back, as its app must have it. */
export function callbackOf(url: string): string {
  return `${url.replace(/\/+$/, '')}/connect/salesforce`
}
