import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/** Adds `completion SHELL`, and the hidden `complete` that its scripts call for every press of the key. */
export function addScripts(program: Command): void {
  tab(program, { completionCommandName: 'completion' })
  const command = program.commands.find((candidate) => candidate.name() === 'completion')
  command
    ?.description('print a completion script for a shell')
    .addHelpText('after', '\nExample:\n  source <(polyctl completion bash)')
}
