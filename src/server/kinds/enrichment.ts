import type { Json } from '../../wire/common.ts'
import type { SourceMeta } from '../../wire/enumeration.ts'
import { data } from '../answer.ts'
import { found, param, type Call, type Route } from '../call.ts'
import type { CatalogueFile } from '../catalogue/catalogue.ts'
import { mustBeAuthorized } from '../enumeration/authorized.ts'
import { notFound } from '../refusal.ts'
import { lazily, mustFit } from './request-shape.ts'

/** What an enrichment can be made of, and which fields of a model it asks for. */
export const enrichmentRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/connections/:id/modelsync/enrichment-source',
    access: 'organization',
    answer: (call) => {
      const { items = {} } = enrichmentOf(call)
      const choices = Object.entries(items).map(([item, names]) => [
        item,
        { items: names, requires_one_of: null, has_items: names.length > 0 }
      ])
      const answer: SourceMeta = {
        configuration: {},
        items: choices.length === 0 ? null : Object.fromEntries(choices),
        requires_one_of: choices.length === 0 ? null : Object.keys(items)
      }
      return data(answer)
    }
  },
  {
    method: 'POST',
    path: '/api/enrichment/:id/inputfields',
    access: 'organization',
    answer: (call) => {
      mustFit(inputsShape(), call.body, 400)
      return data(enrichmentOf(call).inputs)
    }
  }
]

const inputsShape = lazily(() => ({
  type: 'object',
  properties: { configuration: { type: ['object', 'null'] } }
}))

/** Throws 404 for a connection that cannot enrich, as far as this server knows. */
function enrichmentOf(call: Call): NonNullable<CatalogueFile['enrichment']> {
  const connection = found(call, 'connection', param(call, 'id'))
  mustBeAuthorized(connection)
  const { enrichment } = call.context.catalogue.of(connection)
  if (enrichment !== undefined) return enrichment
  const mappings = connection.configuration['inputMappings']
  if (connection.type === 'httpenrichment') return { inputs: combinations(mappings) }
  throw notFound('enrichment of connection', connection.id)
}

/** An HTTP enrichment says itself what it asks for: what it must have, and all that it can use. */
function combinations(mappings: Json | undefined): string[][] {
  const all: string[] = []
  const required: string[] = []
  for (const mapping of Array.isArray(mappings) ? mappings : []) {
    if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) continue
    const { name } = mapping
    if (typeof name !== 'string') continue
    all.push(name)
    if (mapping['required'] === true) required.push(name)
  }
  if (required.length === 0) return all.map((name) => [name])
  return required.length === all.length ? [all] : [required, all]
}
