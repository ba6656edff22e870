import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
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
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const place = error instanceof Error ? /^\s+(at .*)$/m.exec(error.stack ?? '')?.[1] : undefined
  return problem('P622', `${addressText(change)}: polyctl failed in a way that it should not`, {
    labels: [{ span: change.span, text: 'this is what was attempted' }],
    notes: [
      redact(`${words}${place === undefined ? '' : ` ${place}`}`),
      wasSent ? 'something was sent: it may have been carried out' : 'nothing was sent for it'
    ],
    help: ['run `polyctl plan` to see what is there now, and please report this']
  })
}
