import type { ConnectionField, ConnectionType } from '../../wire/connection-types.ts'
import type { ParameterValues, ParameterValuesRequest } from '../../wire/connection.ts'
import { data, type RouteResult } from '../answer.ts'
import { found, param, referred, type Call, type Route } from '../call.ts'
import { catalogueOfType, type CatalogueFile } from '../catalogue/catalogue.ts'
import { mustBeAuthorized } from '../enumeration/authorized.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import { needsPerson } from './connection-authorization.ts'
import { connectionType } from './connection-configuration.ts'
import { lazily, mustFit } from './request-shape.ts'

/** Routes for the values of configuration fields, of an existing connection and of a new one. */
export const parameterRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/connections/:id/parameter_values',
    access: 'organization',
    answer: ofConnection
  },
  {
    method: 'POST',
    path: '/api/connection_types/:id/parameter_values',
    access: 'organization',
    answer: ofType
  }
]

const requestShape = lazily<ParameterValuesRequest>(() => ({
  type: 'object',
  required: ['field'],
  properties: {
    field: { type: 'string', minLength: 1 },
    connection_id: { type: ['string', 'null'] },
    parameters: { type: ['object', 'null'] },
    query: { type: ['string', 'null'] }
  }
}))

/** Whether values of a field are chosen: it has a value with a label, or is a list of such. */
function isChosen({ fields, items }: ConnectionField): boolean {
  const members = fields ?? items?.fields
  return members?.['value'] !== undefined && members['label'] !== undefined
}

/** Answers the values of a field; null where this server knows of none. */
function values(type: ConnectionType, { parameters = {} }: CatalogueFile): ParameterValues {
  const chosen = Object.entries(type.fields).filter(([, field]) => isChosen(field))
  const keys = new Set([...chosen.map(([key]) => key), ...Object.keys(parameters)])
  return Object.fromEntries(
    [...keys].map((key) => {
      const { allows_creation = false, values = null } =
        (Object.hasOwn(parameters, key) ? parameters[key] : undefined) ?? {}
      return [key, { allows_creation, values }]
    })
  )
}

function ofConnection(call: Call): RouteResult {
  const connection = found(call, 'connection', param(call, 'id'))
  mustBeAuthorized(connection)
  const type = connectionType(connection.type) ?? { name: '', fields: {} }
  return data(values(type, call.context.catalogue.of(connection)))
}

function ofType(call: Call): RouteResult {
  const typeId = param(call, 'id')
  const type = connectionType(typeId)
  if (type === undefined) throw notFound('connection type', typeId)
  const { field, connection_id, parameters, query } = mustFit(requestShape(), call.body, 400)
  if (!Object.hasOwn(type.fields, field)) {
    throw invalid('field', `is not a field of ${typeId}: ${field}`, 400)
  }
  const connection = connection_id ? referred(call, 'connection', connection_id) : undefined
  if (connection_id && connection?.type !== typeId) throw notFound('connection', connection_id)
  if (connection !== undefined) mustBeAuthorized(connection)
  else if (needsPerson(typeId, type, parameters ?? {})) {
    throw new Refusal(400, 'not_authorized', `nobody has authorized ${type.name} yet`)
  }
  const catalogue =
    connection === undefined ? catalogueOfType(typeId) : call.context.catalogue.of(connection)
  const all = values(type, catalogue)[field]
  if (all === undefined) return data({})
  const text = (query ?? '').toLowerCase()
  const fits = all.values?.filter(({ label, value }) =>
    [label ?? '', typeof value === 'string' ? value : ''].some((part) => part.toLowerCase().includes(text))
  )
  return data({ [field]: { ...all, values: fits ?? null } })
}
