/** What errors of the network mean: whether anything was sent, and why it failed, in words. */

/** An answer that broke off in its middle. */
export class CutOff extends Error {
  override name = 'CutOff'
}

/** Nobody listened, or there is no such host: then nothing was done either. */
export function refusedConnection(error: Error): boolean {
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(reasonOf(error))
}

/** Node hides the reason (`ECONNREFUSED 127.0.0.1:1`) in the cause of the cause. */
export function reasonOf(error: Error): string {
  let reason: unknown = error
  while (reason instanceof Error && !(reason instanceof CutOff) && reason.cause instanceof Error)
    reason = reason.cause
  const { message, code } = reason as { message?: string; code?: string }
  return message !== undefined && message !== '' ? message : (code ?? 'the connection failed')
}
