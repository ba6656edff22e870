import { join, resolve } from 'node:path'
import { saveFiles } from '../config/source/index.ts'
import { problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { SyncRun } from '../executions/events.ts'
import { identitiesIn, logsOf, type Download, type IdentityValues } from '../executions/logs.ts'
import { lastExecution, type Executable } from '../executions/start.ts'
import { pathOfOne } from '../remote/address.ts'
import { failureProblem } from '../remote/failure.ts'
import type { RemoteOptions } from '../remote/options.ts'
import { openReader, type Reader } from '../remote/transport.ts'
import type { IdentityField } from '../state/execution.ts'
import { addressText, type Live } from '../state/resource.ts'
import { isObject } from '../state/value.ts'

/** Reads files at addresses that the service signed: its key is not sent along. */
export function downloads({ fetch: send, stop, url: service }: RemoteOptions): Download {
  const cut = new AbortController()
  stop?.addEventListener('abort', () => cut.abort(), { once: true })
  return async (url) => {
    const address = URL.canParse(url, service) ? new URL(url, service) : undefined
    if (address === undefined || !['http:', 'https:'].includes(address.protocol))
      return { ok: false, words: 'its address is none' }
    try {
      const { status, body } = await send(new Request(address, { signal: cut.signal }), cut.signal)
      const pieces: Uint8Array[] = []
      for await (const piece of body ?? []) pieces.push(piece)
      if (status === 200) return { ok: true, text: Buffer.concat(pieces).toString('utf8') }
      return { ok: false, words: `its address answered ${status}` }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
      return { ok: false, words: `its address cannot be reached${code}` }
    }
  }
}

/** Of the syncs those whose last execution was refused records, with the values that name these. */
export async function onlyRejected(
  all: readonly Executable[],
  reader: Reader,
  download: Download
): Promise<Checked<Executable[]>> {
  const looks = await Promise.all(all.map((one) => rejectedOf(one, reader, download)))
  const problems = looks.flatMap((look) => (look.ok ? look.problems : look.problems))
  if (looks.some(({ ok }) => !ok)) return { ok: false, problems }
  return { ok: true, value: looks.flatMap((look) => (look.ok ? look.value : [])), problems }
}

async function rejectedOf(
  one: Executable,
  reader: Reader,
  download: Download
): Promise<Checked<Executable[]>> {
  const { live } = one
  const seen = await lastExecution(one, reader)
  if (!seen.ok)
    return failed(failureProblem(seen.failure, `reading the last execution of ${addressText(live)}`))
  const refused = seen.last?.counts.errors ?? 0
  if (seen.last === undefined || refused === 0) return { ok: true, value: [], problems: [] }
  const { fields, isWhole } = await identityFieldsOf(one, reader)
  if (fields.length === 0) return failed(unnamed(live, 'it finds records by no field'))
  const logs = await logsOf(one, seen.last.id, reader, download, ['errors'])
  if (!logs.ok) return failed(logs.problem)
  const found = logs.files.map(({ text }) => identitiesIn(text, fields))
  if (found.includes(undefined)) return failed(unnamed(live, 'its log has other names for them'))
  const values = found.flatMap((each) => each ?? [])
  if (values.length === 0) return failed(unnamed(live, `there is no log of execution ${seen.last.id}`))
  const value = fields.length === 1 ? byOne(one, values) : bySeveral(one, values, fields, isWhole)
  return typeof value === 'string'
    ? failed(unnamed(live, value))
    : { ok: true, value: [value], problems: [] }
}

function byOne(one: Executable, values: readonly IdentityValues[]): Executable {
  return { ...one, identities: [...new Set(values.flatMap(([value]) => value ?? []))] }
}

/** So many records the service takes by several values each. */
const mostRecords = 1000

/** Returns why that is not possible, where it is not. */
function bySeveral(
  one: Executable,
  values: readonly IdentityValues[],
  fields: readonly IdentityField[],
  isWhole: boolean
): Executable | string {
  if (values.length > mostRecords)
    return (
      `${values.length} were, and the service takes ${mostRecords} of a sync that finds records by ` +
      'several fields'
    )
  if (new Set(fields.map(({ source }) => source?.model_id)).size > 1)
    return 'the fields by which it finds them are of several models'
  if (isWhole && values.some((each) => each.includes(undefined)))
    return 'its log does not have all fields by which it finds them'
  const records = values.map((each) =>
    each.flatMap((value, index) => {
      const source = fields[index]?.source
      return value === undefined || source === undefined ? [] : [{ source, value }]
    })
  )
  return records.some((record) => record.length === 0)
    ? 'the service does not tell which fields they are found by'
    : { ...one, records }
}

/** Lists say little of each sync, so it is read. */
async function identityFieldsOf(
  { live, kind }: Executable,
  reader: Reader
): Promise<ReturnType<Executable['kind']['executions']['identityFields']>> {
  const at = await pathOfOne(reader, kind, live.id)
  const answer = at.ok ? await reader.get(at.path) : undefined
  const data = answer?.ok === true && isObject(answer.body) ? answer.body.data : undefined
  return kind.executions.identityFields(isObject(data) ? data : live.wire)
}

function failed(one: Diagnostic): { ok: false; problems: Diagnostic[] } {
  return { ok: false, problems: [one] }
}

function unnamed(live: Live, note: string): Diagnostic {
  return problem('P817', `nothing says which records of ${addressText(live)} were refused`, {
    notes: [note],
    help: [`run it as a whole, which sends them again, too: polyctl run '${addressText(live)}'`]
  })
}

/**
 * Keeps the log files of the executions in a folder, for the owner's eyes alone: they name records. Returns
 * what could not be kept.
 */
export async function keepLogs(
  runs: readonly SyncRun[],
  executables: readonly Executable[],
  remote: RemoteOptions,
  folder: string,
  cwd: string
): Promise<{ kept: number; problems: Diagnostic[] }> {
  const [reader, download] = [openReader(remote), downloads(remote)]
  const problems: Diagnostic[] = []
  let kept = 0
  for (const { id, run } of runs) {
    const one = executables.find(({ live }) => live.id === id)
    if (one === undefined || run.outcome !== 'ended') continue
    const logs = await logsOf(one, run.execution.id, reader, download)
    if (!logs.ok) problems.push(logs.problem)
    const files = logs.ok ? named(one, run.execution.id, logs.files) : []
    const refused = saveFiles(
      files.map(([path, text]) => ({ path: resolve(cwd, folder, path), text, mode: 0o600 }))
    )
    if (refused === undefined) kept += files.length
    else problems.push(notKept(folder, refused.reason))
  }
  return { kept, problems }
}

/** A folder for each sync and execution, a file for each log: `sync-users/ID/errors.json`. */
function named(
  { live }: Executable,
  execution: string,
  files: readonly { type: string; text: string }[]
): [path: string, text: string][] {
  const plain = (text: string): string =>
    text.replaceAll(/[^\p{L}\p{N}.-]+/gu, '-').replaceAll(/^[-.]+|-+$/g, '')
  const folder = join(plain(`${live.kind}-${live.name}`.toLowerCase()).slice(0, 80), plain(execution))
  const counts = new Map<string, number>()
  return files.map(({ type, text }) => {
    const number = (counts.get(type) ?? 0) + 1
    counts.set(type, number)
    return [join(folder, `${type}${number === 1 ? '' : `-${number}`}.json`), text]
  })
}

function notKept(folder: string, reason: string): Diagnostic {
  return problem('P816', `the logs cannot be written to \`${folder}\`: ${reason}`, {
    help: ['choose another folder for `--logs`']
  })
}
