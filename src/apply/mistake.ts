import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { thrownText } from '../diagnostics/thrown.ts'
import type { Change } from '../plan/plan.ts'
import { addressText } from '../state/resource.ts'

/**
 * The problem of a change that polyctl itself failed at. The place is told for those who mend it; words of an
 * error may repeat what was worked on, secrets too.
 */
export function mistakeProblem(
  change: Change,
  error: unknown,
  wasSent: boolean,
  redact: (words: string) => string
): Diagnostic {
  return problem('P622', `${addressText(change)}: polyctl failed in a way that it should not`, {
    labels: [{ span: change.span, text: 'this is what was attempted' }],
    notes: [
      redacted(error, redact),
      wasSent ? 'something was sent: it may have been carried out' : 'nothing was sent for it'
    ],
    help: ['run `polyctl plan` to see what is there now, and please report this']
  })
}

/** What cannot be looked through for secrets is not told. */
function redacted(error: unknown, redact: (words: string) => string): string {
  try {
    return redact(`${nameOf(error)}${thrownText(error)}${placeOf(error)}`)
  } catch {
    return 'its words cannot be told: whether they hold a secret is not known'
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ` : ''
}

function placeOf(error: unknown): string {
  const [, place] = (error instanceof Error && /^\s+(at .*)$/m.exec(error.stack ?? '')) || []
  return place === undefined ? '' : ` ${place}`
}
