import { InvalidArgumentError, Option, type Command } from 'commander'

/** Options that mean the same in every command that has them. */
export interface FileOptions {
  file: string[]
  var: Record<string, string>
  varFile: string[]
  envFile: string[]
}

export interface ServiceOptions {
  url?: string
  local?: boolean
  parallelism: number
  timeout: number
  debug?: boolean
}

export interface OutputOptions {
  format: 'text' | 'json'
  verbose?: boolean
  quiet?: boolean
}

export type ReadOptions = FileOptions & ServiceOptions & OutputOptions

export interface WriteOptions extends ReadOptions {
  yes?: boolean
  failFast?: boolean
  wait?: boolean
  maxDeletes?: number
}

export function withFiles(command: Command): Command {
  return command
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
      'a file of NAME=value lines, added to the environment; repeatable',
      collect,
      []
    )
}

export function withService(command: Command): Command {
  return command
    .option(
      '--url <address>',
      'where the service is (default: POLYTOMIC_URL, workspace.url, the hosted service)'
    )
    .option('--local', 'use the local Polytomic of this folder instead; no account is needed')
    .option('--parallelism <n>', 'at most this many requests at once', wholeNumber(1), 10)
    .option('--timeout <seconds>', 'how long to wait for one answer', wholeNumber(1), 60)
    .option('--debug', 'show each request, without its contents')
}

export function withOutput(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'how to print the result').choices(['text', 'json']).default('text')
    )
    .option('-v, --verbose', 'show what is usually folded')
    .option('-q, --quiet', 'show problems and the result only')
}

export function withWrites(command: Command): Command {
  return command
    .option('-y, --yes', 'do it without asking')
    .option('--fail-fast', 'start nothing more after a failure')
}

export function withLimit(command: Command): Command {
  return command.option(
    '--max-deletes <n>',
    'refuse more deletions than this (default: the larger of 3 and 10 % of what is live)',
    wholeNumber(0)
  )
}

function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

function collectVariable(value: string, before: Record<string, string>): Record<string, string> {
  const [, name, text] = /^([A-Za-z_][\w-]*)=(.*)$/s.exec(value) ?? []
  if (name === undefined || text === undefined) throw new InvalidArgumentError('It is written name=value.')
  return { ...before, [name]: text }
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
