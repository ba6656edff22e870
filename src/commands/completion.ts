import { Argument, type Command } from 'commander'
import { example, type Settle } from './commands.ts'
import { lastLine, powershellWord, reply } from './completion-line.ts'
import { scripts } from './completion-scripts.ts'
import { completionsOf, type Completions } from './completion-words.ts'
import type { Door } from './door.ts'
import { exit } from './exit.ts'

/**
 * Adds `completion SHELL`, and the hidden `complete` that its scripts call for every press of the key. That
 * must stay silent whatever happens: its reader is in the middle of a line.
 */
export function addScripts(program: Command, { out }: Pick<Door, 'out'>, settle: Settle): void {
  const shells = new Argument('<shell>', 'the shell').choices([...scripts.keys()])
  example(
    program.command('completion').description('print a completion script for a shell'),
    'source <(polyctl completion bash)'
  )
    .addArgument(shells)
    .action((shell) => out(scripts.get(String(shell)) ?? ''))
  program
    .command('complete', { hidden: true })
    .description('print what may stand at the end of a command line')
    .argument('[words...]', 'the words up to the cursor')
    .option('--line <line>', 'a line of bash up to the cursor, in their place')
    .option('--next', 'the next word is typed, and has no letter yet')
    .option('--powershell', 'print each value as PowerShell reads it back, too')
    .action(async (words, { line, next, powershell }) =>
      settle({ format: 'text' }, async (io) => {
        const typed = line === undefined ? undefined : lastLine(line)
        const given = next === true ? [...words, ''] : words
        const none: Completions = { values: [] }
        const found = await completionsOf(program, typed?.words ?? given, io).catch(() => none)
        const lines = found.values
          .filter(({ value }) => !/[\n\t]/.test(value))
          .map(({ value, about = '' }) => {
            const line = `${value}\t${about.replaceAll(/\s+/g, ' ')}`
            return typed
              ? reply(value, typed)
              : powershell === true
                ? `${powershellWord(value)}\t${line}`
                : line
          })
        // The last line says whether a path is wanted: 4 says that none is.
        out([...lines, found.files === true ? ':0' : ':4', ''].join('\n'))
        return { code: exit.done }
      })
    )
}
