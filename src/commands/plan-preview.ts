import pLimit from 'p-limit'
import { openKnowledge, type Knowledge } from '../apply/knowledge.ts'
import { warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { servesRuns } from '../executions/own-service.ts'
import { guardsOf, stopWords } from '../executions/guards.ts'
import { previewedAs } from '../executions/preview.ts'
import type { RunBounds } from '../wire/local-start.ts'
import { standingIn } from './run-bounds.ts'
import { kinds } from '../kinds/index.ts'
import type { Kind } from '../kinds/kind.ts'
import { withIgnored } from '../plan/ignore.ts'
import type { Change, Create, Rename, Update } from '../plan/plan.ts'
import { revealed } from '../remote/body.ts'
import { openReader, type Reader } from '../remote/transport.ts'
import { countWords, writtenOf } from '../render/view/preview.ts'
import { addressText, type Live } from '../state/resource.ts'
import { isObject, isReference, type Json, type JsonObject } from '../state/value.ts'
import type { PlanWithInputs } from './saved-plan.ts'

/** What changed syncs would do to records: sentences by the places of the changes in the plan. */
export interface PlanPreviews {
  notes: ReadonlyMap<number, string>
  problems: Diagnostic[]
}

type Changed = Create | Update | Rename

const atOnce = 4

/**
 * Previews each sync that the plan makes or changes, as it would be, where the service is polyctl's own; all
 * else is told as a note. Nothing is stored or written for it.
 */
export async function planPreviews(decided: PlanWithInputs): Promise<PlanPreviews> {
  const { planned, context } = decided
  const { plan, observed } = planned
  const { service, understood } = context
  const { stop: _stop, unwanted: _unwanted, ...patient } = service.remote
  const reader = openReader(service.remote)
  const changes = plan.changes.flatMap((change, index) => {
    const kind = kinds.managed.find(({ name }) => name === change.kind)
    return isChanged(change) && kind?.executions?.previews === true ? [{ change, index, kind }] : []
  })
  if (changes.length === 0) return { notes: new Map(), problems: [] }
  if ((await servesRuns(reader)) !== 'yes') return { notes: new Map(), problems: [notHere(service.name)] }
  const knowledge = openKnowledge(plan, observed, reader.version)
  const place = pLimit(atOnce)
  const notes = await Promise.all(
    changes.map(({ change, index, kind }) =>
      place(async (): Promise<[number, string]> => {
        const unmade = referencesIn(change.wanted).find((one) => knowledge.idOf(change, one) === undefined)
        if (unmade !== undefined)
          return [
            index,
            `no preview before ${addressText({ kind: unmade.$ref, name: unmade.name ?? '' })} exists`
          ]
        const live = observed.resources.find((one) => 'id' in change && one.id === change.id)
        const body = await bodyOf(change, kind, live, knowledge, reader)
        const open = revealed(body, understood.vault)
        if (!open.ok) return [index, `no preview: ${open.missing.join('; ')}`]
        const preview = await previewedAs(
          { kind, name: addressText(change), live, bounds: boundsOf(change, kind, open.body, understood) },
          open.body,
          reader,
          openReader(patient)
        )
        return [index, noteOf(preview, change, plan.changes)]
      })
    )
  )
  return { notes: new Map(notes), problems: [] }
}

/** What the files say of its runs: a run would keep to it. */
function boundsOf(
  change: Changed,
  kind: Kind,
  body: JsonObject,
  { desired }: PlanWithInputs['context']['understood']
): RunBounds {
  const own = desired.resources.find((one) => addressText(one) === addressText(change))
  const { assertions, ...standing } = own === undefined ? {} : standingIn(own)
  const guards = guardsOf(standing, kind.executions?.removal(body), {})
  return { guards, ...(assertions && { assertions }) }
}

function isChanged(change: Change): change is Changed {
  return change.action === 'create' || change.action === 'update' || change.action === 'rename'
}

/** What `apply` would send for it. */
async function bodyOf(
  change: Changed,
  kind: Kind,
  live: Live | undefined,
  knowledge: Knowledge,
  reader: Reader
): Promise<JsonObject> {
  if (live === undefined)
    return { name: change.name, ...kind.toWire(change.wanted, knowledge.toWire(change)) }
  const current = kind.fromWire(live.wire, knowledge.fromWire())
  const ignored = change.action === 'create' ? [] : change.ignored
  const wanted = withIgnored(change.wanted, ignored, current, kind)
  const stated = { name: change.name, ...kind.toWire(wanted, knowledge.toWire(change)) }
  return kind.replacement(live.wire, stated, undefined, reader.version)
}

function noteOf(
  preview: Awaited<ReturnType<typeof previewedAs>>,
  change: Changed,
  changes: readonly Change[]
): string {
  if (preview.outcome === 'interrupted') return 'the preview was interrupted'
  if (preview.outcome === 'failed') {
    const { message, notes } = preview.problem
    return `no preview: ${notes[0] ?? message}`
  }
  const { counts, read, baseline, stops } = preview.answer
  if (baseline) return 'a run would note all records as they are, and send none'
  const names = new Set(referencesIn(change.wanted).map((one) => `${one.$ref} ${one.name ?? ''}`))
  const moving = changes.find((one) => one.action === 'update' && names.has(`${one.kind} ${one.name}`))
  const as = moving === undefined ? '' : `, with ${addressText(moving)} as it is now`
  const rest = writtenOf(counts) === 0 ? 'nothing to write' : countWords(counts)
  const stop = stops.length === 0 ? '' : `; it would stop before that: ${stops.map(stopWords).join('; ')}`
  return `a run would read ${read.toLocaleString('en-US')} records${as}: ${rest}${stop}`
}

/** All references within a value. */
function referencesIn(value: Json | undefined): { $ref: string; name?: string; id?: string }[] {
  if (isReference(value)) return [value]
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  return isObject(value) ? Object.values(value).flatMap(referencesIn) : []
}

function notHere(service: string): Diagnostic {
  return warning('P808', `the service at ${service} has no preview of records`, {
    notes: ['the plan is whole without it'],
    help: ['use `--local`, or `polyctl server --run` and `--url`, or leave `--preview` out']
  })
}
