import { Option } from 'commander'
import { lookupFormatNames } from '../render/formats.ts'
import { example, type Commands } from './commands.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import type { SchemaOptions } from './schema-file.ts'
import { collect, withFiles, withOutput, withService } from './options.ts'

/** Commands that write files, and change nothing in the service. */
export function addFileCommands({ add, settle }: Commands): void {
  add('import', 'write files that declare what is live', (command) =>
    example(
      withOutput(withService(withFiles(command)), lookupFormatNames),
      'polyctl import',
      'polyctl import \'sync "Users*"\' --out configs',
      'polyctl import --unmanaged --layout kind'
    )
      .argument('[addresses...]', 'only these, with all that they need, e.g. \'sync "Users*"\'')
      .optionsGroup('Which part:')
      .option('--exclude <address>', 'all but this resource; repeatable', collect, [])
      .option('--kind <kind>', 'only resources of this kind, e.g. sync; repeatable', collect, [])
      .option('--unmanaged', 'only what no file declares yet')
      .optionsGroup('Writing:')
      .option(
        '--out <folder>',
        'the folder to write to (default: the first folder of --file, else ./configs)'
      )
      .addOption(layoutOption())
      .option('--text-files', 'write long texts, such as SQL, to files of their own')
      .option('--force', 'overwrite files that exist and differ')
      .option('--check', 'write nothing; exit with 2 where something would be written')
      .action((addresses, options) =>
        settle(options, async (io, options) =>
          (await import('./import.ts')).importCommand(addresses, options, io)
        )
      )
  )
  add('fmt', 'give the files one layout; comments and meaning stay', (command) =>
    example(withOutput(command, lookupFormatNames), 'polyctl fmt', 'polyctl fmt --check --verbose')
      .argument('[path...]', 'files or folders, `-` for standard input (default: as --file elsewhere)')
      .optionsGroup('Writing:')
      .option('--check', 'write nothing; exit with 2 where something would be; --verbose shows it')
      .action((paths, options) =>
        settle(options, async (io, options) => (await import('./fmt.ts')).formatCommand(paths, options, io))
      )
  )
  add('init', 'begin in a folder: an example, or files of what is live, and a workflow', (command) =>
    example(
      withOutput(withService(withFiles(command)), lookupFormatNames),
      'polyctl init && polyctl plan --local',
      'polyctl init polytomic --import'
    )
      .argument('[folder]', 'where to begin (default: this folder)')
      .optionsGroup('Writing:')
      .option('--import', 'write files of what is live, as `polyctl import` does')
      .option('--no-import', 'write an example, and ask nothing')
      .addOption(layoutOption())
      .option('--no-workflow', 'write no .github/workflows/polyctl.yml')
      .option('--force', 'overwrite files that exist and differ')
      .action((folder, options) =>
        settle(options, async (io, options) => (await import('./init.ts')).initCommand(folder, options, io))
      )
  )
}

/** The schema of the files, for editors: it is printed, or written. */
export function addSchema({ add, settle }: Commands): void {
  add(
    'schema',
    'print the JSON Schema of the files, for editors; --live adds the names of a workspace',
    (command) =>
      example(
        withOutput(withService(withFiles(command)), lookupFormatNames),
        'polyctl schema > polyctl.schema.json',
        'polyctl schema --live'
      )
        .optionsGroup('Which part:')
        .option('--live', 'add names: connections, models and their fields, objects that are written to …')
        .addOption(
          new Option('--all', 'as --live, with the objects of all connections').implies({ live: true })
        )
        .optionsGroup('Writing:')
        .option(
          '--out <file>',
          'where to write it, `-` for standard output (default with --live: .polyctl/schema.json)'
        )
        .action((options) => {
          const run = async (io: CommandIo, given: SchemaOptions): Promise<Result> =>
            (await import('./schema.ts')).schemaCommand(given, io)
          // Without --live the files do not matter, and may be as wrong as they like.
          const { format } = options
          return options.live === true
            ? settle(options, run)
            : settle({ format }, async (io) => await run(io, options))
        })
  )
}

/** How files that declare what is live are split. */
function layoutOption() {
  return new Option(
    '--layout <layout>',
    'a file for each connection, with its models and the syncs that write to it; for each kind; or one'
  )
    .choices(['connection', 'kind', 'one'])
    .default('connection')
}
