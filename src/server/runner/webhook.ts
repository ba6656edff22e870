import {
  RetryLater,
  RunProblem,
  type Connector,
  type ConnectorParts,
  type Outcome,
  type TargetFacts,
  type WriteRecord,
  type WriteRequest
} from './connector.ts'
import { authorized, dropBody, sent, waitOf, type Authorized } from './http.ts'
import { jsonOf, type Cell } from './value.ts'

/** A webhook: records are posted to an address, one in each request, so that each has its own answer. */

const facts: TargetFacts = {
  id: 'http',
  label: 'HTTP',
  fields: undefined,
  modes: ['updateOrCreate'],
  functions: [],
  batch: 1,
  workers: 8,
  container: 'record',
  isBlind: true,
  refusalOf: ({ fields }) => mustDiffer(fields)
}

/** Receivers get plain names: two that come to be the same would be one field, with the value of either. */
function mustDiffer(fields: readonly string[]): undefined {
  const seen = new Map<string, string>()
  for (const field of fields) {
    const name = plainName(field)
    const before = seen.get(name)
    if (before !== undefined)
      throw new RunProblem('field', `its fields ${before} and ${field} would both be sent as ${name}`)
    seen.set(name, field)
  }
}

const reader = {
  describe: () => Promise.resolve(facts),
  lookUp: () => Promise.resolve([]),
  close: () => Promise.resolve()
}

/** The connector of webhooks. */
export const webhook: Connector = {
  reader: () => Promise.resolve(reader),
  writer: ({ configuration }, parts) => {
    const method = configuration['auth_method']
    const address = authorized(configuration, typeof method === 'string' ? method : 'polytomic_secret')
    const { secret } = configuration
    if ((method ?? 'polytomic_secret') === 'polytomic_secret' && typeof secret === 'string')
      address.headers.set('authorization', `Bearer ${secret}`)
    return Promise.resolve({
      ...reader,
      write: (request: WriteRequest) =>
        Promise.all(request.records.map((record) => post(parts, address, request, record)))
    })
  }
}

async function post(
  parts: ConnectorParts,
  { url, headers: own }: Authorized,
  { sync, fields }: WriteRequest,
  { values, token }: WriteRecord
): Promise<Outcome> {
  const headers = new Headers(own)
  headers.set('content-type', 'application/json')
  headers.set('polytomic-signature-timestamp', parts.now().toISOString())
  headers.set('idempotency-key', token)
  const body = bodyOf(sync, fields, values, token)
  const { signal } = parts
  const reply = await sent(
    parts,
    new Request(url, { method: 'POST', headers, body, redirect: 'manual', signal })
  )
  await dropBody(reply)
  const { status } = reply
  if (status >= 200 && status < 300) return { state: 'done' }
  const message = `the webhook ${url.host} answered ${status}`
  if (status === 429 || status >= 500)
    throw new RetryLater(`HTTP_${status}`, message, waitOf(reply, parts.now()))
  // As is documented: any refusal ends the sync.
  throw new RunProblem(`HTTP_${status}`, message)
}

function bodyOf(
  { id, name }: WriteRequest['sync'],
  fields: readonly string[],
  values: readonly Cell[],
  token: string
): string {
  const members = fields.flatMap((field, index) => {
    const value = values[index]
    return value === undefined ? [] : [`${JSON.stringify(plainName(field))}:${jsonOf(value)}`]
  })
  const record = `{"hash":"${token.slice(0, 16)}","fields":{${members.join(',')}}}`
  const object = `{"id":${JSON.stringify(id)},"name":${JSON.stringify(name)},"records":[${record}]}`
  return `{"event":"sync.records","object":${object}}`
}

/** Names of fields as receivers get them: `$first_name` → `first_name`. */
function plainName(field: string): string {
  return field.replaceAll(/[^\w.-]/g, '') || field
}
