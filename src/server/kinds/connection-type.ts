import type { ConnectionField, ConnectionType } from '../../wire/connection-types.ts'
import { data } from '../answer.ts'
import { isNewest, param, type Call, type Route } from '../call.ts'
import { catalogueOfType, labelOf } from '../catalogue/catalogue.ts'
import { notFound } from '../refusal.ts'
import { connectionType, connectionTypes } from './connection-configuration.ts'

/** Where files can be put: the logs of records are delivered there. */
const logStores = new Set(['azureblob', 'cloudflare_r2', 'gcs', 's3', 'tigris'])
const enrichers = new Set(['amplemarket', 'apollo', 'clay', 'httpenrichment', 'zoominfo'])

/** The list is the same for everybody and needs no key; the two others do. */
export const connectionTypeRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/connection_types',
    access: 'open',
    answer: (call) => data(Object.entries(connectionTypes).map(([id, type]) => shown(call, id, type)))
  },
  {
    method: 'GET',
    path: '/api/connection_types/:id',
    access: 'key',
    answer: (call) => {
      const id = param(call, 'id')
      const type = connectionType(id)
      if (type === undefined) throw notFound('connection type', id)
      return { body: jsonSchema(id, type) }
    }
  }
]

/** The logo on a dark page. */
export function darkLogo(type: string): string {
  return `https://connect-assets.polytomic.com/logos/${type}-dark.svg`
}

/** Whether connections of this type can take the logs of records. */
export function isLogStore(type: string): boolean {
  return logStores.has(type)
}

function shown(call: Call, id: string, type: ConnectionType): object {
  const catalogue = catalogueOfType(id)
  return {
    id,
    name: type.name,
    logo_url: `https://connect-assets.polytomic.com/logos/${id}.svg`,
    ...(isNewest(call) ? { logo_dark_url: darkLogo(id) } : {}),
    use_oauth: type.oauth === true,
    capabilities: {
      source: catalogue.source !== false,
      destination: catalogue.target === true,
      enrichment: enrichers.has(id),
      orchestration: id === 'dbtcloud',
      logging: isLogStore(id)
    }
  }
}

/** The type's configuration as the API describes it: bare, in the vendor's dialect of JSON Schema. */
function jsonSchema(id: string, type: ConnectionType): object {
  const required = Object.entries(type.fields).filter(([, field]) => field.required === true)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://github.com/polytomic/app/services/polytomic/backend/${id}/connection-conf`,
    properties: Object.fromEntries(
      Object.entries(type.fields).map(([key, field]) => [key, property(key, field)])
    ),
    type: 'object',
    ...(required.length === 0 ? {} : { required: required.map(([key]) => key) })
  }
}

function property(key: string, field: ConnectionField): object {
  const { type = 'string' } = field
  return {
    type,
    title: labelOf(key),
    ...(field.secret === true ? { sensitive: true } : {}),
    ...(field.readOnly === true ? { readOnly: true } : {}),
    ...(field.hidden === true ? { hidden: true } : {}),
    ...(field.api === true ? { api_field: true } : {}),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.format === undefined ? {} : { format: field.format }),
    ...(field.enum === undefined ? {} : { enum: choices(key, field.enum) }),
    ...(field.items === undefined ? {} : { items: member(field.items) }),
    ...(field.fields === undefined
      ? {}
      : { properties: members(field.fields), additionalProperties: false }),
    ...(field.values === undefined ? {} : { additionalProperties: member(field.values) })
  }
}

/** The vendor lists plain values for connect modes, and values with labels elsewhere. */
function choices(key: string, values: string[]): unknown[] {
  return key === 'connect_mode' ? values : values.map((value) => ({ value, label: labelOf(value) }))
}

function members(fields: Record<string, ConnectionField>): Record<string, object> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, member(field)]))
}

function member(field: ConnectionField): object {
  return {
    type: field.type ?? 'string',
    ...(field.enum === undefined ? {} : { enum: field.enum }),
    ...(field.items === undefined ? {} : { items: member(field.items) }),
    ...(field.fields === undefined
      ? {}
      : { properties: members(field.fields), additionalProperties: false })
  }
}
