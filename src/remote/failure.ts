import type { Code } from '../diagnostics/codes.ts'
import { problem, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { isObject, textOf, type Json } from '../state/value.ts'

/**
 * What came of one request, retries included. `at` is when it was answered, by the clock of the service, and
 * `size` how long the answer is, in letters.
 */
export type RequestResult =
  | { ok: true; status: number; body: Json | undefined; at?: number; size?: number }
  | { ok: false; failure: Failure }

/** Why a request did not do what it was meant to, after all its tries. */
export interface Failure {
  code: Code
  /** `POST /api/syncs` */
  request: string
  /** Absent when there was no answer. */
  status?: number
  /** The service's own words, or those of the network, without secrets. */
  words: string
  /** What to do, where the words say more than the code does. */
  help?: string[]
  /** Of what may be a wrong address: the one that was asked, and who says it. */
  address?: string
  /** True when the service surely did not do what was asked. */
  refused: boolean
  /** How long it was tried, in milliseconds, where that is worth telling. */
  waitedMs?: number
  /** The person stopped it while it was waited for. */
  interrupted?: true
  /** What still uses a thing that was to be deleted, as the service tells it. */
  usedBy: readonly string[]
}

/** A failure as a problem: what was attempted, what the service said, what to do. */
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

/** What to do depends on what was asked for: a list is not deleted, and some addresses want another key. */
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

/** Of what ends at once, nobody asks how long it took. */
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
    help: ['check the address (`--url` or POLYTOMIC_URL): a proxy or a web page may be answering']
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

/** The code of a status; 4xx other than these is a refusal of what was sent. */
export function codeOf(status: number): Code {
  if (status >= 300 && status < 400) return 'P611'
  if (status >= 500) return 'P609'
  return (
    ({ 401: 'P604', 403: 'P605', 404: 'P606', 408: 'P613', 409: 'P607', 429: 'P608' } as const)[status] ??
    'P601'
  )
}

/** The words of an error body, in any of the shapes that the versions of the API use. */
export function wordsOf(body: unknown): string | undefined {
  if (!isObject(body)) return undefined
  const { message, error } = body
  if (typeof message === 'string' && message !== '') return message
  if (typeof error === 'string' && error !== '') return error
  return typeof error === 'object' ? wordsOf(error) : undefined
}

/** The users that a refused deletion names: `metadata.used_by: [{type, name, id}]`. */
export function usersOf(body: unknown): string[] {
  const metadata = isObject(body) ? body['metadata'] : undefined
  const users = isObject(metadata) && Array.isArray(metadata['used_by']) ? metadata['used_by'] : []
  return users
    .filter(isObject)
    .map(({ type, name, id }) => `${textOf(type)} ${JSON.stringify(name)} (${textOf(id)})`)
}
