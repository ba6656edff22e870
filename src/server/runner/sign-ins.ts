import { createHash } from 'node:crypto'
import type { Grant, StoredConnection } from '../stored.ts'
import { RunProblem, type ConnectorParts } from './connector.ts'
import type { Connectors } from './connectors.ts'

/** People sign in to the systems of connections themselves: in a browser, which comes back with a code. */
export interface SignIns {
  /** Whether the person is requested by the system itself; else an authorization is a word of this server. */
  isReal(connection: StoredConnection): boolean
  /** Whether it would be, if this server had an app there. */
  lacksApp(connection: StoredConnection): boolean
  /** Where to send the browser, and what tells later that it is the same one that comes back. */
  begin(connection: StoredConnection, callback: string): Promise<Begun | SignInProblem>
  /** Changes the code that the browser came back with for what the connection acts by. */
  finish(
    connection: StoredConnection,
    requested: SignInRequest,
    code: string
  ): Promise<Grant | SignInProblem>
}

/** A person is on the way. */
export interface Begun {
  address: string
  requested: SignInRequest
}

/** Why nobody gets in, in one sentence for a person. */
export interface SignInProblem {
  problem: string
}

/** What a person was sent away with. Its `state` and `verifier` nobody can guess. */
export interface SignInRequest {
  state: string
  verifier: string
  callback: string
}

/** What sign-ins need of the server. */
export interface SignInsParts {
  connectors: Connectors
  parts: Omit<ConnectorParts, 'signal'>
  randomUUID: () => string
}

const answerMs = 30_000

/** Opens the sign-ins of a server. */
export function openSignIns({ connectors, parts, randomUUID }: SignInsParts): SignIns {
  const { apps = new Map() } = parts
  const secret = (): string => `${randomUUID()}${randomUUID()}`.replaceAll('-', '')
  const entryOf = ({ type }: StoredConnection) => {
    const entry = connectors.get(type)
    return entry?.signsIn === true ? entry : undefined
  }
  const stepsOf = async (connection: StoredConnection) => {
    const steps = (await entryOf(connection)?.load())?.signIn
    const app = apps.get(connection.type)
    if (steps === undefined || app === undefined)
      throw new RunProblem('auth', `nobody signs in to ${connection.type} on this server`)
    return { steps, app }
  }
  return {
    isReal: (connection) => entryOf(connection) !== undefined && apps.has(connection.type),
    lacksApp: (connection) => entryOf(connection) !== undefined && !apps.has(connection.type),
    begin: (connection, callback) =>
      reported(async () => {
        const { steps, app } = await stepsOf(connection)
        const requested = { state: secret(), verifier: secret(), callback }
        const challenge = createHash('sha256').update(requested.verifier).digest('base64url')
        return { address: steps.address(connection, app, { ...requested, challenge }), requested }
      }),
    finish: (connection, { verifier, callback }, code) =>
      reported(async () => {
        const { steps, app } = await stepsOf(connection)
        const signal = parts.timeout(answerMs)
        return await steps.grant(connection, app, { code, verifier, callback }, { ...parts, signal })
      })
  }
}

async function reported<T>(work: () => Promise<T>): Promise<T | SignInProblem> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RunProblem) return { problem: error.message }
    throw error
  }
}
