/** Serves requests: faults, version, key, body, idempotency and handler, in this order. */
import { Hono } from 'hono'
import { refused, serialized, toResponse, type SerializedResponse } from './answer.ts'
import { anonymous, authenticate, type Caller } from './authentication.ts'
import { readForm, readObject, readText } from './body.ts'
import type { Call, Route, ServerContext } from './call.ts'
import { knowing } from './catalogue/needs.ts'
import { storageProblem, type Database } from '../storage/database.ts'
import type { Fault, FaultName, Faults } from './faults.ts'
import { readKey, type Outcomes } from './idempotency.ts'
import { mustBeEmpty } from './kinds/request-shape.ts'
import { forbidden, Refusal } from './refusal.ts'
import type { RequestRecord } from './request-log.ts'
import { readVersion, updateVerb, versionWithoutHeader } from './version.ts'

/** The dependencies of serving a request: this file uses neither clock nor disk itself. */
export interface ServiceParts {
  routes: readonly Route[]
  context: ServerContext
  database: Database
  outcomes: Outcomes
  faults: Faults
  checkRate: () => void
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  latencyMs: number
  publicUrl?: () => string
  /** Carries out the edit of a fault. */
  editAsAnother(edit: NonNullable<Fault['edit']>): void
  record(request: RequestRecord): void
  /** Aborts hanging requests. */
  closing: AbortSignal
}

interface Bindings {
  parts: ServiceParts
  fired: Fault[]
  origin: string
  reply: (answer: SerializedResponse) => Response
}

/**
 * A `fetch` that serves the API. It rejects as undici does, where a fault loses the request or the
 * response. `origin` is the base of addresses in answers: absent, that of the request.
 */
export function makeService(parts: ServiceParts): (request: Request, origin?: string) => Promise<Response> {
  const app = appOf(parts.routes)
  return async (request, origin) => {
    const { pathname, search, origin: own } = new URL(request.url)
    const fired = parts.faults.fire(request.method, pathname)
    if (fires(fired, 'lost-request') !== undefined) throw new TypeError('fetch failed')

    let status = 0
    const bindings: Bindings = {
      parts,
      fired,
      origin: origin ?? own,
      reply: (answer) => {
        status = answer.status
        return toResponse(answer)
      }
    }
    const stand = standIn(fired)
    const real = stand?.served === false ? undefined : await app.fetch(request, bindings)
    const response = stand === undefined ? real : toResponse(stand.answer)
    parts.record({
      method: request.method,
      path: pathname,
      query: search,
      status: status === 0 ? (response?.status ?? 0) : status
    })
    // Like `fetch`: an aborted request rejects with the reason of its signal.
    if (request.signal.aborted) throw request.signal.reason
    if (fires(fired, 'lost-response') !== undefined || response === undefined)
      throw new TypeError('fetch failed')
    return response
  }
}

type App = Hono<{ Bindings: Bindings }>

/** The tables of routes that were built: building one takes longer than serving many requests. */
const apps = new WeakMap<readonly Route[], App>()

/** One table serves all servers of a process, as a request brings the parts of its server along. */
function appOf(routes: readonly Route[]): App {
  const app = apps.get(routes) ?? routed(routes)
  apps.set(routes, app)
  return app
}

function routed(routes: readonly Route[]): App {
  const app: App = new Hono({ strict: false })
  for (const route of routes) {
    app.on(route.method, route.path, async (context) => {
      const { reply, parts, ...bindings } = context.env
      return reply(
        await guarded(context.req.raw, () =>
          serve(parts, route, context.req.raw, context.req.param(), bindings)
        )
      )
    })
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const allow = [...new Set(routes.filter((route) => route.path === path).map((route) => route.method))]
    app.all(path, async (context) =>
      context.env.reply(
        await guarded(context.req.raw, () => {
          throw wrongVerb(context.req.method, allow)
        })
      )
    )
  }
  app.all('*', async (context) =>
    context.env.reply(
      await guarded(context.req.raw, () => {
        throw new Refusal(
          404,
          'not_found',
          `${context.req.method} ${context.req.path} is not an address of this server`
        )
      })
    )
  )
  return app
}

