import type { Report } from '../apply/events.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { handIn, keptBounds } from '../executions/own-service.ts'
import { kinds } from '../kinds/index.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Change } from '../plan/plan.ts'
import { failureProblem } from '../remote/failure.ts'
import { openWriter } from '../remote/transport.ts'
import { addressText } from '../state/resource.ts'
import { sortedText } from '../state/value.ts'
import type { StandingBounds } from '../wire/local-start.ts'
import type { Output } from './output.ts'
import { standingIn } from './run-bounds.ts'
import type { CommandContext } from './run.ts'

/** What was handed over: of how many syncs, and what went wrong. */
interface Handed {
  number: number
  problems: Diagnostic[]
}

/** Hands them over, and tells it where somebody reads; returns what went wrong. */
export async function handedOver(
  changes: readonly Change[],
  report: Report,
  context: CommandContext,
  { output, quiet }: { output: Output; quiet: boolean }
): Promise<Diagnostic[]> {
  const { number, problems } = await guardsHandedOver(changes, report, context)
  const words = number === 1 ? '1 sync' : `${number} syncs`
  if (number > 0 && !quiet && !output.isDocument)
    output.say(`The server of polyctl keeps the guards of ${words} as the files have them now.`)
  return problems
}

/**
 * Hands the guards and assertions of all syncs that an apply saw over to polyctl's own server: its schedules
 * keep to them, as does whoever starts a sync by the API. They are no part of what the API has, so no plan
 * shows them; another service is asked nothing.
 */
async function guardsHandedOver(
  changes: readonly Change[],
  report: Report,
  { understood, service }: CommandContext
): Promise<Handed> {
  const kept = service.keptGuards()
  const wanted = kept === undefined ? [] : wantedOf(changes, report, understood.desired.resources)
  const saysNothing = wanted.every(({ bounds }) => Object.keys(bounds).length === 0)
  if (report.interrupted || (saysNothing && (kept ?? 0) === 0)) return { number: 0, problems: [] }
  const writer = openWriter(service.remote)
  const before = await keptBounds(writer)
  if (!before.ok)
    return { number: 0, problems: [failureProblem(before.failure, 'asking which guards are kept')] }
  const problems: Diagnostic[] = []
  let number = 0
  for (const { kind, id, name, bounds } of wanted) {
    if (sortedText(bounds) === sortedText(before.bounds.get(id) ?? {})) continue
    const answer = await handIn(kind, id, bounds, writer)
    if (answer.ok) number += 1
    else problems.push(failureProblem(answer.failure, `handing over the guards of ${name}`))
  }
  return { number, problems }
}

interface Wanted {
  kind: Kind
  id: string
  name: string
  bounds: StandingBounds
}

/** Of those that exist now. One that could not be made or changed keeps what it has. */
function wantedOf(
  changes: readonly Change[],
  report: Report,
  declared: CommandContext['understood']['desired']['resources']
): Wanted[] {
  const outcomes = new Map(
    report.settled.map(({ address, outcome }) => [addressText(address), outcome] as const)
  )
  const own = new Map(declared.map((one) => [addressText(one), one] as const))
  return changes.flatMap((change): Wanted[] => {
    const name = addressText(change)
    const found = own.get(name)
    const kind = kinds.managed.find((one) => one.name === change.kind)
    if (found === undefined || kind?.own?.includes('guards') !== true || change.action === 'delete')
      return []
    const outcome = outcomes.get(name)
    const isNew = change.action === 'create'
    if (outcome !== undefined && outcome.outcome !== 'done') return []
    const id = outcome?.outcome === 'done' ? outcome.id : isNew ? undefined : change.id
    return id === undefined ? [] : [{ kind, id, name, bounds: standingIn(found) }]
  })
}
