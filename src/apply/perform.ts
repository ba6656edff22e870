import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { derivedApi, isSameName, type Kind } from '../kinds/kind.ts'
import { diff } from '../plan/diff.ts'
import { withIgnored } from '../plan/ignore.ts'
import { pathText } from '../plan/path-node.ts'
import type { Change, Create, Delete, FieldChange, Rename, Unchanged, Update } from '../plan/plan.ts'
import { asShown, wordsOf } from '../plan/wording.ts'
import { revealed } from '../remote/body.ts'
import { failureProblem, type Failure } from '../remote/failure.ts'
import { create } from '../remote/create.ts'
import { keyOfCreate } from '../remote/keys.ts'
import { read, remove, replacement, update, type Written } from '../remote/write.ts'
import type { Writer } from '../remote/transport.ts'
import { addressText, type LiveState } from '../state/resource.ts'
import { isReference, textOf, type JsonObject } from '../state/value.ts'
import { authorized } from './authorize.ts'
import type { Outcome } from './events.ts'
import { firstStep } from './follow.ts'
import type { Knowledge } from './knowledge.ts'
import { removedProblem, movedProblem } from './moved.ts'
import type { ApplyOptions } from './options.ts'
import { reconnect } from './reconnect.ts'
import type { Together } from './together.ts'

/**
 * The context of one change. The knowledge is shared by all changes of the run; `note` reports about this
 * one.
 */
export interface ApplyContext {
  writer: Writer
  knowledge: Knowledge
  options: ApplyOptions
  /** Where others are made at the same time, and looked at together. */
  together?: Together
  note: (text: string) => void
}

/**
 * R26: Carries out one change. `pending` is the address of something that it needs and that waits for a
 * person: a refusal is no failure then.
 */
export async function perform(
  change: Change,
  pending: string | undefined,
  context: ApplyContext
): Promise<Outcome> {
  const kind = context.options.kinds.managed.find((candidate) => candidate.name === change.kind)
  if (!kind) throw new Error(`no kind ${change.kind}`)
  if (change.action === 'delete') return await performDelete(change, kind, context)
  if (change.action === 'none') return await performWait(change, kind, context)
  const outcome = await (change.action === 'create'
    ? performCreate(firstStep(change), kind, context, pending !== undefined)
    : performUpdate(change, kind, context))
  const refusal = outcome.outcome === 'failed' && ['P601', 'P607'].includes(outcome.problem.code)
  if (!refusal || pending === undefined) return outcome
  return {
    outcome: 'pending',
    because: `${pending} waits for authorization; ${outcome.problem.notes[0] ?? 'until then it is refused'}`
  }
}

async function performCreate(
  change: Create,
  kind: Kind,
  context: ApplyContext,
  mayBeRefused: boolean
): Promise<Outcome> {
  const { name, wanted } = change
  const body = { name, ...kind.toWire(wanted, context.knowledge.toWire(change)) }
  const open = revealed(body, context.options.vault)
  if (!open.ok) return failed(missingSecret(change, open.missing))
  const derived = derivedApi(kind)
  const there = derived?.id(change.wanted, (reference) => context.knowledge.idOf(change, reference))
  const arriving = derived ? undefined : context.together?.expect(kind)
  const created = await (
    derived
      ? update(context.writer, kind, there ?? '', open.body, { secrets: open.secrets })
      : create(context.writer, kind, {
          name,
          body: open.body,
          secrets: open.secrets,
          key: keyOfCreate(context.options.observed.organization.id, kind.name, name, body),
          wanted,
          mayBeRefused,
          note: context.note,
          tellsAll: (wire) => isAsWanted(change, kind, wire, context),
          ...arriving
        })
  ).finally(arriving?.late)
  if (!created.ok) return ended(change, 'creating', created.failure)
  context.knowledge.learn(change, created.wire)
  return await afterWrite(change, kind, created, context)
}

