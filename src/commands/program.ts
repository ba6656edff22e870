import { Command, CommanderError, Help, Option } from 'commander'
import { GitStopped } from '../config/git-stopped.ts'
import about from '../../package.json' with { type: 'json' }
import { visibleLines } from '../render/plain-text.ts'
import { exit } from './exit.ts'
import { isFormat, lookupFormatNames, type FormatName } from '../render/formats.ts'
import { openDoor } from './door.ts'
import { Unwritable, type CommandIo, type WorldIo } from './io.ts'
import {
  withCascade,
  withFiles,
  withLimits,
  withOrganizations,
  withOutput,
  withSelection,
  withService,
  withSince,
  withWrites,
  notPair,
  wholeNumber
} from './options.ts'
import type { OutputOptions, Result } from './output.ts'
import { failedResult, interruptedResult, wrongWordsResult } from './result.ts'

/** The command line, ready for words. Nothing is run, and no command is loaded, before they come. */
export interface Program {
  /** Runs what the words ask for and gives the exit code. */
  run(words: string[]): Promise<number>
  /** Nothing more is waited for. Whoever asked for a document gets one, once, whatever comes later. */
  giveUp(words: readonly string[]): Promise<void>
}

/**
 * All commands with their help. Each command's code, and the packages behind it, are loaded only when it is
 * run: `--help` must be instant.
 */
export function createProgram(world: WorldIo): Program {
  const door = openDoor(world)
  const { out: _out, err: _err, ...rest } = world
  let code: number = exit.done
  const settle: Settle = async (options, run) => {
    const io: CommandIo = { ...rest, redaction: door.redaction, output: door.open(options) }
    code = await door.end(await run(io), options)
  }
  const command = new Command('polyctl')
  command
    .description(
      'Polytomic as code: connections, models and syncs in YAML, planned in review, applied on merge.'
    )
    .version(about.version, '-V, --version')
    .configureOutput({ writeOut: door.out, writeErr: (text) => door.err(visibleLines(text).join('\n')) })
    .configureHelp({ optionDescription: withoutEmptyDefault })
    .exitOverride()
    .addHelpText('after', overview)
  addReading(command, settle)
  addWriting(command, settle)
  addAsking(command, settle)
  addLocal(command, settle)
  return {
    async run(words) {
      let stopped = false
      void world.interrupted.then(() => (stopped = true))
      try {
        await withCompletion(command, words)
        await command.parseAsync(words, { from: 'user' })
        return code
      } catch (error) {
        const format = formatIn(words)
        const isDocument = format !== 'text'
        // While git runs nothing else is heard: what stopped it is about to reach us too.
        if (error instanceof GitStopped) await Promise.race([world.interrupted, world.sleep(gitStoppedMs)])
        if (error instanceof GitStopped && stopped)
          return await door.end(await interruptedResult(), { format })
        if (!(error instanceof CommanderError)) {
          if (isDocument && !(error instanceof Unwritable))
            await door.end(await (stopped ? interruptedResult() : failedResult(error)), { format })
          throw error
        }
        if (error.exitCode === 0) return exit.done
        // Without a command the help is what was wanted, and has been printed.
        if (error.code === 'commander.help') return isDocument ? exit.invalid : exit.done
        const { helpOn } = await import('./other-tools.ts')
        const help = helpOn(error)
        if (isDocument) return await door.end(await wrongWordsResult(error.message, help), { format })
        if (error.code === notPair('').code) door.err(`${error.message}\n`)
        door.err(`${help}\n`)
        return exit.invalid
      }
    },
    async giveUp(words) {
      const format = formatIn(words)
      if (format !== 'text') await door.end(await interruptedResult(), { format })
    }
  }
}

const gitStoppedMs = 500

