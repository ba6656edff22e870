import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as textOfStream } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localConnectors, type Connectors } from '../../../src/server/runner/connectors.ts'
import type { Source } from '../../../src/server/runner/connector.ts'
import type { SyncFacts } from '../../../src/server/runner/open-job.ts'
import {
  Decimal,
  Instant,
  isList,
  jsonOf,
  JsonText,
  textOf,
  type Cell
} from '../../../src/server/runner/value.ts'
import { startMongo, type MongoFixture } from '../../fixtures/mongodb/index.ts'
import { startSalesforce, type SalesforceFixture } from '../../fixtures/salesforce/index.ts'
import { startPostgresql, whyNoPostgresql, type RealPostgresql } from '../../support/postgresql.ts'
import { csvSamples, missing, mongodbSamples, postgresqlSamples, type Samples } from './value-samples.ts'
import { field, identity, runnerWorld, syncFacts, type Done, type Setting } from './world.ts'

/**
 * What becomes of a value of every type of a source in every type of field of a target: the engine runs from the
 * servers of the tests into the servers of the tests, and what then stands there is kept in `test/golden/values/`.
 */

const why = whyNoPostgresql()
if (why !== undefined) console.warn(`${why}; the tables of values from and to PostgreSQL with them`)

const salesforceFields = {
  Text__c: { type: 'string', before: 'old' },
  Number__c: { type: 'double', before: 9 },
  Int__c: { type: 'int', before: 9 },
  Yes__c: { type: 'boolean', before: true },
  Day__c: { type: 'date', before: '2001-02-03' },
  At__c: { type: 'datetime', before: '2001-02-03T04:05:06.000+0000' }
} as const

const columns = {
  text: "'old'",
  numeric: '9',
  bigint: '9',
  boolean: 'true',
  date: "'2001-02-03'",
  timestamp: "'2001-02-03 04:05:06'",
  timestamptz: "'2001-02-03 04:05:06+00'",
  jsonb: `'"old"'`,
  uuid: "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
  bytea: String.raw`'\xff'`,
  'text[]': "'{old}'"
}

let mongo: MongoFixture
let org: SalesforceFixture | undefined
let web: Web
let db: RealPostgresql | undefined
beforeAll(async () => {
  mongo = await startMongo()
  web = await startWeb()
  if (why === undefined) db = await startPostgresql()
})
afterAll(async () => {
  await Promise.all([mongo.close(), org?.close(), web.close(), db?.stop()])
})

/** A source with one record for each sample, which has it in the field `v`. */
interface From {
  samples: Samples<unknown>
  prepare: () => Promise<void>
  setting: () => Setting
  connectors: Connectors
}

