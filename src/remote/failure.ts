import type { Code } from '../diagnostics/codes.ts'
import { problem, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { isObject, textOf, type Json } from '../state/value.ts'

/**
 * The result of one request with all its retries. `at` is the time of the answer by the clock of the
 * service in milliseconds, and `size` the length of the body in characters.
 */
export type RequestResult =
  | { ok: true; status: number; body: Json | undefined; at?: number; size?: number }
  | { ok: false; failure: Failure }

/** The failure of a request after all its tries. */
export interface Failure {
  code: Code
  /** `POST /api/syncs` */
  request: string
  /** HTTP status. Absent when there was no answer. */
  status?: number
  /** The message of the service or of the network, redacted. */
  words: string
  /** Advice, where the message tells more than the code does. */
  help?: string[]
  /** Where the address may be wrong: the requested address, and where it was configured. */
  address?: string
  /** True when the service surely did not carry it out. */
  refused: boolean
  /** Milliseconds for which it was tried, where that is worth saying. */
  waitedMs?: number
  /** The run was interrupted while it waited. */
  interrupted?: true
  /** What still uses the resource that was to be deleted, as the service says. */
  usedBy: readonly string[]
}

/** Returns a failure as a problem: what was attempted, what the service said, what to do. */
export function failureProblem(failure: Failure, attempted: string, span?: Span): Diagnostic {
  const answered = failure.status === undefined ? '' : ` answered ${failure.status}`
  const { message, help } = { ...toldOf(failure), ...(failure.help && { help: failure.help }) }
  return problem(failure.code, `${attempted}: ${message}`, {
    labels: span ? [{ span, text: 'this is what was attempted' }] : [],
    notes: [
      `${failure.request}${answered}: ${failure.words}`,
      ...(failure.address === undefined ? [] : [`the address is ${failure.address}`]),
      ...waited(failure),
      ...failure.usedBy.map((user) => `used by ${user}`)
    ],
    help
  })
}

/**
 * Returns advice for a failure, which depends on the request: a list is not deleted, and some paths need
 * another key.
 */
function toldOf({ code, request }: Failure): { message: string; help: string[] } {
  const entry = messages[code] ?? { message: 'failed', help: [] }
  const forPartners = / \/api\/organizations(\/|$)/.test(request) ? [ofPartners] : []
  if (code === 'P605') return { ...entry, help: [...forPartners, ...entry.help] }
  if (code !== 'P606') return entry
  const isOfAll = /^GET [^?]*$/.test(request) && !/[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/i.test(request)
  return { ...entry, help: [...forPartners, ...(isOfAll ? notThere : entry.help)] }
}

const ofPartners =
  'in this version of the API that is for the key of a partner: use one, or a newer `workspace.api_version`'

const notThere = ['check the address of the service (`--url` or POLYTOMIC_URL) and `workspace.api_version`']

/** Returns how long it was tried; empty for a failure that came at once. */
function waited({ waitedMs = 0, interrupted }: Failure): string[] {
  const seconds = Math.round(waitedMs / 1000)
  return [
    ...(seconds >= 20 ? [`it was tried for ${seconds} s`] : []),
    ...(interrupted ? ['it was interrupted while it waited'] : [])
  ]
}

const messages: Readonly<Partial<Record<Code, { message: string; help: string[] }>>> = {
  P401: {
    message: 'now several have its name',
    help: [
      'look at each in the web page, and delete there what nobody needs: polyctl deletes neither',
      'or pin one with `id:`'
    ]
  },
  P601: { message: 'the service refused it', help: ['correct what the service names, then plan again'] },
  P602: { message: 'it may have been carried out', help: ['run `polyctl plan` to see what is there now'] },
  P603: {
    message: 'the service cannot be reached',
    help: ['check the address (`--url` or POLYTOMIC_URL) and the network']
  },
  P604: {
    message: 'the service refuses the key',
    help: ['check POLYTOMIC_API_KEY: keys belong to one organization, and are made in its settings']
  },
  P605: {
    message: 'the key may not do this',
    help: ['use a key of a user who may, or ask for the permission']
  },
  P606: {
    message: 'the service does not know it',
    help: ['it, or what it uses, was deleted meanwhile: plan again']
  },
  P607: { message: 'something else is under way there', help: ['wait for it to end, then try again'] },
  P608: {
    message: 'the service throttles, and went on doing so',
    help: ['try again later, or with a smaller `--parallelism`']
  },
  P609: {
    message: 'the service failed',
    help: ['try again; if it stays so, tell those who run the service']
  },
  P610: {
    message: 'this is no Polytomic: its answer is not JSON',
    help: ['check the address (`--url` or POLYTOMIC_URL): something else answers there']
  },
  P611: {
    message: 'the service wants to redirect, which is refused',
    help: ['give the address that it redirects to, if that is right']
  },
  P612: {
    message: 'the answer has a shape that polyctl does not know',
    help: ['check the address and `workspace.api_version`']
  },
  P613: {
    message: 'the service did not answer in time',
    help: ['try again, or with a larger `--timeout`']
  },
  P615: { message: 'a secret that must be sent is missing', help: ['set it, or pass `--env-file`'] },
  P621: {
    message: 'the service is still reading the source, and went on doing so',
    help: [
      'apply again in a few minutes: nothing is made twice',
      'if it stays so, see in the web page whether the source has any schemas that its user may read'
    ]
  }
}

/** Returns the code of an HTTP status; other 4xx count as a refusal of the body. */
export function codeOf(status: number): Code {
  if (status >= 300 && status < 400) return 'P611'
  if (status >= 500) return 'P609'
  return (
    ({ 401: 'P604', 403: 'P605', 404: 'P606', 408: 'P613', 409: 'P607', 429: 'P608' } as const)[status] ??
    'P601'
  )
}

/** Returns the message in an error body, in any of the shapes that the versions of the API use. */
export function wordsOf(body: unknown): string | undefined {
  if (!isObject(body)) return undefined
  const { message, error } = body
  if (typeof message === 'string' && message !== '') return message
  if (typeof error === 'string' && error !== '') return error
  return typeof error === 'object' ? wordsOf(error) : undefined
}

/** Returns the users in a refused deletion: `metadata.used_by: [{type, name, id}]`. */
export function usersOf(body: unknown): string[] {
  const metadata = isObject(body) ? body['metadata'] : undefined
  const users = isObject(metadata) && Array.isArray(metadata['used_by']) ? metadata['used_by'] : []
  return users
    .filter(isObject)
    .map(({ type, name, id }) => `${textOf(type)} ${JSON.stringify(name)} (${textOf(id)})`)
}
