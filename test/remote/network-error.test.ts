import { NetworkError } from 'ky'
import { describe, expect, test } from 'vitest'
import {
  CutOff,
  explained,
  reasonOf,
  refusedConnection,
  refusedForGood
} from '../../src/remote/network-error.ts'

/** An error as Node gives it: the reason is the cause of the cause. */
function failed(message: string, code?: string): Error {
  const reason = Object.assign(new Error(message), code === undefined ? {} : { code })
  return new TypeError('fetch failed', { cause: new Error('outer', { cause: reason }) })
}

const direct = { url: new URL('https://service.test/api'), proxy: undefined }
const by = (url: string) => ({ ...direct, url: new URL(url) })

describe('why a connection failed', () => {
  test.each([
    ['connect ECONNREFUSED 127.0.0.1:443', 'nobody listens at https://service.test'],
    ['getaddrinfo ENOTFOUND service.test', 'there is no host `service.test`'],
    ['getaddrinfo EAI_AGAIN service.test', 'no name server says where `service.test` is'],
    ['something else', 'something else']
  ])('%s', (message, words) => {
    expect(explained(failed(message), direct)).toEqual({ words })
  })

  test.each([
    ['CERT_HAS_EXPIRED', 'its certificate has expired'],
    ['CERT_NOT_YET_VALID', 'its certificate is not valid yet: is the clock of this machine right?'],
    ['CERT_REVOKED', 'its certificate was revoked'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host']
  ])('%s: no other try is of use', (code, words) => {
    expect(explained(failed('m', code), direct)).toEqual({ words })
    expect(refusedForGood(failed('m', code))).toBe(true)
  })

  test('a port that a proxy is never asked for', () => {
    expect(explained(failed('bad port'), by('http://service.test:6000'))).toMatchObject({
      words: 'nothing is sent to port 6000: it is one of those that are kept for other protocols'
    })
    expect(refusedForGood(failed('bad port'))).toBe(true)
  })

  test.each([
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
  ])('%s: its issuer is to be made known', (code) => {
    expect(explained(failed('m', code), direct)).toEqual({
      words: 'its certificate is of an issuer that this machine does not know',
      help: [
        'set NODE_EXTRA_CA_CERTS to the file with the certificate of the issuer (PEM)',
        'or give the address under which the certificate is known'
      ]
    })
    expect(refusedForGood(failed('m', code))).toBe(true)
  })

  test.each(['WRONG_VERSION_NUMBER', 'PACKET_LENGTH_TOO_LONG', 'UNKNOWN_PROTOCOL', 'HTTP_REQUEST'])(
    'ERR_SSL_%s: the port speaks no TLS, and the address without it is told with its port',
    (code) => {
      const error = failed('m', `ERR_SSL_${code}`)
      const words = 'this port speaks no TLS'
      const reported = (port: string) => ({
        words,
        help: [`write \`http://service.test:${port}\`, if the service is to be there`]
      })
      expect(explained(error, direct)).toEqual(reported('443'))
      expect(explained(error, by('https://service.test:8443'))).toEqual(reported('8443'))
      expect(explained(error, by('http://service.test'))).toEqual({ words: 'm' })
      expect(refusedForGood(error)).toBe(true)
      expect(refusedForGood(failed('m', `NOT_ERR_SSL_${code}`))).toBe(false)
      expect(refusedForGood(failed('m', `ERR_SSL_${code}_2`))).toBe(false)
    }
  )

  test('a connection without TLS that is closed without a word may have met a port that speaks it', () => {
    const closed = failed('other side closed', 'UND_ERR_SOCKET')
    expect(explained(closed, by('http://service.test:8443'))).toEqual({
      words: 'other side closed',
      help: ['if this port speaks TLS, write `https://service.test:8443`']
    })
    expect(explained(closed, direct)).toEqual({ words: 'other side closed' })
  })

  test.each(['localhost:1', '127.0.0.1:1', '127.1.2.3', '[::1]:1'])('%s is this machine', (host) => {
    expect(explained(failed('m', 'ECONNREFUSED'), by(`http://${host}`))).toEqual({
      words: `nobody listens at http://${host}`,
      help: ['start `polyctl server`, or correct the address']
    })
  })

  test.each(['http://localhost.test', 'http://192.0.2.1', 'http://x127.test'])('%s is another', (url) => {
    expect(explained(failed('m', 'ECONNREFUSED'), by(url))).toEqual({ words: `nobody listens at ${url}` })
  })
})

describe('of a proxy', () => {
  const through = { ...direct, proxy: 'http://way.example.com:8080' }
  const help = ['check HTTPS_PROXY and HTTP_PROXY, or name the service in NO_PROXY']

  test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])('%s is that it cannot be reached', (code) => {
    expect(explained(failed('m', code), through)).toEqual({
      words: 'the proxy http://way.example.com:8080 cannot be reached',
      help
    })
  })

  test.each(['Proxy response (407) !== 200', 'wants a password (407)'])(
    '%s: who asks is unknown',
    (message) => {
      expect(explained(failed(message), through)).toEqual({
        words: 'the proxy http://way.example.com:8080 wants a user and a password',
        help: ['write them into the address of the proxy']
      })
      expect(refusedForGood(failed(message))).toBe(true)
    }
  )

  test('an answer is told; only a refusal is for good', () => {
    expect(explained(failed('Proxy response (502) !== 200'), through)).toEqual({
      words: 'the proxy http://way.example.com:8080 answered 502',
      help
    })
    expect(refusedForGood(failed('Proxy response (502) !== 200'))).toBe(false)
    expect(refusedForGood(failed('Proxy response (403) !== 200'))).toBe(true)
    expect(explained(failed('anything else'), through)).toEqual({ words: 'anything else' })
    expect(explained(failed('m', 'CERT_REVOKED'), through)).toEqual({
      words: 'its certificate was revoked'
    })
  })
})

test.each([
  ['connect ECONNREFUSED', true],
  ['getaddrinfo ENOTFOUND x', true],
  ['getaddrinfo EAI_AGAIN x', true],
  ['read ECONNRESET', false]
])('%s: that nothing was sent is %j', (message, isRefused) => {
  expect(refusedConnection(failed(message))).toBe(isRefused)
  expect(refusedForGood(failed(message))).toBe(false)
})

test('the reason is the innermost message, or its code; of a body that was cut off it is its own', () => {
  expect(reasonOf(failed('inner'))).toBe('inner')
  expect(reasonOf(failed('', 'EPIPE'))).toBe('EPIPE')
  expect(reasonOf(failed(''))).toBe('the connection failed')
  expect(reasonOf(new CutOff('it ended early', { cause: new Error('aborted') }))).toBe('it ended early')
  expect(reasonOf(new NetworkError(new Request('http://x.test'), { cause: new Error('in') }))).toBe('in')
})
