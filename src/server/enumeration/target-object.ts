import type { TargetField } from '../../wire/enumeration.ts'
import { syncModes, type SyncMode } from '../../wire/sync.ts'
import {
  fieldOf,
  labelOf,
  mayExist,
  objectOf,
  type CatalogueField,
  type CatalogueFile,
  type CatalogueObject
} from '../catalogue/catalogue.ts'
import { filterFunctionsOf } from './filter-functions.ts'

/** The properties of a mode in all versions. Answers pick from these, and spell some keys otherwise. */
export interface TargetMode {
  id: SyncMode
  label: string
  description: string
  requires_identity: boolean
  supports_per_field_mode: boolean
  supports_target_filters: boolean
}

/** The facts of a target that a sync is checked against. */
export interface TargetObjectFacts {
  modes: TargetMode[]
  /** The fields; undefined where they are unknown, so that none is checked. */
  fields: TargetField[] | undefined
  /** Whether several mappings may identify a record. */
  multipleIdentities: boolean
  /** Whether filters on the target may compare with a field of a model. */
  filterValueFields: boolean
  /** Whether fields can be made there. */
  fieldCreation: boolean
}

const words: Readonly<Record<SyncMode, [label: string, description: string]>> = {
  create: ['Create', 'Create records that do not exist; leave existing ones as they are'],
  update: ['Update', 'Update existing records; create none'],
  updateOrCreate: ['Update or create', 'Update existing records, and create those that do not exist'],
  replace: ['Replace', 'Replace all records of the target'],
  append: ['Append', 'Add records without looking for duplicates'],
  remove: ['Remove', 'Remove records that match'],
  snapshot: ['Snapshot', 'Write a snapshot of all records']
}
const withIdentity = new Set<SyncMode>(['create', 'update', 'updateOrCreate', 'remove'])
const offered: readonly SyncMode[] = ['create', 'update', 'updateOrCreate', 'replace', 'append', 'remove']

/** Returns the modes of an object; one without modes of its own has those of its system. */
export function targetModes(catalogue: CatalogueFile, object?: CatalogueObject): TargetMode[] {
  const modes = object?.modes ?? catalogue.modes ?? offered
  return syncModes
    .filter((mode) => modes.includes(mode))
    .map((id) => ({
      id,
      label: words[id][0],
      description: words[id][1],
      requires_identity: catalogue.identity !== 'never' && withIdentity.has(id),
      supports_per_field_mode:
        catalogue.fieldModes === true && (id === 'update' || id === 'updateOrCreate'),
      supports_target_filters: filteredModes(catalogue).includes(id)
    }))
}

/** Returns the modes in which records of the target can be filtered. */
export function filteredModes({ targetFilters = false }: CatalogueFile): readonly SyncMode[] {
  if (typeof targetFilters !== 'boolean') return targetFilters
  return targetFilters ? ['update'] : []
}

/** Returns the facts of an object; undefined where it cannot exist. */
export function targetObject(catalogue: CatalogueFile, name: string): TargetObjectFacts | undefined {
  if (catalogue.target !== true) return undefined
  const object = objectOf(catalogue, name)
  if (object === undefined && !mayExist(catalogue, name)) return undefined
  const names = Object.keys(object?.fields ?? {})
  return {
    modes: targetModes(catalogue, object),
    multipleIdentities: catalogue.identity !== 'never' && catalogue.multipleIdentities !== false,
    fieldCreation: catalogue.open === true || catalogue.newFields === true,
    filterValueFields: filteredModes(catalogue).length > 0 && catalogue.filterValueFields !== false,
    fields:
      object === undefined || names.length === 0
        ? undefined
        : names.map((field) => described(field, fieldOf(object, field) ?? {}))
  }
}

function described(id: string, field: CatalogueField): TargetField {
  const type = field.type ?? 'string'
  const functions = identityFunctions(id, type)
  return {
    id,
    name: field.label ?? id,
    description: field.description ?? '',
    type,
    source_type: field.remote_type ?? type,
    required: field.required ?? false,
    createable: field.readOnly !== true,
    updateable: field.readOnly !== true,
    filterable: type !== 'object' && type !== 'array',
    encryptable: type === 'string' && field.readOnly !== true,
    association: field.association ?? false,
    supports_identity: functions.length > 0,
    identity_functions: functions,
    filter_functions: filterFunctionsOf(type),
    values: field.values ?? [],
    multiple_associations: false
  }
}

function identityFunctions(id: string, type: string): { id: string; label: string }[] {
  if (['object', 'array', 'boolean', 'binary'].includes(type)) return []
  const names = ['Equality']
  if (type === 'string') names.push('ISubstring', 'OneOf')
  if (/email|website|domain|url/i.test(id)) names.push('DomainMatch', 'HostnameMatch')
  return names.map((name) => ({ id: name, label: labelOf(name) }))
}
