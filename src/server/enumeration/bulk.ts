import type { BulkDestination, BulkMode, BulkSource, Schema } from '../../wire/bulk-sync.ts'
import type { JsonObject } from '../../wire/common.ts'
import { data, type RouteResult } from '../answer.ts'
import { found, isNewest, param, type Call, type Route } from '../call.ts'
import { bulkDestination, type DestinationKey } from '../catalogue/bulk-destinations.ts'
import { Refusal } from '../refusal.ts'
import { mustBeAuthorized } from './authorized.ts'
import { shownSchema } from './schema.ts'
import { oneSchema, schemaStatus } from './schema-routes.ts'
import { readySchemas } from './schema-cache.ts'

/**
 * Routes for what bulk syncs can read and write, under both generations of paths, which every version
 * answers.
 */
export const bulkConnectionRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/connections/:id/bulksync/source',
    access: 'organization',
    answer: sourceAnswer
  },
  { method: 'GET', path: '/api/connections/:id/bulksync/target', access: 'organization', answer: target },
  { method: 'GET', path: '/api/bulk/source/:id', access: 'organization', answer: sourceAnswer },
  { method: 'GET', path: '/api/bulk/source/:id/status', access: 'organization', answer: schemaStatus },
  { method: 'GET', path: '/api/bulk/source/:id/schema/:schema', access: 'organization', answer: oneSchema },
  { method: 'GET', path: '/api/bulk/dest/:id', access: 'organization', answer: target }
]

/** Answers the source with the fields of its schemas, unless `include_fields=false`. */
function sourceAnswer(call: Call): RouteResult {
  const source = readySchemas(call, found(call, 'connection', param(call, 'id')))
  const withFields = call.query.get('include_fields') !== 'false'
  const answer: BulkSource = {
    capabilities: {
      supports_tracking_fields: true,
      ...(isNewest(call) ? { supports_namespaces: hasNamespaces(source.listed) } : {})
    },
    configuration: null,
    schemas: withFields ? source.known.map((schema) => shownSchema(call, schema)) : source.listed
  }
  return data(answer)
}

/** Whether ids have a namespace: the text before their last dot. */
function hasNamespaces(schemas: readonly Pick<Schema, 'id'>[]): boolean {
  return schemas.some(({ id }) => id.lastIndexOf('.') > 0)
}

const words = {
  append: ['Append', 'Add records to what is there'],
  replicate: ['Replicate', 'Keep tables equal to the source'],
  snapshot: ['Replace', 'Write everything anew each time']
} as const

function target(call: Call): RouteResult {
  const connection = found(call, 'connection', param(call, 'id'))
  mustBeAuthorized(connection)
  const facts = bulkDestination(connection.type)
  if (facts === undefined) {
    const message = `a connection of type ${connection.type} cannot be the destination of bulk syncs`
    throw new Refusal(400, 'not_a_destination', message)
  }
  const answer: BulkDestination = {
    configuration: described(facts.keys, facts.requiresOneOf?.[0]),
    modes: modesIn(call, facts.modes).map((id) => ({
      id,
      label: words[id][0],
      description: words[id][1],
      requires_identity: false,
      supports_field_sync_mode: false,
      supports_target_filters: false
    })),
    supported_resync_modes: ['refetch', 'resync', 'rebuild'],
    ...(isNewest(call) ? { supports_history_mode: facts.history } : {})
  }
  return data(answer)
}

/** `append` is new: answers in the older shape do not name it. */
function modesIn(call: Call, modes: readonly BulkMode[]): readonly BulkMode[] {
  return isNewest(call) ? modes : modes.filter((mode) => mode !== 'append')
}

function described(keys: Readonly<Record<string, DestinationKey>>, required?: string): JsonObject {
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [
      name,
      {
        default: key.default ?? (key.type === 'string' ? '' : null),
        items: key.items === undefined ? null : described(key.items),
        required: name === required
      }
    ])
  )
}
