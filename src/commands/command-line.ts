import { Command, Help, Option } from 'commander'
import about from '../../package.json' with { type: 'json' }
import { lookupFormatNames } from '../render/formats.ts'
import { visibleLines } from '../render/plain-text.ts'
import { example, type Commands, type Settle } from './commands.ts'
import { addStatus } from './condition-options.ts'
import type { Door } from './door.ts'
import { failOnOption, withPlanOutput } from './drift-options.ts'
import { addExecutions } from './execution-commands.ts'
import { addFileCommands, addSchema } from './file-commands.ts'
import { addHelp, overview } from './help-command.ts'
import { addShowing } from './showing-commands.ts'
import { withApplyRun } from './run-options.ts'
import { defaultPort } from './sign-in-apps.ts'
import { addWatch } from './watch-line.ts'
import {
  withCascade,
  withFiles,
  withLimits,
  withOrganizations,
  withOutput,
  withPulling,
  withSelection,
  withService,
  withSince,
  withStrict,
  withWrites,
  notPair,
  wholeNumber
} from './options.ts'

/**
 * All commands with their help, ready for the words. Their options are most of the work of a start: where
 * the first word is a command, the others go without.
 */
export async function commandLine(
  words: readonly string[],
  door: Pick<Door, 'out' | 'err'>,
  settle: Settle
): Promise<Command> {
  const program = rootCommand(door)
  const [first = ''] = words
  const completions = new Map<string, () => void>()
  const commands: Commands = {
    add(name, description, complete) {
      const command = program.command(name).description(description)
      completions.set(name, () => complete(command))
    },
    settle
  }
  addReading(commands)
  addWatch(commands)
  addWriting(commands)
  addExecutions(commands)
  addFileCommands(commands)
  addStatus(commands)
  addAsking(commands)
  addLocal(commands)
  const names = [...completions.keys(), 'completion']
  addHelp(program, words, { names, settle })
  const named = completions.get(first)
  for (const complete of named ? [named] : completions.values()) complete()
  await addCompletion(program, first, { door, settle })
  return program
}

function rootCommand(door: Pick<Door, 'out' | 'err'>): Command {
  return new Command('polyctl')
    .description(
      'Polytomic as code: connections, models and syncs in YAML, planned in review, applied on merge.'
    )
    .version(about.version, '-V, --version')
    .configureOutput({ writeOut: door.out, writeErr: (text) => door.err(visibleLines(text).join('\n')) })
    .configureHelp({ optionDescription: withoutEmptyDefault })
    .exitOverride()
    .addHelpText('after', overview)
}

/** What is repeatable begins as nothing: that is no news. */
function withoutEmptyDefault(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (\[\]|\{\})\)$/, '')
}

function addReading({ add, settle }: Commands): void {
  add('validate', 'check the files; asks nobody', (command) =>
    example(
      withStrict(withOutput(withFiles(command))),
      'polyctl validate',
      'polyctl validate -f configs --var region=eu'
    ).action((options) =>
      settle(options, async (io, options) => (await import('./validate.ts')).validateCommand(options, io))
    )
  )
  add('plan', 'show what apply would do, and why; changes nothing', (command) =>
    withPlanOutput(
      example(
        withOrganizations(
          withStrict(withLimits(withSince(withSelection(withOutput(withService(withFiles(command)))))))
        ),
        'polyctl plan --since origin/main',
        'polyctl plan --only \'sync "Users*"\' --out plan.json'
      )
    ).action((options) =>
      settle(options, async (io, options) => (await import('./plan.ts')).planCommand(options, io))
    )
  )
  add('drift', 'show what changed in the service behind the files’ back; exit 2 on drift', (command) =>
    example(
      withOrganizations(withSince(withSelection(withOutput(withService(withFiles(command)))))),
      'polyctl drift --since HEAD',
      'polyctl drift --all-organizations --format json',
      'polyctl drift --fail-on changed,missing,unmanaged'
    )
      .optionsGroup('Output:')
      .addOption(failOnOption())
      .option('--ignore-unmanaged', 'do not look for what no file declares')
      .action((options) =>
        settle(options, async (io, options) => (await import('./plan.ts')).driftCommand(options, io))
      )
  )
}

