import { CommanderError, InvalidArgumentError, Option, type Command } from 'commander'
import type { DeclaredEnvironment, Stated } from '../config/environments.ts'
import type { Gate } from '../remote/gate.ts'
import { withLocal } from './local-options.ts'
import { formatNames, isFormat, lookupFormatNames, type FormatName } from '../render/formats.ts'
import type { FormatFile, OutputOptions } from './output.ts'

/** Options that mean the same in every command that has them. */
export interface FileOptions {
  file: string[]
  var: Record<string, string>
  varFile: string[]
  envFile: string[]
  /** The name of an environment of `polyctl.yaml`, or `none`. */
  environment?: string
}

/** Where the service is, and how patient to be with it. `timeout` is in seconds here, as people type it. */
export interface ServiceOptions {
  url?: string
  local?: boolean
  contact?: boolean
  /** Hosts that an address of the files may have. Empty on commands that are given none. */
  allowHost?: string[]
  insecureHttp?: boolean
  parallelism: number
  timeout: number
  debug?: boolean
  /** The one organization that is worked on, when a command runs over many. Not given by people. */
  within?: Within
  /** The environment that is worked in. Not given by people: `inEnvironment` finds it. */
  chosen?: ChosenEnvironment
}

/** What `polyctl.yaml` says of where to go. Without a name, none of its environments was chosen. */
export interface ChosenEnvironment {
  name?: string
  url?: Stated
  organization?: Stated
  /** The revision that was applied there last. */
  since?: string
  /** All that could be chosen. */
  all: readonly DeclaredEnvironment[]
  /** The path and text of the file that declares them. */
  texts: ReadonlyMap<string, string>
}

/** One organization of many. They share a gate, for what one is asked to wait, all others wait too. */
export interface Within {
  id: string
  name: string
  /** The name; with the id where another one has the same. */
  label: string
  gate: Gate | undefined
}

/** What every command takes that asks the service something. */
export type ReadOptions = FileOptions & ServiceOptions & OutputOptions

/** Which organizations a partner's or deployment's key is to act in. Absent on commands that take none. */
export interface OrganizationOptions {
  organization?: string[]
  allOrganizations?: boolean
}

/** What is asked of a plan beside the files. Absent on commands that do not have them. */
export interface PlanningOptions {
  since?: string
  /** What git remembers counts although a revision is named. */
  remembered?: boolean
  prune?: boolean
  maxDeletes?: number
  maxUpdates?: number
  /** Addresses or patterns of them, as the plan shows them. */
  rotate?: string[]
  only?: string[]
  exclude?: string[]
  /** Kinds or sections: `sync` and `syncs` are the same. */
  kind?: string[]
  allowDestroy?: string[]
  forceDelete?: boolean
  /** False: the service is not asked what connected systems have. */
  check?: boolean
}

/**
 * What commands take that change the service. Without `maxDeletes` the limit grows with what is live; 0
 * allows no deletion at all.
 */
export interface WriteOptions extends ReadOptions, PlanningOptions, OrganizationOptions {
  yes?: boolean
  failFast?: boolean
  wait?: boolean
  /** Pushes what git remembers as applied. */
  pushApplied?: boolean
  lock?: boolean
  /** The lock that is taken over, by the beginning of its id. */
  takeLock?: string
}

/**
 * Adds the options of `FileOptions`. Repeated ones keep the order in which they are given: where two set
 * the same variable, the later one wins.
 */
export function withFiles(command: Command): Command {
  return command
    .optionsGroup('Files:')
    .option(
      '-f, --file <path>',
      'a file or folder to read, `-` for standard input; repeatable (default: ./configs, else ./polytomic)',
      collect,
      []
    )
    .option('--var <name=value>', 'the value of a variable; repeatable', collectVariable, {})
    .option('--var-file <path>', 'a YAML file of variables; repeatable', collect, [])
    .option(
      '--env-file <path>',
      'a file of NAME=value lines, added to the environment; its addresses need --allow-host; repeatable',
      collect,
      []
    )
    .option(
      '--environment <name>',
      'an environment of polyctl.yaml, or `none` (default: POLYCTL_ENVIRONMENT)'
    )
}

/** For what only looks: whoever reviews may want to hear of a doubt as of a mistake. */
export function withStrict(command: Command): Command {
  return command.optionsGroup('Safety:').option('--strict', 'take warnings as errors')
}

/**
 * Adds the options of `ServiceOptions`. No key is among them: command lines can be read by everybody on the
 * same machine.
 */
export function withService(command: Command): Command {
  const group = command.optionsGroup('Service:')
  const url = 'where the service is (default: POLYTOMIC_URL, an allowed workspace.url, the hosted service)'
  return withLocal(
    group
      .option('--url <address>', url)
      .option(
        '--allow-host <host>',
        'a host that an address in the files may name, beside those of POLYCTL_ALLOWED_HOSTS; repeatable',
        collect,
        []
      )
      .option('--insecure-http', 'send the key in plain http to another machine, too')
  )
    .option('--parallelism <n>', 'at most this many requests at once', wholeNumber(1), 10)
    .option('--timeout <seconds>', 'how long to wait for one answer', wholeNumber(1), 60)
    .option('--debug', 'show each request, without its contents')
}

/**
 * Adds the options of `OutputOptions`: all that a command takes which needs neither files nor the service.
 */
