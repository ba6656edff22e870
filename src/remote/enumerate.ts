import { misfit, type Shape } from '../state/shape.ts'
import { isObject, textOf, type Json } from '../state/value.ts'
import type { BulkDestination, BulkSource } from '../wire/bulk-sync.ts'
import type { TypeCapabilities } from '../wire/connection.ts'
import type { PickValue, SourceMeta, TargetFields, TargetObjects } from '../wire/enumeration.ts'
import type { ModelField } from '../wire/model.ts'
import type { RequestResult, Failure } from './failure.ts'
import type { Reader } from './transport.ts'

/**
 * What a connection offers to models and syncs. Each version of the API has its own requests, below the
 * path of the connection.
 */
export type Enumerated<T> = { ok: true; value: T } | { ok: false; failure: Failure }

/** Returns what a model can choose, given what is chosen already (`{ database: 'example' }`). */
export async function enumerateSource(
  reader: Reader,
  at: string,
  chosen: Record<string, string>
): Promise<Enumerated<SourceMeta>> {
  const isOldest = reader.version === '2023-04-25'
  const path = `${at}${isOldest ? '/source' : '/modelsync/source'}`
  return dataOf<SourceMeta>(sourceAnswer, await reader.get(path, parameters(chosen)), `GET ${path}`)
}

/**
 * Returns the fields that a model with this choice would have. An answer of null is an empty list. A
 * refusal mostly means that more has to be chosen first.
 */
export async function enumerateSourceFields(
  reader: Reader,
  at: string,
  chosen: Record<string, string>
): Promise<Enumerated<ModelField[]>> {
  if (reader.version === '2023-04-25') {
    const path = `${at}/source/fields`
    return listOf(
      dataOf<ModelField[] | null>(fieldsAnswer, await reader.ask(path, { query: chosen }), `POST ${path}`)
    )
  }
  const path = `${at}/modelsync/source/fields`
  return listOf(
    dataOf<ModelField[] | null>(fieldsAnswer, await reader.get(path, parameters(chosen)), `GET ${path}`)
  )
}

/** Returns the objects that a sync can write to. The oldest version answers their names only. */
export async function enumerateTargets(
  reader: Reader,
  at: string,
  withValues = false
): Promise<Enumerated<TargetObjects>> {
  if (reader.version === '2023-04-25') return await oldTargets(reader, at)
  const path = `${at}/modelsync/targetobjects`
  const answer = await reader.get(path, withValues ? { include_target_creation_values: 'true' } : {})
  const data = dataOf<TargetObjects['data']>(targetsAnswer, answer, `GET ${path}`)
  if (!data.ok) return data
  const body = answer.ok && isObject(answer.body) ? answer.body : {}
  const stated = body['target_creation'] ?? { supported: false, properties: [] }
  const creation = typed<TargetObjects['target_creation']>(creationAnswer, stated, {
    request: `GET ${path}`,
    at: 'target_creation'
  })
  if (!creation.ok) return creation
  return { ok: true, value: { data: data.value, target_creation: creation.value } }
}

async function oldTargets(reader: Reader, at: string): Promise<Enumerated<TargetObjects>> {
  const path = `${at}/target`
  const meta = dataOf<SourceMeta>(sourceAnswer, await reader.get(path), `GET ${path}`)
  if (!meta.ok) return meta
  const names = Object.values(meta.value.items ?? {}).flatMap((item) => item.items ?? [])
  const objects = [...new Set(names.map(textOf))].map((id) => ({ id, name: id, modes: [] }))
  return { ok: true, value: { data: objects, target_creation: { supported: false, properties: [] } } }
}

/** Returns what a property of new objects may be; none where it is free text. */
export async function enumerateCreationValues(
  reader: Reader,
  at: string,
  property: string
): Promise<Enumerated<PickValue[]>> {
  const path = `${at}/modelsync/targetobjects/properties/${encodeURIComponent(property)}`
  const request = `GET ${path}`
  const data = dataOf<{ values?: PickValue[] | null }>(valuesAnswer, await reader.get(path), request)
  return data.ok ? { ok: true, value: data.value.values ?? [] } : data
}

/** Returns the fields of one object, and the modes that it supports. */
export async function enumerateTargetFields(
  reader: Reader,
  at: string,
  object: string
): Promise<Enumerated<TargetFields>> {
  if (reader.version === '2023-04-25') {
    const path = `${at}/target/fields`
    return dataOf<TargetFields>(targetAnswer, await reader.ask(path, { target: object }), `POST ${path}`)
  }
  const path = `${at}/modelsync/target/fields`
  return dataOf<TargetFields>(targetAnswer, await reader.get(path, { target: object }), `GET ${path}`)
}

/** A connection that a bulk sync copies from or to: its path, and its id for the oldest version. */
export interface BulkEnd {
  at: string
  id: string
}

