import type { DataImpact } from '../state/impact.ts'
import type { Shape } from '../state/shape.ts'
import { isObject, sortedText, type Json, type JsonObject } from '../state/value.ts'
import type { RequestBelow, Part } from './api.ts'
import { object, scalar, texts, type Part as Member } from './codecs.ts'
import { toldOfFailures } from './effects.ts'
import type { Codec } from './field.ts'
import { list } from './fields.ts'

/**
 * Whom a sync tells when it fails, and what it tries again: an answer with an address of its own below the
 * sync's. A write changes what it says and nothing else, so only what files state is compared and sent. It
 * is asked for only where they state any of it.
 */

/** What is kept of it beside a sync's own answer, and what is to be sent. */
export interface WithErrorHandling {
  error_handling?: Json
}

/** A switch that stays as it is where files do not say. */
const flag = (description: string): Member => ({
  codec: scalar({ type: 'boolean', description }, { default: false, carried: true })
})

const subscribers: Codec = {
  ...texts({
    type: 'array',
    uniqueItems: true,
    items: { type: 'string', format: 'idn-email' },
    description: 'Who is told by mail when it fails: all of them. Absent: as it is in the service.'
  }),
  rule: { is: 'set', key: String, item: { is: 'scalar' }, carried: true }
}

/** Of a sync from models. */
export const syncErrorHandling = errorHandling({
  auto_retry_record_errors: flag('Try records that failed again on the next run.'),
  notify_on_record_errors: flag('Tell also when single records fail.'),
  warning_notifications: flag('Tell also when a run ends with warnings.')
})

/** Of a bulk sync. */
export const bulkErrorHandling = errorHandling({
  ingestion_failure_threshold: {
    codec: {
      ...scalar(
        {
          type: 'integer',
          minimum: 0,
          description:
            'How far reading may lag before a run is failed: seconds, or items of a queue. 0: no threshold.'
        },
        { default: 0, carried: true }
      ),
      fromWire: (value) => value ?? undefined
    }
  }
})

/** As a field of either. */
export function errorHandlingField(codec: Codec, parts?: DataImpact['parts']) {
  return { codec, owner: 'carried', since: '2025-09-18', impact: toldOfFailures(parts) } as const
}

function errorHandling(members: Readonly<Record<string, Member>>): Codec {
  const {
    known: _all,
    shape: _answer,
    ...codec
  } = object(
    { subscribers: { codec: subscribers }, ...members },
    { description: 'Who is told of failures, and what is tried again. What is not stated stays as it is.' }
  )
  return {
    ...codec,
    // To state none of it is to state nothing, not to take all of it away.
    fromYaml: (value, item) =>
      isObject(value) && Object.keys(value).length > 0 ? codec.fromYaml?.(value, item) : undefined,
    // Answers below a sync's own are kept as lists.
    fromWire: (value, context, wire) => codec.fromWire?.(list(value)[0], context, wire)
  }
}

const shape: Shape = {
  members: {
    subscribers: { list: 'text' },
    auto_retry_record_errors: 'scalar',
    notify_on_record_errors: 'scalar',
    warning_notifications: 'scalar',
    ingestion_failure_threshold: 'scalar'
  }
}

/** It is read where files state any of it. */
export const errorHandlingPart: Part = {
  key: 'error_handling',
  answer: shape,
  field: 'error_handling',
  optional: true,
  paths: (_wire, wanted, replaces) =>
    (wanted === undefined ? replaces : isObject(wanted.error_handling)) ? ['/error-handling'] : []
}

/** What of it is not as it is to be. */
export function errorHandlingRequests(
  { error_handling: wanted }: JsonObject,
  wire: JsonObject
): RequestBelow[] {
  if (!isObject(wanted)) return []
  const there = list(wire.error_handling)[0] ?? {}
  const isThere = ([name, value]: [string, Json]): boolean =>
    sortedText(inOrder(value)) === sortedText(inOrder(there[name] ?? (value === 0 ? 0 : null)))
  if (Object.entries(wanted).every(isThere)) return []
  return [{ method: 'PUT', path: '/error-handling', body: wanted }]
}

function inOrder(value: Json): Json {
  return Array.isArray(value) ? value.map(String).toSorted() : value
}

/** What files say of it, to a service that answered that there is no such thing. */
export function errorHandlingIsNewer(
  { error_handling: stated }: JsonObject,
  answers: readonly JsonObject[]
): { path: string[]; what: string; isKnown: boolean | undefined }[] {
  if (!isObject(stated)) return []
  const isUnknown = answers.some((answer) => answer.error_handling === null)
  return isUnknown ? [{ path: ['error_handling'], what: 'error handling', isKnown: false }] : []
}
