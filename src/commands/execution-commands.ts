import { InvalidArgumentError, Option, type Command } from 'commander'
import { limitOf, type RequestedLimit } from '../executions/guards.ts'
import { dictionary } from '../state/value.ts'
import { example, type Commands } from './commands.ts'
import { collect, wholeNumber, withFiles, withOutput, withService } from './options.ts'
import { withRunning } from './run-options.ts'

/** Adds what moves data, and what shows how it would. */
export function addExecutions(commands: Commands): void {
  addPreview(commands)
  addTest(commands)
  addRun(commands)
}

function addRun({ add, settle }: Commands): void {
  add('run', 'start syncs, and follow them to their ends', (command) =>
    withRunning(withWhich(withOutput(withService(withFiles(command)))))
      .optionsGroup('Guards (on the server of polyctl):')
      .option('--limit <n>', 'write at most so many records of each sync; the others wait', wholeNumber(1))
      .option('--max-creates <n>', 'stop before more are created: a number, a share (10%), or none', limit)
      .option('--max-updates <n>', 'the same for what is updated', limit)
      .option(
        '--max-removes <n>',
        'the same for what is removed (default of mode remove and replace: the larger of 3 and 10%)',
        limit
      )
      .option('--allow-empty-source', 'go on where the source has no records')
      .addOption(
        new Option('--max-age <age>', 'how old the file of a preview may be, e.g. 30m')
          .argParser(age)
          .default(dayMs, '1d')
      )
      .option('--values', 'names of records in every format, not on a terminal alone')
      .action((patterns, options) =>
        settle(options, async (io, options) =>
          (await import('./run-syncs.ts')).runCommand(patterns, options, io)
        )
      )
  )
}

/** Which syncs run, and which of their records. */
function withWhich(command: Command): Command {
  return example(command, 'polyctl run \'sync "Users*"\'', "polyctl run --failed --fail-on 'errors>1%'")
    .argument(
      '[name...]',
      'names, addresses or ids of syncs and bulk syncs, `*` for any text; or the file of a preview (.json)'
    )
    .optionsGroup('Which syncs:')
    .option('--all', 'all that the service has')
    .option('--failed', 'of these, or of all, those whose last run failed or had errors')
    .option('--changed', 'of these, or of all, those that were changed since they ran, or never ran')
    .option('--rejected', 'of these, or of all, only the records that the last run was refused')
    .option('--kind <kind>', 'only of this kind, e.g. bulk_sync; repeatable', collect, [])
    .optionsGroup('How they run:')
    .option('--resync', 'send all records again, whatever was sent before')
    .option('--test', 'a test, as the service does it; it may write a few records')
    .option('--identity <value>', 'only the record with this identity; repeatable', collect, [])
}

/** Adds what tries syncs without any service. */
function addTest({ add, settle }: Commands): void {
  add('test', 'try syncs with the rows of their tests; asks nobody', (command) =>
    example(withOutput(withFiles(command)), 'polyctl test', 'polyctl test \'sync "Users*"\' --update')
      .argument('[name...]', 'names or addresses of syncs; `*` for any text (default: all with tests)')
      .optionsGroup('Writing:')
      .option('--update', 'write into the files what is done, where a test expects something else')
      .action((patterns, options) =>
        settle(options, async (io, options) =>
          (await import('./test-syncs.ts')).testCommand(patterns, options, io)
        )
      )
  )
}

function limit(text: string): RequestedLimit {
  const read = limitOf(text)
  if (read === false) throw new InvalidArgumentError('It is a number, a share such as 10%, or none.')
  return read
}

function addPreview({ add, settle }: Commands): void {
  add('preview', 'show which records a run would write', (command) =>
    example(
      withOutput(withService(withFiles(command))),
      'polyctl preview Users --local',
      'polyctl preview Users --local --out users.json && polyctl run users.json --local'
    )
      .argument('[name...]', 'names, addresses or ids of syncs; `*` for any text')
      .optionsGroup('Which syncs:')
      .option('--all', 'all that the service has')
      .optionsGroup('Which records:')
      .option('--limit <n>', 'no more than so many records to write, the first ones', wholeNumber(1))
      .option('--identity <value>', 'only the record with this identity; repeatable', collect, [])
      .option('--resync', 'as a run with --resync: all records, whatever was sent before')
      .option('--fields <field>', 'only what would change in this field; repeatable', collect, [])
      .optionsGroup('What is told:')
      .option('--values', 'names and values of records in every format, not on a terminal alone')
      .option('--out <file>', 'save the list of records: `polyctl run FILE` writes exactly these')
      .option('--redact-keys', 'hashes in place of the identities in that file')
      .action((patterns, options) =>
        settle(options, async (io, options) =>
          (await import('./preview.ts')).previewCommand(patterns, options, io)
        )
      )
  )
}

function age(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(text.trim()) ?? []
  const milliseconds = Number(digits) * (units[unit] ?? 0)
  if (digits === '' || milliseconds === 0)
    throw new InvalidArgumentError('An age is a number with s, m, h or d.')
  return milliseconds
}

const units = dictionary({ s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 })
const dayMs = 86_400_000
