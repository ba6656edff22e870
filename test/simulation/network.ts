import { simulated } from './items.ts'
import type { StoredKind } from '../../src/server/stored.ts'
import { isObject, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import type { Clock } from './clock.ts'
import type { Incident, InjectedFaults } from './faults.ts'
import type { Random } from './random.ts'
import type { Service } from './service.ts'

/** One request of the program, as it was seen on the way. */
export interface Exchange {
  number: number
  at: number
  method: string
  path: string
  query: string
  body?: Json
  /** The idempotency key of what makes something. */
  key?: string
  /** The id that a create was answered with. */
  made?: string
  /** Its place in the order in which the service took requests, which is another one than that of sending. */
  taken?: number
  /** Absent: nothing was answered. */
  status?: number
  /** Ids in the body that nothing had when it was sent. */
  strangers: string[]
  /** How many requests were under way with it. */
  underWay: number
}

/** What somebody else did in the meantime. */
export interface OutsideEdit {
  kind: string
  id: string
  how: 'edit' | 'touch' | 'delete'
  /** It happened just before the request with this number was taken. */
  at: number
  /** The place of that request in the order of taking. */
  taken: number
  /** What an edit changed. */
  fields: string[]
}

/** The way between one process and the service. */
export interface Network {
  fetch(request: Request, cut?: AbortSignal): Promise<Response>
  exchanges: Exchange[]
  outsideEdits: OutsideEdit[]
  /** Settles when the process has been killed. */
  killed: Promise<'killed'>
  isKilled(): boolean
  /** Waits until what the client gave up has been carried out. */
  settled(): Promise<unknown>
}

/** What happens in the process itself when its time has come. */
export interface Hooks {
  interrupt(): void
  stopListening(): void
}

export function openNetwork(
  service: Service,
  clock: Clock,
  faults: InjectedFaults,
  given: {
    random: Random
    pageSize: number
    hooks: Hooks
    schedule?: (answer: Promise<Response>) => Promise<Response>
  }
): Network {
  const exchanges: Exchange[] = []
  const outsideEdits: OutsideEdit[] = []
  const late: Promise<unknown>[] = []
  const isCalm = faults.server.length + faults.way.length === 0
  let underWay = 0
  let taken = 0
  let isDead = false
  let die: (how: 'killed') => void = () => undefined
  const killed = new Promise<'killed'>((resolve) => (die = resolve))
  const never = new Promise<Response>(() => undefined)
  /** The connections of a process end with it: nothing that hangs is waited for any more. */
  const closed = new AbortController()
  const kill = (): Promise<Response> => {
    isDead = true
    die('killed')
    closed.abort()
    return never
  }

  async function carry(
    request: Request,
    exchange: Exchange,
    incidents: readonly Incident[]
  ): Promise<Response> {
    const is = (what: Incident['what']): boolean => incidents.some((incident) => incident.what === what)
    const place = (taken += 1)
    exchange.taken = place
    for (const incident of incidents) {
      if (incident.what === 'interrupt') given.hooks.interrupt()
      if (incident.what === 'stop-listening') given.hooks.stopListening()
      if (incident.what === 'edit' || incident.what === 'touch' || incident.what === 'delete')
        outsideEdits.push(
          ...mutate(
            service,
            { what: incident.what, draw: incident.draw },
            { at: exchange.number, taken: place }
          )
        )
    }
    if (is('killed-before')) return await kill()
    if (is('late')) {
      const patience = new AbortController()
      const copy = new Request(request.url, {
        method: request.method,
        headers: request.headers,
        signal: patience.signal,
        ...(exchange.body === undefined ? {} : { body: JSON.stringify(exchange.body) })
      })
      late.push(clock.sleep(90_000).then(() => service.server.fetch(copy).catch(() => undefined)))
      late.push(clock.sleep(180_000).then(() => patience.abort()))
      return await untilGivenUp(request)
    }
    if (is('repeat') && exchange.method !== 'GET') return refusal(exchange)
    if (isCalm) exchange.strangers = strangersIn(exchange.body, service)
    const signal = AbortSignal.any([request.signal, closed.signal])
    const response = await service.server.fetch(new Request(request, { signal }))
    exchange.status = response.status
    if (exchange.key !== undefined && response.ok) exchange.made = await idIn(response)
    if (is('killed-after')) return await kill()
    return response
  }

  return {
    exchanges,
    outsideEdits,
    killed,
    isKilled: () => isDead,
    settled: () => Promise.all(late),
    async fetch(sent, cut) {
      if (isDead) return await never
      const request = paged(cut ? new Request(sent, { signal: cut }) : sent, given.pageSize)
      const { pathname, search } = new URL(request.url)
      const text = await request.clone().text()
      underWay += 1
      const number = exchanges.length
      const exchange: Exchange = {
        number,
        at: clock.now(),
        method: request.method,
        path: pathname,
        query: search,
        ...(text === '' ? {} : { body: JSON.parse(text) as Json }),
        ...(request.headers.has('idempotency-key') && { key: request.headers.get('idempotency-key')! }),
        strangers: [],
        underWay
      }
      exchanges.push(exchange)
      const incidents = faults.way.filter((incident) => incident.at === number)
      try {
        if (given.schedule) {
          const answer = carry(request, exchange, incidents)
          // Held back, it may fail long before anybody hears of it.
          answer.catch(() => undefined)
          return await given.schedule(answer)
        }
        await clock.sleep(1 + given.random.below(40), request.signal)
        const response = await carry(request, exchange, incidents)
        await clock.sleep(1 + given.random.below(40), request.signal)
        return isDead ? await never : response
      } catch (error) {
        // Who is dead hears of nothing, and so not of what ended with it.
        if (isDead) return await never
        throw error
      } finally {
        underWay -= 1
      }
    }
  }
}

/** Every list that there is, wherever a version has it. */
const listPaths = new RegExp(
  `^(?:${simulated
    .flatMap(({ api }) => [api.path, ...Object.values(api.olderPaths ?? {})])
    .map((path) => path.replace('{organization}', '[^/]+'))
    .join('|')})$`
)

/** Pages are as long as the world has them: the program does not ask for a length of its own. */
function paged(request: Request, pageSize: number): Request {
  const url = new URL(request.url)
  const isList = request.method === 'GET' && listPaths.test(url.pathname)
  if (!isList) return request
  url.searchParams.set('limit', String(pageSize))
  return new Request(url, request)
}

/** As `fetch` does: rejects with the reason of whoever gave up. */
function untilGivenUp(request: Request): Promise<Response> {
  return new Promise((_resolve, reject) => {
    const giveUp = (): void => reject(request.signal.reason as Error)
    if (request.signal.aborted) giveUp()
    request.signal.addEventListener('abort', giveUp, { once: true })
  })
}

function refusal(exchange: Exchange): Response {
  exchange.status = 422
  const message = `cannot take ${JSON.stringify(exchange.body ?? null)}`
  return Response.json({ status: 422, key: 'invalid', message }, { status: 422 })
}

/** Somebody else does something to one of the things that are there. */
function mutate(
  service: Service,
  { what: how, draw }: { what: OutsideEdit['how']; draw: number },
  when: { at: number; taken: number }
): OutsideEdit[] {
  const { store } = service.server
  const things = simulated
    .filter(({ api }) => api.access === 'listed')
    .flatMap(({ name }) =>
      store.all(name as StoredKind).map((thing) => ({ kind: name as StoredKind, thing }))
    )
  const chosen = things[draw % Math.max(1, things.length)]
  if (!chosen) return []
  const { kind, thing } = chosen
  if (how === 'touch') store.edit(kind, thing.id, {})
  const way = Math.floor(draw / things.length)
  const patch = how === 'edit' ? patchOf(thing as unknown as JsonObject, way) : {}
  if (how === 'edit') store.edit(kind, thing.id, patch)
  if (how === 'delete') {
    // The web page does not let go of what is used.
    const users = things.filter((other) => JSON.stringify(other.thing).split(thing.id).length > 1)
    if (users.some((other) => other.thing.id !== thing.id)) return []
    store.remove(kind, thing.id)
  }
  return [{ kind, id: thing.id, how, ...when, fields: Object.keys(patch) }]
}

/** A value that could be there as well: a switch is turned, or a setting is made; `way` says which. */
function patchOf(thing: JsonObject, way: number): JsonObject {
  const switches = Object.keys(thing).filter(
    (key) => typeof thing[key] === 'boolean' && key !== 'fields_known'
  )
  const chosen = switches[way % Math.max(1, switches.length)]
  if (chosen !== undefined) return { [chosen]: thing[chosen] !== true }
  // Who has several roles has one less.
  const roles = thing['role_ids']
  if (Array.isArray(roles) && roles.length > 1) return { role_ids: roles.slice(1) }
  const settings = thing['configuration']
  if (!isObject(settings)) return {}
  // What a connection can be told is known; what a model reads is anybody's guess.
  const names =
    'connection_id' in thing ? ['by_hand'] : ['hostname', 'username'].filter((name) => name in settings)
  if (names.length === 0) return {}
  return { configuration: Object.fromEntries(names.map((name) => [name, `edit ${way}`])) }
}

async function idIn(response: Response): Promise<string> {
  const text = await response.clone().text()
  const answer = text.startsWith('{') ? (JSON.parse(text) as Json) : null
  const data = isObject(answer) ? answer['data'] : undefined
  return isObject(data) ? textOf(data['id']) : ''
}

const idSyntax = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

function strangersIn(body: Json | undefined, service: Service): string[] {
  // What enriches a model has an id of its own, and so has a schedule; neither is a thing of its own.
  const text = JSON.stringify(body ?? null, (key, value: Json) =>
    ['enricher_id', 'id'].includes(key) ? null : value
  )
  const ids = (text.match(idSyntax) ?? []).filter((id) => !id.startsWith('00000000-0000'))
  const known = ids.length === 0 ? new Set() : service.ids()
  return ids.filter((id) => !known.has(id))
}
