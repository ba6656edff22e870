import type { Command } from 'commander'
import { condition, failOn, failOnWords } from './condition-options.ts'
import { wholeNumber } from './options.ts'

/** Adds how syncs are started and followed: `run` does that, and so does `apply --run`. */
export function withRunning(command: Command): Command {
  return command
    .option('--at-once <n>', 'run at most so many at once (default: 4)', wholeNumber(1))
    .option('--join', 'follow what runs already, instead of failing')
    .option('--detach', 'start them, and do not wait')
    .option('--logs <folder>', 'keep the log files here: they name records')
    .option('--cancel', 'cancel what runs on Ctrl-C; without it, it goes on in the service')
    .option(failOn, `${failOnWords} (default: errors>0)`, condition, [])
}

/** Adds `--run` and what is about it. */
export function withApplyRun(command: Command): Command {
  return withRunning(
    command
      .optionsGroup('Running:')
      .option('--run', 'then start the syncs that have something to send after it, and follow them')
  )
}
