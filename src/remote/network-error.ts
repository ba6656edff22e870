import { dictionary } from '../state/value.ts'

/** Errors of the network: whether anything was sent, why it failed, and what to do about it. */

/** Thrown for a body that ended early. */
export class CutOff extends Error {
  override name = 'CutOff'
}

/**
 * Whether nothing accepted the connection, the host does not exist, or the proxy made no tunnel: the request
 * was not sent.
 */
export function refusedConnection(error: Error): boolean {
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|Proxy response \(5\d\d\)/.test(reasonOf(error))
}

/** Whether a connection failed in a way that another try would repeat: the request was not sent. */
export function refusedForGood(error: Error): boolean {
  const code = codeOf(error)
  const isOfTls = speaksNoTls.test(code) || code in certificates || unknownIssuer.has(code)
  return isOfTls || isProxysNo(error) || isBlockedPort(error)
}

/** Ports of other protocols, which the platform's `fetch` does not connect to. */
function isBlockedPort(error: Error): boolean {
  return reasonOf(error) === 'bad port'
}

function isProxysNo(error: Error): boolean {
  return /Proxy response \(4\d\d\)|\(407\)/.test(reasonOf(error))
}

/**
 * Returns the innermost message: Node hides the reason (`ECONNREFUSED 127.0.0.1:1`) in the cause of the
 * cause.
 */
export function reasonOf(error: Error): string {
  const { message, code } = innermost(error)
  return message !== undefined && message !== '' ? message : (code ?? 'the connection failed')
}

function innermost(error: Error): { message?: string; code?: string } {
  let reason = error
  while (!(reason instanceof CutOff) && reason.cause instanceof Error) reason = reason.cause
  return reason
}

/** An explanation in a sentence, and what to do. */
export interface Explained {
  words: string
  help?: string[]
}

/** The address of a request, and the proxy in between. */
export interface Way {
  url: URL
  proxy: string | undefined
}

/** Explains why a connection to `url` failed; else returns the message of the network. */
export function explained(error: Error, { url, proxy }: Way): Explained {
  const code = codeOf(error)
  if (proxy !== undefined) {
    const byProxy = proxysFault(error, code, proxy)
    if (byProxy) return byProxy
  }
  if (code === 'ECONNREFUSED') return nobodyListens(url)
  if (code === 'ENOTFOUND') return { words: `there is no host \`${url.hostname}\`` }
  if (code === 'EAI_AGAIN') return { words: `no name server says where \`${url.hostname}\` is` }
  if (speaksNoTls.test(code) && url.protocol === 'https:') {
    // The default ports of http and https differ, so the port is written.
    const written = `http://${url.hostname}:${url.port || '443'}`
    return {
      words: 'this port speaks no TLS',
      help: [`write \`${written}\`, if the service is to be there`]
    }
  }
  if (url.protocol === 'http:' && /^(UND_ERR_SOCKET|ECONNRESET|HPE_INVALID_CONSTANT)$/.test(code)) {
    return {
      words: reasonOf(error),
      help: [`if this port speaks TLS, write \`https://${url.host}\``]
    }
  }
  if (unknownIssuer.has(code)) {
    return {
      words: 'its certificate is of an issuer that this machine does not know',
      help: [
        'set NODE_EXTRA_CA_CERTS to the file with the certificate of the issuer (PEM)',
        'or give the address under which the certificate is known'
      ]
    }
  }
  if (isBlockedPort(error))
    return {
      words: `nothing is sent to port ${url.port}: it is one of those that are kept for other protocols`,
      help: ['let the service listen at another port, such as 4242, and write that into the address']
    }
  const words = certificates[code]
  return { words: words ?? reasonOf(error) }
}

/** Explains an error of the proxy: the request did not reach the service. */
function proxysFault(error: Error, code: string, proxy: string): Explained | undefined {
  const help = ['check HTTPS_PROXY and HTTP_PROXY, or name the service in NO_PROXY']
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(code))
    return { words: `the proxy ${proxy} cannot be reached`, help }
  const [, status] = /Proxy response \((\d+)\)/.exec(reasonOf(error)) ?? []
  if (status === '407' || reasonOf(error).includes('(407)'))
    return {
      words: `the proxy ${proxy} wants a user and a password`,
      help: ['write them into the address of the proxy']
    }
  if (status !== undefined) return { words: `the proxy ${proxy} answered ${status}`, help }
  return undefined
}

function nobodyListens({ origin, hostname }: URL): Explained {
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  const words = `nobody listens at ${origin}`
  return isHere ? { words, help: ['start `polyctl server`, or correct the address'] } : { words }
}

/** OpenSSL errors for an answer that is not TLS, mostly plain HTTP. */
const speaksNoTls = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|HTTP_REQUEST)$/

const unknownIssuer = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
])

const certificates = dictionary({
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is the clock of this machine right?',
  CERT_REVOKED: 'its certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host'
})

function codeOf(error: Error): string {
  const { code, message = '' } = innermost(error)
  return code ?? /E[A-Z_]{5,}/.exec(message)?.[0] ?? ''
}