const sources: Record<string, From> = {
  mongodb: {
    samples: mongodbSamples,
    prepare: async () => {
      if (mongo.commands.length > 0) return
      mongo.put(
        'example.values',
        mongodbSamples.map(([key, v]) => ({ _id: key, key, ...(v === missing ? {} : { v }) }))
      )
    },
    setting: () => ({
      from: { type: 'mongodb', configuration: { hosts: mongo.host, ssl: false } },
      model: { configuration: { database: 'example', collection: 'values' } }
    }),
    connectors: localConnectors
  },
  csv: {
    samples: csvSamples,
    prepare: async () => {
      const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`
      const lines = csvSamples.map(([key, v]) =>
        typeof v === 'string' ? `${cell(key)},${cell(v)}` : cell(key)
      )
      web.file = ['key,v', ...lines].join('\r\n')
    },
    setting: () => ({
      from: { type: 'csv', configuration: { url: web.url } },
      model: { configuration: {} }
    }),
    connectors: localConnectors
  },
  postgresql: {
    samples: postgresqlSamples,
    prepare: async () => {
      const list = postgresqlSamples.map(([, expression], at) => `${expression} AS "v${at}"`)
      await db?.sql(`DROP TABLE IF EXISTS samples; CREATE TABLE samples AS SELECT ${list.join(', ')}`)
    },
    setting: () => ({
      from: { type: 'postgresql', configuration: db!.configuration },
      model: { configuration: { table: 'public.samples' } }
    }),
    connectors: new Map([...localConnectors, ['postgresql', turned()]])
  }
}

/** PostgreSQL, whose one row with a column of each type is given as one row for each. */
function turned(): NonNullable<ReturnType<Connectors['get']>> {
  const entry = localConnectors.get('postgresql')!
  return {
    ...entry,
    load: async () => {
      const connector = await entry.load()
      return { ...connector, source: async (...parts) => turnedSource(await connector.source!(...parts)) }
    }
  }
}

function turnedSource(source: Source): Source {
  return {
    ...source,
    async *rows({ configuration, fields, batch }) {
      const names = postgresqlSamples.map((_one, at) => `v${at}`)
      const [[row = []] = []] = await Array.fromAsync(source.rows({ configuration, fields: names, batch }))
      yield row.map((cell, at) => fields.map((name) => (name === 'key' ? postgresqlSamples[at]![0] : cell)))
    }
  }
}

/** What stands in the fields of a target, by the names of samples. */
type Standing = Map<string, Map<string, string>>

interface To {
  prepare: (from: From) => Promise<void>
  fields: readonly string[]
  type: string
  configuration: () => object
  object: string
  keyField: string
  /** What stands there, as text: `left`, `null` or the value. */
  standing: () => Promise<Standing>
}

const targets: Record<string, To> = {
  salesforce: {
    prepare: async ({ samples }) => {
      await org?.close()
      const own = Object.entries(salesforceFields).map(([name, { type }]) => ({ name, type }))
      const fields = [{ name: 'Key__c', type: 'string' as const, externalId: true }, ...own]
      org = await startSalesforce({ objects: [{ name: 'Value__c', keyPrefix: 'a00', fields }] })
      const before = Object.entries(salesforceFields).map(([name, one]) => [name, one.before])
      org.put(
        'Value__c',
        samples.map(([Key__c]) => ({ Key__c, ...Object.fromEntries(before) }))
      )
    },
    fields: Object.keys(salesforceFields),
    type: 'salesforce',
    configuration: () => ({
      domain: org!.url,
      connect_mode: 'clientcredentials',
      client_id: org!.app.clientId,
      client_secret: org!.app.clientSecret
    }),
    object: 'Value__c',
    keyField: 'Key__c',
    standing: async () =>
      new Map(
        org!
          .rows('Value__c')
          .map((row) => [
            String(row['Key__c']),
            new Map(Object.keys(salesforceFields).map((name) => [name, shown(row[name] ?? null)]))
          ])
      )
  },
  postgresql: {
    prepare: async ({ samples }) => {
      const names = Object.keys(columns).map(
        (type) => `"${type}" ${type} DEFAULT ${columns[type as 'text']}`
      )
      await db!.sql(
        `DROP TABLE IF EXISTS values_; CREATE TABLE values_ (key text PRIMARY KEY, ${names.join(', ')})`
      )
      for (const [key] of samples) await db!.sql('INSERT INTO values_ (key) VALUES ($1)', [key])
    },
    fields: Object.keys(columns),
    type: 'postgresql',
    configuration: () => db!.configuration,
    object: 'public.values_',
    keyField: 'key',
    standing: async () => {
      const texts = Object.keys(columns).map((name) => `coalesce("${name}"::text, 'NULL') AS "${name}"`)
      const rows = await db!.sql(`SET TimeZone = 'UTC'; SELECT key, ${texts.join(', ')} FROM values_`)
      return new Map(
        rows.map(({ key, ...row }) => [
          String(key),
          new Map(Object.entries(row).map(([name, value]) => [name, shown(value)]))
        ])
      )
    }
  },
  webhook: {
    prepare: async () => void (web.received.length = 0),
    fields: ['v'],
    type: 'webhook',
    configuration: () => ({ url: web.url, auth_method: 'polytomic_secret' }),
    object: 'http',
    keyField: 'key',
    standing: async () =>
      new Map(
        web.received.map((body) => {
          const [, key = '', rest = ''] =
            /"fields":\{"key":"([^"]*)"(?:,"v":(.*))?\}\}\]\}\}$/s.exec(body) ?? []
          return [key, new Map([['v', rest === '' ? 'not sent' : shown(rest)]])]
        })
      )
  }
}

function facts(from: From, to: To, name: string): SyncFacts {
  const setting = from.setting()
  const isWeb = to.type === 'webhook'
  return syncFacts({
    ...setting,
    to: { type: to.type, configuration: to.configuration() as never },
    sync: {
      id: `${to.type} ${name}`,
      ...(isWeb ? { identity: null } : { identity: identity(to.keyField, 'key') }),
      fields: isWeb ? [field('key'), field('v')] : [field(name, 'v')],
      target: { connection_id: 'to', object: to.object }
    }
  })
}

/** Why records were refused, by their names. */
function refusals({ log, problem }: Done): Map<string, string> {
  expect(problem).toBeUndefined()
  return new Map((log['errors'] ?? []).map(({ identity: [key = ''], message = '' }) => [key, message]))
}

async function table(from: From, to: To): Promise<string> {
  await from.prepare()
  await to.prepare(from)
  const world = runnerWorld(from.connectors)
  const before = await to.standing()
  const refused = new Map<string, Map<string, string>>()
  const odd: string[] = []
  for (const name of to.fields) {
    const sync = facts(from, to, name)
    const reasons = refusals(await world.run(sync))
    refused.set(name, reasons)
    const { shown: again } = await world.preview(sync, { resync: true })
    const different = again.filter(
      ({ operation, same, identity }) => operation === 'update' && !same && !reasons.has(identity[0] ?? '')
    )
    if (different.length > 0)
      odd.push(`- ${name}: ${different.map(({ identity }) => identity.join()).join('; ')}`)
  }
  const standing = await to.standing()
  const read = await cells(from)
  world.state.close()
  const sentences = new Map<string, Set<string>>()
  const lines = from.samples.map(([key], at) => {
    const values = to.fields.map((name) => {
      const sentence = refused.get(name)?.get(key)
      const [old, value = 'nothing'] = [before, standing].map((all) => all.get(key)?.get(name))
      if (sentence !== undefined) {
        expect(value).toBe(old)
        const why = sentence.replace(/^(?:the (?:field|column) )?[\w[\]]+:? (?=takes|would|data)/, '')
        sentences.set(why, (sentences.get(why) ?? new Set()).add(name))
      }
      return sentence !== undefined ? 'refused' : read[at] === undefined && value === old ? 'left' : value
    })
    return [key, shown(readAs(read[at])), ...values]
  })
  const head = ['value', 'read as', ...(to.type === 'webhook' ? ['sent'] : to.fields)]
  const all = [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`)
  const reasons = [...sentences].map(([sentence, names]) => `- ${[...names].join(', ')}: ${sentence}`)
  const said = sentences.size === 0 ? [] : ['', 'Refused with:', '', ...reasons.toSorted()]
  const differing = odd.length === 0 ? [] : ['', 'Written, and shown as different afterwards:', '', ...odd]
  return [...all, ...said, ...differing, ''].join('\n')
}

/** What the engine reads. */
async function cells(from: From): Promise<Cell[]> {
  const { from: { type, configuration } = {}, model } = from.setting()
  const connector = await from.connectors.get(type!)!.load()
  const signal = new AbortController().signal
  const source = await connector.source!(
    { id: 'c', name: 'c', type: type!, configuration: configuration! },
    {
      signal,
      fetch: (request) => fetch(request),
      now: () => new Date(0),
      sleep: async () => {},
      timeout: () => signal
    }
  )
  const request = { configuration: model!.configuration!, fields: ['v'], batch: 100 }
  const batches = await Array.fromAsync(source.rows(request))
  await source.close()
  return batches.flat().map(([cell]) => cell)
}

/** What the engine takes a value for. */
function readAs(cell: Cell): string {
  if (cell === undefined) return 'missing'
  const types = [
    [cell instanceof Decimal, 'decimal'],
    [cell instanceof Instant, 'moment'],
    [cell instanceof JsonText, 'JSON'],
    [cell instanceof Uint8Array, 'bytes'],
    [typeof cell === 'string', 'text'],
    [isList(cell), 'list'],
    [typeof cell === 'object' && cell !== null, 'object']
  ] as const
  const [, type = ''] = types.find(([isType]) => isType) ?? []
  const text = ['list', 'object'].includes(type) ? jsonOf(cell) : cell === null ? 'null' : textOf(cell)
  return `${type} ${text}`.trim()
}

/** A value in a cell of a table. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const cut = text.length > 60 ? `${text.slice(0, 50)}… (${text.length})` : text
  return cut.replaceAll('\0', String.raw`\0`).replaceAll('|', String.raw`\|`) || '(empty)'
}

interface Web {
  url: string
  file: string
  received: string[]
  close: () => Promise<void>
}

/** Serves a file to who asks for it, and takes what is posted. */
async function startWeb(): Promise<Web> {
  const server = createServer((request, response) => {
    if (request.method === 'GET') return void response.end(opened.file)
    void textOfStream(request).then((body) => {
      opened.received.push(body)
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const opened: Web = {
    url: `http://127.0.0.1:${port}/`,
    file: '',
    received: [],
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
  return opened
}

describe.each(Object.keys(sources))('from %s', (from) => {
  describe.each(Object.keys(targets))('to %s', (to) => {
    test.skipIf(why !== undefined && [from, to].includes('postgresql'))(
      'each value has its place',
      async () => {
        const text = await table(sources[from]!, targets[to]!)
        await expect(text).toMatchFileSnapshot(`../../golden/values/${from}-to-${to}.md`)
      }
    )
  })
})
