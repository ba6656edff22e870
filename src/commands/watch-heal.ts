import { addressText } from '../state/resource.ts'
import { findings, type DriftItem } from '../watch/items.ts'
import type { Looked, TurnResult } from '../watch/turn.ts'
import { applyCommand } from './apply.ts'
import { differences } from './drift-findings.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import { isOverOrganizations } from './organizations.ts'
import type { Result } from './output.ts'
import { lookOnce, troubleOf } from './watch-look.ts'
import type { WatchOptions } from './watch-options.ts'

/** What a turn comes to after more was done than to look. */
export type Done = Pick<TurnResult, 'looked' | 'notes'>

const healed: ReadonlySet<string> = new Set(
  findings.filter((one) => differences.some((word) => word === one))
)

/** Whether something differs that apply could put back, or pull could take over. */
export function isAmiss({ finding }: DriftItem): boolean {
  return healed.has(finding)
}

/**
 * Puts back what drifted, as `polyctl apply --yes` does, within its limits; then it looks again. Where the
 * files have changes that nobody applied, what drifted is put back alone: those are for people to apply.
 */
export async function putBack(
  looked: readonly Looked[],
  options: WatchOptions,
  io: CommandIo
): Promise<Done> {
  const isMany = isOverOrganizations(options)
  const outcomes: Looked[] = []
  let wasApplied = false
  for (const one of looked) {
    if (!one.ok) continue
    const scope = { id: `${one.scope.id}/apply`, name: `${one.scope.name}: apply` }
    const amiss = one.found.filter(isAmiss)
    if (amiss.length === 0) {
      outcomes.push({ scope, ok: true, found: [] })
      continue
    }
    const { answer, code } = await applied(one, amiss, { options, isMany, io })
    if (code === exit.interrupted) return { looked: [...looked], notes: [] }
    wasApplied = true
    const went = code === exit.done || code === exit.waiting
    outcomes.push(
      went ? { scope, ok: true, found: [] } : { scope, ok: false, trouble: troubleOf(code, answer) }
    )
  }
  const again = wasApplied ? await lookOnce(options, io) : undefined
  if (!Array.isArray(again)) return { looked: [...looked, ...outcomes], notes: [] }
  const after = again.map((one): Looked => {
    const first = looked.find(({ scope }) => scope.id === one.scope.id)
    if (!one.ok || first?.ok !== true) return one
    // What apply cannot put back came and went by itself.
    const others = one.found.filter((item) => !isAmiss(item))
    return { ...one, before: [...first.found.filter(isAmiss), ...others] }
  })
  return { looked: [...after, ...outcomes], notes: [] }
}

async function applied(
  { scope, isAhead }: Extract<Looked, { ok: true }>,
  amiss: readonly DriftItem[],
  { options, isMany, io }: { options: WatchOptions; isMany: boolean; io: CommandIo }
): Promise<Result> {
  const part = isAhead === true ? { only: amiss.map(addressText) } : {}
  const where = isMany ? { organization: [scope.id], allOrganizations: false } : {}
  const { every: _every, cron: _cron, pull: _pull, failOn: _failOn, ...rest } = options
  const result = io.redaction.data(
    await applyCommand(undefined, { ...rest, ...part, ...where, yes: true }, io)
  )
  const { answer } = result
  if (answer?.type !== 'organizations') return result
  const [own] = answer.view.organizations
  return { code: own?.code ?? result.code, ...(own?.answer && { answer: own.answer }) }
}