/** Whoever asks for a document gets one even where the words cannot be understood. */
function formatIn(words: readonly string[]): FormatName {
  const end = words.indexOf('--')
  const options = end < 0 ? words : words.slice(0, end)
  const named = options.flatMap((word, at) => {
    const name = word === '--format' ? options[at + 1] : /^--format=(.*)$/.exec(word)?.[1]
    return name !== undefined && isFormat(name) ? name : []
  })
  return named.find((name) => name !== 'text') ?? 'text'
}

const overview = `
Exit codes: 0 done · 1 failure · 2 differences (drift; plan --detailed-exitcode) · 3 the files or an option
are wrong · 4 the service cannot be reached or refuses the key · 5 applied in part · 6 conflict · 7 refused
for safety · 8 done, but a person must authorize something · 130 interrupted

Start without an account: echo 'roles: [{ name: readers }]' | polyctl plan --local -f -`

/** What is repeatable begins as nothing: that is no news. */
function withoutEmptyDefault(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (\[\]|\{\})\)$/, '')
}

/** Runs a command with its output, and prints what it comes to. */
type Settle = (
  options: OutputOptions & { debug?: boolean },
  run: (io: CommandIo) => Promise<Result>
) => Promise<void>

function example(command: Command, ...lines: string[]): Command {
  const heading = lines.length === 1 ? 'Example' : 'Examples'
  return command.addHelpText('after', `\n${heading}:\n${lines.map((line) => `  ${line}`).join('\n')}`)
}

function addReading(program: Command, settle: Settle): void {
  const validate = program.command('validate').description('check the files; asks nobody')
  example(
    withOutput(withFiles(validate)),
    'polyctl validate',
    'polyctl validate -f configs --var region=eu'
  ).action((options) =>
    settle(options, async (io) => (await import('./validate.ts')).validateCommand(options, io))
  )
  const plan = program.command('plan').description('show what apply would do, and why; changes nothing')
  example(
    withOrganizations(withLimits(withSince(withSelection(withOutput(withService(withFiles(plan))))))),
    'polyctl plan --since origin/main',
    'polyctl plan --only \'sync "Users*"\' --out plan.json'
  )
    .optionsGroup('Output:')
    .option('--out <file>', 'save the plan, for `polyctl apply FILE` to do exactly this')
    .option('--detailed-exitcode', 'exit with 2 when there are differences')
    .action((options) =>
      settle(options, async (io) => (await import('./plan.ts')).planCommand(options, io))
    )
  const drift = program
    .command('drift')
    .description('show what changed in the service behind the files’ back; exit 2 on drift')
  example(
    withOrganizations(withSince(withSelection(withOutput(withService(withFiles(drift)))))),
    'polyctl drift --since HEAD',
    'polyctl drift --all-organizations --format json'
  ).action((options) =>
    settle(options, async (io) => (await import('./plan.ts')).driftCommand(options, io))
  )
}

function addWriting(program: Command, settle: Settle): void {
  const apply = program.command('apply').description('plan, ask, and make the service as the files say')
  example(
    withOrganizations(
      withLimits(withSince(withSelection(withWrites(withOutput(withService(withFiles(apply)))))))
    ),
    'polyctl apply --yes',
    'polyctl apply plan.json'
  )
    .optionsGroup('Writing:')
    .argument('[plan]', 'a file that `polyctl plan --out` saved: exactly that is done, without asking')
    .option('--wait', 'wait until a person has authorized what needs it')
    .action((plan, options, command) =>
      settle(options, async (io) =>
        (await import('./apply.ts')).applyCommand(plan, options, io, givenTo(command))
      )
    )
  const destroy = program.command('destroy').description('delete what the files declare, dependents first')
  example(
    withCascade(withSelection(withWrites(withOutput(withService(withFiles(destroy)))))),
    'polyctl destroy --local'
  ).action((options) =>
    settle(options, async (io) => (await import('./apply.ts')).destroyCommand(options, io))
  )
  const connect = program
    .command('connect')
    .description('print the link that authorizes a connection, and wait until it is done')
  example(
    withOutput(withService(withFiles(connect)), lookupFormatNames),
    'polyctl connect "Salesforce Connection"'
  )
    .argument('<connection>', 'its name or id')
    .option('--no-wait', 'print the link and leave')
    .action((name, options) =>
      settle(options, async (io) => (await import('./connect.ts')).connectCommand(name, options, io))
    )
}

