import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Change, Create, Update } from '../plan/plan.ts'
import { addressText } from '../state/resource.ts'
import type { Outcome } from './events.ts'

/** R24: Resources that need each other in a circle are made in two steps: first without what closes it. */

/** The first step of a create: all but what follows. */
export function firstStep(change: Create): Create {
  const later = new Set(change.follows?.fields)
  const wanted = Object.fromEntries(Object.entries(change.wanted).filter(([name]) => !later.has(name)))
  return { ...change, wanted }
}

/** The second step, when all that it names is there. */
export function secondStep({ follows: _done, ...change }: Create, id: string): Update {
  return {
    ...change,
    action: 'update',
    id,
    changed: {},
    unchanged: 0,
    notStated: [],
    notCompared: [],
    notRead: [],
    hidden: []
  }
}

/** Whether a change is made, and something of it follows. */
export function isHalfDone(
  change: Change,
  outcome: Outcome
): outcome is Extract<Outcome, { outcome: 'done' }> {
  return change.action === 'create' && change.follows !== undefined && outcome.outcome === 'done'
}

/**
 * The outcome of the second step. What is there is not skipped: what keeps it from being finished is told.
 */
export function ofSecondStep(change: Create, id: string, outcome: Outcome): Outcome {
  if (outcome.outcome === 'skipped')
    return { outcome: 'failed', problem: unfinished(change, outcome.because) }
  return outcome.outcome === 'pending' ? { ...outcome, id } : outcome
}

function unfinished(change: Create, because: string): Diagnostic {
  const fields = (change.follows?.fields ?? []).map((field) => `\`${field}\``).join(', ')
  return problem('P628', `${addressText(change)} is made, and without ${fields} yet`, {
    labels: [{ span: change.span, text: 'this is made in two steps' }],
    notes: [because],
    help: ['run the same apply again: it does what is left']
  })
}
