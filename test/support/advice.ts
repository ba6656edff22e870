import { createProgram } from '../../src/commands/program.ts'
import type { WorldIo } from '../../src/commands/io.ts'

/** Options of each command, as its own help lists them. */
const known = new Map<string, Promise<ReadonlySet<string>>>()

async function optionsOf(command: string): Promise<ReadonlySet<string>> {
  let help = ''
  const io = { out: (text: string) => void (help += text), err: () => undefined } as unknown as WorldIo
  const stays = { ...io, interrupted: new Promise<void>(() => undefined) }
  await createProgram(stays).run([command, '--help'])
  return new Set(help.split('\n').flatMap((line) => /^ {2}(?:-\w, )?(--[\w-]+)/.exec(line)?.[1] ?? []))
}

function optionsOnce(command: string): Promise<ReadonlySet<string>> {
  const found = known.get(command) ?? optionsOf(command)
  known.set(command, found)
  return found
}

/**
 * Advice that cannot be followed: options in backticks that the command which says so does not take,
 * commands that there are none of, and options that those do not take.
 */
export async function idleAdvice(words: readonly string[], text: string): Promise<string[]> {
  const [own = ''] = words
  // A page of the reference speaks of all commands; what it names is checked with the pages.
  if (own === 'help') return []
  const idle: string[] = []
  for (const [, quoted = ''] of text.matchAll(/`([^`\n]+)`/g)) {
    const [, command] = /(?:^|\| )polyctl ([a-z]\w*)/.exec(quoted) ?? []
    const [, bare] = /^(plan|apply|drift|destroy|validate|connect|server) --/.exec(quoted) ?? []
    const named = command ?? bare ?? own
    if (command === undefined && bare === undefined && !quoted.startsWith('--')) continue
    const options = await optionsOnce(named)
    if (options.size === 0) idle.push(`${quoted}: there is no command ${named}`)
    const all = [...quoted.matchAll(/(?<![\w-])--[a-z][\w-]*/g)]
    // Behind an option alone stands its value, which a person may have given.
    for (const [option] of quoted.startsWith('--') ? all.slice(0, 1) : all)
      if (!options.has(option)) idle.push(`${quoted}: ${named} takes no ${option}`)
  }
  for (const [whole, command = ''] of text.matchAll(
    /(?<!`)polyctl (connect|plan|apply|server|drift) [^\n`]*/g
  )) {
    const options = await optionsOnce(command)
    for (const [option] of whole.matchAll(/(?<![\w-])--[a-z][\w-]*/g))
      if (!options.has(option)) idle.push(`${whole}: ${command} takes no ${option}`)
  }
  return idle
}
