import pLimit from 'p-limit'
import type { PreviewAnswer, PreviewRecord, PreviewStart } from '../../wire/preview.ts'
import type { Records } from '../records.ts'
import type { StoredSync } from '../stored.ts'
import { unreadable } from './extract.ts'
import { namesOf, type Job } from './job.ts'
import { makingWords } from './makes.ts'
import { definitionOf, ListDigest, marksOf, signed, type Marks } from './marks.ts'
import { previewSync, type JobParts } from './open-job.ts'
import { toldOperation, writtenValues, type Decision } from './plan.ts'
import { possible } from './possible.ts'
import { withStanding } from './standing.ts'
import type { PreviewList } from './preview-list.ts'
import type { RunLog } from './run-log.ts'
import { isNull, textOf, type Cell } from './value.ts'

/** Previews that are under way or were looked at lately. They are in memory and temporary tables alone. */
export interface Previews {
  /** Begins one. Throws `RunProblem` where the sync cannot run here. */
  begin(sync: StoredSync, start: PreviewStart): string
  /** What is known of it after a number of its list; undefined where there is none in the organization. */
  read(id: string, organization: string, after: number): PreviewAnswer | undefined
  /** Ends it, and forgets what it listed. */
  drop(id: string, organization: string): boolean
  close(): void
}

/** The dependencies of previews. */
export interface PreviewsParts extends JobParts {
  records: Records
  now: () => Date
  randomUUID: () => string
  /** What tells why a job failed, in a sentence. */
  reasonOf: (error: unknown) => string
}

interface Preview {
  id: string
  organization: string
  answer: Omit<PreviewAnswer, 'records' | 'next'>
  list: PreviewList
  stop: AbortController
  /** When somebody asked for it last, in milliseconds. */
  lookedAt: number
}

/** Who asks for a preview goes on asking: one that nobody asks for was left by a client that is gone. */
const abandonedMs = 10 * 60_000
const mostKept = 16
const atOnce = 4

/** Opens the previews of a server. */
export function openPreviews(parts: PreviewsParts): Previews {
  const all = new Map<string, Preview>()
  const limit = pLimit(atOnce)
  const forget = (preview: Preview): void => {
    preview.stop.abort()
    preview.list.drop()
    all.delete(preview.id)
  }
  const find = (id: string, organization: string): Preview | undefined => {
    const preview = all.get(id)
    return preview?.organization === organization ? preview : undefined
  }
  return {
    begin: (sync, start) => {
      const facts = possible(sync, parts.records, parts.connectors)
      const lookedAt = parts.now().getTime()
      for (const one of all.values()) if (one.lookedAt < lookedAt - abandonedMs) forget(one)
      for (const previous of [...all.values()].slice(0, Math.max(0, all.size - mostKept + 1)))
        forget(previous)
      const preview: Preview = {
        id: parts.randomUUID(),
        organization: sync.organization_id,
        answer: begun(),
        list: parts.state.openList(),
        stop: new AbortController(),
        lookedAt
      }
      all.set(preview.id, preview)
      void limit(() => carriedOut(parts, preview, facts, start)).catch(() => undefined)
      return preview.id
    },
    read: (id, organization, after) => {
      const preview = find(id, organization)
      if (preview === undefined) return undefined
      preview.lookedAt = parts.now().getTime()
      const { answer, list } = preview
      return {
        ...answer,
        ...(answer.status === 'completed' ? list.after(after) : { records: [], next: null })
      }
    },
    drop: (id, organization) => {
      const preview = find(id, organization)
      if (preview !== undefined) forget(preview)
      return preview !== undefined
    },
    close: () => {
      for (const preview of all.values()) preview.stop.abort()
    }
  }
}

function begun(): Preview['answer'] {
  const counts = { total: 0, insert: 0, update: 0, delete: 0, send: 0, skip: 0, refuse: 0, same: 0 }
  return {
    status: 'running',
    error: '',
    read: 0,
    counts,
    reasons: {},
    columns: [],
    fields: [],
    baseline: false,
    makes: [],
    stops: [],
    seal: null
  }
}

async function carriedOut(
  parts: PreviewsParts,
  preview: Preview,
  facts: ReturnType<typeof possible>,
  start: PreviewStart
): Promise<void> {
  const { answer, list, stop, id, organization } = preview
  const { sync, model } = facts
  const { secret } = parts.state.approvals
  const digest = new ListDigest(start.redacted)
  const recorder = new Recorder(answer, list, digest, start, marksOf(secret, sync.id))
  try {
    stop.signal.throwIfAborted()
    const { start: request, limit, guards, assertions } = start
    const bounds = withStanding(parts.records, sync, {
      ...(limit === undefined ? {} : { limit }),
      ...(guards === undefined ? {} : { guards }),
      ...(assertions === undefined ? {} : { assertions })
    })
    const done = await previewSync(
      facts,
      parts,
      { request, bounds, log: recorder.log(), signal: stop.signal },
      (decision, job) => recorder.decided(decision, job)
    )
    answer.counts.total = recorder.total()
    answer.read = done.read
    answer.columns = done.columns
    answer.baseline = done.isBaseline
    if (done.makes !== undefined) answer.makes = [makingWords(sync.target.object ?? '', done.makes)]
    answer.stops = done.stops
    const seal = {
      preview: id,
      organization,
      of: sync.id,
      made_at: parts.now().toISOString(),
      definition: definitionOf(secret, sync, model),
      // Which records were asked for is not told by a list without identities: its run looks at all.
      identities: start.redacted ? [] : (request.identities ?? []),
      resync: request.resync === true,
      redacted: start.redacted,
      listed: recorder.listed,
      digest: digest.end()
    }
    // What is replaced as a whole has no list that says what becomes of it.
    if (sync.mode !== 'replace') answer.seal = { ...seal, signature: signed(secret, seal) }
    answer.status = 'completed'
  } catch (error) {
    answer.status = stop.signal.aborted ? 'canceled' : 'failed'
    answer.error = stop.signal.aborted ? '' : parts.reasonOf(error)
  }
}