/** Turns refusals and unexpected errors into answers, in the version of the request. */
async function guarded(
  request: Request,
  work: () => SerializedResponse | Promise<SerializedResponse>
): Promise<SerializedResponse> {
  try {
    return await work()
  } catch (error) {
    const header = request.headers.get('x-polytomic-version')
    let version = versionWithoutHeader
    try {
      version = readVersion(header)
    } catch {
      // The version itself is wrong: the error is answered in the default one.
    }
    return refused(understood(error), version)
  }
}

function understood(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const storage = storageProblem(error)
  if (storage !== undefined)
    return new Refusal(503, 'storage', `the local Polytomic cannot go on: ${storage}`)
  const isAbort = error instanceof Error && error.name === 'AbortError'
  return isAbort ? new Refusal(503, 'aborted', 'the request was given up before it was served') : bug(error)
}

/**
 * Returns the 500 of an unexpected error with its place but without its message, which may repeat a
 * secret.
 */
function bug(error: unknown): Refusal {
  const name = error instanceof Error ? error.name : 'Error'
  const place = error instanceof Error ? (/at .*\n/.exec(error.stack ?? '')?.[0]?.trim() ?? '') : ''
  return new Refusal(500, 'internal', `the local Polytomic has a bug: ${name} ${place}`)
}

async function serve(
  parts: ServiceParts,
  route: Route,
  request: Request,
  params: Record<string, string>,
  { fired, origin }: Pick<Bindings, 'fired' | 'origin'>
): Promise<SerializedResponse> {
  const version = readVersion(request.headers.get('x-polytomic-version'))
  parts.checkRate()
  const busy = fires(fired, 'too-many-requests')
  if (busy !== undefined) throw tooMany(busy)
  if (fires(fired, 'unauthorized') !== undefined) {
    throw new Refusal(401, 'unauthorized', 'the API key is not valid any more')
  }
  const caller = allowed(route, request, parts.context)
  if (isUpdate(route) && route.method !== updateVerb(version)) {
    throw wrongVerb(route.method, [updateVerb(version)], ` in version ${version}`)
  }
  const text = await readText(request)
  const reading = fires(fired, 'reading-schemas')
  const call: Call = {
    version,
    caller,
    params,
    query: new URL(request.url).searchParams,
    body: route.form === true ? readForm(text) : readObject(text),
    stale: fires(fired, 'stale-list') !== undefined,
    ...(reading === undefined ? {} : { readingSchemas: reading.status ?? 422 }),
    publicUrl: (parts.publicUrl?.() ?? origin).replace(/\/+$/, ''),
    context: { ...parts.context, catalogue: parts.context.catalogue.forRequest() }
  }
  if (route.bodyless === true || route.method === 'DELETE') mustBeEmpty(call.body, 400)
  const key = readKey(request)
  const scope = `${caller.scope} ${request.method} ${new URL(request.url).pathname}`
  const release = key === undefined ? undefined : parts.outcomes.take(scope, key)
  try {
    return await once(
      parts,
      route,
      call,
      key === undefined ? undefined : { scope, key },
      fired,
      request.signal
    )
  } finally {
    release?.()
  }
}

