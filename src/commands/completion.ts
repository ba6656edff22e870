import { script as scriptOfPackage } from '@bomb.sh/tab'
import { Argument, type Command } from 'commander'
import { example, type Settle } from './commands.ts'
import { lastLine, reply } from './completion-line.ts'
import { scripts } from './completion-scripts.ts'
import { completionsOf, type Completions } from './completion-words.ts'
import type { Door } from './door.ts'
import { exit } from './exit.ts'

/**
 * Adds `completion SHELL`, and the hidden `complete` that its scripts call for every press of the key. That
 * must stay silent whatever happens: its reader is in the middle of a line.
 */
export function addScripts(program: Command, { out }: Pick<Door, 'out'>, settle: Settle): void {
  const shells = new Argument('<shell>', 'the shell').choices([...scripts.keys(), 'powershell'])
  example(
    program.command('completion').description('print a completion script for a shell'),
    'source <(polyctl completion bash)'
  )
    .addArgument(shells)
    .action((shell) => {
      // The other scripts of the package evaluate what was typed, or split it at the spaces of a name.
      const own = scripts.get(String(shell))
      if (own === undefined) scriptOfPackage('powershell', 'polyctl', 'polyctl')
      else out(own)
    })
  program
    .command('complete', { hidden: true })
    .description('print what may stand at the end of a command line')
    .argument('[words...]', 'the words up to the cursor')
    .option('--line <line>', 'a line of bash up to the cursor, in their place')
    .action(async (words, { line }) =>
      settle({ format: 'text' }, async (io) => {
        const typed = line === undefined ? undefined : lastLine(line)
        const none: Completions = { values: [] }
        const found = await completionsOf(program, typed?.words ?? words, io).catch(() => none)
        const lines = found.values
          .filter(({ value }) => !/[\n\t]/.test(value))
          .map(({ value, about = '' }) =>
            typed ? reply(value, typed) : `${value}\t${about.replaceAll(/\s+/g, ' ')}`
          )
        // The last line is that of the protocol of the package: 4 says that no file is wanted.
        out([...lines, found.files === true ? ':0' : ':4', ''].join('\n'))
        return { code: exit.done }
      })
    )
}
