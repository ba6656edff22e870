import { dictionary, isObject, type Json } from '../../state/value.ts'
import { isKeyName } from '../source/index.ts'

/**
 * Words of other tools, of databases and of the API for things that have another name in the files. A word
 * is translated only if its translation is allowed at that place.
 */

/** Key → possible translations, the likeliest first. */
const keys = dictionary<readonly string[]>({
  user: ['username'],
  user_name: ['username'],
  login: ['username'],
  db: ['database'],
  dbname: ['database'],
  host: ['hostname', 'hosts'],
  server: ['hostname', 'hosts'],
  pass: ['password'],
  passwd: ['password'],
  pwd: ['password'],
  uri: ['url', 'hosts'],
  dsn: ['url'],
  endpoint: ['url'],
  from: ['source'],
  to: ['target', 'destination'],
  column: ['field', 'source'],
  source: ['field'],
  operator: ['function'],
  op: ['function'],
  condition: ['function'],
  table: ['object', 'target'],
  newField: ['new'],
  new_field: ['new'],
  discovery: ['automatically_add_new_objects'],
  sql: ['query'],
  config: ['configuration'],
  settings: ['configuration'],
  kind: ['type']
})

/** Key → a key inside of another key. */
const inner = dictionary<readonly [part: string, key: string]>({
  source_connection_id: ['source', 'connection'],
  source_connection: ['source', 'connection'],
  dest_connection_id: ['destination', 'connection'],
  dest_connection: ['destination', 'connection'],
  destination_connection_id: ['destination', 'connection'],
  destination_connection: ['destination', 'connection'],
  target_connection_id: ['target', 'connection'],
  target_connection: ['target', 'connection'],
  target_object: ['target', 'object'],
  source_configuration: ['source', 'configuration'],
  source_config: ['source', 'configuration'],
  dest_configuration: ['destination', 'configuration'],
  destination_configuration: ['destination', 'configuration']
})

/** Value → possible translations. */
const values = dictionary<readonly string[]>({
  upsert: ['updateOrCreate'],
  merge: ['updateOrCreate'],
  insert: ['create', 'append'],
  overwrite: ['replace'],
  full: ['replace'],
  mirror: ['replace'],
  delete: ['remove'],
  eq: ['Equality'],
  equals: ['Equality'],
  equal: ['Equality'],
  '=': ['Equality'],
  '==': ['Equality'],
  is_null: ['IsNull'],
  is_not_null: ['IsNotNull'],
  not_null: ['IsNotNull'],
  sfdc: ['salesforce'],
  postgres: ['postgresql'],
  pg: ['postgresql'],
  mongo: ['mongodb'],
  sqlserver: ['mssql'],
  bq: ['bigquery'],
  google_sheets: ['gsheets'],
  googlesheets: ['gsheets']
})

/** The field that a wrong key means, with a sentence of advice. */
export interface Meant {
  field: string
  help: string
}

/** Returns the field that a key of another tool means, among those that are not set yet. */
export function fieldMeant(key: string, free: readonly string[]): Meant | undefined {
  const nested = inner[key]
  if (nested && free.includes(nested[0])) {
    const [part, name] = nested
    return { field: part, help: `what you mean is \`${name}\` in \`${part}\`` }
  }
  const named = nameOfId(key, free)
  if (named !== undefined)
    return { field: named, help: `what you mean is called \`${named}\` here: it takes names, and no ids` }
  const field = keys[key]?.find((one) => free.includes(one))
  return field === undefined ? undefined : { field, help: `what you mean is called \`${field}\` here` }
}

/** Translates a key for ids: `model_id` is `model` in the files, and `role_ids` is `roles`. */
function nameOfId(key: string, free: readonly string[]): string | undefined {
  const [, head = '', many = ''] = /^(\w+)_id(s?)$/.exec(key) ?? []
  if (head === '') return undefined
  return [many === '' ? head : `${head}s`, head].find((one) => free.includes(one))
}

/** Returns the allowed value that a word of another tool means. */
export function valueMeant(found: Json | undefined, allowed: readonly string[]): string | undefined {
  const word = typeof found === 'string' ? found.trim().toLowerCase().replaceAll(/[\s-]/g, '_') : ''
  return values[word]?.find((one) => allowed.includes(one))
}

/**
 * Returns advice on a mapping in place of a list. `item` is the schema of the list's items, if it is known.
 */
export function listMeantBy(found: Json | undefined, item: Json | undefined): string | undefined {
  if (found === undefined || !isObject(found)) return undefined
  const properties = item !== undefined && isObject(item) ? (item['properties'] ?? null) : null
  const known = isObject(properties) ? properties : dictionary<Json>({ name: {} })
  const keys = Object.keys(found)
  const [key = ''] = keys
  if (keys.some((one) => Object.hasOwn(known, one)))
    return 'a list begins each item with `- `: write that before its first key, and indent the rest as much'
  if (Object.hasOwn(known, 'source') && Object.hasOwn(known, 'target')) {
    const pairs = Object.entries(found).slice(0, mostPairs)
    const items = pairs.map(([source, target]) => `{ source: ${plain(source)}, target: ${plain(target)} }`)
    const more = keys.length > mostPairs ? ', …' : ''
    return `each pair is an item of a list: \`[${items.join(', ')}${more}]\``
  }
  const name = isKeyName(key, found[key] !== null) && !/[`\n]/.test(key) ? key : '…'
  return isObject(found[key] ?? null) && 'name' in known
    ? `names go into a list: \`- name: ${name}\`, and its fields under it, in line with \`name\``
    : undefined
}

const mostPairs = 3

/** Returns a name as it may stand in a mapping of one line; dots for what needs quotes. */
function plain(name: Json): string {
  return typeof name === 'string' && /^[A-Za-z_][\w.]{0,60}$/.test(name) ? name : '…'
}

/** Returns advice on a single word in place of a mapping with a source and a target. */
export function itemMeantBy(found: Json | undefined, properties: Json | undefined): string | undefined {
  const known = properties !== undefined && isObject(properties) ? properties : {}
  return typeof found === 'string' && 'source' in known && 'target' in known
    ? `each item says both sides: \`{ source: ${plain(found)}, target: … }\``
    : undefined
}
