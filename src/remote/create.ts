import { isSameName, type Kind } from '../kinds/kind.ts'
import { textOf, type JsonObject } from '../state/value.ts'
import { isFollowed, toldInFull } from './answers.ts'
import { incoming, misfitOf, outgoing, pathOfAll } from './address.ts'
import type { Budget } from './budget.ts'
import type { Failure } from './failure.ts'
import { openKeys, type CreateKeys } from './keys.ts'
import { findByName } from './observe.ts'
import { bounds, mayBeginAnew } from './policy.ts'
import { retrying } from './read.ts'
import type { Writer } from './transport.ts'
import { followedUp, read, type Written } from './write.ts'

/** The resource to create, and its first idempotency key. */
export interface Creation {
  name: string
  body: JsonObject
  secrets: readonly string[]
  key: string
  /** The stated fields: what they leave out is not read back. */
  wanted?: JsonObject
  /** True where a refusal is expected: something that it needs waits for a person. */
  mayBeRefused?: boolean
  /** Called with a remark when something takes a while. */
  note?: (text: string) => void
  /** Whether an answer has everything that was wanted, so that nothing has to be read back. */
  tellsAll?: (wire: JsonObject) => boolean
  /** Looks at one together with others that were made; undefined where it must be read by itself. */
  listed?: (id: string) => Promise<JsonObject | undefined>
  /** Called when the create takes longer: others do not wait for it. */
  late?: () => void
}

/** The state of one create. */
interface CreateRun {
  writer: Writer
  kind: Kind
  path: string
  wanted: Creation
  keys: CreateKeys
  budget: Budget
  note: ((text: string) => void) | undefined
}

/**
 * The result of the POST. `is` says where the resource comes from: `new` was created by this request;
 * `earlier` by a former one with the same key, judged by its date; `undated` by one of the two; `found`
 * was there under its name, and is the only one of that name.
 */
interface Posted {
  ok: true
  wire: JsonObject
  notes: string[]
  is: 'new' | 'earlier' | 'undated' | 'found'
}

type Failed = { ok: false; failure: Failure }

/**
 * The bound of replays: a key answers with the same deleted resource as often as one was created and
 * deleted within a day.
 */
const mostReplays = 100

/**
 * Creates a resource, and never two (R27). A request without an answer is repeated under its key, and so is
 * whatever follows in this run. After an answer that leaves open whether the resource was created, another
 * key is needed, for the service replays its answer. Before either, the service is searched by name, for as
 * long as a list may be stale; a resource that is found is adopted. One that an earlier request created under
 * the same key, and that was deleted since, is created anew.
 */
export async function create(writer: Writer, kind: Kind, wanted: Creation): Promise<Written> {
  const all = await pathOfAll(writer, kind)
  if (!all.ok) return all
  const keys = openKeys(
    wanted.key,
    () => writer.newKey(),
    () => writer.now()
  )
  const { note } = wanted
  const run: CreateRun = { writer, kind, path: all.path, wanted, keys, budget: writer.budget(), note }
  for (let replays = 0; ; replays++) {
    const posted = await post(run)
    if (!posted.ok) return posted
    const created = await completed(run, posted)
    if (created.ok || created.failure.status !== 404 || replays === mostReplays) return created
    const id = textOf(posted.wire['id'])
    // The resource was deleted meanwhile, or earlier: only a list can still show it.
    const there = posted.is === 'earlier' ? await look(run) : await searched(run, created.failure, 2)
    if (!there.ok) return there
    const other = there.found.find((wire) => wire['id'] !== id)
    if (other) return await completed(run, foundByName(other))
    keys.follow(id)
  }
}

function foundByName(wire: JsonObject): Posted {
  return { ok: true, wire, notes: ['the answer was lost; it was found by name'], is: 'found' }
}

