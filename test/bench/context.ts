import type { Installed } from './installed.ts'
import type { Command, Processes } from './process.ts'

/** What a part measures with. */
export interface Context {
  /** For whatever it writes; its own part of it is up to the part. */
  folder: string
  processes: Processes
  program: Installed
  /** Another revision to compare with. */
  base?: Installed & { revision: string }
  /** How many turns: those that the person asked for, else the usual ones. */
  turns: (usual: number) => number
}

/** The command of an installed program. The password is for the connections of `workspace()`. */
export function commandOf(program: Installed, words: string[], env: Record<string, string> = {}): Command {
  return { words: [...program.launcher, ...words], env: { BENCH_PASSWORD: 'x', ...env } }
}
