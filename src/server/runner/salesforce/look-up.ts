import { plainNumber } from '../comparison.ts'
import { RunProblem, type Hit, type LookUp } from '../connector.ts'
import { belongs, domainOf, hostOf } from '../identity.ts'
import { isEmpty, isList, textOf, type Cell, type Value } from '../value.ts'
import { members, text } from './answers.ts'
import { fieldNamed, foldsCase, kindOf, type SalesforceField, type SalesforceObject } from './objects.ts'
import type { Salesforce } from './session.ts'
import { cellOf, clockText, dayText, isId, keptNumber, timeText, truthText } from './values.ts'

/** Finds the records of an object that belong to values of the source: few questions for many of them. */

/** The longest question, as it stands in an address. */
const longest = 7000

/** A way to find records, with its field. */
interface Criterion {
  function: LookUp['matches'][number]['function']
  field: SalesforceField
}

/** Returns for each key the records that match. */
export async function lookUp(
  salesforce: Salesforce,
  object: SalesforceObject,
  { matches, keys, select }: LookUp
): Promise<Hit[][]> {
  const criteria = matches.map((match): Criterion => {
    const field = fieldNamed(object, match.target)
    if (field.filterable) return { function: match.function, field }
    throw new RunProblem('identity', `Salesforce finds no records of ${object.name} by ${field.name}`)
  })
  const selected = select.map((name) => fieldNamed(object, name))
  const names = new Set([
    'Id',
    ...criteria.map(({ field }) => field.name),
    ...selected.map(({ name }) => name)
  ])
  const head = `SELECT ${[...names].join(',')} FROM ${object.name} WHERE `
  const hits: Hit[][] = keys.map(() => [])
  const find = finder(criteria, keys)
  const seen = new Set<string>()
  for (const where of conditions(criteria, keys, head)) {
    for await (const record of recordsOf(salesforce, head + where)) {
      const id = text(record['Id'])
      // Two questions may have the same answer.
      if (seen.has(id)) continue
      seen.add(id)
      const values = selected.map((field) => cellOf(record[field.name], field))
      const found = criteria.map(({ field }) => cellOf(record[field.name], field))
      for (const at of find(found)) hits[at]?.push({ id, values })
    }
  }
  return hits
}

/** Returns how many records the object has. */
export async function count(salesforce: Salesforce, { name }: SalesforceObject): Promise<number> {
  const question = encodeURIComponent(`SELECT COUNT() FROM ${name}`)
  const total = members(await salesforce.get(`/query?q=${question}`))['totalSize']
  if (typeof total === 'number') return total
  throw new RunProblem('count', `Salesforce does not say how many records ${name} has`)
}

async function* recordsOf(
  salesforce: Salesforce,
  soql: string
): AsyncIterable<Readonly<Record<string, unknown>>> {
  let path = `/query?q=${encodeURIComponent(soql)}`
  while (path !== '') {
    const { records, nextRecordsUrl } = members(await salesforce.get(path))
    if (Array.isArray(records)) for (const record of records) yield members(record)
    path = text(nextRecordsUrl)
  }
}

/** Returns the function that tells to which keys the found values of a record belong. */
function finder(
  criteria: readonly Criterion[],
  keys: LookUp['keys']
): (found: readonly Cell[]) => number[] {
  const [only, another] = criteria
  if (only === undefined) return () => []
  if (another === undefined && only.function === 'Equality') {
    const byText = new Map<string, number[]>()
    for (const [at, [value = null]] of keys.entries()) {
      const key = comparable(value, only.field)
      byText.set(key, [...(byText.get(key) ?? []), at])
    }
    return ([value]) => (isEmpty(value) ? [] : (byText.get(comparable(value, only.field)) ?? []))
  }
  return (found) =>
    [...keys.keys()].filter((at) =>
      criteria.every((one, index) => belongsTo(one, keys[at]?.[index] ?? null, found[index]))
    )
}

function belongsTo({ function: name, field }: Criterion, value: Value, found: Cell): boolean {
  if (isEmpty(found)) return false
  const same = (one: Value): boolean => comparable(one, field) === comparable(found, field)
  if (name === 'Equality') return same(value)
  if (name === 'OneOf') return isList(value) ? value.some(same) : same(value)
  return belongs(name, value, found, { type: 'string', foldsCase: foldsCase(field) })
}

