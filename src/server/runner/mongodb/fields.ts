import type { FieldFacts } from '../connector.ts'
import { bsonTypeOf } from './values.ts'

/** Documents have no schema: what fields there are is read off some of them. */

/** How deep fields of fields are named, by paths. */
const deepest = 3

/** Returns the fields of documents, those within others as paths. */
export function fieldsOf(documents: readonly object[]): FieldFacts[] {
  const types = new Map<string, Set<string>>()
  for (const document of documents) note(types, document, '', 1)
  return Array.from(types, ([name, seen]) => {
    const known = [...seen].filter((type) => type !== 'null')
    const [remoteType = 'null', another] = known
    const names = new Set(known.map((type) => typeNames.get(type) ?? 'unknown'))
    const [type = 'unknown', other] = names
    return {
      name,
      type: other === undefined ? type : 'unknown',
      remoteType: another === undefined ? remoteType : known.toSorted().join(' | '),
      ...(name === '_id' ? { unique: true } : {})
    }
  })
}

function note(types: Map<string, Set<string>>, document: object, before: string, depth: number): void {
  for (const [name, value] of Object.entries(document)) {
    const path = before + name
    const type = typeOf(value)
    types.set(path, (types.get(path) ?? new Set()).add(type))
    if (type === 'object' && depth < deepest && typeof value === 'object')
      note(types, value, `${path}.`, depth + 1)
  }
}

/** Types as MongoDB names them, and what they are in the API. */
const typeNames: ReadonlyMap<string, string> = new Map([
  ['string', 'string'],
  ['objectId', 'string'],
  ['uuid', 'string'],
  ['regex', 'string'],
  ['javascript', 'string'],
  ['bool', 'boolean'],
  ['int', 'number'],
  ['long', 'number'],
  ['double', 'number'],
  ['decimal', 'number'],
  ['date', 'datetime'],
  ['timestamp', 'datetime'],
  ['array', 'array'],
  ['object', 'object'],
  ['binData', 'binary']
])

const ofBson: ReadonlyMap<string, string> = new Map([
  ['ObjectId', 'objectId'],
  ['Decimal128', 'decimal'],
  ['Long', 'long'],
  ['Double', 'double'],
  ['Int32', 'int'],
  ['Timestamp', 'timestamp'],
  ['Binary', 'binData'],
  ['BSONRegExp', 'regex'],
  ['Code', 'javascript'],
  ['MinKey', 'minKey'],
  ['MaxKey', 'maxKey']
])

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'long'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double'
  return typeof value === 'object' ? objectTypeOf(value) : 'null'
}

function objectTypeOf(value: object): string {
  if (Array.isArray(value)) return 'array'
  if (value instanceof Date) return 'date'
  const own = bsonTypeOf(value)
  if (own === undefined) return 'object'
  return 'sub_type' in value && value.sub_type === 4 ? 'uuid' : (ofBson.get(own) ?? own)
}
