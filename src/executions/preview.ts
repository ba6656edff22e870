import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { pathOfOne } from '../remote/address.ts'
import { failureProblem, type Failure } from '../remote/failure.ts'
import type { Reader } from '../remote/transport.ts'
import type { Kind } from '../kinds/kind.ts'
import { addressText, type Address, type Live } from '../state/resource.ts'
import { misfit, type Shape } from '../state/shape.ts'
import { isObject, type Json, type JsonObject } from '../state/value.ts'
import type { PreviewAnswer, PreviewRecord, PreviewStart } from '../wire/preview.ts'
import { jsonBody } from './json-body.ts'
import type { RunBounds } from '../wire/local-start.ts'
import { besideApi } from './own-service.ts'
import { strange, type Executable } from './start.ts'

/** A sync and which records a run of it would write. */
export interface SyncPreview {
  address: Address
  id: string
  preview: Preview
}

/** What came of a preview. */
export type Preview =
  | { outcome: 'previewed'; answer: PreviewAnswer }
  | { outcome: 'failed'; problem: Diagnostic }
  | { outcome: 'interrupted' }

/** What a preview is asked for, beside what a run is started with. */
export interface PreviewRequest extends Pick<PreviewStart, 'most' | 'tells' | 'redacted'> {
  identities: readonly string[]
  resync: boolean
}

/**
 * Previews a sync: begins, and looks until it has come to its end. `ending` is a connection that outlives an
 * interrupt: what nobody waits for any more need not be read.
 */
export async function previewed(
  { live, kind, bounds }: Executable,
  request: PreviewRequest,
  reader: Reader,
  ending: Reader
): Promise<Preview> {
  const name = addressText(live)
  if (!kind.executions.previews)
    return {
      outcome: 'failed',
      problem: impossible(name, 'it copies whole objects: only syncs are previewed')
    }
  const { identities, resync, ...more } = request
  const wanted = kind.executions.start(live.wire, { resync, test: false, identities }, reader.version)
  if (!wanted.ok) return { outcome: 'failed', problem: unable(name, wanted.because) }
  const at = await pathOfOne(reader, kind, live.id)
  if (!at.ok) return failed(at.failure, name)
  const path = `${besideApi(at.path)}/previews`
  return await begunAt(path, { ...bounds, start: wanted.body, ...more }, name, reader, ending)
}

/** Previews a sync as it would be: a stored one after a change, or one that is new. Counts alone are told. */
export async function previewedAs(
  { kind, name, live, bounds }: { kind: Kind; name: string; live: Live | undefined; bounds: RunBounds },
  as: JsonObject,
  reader: Reader,
  ending: Reader
): Promise<Preview> {
  const at = live === undefined ? undefined : await pathOfOne(reader, kind, live.id)
  if (at?.ok === false) return failed(at.failure, name)
  const path = at === undefined ? '/polyctl/previews' : `${besideApi(at.path)}/previews`
  const counts = { most: { written: 0, others: 0 }, tells: { identities: false, values: false } }
  return await begunAt(path, { ...bounds, start: {}, ...counts, redacted: true, as }, name, reader, ending)
}

async function begunAt(
  path: string,
  body: object,
  name: string,
  reader: Reader,
  ending: Reader
): Promise<Preview> {
  const begun = await reader.ask(path, jsonBody(body))
  if (!begun.ok) return refused(begun.failure, name)
  const id = isObject(begun.body) && isObject(begun.body.data) ? begun.body.data.id : undefined
  if (typeof id !== 'string') return failed(strange(`POST ${path}`, 'data.id: a text is expected'), name)
  return await ended(id, name, reader, ending)
}

const firstLookMs = 50
const longestWaitMs = 1000

