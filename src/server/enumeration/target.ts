import type { Json } from '../../wire/common.ts'
import type {
  SourceItem,
  SourceMeta,
  TargetField,
  TargetFields,
  TargetObject
} from '../../wire/enumeration.ts'
import { data, type RouteResult } from '../answer.ts'
import { flag, found, isNewest, param, type Call, type Route } from '../call.ts'
import { objectOf, type CatalogueFile, type CatalogueObject } from '../catalogue/catalogue.ts'
import { isSql } from '../catalogue/shapes.ts'
import { lazily, mustFit } from '../kinds/request-shape.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import type { StoredConnection } from '../stored.ts'
import { mustBeAuthorized } from './authorized.ts'
import { readMap } from './params.ts'
import { filteredModes, targetModes, targetObject } from './target-object.ts'

/** Routes for what a sync can write to, under both generations of paths, which every version answers. */
export const targetRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/connections/:id/modelsync/targetobjects',
    access: 'organization',
    answer: objects
  },
  {
    method: 'GET',
    path: '/api/connections/:id/modelsync/targetobjects/properties/:property',
    access: 'organization',
    answer: property
  },
  {
    method: 'GET',
    path: '/api/connections/:id/modelsync/target/fields',
    access: 'organization',
    answer: (call) => {
      if (flag(call, 'refresh')) refresh(call)
      return fieldsByQuery(call)
    }
  },
  {
    method: 'POST',
    path: '/api/connections/:id/target/fields',
    access: 'organization',
    answer: (call) => {
      mustFit(fieldsShape(), call.body, 400)
      if (call.body['refresh'] === true) refresh(call)
      return fields(call, typeof call.body['target'] === 'string' ? call.body['target'] : '')
    }
  },
  { method: 'GET', path: '/api/connections/:id/modelsync/target', access: 'organization', answer: choices },
  { method: 'GET', path: '/api/connections/:id/target', access: 'organization', answer: choices }
]

const fieldsShape = lazily(() => ({ type: 'object', properties: { target: {}, refresh: {} } }))

function targetOf(call: Call): { connection: StoredConnection; catalogue: CatalogueFile } {
  const connection = found(call, 'connection', param(call, 'id'))
  mustBeAuthorized(connection)
  const catalogue = call.context.catalogue.of(connection)
  if (catalogue.target !== true) {
    throw new Refusal(400, 'not_a_target', `a connection of type ${connection.type} cannot be a target`)
  }
  return { connection, catalogue }
}

function refresh(call: Call): void {
  call.context.catalogue.refresh(found(call, 'connection', param(call, 'id')))
}

/** The objects that can be written to in some way. */
function writable({ objects }: CatalogueFile): [id: string, object: CatalogueObject][] {
  return Object.entries(objects).filter(([, { modes }]) => modes?.length !== 0)
}

function objects(call: Call): RouteResult {
  const { catalogue } = targetOf(call)
  const list = writable(catalogue).map(([id, object]): TargetObject => {
    const modes = targetModes(catalogue, object).map(
      ({ id, requires_identity, supports_per_field_mode, supports_target_filters }) => ({
        id,
        requires_identity,
        supports_per_field_mode,
        supports_target_filters
      })
    )
    return { id, name: object.label ?? id, modes }
  })
  const { creation } = catalogue
  const withValues = isNewest(call) && flag(call, 'include_target_creation_values')
  const properties = (creation?.properties ?? []).map(({ id, title, values }) => ({
    id,
    title,
    enum: values !== undefined,
    ...(withValues ? { values: values ?? [] } : {})
  }))
  return data(list, { target_creation: { supported: creation !== undefined, properties } })
}

function property(call: Call): RouteResult {
  const { catalogue } = targetOf(call)
  const id = param(call, 'property')
  const known = catalogue.creation?.properties.find((one) => one.id === id)
  if (known === undefined) throw notFound('property of new targets', id)
  const { title, values } = known
  return data({ id, title, enum: values !== undefined, values: values ?? [] })
}

