import { problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { isLoopback } from './address.ts'
import type { CommandIo } from './io.ts'

/** A proxy: where it is reached, and how it may be told, without user and password. */
export interface Proxy {
  uri: string
  shown: string
}

const variables = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY']

/**
 * The proxy through which an address is reached, as the variables of the environment say it; undefined
 * for none. What is on this machine is reached directly: the key would leave it else (R35). A file of
 * `--env-file` cannot name a proxy.
 */
export function proxyOf(io: CommandIo, url: URL): Checked<Proxy | undefined> {
  const named = isLoopback(url) ? '' : io.proxyFor(url.href)
  if (named === '') return { ok: true, value: undefined, problems: [] }
  const uri = withScheme(io, named)
  const proxy = URL.canParse(uri) ? new URL(uri) : undefined
  if (proxy === undefined || !/^(https?|socks5?):$/.test(proxy.protocol) || proxy.host === '')
    return { ok: false, problems: [noProxy()] }
  const { password, protocol, host } = proxy
  if (password !== '') io.redaction.add([decodeURIComponent(password)])
  return { ok: true, value: { uri, shown: `${protocol}//${host}` }, problems: [] }
}

/** A proxy that is written without its scheme speaks plain http, whatever it is for. */
function withScheme(io: CommandIo, named: string): string {
  const bare = named.replace(/^[a-z]+:\/\//i, '')
  const written = variables.flatMap((name) => [io.env[name], io.env[name.toLowerCase()]])
  return written.includes(bare) ? `http://${bare}` : named
}

function noProxy(): Diagnostic {
  return problem('P617', 'a variable for proxies holds no address of a proxy', {
    notes: ['looked at: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, and the same in small letters'],
    help: ['write it like `http://gate.example.com:3128`', 'or name the service in NO_PROXY']
  })
}
