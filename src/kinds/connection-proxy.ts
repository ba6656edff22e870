import type { Shape } from '../state/shape.ts'
import type { Finding, PlannedResource } from '../state/question.ts'
import type { JsonObject } from '../state/value.ts'
import type { RequestBelow, Part, AnsweredWrite } from './api.ts'
import { scalar } from './codecs.ts'
import type { Codec } from './field.ts'
import { list } from './fields.ts'

/**
 * Whether requests can be sent to a system through its connection: an answer with an address of its own
 * below the connection's. It is asked for only where files state it.
 */

/** What is kept of it beside a connection's own answer. */
export interface WithProxy {
  proxy?: boolean
}

const path = '/proxy/settings'
const shape: Shape = { members: { enabled: 'scalar', supported: 'scalar' } }

const codec: Codec = {
  ...scalar(
    {
      type: 'boolean',
      description:
        'Whether requests may be sent to the system through this connection. Absent: as it is in the service.'
    },
    { default: false }
  ),
  shape: 'anything',
  // Answers below a connection's own are kept as lists.
  fromWire: (value) => list(value)[0]?.enabled
}

/** The field of a connection. */
export const proxyField = {
  codec,
  owner: 'carried',
  since: '2025-09-18',
  impact: { effect: 'none', because: 'it says whether requests may be sent through the connection' }
} as const

/** It is read where files state it. */
export const proxyPart: Part = {
  key: 'proxy',
  answer: shape,
  field: 'proxy',
  optional: true,
  paths: (_wire, wanted, replaces) =>
    (wanted === undefined ? replaces : typeof wanted.proxy === 'boolean') ? [path] : []
}

/** The request that switches it; none where it is as it is to be. */
export function proxyRequests({ proxy: wanted }: JsonObject, wire: JsonObject): RequestBelow[] {
  if (typeof wanted !== 'boolean' || (list(wire.proxy)[0]?.enabled ?? false) === wanted) return []
  return [{ method: 'PUT', path, body: { enabled: wanted } }]
}

/** The same of a connection of which nothing was read. Whether it is off already is read. */
export function unreadProxy({ proxy: wanted }: JsonObject): AnsweredWrite[] {
  if (wanted !== true) return []
  const request = { method: 'PUT', path, body: { enabled: wanted } } as const
  return [{ request, tells: (data) => ({ proxy: [data] }) }]
}

/** What files say of it, to a service that answered that there is no such thing. */
export function proxyIsNewer(
  { proxy: stated }: JsonObject,
  answers: readonly JsonObject[]
): { path: string[]; what: string; isKnown: boolean | undefined }[] {
  if (typeof stated !== 'boolean') return []
  const isUnknown = answers.some((answer) => answer.proxy === null)
  return isUnknown ? [{ path: ['proxy'], what: 'the proxy', isKnown: false }] : []
}

/** The service refuses to switch on what a type of connection does not have; its settings tell that. */
export function proxyChecks({ wanted, live, address }: PlannedResource): Finding[] {
  const [settings] = list(live?.wire.proxy)
  if (wanted?.proxy !== true || settings?.supported !== false) return []
  return [
    {
      path: ['proxy'],
      code: 'P429',
      message: `${address} has no proxy: its type of connection has none`,
      label: 'the service refuses to switch this on',
      help: ['remove `proxy`, or say `proxy: false`']
    }
  ]
}
