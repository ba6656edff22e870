import type { Argument, Command, Option } from 'commander'
import { valuesOf, type Value, type Sort } from './completion-values.ts'
import type { CommandIo } from './io.ts'
import { topics } from './topics.ts'

/** What may stand where the cursor is. `files` says that the shell knows better: a path is wanted. */
export interface Completions {
  values: Value[]
  files?: boolean
}

/**
 * Completes the last of the words. Options, their choices and arguments are those of the command line itself;
 * nothing is written, and nobody is asked over the network.
 */
export async function completionsOf(
  program: Command,
  words: readonly string[],
  io: CommandIo
): Promise<Completions> {
  const [first = '', ...others] = words
  if (words.length < 2) return starting([...commandsOf(program), ...optionsOf(program)], first)
  const command = program.commands.find((one) => one.name() === first)
  if (!command)
    return first === 'help' && others.length === 1
      ? starting([...commandsOf(program), ...topicPages], others.at(-1) ?? '')
      : { values: [] }
  const { wants, current, before, files, arguments: given } = requested(command, others)
  if (wants === 'options') return starting(optionsOf(command), current)
  const sort = sortOf(wants)
  if (sort === undefined) return { values: [] }
  if (sort === 'files') return { values: [], files: true }
  const all = await valuesOf(sort, { io, files, arguments: given, current })
  const { values } = starting(all, current)
  return { values: values.map((one) => ({ ...one, value: before + one.value })) }
}

interface Requested {
  /** An option whose value is typed, an argument, the name of an option, or nothing that is known. */
  wants: Option | Argument | 'options' | undefined
  current: string
  /** What stands before a value in the same word: `--format=`. */
  before: string
  /** Values of `--file`. */
  files: string[]
  /** Arguments before the cursor. */
  arguments: string[]
}

function requested(command: Command, words: readonly string[]): Requested {
  const files: string[] = []
  const given: string[] = []
  const current = words.at(-1) ?? ''
  let pending: Option | undefined
  let isOver = false
  const named = (word: string): Option | undefined =>
    command.options.find(({ long, short }) => word === long || word === short)
  for (const word of words.slice(0, -1)) {
    if (pending) {
      if (pending.long === '--file') files.push(word)
      pending = undefined
    } else if (isOver || !word.startsWith('-')) given.push(word)
    else if (word === '--') isOver = true
    else {
      const [, name = word, value] = /^(--[^=]*)=(.*)$/s.exec(word) ?? []
      const option = named(name)
      if (value === undefined) pending = takesValue(option) ? option : undefined
      else if (option?.long === '--file') files.push(value)
    }
  }
  const rest = { current, before: '', files, arguments: given }
  if (pending) return { ...rest, wants: pending }
  const [, name = '', value] = /^(--[^=]*)=(.*)$/s.exec(current) ?? []
  if (!isOver && value !== undefined)
    return { ...rest, wants: named(name), current: value, before: `${name}=` }
  if (!isOver && current.startsWith('-')) return { ...rest, wants: 'options' }
  const at = command.registeredArguments
  const own = at[given.length] ?? (at.at(-1)?.variadic === true ? at.at(-1) : undefined)
  return { ...rest, wants: own }
}

function takesValue(option: Option | undefined): boolean {
  return option !== undefined && (option.required || option.optional)
}

const topicPages: readonly Value[] = topics.map((value) => ({ value, about: 'a page of the reference' }))

const addressed: Sort = 'addresses'
const sortsOfOptions = new Map<string, Sort>(
  Object.entries({
    '--only': addressed,
    '--exclude': addressed,
    '--rotate': addressed,
    '--allow-destroy': addressed,
    '--kind': 'kinds',
    '--var': 'variables',
    '--environment': 'environments',
    '--since': 'revisions'
  })
)
const sortsOfArguments = new Map<string, Sort>(
  Object.entries({
    connection: 'authorizable',
    name: 'executable',
    address: addressed,
    addresses: addressed,
    what: 'topics',
    plan: 'files',
    path: 'files',
    folder: 'files'
  })
)

function sortOf(wants: Requested['wants']): Sort | undefined {
  if (wants === undefined || wants === 'options') return undefined
  if (wants.argChoices) return wants.argChoices
  if (!('flags' in wants)) return sortsOfArguments.get(wants.name())
  if (/<(file|path|folder)>/.test(wants.flags)) return 'files'
  return sortsOfOptions.get(wants.long ?? '')
}

function commandsOf(program: Command): Value[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => ({ value: command.name(), about: command.description() }))
}

function optionsOf(command: Command): Value[] {
  const all = command.createHelp().visibleOptions(command)
  return all.flatMap(({ long, description }) => (long ? [{ value: long, about: description }] : []))
}

function starting(values: readonly Value[], current: string): Completions {
  return { values: values.filter(({ value }) => value.startsWith(current)) }
}
