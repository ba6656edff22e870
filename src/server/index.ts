import type { Route, Shape } from './call.ts'
import { openCatalogue } from './catalogue/catalogue.ts'
import { makeCourier, type CourierParts } from './courier.ts'
import { openDatabase, type Database } from './database.ts'
import { openDirectory } from './directory.ts'
import { openFolder, realEdge } from './edge.ts'
import { openEvents } from './events.ts'
import { makeFaults, type Fault, type FaultControl, type FaultPlan } from './faults.ts'
import { found, localEmail, type Founded, type Founders } from './founding.ts'
import { openOutcomes } from './idempotency.ts'
import { rateLimit } from './rate.ts'
import { openRecords } from './records.ts'
import { countRequests, type RequestCounts, type RequestRecord } from './request-log.ts'
import { routes } from './routes.ts'
import { seedOrganization, seedUser } from './seed.ts'
import { makeService } from './service.ts'
import { makeStore, type Store } from './store.ts'

export { FolderProblem } from './database.ts'
export { isKey } from './directory.ts'
export { readTextFile } from './edge.ts'
export { readFaultPlan } from './fault-plan.ts'
export type { FaultControl, FaultPlan } from './faults.ts'
export type { RequestCounts, RequestRecord } from './request-log.ts'
export type { Store } from './store.ts'

/**
 * Everything may be left out: then nothing touches the disk, the key is random, and answers come at once.
 */
export interface ServerOptions extends Founders {
  /** Where everything is kept, for its owner alone. Absent: in memory. */
  directory?: string
  now?: () => Date
  randomUUID?: () => string
  /** How delays pass, for those who have a clock of their own. Rejects when the signal fires first. */
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /**
   * How webhooks are told of events: as `fetch`, asked for the addresses of webhooks alone. Absent: they are
   * told nothing.
   */
  post?: (request: Request) => Promise<Response>
  /** Of every answer. */
  latencyMs?: number
  /** More is answered with 429. */
  ratePerSecond?: number
  faults?: FaultPlan
  /** Base of `auth_url`. Default: the origin of the request. */
  publicUrl?: () => string
  /**
   * What connections hold, by connection name, in the shape of a catalogue file. Wins over files of the
   * folder.
   */
  catalogue?: Record<string, unknown>
  /**
   * Whether answers of 2025-09-18 have the members that were added to it. Default: `older`, without them.
   * Requests may have them in both cases.
   */
  shape?: Shape
}

/** The Polytomic API on this machine. */
export interface LocalServer extends Founded {
  /** `origin`: base of addresses in the answer, where the request is not to be believed. */
  fetch(request: Request, origin?: string): Promise<Response>
  /** The last requests, oldest first; `clearRequests` forgets them. */
  requests: RequestRecord[]
  clearRequests(): void
  /** Of the requests that are kept. */
  requestCounts(): RequestCounts
  store: Store
  faults: FaultControl
  close(): void
}

const keptRequests = 10_000

/**
 * Starts a server without a socket. Throws FolderProblem, or Node's error, when the folder cannot be
 * used.
 */
export function createServer(options: ServerOptions = {}): LocalServer {
  const now = options.now ?? realEdge.now
  const randomUUID = options.randomUUID ?? realEdge.randomUUID
  const folder = options.directory === undefined ? undefined : openFolder(options.directory)
  const database = openDatabase(folder)
  const directory = openDirectory(database)
  const records = openRecords(database)
  const transaction: Database['transaction'] = (work) => database.transaction(work)
  const clock = { now, randomUUID }
  const founded = orClose(database, () =>
    found(options, { transaction, directory, records, folder, ...clock })
  )

  const faults = makeFaults(options.faults)
  const requests: RequestRecord[] = []
  const closing = new AbortController()
  const sleep = options.sleep ?? realEdge.sleep
  const courier = { records, sleep, timeout: realEdge.timeout, closing: closing.signal }
  const events = openEvents(records, clock, teller(options.post, courier))
  const store = makeStore({
    directory,
    records,
    events,
    transaction,
    seed: (id, user) => {
      seedOrganization(id, records, now(), randomUUID)
      seedUser(id, { ...user, email: localEmail }, records, now())
    },
    ...clock
  })
  const serve = makeService({
    routes: routes satisfies readonly Route[],
    context: {
      shape: options.shape ?? 'older',
      records,
      directory,
      events,
      catalogue: openCatalogue(folder, options.catalogue),
      ...clock
    },
    database,
    outcomes: openOutcomes(database),
    faults,
    checkRate: rateLimit(options.ratePerSecond, now),
    sleep,
    latencyMs: options.latencyMs ?? 0,
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    editAsAnother: (change) => editAsAnother(store, change),
    record: (request) => {
      requests.push(request)
      if (requests.length > keptRequests) requests.splice(0, requests.length - keptRequests)
    },
    closing: closing.signal
  })
  return {
    ...founded,
    fetch: serve,
    requests,
    clearRequests: () => {
      requests.splice(0)
    },
    requestCounts: () => countRequests(requests),
    store,
    faults,
    close: () => {
      closing.abort()
      database.close()
    }
  }
}

/** A start that fails leaves no folder locked. */
function orClose<T>(database: Database, work: () => T): T {
  try {
    return work()
  } catch (error) {
    database.close()
    throw error
  }
}

function teller(
  post: ServerOptions['post'],
  courier: Omit<CourierParts, 'post'>
): ReturnType<typeof makeCourier> {
  return post === undefined ? () => undefined : makeCourier({ ...courier, post })
}

/** Somebody else's edit, named by a fault; a thing that is not there cannot be edited, and is left so. */
function editAsAnother(store: Store, { kind, id, name, patch }: NonNullable<Fault['edit']>): void {
  for (const thing of store.all(kind)) {
    if (id !== undefined ? thing.id !== id : thing.name !== name) continue
    if (patch === null) store.remove(kind, thing.id)
    else store.edit(kind, thing.id, patch)
  }
}
