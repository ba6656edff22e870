/** Names of this machine, and requests that are meant for them. */

/** Normalizes a host like a URL does: unusual spellings of addresses become the usual ones. */
function normalised(host: string): string | undefined {
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const address = `http://${bracketed}/`
  return /[/?#@\s\\]/.test(host) || !URL.canParse(address) ? undefined : new URL(address).hostname
}

/** Whether a text can be a host. */
export function isHost(host: string): boolean {
  return normalised(host) !== undefined
}

/** Whether a host can only mean this machine: `localhost` and names below it, 127.0.0.0/8, and ::1. */
export function isLoopback(host: string): boolean {
  const name = normalised(host)
  if (name === undefined) return false
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  return /^127(\.\d+){3}$/.test(name) || name === '[::1]' || /^\[::ffff:7f[0-9a-f]{2}:/.test(name)
}

/** Whether a host stands for all addresses of the machine; it cannot be used as an address itself. */
export function isWildcard(host: string): boolean {
  return ['0.0.0.0', '[::]', '[::ffff:0:0]'].includes(normalised(host) ?? '')
}

/** Returns a URL by which this machine reaches the address that it listens on. */
export function urlOf(host: string, port: number): string {
  const name = normalised(host) ?? host
  const reachable = name === '0.0.0.0' ? '127.0.0.1' : isWildcard(host) ? '[::1]' : name
  return `http://${reachable}:${port}`
}

/**
 * The base of addresses that an answer may hold, or undefined for a request that was meant for somebody
 * else. The `Host` of a request is repeated only where it names this machine alone: a page of somebody
 * else's, whose name leads here, would otherwise be believed. `own` are the bases that are known.
 */
export function originFor(requestUrl: string, own: readonly string[], isOpen: boolean): string | undefined {
  const { origin, hostname } = new URL(requestUrl)
  if (isLoopback(hostname) || own.includes(origin)) return origin
  return isOpen || own.some((base) => new URL(base).hostname === hostname) ? own[0] : undefined
}
