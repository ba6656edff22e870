import type { DataImpact } from '../state/impact.ts'
import type { Shape } from '../state/shape.ts'
import { isObject, sortedText, type Json, type JsonObject } from '../state/value.ts'
import type { RequestBelow, Part, AnsweredWrite } from './api.ts'
import { object, scalar, texts, type Member } from './codecs.ts'
import { toldOfFailures } from './effects.ts'
import type { Codec } from './field.ts'
import { list } from './fields.ts'

/**
 * Error handling of a sync or a bulk sync: who is notified, and what is retried. It has a path of its own
 * below that of the sync. A write changes only the members that it has, so only stated ones are compared
 * and sent; it is read only if the files state any.
 */

/** The member of a sync's wire form that has its error handling. */
export interface WithErrorHandling {
  error_handling?: Json
}

/** A boolean that keeps its live value if no file states it. */
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

/** The error handling of a sync. */
export const syncErrorHandling = errorHandling({
  auto_retry_record_errors: flag('Try records that failed again on the next run.'),
  notify_on_record_errors: flag('Tell also when single records fail.'),
  warning_notifications: flag('Tell also when a run ends with warnings.')
})

/** The error handling of a bulk sync. */
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

/** Declares error handling as a field of a kind. */
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
    // An empty mapping states nothing, and must not clear the live values.
    fromYaml: (value, item) =>
      isObject(value) && Object.keys(value).length > 0 ? codec.fromYaml?.(value, item) : undefined,
    // Answers of further reads are kept as lists.
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

/** The further read of error handling: only if the files state any of it, or a replacement needs it. */
export const errorHandlingPart: Part = {
  key: 'error_handling',
  answer: shape,
  field: 'error_handling',
  optional: true,
  paths: (_wire, wanted, replaces) =>
    (wanted === undefined ? replaces : isObject(wanted.error_handling)) ? ['/error-handling'] : []
}

/** Returns the write of error handling, if a stated member differs from the live one. */
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

/** The same of a sync of which nothing was read: the answer has all of it. */
export function unreadErrorHandling({ error_handling: wanted }: JsonObject): AnsweredWrite[] {
  if (!isObject(wanted)) return []
  const request = { method: 'PUT', path: '/error-handling', body: wanted } as const
  return [{ request, tells: (data) => ({ error_handling: [data] }) }]
}

function inOrder(value: Json): Json {
  return Array.isArray(value) ? value.map(String).toSorted() : value
}

/** Reports stated error handling, if the service answered that it has none. */
export function errorHandlingIsNewer(
  { error_handling: stated }: JsonObject,
  answers: readonly JsonObject[]
): { path: string[]; what: string; isKnown: boolean | undefined }[] {
  if (!isObject(stated)) return []
  const isUnknown = answers.some((answer) => answer.error_handling === null)
  return isUnknown ? [{ path: ['error_handling'], what: 'error handling', isKnown: false }] : []
}
