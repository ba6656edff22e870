import type { Actor } from '../wire/common.ts'
import type { Route } from './call.ts'
import { openCatalogue } from './catalogue/catalogue.ts'
import { makeCourier, type CourierParts } from './courier.ts'
import { openDatabase, type Database } from './database.ts'
import { digest, openDirectory, type Directory } from './directory.ts'
import { openFolder, realEdge, type Folder } from './edge.ts'
import { openEvents } from './events.ts'
import { makeFaults, type Fault, type FaultControl, type FaultPlan } from './faults.ts'
import { openOutcomes } from './idempotency.ts'
import { rateLimit } from './rate.ts'
import { openRecords, type Records } from './records.ts'
import { countRequests, type RequestCounts, type RequestRecord } from './request-log.ts'
import { routes } from './routes.ts'
import { seedOrganization, seedUser, type Person } from './seed.ts'
import { makeService } from './service.ts'
import { makeStore, type Store } from './store.ts'

export { FolderProblem } from './database.ts'
export { readTextFile } from './edge.ts'
export { readFaultPlan } from './faults.ts'
export type { FaultControl, FaultPlan } from './faults.ts'
export type { RequestCounts, RequestRecord } from './request-log.ts'
export type { Store } from './store.ts'

/**
 * Everything may be left out: then nothing touches the disk, the key is random, and answers come at once.
 */
export interface ServerOptions {
  /** Where everything is kept, for its owner alone. Absent: in memory. */
  directory?: string
  /**
   * The key of the first organization. Absent: the folder's, which is made at random when there is none.
   */
  apiKey?: string
  /** Further people of the first organization, each with a key of their own: it shows who changed what. */
  users?: { name: string; key: string }[]
  /** A partner's key, for acting in any organization. */
  partnerKey?: string
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
  /** Name of the first organization. Default `Local`. */
  organization?: string
  /**
   * Further organizations, each with a user's key for as long as this server runs; without one it is made at
   * random. One that the folder has under this name is used again.
   */
  organizations?: { name: string; key?: string }[]
  /**
   * What connections hold, by connection name, in the shape of a catalogue file. Wins over files of the
   * folder.
   */
  catalogue?: Record<string, unknown>
}

/** The Polytomic API on this machine. */
export interface LocalServer {
  fetch(request: Request): Promise<Response>
  apiKey: string
  /** True when the key was made by this start: it is then the time to show it. */
  apiKeyIsNew: boolean
  organizationId: string
  /** Those of the options, in their order. */
  organizations: { id: string; name: string; apiKey: string }[]
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
const keyFile = 'api-key'

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
  const founding: Founding = { database, directory, records, now, randomUUID }
  const organizationId = organizationOfStart(founding, options.organization ?? 'Local', 'first')
  const key = firstKey(options.apiKey, folder, randomUUID)
  addPerson(founding, organizationId, localUser(organizationId), key.value)
  addKeys(options, organizationId, founding)
  const organizations = (options.organizations ?? []).map((one) => furtherOrganization(founding, one))