/** Returns the schemas that can be copied; with their fields, which may be many. */
export async function enumerateBulkSource(
  reader: Reader,
  { at, id }: BulkEnd,
  withFields: boolean
): Promise<Enumerated<BulkSource>> {
  const isOldest = reader.version === '2023-04-25'
  const path = isOldest ? `/api/bulk/source/${encodeURIComponent(id)}` : `${at}/bulksync/source`
  const answer = await reader.get(path, { include_fields: String(withFields) })
  return dataOf<BulkSource>(bulkSourceAnswer, answer, `GET ${path}`)
}

/** Returns how schemas can be written. */
export async function enumerateBulkDestination(
  reader: Reader,
  { at, id }: BulkEnd
): Promise<Enumerated<BulkDestination>> {
  const isOldest = reader.version === '2023-04-25'
  const path = isOldest ? `/api/bulk/dest/${encodeURIComponent(id)}` : `${at}/bulksync/target`
  return dataOf<BulkDestination>(bulkDestinationAnswer, await reader.get(path), `GET ${path}`)
}

/** Returns what each type of connections can be used for. */
export async function enumerateTypes(reader: Reader): Promise<Enumerated<TypeCapabilities[]>> {
  const path = '/api/connection_types'
  return dataOf<TypeCapabilities[]>(typesAnswer, await reader.get(path), `GET ${path}`)
}

function parameters(chosen: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(chosen).map(([name, value]) => [`params[${name}]`, value]))
}

function dataOf<T>(shape: Shape, answer: RequestResult, request: string): Enumerated<T> {
  if (!answer.ok) return answer
  const body: Json | undefined = answer.body
  if (!isObject(body) || !('data' in body)) return strange(request, 'there is no `data` in it')
  const { data = null } = body
  const isMissing = data === null && typeof shape === 'object' && 'members' in shape
  return isMissing
    ? strange(request, 'data: there is nothing')
    : typed(shape, data, { request, at: 'data' })
}

/**
 * Returns a value as the type of its shape, once it fits: the only assertion of a type that answers need
 * here.
 */
function typed<T>(shape: Shape, value: Json, from: { request: string; at: string }): Enumerated<T> {
  const wrong = misfit(shape, value, from.at)
  return wrong === undefined ? { ok: true, value: value as T } : strange(from.request, wrong)
}

function strange(request: string, words: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { code: 'P612', request, words, refused: false, usedBy: [] } }
}

function listOf(data: Enumerated<ModelField[] | null>): Enumerated<ModelField[]> {
  return data.ok ? { ok: true, value: data.value ?? [] } : data
}

const texts: Shape = { list: 'text' }

const sourceAnswer: Shape = {
  members: {
    configuration: { each: { members: { type: 'text', items: { list: 'anything' } } } },
    items: {
      each: { members: { has_items: 'scalar', items: { list: 'anything' }, requires_one_of: texts } }
    },
    requires_one_of: texts
  }
}

const fieldsAnswer: Shape = {
  list: { members: { name: 'text', type: 'text', label: 'text', unique: 'scalar' }, needs: ['name'] }
}

const targetsAnswer: Shape = {
  list: {
    members: { id: 'text', name: 'text', modes: { list: { members: { id: 'text' }, needs: ['id'] } } },
    needs: ['id']
  }
}

const pickValues: Shape = { list: { members: { value: 'text', label: 'text' }, needs: ['value'] } }

const valuesAnswer: Shape = { members: { id: 'text', values: pickValues } }

const creationAnswer: Shape = {
  members: {
    supported: 'scalar',
    properties: {
      list: {
        members: {
          id: 'text',
          title: 'text',
          enum: 'scalar',
          values: pickValues
        },
        needs: ['id']
      }
    }
  }
}

const targetAnswer: Shape = {
  members: {
    id: 'text',
    name: 'text',
    fields: {
      list: {
        members: {
          id: 'text',
          name: 'text',
          type: 'text',
          required: 'scalar',
          createable: 'scalar',
          updateable: 'scalar',
          filterable: 'scalar',
          encryptable: 'scalar',
          supports_identity: 'scalar',
          identity_functions: { list: { members: { id: 'text' }, needs: ['id'] } },
          filter_functions: {
            list: {
              members: { id: 'text', values: pickValues },
              needs: ['id']
            }
          }
        },
        needs: ['id']
      }
    },
    modes: {
      list: {
        members: {
          mode: 'text',
          description: 'text',
          requires_identity: 'scalar',
          supports_field_sync_mode: 'scalar',
          supports_target_filters: 'scalar'
        },
        needs: ['mode']
      }
    },
    properties: { each: 'scalar' }
  },
  needs: ['id']
}

const bulkSourceAnswer: Shape = {
  members: {
    capabilities: { members: { supports_tracking_fields: 'scalar' } },
    schemas: {
      list: {
        members: { id: 'text', name: 'text', fields: { list: { members: { id: 'text' }, needs: ['id'] } } },
        needs: ['id']
      }
    }
  }
}

const typesAnswer: Shape = {
  list: { members: { id: 'text', capabilities: { members: { source: 'scalar' } } }, needs: ['id'] }
}

const bulkDestinationAnswer: Shape = {
  members: {
    modes: { list: { members: { id: 'text', label: 'text', description: 'text' }, needs: ['id'] } },
    supports_history_mode: 'scalar'
  }
}
