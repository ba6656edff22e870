import type { Json } from './common.ts'

/**
 * `GET …/modelsync/source`, and both older enumerations of sources and targets: what may be chosen, one
 * level at a time.
 */
export interface SourceMeta {
  configuration: { [name: string]: { type: string; items?: Json[] | null } }
  items: { [item: string]: SourceItem } | null
  requires_one_of: string[] | null
}

export interface SourceItem {
  has_items: boolean
  items: Json[] | null
  requires_one_of: string[] | null
}

export interface TargetObject {
  id: string
  name: string
  modes: {
    id: string
    requires_identity: boolean
    supports_per_field_mode: boolean
    supports_target_filters: boolean
  }[]
}

export interface TargetObjects {
  data: TargetObject[] | null
  target_creation: {
    supported: boolean
    properties: { id: string; title: string; enum: boolean; values?: { value: string; label: string }[] }[]
  }
}

export interface TargetField {
  id: string
  name: string
  description?: string
  type: string
  source_type?: string
  required: boolean
  createable: boolean
  updateable: boolean
  filterable: boolean
  encryptable?: boolean
  association: boolean
  supports_identity: boolean
  identity_functions: { id: string; label: string }[]
  /** None: any function. */
  filter_functions?: FilterFunctionFacts[]
  values?: PickValue[]
  /** An association that holds a set of references. */
  multiple_associations?: boolean
}

/** A function that filters on a field of the target may use. Without values, it takes what fits the type. */
export interface FilterFunctionFacts {
  id: string
  label: string
  requires_value: boolean
  multi_value: boolean
  values: PickValue[]
}

export interface PickValue {
  value: string
  label: string
  /** The option is there where all of these fields have these values. */
  depends_on?: { [field: string]: string }
}

/** `GET …/modelsync/target/fields`. Its modes are spelled otherwise than those of a target object. */
export interface TargetFields {
  id: string
  name: string
  refreshed_at: string
  fields: TargetField[]
  modes: {
    mode: string
    label: string
    description: string
    requires_identity: boolean
    supports_field_sync_mode: boolean
    supports_target_filters: boolean
  }[]
  properties: { [name: string]: boolean | string }
}