/** Counts what is decided, and lists as much of it as is wanted. */
class Recorder {
  readonly #answer: Preview['answer']
  readonly #list: PreviewList
  readonly #digest: ListDigest
  readonly #start: PreviewStart
  readonly #marks: Marks
  readonly #fields = new Map<string, PreviewAnswer['fields'][number]>()
  #others = 0
  listed = 0

  constructor(
    answer: Preview['answer'],
    list: PreviewList,
    digest: ListDigest,
    start: PreviewStart,
    marks: Marks
  ) {
    this.#answer = answer
    this.#list = list
    this.#digest = digest
    this.#start = start
    this.#marks = marks
  }

  total(): number {
    const { insert, update, delete: deleted, send, skip, refuse } = this.#answer.counts
    return insert + update + deleted + send + skip + refuse
  }

  /** Records that are left out on the way appear in the log alone; nothing of it is kept. */
  log(): RunLog {
    return {
      entry: (type, { identity, code = '', message = '', row: number = 0 }) => {
        // Of what is refused later there is a decision.
        if (code === unreadable) this.#other({ operation: 'refuse', reason: message, number, identity })
        if (type !== 'warnings') return
        this.#other({ operation: 'skip', reason: reasons[code] ?? code.toLowerCase(), number: 0, identity })
      },
      say: () => undefined,
      progress: () => undefined
    }
  }

  decided(decision: Decision, job: Job): void {
    const { operation, reason, record, mapped, refusal } = decision
    // It is in the log.
    if (reason === 'claimed') return
    const identity = namesOf(mapped, job.mapping.identity).map(cut)
    const number = record.seq
    if (operation === 'skip' || operation === 'refuse') {
      const why = reason === 'unfit' ? refusal?.message : reason
      this.#other({ operation, reason: why ?? '', number, identity })
      return
    }
    const { counts } = this.#answer
    const written = writtenValues(job, decision)
    const isSame = operation === 'update' && written.every(({ same }) => same)
    const shownFields = operation === 'update' ? written.filter(({ same }) => !same) : written
    const named = toldOperation(job, operation)
    counts[named] += 1
    if (isSame) counts.same += 1
    for (const { name } of shownFields) this.#field(name)[operation === 'update' ? 'update' : 'insert'] += 1
    if (this.listed >= this.#start.most.written) return
    this.listed += 1
    const { tells } = this.#start
    const listed: PreviewRecord = {
      number,
      operation: named,
      reason: '',
      key: this.#marks.keyOf(decision),
      mark: this.#marks.markOf(decision),
      fields: shownFields.map(({ name }) => name),
      same: isSame,
      ...(tells.identities ? { identity } : {}),
      ...(tells.values
        ? { values: shownFields.map(({ before, after }) => [shown(before), shown(after)]) }
        : {})
    }
    this.#list.add(listed)
    this.#digest.add({ ...listed, identity })
  }

  #field(name: string): PreviewAnswer['fields'][number] {
    const known = this.#fields.get(name)
    if (known !== undefined) return known
    const field = { name, insert: 0, update: 0 }
    this.#fields.set(name, field)
    this.#answer.fields.push(field)
    return field
  }

  #other(one: Pick<PreviewRecord, 'operation' | 'reason' | 'number'> & { identity: string[] }): void {
    const { operation, reason, number, identity } = one
    const { counts, reasons: all } = this.#answer
    counts[operation] += 1
    all[reason] = (all[reason] ?? 0) + 1
    if (this.#others >= this.#start.most.others) return
    this.#others += 1
    const nothing = { key: '', mark: '', fields: [], same: false }
    const name = this.#start.tells.identities ? { identity } : {}
    this.#list.add({ number, operation, reason, ...nothing, ...name })
  }
}

const reasons: Readonly<Record<string, string>> = {
  EMPTY_IDENTITY: 'unidentified',
  DUPLICATE_IDENTITY: 'duplicate'
}

/** A value as a person reads it; null where there is none. */
function shown(value: Cell): string | null {
  return isNull(value) ? null : cut(textOf(value))
}

const longest = 500

/** What is shownFields of long values is their beginning. */
function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`
}
