import { LostAnswer, RetryLater, RunProblem } from '../connector.ts'

/** What an error of the client means for a run, in one sentence without values of records. */

/** A request was refused because of a value in it. Which record has it, nobody says. */
export class ValueRefused extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Whether a request only looked, or may have changed something. */
export type Purpose = 'read' | 'write'

/** Returns the error that the runner understands. */
export function understood(error: unknown, connection: string, purpose: Purpose): unknown {
  if (!(error instanceof Error) || error instanceof RunProblem) return error
  const where = `Salesforce of the connection "${connection}"`
  const answer = answerCodeOf(error)
  if (answer !== undefined) return refused(error, answer, where, purpose)
  if (!isOfNetwork(error)) return error
  const code = networkCodeOf(error)
  const why = code === '' ? '' : ` (${code})`
  if (purpose === 'read')
    return new RunProblem('down', `${where} cannot be reached${why}`, { cause: error })
  if (neverSent.has(code)) return new RetryLater('DOWN', `${where} cannot be reached${why}`)
  return new LostAnswer(`the answer of ${where} did not come${why}`, { cause: error })
}

/** The code by which Salesforce, or something before it, refused a request. */
export function answerCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'errorCode' in error ? String(error.errorCode) : undefined
}

function refused(error: Error, code: string, where: string, purpose: Purpose): Error {
  const message = `${where} answered ${code}`
  const options = { cause: error }
  const known = sentences.get(code)
  if (known !== undefined) return new RunProblem(code, `${where} ${known}`, options)
  if (purpose === 'read') return new RunProblem(code, message, options)
  if (busy.has(code)) return new RetryLater(code, message)
  if (isBroken(code)) return new LostAnswer(message, options)
  return ofValue.has(code)
    ? new ValueRefused(code, error.message, options)
    : new RunProblem(code, message, options)
}

const sentences: ReadonlyMap<string, string> = new Map([
  ['REQUEST_LIMIT_EXCEEDED', 'takes no more calls today: the next run goes on with the rest'],
  ['INVALID_SESSION_ID', 'does not take the token that it gave just before'],
  ['API_DISABLED_FOR_ORG', 'has its API disabled for this organization'],
  ['API_CURRENTLY_DISABLED', 'has its API disabled for this user'],
  ['INSUFFICIENT_ACCESS', 'does not let this user do that']
])

const busy = new Set(['SERVER_UNAVAILABLE', 'ERROR_HTTP_503', 'ERROR_HTTP_429', 'REQUEST_RUNNING_TOO_LONG'])

const ofValue = new Set(['JSON_PARSER_ERROR', 'INVALID_FIELD', 'MALFORMED_ID', 'INVALID_ID_FIELD'])

const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** Whether an error says that asking again may help. */
export function isPassing(error: unknown): boolean {
  const answer = answerCodeOf(error)
  if (answer !== undefined) return busy.has(answer) || isBroken(answer)
  return error instanceof Error && !(error instanceof RunProblem) && isOfNetwork(error)
}

/** Answers that say nothing of whether something was done. */
function isBroken(code: string): boolean {
  return code === 'UNKNOWN_EXCEPTION' || code.startsWith('ERROR_HTTP_5')
}

function isOfNetwork(error: Error): boolean {
  const names = ['AbortError', 'TimeoutError']
  return names.includes(error.name) || error.message === 'fetch failed' || networkCodeOf(error) !== ''
}

function networkCodeOf(error: unknown): string {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1)
    if ('code' in one && typeof one.code === 'string') return one.code
  return ''
}
