import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { pathOfOne } from '../remote/address.ts'
import { failureProblem, type Failure } from '../remote/failure.ts'
import type { Reader } from '../remote/transport.ts'
import { addressText, type Live } from '../state/resource.ts'
import { isObject, type Json } from '../state/value.ts'
import type { Executable } from './start.ts'

/** Reads a file at an address that needs no key. Resolves with its text, or with why there is none. */
export type Download = (url: string) => Promise<{ ok: true; text: string } | { ok: false; words: string }>

/** A log of an execution: records of one sort. */
export interface LogFile {
  /** What the service calls it: `errors`, `records`. */
  type: string
  text: string
}

/** Logs, or why there are none. */
export type Logs = { ok: true; files: LogFile[] } | { ok: false; problem: Diagnostic }

/**
 * Reads the log files of an execution, of the given types or of all that its kind has. What the service does
 * not keep is left out.
 */
export async function logsOf(
  { live, kind }: Executable,
  execution: string,
  reader: Reader,
  download: Download,
  types: readonly string[] = kind.executions.logTypes
): Promise<Logs> {
  const attempted = `reading the logs of ${addressText(live)}`
  const at = await pathOfOne(reader, kind, live.id)
  if (!at.ok) return { ok: false, problem: failureProblem(at.failure, attempted) }
  const files: LogFile[] = []
  for (const type of types) {
    const answer = await reader.get(`${at.path}/executions/${execution}/${type}`)
    if (!answer.ok && isMissing(answer.failure)) continue
    if (!answer.ok) return { ok: false, problem: failureProblem(answer.failure, attempted) }
    for (const url of urlsIn(answer.body)) {
      const read = await download(url)
      if (!read.ok) return { ok: false, problem: notRead(live, type, read.words) }
      files.push({ type, text: read.text })
    }
  }
  return { ok: true, files }
}

function isMissing({ status, refused }: Failure): boolean {
  return refused && status === 404
}

/** Addresses of files: syncs write the name in small letters, bulk syncs in capitals. */
function urlsIn(body: Json | undefined): string[] {
  const data = isObject(body) && isObject(body.data) ? body.data : {}
  const urls = data.urls ?? data.URLs
  return Array.isArray(urls) ? urls.filter((url) => typeof url === 'string') : []
}

function notRead(live: Live, type: string, words: string): Diagnostic {
  return problem('P816', `the log of ${type} of ${addressText(live)} cannot be read: ${words}`, {
    help: ['try again: addresses of logs are good for a short time only', 'leave `--logs` out']
  })
}

/** The values that name a record, one for each field of the identity; undefined where it has none. */
export type IdentityValues = (string | undefined)[]

/**
 * Returns the values by which the records of a log are found; undefined where a record says none. Nobody
 * documents what such a record looks like: `identity`, as polyctl's own server has it, and the names of the
 * fields of the identity are looked for, in the record and one level below.
 */
export function identitiesIn(
  text: string,
  fields: readonly { names: readonly string[] }[]
): IdentityValues[] | undefined {
  const entries = recordsIn(text)
  if (entries === undefined) return undefined
  const found = entries.map((entry) => identityOf(entry, fields))
  if (found.includes(undefined)) return undefined
  const each = new Map(
    found.flatMap((one) => (one === undefined ? [] : [[JSON.stringify(one), one] as const]))
  )
  return [...each.values()]
}

/** A list, or one record on each line. */
function recordsIn(text: string): Json[] | undefined {
  const parsed = (part: string): Json | undefined => {
    try {
      const value: Json = JSON.parse(part)
      return value
    } catch {
      return undefined
    }
  }
  const whole = parsed(text)
  if (Array.isArray(whole)) return whole
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const records = lines.map(parsed)
  return records.some((one) => one === undefined) ? undefined : records.flatMap((one) => one ?? [])
}

function identityOf(
  entry: Json,
  fields: readonly { names: readonly string[] }[]
): IdentityValues | undefined {
  if (!isObject(entry)) return undefined
  const { identity } = entry
  const own = Array.isArray(identity) ? identity : [identity]
  const isOwn = identity !== undefined && own.length === fields.length
  const places = [entry, ...Object.values(entry).filter(isObject)]
  const values = fields.map(({ names }, index) =>
    isOwn
      ? scalarText(own[index])
      : places
          .flatMap((place) => names.map((name) => scalarText(place[name])))
          .find((value) => value !== undefined)
  )
  return values.every((value) => value === undefined) ? undefined : values
}

/** A value that names a record. */
function scalarText(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || value === '' || typeof value === 'object') return undefined
  return String(value)
}