async function performUpdate(change: Update | Rename, kind: Kind, context: ApplyContext): Promise<Outcome> {
  // The body starts from the resource as it is now, so that no unstated value is lost.
  const live = await read(context.writer, kind, change.id, change.wanted, true)
  if (!live.ok && live.failure.status === 404) return failed(removedProblem(change))
  if (!live.ok) return unread(change, live.failure)
  const moved = movedProblem(change, kind, live.wire, basisOf(context))
  if (moved) return failed(moved)
  const current = kind.fromWire(live.wire, context.knowledge.fromWire())
  const wanted = withIgnored(change.wanted, change.ignored, current, kind)
  const stated = kind.toWire(wanted, context.knowledge.toWire(change))
  const body = await replacement(context.writer, kind, live.wire, { name: change.name, ...stated })
  const open = revealed(body, context.options.vault)
  if (!open.ok) return failed(missingSecret(change, open.missing))
  const changed = await update(context.writer, kind, change.id, open.body, {
    secrets: open.secrets,
    live: live.wire
  })
  const carried = kind.unknownIn?.(live.wire) ?? []
  if (!changed.ok) return naming(carried, ended(change, 'updating', changed.failure))
  const wire = { ...live.wire, ...changed.wire }
  return naming(carried, await afterWrite({ ...change, wanted }, kind, { ...changed, wire }, context))
}

/**
 * R8: Adds unknown members that were sent back as they were: they may be why an update was refused, or
 * did not take effect.
 */
function naming(carried: readonly string[], outcome: Outcome): Outcome {
  if (outcome.outcome !== 'failed' || carried.length === 0) return outcome
  const { problem: what } = outcome
  if (!['P601', 'P614'].includes(what.code)) return outcome
  const some = carried.slice(0, 5).join(', ')
  const more = carried.length > 5 ? `, and ${carried.length - 5} more` : ''
  const note = `sent back as it came, for polyctl does not know it: ${some}${more}`
  return { ...outcome, problem: { ...what, notes: [...what.notes, note] } }
}

function basisOf({ knowledge, options }: ApplyContext): { observed: LiveState; knowledge: Knowledge } {
  return { observed: options.observed, knowledge }
}

/**
 * Deletes a resource. One that does not exist any more counts as done; one that somebody changed since
 * the plan is not deleted.
 */
async function performDelete(change: Delete, kind: Kind, context: ApplyContext): Promise<Outcome> {
  const id = change.id
  const live = await read(context.writer, kind, id, {})
  if (!live.ok && live.failure.status === 404)
    return { outcome: 'done', id, notes: ['it was gone already'] }
  if (!live.ok) return unread(change, live.failure)
  const moved = movedProblem(change, kind, live.wire, basisOf(context))
  if (moved) return failed(moved)
  const removed = await remove(context.writer, kind, id, live.wire)
  if (!removed.ok) return ended(change, 'deleting', removed.failure)
  return { outcome: 'done', id, notes: removed.notes }
}

/**
 * Asks for a new link to authorize an unchanged resource that waits for a person: the first one was shown
 * to whoever created it.
 */
async function performWait(change: Unchanged, kind: Kind, context: ApplyContext): Promise<Outcome> {
  const live = await read(context.writer, kind, change.id)
  if (!live.ok) return unread(change, live.failure)
  const requested = await reconnect(context.writer, kind, live.wire, change.wanted, context.options.vault)
  if (!requested.ok) return ended(change, 'asking for a link for', requested.failure)
  return await afterWrite(
    change,
    kind,
    { ...requested, wire: { ...live.wire, ...requested.wire } },
    context
  )
}

/**
 * Waits for an authorization where one is needed, then reads the resource back and compares: done means
 * that it has what was wanted.
 */