/** Answers the fields of the named target, or of a new one that `properties` describe. */
function fieldsByQuery(call: Call): RouteResult {
  const target = call.query.get('target') ?? ''
  const described = readMap(call.query, 'properties')
  if (described.length === 0 || call.version !== '2025-09-18') return fields(call, target)
  if (target !== '') throw invalid('properties', 'cannot be given together with target', 400)
  const { connection, catalogue } = targetOf(call)
  const { properties } = catalogue.creation ?? {}
  if (properties === undefined) {
    const message = `describe a new target, and a connection of type ${connection.type} makes none`
    throw invalid('properties', message, 400)
  }
  const unknown = described.find(([id]) => !properties.some((property) => property.id === id))
  if (unknown !== undefined)
    throw invalid(`properties.${unknown[0]}`, 'is not a property of new targets', 400)
  const name = described.find(([id]) => id === 'name')?.[1] ?? ''
  // A target that does not exist yet may get any columns.
  return fieldsOf(call, { ...catalogue, open: true, objects: {} }, name)
}

function fields(call: Call, target: string): RouteResult {
  const { catalogue } = targetOf(call)
  if (target === '') throw invalid('target', 'is required', 400)
  return fieldsOf(call, catalogue, target)
}

/** Returns a field as answers have it; since 25.9.3 it has more members. */
function shownField(call: Call, field: TargetField): TargetField {
  if (isNewest(call)) return field
  const { filter_functions: _functions, values: _values, multiple_associations: _set, ...older } = field
  return older
}

function fieldsOf(call: Call, catalogue: CatalogueFile, target: string): RouteResult {
  const facts = targetObject(catalogue, target)
  if (facts === undefined) throw notFound('target object', target)
  const answer: TargetFields = {
    id: target,
    name: objectOf(catalogue, target)?.label ?? target,
    refreshed_at: call.context.now().toISOString(),
    fields: (facts.fields ?? []).map((field) => shownField(call, field)),
    modes: facts.modes.map(({ id, label, description, ...mode }) => ({
      mode: id,
      label,
      description,
      requires_identity: mode.requires_identity,
      supports_field_sync_mode: mode.supports_per_field_mode,
      supports_target_filters: mode.supports_target_filters
    })),
    properties: {
      does_not_report_operation_counts: false,
      mappings_not_required: catalogue.fieldsOptional === true,
      optional_target_mappings: false,
      requires_configuration: false,
      supports_field_creation: facts.fieldCreation,
      supports_field_encryption: facts.fieldCreation,
      supports_field_type_selection: false,
      supports_identity_field_creation: facts.fieldCreation,
      ...(isNewest(call)
        ? {
            supports_filter_value_fields: facts.filterValueFields,
            supports_multiple_identities: facts.multipleIdentities
          }
        : {}),
      supports_target_filters: filteredModes(catalogue).length > 0,
      target_creator: catalogue.creation !== undefined,
      use_field_names_as_labels: facts.fieldCreation
    }
  }
  return data(answer)
}

/**
 * Answers the older enumeration, which has the shape of a source; `search` narrows it, and `type` picks
 * one of its items.
 */
function choices(call: Call): RouteResult {
  const { connection, catalogue } = targetOf(call)
  const search = (call.query.get('search') ?? '').toLowerCase()
  const names = writable(catalogue).flatMap(([name]) => (name.toLowerCase().includes(search) ? name : []))
  const all: Record<string, SourceItem> = isSql(connection.type)
    ? { schema: item(schemas(names)), table: item(names) }
    : { targetObject: item(names) }
  const type = call.query.get('type') ?? ''
  const one = Object.hasOwn(all, type) ? all[type] : undefined
  const items = one === undefined ? all : { [type]: one }
  const answer: SourceMeta = {
    configuration: {},
    items,
    requires_one_of: [Object.keys(items).at(-1) ?? '']
  }
  return data(answer)
}

function item(names: Json[]): SourceItem {
  return { items: names.length === 0 ? null : names, requires_one_of: null, has_items: names.length > 0 }
}

function schemas(names: string[]): string[] {
  return [...new Set(names.map((name) => name.slice(0, Math.max(0, name.lastIndexOf('.')))))].filter(
    (name) => name !== ''
  )
}
