/** The schemas of a source: those of its catalogue, with the changes of users. */
import type { PrimaryKeyOverride, Schema, SchemaField, UserField } from '../../wire/bulk-sync.ts'
import { isNewest, type Call } from '../call.ts'
import {
  fieldOf,
  mayExist,
  objectOf,
  sourceNames,
  type Catalogue,
  type CatalogueFile,
  type CatalogueObject
} from '../catalogue/catalogue.ts'
import { together } from '../catalogue/needs.ts'
import type { SchemaChanges, StoredConnection } from '../stored.ts'

/** The schemas of a source, as far as they are known. */
export interface SourceSchemas {
  /**
   * The schemas in the order of the catalogue, each with its fields; without fields where these are
   * unknown.
   */
  readonly known: Schema[]
  /** The same without their fields. */
  listed: Pick<Schema, 'id' | 'name'>[]
  /** Whether an unknown schema may exist all the same. */
  mayExist(id: string): boolean
  /** Returns a known schema; undefined for others. */
  find(id: string): Schema | undefined
  /** A source of which nothing is known, and in which nothing else can exist. */
  isEmpty: boolean
}

/**
 * Reads the schemas of a connection; its catalogue is read anew each time. Throws 400 for a catalogue
 * file that cannot be understood.
 */
export function sourceSchemas(connection: StoredConnection, catalogues: Catalogue): SourceSchemas {
  const catalogue = catalogues.of(connection)
  const changes = new Map(Object.entries(connection.schema_changes ?? {}))
  const listed = sourceNames(catalogue)
  // A schema that is not listed exists once a user has described it.
  const described = [...changes.keys()].filter((id) => !listed.includes(id))
  const ids = [...listed, ...described]
  const schema = (id: string): Schema => schemaOf(id, objectOf(catalogue, id), changes.get(id))
  return {
    get known() {
      return together(ids.map((id) => () => schema(id)))
    },
    listed: ids.map((id) => ({ id, name: objectOf(catalogue, id)?.label ?? id })),
    mayExist: (id) => existsUnlisted(catalogue, id),
    find: (id) => (ids.includes(id) ? schema(id) : undefined),
    isEmpty: ids.length === 0 && catalogue.open !== true && catalogue.custom === undefined
  }
}

function existsUnlisted(catalogue: CatalogueFile, id: string): boolean {
  return id !== '' && catalogue.source !== false && mayExist(catalogue, id)
}

function schemaOf(id: string, object: CatalogueObject | undefined, changes: SchemaChanges = {}): Schema {
  const detected = object === undefined ? [] : detectedFields(object)
  const users = changes.fields ?? []
  const fields = [
    ...detected.map((field) =>
      changed(
        field,
        users.find(({ field_id }) => field_id === field.id)
      )
    ),
    ...users
      .filter(({ field_id }) => !detected.some((field) => field.id === field_id))
      .map((user) => changed({ id: user.field_id, name: '', type: '', is_primary_key: false }, user))
  ]
  const keys = changes.primary_keys
  const missing = (keys ?? []).filter((key) => !fields.some((field) => field.id === key))
  const all = [
    ...fields,
    ...missing.map((key) => ({ id: key, name: key, type: 'unknown', is_primary_key: false }))
  ]
  return { id, name: object?.label ?? id, fields: all.map((field) => withKeys(field, keys)) }
}

/** Primary keys that users set replace the detected ones. */
function withKeys(field: SchemaField, keys: readonly string[] | undefined): SchemaField {
  const source = field.is_primary_key === true
  if (keys === undefined) return { ...field, source_primary_key: source }
  const isKey = keys.includes(field.id)
  return {
    ...field,
    is_primary_key: isKey,
    source_primary_key: source,
    ...(isKey || source ? { primary_key_override: isKey } : {})
  }
}

/**
 * Returns a schema as answers have it: older ones told neither why fields are keys, nor what people have
 * added or where that is in a document.
 */
export function shownSchema(call: Call, schema: Schema): Schema {
  const fields = schema.fields ?? []
  if (isNewest(call))
    return { ...schema, fields: fields.map((field) => ({ user_managed: false, ...field })) }
  return { ...schema, fields: fields.map(withoutNewer) }
}

function withoutNewer({
  source_primary_key: _source,
  primary_key_override: _override,
  user_managed: _managed,
  path: _path,
  ...field
}: SchemaField): SchemaField {
  return field
}

/** Returns the detected key: the first unique field. */
function detectedFields(object: CatalogueObject): SchemaField[] {
  const names = Object.keys(object.fields)
  const key = names.find((name) => fieldOf(object, name)?.unique === true)
  return names.map((id) => {
    const field = fieldOf(object, id) ?? {}
    return {
      id,
      name: field.label ?? id,
      type: field.type ?? 'string',
      ...(field.remote_type === undefined ? {} : { remote_type: field.remote_type }),
      is_primary_key: id === key
    }
  })
}

function changed(field: SchemaField, user: UserField | undefined): SchemaField {
  if (user === undefined) return field
  const path = user.path ?? ''
  return {
    ...field,
    name: user.label,
    type: user.type,
    ...(user.definition === undefined ? {} : { type_spec: user.definition }),
    ...(path === '' ? {} : { path }),
    user_managed: true
  }
}

/**
 * Returns the keys that a list of overrides makes: the ones that it sets, or else the detected ones
 * without those that it unsets. Undefined for an empty list, which overrides nothing.
 */
export function overriddenKeys(
  schema: Schema | undefined,
  overrides: readonly PrimaryKeyOverride[]
): string[] | undefined {
  if (overrides.length === 0) return undefined
  const named = overrides.filter((one) => one.is_primary_key).map((one) => one.field_id)
  if (named.length > 0) return named
  const denied = new Set(overrides.map((one) => one.field_id))
  return (schema?.fields ?? [])
    .filter((field) => field.is_primary_key === true && !denied.has(field.id))
    .map((field) => field.id)
}