async function afterWrite(
  change: Exclude<Change, Delete>,
  kind: Kind,
  { wire: reply, notes, back: known }: Extract<Written, { ok: true }>,
  context: ApplyContext
): Promise<Outcome> {
  const id = textOf(reply['id'])
  const link = kind.authorization?.link(reply)
  if (link) {
    const authorize = context.options.links ? { authorize: link } : {}
    if (context.options.links) context.note(`to be authorized at ${link.url}`)
    const waiting =
      !context.options.wait || !(await authorized(context.writer, kind, id, context.options.interrupted)).ok
    if (waiting) return { outcome: 'pending', id, because: 'a person must authorize it', ...authorize }
  }
  const back = known ?? (await read(context.writer, kind, id, change.wanted))
  if (!back.ok) return failed(failureOf(change, 'reading back', back.failure))
  context.knowledge.learn(change, back.wire)
  const kept = differences(change, kind, back.wire, context)
  if (!isAsWanted(change, kind, back.wire, context)) return { ...failed(keptProblem(change, kept)), kept }
  const waits = kind.pendingReason?.(back.wire)
  return waits === undefined ? { outcome: 'done', id, notes } : { outcome: 'pending', id, because: waits }
}

/**
 * Whether the answer has the name of the change. Derived resources have no name in the service: the files
 * alone name them.
 */
function isCalled(kind: Kind, wire: JsonObject, change: Change): boolean {
  return kind.api.access === 'derived' || isSameName(kind, textOf(wire['name']), change.name)
}

function isAsWanted(
  change: Exclude<Change, Delete>,
  kind: Kind,
  wire: JsonObject,
  context: ApplyContext
): boolean {
  return isCalled(kind, wire, change) && differences(change, kind, wire, context).length === 0
}

function differences(
  change: Exclude<Change, Delete>,
  kind: Kind,
  wire: JsonObject,
  context: ApplyContext
): FieldChange[] {
  const comparing = {
    idOf: (reference: unknown) =>
      isReference(reference) ? context.knowledge.idOf(change, reference) : undefined,
    spanAt: () => change.span
  }
  const live = kind.fromWire(wire, context.knowledge.fromWire())
  const found = diff(kind.fields, change.wanted, live, comparing).fields
  return wordsOf(kind, change.spelling, change.wanted, live).fields(found)
}

type Failed = Extract<Outcome, { outcome: 'failed' }>

function failed(what: Diagnostic): Failed {
  return { outcome: 'failed', problem: what }
}

/**
 * Returns the outcome of a failed request: skipped where an interrupt came before the service accepted
 * anything.
 */
function ended(change: Change, doing: string, failure: Failure): Outcome {
  if (failure.interrupted && failure.refused) return { outcome: 'skipped', because: 'it was interrupted' }
  return failed(failureOf(change, doing, failure))
}

/** Returns the outcome of a failed read: nothing was changed. */
function unread(change: Change, failure: Failure): Outcome {
  return ended(change, 'reading', failure.interrupted ? { ...failure, refused: true } : failure)
}

function failureOf(change: Change, doing: string, failure: Failure): Diagnostic {
  return failureProblem(failure, `${doing} ${addressText(change)}`, change.span)
}

function missingSecret(change: Change, missing: string[]): Diagnostic {
  return problem('P615', `${addressText(change)} cannot be sent: a secret is missing`, {
    labels: [{ span: change.span, text: 'this needs its secrets' }],
    notes: missing,
    help: ['set the variable (or pass `--env-file`), or put the file where the YAML file says']
  })
}

function keptProblem(change: Change, kept: FieldChange[]): Diagnostic {
  const fields = kept.map((field) => pathText(asShown(field).path))
  return problem('P614', `${addressText(change)} was sent, but the service kept something else`, {
    labels: [{ span: kept[0]?.span ?? change.span, text: 'this is not what the service has now' }],
    notes: fields.map((field) => `different: ${field}`),
    help: [
      'run `polyctl plan` to see both sides; if it stays so, the service does not accept what the file says'
    ]
  })
}
