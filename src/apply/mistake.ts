import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { thrownText } from '../diagnostics/thrown.ts'
import type { Change } from '../plan/plan.ts'
import { addressText } from '../state/resource.ts'

/**
 * Returns the problem of a change that failed by an error in polyctl itself. It says where, for a report
 * of the bug. The message of the error is redacted, for it may repeat values.
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

/** Returns the redacted message; nothing where redaction itself fails. */
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
