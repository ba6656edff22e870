import { LostAnswer, RetryLater, RunProblem } from '../connector.ts'

/** What an error of PostgreSQL, or of the connection to it, means for a run. */

/** An error of the server, with its five letters. */
interface ServerError extends Error {
  code: string
}

/** Whether the server itself reported the error: what it refused, it did not do. */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code))
}

/** Busy, shutting down, out of something, or in another's way: later it may do. */
const passing = /^(?:08|40|53|55P03|57P0)/
/** Wrong for all records alike: what is named does not exist, or may not be used. */
const forAll = /^(?:0A|25|28|3D|3F|42|F0|XX)/

/** Whether the error is about a value of the one record that has it. */
export function isOfRecord(error: unknown): error is ServerError {
  return isServerError(error) && !passing.test(error.code) && !forAll.test(error.code)
}

const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENOENT'])

/** The words of the client, which has no code for it. */
const neverAnswered = /due to connection timeout|timeout exceeded when trying to connect/

/** Returns the error that the runner understands. */
export function understood(error: unknown, connection: string): unknown {
  if (!(error instanceof Error) || error instanceof RunProblem) return error
  const code = 'code' in error ? String(error.code) : ''
  const where = `the database of the connection "${connection}"`
  if (isServerError(error)) {
    const message = `${where} answered ${code}: ${withoutValues(error.message)}`
    return passing.test(code)
      ? new RetryLater(code, message)
      : new RunProblem(code, message, { cause: error })
  }
  if (neverConnected.has(code)) return new RetryLater('DOWN', `${where} cannot be reached (${code})`)
  if (neverAnswered.test(error.message))
    return new RetryLater('DOWN', `${where} cannot be reached: nobody answers there`)
  const tls = tlsProblem(error.message, code)
  if (tls !== undefined) return new RunProblem('ssl', `${where} ${tls}`, { cause: error })
  return new LostAnswer(`${where} ended the connection${code === '' ? '' : ` (${code})`}`, { cause: error })
}

function tlsProblem(message: string, code: string): string | undefined {
  if (/does not support SSL/.test(message))
    return 'has no TLS, which is on unless the connection says `ssl: false`'
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|DEPTH_ZERO/.test(code)
    ? `has a certificate that is not trusted (${code}): give its authority as ca_cert`
    : undefined
}

/** Cuts values of records off a message: they stand in quotes, most of them behind a colon. */
export function withoutValues(message: string, code = ''): string {
  const cut = message.replace(/: ".*$/s, '').replace(/\s+/g, ' ')
  return isOfValue.test(code) ? cut.replaceAll(/"[^"]*"/g, '…') : cut
}

/** In errors of other classes it is names that stand in quotes. */
const isOfValue = /^22/
