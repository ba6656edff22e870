import type { Json } from '../../wire/common.ts'
import type { SourceItem, SourceMeta, TargetFields, TargetObject } from '../../wire/enumeration.ts'
import { data, type RouteResult } from '../answer.ts'
import { found, param, type Call, type Route } from '../call.ts'
import { objectOf, type CatalogueFile } from '../catalogue/catalogue.ts'
import { isSql } from '../catalogue/shapes.ts'
import { lazily, mustFit } from '../kinds/request-shape.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import type { StoredConnection } from '../stored.ts'
import { mustBeAuthorized } from './authorized.ts'
import { targetModes, targetObject } from './target-object.ts'

/** What a sync can write to: both generations of addresses, which every version answers. */
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
    answer: (call) => fields(call, call.query.get('target') ?? '')
  },
  {
    method: 'POST',
    path: '/api/connections/:id/target/fields',
    access: 'organization',
    answer: (call) => {
      mustFit(fieldsShape(), call.body, 400)
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

function objects(call: Call): RouteResult {
  const { catalogue } = targetOf(call)
  const list = Object.entries(catalogue.objects).map(([id, object]): TargetObject => {
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
  const properties = (creation?.properties ?? []).map(({ id, title, values }) => ({
    id,
    title,
    enum: values !== undefined
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

function fields(call: Call, target: string): RouteResult {
  const { catalogue } = targetOf(call)
  if (target === '') throw invalid('target', 'is required', 400)
  const facts = targetObject(catalogue, target)
  if (facts === undefined) throw notFound('target object', target)
  const answer: TargetFields = {
    id: target,
    name: objectOf(catalogue, target)?.label ?? target,
    refreshed_at: call.context.now().toISOString(),
    fields: facts.fields ?? [],
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
      supports_field_creation: catalogue.open === true,
      supports_field_encryption: catalogue.open === true,
      supports_field_type_selection: false,
      supports_identity_field_creation: catalogue.open === true,
      supports_target_filters: catalogue.targetFilters === true,
      target_creator: catalogue.creation !== undefined,
      use_field_names_as_labels: catalogue.open === true
    }
  }
  return data(answer)
}

/** The older enumeration: in the shape of a source, narrowed by `search`; `type` picks one of the items. */
function choices(call: Call): RouteResult {
  const { connection, catalogue } = targetOf(call)
  const search = (call.query.get('search') ?? '').toLowerCase()
  const names = Object.keys(catalogue.objects).filter((name) => name.toLowerCase().includes(search))
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
