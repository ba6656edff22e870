import { join } from 'node:path'
import type { Database } from '../storage/database.ts'
import { makePrivateFile, type Folder } from '../storage/folder.ts'
import type { Route, ServerContext, Shape } from './call.ts'
import { openCatalogue, type Catalogue } from './catalogue/catalogue.ts'
import { contactedCatalogue } from './catalogue/contact.ts'
import { makeCourier, type CourierParts, type Post } from './courier.ts'
import { openServerDatabase } from './database.ts'
import { openDirectory } from './directory.ts'
import { openServerFolder, readPieces, realEdge } from './edge.ts'
import { openEvents } from './events.ts'
import { makeFaults, type Fault, type FaultControl, type FaultPlan } from './faults.ts'
import { found, localEmail, type Founded, type Founders } from './founding.ts'
import { copiesOf } from './kinds/bulk-copies.ts'
import { openOutcomes } from './idempotency.ts'
import { rateLimit } from './rate.ts'
import { openRecords, type Records } from './records.ts'
import { countRequests, type RequestCounts, type RequestRecord } from './request-log.ts'
import { routes } from './routes.ts'
import { localConnectors, type Connectors } from './runner/connectors.ts'
import type { ConnectorParts, SignInApps } from './runner/connector.ts'
import { openRunner, type Runner, type RunnerParts } from './runner/runner.ts'
import { openSignIns } from './runner/sign-ins.ts'
import { openRunnerState } from './runner/state.ts'
import { openSurveyor } from './runner/survey.ts'
import { seedOrganization, seedUser } from './seed.ts'
import { makeService } from './service.ts'
import { makeStore, type Store } from './store.ts'

export { FolderProblem } from '../storage/database.ts'
export { isKey } from './directory.ts'
export { readTextFile } from './edge.ts'
export { readFaultPlan } from './fault-plan.ts'
export type { FaultControl, FaultPlan } from './faults.ts'
export type { RequestCounts, RequestRecord } from './request-log.ts'
export type { Store } from './store.ts'

/**
 * Options of the server. By default nothing is stored on disk, the key is random, and answers come at
 * once.
 */
export interface ServerOptions extends Founders {
  /** The folder of the data, readable by its owner only. Absent: in memory. */
  directory?: string
  now?: () => Date
  randomUUID?: () => string
  /** Waits for delays, for tests with a clock of their own. Rejects when the signal fires first. */
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /**
   * Sends events to webhooks, like `fetch`; it is called with their addresses only. Absent: no events are
   * sent.
   */
  post?: Post
  /** The latency of each answer in milliseconds. */
  latencyMs?: number
  /** The rate limit per second; more requests are answered with 429. */
  ratePerSecond?: number
  faults?: FaultPlan
  /** The base of `auth_url`. Default: the origin of the request. */
  publicUrl?: () => string
  /**
   * The content of connections by their names, in the shape of a catalogue file. Takes precedence over
   * files of the folder.
   */
  catalogue?: Record<string, unknown>
  /**
   * The shape of answers in 2025-09-18. Default: `older`, without the members that were added to it.
   * Requests may have them in both shapes.
   */
  shape?: Shape
  /** Lets syncs really run: they read and write the systems of their connections. Absent: none is started. */
  run?: RunOptions
  /**
   * Lets connections be looked into: the systems that have a connector say what they hold, in place of the
   * catalogue. Absent: none is contacted for that.
   */
  contact?: ContactOptions
}

/** What looking into systems needs of the world. */
export interface ContactOptions extends Pick<RunOptions, 'fetch' | 'localFiles' | 'connectors' | 'apps'> {
  /** How long one system may take. Default: ten seconds, and longer for the fields of many objects. */
  boundMs?: number
}

/** What running syncs needs of the world. */
export interface RunOptions {
  /** Reaches other systems, like `fetch`. */
  fetch: ConnectorParts['fetch']
  /** Whether CSV connections may name files of this machine. Absent: they may. */
  localFiles?: boolean
  /** From 0 to 1, by chance. */
  random?: () => number
  /** In place of those that ship with polyctl. */
  connectors?: Connectors
  /** The apps of this server in systems that people sign in to, by types of connections. */
  apps?: SignInApps
  /** Told after each batch of records. */
  moving?: () => void
  /** Schedules start syncs as long as the server is up. Absent: nothing runs that nobody started. */
  schedules?: boolean
}

