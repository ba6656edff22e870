import { join, resolve } from 'node:path'
import { saveFiles } from '../config/source/index.ts'
import { problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { SyncRun } from '../executions/events.ts'
import { identitiesIn, logsOf, type Download } from '../executions/logs.ts'
import { lastExecution, type Executable } from '../executions/start.ts'
import { pathOfOne } from '../remote/address.ts'
import { failureProblem } from '../remote/failure.ts'
import type { RemoteOptions } from '../remote/options.ts'
import { openReader, type Reader } from '../remote/transport.ts'
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
  const names = await identityNamesOf(one, reader)
  if (names.length === 0) return failed(unnamed(live, 'one value does not say which record is meant'))
  const logs = await logsOf(one, seen.last.id, reader, download, ['errors'])
  if (!logs.ok) return failed(logs.problem)
  const found = logs.files.map(({ text }) => identitiesIn(text, names))
  if (found.includes(undefined)) return failed(unnamed(live, 'its log has other names for them'))
  const identities = [...new Set(found.flatMap((each) => each ?? []))]
  if (identities.length === 0) return failed(unnamed(live, `there is no log of execution ${seen.last.id}`))
  return { ok: true, value: [{ ...one, identities }], problems: [] }
}

/** Lists say little of each sync, so it is read. */
async function identityNamesOf({ live, kind }: Executable, reader: Reader): Promise<string[]> {
  const at = await pathOfOne(reader, kind, live.id)
  const answer = at.ok ? await reader.get(at.path) : undefined
  const data = answer?.ok === true && isObject(answer.body) ? answer.body.data : undefined
  return kind.executions.identityNames(isObject(data) ? data : live.wire)
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