/** Serves the call, or replays the answer that was recorded for its key, method and address. */
async function once(
  parts: ServiceParts,
  route: Route,
  call: Call,
  keyed: { scope: string; key: string } | undefined,
  fired: Fault[],
  signal: AbortSignal
): Promise<SerializedResponse> {
  const { outcomes, database, context } = parts
  const recorded =
    keyed === undefined ? undefined : outcomes.recorded(keyed.scope, keyed.key, context.now())
  if (recorded !== undefined) return recorded
  await pause(parts, fired, signal)

  const keep = (answer: SerializedResponse): SerializedResponse => {
    if (keyed !== undefined) outcomes.record(keyed.scope, keyed.key, answer, context.now())
    return answer
  }
  const edit = fires(fired, 'edit')?.edit
  if (edit !== undefined) parts.editAsAnother(edit)
  const broken = fires(fired, 'error-before')
  if (broken !== undefined) return keep(refused(failure(broken), call.version))
  if (fires(fired, 'conflict') !== undefined) {
    throw new Refusal(409, 'conflict', 'something else is being done to this at the moment')
  }
  const ahead = await route.ahead?.(call)
  const answer = (): SerializedResponse => {
    const done = serialized((ahead ?? route.answer)(call), call.version)
    const late = fires(fired, 'error-after')
    return keep(late === undefined ? done : refused(failure(late), call.version))
  }
  try {
    const looks = route.method === 'GET' && ahead === undefined
    const work = (): SerializedResponse => (looks ? answer() : database.transaction(answer))
    return await knowing(call.context.catalogue, work)
  } catch (error) {
    return keep(refused(understood(error), call.version))
  }
}

function allowed(route: Route, request: Request, context: ServerContext): Caller {
  const header = request.headers.get('authorization')
  if (route.access === 'open' && (header ?? '') === '') return anonymous
  const caller = authenticate(header, context.directory)
  if (route.access === 'organization' && caller.organizationId === undefined) {
    throw forbidden('this key names no organization: send it as Basic ORGANIZATION_ID:KEY')
  }
  if (route.access === 'partner' && caller.class !== 'partner' && caller.class !== 'deployment') {
    throw forbidden('only a partner key may do this')
  }
  return caller
}

function isUpdate(route: Route): boolean {
  return route.anyVerb !== true && (route.method === 'PUT' || route.method === 'PATCH')
}

function wrongVerb(method: string, allow: readonly string[], where = ''): Refusal {
  const message = `${method} is not served here${where}; use ${allow.join(' or ')}`
  return new Refusal(405, 'method_not_allowed', message, { headers: { allow: allow.join(', ') } })
}

/** Waits for latency and delays while the idempotency key is locked. Rejects when the client gives up. */
async function pause(parts: ServiceParts, fired: Fault[], signal: AbortSignal): Promise<void> {
  const delay = fires(fired, 'delay')
  const hangs = fires(fired, 'hang') !== undefined
  if (parts.latencyMs === 0 && delay === undefined && !hangs) return
  const until = AbortSignal.any([signal, parts.closing])
  if (parts.latencyMs > 0) await parts.sleep(parts.latencyMs, until)
  if (delay !== undefined) await parts.sleep(delay.milliseconds ?? 1000, until)
  if (!hangs) return
  await new Promise((_resolve, reject) => {
    const giveUp = (): void => reject(new DOMException('the request was given up', 'AbortError'))
    if (until.aborted) giveUp()
    until.addEventListener('abort', giveUp, { once: true })
  })
}

function fires(fired: Fault[], name: FaultName): Fault | undefined {
  return fired.find((fault) => fault.fault === name)
}

function failure(fault: Fault): Refusal {
  return new Refusal(fault.status ?? 500, 'internal', 'something went wrong in the service')
}

function tooMany(fault: Fault): Refusal {
  const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
  return new Refusal(429, 'rate_limited', 'too many requests', { headers })
}

/** Returns the answer of a proxy in place of the server, and whether the request is served all the same. */
function standIn(fired: Fault[]): { answer: SerializedResponse; served: boolean } | undefined {
  const fault = fired.find(({ fault }) => fault === 'html' || fault === 'empty' || fault === 'redirect')
  if (fault === undefined) return undefined
  const html = { 'content-type': 'text/html; charset=utf-8' }
  const page = '<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>'
  const answers: Record<string, SerializedResponse> = {
    html: { status: fault.status ?? 502, headers: html, body: page },
    empty: { status: fault.status ?? 200, headers: { 'content-type': 'application/json' }, body: '' },
    redirect: { status: fault.status ?? 302, headers: { location: 'https://sso.invalid/login' }, body: '' }
  }
  const answer = answers[fault.fault]
  return answer === undefined ? undefined : { answer, served: fault.served ?? fault.fault === 'empty' }
}