/** Looks until it has ended, and reads all that it lists. */
async function ended(id: string, name: string, reader: Reader, ending: Reader): Promise<Preview> {
  const path = `/polyctl/previews/${encodeURIComponent(id)}`
  const records: PreviewRecord[] = []
  let after = 0
  let waitMs = firstLookMs
  for (;;) {
    const look = await reader.get(path, { after: String(after) })
    if (!look.ok && look.failure.interrupted !== true) return failed(look.failure, name)
    const answer = look.ok ? answerIn(look.body) : undefined
    if (look.ok && typeof answer === 'string') return failed(strange(`GET ${path}`, answer), name)
    if (answer === undefined || typeof answer === 'string') return await interrupted(path, ending)
    if (answer.status === 'running') {
      if (!(await reader.sleep(waitMs))) return await interrupted(path, ending)
      waitMs = Math.min(waitMs * 2, longestWaitMs)
      continue
    }
    if (answer.status !== 'completed')
      return { outcome: 'failed', problem: notPreviewed(name, answer.error || 'it was ended') }
    records.push(...answer.records)
    if (answer.next === null) {
      await ending.ask(`${path}/end`, {})
      return { outcome: 'previewed', answer: { ...answer, records } }
    }
    after = answer.next
  }
}

async function interrupted(path: string, ending: Reader): Promise<Preview> {
  await ending.ask(`${path}/end`, {})
  return { outcome: 'interrupted' }
}

const record: Shape = {
  members: {
    number: 'scalar',
    operation: 'text',
    reason: 'text',
    key: 'text',
    mark: 'text',
    fields: { list: 'text' },
    same: 'scalar',
    identity: { list: 'text' },
    values: { list: { list: 'anything' } }
  },
  needs: ['number', 'operation', 'reason', 'key', 'mark', 'fields', 'same']
}

const shape: Shape = {
  members: {
    status: 'text',
    error: 'text',
    read: 'scalar',
    counts: { each: 'scalar' },
    reasons: { each: 'scalar' },
    columns: { list: 'text' },
    fields: { list: { members: { name: 'text', insert: 'scalar', update: 'scalar' } } },
    baseline: 'scalar',
    makes: { list: 'text' },
    stops: { list: 'mapping' },
    records: { list: record },
    next: 'scalar',
    seal: 'mapping'
  },
  needs: [
    'status',
    'error',
    'read',
    'counts',
    'reasons',
    'columns',
    'fields',
    'baseline',
    'stops',
    'records'
  ]
}

/** Returns the answer, or what is wrong with it. */
function answerIn(body: Json | undefined): PreviewAnswer | string {
  const data = isObject(body) ? body.data : undefined
  if (!isObject(data)) return 'data: a mapping is expected'
  return isAnswer(data) ? data : (misfit(shape, data, 'data') ?? 'data: it is no preview')
}

function isAnswer(value: unknown): value is PreviewAnswer {
  return isObject(value) && misfit(shape, value, 'data') === undefined
}

function failed(failure: Failure, name: string): Preview {
  if (failure.interrupted === true) return { outcome: 'interrupted' }
  return { outcome: 'failed', problem: failureProblem(failure, `previewing ${name}`) }
}

/** The server says in a sentence why it cannot. */
function refused(failure: Failure, name: string): Preview {
  if (!failure.refused || failure.words === '') return failed(failure, name)
  return { outcome: 'failed', problem: impossible(name, failure.words) }
}

function unable(name: string, because: string): Diagnostic {
  return problem('P802', `${name} cannot be previewed like this: ${because}`, {
    help: ['preview it without that option']
  })
}

function impossible(name: string, words: string): Diagnostic {
  return problem('P808', `${name} cannot be previewed`, {
    notes: [words],
    help: ['`polyctl help running` says which types of connections the server of polyctl reads and writes']
  })
}

function notPreviewed(name: string, because: string): Diagnostic {
  return problem('P809', `the preview of ${name} did not come to its end`, {
    notes: [because],
    help: ['nothing was written; mend what is said, and preview it again']
  })
}
