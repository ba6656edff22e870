import type { Json, JsonObject } from '../../wire/common.ts'
import { identityFunctions, syncModes } from '../../wire/sync.ts'
import type { ConnectorEntry, Connectors } from './connectors.ts'
import type { Connector, FieldFacts, Hit, LookUp, Source, TargetFacts, TargetReader } from './connector.ts'
import { belongs } from './identity.ts'
import {
  Decimal,
  Instant,
  isDocument,
  isList,
  jsonOf,
  partOf,
  type Cell,
  type Row,
  type Value
} from './value.ts'

/** Rows and records that a person wrote down, in place of systems. Nothing can be written to them. */
export interface GivenRecords {
  rows: readonly JsonObject[]
  records: readonly JsonObject[]
}

/** Connectors that lead to what is given, for a target with these facts. */
export function connectorsOf(given: GivenRecords, type: string, facts: TargetFacts): Connectors {
  const load = (): Promise<Connector> => Promise.resolve(connectorOf(given, facts))
  const entry: ConnectorEntry = { source: true, target: true, load }
  return new Map([
    [sourceType, entry],
    [type, entry]
  ])
}

/** The type of the connection that the model reads from: rows are given, so that it does not matter. */
export const sourceType = 'postgresql'

/** What is known of a target of a type: its fields are those that are named. */
export function targetOf(type: string, names: Iterable<string>): TargetFacts {
  const foldsCase = type === 'salesforce'
  const isWebhook = type === 'webhook'
  return {
    id: '',
    fields: Array.from(names, (name): FieldFacts => ({ name, type: 'unknown', foldsCase })),
    modes: syncModes,
    functions: identityFunctions,
    batch: 200,
    workers: 1,
    ...(isWebhook && { isBlind: true, container: 'record' })
  }
}

function connectorOf(given: GivenRecords, facts: TargetFacts): Connector {
  const source: Source = {
    objects: () => Promise.resolve([]),
    fields: () => Promise.resolve([]),
    async *rows({ fields }) {
      yield await Promise.resolve(given.rows.map((row): Row => fields.map((field) => cellAt(row, field))))
    },
    close: () => Promise.resolve()
  }
  const reader: TargetReader = {
    describe: () => Promise.resolve(facts),
    lookUp: (_object, request) =>
      Promise.resolve(request.keys.map((key) => hits(given.records, request, key, facts))),
    count: () => Promise.resolve(given.records.length),
    close: () => Promise.resolve()
  }
  return { source: () => Promise.resolve(source), reader: () => Promise.resolve(reader) }
}

function cellAt(row: JsonObject, field: string): Cell {
  if (Object.hasOwn(row, field)) return valueOf(row[field])
  const [first = '', ...rest] = field.split('.')
  return Object.hasOwn(row, first) ? partOf(valueOf(row[first]), rest) : undefined
}

/** JSON as values. */
function valueOf(json: Json | undefined): Value {
  if (json === undefined) return null
  if (Array.isArray(json)) return json.map(valueOf)
  if (typeof json !== 'object' || json === null) return json
  const [[name, text] = ['', ''], another] = Object.entries(json)
  const special = another === undefined && typeof text === 'string' ? readers.get(name)?.(text) : undefined
  if (special !== undefined) return special
  return Object.fromEntries(Object.entries(json).map(([key, inner]) => [key, valueOf(inner)]))
}

const readers: ReadonlyMap<string, (text: string) => Value> = new Map<string, (text: string) => Value>([
  ['$date', (text) => new Instant(text)],
  ['$numberDecimal', (text) => new Decimal(text)],
  ['$numberLong', (text) => BigInt(text)],
  ['$binary', (text) => new Uint8Array(Buffer.from(text, 'base64'))]
])

/** Values as JSON, in the same words. */
export function givenJson(value: Cell): Json {
  if (value === undefined || value === null) return null
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : { $numberLong: String(value) }
  if (typeof value !== 'object') return value
  if (value instanceof Instant) return { $date: value.text }
  if (value instanceof Decimal) return { $numberDecimal: value.text }
  if (value instanceof Uint8Array) return { $binary: Buffer.from(value).toString('base64') }
  if (isList(value)) return value.map(givenJson)
  if (isDocument(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, givenJson(inner)]))
  const plain: Json = JSON.parse(jsonOf(value))
  return plain
}

function hits(
  records: readonly JsonObject[],
  { matches, select }: LookUp,
  key: readonly Value[],
  { fields }: TargetFacts
): Hit[] {
  return records.flatMap((record, index): Hit[] => {
    const isHit = matches.every((match, at) => {
      const field = fields?.find(({ name }) => name === match.target)
      return belongs(match.function, key[at] ?? null, cellAt(record, match.target), field)
    })
    return isHit ? [{ id: String(index), values: select.map((name) => cellAt(record, name) ?? null) }] : []
  })
}
