import { InvalidArgumentError, Option, type Command } from 'commander'
import { differences, driftFindings, type DriftFinding } from './drift-findings.ts'

/** What a plan is told with, and where it is kept. */
export function withPlanOutput(command: Command) {
  return command
    .optionsGroup('Output:')
    .option('--out <file>', 'save the plan, for `polyctl apply FILE` to do exactly this')
    .option('--preview', 'say what new and changed syncs would do to records (on the server of polyctl)')
    .option('--detailed-exitcode', 'exit with 2 when there are differences')
}

/** `--fail-on`: what a drift ends with 2 for. */
export function failOnOption(): Option {
  return new Option(
    '--fail-on <what>',
    `what to exit with 2 for, with commas between (default: ${differences.join(',')})`
  )
    .choices([...driftFindings, 'all', 'none'])
    .argParser(readFailOn)
}

/** Words with commas between them, `all`, or `none`. */
function readFailOn(text: string): readonly DriftFinding[] {
  const words = text.split(',').map((word) => word.trim())
  if (text.trim() === 'none') return []
  if (text.trim() === 'all') return driftFindings
  return words.map((word) => {
    const found = driftFindings.find((name) => name === word)
    if (found === undefined)
      throw new InvalidArgumentError(`Allowed are all, none, or some of ${driftFindings.join(', ')}.`)
    return found
  })
}
