/**
 * What the connected systems hold, as far as this server knows: files that ship with it, and files that
 * the user drops in.
 */
import type { Json, JsonObject } from '../../wire/common.ts'
import type { PickValue } from '../../wire/enumeration.ts'
import type { SyncMode } from '../../wire/sync.ts'
import type { Folder } from '../../storage/folder.ts'
import { Refusal } from '../refusal.ts'
import airtable from './airtable.json' with { type: 'json' }
import bigquery from './bigquery.json' with { type: 'json' }
import csv from './csv.json' with { type: 'json' }
import gcs from './gcs.json' with { type: 'json' }
import gong from './gong.json' with { type: 'json' }
import hubspot from './hubspot.json' with { type: 'json' }
import linkedinads from './linkedinads.json' with { type: 'json' }
import mongodb from './mongodb.json' with { type: 'json' }
import mysql from './mysql.json' with { type: 'json' }
import netsuite from './netsuite.json' with { type: 'json' }
import postgresql from './postgresql.json' with { type: 'json' }
import s3 from './s3.json' with { type: 'json' }
import salesforce from './salesforce.json' with { type: 'json' }
import salesloft from './salesloft.json' with { type: 'json' }
import snowflake from './snowflake.json' with { type: 'json' }
import stripe from './stripe.json' with { type: 'json' }
import webhook from './webhook.json' with { type: 'json' }
import { readCsvFile, readFile } from './files.ts'
import type { DescribedConnection, Need } from './needs.ts'
import { isSql } from './shapes.ts'

/**
 * A field, or a column. What is left out is neither demanded nor forbidden: by default it is a text that
 * anybody may write.
 */
export interface CatalogueField {
  /** Default: `string`. */
  type?: string
  label?: string
  remote_type?: string
  description?: string
  example?: string | number | boolean
  unique?: boolean
  /** A new record needs it. */
  required?: boolean
  /** The system fills it: it can be read and matched, not written. */
  readOnly?: boolean
  association?: boolean
  /** Of a list that the system keeps: nothing else is taken. */
  values?: PickValue[]
}

/**
 * A table, a collection, a thing of a CRM. Where `fields` is empty, nobody knows which it has, and no name
 * of a field is checked.
 */
export interface CatalogueObject {
  label?: string
  /** Default true. False: it can be written to, and nothing can read it. */
  source?: boolean
  modes?: SyncMode[]
  /** A text is a type. */
  fields: Record<string, CatalogueField | string>
  /** Of documents: they may have fields that nobody has seen yet. */
  isOpen?: boolean
  /** What is in it. Absent: nobody knows. */
  records?: JsonObject[]
}

/**
 * A catalogue file: `DIR/catalogue/<connection name>.json`, or `DIR/catalogue/<connection type>.json`. Of a
 * `csv` connection, the file itself will do: `<connection name>.csv`, or as the last part of its address is
 * called.
 */
export interface CatalogueFile {
  /** Default true. */
  source?: boolean
  /** Default false; true in a user's file where the type's own file says so. */
  target?: boolean
  /** Objects that are not listed may exist as well, and so may fields of those. */
  open?: boolean
  /** Objects whose name matches this pattern may exist although the list is closed. */
  custom?: string
  /** Fields of listed objects that are not there can be made. */
  newFields?: boolean
  /** Other names that lead to objects. */
  aliases?: ReadonlyMap<string, string>
  /** Of targets. */
  modes?: SyncMode[]
  /** A single field may have a mode of its own. */
  fieldModes?: boolean
  /** Records of the target can be filtered: in mode `update`, or in these. */
  targetFilters?: boolean | SyncMode[]
  /** Default true. False: records are found by one mapping alone. */
  multipleIdentities?: boolean
  /** Default true. False: filters on the target compare with fixed values alone. */
  filterValueFields?: boolean
  /** `never`: no mode needs an identity. */
  identity?: 'never'
  /** A sync may map nothing. */
  fieldsOptional?: boolean
  creation?: { properties: { id: string; title: string; values?: { value: string; label: string }[] }[] }
  /** What may be chosen for fields of the connection's own configuration. */
  parameters?: Record<string, { allows_creation?: boolean; values: { label: string; value: Json }[] }>
  /**
   * That it can enrich: what is chosen for that, and the combinations of input fields that do. Absent: it
   * cannot, as far as is known.
   */
  enrichment?: { items?: Record<string, string[]>; inputs: string[][] }
  objects: Record<string, CatalogueObject>
}

/** The catalogues of connections. Where systems are really asked, each answers what `learn` must find out. */
export interface Catalogue {
  of(connection: DescribedConnection): CatalogueFile
  /** What a query gives. Undefined: nobody is asked, so that only its text can tell. */
  columns(connection: DescribedConnection, query: string): CatalogueObject | undefined
  /** Forgets what is known of a system, once in a request. */
  refresh(connection: DescribedConnection): void
  /** Those that one request sees. */
  forRequest(): Catalogue
  /** Asks systems what a request cannot go on without. */
  learn: (needs: readonly Need[]) => Promise<void>
}

/**
 * The catalogues that ship with polyctl, checked like those of users: the compiler knows their members as
 * plain texts only.
 */
const shipped: Readonly<Record<string, unknown>> = {
  airtable,
  bigquery,
  csv,
  gcs,
  gong,
  hubspot,
  linkedinads,
  mongodb,
  mysql,
  netsuite,
  postgresql,
  s3,
  salesforce,
  salesloft,
  snowflake,
  stripe,
  webhook
}
const checked = new Map<string, CatalogueFile>()