/** Posts until there is an answer or a resource, or until the outcome stays unknown. */
async function post(run: CreateRun): Promise<Posted | Failed> {
  const { writer, kind, path, wanted, keys, budget } = run
  const sent = {
    body: outgoing(kind, wanted.body),
    secrets: wanted.secrets,
    keys,
    budget,
    ...retrying(kind)
  }
  let isLost = false
  for (;;) {
    const answer = await writer.send('POST', path, sent)
    const wire = answer.ok ? incoming(kind, answer.body) : undefined
    if (answer.ok && wire) {
      const age = (answer.at ?? NaN) - Date.parse(textOf(wire['created_at']))
      const is = Number.isNaN(age) ? 'undated' : age > budget.elapsedMs() ? 'earlier' : 'new'
      return { ok: true, wire, notes: [], is }
    }
    wanted.late?.()
    const failure = answer.ok
      ? strange(path, answer.status, misfitOf(kind, answer.body) ?? '')
      : answer.failure
    if (failure.refused) {
      if (!mayBeRecorded(failure, run)) return { ok: false, failure }
      keys.renew()
      continue
    }
    const there = await searched(run, failure)
    if (!there.ok) return there
    const [wireFound] = there.found
    if (wireFound) return foundByName(wireFound)
    if (isAnsweredForGood(failure)) return { ok: false, failure }
    // A lost request may arrive at any time: from then on another key would be another resource.
    isLost ||= mayStillCome(failure)
    if (!mayBeginAnew(budget.course, budget.elapsedMs()) || isStrange(failure))
      return { ok: false, failure: isLost ? open(failure) : failure }
    if (!isLost) keys.renew()
  }
}

/**
 * Whether a refusal may be a recorded one: outcomes are kept for a day under a derived key, and the reason
 * may be gone. The create is then repeated, at last under a random key.
 */
function mayBeRecorded({ status, interrupted }: Failure, { keys, wanted }: CreateRun): boolean {
  if (status === undefined || interrupted || wanted.mayBeRefused) return false
  return keys.mayBeUsed() && ![401, 409, 429].includes(status) && status >= 400
}

/** Whether another request would be answered in the same way. */
function isAnsweredForGood({ status = 0 }: Failure): boolean {
  return status >= 400 && status < 500 && ![408, 409, 429].includes(status)
}

/** Whether it is a success whose body cannot be understood: the same key would replay it. */
function isStrange({ status }: Failure): boolean {
  return status !== undefined && status < 400
}

/** Whether the create may still be running: the same key stands for the same create. */
function mayStillCome({ status }: Failure): boolean {
  return status === undefined || status < 400 || status === 409
}

function open(failure: Failure): Failure {
  return { ...failure, code: 'P602' }
}

/**
 * Sends the follow-up requests, reads the resource back where the answers do not tell all, and looks for a
 * second one where there may be one.
 */
async function completed(run: CreateRun, posted: Posted): Promise<Written> {
  const { writer, kind, wanted, keys, budget } = run
  const { wire, notes } = posted
  const id = textOf(wire['id'])
  const isPending = kind.authorization?.link(wire) !== undefined
  const isSure = !budget.course.unsure && keys.isShared()
  const follows = isFollowed(kind, wanted.body)
  // What follows and tells nothing is read after it, and not before it as well.
  const isReadLater = follows && !kind.api.followUps?.unread && !isPending
  // Such an answer may be a recorded one: of a resource that is gone, or called otherwise by now.
  const mayBeOld = posted.is === 'earlier' || (posted.is === 'undated' && !isReadLater)
  const there = mayBeOld ? await seen(run, id, isSure) : undefined
  if (there?.ok === false && there.failure.status === 404) return there
  if (there?.ok && isRenamed(run, wire, there.wire)) return { ok: false, failure: calledOtherwise(run) }
  const known = there?.ok ? there.wire : posted.is === 'new' ? wire : undefined
  if (known && isSure) {
    const whole = await toldInFull(writer, kind, known, { ...wanted, isNew: posted.is === 'new' })
    const back: Written | undefined = whole && !isPending ? { ok: true, wire: whole, notes } : undefined
    if (whole) return { ok: true, wire, notes, ...(back && { back }) }
  }
  const written = await followedUp(writer, kind, wanted.body, { ok: true, wire, notes })
  if (!written.ok) return written
  const isReadAlready = there?.ok === true && !there.isListed && !follows
  const back = isPending ? undefined : isReadAlready ? there : await read(writer, kind, id, wanted.wanted)
  if (back?.ok === false && back.failure.status === 404) return back
  if (posted.is !== 'found' && !isSure) {
    const twin = await twinOf(run, id)
    if (twin) return { ok: false, failure: twin }
  }
  return { ...written, ...(back ? { back } : {}) }
}