function addWriting({ add, settle }: Commands): void {
  add('apply', 'plan, ask, and make the service as the files say', (command) =>
    example(
      withApplyRun(
        withOrganizations(
          withLimits(withSince(withSelection(withWrites(withOutput(withService(withFiles(command)))))))
        )
      ),
      'polyctl apply --yes',
      'polyctl apply plan.json --run'
    )
      .optionsGroup('Writing:')
      .argument('[plan]', 'a file that `polyctl plan --out` saved: exactly that is done, without asking')
      .option('--wait', 'wait until a person has authorized what needs it')
      .option('--push-applied', 'push the ref with which git remembers what was applied')
      .option('--lock', 'hold a lock meanwhile: a ref on the git remote, so that one apply runs at a time')
      .option('--take-lock <id>', 'take over the lock that an apply left behind')
      .action((plan, options, given) =>
        settle(options, async (io, options) =>
          (await import('./apply.ts')).applyCommand(plan, options, io, givenTo(given))
        )
      )
  )
  add('pull', 'take over into the files what people changed in the service', (command) =>
    example(
      withOrganizations(withSince(withSelection(withOutput(withService(withPulling(withFiles(command))))))),
      'polyctl pull \'sync "Users*"\' --since origin/main',
      'polyctl pull --check > drift.patch'
    )
      .argument('[address...]', 'only these resources, e.g. \'sync "Users*"\'')
      .action((addresses, options) =>
        settle(options, async (io, options) =>
          (await import('./pull.ts')).pullCommand(addresses, options, io)
        )
      )
  )
  add('destroy', 'delete what the files declare, dependents first', (command) =>
    example(
      withCascade(withSelection(withWrites(withOutput(withService(withFiles(command)))))),
      'polyctl destroy --local'
    ).action((options) =>
      settle(options, async (io, options) => (await import('./apply.ts')).destroyCommand(options, io))
    )
  )
  add('connect', 'print the link that authorizes a connection, and wait until it is done', (command) =>
    example(
      withOutput(withService(withFiles(command)), lookupFormatNames),
      'polyctl connect "Salesforce Connection"'
    )
      .argument('<connection>', 'its name or id')
      .option('--no-wait', 'print the link and leave')
      .action((name, options) =>
        settle(options, async (io, options) =>
          (await import('./connect.ts')).connectCommand(name, options, io)
        )
      )
  )
}

function addAsking({ add, settle }: Commands): void {
  add('sources', 'show what a model can read from a connection', (command) =>
    example(
      withOutput(withService(withFiles(command)), lookupFormatNames),
      'polyctl sources "MongoDB Connection" --param database=example'
    )
      .argument('<connection>', 'its name or id')
      .option('--yaml', 'print a model to paste; with --bulk, a bulk sync')
      .addOption(new Option('--bulk', 'show what a bulk sync can copy instead').conflicts('param'))
      .option('--param <name=value>', 'what is chosen already; repeatable', chosen('--param'), {})
      .action((name, options) =>
        settle(options, async (io, options) =>
          (await import('./enumerate.ts')).sourcesCommand(name, options, io)
        )
      )
  )
  add('targets', 'show what a sync can write to in a connection', (command) =>
    example(
      withOutput(withService(withFiles(command)), lookupFormatNames),
      'polyctl targets "Salesforce Connection" Contact'
    )
      .argument('<connection>', 'its name or id')
      .argument('[object]', 'one object, to see its fields and modes')
      .option('--yaml', 'of one object: print a sync to paste; with --bulk, a bulk sync')
      .option('--bulk', 'show how a bulk sync can write instead, and what it must say')
      .action((name, object, options, given) => {
        if (options.bulk === true && object !== undefined)
          given.error("error: option '--bulk' is about the connection, and cannot be used with an object")
        return settle(options, async (io, options) =>
          (await import('./enumerate.ts')).targetsCommand(name, object, options, io)
        )
      })
  )
  add('explain', 'explain a code, a kind, a key, a type of connections, or a resource', (command) =>
    example(
      withOutput(withService(withFiles(command)), lookupFormatNames),
      'polyctl explain sync.schedule',
      'polyctl explain types sql',
      'polyctl explain \'sync "Users"\' --live'
    )
      .argument('[what...]', 'such as P201, sync.schedule, mongodb, types, values; without it, all codes')
      .option('--live', 'of a resource: what the service has instead, and who changed it last')
      .action((words, options) =>
        settle(options, async (io, options) =>
          (await import('./explain.ts')).explainCommand(words, options, io)
        )
      )
  )
  addSchema({ add, settle })
  addShowing({ add, settle })
}