/** A text that is the same for values that Salesforce takes for the same. */
function comparable(value: Cell, field: SalesforceField): string {
  const known = value ?? null
  switch (kindOf(field.type)) {
    // Ids have 15 characters, which may be followed by three more.
    case 'id':
      return textOf(known).slice(0, 15)
    case 'number':
      return plainNumber(textOf(known))
    case 'boolean':
      return truthText(known) ?? ''
    case 'date':
      return dayText(known) ?? ''
    case 'datetime':
      return timeText(known) ?? ''
    case 'time':
      return clockText(known) ?? ''
    case 'text':
      return foldsCase(field) ? textOf(known).toLowerCase() : textOf(known)
  }
}

/** The conditions that find the records of all keys: as many at once as fit into one question. */
function* conditions(criteria: readonly Criterion[], keys: LookUp['keys'], head: string): Iterable<string> {
  const [only, another] = criteria
  const isList = another === undefined && (only?.function === 'Equality' || only?.function === 'OneOf')
  const parts = isList ? literals(only, keys) : keys.map((key) => together(criteria, key))
  const open = isList ? `${only.field.name} IN (` : ''
  const [separator, close] = isList ? [',', ')'] : [' OR ', '']
  const used = lengthOf(head + open + close)
  let chunk: string[] = []
  let length = used
  for (const part of new Set(parts)) {
    if (part === undefined) continue
    const more = lengthOf(separator + part)
    if (chunk.length > 0 && length + more > longest) {
      yield open + chunk.join(separator) + close
      chunk = []
      length = used
    }
    chunk.push(part)
    length += more
  }
  if (chunk.length > 0) yield open + chunk.join(separator) + close
}

function lengthOf(soql: string): number {
  return encodeURIComponent(soql).length
}

function literals({ field }: Criterion, keys: LookUp['keys']): (string | undefined)[] {
  return keys.flatMap(([value = null]) =>
    isList(value) ? value.map((one) => literalOf(one, field)) : [literalOf(value, field)]
  )
}

/** One condition for all values of a key; undefined where no record can fulfil it. */
function together(criteria: readonly Criterion[], key: readonly Value[]): string | undefined {
  const parts = criteria.map((one, index) => conditionOf(one, key[index] ?? null))
  if (parts.includes(undefined)) return undefined
  return parts.length === 1 ? parts[0] : `(${parts.join(' AND ')})`
}

function conditionOf({ function: name, field }: Criterion, value: Value): string | undefined {
  switch (name) {
    case 'Equality':
    case 'OneOf': {
      const all = (isList(value) ? value : [value]).flatMap((one) => literalOf(one, field) ?? [])
      return all.length === 0 ? undefined : `${field.name} IN (${all.join(',')})`
    }
    case 'ISubstring':
      return containing(field, textOf(value))
    case 'DomainMatch':
      return containing(field, domainOf(textOf(value)))
    case 'HostnameMatch':
      return containing(field, hostOf(textOf(value)))
  }
}

function containing(field: SalesforceField, part: string): string | undefined {
  if (kindOf(field.type) !== 'text')
    throw new RunProblem('identity', `Salesforce finds no parts of a text in ${field.name}`)
  if (part === '') return undefined
  return `${field.name} LIKE '%${escaped(part).replaceAll(/[%_]/g, String.raw`\$&`)}%'`
}

/** A value as SOQL has it; undefined for one that no record can have in the field. */
function literalOf(value: Value, field: SalesforceField): string | undefined {
  if (isEmpty(value)) return undefined
  const plain = textOf(value)
  switch (kindOf(field.type)) {
    case 'id':
      return isId(plain) ? `'${plain}'` : undefined
    case 'number':
      return keptNumber(value)
    case 'boolean':
      return truthText(value)
    case 'date':
      return dayText(value)
    case 'datetime':
      return timeText(value)
    case 'time':
      return clockText(value)
    case 'text':
      return field.length > 0 && plain.length > field.length ? undefined : `'${escaped(plain)}'`
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
  ['\b', String.raw`\b`],
  ['\f', String.raw`\f`]
])

function escaped(plain: string): string {
  return plain.replaceAll(/['\\\n\r\t\b\f]/g, (one) => escapes.get(one) ?? `\\${one}`)
}
