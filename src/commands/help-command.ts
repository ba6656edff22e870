import { Option, type Command } from 'commander'
import { lookupFormatNames } from '../render/formats.ts'
import type { Settle } from './commands.ts'
import { topics } from './topics.ts'

/** What stands below the commands in `polyctl --help`. */
export const overview = `
${topicLines()}

Exit codes: 0 done · 1 failure · 2 differences (drift; plan --detailed-exitcode) · 3 the files or an option
are wrong · 4 the service cannot be reached or refuses the key · 5 applied in part · 6 conflict · 7 refused
for safety · 8 done, but a person must authorize something · 130 interrupted

Start without an account: polyctl init && polyctl plan --local`

/** The topics as lines of the help, which begin as no command does. */
function topicLines(): string {
  const lines = ['Topics (`polyctl help TOPIC`):']
  for (const [at, name] of topics.entries()) {
    const last = lines.pop() ?? ''
    const longer = `${last}${at === 0 ? ' ' : ' · '}${name}`
    lines.push(...(longer.length <= 108 ? [longer] : [last, name]))
  }
  return lines.join('\n')
}

/** The help of a command is Commander's; a word that is none is a topic. */
export function addHelp(
  program: Command,
  [first, word]: readonly string[],
  { names, settle }: { names: readonly string[]; settle: Settle }
): void {
  const isCommand = word === undefined || word.startsWith('-') || [...names, 'help'].includes(word)
  if (first !== 'help' || isCommand) {
    program.helpCommand('help [topic]', 'the help of a command, or a page of the reference')
    return
  }
  program.helpCommand(false)
  const command = program.command('help').argument('<topic>', 'such as files, deleting or exit-codes')
  command
    .addOption(new Option('--format <format>').choices(lookupFormatNames).default('text'))
    .action((topic, options) =>
      settle(options, async (io) => (await import('./help.ts')).helpCommand(topic, names, io))
    )
}
