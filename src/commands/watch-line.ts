import type { Command } from 'commander'
import { Option } from 'commander'
import { lookupFormatNames } from '../render/formats.ts'
import { condition, failOn } from './condition-options.ts'
import { example, type Commands } from './commands.ts'
import {
  wholeNumber,
  withFiles,
  withLimits,
  withOrganizations,
  withOutput,
  withSelection,
  withService,
  withSince
} from './options.ts'

const failOnWatch =
  "tell of syncs whose last run failed or is so, e.g. 'errors>1%', 'total==0', 'duration>30m'; repeatable"

/** The command that goes on looking. */
export function addWatch({ add, settle }: Commands): void {
  add('watch', 'look for drift again and again, and tell what is new', (command) => {
    const reading = withSelection(withOutput(withService(withFiles(command)), lookupFormatNames))
    example(
      withWeb(withSchedule(withOrganizations(withLimits(withSince(reading))))),
      'polyctl watch --every 15m',
      "polyctl watch --cron '0 7 * * mon-fri' --time-zone Europe/Berlin --remind 7d",
      'polyctl watch --apply --max-updates 5',
      "polyctl watch --fail-on 'errors>1%'"
    )
      .optionsGroup('Last runs of syncs:')
      .option(failOn, failOnWatch, condition, [])
      .optionsGroup('Writing:')
      .option('--apply', 'put back what drifted, within the limits of apply')
      .addOption(
        new Option(
          '--pull [branch]',
          'write what drifted to a branch of git (default: polyctl/drift); no file here changes'
        ).conflicts('apply')
      )
      .action((options) =>
        settle(options, async (io, options) => (await import('./watch.ts')).watchCommand(options, io))
      )
  })
}

function withSchedule(command: Command): Command {
  return command
    .optionsGroup('When:')
    .addOption(new Option('--every <time>', 'how often, e.g. 15m, 6h (default: 15m)').conflicts('cron'))
    .option('--cron <pattern>', 'when, as five fields of cron')
    .option('--time-zone <name>', 'the time zone of --cron, e.g. Europe/Berlin (default: UTC)')
    .option('--remind <time>', 'tell again what is still open after this time, e.g. 7d')
}

function withWeb(command: Command): Command {
  return command
    .optionsGroup('Watching:')
    .option('--data <folder>', 'where it remembers what it found and told (default: .polyctl/watch)')
    .option(
      '--port <n>',
      'the port of its page, metrics and health; 0 picks a free one',
      wholeNumber(0),
      4280
    )
    .option(
      '--host <address>',
      'the address to listen on; other machines see health alone without a token',
      '127.0.0.1'
    )
    .option('--no-web', 'do not listen at all')
    .option(
      '--token <variable>',
      'the variable with the token that lets others see the page (default: POLYCTL_WATCH_TOKEN)'
    )
    .option('--public-url <url>', 'how people reach its page; messages link to it')
}
