import { createProgram } from '../../src/commands/program.ts'
import type { WorldIo } from '../../src/commands/io.ts'

async function helpOf(...words: string[]): Promise<string> {
  let help = ''
  const io = { out: (text: string) => void (help += text), err: () => undefined } as unknown as WorldIo
  await createProgram({ ...io, interrupted: new Promise<void>(() => undefined) }).run([...words, '--help'])
  return help
}

/** All commands, each with its options, as the help lists them. */
export async function createdCommands(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const overview = await helpOf()
  const found = new Map<string, ReadonlySet<string>>()
  for (const [, name = ''] of overview.matchAll(/^ {2}([a-z]+) /gm)) {
    const help = name === 'help' ? '' : await helpOf(name)
    found.set(
      name,
      new Set(Array.from(help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm), ([, one = '']) => one))
    )
  }
  return found
}

/** The options of any command. */
export async function allOptions(
  commands: ReadonlyMap<string, ReadonlySet<string>>
): Promise<ReadonlySet<string>> {
  return new Set(['--help', '--version', ...[...commands.values()].flatMap((options) => [...options])])
}
