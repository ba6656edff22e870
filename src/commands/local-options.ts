import type { Command } from 'commander'

/** Adds what leads to the local Polytomic in place of a service. */
export function withLocal(command: Command): Command {
  return command
    .option('--local', 'use the local Polytomic of this folder instead; no account is needed')
    .option(
      '--contact',
      'with --local: let it look into the systems of connections, instead of its samples'
    )
}