/** The catalogue of a type without a file: nothing is known, so nothing is checked. */
const unknown: CatalogueFile = {
  target: true,
  open: true,
  fieldModes: true,
  targetFilters: true,
  objects: {}
}
const database: CatalogueFile = {
  target: true,
  open: true,
  fieldModes: true,
  targetFilters: true,
  creation: { properties: [{ id: 'name', title: 'Table name' }] },
  objects: {}
}

/** Returns the shipped catalogue of a type, for the list of connection types. */
export function catalogueOfType(type: string): CatalogueFile {
  const own = Object.hasOwn(shipped, type) ? shippedFile(type) : undefined
  if (isSql(type) || type === 'mongodb') return { ...database, ...own }
  return own ?? unknown
}

function shippedFile(type: string): CatalogueFile {
  const known = checked.get(type)
  if (known !== undefined) return known
  const file = shipped[type]
  mustBeCatalogue(file, type)
  checked.set(type, file)
  return file
}

/**
 * Opens the catalogues. Files of the user are read anew each time, so that edits take effect at once; one
 * for the connection takes precedence over one for its type. Throws 400 for a file that cannot be
 * understood.
 * `isReal` are the types whose systems are really there: what they hold is for them to say, and not for the
 * files that ship with polyctl.
 */
export function openCatalogue(
  folder: Folder | undefined,
  given: Record<string, unknown> = {},
  isReal: (type: string) => boolean = () => false
): Catalogue {
  const catalogue: Catalogue = {
    columns: () => undefined,
    refresh: () => undefined,
    forRequest: () => catalogue,
    learn: () => Promise.resolve(),
    of: ({ type, parent_name, name: ownName, created_objects: created = [], configuration }) => {
      const base = isReal(type) ? unlisted(catalogueOfType(type)) : catalogueOfType(type)
      const name = parent_name ?? ownName
      const own = Object.hasOwn(given, name)
        ? { file: name, value: given[name] }
        : (readFile(folder, name) ??
          (type === 'csv' ? readCsvFile(folder, name, configuration['url']) : undefined) ??
          readFile(folder, type))
      const merged = own === undefined ? base : merge(base, own.value, own.file)
      const byId = Object.fromEntries(created.map((object) => [object, { label: object, fields: {} }]))
      return { ...merged, objects: { ...byId, ...merged.objects } }
    }
  }
  return catalogue
}

/** A system of its own kind, with whatever is in it. What is sent to an address has one shape always. */
function unlisted(file: CatalogueFile): CatalogueFile {
  return file.fieldsOptional === true ? file : { ...file, open: true, objects: {} }
}

function merge(base: CatalogueFile, own: unknown, name: string): CatalogueFile {
  mustBeCatalogue(own, name)
  return { ...base, ...own, objects: { ...base.objects, ...own.objects } }
}

/** Throws 400 for a file that cannot be understood. */
function mustBeCatalogue(own: unknown, name: string): asserts own is CatalogueFile {
  const wrong = catalogueProblem(own)
  if (wrong !== undefined) throw new Refusal(400, 'catalogue', `the catalogue file ${name} ${wrong}`)
}

/**
 * Returns what is wrong with a catalogue file; undefined where everything that is read of it later has
 * the right type.
 */
function catalogueProblem(own: unknown): string | undefined {
  const file = isRecord(own) ? own : {}
  const { objects, custom, parameters, creation } = file
  if (!isRecord(objects)) return 'has no "objects"'
  for (const [name, object] of Object.entries(objects)) {
    if (!isRecord(object) || !isRecord(object['fields'])) return `gives ${name} no "fields"`
    const wrong = Object.entries(object['fields']).find(
      ([, one]) => typeof one !== 'string' && !isRecord(one)
    )
    if (wrong !== undefined)
      return `gives the field ${wrong[0]} of ${name} neither a type nor a description`
    if (!isListOf(object['records'], isRecord)) return `gives ${name} "records" that are no list of objects`
    if (!isListOf(object['modes'], isText)) return `gives ${name} "modes" that are no list of texts`
  }
  if (!isListOf(file['modes'], isText)) return 'has "modes" that are no list of texts'
  if (parameters !== undefined && !(isRecord(parameters) && Object.values(parameters).every(isRecord)))
    return 'has "parameters" that are no object of objects'
  if (creation !== undefined && !(isRecord(creation) && isListOf(creation['properties'] ?? null, isRecord)))
    return 'has a "creation" without a list of "properties"'
  return custom === undefined || (typeof custom === 'string' && isPattern(custom))
    ? undefined
    : 'has a "custom" that is no pattern'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return value === undefined || (Array.isArray(value) && value.every(is))
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

/** Returns a field in full; the file may give only its type. */
export function fieldOf(object: CatalogueObject, name: string): CatalogueField | undefined {
  const field = Object.hasOwn(object.fields, name) ? object.fields[name] : undefined
  return typeof field === 'string' ? { type: field } : field
}

/** Returns an object by name; undefined where it is not listed. */
export function objectOf(catalogue: CatalogueFile, name: string): CatalogueObject | undefined {
  if (Object.hasOwn(catalogue.objects, name)) return catalogue.objects[name]
  const other = catalogue.aliases?.get(name)
  return other === undefined ? undefined : catalogue.objects[other]
}

/** Returns the names of readable objects, in the order of the file. */
export function sourceNames(catalogue: CatalogueFile): string[] {
  return Object.keys(catalogue.objects).filter((name) => objectOf(catalogue, name)?.source !== false)
}

/** Whether an object that is not listed may exist all the same. */
export function mayExist(catalogue: CatalogueFile, name: string): boolean {
  return (
    catalogue.open === true || (catalogue.custom !== undefined && new RegExp(catalogue.custom).test(name))
  )
}

/** `first_name` and `FirstName` → `First Name`. */
export function labelOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_.]+/)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ')
}