/** Looks at what an answer names: together with others where that is possible, else by itself. */
async function seen(
  { writer, kind, wanted }: CreateRun,
  id: string,
  isSure: boolean
): Promise<Written & { isListed: boolean }> {
  const wire = isSure ? await wanted.listed?.(id) : undefined
  if (wire) return { ok: true, wire, notes: [], isListed: true }
  return { ...(await read(writer, kind, id, wanted.wanted)), isListed: false }
}

/** Whether what an answer called as wanted is called otherwise by now. */
function isRenamed({ kind, wanted }: CreateRun, answer: JsonObject, there: JsonObject): boolean {
  const isWanted = (wire: JsonObject): boolean => isSameName(kind, textOf(wire['name']), wanted.name)
  return isWanted(answer) && !isWanted(there)
}

/** Returns the failure of a key whose resource has another name by now: it counts as deleted. */
function calledOtherwise({ path }: CreateRun): Failure {
  const words = 'it has another name by now'
  return { code: 'P606', request: `GET ${path}`, status: 404, words, refused: true, usedBy: [] }
}

type FoundByName = { ok: true; found: JsonObject[] }

async function look({ writer, kind, wanted, budget }: CreateRun): Promise<FoundByName | Failed> {
  return await findByName(writer, kind, wanted.name, () => ({ budget: budget.part() }))
}

/**
 * Searches by name several times, for a list may be stale. Only all searches together show that there is
 * none, or that there is exactly one and nobody else creates the same.
 */
async function searched(
  run: CreateRun,
  failure: Failure,
  most: number = bounds.looksMs.length
): Promise<FoundByName | Failed> {
  const { budget, note } = run
  note?.('looking for it by name')
  const found = new Map<string, JsonObject>()
  let looks = 0
  for (let is: 'unknown' | 'unseen' = 'unknown'; looks < most; is = 'unseen') {
    if (!(await budget.again({ is, failure }))) break
    const there = await look(run)
    looks += 1
    if (!there.ok) return { ok: false, failure: open(failure) }
    for (const wire of there.found) found.set(textOf(wire['id']), wire)
    if (found.size > 1) return { ok: false, failure: severalNow(run, [...found.keys()]) }
  }
  return looks >= most ? { ok: true, found: [...found.values()] } : { ok: false, failure: open(failure) }
}

/**
 * Returns the failure of a second resource of the same name, or of a list that never shows the created
 * one; undefined where there is exactly one.
 */
async function twinOf(run: CreateRun, id: string): Promise<Failure | undefined> {
  const failure = unseen(run, id)
  for (let is: 'unknown' | 'unseen' = 'unknown'; ; is = 'unseen') {
    const there = await look(run)
    const ids = there.ok ? idsOf(there.found) : []
    const all = [...new Set([id, ...ids])]
    if (all.length > 1) return severalNow(run, all)
    if (ids.includes(id)) return undefined
    if (!(await run.budget.again({ is, failure }))) return failure
  }
}

function idsOf(found: readonly JsonObject[]): string[] {
  return found.map((wire) => textOf(wire['id']))
}

function unseen({ path }: CreateRun, id: string): Failure {
  const words = `it has the id ${id}, no list shows it yet, and an earlier try may have made another`
  return { code: 'P602', request: `GET ${path}`, words, refused: false, usedBy: [] }
}

function severalNow({ path }: CreateRun, ids: readonly string[]): Failure {
  const words = `${ids.length} have this name: ${ids.join(', ')}`
  return { code: 'P401', request: `GET ${path}`, words, refused: false, usedBy: [] }
}

function strange(path: string, status: number, misfit: string): Failure {
  const words = misfit.startsWith('data') ? misfit : 'the answer names no id'
  return { code: 'P612', request: `POST ${path}`, status, words, refused: false, usedBy: [] }
}
