import type { Command } from 'commander'
import type { CommandIo } from './io.ts'
import type { OutputOptions, Result } from './output.ts'

/** Runs a command with its output, and prints what it comes to. */
export type Settle = <Options extends OutputOptions & { debug?: boolean }>(
  options: Options,
  run: (io: CommandIo, options: Options) => Promise<Result>
) => Promise<void>

/** What the commands are added with. */
export interface Commands {
  /** Adds a command, and its options where the words may be for it. */
  add(name: string, description: string, complete: (command: Command) => void): void
  settle: Settle
}

/** Adds examples to the help of a command. */
export function example(command: Command, ...lines: string[]): Command {
  const heading = lines.length === 1 ? 'Example' : 'Examples'
  return command.addHelpText('after', `\n${heading}:\n${lines.map((line) => `  ${line}`).join('\n')}`)
}