function addAsking(program: Command, settle: Settle): void {
  const status = program
    .command('status')
    .description('show where it connects, with whose key, and what does not work there')
  example(withOutput(withService(withFiles(status)), lookupFormatNames), 'polyctl status').action(
    (options) => settle(options, async (io) => (await import('./status.ts')).statusCommand(options, io))
  )
  const sources = program.command('sources').description('show what a model can read from a connection')
  example(
    withOutput(withService(withFiles(sources)), lookupFormatNames),
    'polyctl sources "MongoDB Connection" --param database=example'
  )
    .argument('<connection>', 'its name or id')
    .option('--param <name=value>', 'what is chosen already; repeatable', chosen('--param'), {})
    .action((name, options) =>
      settle(options, async (io) => (await import('./enumerate.ts')).sourcesCommand(name, options, io))
    )
  const targets = program.command('targets').description('show what a sync can write to in a connection')
  example(
    withOutput(withService(withFiles(targets)), lookupFormatNames),
    'polyctl targets "Salesforce Connection" Contact'
  )
    .argument('<connection>', 'its name or id')
    .argument('[object]', 'one object, to see its fields and modes')
    .action((name, object, options) =>
      settle(options, async (io) =>
        (await import('./enumerate.ts')).targetsCommand(name, object, options, io)
      )
    )
  const explain = program
    .command('explain')
    .description('explain the code of a problem; without a code, list all')
  example(withOutput(explain, lookupFormatNames), 'polyctl explain P201')
    .argument('[code]', 'such as P201')
    .action((code, options) =>
      settle(options, async (io) => (await import('./explain.ts')).explainCommand(code, io))
    )
  const schema = program.command('schema').description('print the JSON Schema of the files, for editors')
  example(schema, 'polyctl schema > polyctl.schema.json').action(() =>
    settle({ format: 'text' }, async () => (await import('./schema.ts')).schemaCommand())
  )
}

function addLocal(program: Command, settle: Settle): void {
  const server = program
    .command('server')
    .description('run the local Polytomic: the same API on this machine')
  example(server, 'polyctl server --port 4242')
    .option('--port <n>', 'the port; 0 picks a free one', wholeNumber(0), 4242)
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
    .option('--user <name=key>', 'another person with a key of their own; repeatable', chosen('--user'), {})
    .option('--user-file <file>', 'lines name=key of such people (or POLYCTL_SERVER_USERS)')
    .option('--partner-key <key>', 'a partner’s key, for Basic organization:key')
    .option('--partner-key-file <file>', 'a file with that key (or POLYCTL_SERVER_PARTNER_KEY)')
    .option('--latency <time>', 'answer this much later, e.g. 100ms')
    .option('--rate <n/s>', 'answer 429 above this rate, e.g. 20/s')
    .option('--faults <file>', 'a JSON file of faults to rehearse')
    .addOption(
      new Option('--shape <shape>', 'older: answers as before SDK 25.9.3; newest: with all that came since')
        .choices(['older', 'newest'])
        .default('older')
    )
    .option('--ledger', 'print what it does, and the evidence that the real service does the same')
    .addOption(
      new Option('--format <format>', 'how to print the ledger').choices(lookupFormatNames).default('text')
    )
    .action((options) =>
      settle(options, async (io) => (await import('./server.ts')).serverCommand(options, io))
    )
}

/**
 * The package for completion is loaded for its own commands only; for the others there is a line in the
 * help.
 */
async function withCompletion(program: Command, words: string[]): Promise<void> {
  if (words[0] === 'completion' || words[0] === 'complete') {
    const { addCompletion } = await import('./completion.ts')
    addCompletion(program)
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
