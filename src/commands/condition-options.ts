import { InvalidArgumentError } from 'commander'
import { lookupFormatNames } from '../render/formats.ts'
import { conditionForms, conditionOf, type Condition } from '../executions/conditions.ts'
import { example, type Commands } from './commands.ts'
import { withFiles, withOutput, withService } from './options.ts'

/** The option by which executions that are not clean end a command with 5. */
export const failOn = '--fail-on <condition>'

/** What it says of itself. */
export const failOnWords =
  "exit with 5 where this is so, e.g. 'errors>1%', 'total==0', 'duration>30m'; repeatable"

/** Reads one more condition. */
export function condition(text: string, before: Condition[]): Condition[] {
  const read = conditionOf(text)
  if (read === undefined) throw new InvalidArgumentError(`A condition has three parts: ${conditionForms}.`)
  return [...before, read]
}

/** Adds `status`. */
export function addStatus({ add, settle }: Commands): void {
  add('status', 'show where it connects, with whose key, and what does not work there', (command) =>
    example(
      withOutput(withService(withFiles(command)), lookupFormatNames),
      'polyctl status',
      'polyctl status \'sync "Users*"\'',
      "polyctl status --fail-on 'errors>1%' --fail-on 'duration>30m'"
    )
      .argument('[name...]', 'names, addresses or ids of syncs whose last runs are told; `*` for any text')
      .optionsGroup('Last runs of syncs:')
      .option(failOn, failOnWords, condition, [])
      .action((patterns, options) =>
        settle(options, async (io, options) =>
          patterns.length > 0
            ? (await import('./status-named.ts')).namedStatusCommand(patterns, options, io)
            : (await import('./status.ts')).statusCommand(options, io)
        )
      )
  )
}