  const faults = makeFaults(options.faults)
  const requests: RequestRecord[] = []
  const closing = new AbortController()
  const clock = { now, randomUUID }
  const sleep = options.sleep ?? realEdge.sleep
  const courier = { records, sleep, timeout: realEdge.timeout, closing: closing.signal }
  const events = openEvents(records, clock, teller(options.post, courier))
  const store = makeStore({
    directory,
    records,
    events,
    transaction: (work) => database.transaction(work),
    seed: (id, user) => {
      seedOrganization(id, records, now(), randomUUID)
      seedUser(id, { ...user, email: localEmail }, records, now())
    },
    ...clock
  })
  const serve = makeService({
    routes: routes satisfies readonly Route[],
    world: { records, directory, events, catalogue: openCatalogue(folder, options.catalogue), ...clock },
    database,
    outcomes: openOutcomes(database),
    faults,
    checkRate: rateLimit(options.ratePerSecond, now),
    sleep,
    latencyMs: options.latencyMs ?? 0,
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    meddle: (change) => meddle(store, change),
    record: (request) => {
      requests.push(request)
      if (requests.length > keptRequests) requests.splice(0, requests.length - keptRequests)
    },
    closing: closing.signal
  })
  return {
    fetch: serve,
    apiKey: key.value,
    apiKeyIsNew: key.isNew,
    organizationId,
    organizations,
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

function teller(
  post: ServerOptions['post'],
  courier: Omit<CourierParts, 'post'>
): ReturnType<typeof makeCourier> {
  return post === undefined ? () => undefined : makeCourier({ ...courier, post })
}

interface Founding {
  database: Database
  directory: Directory
  records: Records
  now: () => Date
  randomUUID: () => string
}

/** The organization that is there from an earlier start, or a new one with this name. */
function organizationOfStart(
  { database, directory, records, now, randomUUID }: Founding,
  name: string,
  which: 'first' | 'named'
): string {
  const all = directory.organizations()
  const known = which === 'first' ? all[0] : all.find((organization) => organization.name === name)
  if (known !== undefined) return known.id
  return database.transaction(() => {
    const id = randomUUID()
    directory.addOrganization({ id, name })
    seedOrganization(id, records, now(), randomUUID)
    return id
  })
}

function furtherOrganization(
  founding: Founding,
  { name, key = founding.randomUUID() }: { name: string; key?: string }
): LocalServer['organizations'][number] {
  const id = organizationOfStart(founding, name, 'named')
  addPerson(founding, id, localUser(id), key)
  return { id, name, apiKey: key }
}

function firstKey(
  given: string | undefined,
  folder: Folder | undefined,
  randomUUID: () => string
): { value: string; isNew: boolean } {
  if (given !== undefined && given !== '') return { value: given, isNew: false }
  const kept = folder?.read(keyFile)?.trim()
  if (kept !== undefined && kept !== '') return { value: kept, isNew: false }
  const value = randomUUID()
  folder?.write(keyFile, `${value}\n`)
  return { value, isNew: true }
}

/** A key that is good for as long as this server runs, and the person whose it is. */
function addPerson(founding: Founding, organizationId: string, person: Person, key: string): void {
  const { database, directory, records, now } = founding
  const actor: Actor = { id: person.id, name: person.name, type: 'user' }
  directory.addPassingCredential(key, { class: 'user', organizationId, actor })
  if (records.get('user', person.id) !== undefined) return
  database.transaction(() => seedUser(organizationId, person, records, now()))
}

function addKeys(options: ServerOptions, organizationId: string, founding: Founding): void {
  for (const { name, key } of options.users ?? []) {
    addPerson(founding, organizationId, { id: personOf(name), name, email: emailOf(name) }, key)
  }
  if (options.partnerKey === undefined) return
  const actor: Actor = { id: personOf('partner'), name: 'Local Partner', type: 'partner' }
  founding.directory.addPassingCredential(options.partnerKey, {
    class: 'partner',
    organizationId: '',
    actor
  })
}

const localEmail = 'local.user@example.com'

/** `Ada Lovelace` → `ada.lovelace@example.com`. */
function emailOf(name: string): string {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu)
  return `${words?.join('.') ?? personOf(name)}@example.com`
}

/** An id for somebody who is known by name only: the same at every start. */
function personOf(name: string): string {
  return digest(name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

/** The user of an organization who was there first; the id is made of the organization's. */
function localUser(organizationId: string): Person {
  return { id: organizationId.replace(/^.{8}/, '00000000'), name: 'Local User', email: localEmail }
}

/** Somebody else's edit, named by a fault; a thing that is not there cannot be edited, and is left so. */
function meddle(store: Store, { kind, id, name, patch }: NonNullable<Fault['edit']>): void {
  for (const thing of store.all(kind)) {
    if (id !== undefined ? thing.id !== id : thing.name !== name) continue
    if (patch === null) store.remove(kind, thing.id)
    else store.edit(kind, thing.id, patch)
  }
}
