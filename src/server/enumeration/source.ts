import type { Json, JsonObject } from '../../wire/common.ts'
import type { SourceItem, SourceMeta } from '../../wire/enumeration.ts'
import type { ModelField } from '../../wire/model.ts'
import { data } from '../answer.ts'
import { found, param, type Call, type Route } from '../call.ts'
import { sourceNames, type CatalogueFile } from '../catalogue/catalogue.ts'
import { shapeOf, type Shape } from '../catalogue/shapes.ts'
import { lazily, mustFit } from '../kinds/request-shape.ts'
import { Refusal } from '../refusal.ts'
import type { StoredConnection } from '../stored.ts'
import { mustBeAuthorized } from './authorized.ts'
import { readChoices } from './params.ts'
import { fieldId, sourceFields } from './source-fields.ts'

/** Routes for what a model can be made of, under both generations of paths, which every version answers. */
export const sourceRoutes: readonly Route[] = [
  ...['/api/connections/:id/modelsync/source', '/api/connections/:id/source'].map((path): Route => ({
    method: 'GET',
    path,
    access: 'organization',
    answer: (call) => {
      const connection = sourceOf(call)
      return data(
        levels(shapeOf(connection.type), call.context.catalogue.of(connection), readChoices(call.query))
      )
    }
  })),
  {
    method: 'GET',
    path: '/api/connections/:id/modelsync/source/fields',
    access: 'organization',
    answer: (call) => data(fieldList(call, readChoices(call.query)))
  },
  {
    method: 'POST',
    path: '/api/connections/:id/source/fields',
    access: 'organization',
    answer: (call) => {
      mustFit(fieldsShape(), call.body, 400)
      return data(fieldList(call, isObject(call.body['query']) ? call.body['query'] : {}))
    }
  }
]

/** The shape of `query`: the free configuration of a model. */
const fieldsShape = lazily(() => ({ type: 'object', properties: { query: {} } }))

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sourceOf(call: Call): StoredConnection {
  const connection = found(call, 'connection', param(call, 'id'))
  mustBeAuthorized(connection)
  if (call.context.catalogue.of(connection).source === false) {
    throw new Refusal(400, 'not_a_source', `a connection of type ${connection.type} cannot be a source`)
  }
  return connection
}

function fieldList(call: Call, configuration: JsonObject): ModelField[] {
  const connection = sourceOf(call)
  const fields = sourceFields(connection, configuration, call.context.catalogue)?.fields ?? []
  const identified: ModelField[] = []
  for (const field of fields) identified.push({ id: fieldId(connection.id, field.name), ...field })
  return identified
}

/** Returns the next choices: the items of the shape, with names that fit the choices so far. */
function levels(shape: Shape, catalogue: CatalogueFile, chosen: JsonObject): SourceMeta {
  const names = sourceNames(catalogue)
  const items: Record<string, SourceItem> = {}
  for (const [item, { after, free }] of Object.entries(shape.items)) {
    const ready = after === undefined || typeof chosen[after] === 'string'
    const values = free === true || !ready ? [] : choices(item, after, shape, names, chosen)
    items[item] = {
      items: values.length === 0 ? null : values,
      requires_one_of: after === undefined ? null : [after],
      has_items: values.length > 0
    }
  }
  return { configuration: {}, items, requires_one_of: nextChoice(shape, chosen) }
}

/** Sorts items so that each comes after the one that it depends on. */
function nextChoice(shape: Shape, chosen: JsonObject): string[] | null {
  const open = shape.requiresOneOf.filter((item) => {
    const after = shape.items[item]?.after
    return after === undefined || typeof chosen[after] === 'string'
  })
  if (open.length > 0) return open.filter((item) => shape.items[item] !== undefined)
  const first = shape.requiresOneOf
    .map((item) => shape.items[item]?.after)
    .filter((item) => item !== undefined)
  return first.length === 0 ? null : [...new Set(first)]
}

function choices(
  item: string,
  after: string | undefined,
  shape: Shape,
  names: string[],
  chosen: JsonObject
): string[] {
  const isFirstOfTwo = shape.names.some((keys) => keys.length === 2 && keys[0] === item)
  if (isFirstOfTwo) return [...new Set(names.map((name) => name.slice(0, name.indexOf('.'))))]
  if (after === undefined) return names
  const first = chosen[after]
  const prefix = typeof first === 'string' ? `${first}.` : ''
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
}