export function withOutput(command: Command, formats = formatNames): Command {
  const isReport = formats !== lookupFormatNames
  return command
    .optionsGroup('Output:')
    .addOption(
      isReport
        ? reportFormat(command, formats)
        : new Option('--format <format>', 'how to print the result').choices(formats).default('text')
    )
    .option('-v, --verbose', 'show what is usually folded')
    .option('-q, --quiet', 'show problems and the result only')
}

/** One format for standard output, and as many as are wanted for files. */
function reportFormat(command: Command, formats: readonly string[]): Option {
  const files: FormatFile[] = []
  let onOutput: FormatName | undefined
  const parse = (text: string): FormatName => {
    const [name, path] = splitAt(text, '=')
    if (!isFormat(name) || !formats.includes(name))
      throw new InvalidArgumentError(`Allowed choices are ${formats.join(', ')}.`)
    if (path === '') throw new InvalidArgumentError('A path is missing behind `=`.')
    if (path === undefined && onOutput !== undefined && onOutput !== name)
      throw new InvalidArgumentError(
        `Standard output is in one format, and \`${onOutput}\` was named before: write \`${name}=FILE\`.`
      )
    if (path !== undefined && files.some((file) => file.path === path))
      throw new InvalidArgumentError(`Two formats cannot be one file: \`${path}\` was named before.`)
    if (path === undefined) onOutput = name
    else files.push({ format: name, path })
    command.setOptionValue('formatFiles', files)
    return onOutput ?? 'text'
  }
  return new Option(
    '--format <format>',
    'how to print the result; `FORMAT=FILE` writes it to a file as well, and is repeatable'
  )
    .choices(formats)
    .argParser(parse)
    .default('text')
}

/** The parts before and behind the first of a sign; without the sign, all is before it. */
function splitAt(text: string, sign: string): [before: string, behind?: string] {
  const at = text.indexOf(sign)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + sign.length)]
}

/** For all that may delete: who reviews a plan must see what goes along with a connection. */
export function withCascade(command: Command): Command {
  return command
    .optionsGroup('Safety:')
    .option('--force-delete', 'with a connection, delete what uses it and no file declares')
}

/**
 * For all that changes the service. `destroy` takes these and no limit of deletions, since deleting is what
 * it is for.
 */
export function withWrites(command: Command): Command {
  return command
    .optionsGroup('Writing:')
    .option('-y, --yes', 'do it without asking')
    .option('--fail-fast', 'start nothing more after a failure')
}

/** For `plan` as well as for `apply`: who reviews a plan must see what these do to it. */
export function withLimits(command: Command): Command {
  return withCascade(command)
    .option('--prune', 'delete what the files declared at --since and do no longer')
    .option(
      '--max-deletes <n>',
      'refuse more deletions than this (default: the larger of 3 and 10 % of what is live of their kinds)',
      wholeNumber(0)
    )
    .option(
      '--max-updates <n>',
      'refuse more updates than this (default, where nobody is asked: the larger of 20 and 25 %)',
      wholeNumber(0)
    )
    .option(
      '--allow-destroy <address>',
      'let `removed:` delete this although it was protected; repeatable',
      collect,
      []
    )
    .option('--rotate <address>', 'send the secrets of this resource again; repeatable', collect, [])
    .option('--no-check', 'do not ask the service whether tables, objects and fields exist')
}

/** To look at, or touch, only a part of what the files declare. */
export function withSelection(command: Command): Command {
  return command
    .optionsGroup('Which part:')
    .option('--only <address>', 'only this resource, e.g. \'sync "Users*"\'; repeatable', collect, [])
    .option('--exclude <address>', 'all but this resource; repeatable', collect, [])
    .option('--kind <kind>', 'only resources of this kind, e.g. sync; repeatable', collect, [])
}

/** To do the same in many organizations, with the key of a partner or of a deployment. */
export function withOrganizations(command: Command): Command {
  return command
    .optionsGroup('Organizations:')
    .option(
      '--organization <name>',
      'run in this organization of a partner or deployment, by name or id, `*` for any text; repeatable',
      collect,
      []
    )
    .addOption(
      // Which of the two is meant nobody knows, and the wider one reaches what was not named.
      new Option('--all-organizations', 'run in all organizations of a partner or deployment').conflicts(
        'organization'
      )
    )
}

/** To tell who moved: the files or the service. */
export function withSince(command: Command): Command {
  return command
    .optionsGroup('Base:')
    .option(
      '--since <revision>',
      'compare with the files of this git revision: the one that was applied last; `none` for none'
    )
}

/** For what is taken over into the files. */
export function withPulling(command: Command): Command {
  return command
    .optionsGroup('Writing:')
    .option('--check', 'print the patches and write nothing; exit 2 when there are any')
    .option('--unmanaged', 'add what is live and no file declares, of the kinds that the files declare')
    .option('--remove-missing', 'remove the blocks of resources that the service does not have any more')
}

/** Collects the values of a repeatable option. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

function collectVariable(value: string, before: Record<string, string>): Record<string, string> {
  const [, name, text] = /^([A-Za-z_][\w-]*)=(.*)$/s.exec(value) ?? []
  if (name === undefined || text === undefined) throw notPair('--var')
  return { ...before, [name]: text }
}

/** Told without the words that were given: a secret may be among them. */
export function notPair(option: string): CommanderError {
  return new CommanderError(1, 'polyctl.notPair', `error: option '${option}' is written name=value`)
}

/** Parses a whole number of at least `least`. */
export function wholeNumber(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least || number > 1_000_000) {
      throw new InvalidArgumentError(`It is a whole number from ${least} on.`)
    }
    return number
  }
}