function addLocal({ add, settle }: Commands): void {
  add('server', 'run the local Polytomic: the same API on this machine', (command) =>
    example(command, 'polyctl server --port 4242')
      .option('--port <n>', 'the port; 0 picks a free one', wholeNumber(0), defaultPort)
      .option(
        '--host <address>',
        'the address to listen on; of this machine alone without --expose',
        '127.0.0.1'
      )
      .option('--expose', 'let other machines in, where --host says so: over plain http')
      .option('--public-url <url>', 'how others reach it; the base of the addresses that it hands out')
      .option('--data <folder>', 'where it keeps everything (default: .polyctl/local)')
      .option(
        '--api-key <key>',
        'the key that clients must send (default: POLYTOMIC_API_KEY, else a random one)'
      )
      .option('--api-key-file <file>', 'a file with that key')
      .option(
        '--user <name=key>',
        'another person with a key of their own; repeatable',
        chosen('--user'),
        {}
      )
      .option('--user-file <file>', 'lines name=key of such people (or POLYCTL_SERVER_USERS)')
      .option('--partner-key <key>', 'a partner’s key, for Basic organization:key')
      .option('--partner-key-file <file>', 'a file with that key (or POLYCTL_SERVER_PARTNER_KEY)')
      .option('--latency <time>', 'answer this much later, e.g. 100ms')
      .option('--rate <n/s>', 'answer 429 above this rate, e.g. 20/s')
      .option('--faults <file>', 'a JSON file of faults to rehearse')
      .option('--run', 'let syncs really move data between the systems of their connections')
      .option('--contact', 'let it look into these systems: they say what they hold, not its catalogue')
      .addOption(
        new Option(
          '--shape <shape>',
          'older: answers as before SDK 25.9.3; newest: with all that came since'
        )
          .choices(['older', 'newest'])
          .default('older')
      )
      .option('--ledger', 'print what it does, and the evidence that the real service does the same')
      .addOption(
        new Option('--format <format>', 'how to print the ledger')
          .choices(lookupFormatNames)
          .default('text')
      )
      .action((options) =>
        settle(options, async (io, options) => (await import('./server.ts')).serverCommand(options, io))
      )
  )
}

/**
 * What completes is loaded for its own commands only; for the others there is a line in the
 * help.
 */
async function addCompletion(
  program: Command,
  first: string,
  { door, settle }: { door: Pick<Door, 'out'>; settle: Settle }
): Promise<void> {
  if (first === 'completion' || first === 'complete') {
    const { addScripts } = await import('./completion.ts')
    addScripts(program, door, settle)
    return
  }
  const completion = program.command('completion').description('print a completion script for a shell')
  example(completion, 'source <(polyctl completion bash)').argument(
    '<shell>',
    'bash, zsh, fish or powershell'
  )
}

/** The options that were given, as they are written: what has a default counts only when it was. */
function givenTo(command: Command): string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long ?? option.flags)
}

function chosen(option: string) {
  return (value: string, before: Record<string, string>): Record<string, string> => {
    const at = value.indexOf('=')
    if (at < 1) throw notPair(option)
    return { ...before, [value.slice(0, at)]: value.slice(at + 1) }
  }
}
