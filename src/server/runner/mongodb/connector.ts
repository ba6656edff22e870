import type { MongoClient, MongoClientOptions } from 'mongodb'
import type { Json, JsonObject } from '../../../wire/common.ts'
import {
  RunProblem,
  type ConnectionFacts,
  type Connector,
  type ConnectorParts,
  type FieldFacts,
  type ObjectFacts,
  type RowRequest,
  type Source
} from '../connector.ts'
import { driver } from '../driver.ts'
import type { Row } from '../value.ts'
import { misconfigured, understood, type ErrorPlace } from './errors.ts'
import { fieldsOf } from './fields.ts'
import { partAt, valueOf } from './values.ts'

/** The connector of MongoDB: collections are read by the official driver. */
export const mongodb: Connector = {
  source: async (connection, parts) => {
    const { MongoClient } = await driver('mongodb', () => import('mongodb'))
    const place = placeOf(connection)
    try {
      const client = new MongoClient(addressOf(connection), optionsOf(connection, parts))
      return new MongoSource(client, place, parts)
    } catch (error) {
      throw misconfigured(error, place)
    }
  }
}

/** Documents at each end of a collection that are looked at for its fields. */
const sample = 100
/** Types keep what JavaScript would lose of them, or cannot have: its patterns are others than MongoDB's. */
const exact = { useBigInt64: true, promoteBuffers: false, bsonRegExp: true }

class MongoSource implements Source {
  readonly #client: MongoClient
  readonly #place: ErrorPlace
  readonly #signal: AbortSignal

  constructor(client: MongoClient, place: ErrorPlace, { signal }: ConnectorParts) {
    this.#client = client
    this.#place = place
    this.#signal = signal
  }

  async objects(): Promise<ObjectFacts[]> {
    return await this.#understandably('the list of databases', async () => {
      const { databases } = await this.#client.db().admin().listDatabases({ nameOnly: true })
      const own = databases.filter(({ name }) => !['admin', 'config', 'local'].includes(name))
      const objects: ObjectFacts[] = []
      for (const { name } of own) objects.push(...(await this.#collections(name)))
      return objects
    })
  }

  async #collections(database: string): Promise<ObjectFacts[]> {
    // Whoever may read some collections of a database need not be allowed to list them all.
    const options = { nameOnly: true, authorizedCollections: true }
    const collections = await this.#client.db(database).listCollections({}, options).toArray()
    return collections
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('system.'))
      .toSorted()
      .map((name) => ({
        id: `${database}.${name}`,
        label: name,
        fields: undefined,
        configuration: { database, collection: name }
      }))
  }

  async fields(configuration: JsonObject): Promise<FieldFacts[]> {
    const { database, collection } = namesOf(configuration)
    return await this.#understandably(`${database}.${collection}`, () => this.#fields(database, collection))
  }

  /** The oldest documents and the newest: fields come and go with time. */
  async #fields(database: string, collection: string): Promise<FieldFacts[]> {
    const all = this.#client.db(database).collection(collection)
    const options = { ...exact, limit: sample, signal: this.#signal }
    const [first, last] = await Promise.all([
      all.find({}, { ...options, sort: { _id: 1 } }).toArray(),
      all.find({}, { ...options, sort: { _id: -1 } }).toArray()
    ])
    return fieldsOf([...first, ...last])
  }

  async *rows({ configuration, fields, batch }: RowRequest): AsyncIterable<Row[]> {
    const { database, collection } = namesOf(configuration)
    const paths = fields.map((field) => field.split('.'))
    const options = { ...exact, projection: projectionOf(paths), batchSize: batch, signal: this.#signal }
    try {
      let rows: Row[] = []
      for await (const document of this.#client.db(database).collection(collection).find({}, options)) {
        rows.push(paths.map((path) => valueOf(partAt(document, path))))
        if (rows.length < batch) continue
        yield rows
        rows = []
      }
      if (rows.length > 0) yield rows
    } catch (error) {
      this.#signal.throwIfAborted()
      throw understood(error, { ...this.#place, namespace: `${database}.${collection}` })
    }
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  async #understandably<T>(namespace: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#signal.throwIfAborted()
      throw understood(error, { ...this.#place, namespace })
    }
  }
}

/** Items of lists cannot be asked for: the whole list is. No path may lie within another one. */
function projectionOf(paths: readonly (readonly string[])[]): Record<string, 0 | 1> {
  const wanted = paths.map((path) => {
    const at = path.findIndex((name) => /^\d+$/.test(name))
    return path.slice(0, at < 1 ? undefined : at).join('.')
  })
  const names = new Set(wanted)
  const isWithin = (name: string): boolean =>
    name.split('.').some((_part, at, all) => at > 0 && names.has(all.slice(0, at).join('.')))
  const outer = [...names].filter((name) => !isWithin(name))
  const isForId = outer.length === 0 || outer.some((name) => name === '_id' || name.startsWith('_id.'))
  return { ...(isForId ? (outer.length === 0 ? { _id: 1 } : {}) : { _id: 0 }), ...ones(outer) }
}

function ones(names: readonly string[]): Record<string, 1> {
  return Object.fromEntries(names.map((name) => [name, 1]))
}

function namesOf({ database, collection, query }: JsonObject): { database: string; collection: string } {
  if (text(query) !== '')
    throw new RunProblem('query', 'this server reads whole collections, and no queries of MongoDB')
  if (text(database) === '' || text(collection) === '')
    throw new RunProblem('collection', 'the model of a MongoDB connection needs database and collection')
  return { database: text(database), collection: text(collection) }
}

function placeOf({ name, configuration: { hosts, ssl } }: ConnectionFacts): ErrorPlace {
  return { connection: name, hosts: bare(hosts).replace(/^.*@/, ''), isTls: ssl !== false }
}

/** Secrets are no part of the address, so that no message can show them. */
function addressOf({ configuration: { hosts, srv, params } }: ConnectionFacts): string {
  const isSrv = srv === true || text(hosts).startsWith('mongodb+srv:')
  return `mongodb${isSrv ? '+srv' : ''}://${bare(hosts)}/?${text(params).replace(/^\?/, '')}`
}

/** Hosts without the scheme that people paste along, as lists may have spaces. */
function bare(hosts: Json | undefined): string {
  const all = text(hosts).replace(/^mongodb(?:\+srv)?:\/\//, '')
  return all.replaceAll(/\s|\/$/g, '')
}

function optionsOf({ configuration }: ConnectionFacts, { connectMs }: ConnectorParts): MongoClientOptions {
  const { username, password, database, ssl, params } = configuration
  const own = new Set([...new URLSearchParams(text(params)).keys()].map((name) => name.toLowerCase()))
  const isTlsSaid = own.has('tls') || own.has('ssl')
  const defaults = Object.entries(limitsOf(connectMs)).filter(([name]) => !own.has(name.toLowerCase()))
  return {
    ...Object.fromEntries(defaults),
    ...(isTlsSaid ? {} : { tls: ssl !== false }),
    ...(text(username) === ''
      ? {}
      : { auth: { username: text(username), password: typeof password === 'string' ? password : '' } }),
    ...(text(database) === '' || own.has('authsource') ? {} : { authSource: text(database) })
  }
}

/** What the params of a connection may say otherwise. A server that is silent for five minutes is gone. */
function limitsOf(connectMs = 15_000): MongoClientOptions {
  return {
    appName: 'polyctl',
    serverSelectionTimeoutMS: connectMs,
    connectTimeoutMS: connectMs,
    socketTimeoutMS: 300_000,
    maxPoolSize: 4
  }
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value.trim() : ''
}
