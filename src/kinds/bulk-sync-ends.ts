import type { Flow } from '../state/flow.ts'
import { isEmpty, isObject, type Json, type JsonObject } from '../state/value.ts'
import {
  fromId,
  optionalReference,
  overlay,
  toId,
  toName,
  withoutAbsent,
  withoutCleared,
  withoutMasks
} from './fields.ts'
import { endSchema } from './bulk-sync-schema.ts'
import type { Codec } from './field.ts'
import type { FromWire, ToWire, ToYaml } from './kind.ts'

/** From its source to its destination, when its schedules say so. */
export const bulkFlows: readonly Flow[] = [
  { at: ['source'], as: 'from' },
  { at: ['destination'], as: 'to', object: ['destination', 'configuration', 'schema'] },
  { at: ['default_schedule'], as: 'after' },
  { at: ['additional_schedules'], as: 'after' }
]

/** An end of a bulk sync. */
type End = 'source' | 'destination'

/** The codec of an end. Only stated settings are compared, because the service adds others. */
export function endOf(end: End, does: string): Codec {
  return {
    schema: endSchema(does, end === 'source' ? 'sources' : 'targets'),
    rule: endRule,
    fromYaml: endFromYaml,
    toYaml: endToYaml,
    fromWire: (_value, context, wire) => endFromWire(end, wire, context),
    toWire: (value, context) => endToWire(end, value, context)
  }
}

const endRule = {
  is: 'object',
  fields: { connection: { is: 'reference', kind: 'connection' }, configuration: { is: 'stated' } }
} as const

function endFromYaml(value: Json | undefined): Json | undefined {
  if (!isObject(value)) return value
  return withoutAbsent({ ...value, connection: optionalReference('connection', value.connection) })
}

function endToYaml(value: Json | undefined, context: ToYaml): Json | undefined {
  return isObject(value)
    ? withoutAbsent({ ...value, connection: toName(value.connection, context) })
    : value
}

function endToWire(end: End, value: Json | undefined, context: ToWire): JsonObject {
  if (!isObject(value)) return {}
  const settings = withoutCleared(value.configuration ?? {}, context.creating)
  return withoutAbsent({
    [`${end}_connection_id`]: toId(value.connection, context),
    // The service requires a configuration of the destination, even if it is empty, but none of the source.
    [`${end}_configuration`]: end === 'source' && isEmpty(settings) ? undefined : settings
  })
}

function endFromWire(end: End, wire: JsonObject, context: FromWire): JsonObject {
  const settings = wire[`${end}_configuration`]
  return withoutAbsent({
    connection: fromId('connection', wire[`${end}_connection_id`], context),
    configuration: isEmpty(settings) ? undefined : settings
  })
}

/** Keeps live settings that no file states, as long as the connection stays the same. */
export function withLiveConfiguration(
  end: End,
  live: { readonly [name: string]: Json | undefined },
  body: JsonObject
): JsonObject {
  const [id, key] = [`${end}_connection_id`, `${end}_configuration`]
  const there = live[key]
  const same = body[id] === undefined || body[id] === live[id]
  const kept = same && isObject(there) ? withoutMasks(there) : {}
  const all = overlay(kept, isObject(body[key]) ? body[key] : {})
  const isNothing = isEmpty(all) && isEmpty(there) && body[key] === undefined
  return isNothing ? {} : { [key]: all }
}
