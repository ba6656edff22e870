/**
 * One request that reached the server, and what it answered. A lost request did not reach it; a lost
 * response did.
 */
export interface RequestRecord {
  method: string
  /** Without the query. */
  path: string
  query: string
  status: number
}

/** Counts of requests. */
export interface RequestCounts {
  reads: number
  writes: number
  /** The counts by `METHOD /path`. */
  byAddress: Record<string, number>
}

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Counts logged requests. */
export function countRequests(requests: readonly RequestRecord[]): RequestCounts {
  const counts: RequestCounts = { reads: 0, writes: 0, byAddress: {} }
  for (const { method, path } of requests) {
    counts[reading.has(method) ? 'reads' : 'writes'] += 1
    const address = `${method} ${path}`
    counts.byAddress[address] = (counts.byAddress[address] ?? 0) + 1
  }
  return counts
}