/** The Polytomic API on this machine. */
export interface LocalServer extends Founded {
  /**
   * Serves a request. `origin` is the base of addresses in the answer, where that of the request cannot
   * be trusted.
   */
  fetch(request: Request, origin?: string): Promise<Response>
  /** The last requests, oldest first; `clearRequests` forgets them. */
  requests: RequestRecord[]
  clearRequests(): void
  /** Counts the requests that `requests` holds. */
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
  const folder = options.directory === undefined ? undefined : openServerFolder(options.directory)
  const database = openServerDatabase(folder)
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
    seed: (id, user) => seed(records, clock, id, user),
    ...clock
  })
  const runner = orClose(database, () =>
    runnerOf(options, folder, { records, events, transaction, now, randomUUID, sleep })
  )
  const serve = makeService({
    routes: routes satisfies readonly Route[],
    context: {
      shape: options.shape ?? 'older',
      records,
      directory,
      events,
      catalogue: catalogueOf(options, folder, { now, sleep, closing: closing.signal }),
      ...(runner === undefined ? {} : { runner }),
      ...signInsOf(options, { now, sleep, randomUUID }),
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
    record: (request) => keepRequest(requests, request),
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
      runner?.close()
      database.close()
    }
  }
}

/** The types whose systems are really there: their files do not say what is in them. */
function isReal({ run }: ServerOptions): (type: string) => boolean {
  const connectors = run === undefined ? new Map() : (run.connectors ?? localConnectors)
  return (type) => connectors.has(type)
}

/** Opens the catalogues, and lets systems speak for themselves where they may be contacted. */
function catalogueOf(
  options: ServerOptions,
  folder: Folder | undefined,
  { closing, ...parts }: Pick<ConnectorParts, 'now' | 'sleep'> & { closing: AbortSignal }
): Catalogue {
  const plain = openCatalogue(folder, options.catalogue, isReal(options))
  const { contact } = options
  if (contact === undefined) return plain
  const systems = openSurveyor({
    connectors: contact.connectors ?? localConnectors,
    parts: { ...parts, ...accessOf(contact), timeout: realEdge.timeout },
    closing,
    ...(contact.boundMs === undefined ? {} : { boundMs: contact.boundMs })
  })
  return contactedCatalogue(plain, systems, parts.now)
}

/** Lets people sign in to systems, where the server talks to these at all. */
function signInsOf(
  { run, contact }: ServerOptions,
  { randomUUID, ...parts }: Pick<ConnectorParts, 'now' | 'sleep'> & { randomUUID: () => string }
): Pick<ServerContext, 'signIns'> {
  const options = run ?? contact
  if (options === undefined) return {}
  return {
    signIns: openSignIns({
      connectors: options.connectors ?? localConnectors,
      parts: { ...parts, ...accessOf(options), timeout: realEdge.timeout },
      randomUUID
    })
  }
}

/** What connectors may use of this machine: the network, files, and apps to sign in with. */
function accessOf({
  fetch,
  localFiles,
  apps
}: Pick<RunOptions, 'fetch' | 'localFiles' | 'apps'>): Pick<ConnectorParts, 'fetch' | 'readFile' | 'apps'> {
  return {
    fetch,
    ...(localFiles === false ? {} : { readFile: readPieces }),
    ...(apps === undefined ? {} : { apps })
  }
}

/** Opens the runner, and lets it go on with what an earlier process accepted. */
function runnerOf(
  { run, publicUrl }: ServerOptions,
  folder: Folder | undefined,
  parts: Pick<RunnerParts, 'records' | 'events' | 'transaction' | 'now' | 'randomUUID' | 'sleep'>
): Runner | undefined {
  if (run === undefined) return undefined
  const file = folder === undefined ? undefined : join(folder.path, 'runner.db')
  if (file !== undefined) makePrivateFile(file)
  const runner = openRunner({
    ...parts,
    copiesOf,
    state: openRunnerState(file, () => `${parts.randomUUID()}${parts.randomUUID()}`),
    connectors: run.connectors ?? localConnectors,
    parts: {
      ...accessOf(run),
      now: parts.now,
      sleep: parts.sleep,
      timeout: realEdge.timeout
    },
    random: run.random ?? realEdge.random,
    moving: () => run.moving?.(),
    ...(run.schedules === true ? { schedules: { baseUrl: publicUrl ?? (() => '') } } : {})
  })
  runner.recover()
  return runner
}

function keepRequest(requests: RequestRecord[], request: RequestRecord): void {
  requests.push(request)
  if (requests.length > keptRequests) requests.splice(0, requests.length - keptRequests)
}

/** Makes what a new organization has, and its first user. */
function seed(
  records: Records,
  { now, randomUUID }: { now: () => Date; randomUUID: () => string },
  id: string,
  user: { id: string; name: string }
): void {
  seedOrganization(id, records, now(), randomUUID)
  seedUser(id, { ...user, email: localEmail }, records, now())
}

/** Closes the database when a later step of the start fails, so that no folder stays locked. */
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

/** Carries out the edit of a fault; for a thing that does not exist nothing happens. */
function editAsAnother(store: Store, { kind, id, name, patch }: NonNullable<Fault['edit']>): void {
  for (const thing of store.all(kind)) {
    if (id !== undefined ? thing.id !== id : thing.name !== name) continue
    if (patch === null) store.remove(kind, thing.id)
    else store.edit(kind, thing.id, patch)
  }
}
